//! Secrets of our own making: `ann_<kind>_<id>_<secret>_<checksum>`, base62.
//!
//! The id is public and names the row; the secret has 256 bits; the checksum lets a typo, or a scanner that
//! looks for leaked keys, be told without a look into the database.

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{error::Result, keyring};

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ID_CHARS: usize = 8;
const SECRET_CHARS: usize = 43;
const CHECKSUM_CHARS: usize = 6;

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An organization's API key.
    ApiKey,
    /// A key of the platform.
    PlatformKey,
    /// The refresh token of a session.
    Refresh,
    /// The one-time token of the first run.
    Setup,
    /// The link of an invitation.
    Invite,
    /// The link that claims an organization.
    Claim,
    /// A link with which somebody sets a new password.
    Reset,
    /// A sign-in that waits for its second factor.
    Mfa,
}

impl Kind {
    /// What its text begins with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::ApiKey => "ann_sk_",
            Self::PlatformKey => "ann_pk_",
            Self::Refresh => "ann_rt_",
            Self::Setup => "ann_st_",
            Self::Invite => "ann_in_",
            Self::Claim => "ann_cl_",
            Self::Reset => "ann_rs_",
            Self::Mfa => "ann_mf_",
        }
    }
}

/// A well-formed token. It cannot be printed.
#[derive(Debug, Clone)]
pub struct Token {
    public_id: String,
    text: SecretString,
}

impl Token {
    /// A new random token.
    pub fn random(kind: Kind) -> Result<Self> {
        let public_id = base62(ID_CHARS, keyring::random)?;
        let secret = base62(SECRET_CHARS, keyring::random)?;
        Ok(Self::assemble(kind, public_id, &secret))
    }

    /// The token with this id whose secret is drawn from `source`: the same source gives the same token.
    pub fn derived(kind: Kind, public_id: &str, source: impl FnMut(&mut [u8]) -> Result<()>) -> Result<Self> {
        Ok(Self::assemble(kind, public_id.to_owned(), &base62(SECRET_CHARS, source)?))
    }

    fn assemble(kind: Kind, public_id: String, secret: &str) -> Self {
        let text = format!("{}{public_id}_{secret}", kind.prefix());
        let text = format!("{text}_{}", checksum(&text));
        Self { public_id, text: text.into() }
    }

    /// Reads a token of this kind: length, alphabet and checksum must be right.
    pub fn parse(kind: Kind, text: &str) -> Option<Self> {
        let rest = text.strip_prefix(kind.prefix())?;
        let mut parts = rest.split('_');
        let (id, secret, sum) = (parts.next()?, parts.next()?, parts.next()?);
        let is_base62 = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let shape = parts.next().is_none()
            && (id.len(), secret.len(), sum.len()) == (ID_CHARS, SECRET_CHARS, CHECKSUM_CHARS)
            && is_base62(id)
            && is_base62(secret);
        let (body, _) = text.rsplit_once('_')?;
        (shape && checksum(body) == sum).then(|| Self { public_id: id.to_owned(), text: text.into() })
    }

    /// The part that names the row and may be shown.
    pub fn public_id(&self) -> &str {
        &self.public_id
    }

    /// The last four characters, as a hint to people who hold several.
    pub fn last_four(&self) -> String {
        let text = self.text.expose_secret();
        text.get(text.len().saturating_sub(4)..).unwrap_or_default().to_owned()
    }

    /// SHA-256 of the whole token: what the database keeps. A fast hash is right for 256 random bits.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.text.expose_secret()).into()
    }

    /// Whether `hash` is this token's, in constant time.
    pub fn matches(&self, hash: &[u8]) -> bool {
        self.hash().ct_eq(hash).into()
    }

    /// The token itself, to hand to its owner.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }
}

/// `length` characters, each equally likely, from a source of random bytes.
fn base62(length: usize, mut source: impl FnMut(&mut [u8]) -> Result<()>) -> Result<String> {
    let mut text = String::with_capacity(length);
    let mut bytes = [0; 64];
    while text.len() < length {
        source(&mut bytes)?;
        // 248 is the largest multiple of 62 in a byte: what lies above would favour some characters.
        let fair = bytes.iter().filter(|byte| **byte < 248);
        text.extend(fair.map(|byte| character(u32::from(*byte))).take(length - text.len()));
    }
    Ok(text)
}

fn character(value: u32) -> char {
    let index = usize::try_from(value % 62).unwrap_or(0);
    ALPHABET.get(index).copied().map_or('0', char::from)
}

/// CRC-32 in six base62 digits, most significant first.
fn checksum(text: &str) -> String {
    let mut crc = crc32fast::hash(text.as_bytes());
    let mut digits: Vec<char> = Vec::with_capacity(CHECKSUM_CHARS);
    for _ in 0..CHECKSUM_CHARS {
        digits.push(character(crc));
        crc /= 62;
    }
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_the_round_trip_and_a_typo_does_not() {
        let token = Token::random(Kind::ApiKey).unwrap();
        let text = token.expose().to_owned();
        assert_eq!(text.len(), "ann_sk_".len() + 8 + 1 + 43 + 1 + 6);

        let read = Token::parse(Kind::ApiKey, &text).unwrap();
        assert!(read.matches(&token.hash()));
        assert_eq!(read.public_id(), token.public_id());

        assert!(Token::parse(Kind::Refresh, &text).is_none());
        for at in 7..text.len() {
            let mut typo = text.clone().into_bytes();
            typo[at] = if typo[at] == b'x' { b'y' } else { b'x' };
            assert!(Token::parse(Kind::ApiKey, &String::from_utf8(typo).unwrap()).is_none(), "typo at {at}");
        }
        assert!(Token::parse(Kind::ApiKey, &format!("{text}_x")).is_none());
    }

    #[test]
    fn a_token_cannot_be_printed() {
        let token = Token::random(Kind::ApiKey).unwrap();
        assert!(!format!("{token:?}").contains(token.expose()));
    }
}
