//! Access tokens: EdDSA JWTs that live ten minutes (RFC 7519, RFC 8037, RFC 9068's `at+jwt`).
//!
//! The library checks signatures. Everything a token claims is checked here, because the library's defaults
//! accept what must not pass: a missing or wrongly typed `iss`, any `typ`, unknown `crit`.

use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::{
    clock::Time,
    error::{Error, Result},
    id::{self, Id},
    keyring::{Keyring, Purpose},
};

/// How long an access token lives.
pub const LIFETIME: Duration = Duration::from_mins(10);
/// Clocks of the service's nodes may differ by this much.
const LEEWAY_SECONDS: i64 = 5;
const TYPE: &str = "at+jwt";
const AUDIENCE: &str = "annals-api";

/// What an access token claims. Strictly typed: an array or a number where text belongs is no token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    /// The user.
    pub sub: Id<id::User>,
    /// The session.
    pub sid: Id<id::Session>,
    /// The user's security version: raising it ends every token.
    pub sv: i32,
    /// When the person proved who they are.
    pub auth_time: i64,
    /// How.
    pub amr: Vec<String>,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
    pub jti: String,
}

/// Whom a token is for.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    pub user: Id<id::User>,
    pub session: Id<id::Session>,
    pub security_version: i32,
    pub authenticated_at: Time,
}

/// Signs and verifies access tokens.
pub struct AccessTokens {
    issuer: String,
    key_id: String,
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
}

impl std::fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccessTokens({})", self.key_id)
    }
}

impl AccessTokens {
    /// Tokens of `issuer`, signed with the ring's key. Signs and verifies once, so that a broken build fails
    /// at the start and not at the first sign-in.
    pub fn new(keyring: &Keyring, issuer: &str, now: Time) -> Result<Self> {
        let key = keyring.current(Purpose::Jwt)?;
        let broken = |error: &dyn std::fmt::Display| Error::Bug(format!("signing access tokens: {error}"));
        let pair = Ed25519KeyPair::from_seed_unchecked(key.bytes()).map_err(|error| broken(&error))?;
        let pkcs8 = pair.to_pkcs8v1().map_err(|error| broken(&error))?;

        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let tokens = Self {
            issuer: issuer.to_owned(),
            key_id: key.id.to_string(),
            signing: EncodingKey::from_ed_der(pkcs8.as_ref()),
            verifying: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            validation,
        };
        let nobody =
            Subject { user: Id::new(now), session: Id::new(now), security_version: 0, authenticated_at: now };
        let trial = tokens.sign(&nobody, now)?;
        tokens.verify(&trial, now).ok_or_else(|| broken(&"a fresh token does not verify"))?;
        Ok(tokens)
    }

    /// A token for a session.
    pub fn sign(&self, subject: &Subject, now: Time) -> Result<String> {
        let iat = now.unix_seconds();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: subject.user,
            sid: subject.session,
            sv: subject.security_version,
            auth_time: subject.authenticated_at.unix_seconds(),
            amr: vec!["pwd".into()],
            iat,
            nbf: iat,
            exp: now.plus(LIFETIME).unix_seconds(),
            jti: Id::<id::Event>::new(now).to_string(),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.into());
        header.kid = Some(self.key_id.clone());
        jsonwebtoken::encode(&header, &claims, &self.signing)
            .map_err(|error| Error::Bug(format!("signing an access token: {error}")))
    }

    /// The claims of a token that is ours and valid now.
    pub fn verify(&self, token: &str, now: Time) -> Option<Claims> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        let is_plain = header.crit.is_none()
            && header.jku.is_none()
            && header.jwk.is_none()
            && header.x5u.is_none()
            && header.x5c.is_none();
        let is_ours = header.alg == Algorithm::EdDSA
            && header.typ.as_deref() == Some(TYPE)
            && header.kid.as_deref() == Some(self.key_id.as_str());
        if !is_plain || !is_ours {
            return None;
        }
        let claims = jsonwebtoken::decode::<Claims>(token, &self.verifying, &self.validation).ok()?.claims;
        let seconds = now.unix_seconds();
        let is_current = claims.nbf <= seconds + LEEWAY_SECONDS && seconds < claims.exp + LEEWAY_SECONDS;
        (is_current && claims.iss == self.issuer && claims.aud == AUDIENCE).then_some(claims)
    }
}
