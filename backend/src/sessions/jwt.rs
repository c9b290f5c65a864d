//! Access tokens: EdDSA JWTs that live ten minutes (RFC 7519, RFC 8037, RFC 9068's `at+jwt`).
//!
//! The library checks signatures. Everything a token claims is checked here, because the library's defaults
//! accept what must not pass: a missing or wrongly typed `iss`, any `typ`, unknown `crit`.

use std::{sync::Arc, time::Duration};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    clock::Time,
    error::{Error, Result},
    id::{self, Id, ServiceKey},
    keyring::{Keyring, Purpose, PurposeKey, Version},
};

/// How long an access token lives.
pub const LIFETIME: Duration = Duration::from_mins(10);
/// Clocks of the service's nodes may differ by this much.
const LEEWAY_SECONDS: i64 = 5;
/// Nodes go on signing with the key that they know until they have read of a new one.
const SETTLING: Duration = Duration::from_mins(1);
/// Key pairs kept ready.
const PAIRS_MAX: u64 = 16;
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
    pub has_second_factor: bool,
}

/// A key pair of the service, ready for use.
struct Pair {
    signing: EncodingKey,
    verifying: DecodingKey,
    public: Vec<u8>,
}

/// Signs and verifies access tokens.
pub struct AccessTokens {
    issuer: String,
    keyring: Keyring,
    pairs: Cache<Id<ServiceKey>, Arc<Pair>>,
    validation: Validation,
}

/// A key with which others can verify access tokens (RFC 7517, RFC 8037).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Jwk {
    /// Always `OKP`.
    #[schema(example = "OKP")]
    kty: &'static str,
    /// Always `Ed25519`.
    #[schema(example = "Ed25519")]
    crv: &'static str,
    /// Always `EdDSA`.
    #[schema(example = "EdDSA")]
    alg: &'static str,
    /// Always `sig`.
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    usage: &'static str,
    /// The key's id, as it stands in a token's header.
    kid: String,
    /// The public key, base64url.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    x: String,
}

impl std::fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccessTokens({})", self.issuer)
    }
}

fn broken(error: &dyn std::fmt::Display) -> Error {
    Error::Bug(format!("signing access tokens: {error}"))
}

impl Pair {
    fn of(key: &PurposeKey) -> Result<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(key.bytes()).map_err(|error| broken(&error))?;
        let pkcs8 = pair.to_pkcs8v1().map_err(|error| broken(&error))?;
        Ok(Self {
            signing: EncodingKey::from_ed_der(pkcs8.as_ref()),
            verifying: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            public: pair.public_key().as_ref().to_vec(),
        })
    }
}

/// Whether there may still be valid tokens that the key has signed.
fn is_honored(version: &Version, now: Time) -> bool {
    version.retired_at.is_none_or(|retired_at| now < retired_at.plus(LIFETIME + SETTLING))
}

impl AccessTokens {
    /// Tokens of `issuer`, signed with the ring's keys. Signs and verifies once, so that a broken build fails
    /// at the start and not at the first sign-in.
    pub fn new(keyring: &Keyring, issuer: &str, now: Time) -> Result<Self> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let tokens = Self {
            issuer: issuer.to_owned(),
            keyring: keyring.clone(),
            pairs: Cache::new(PAIRS_MAX),
            validation,
        };
        let nobody = Subject {
            user: Id::new(now),
            session: Id::new(now),
            security_version: 0,
            authenticated_at: now,
            has_second_factor: false,
        };
        let trial = tokens.sign(&nobody, now)?;
        tokens.verify(&trial, now).ok_or_else(|| broken(&"a fresh token does not verify"))?;
        Ok(tokens)
    }

    fn pair(&self, key: &PurposeKey) -> Result<Arc<Pair>> {
        if let Some(pair) = self.pairs.get(&key.id) {
            return Ok(pair);
        }
        let pair = Arc::new(Pair::of(key)?);
        self.pairs.insert(key.id, Arc::clone(&pair));
        Ok(pair)
    }

    /// The keys that verify tokens: those in use, those about to be, and those whose tokens may still be valid.
    pub(crate) fn public_keys(&self, now: Time) -> Result<Vec<Jwk>> {
        let versions = self.keyring.versions(Purpose::Jwt).into_iter();
        versions
            .filter(|version| is_honored(version, now))
            .map(|version| {
                let pair = self.pair(&version.key)?;
                Ok(Jwk {
                    kty: "OKP",
                    crv: "Ed25519",
                    alg: "EdDSA",
                    usage: "sig",
                    kid: version.key.id.to_string(),
                    x: BASE64_URL_SAFE_NO_PAD.encode(&pair.public),
                })
            })
            .collect()
    }

    /// A token for a session.
    pub fn sign(&self, subject: &Subject, now: Time) -> Result<String> {
        let iat = now.unix_seconds();
        let methods: &[&str] = if subject.has_second_factor { &["pwd", "otp", "mfa"] } else { &["pwd"] };
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: subject.user,
            sid: subject.session,
            sv: subject.security_version,
            auth_time: subject.authenticated_at.unix_seconds(),
            amr: methods.iter().map(ToString::to_string).collect(),
            iat,
            nbf: iat,
            exp: now.plus(LIFETIME).unix_seconds(),
            jti: Id::<id::Event>::new(now).to_string(),
        };
        let key = self.keyring.current(Purpose::Jwt)?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.into());
        header.kid = Some(key.id.to_string());
        jsonwebtoken::encode(&header, &claims, &self.pair(&key)?.signing).map_err(|error| broken(&error))
    }

    /// The claims of a token that is ours and valid now.
    pub fn verify(&self, token: &str, now: Time) -> Option<Claims> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        let is_plain = header.crit.is_none()
            && header.jku.is_none()
            && header.jwk.is_none()
            && header.x5u.is_none()
            && header.x5c.is_none();
        if !is_plain || header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(TYPE) {
            return None;
        }
        let pair = self.verifying(header.kid.as_deref()?, now)?;
        let claims = jsonwebtoken::decode::<Claims>(token, &pair.verifying, &self.validation).ok()?.claims;
        let seconds = now.unix_seconds();
        let is_current = claims.nbf <= seconds + LEEWAY_SECONDS && seconds < claims.exp + LEEWAY_SECONDS;
        (is_current && claims.iss == self.issuer && claims.aud == AUDIENCE).then_some(claims)
    }

    /// The pair that is named exactly so, while its tokens count.
    fn verifying(&self, kid: &str, now: Time) -> Option<Arc<Pair>> {
        let mut versions = self.keyring.versions(Purpose::Jwt).into_iter();
        let version =
            versions.find(|version| version.key.id.to_string() == kid && is_honored(version, now))?;
        // A key that cannot be read would not have let the service start.
        self.pair(&version.key).ok()
    }
}
