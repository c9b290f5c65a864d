//! The service's own keys: one master key outside the database wraps random purpose keys inside it.
//!
//! A stolen database dump holds no usable key; a stolen master key without the database neither.

mod ring;
mod store;
mod worker;

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use zeroize::Zeroizing;

pub use ring::Keyring;
pub(crate) use ring::Version;
pub(crate) use store::{load, read};
pub(crate) use worker::run as keep_fresh;

use crate::{
    clock::Time,
    db::Conn,
    error::{Error, Result},
    id::{Id, ServiceKey},
};

/// Length of the master key and of every purpose key, in bytes.
const KEY_BYTES: usize = 32;
/// Length of an XChaCha20 nonce, in bytes: long enough to be drawn at random.
const NONCE_BYTES: usize = 24;

/// What a key is for. A key is never used for two things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Ed25519 seed that signs access tokens.
    Jwt,
    /// Ed25519 seed that signs checkpoints.
    Checkpoint,
    /// HMAC key over log heads.
    Seal,
    /// Encrypts page cursors.
    Cursor,
    /// Encrypts stored secrets.
    Secrets,
    /// HMAC key for values that are only ever compared.
    Lookup,
}

impl Purpose {
    /// Every purpose; each has exactly one key in use.
    pub const ALL: [Self; 6] =
        [Self::Jwt, Self::Checkpoint, Self::Seal, Self::Cursor, Self::Secrets, Self::Lookup];

    /// The purpose's name in the database and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jwt => "jwt",
            Self::Checkpoint => "checkpoint",
            Self::Seal => "seal",
            Self::Cursor => "cursor",
            Self::Secrets => "secrets",
            Self::Lookup => "lookup",
        }
    }
}

/// A purpose key, unwrapped.
#[derive(Clone)]
pub struct PurposeKey {
    /// Names the key wherever something was made with it.
    pub id: Id<ServiceKey>,
    bytes: Zeroizing<[u8; KEY_BYTES]>,
}

impl PurposeKey {
    /// The raw key.
    pub fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.bytes
    }

    /// Encrypts `plain`; `context` must be given again to decrypt, so a box cannot be moved elsewhere.
    pub fn seal_box(&self, plain: &[u8], context: &[u8]) -> Result<Vec<u8>> {
        seal_box(&self.bytes, plain, context)
    }

    /// Decrypts what [`PurposeKey::seal_box`] made for the same `context`.
    pub fn open_box(&self, sealed: &[u8], context: &[u8]) -> Option<Vec<u8>> {
        open_box(&self.bytes, sealed, context)
    }
}

impl std::fmt::Debug for PurposeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PurposeKey({})", self.id)
    }
}

/// How long before its first use a rotated key is stored, so that every node has read it by then.
const ACTIVATION: Duration = Duration::from_mins(1);

/// Rotates the key of `purpose`: the new one is used a minute from now, the older ones beside it for `overlap`.
/// Own events tell of it.
pub(crate) fn rotate(
    conn: &mut Conn,
    ring: &Keyring,
    purpose: Purpose,
    overlap: Duration,
    now: Time,
) -> Result<Id<ServiceKey>> {
    store::rotate(conn, ring, purpose, (now, now.plus(ACTIVATION)), overlap)
}

/// The key that wraps all others.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; KEY_BYTES]>);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey")
    }
}

impl MasterKey {
    /// Reads the key file: 32 bytes as standard base64, one line.
    pub fn read(path: &Path) -> Result<Self> {
        let text = Zeroizing::new(fs::read_to_string(path).map_err(|error| {
            Error::Config(format!("master_key_file: cannot read {}: {error}", path.display()))
        })?);
        let wrong = || {
            Error::Config(format!(
                "master_key_file: {} must hold 32 random bytes in base64 (openssl rand -base64 32)",
                path.display()
            ))
        };
        let bytes = Zeroizing::new(BASE64_STANDARD.decode(text.trim()).ok().ok_or_else(wrong)?);
        let bytes: [u8; KEY_BYTES] = bytes.as_slice().try_into().ok().ok_or_else(wrong)?;
        if bytes.iter().all(|byte| Some(byte) == bytes.first()) {
            return Err(wrong());
        }
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// Makes a random key and writes it to `path`, readable by the owner only. An existing file is kept.
    pub fn create(path: &Path) -> Result<()> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        random(bytes.as_mut_slice())?;
        let text = Zeroizing::new(BASE64_STANDARD.encode(bytes.as_slice()) + "\n");
        fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
            .map_err(|error| {
                Error::Config(format!("master_key_file: cannot write {}: {error}", path.display()))
            })
    }

    fn wrap(&self, purpose: Purpose, id: Id<ServiceKey>, key: &[u8]) -> Result<Vec<u8>> {
        seal_box(&self.0, key, &wrap_context(purpose, id))
    }

    fn unwrap(&self, purpose: Purpose, id: Id<ServiceKey>, wrapped: &[u8]) -> Result<PurposeKey> {
        let wrong = || {
            Error::Config(format!(
                "master_key_file: this is not the key that wrapped the service's {} key {id}",
                purpose.name()
            ))
        };
        let plain = Zeroizing::new(open_box(&self.0, wrapped, &wrap_context(purpose, id)).ok_or_else(wrong)?);
        let bytes = plain.as_slice().try_into().ok().ok_or_else(wrong)?;
        Ok(PurposeKey { id, bytes: Zeroizing::new(bytes) })
    }
}

fn wrap_context(purpose: Purpose, id: Id<ServiceKey>) -> Vec<u8> {
    format!("service_keys|wrapped|{}|{id}", purpose.name()).into_bytes()
}

fn seal_box(key: &[u8; KEY_BYTES], plain: &[u8], context: &[u8]) -> Result<Vec<u8>> {
    let mut nonce = [0; NONCE_BYTES];
    random(&mut nonce)?;
    let sealed = XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: context })
        .map_err(|error| Error::Bug(format!("encryption failed: {error}")))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn open_box(key: &[u8; KEY_BYTES], sealed: &[u8], context: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    XChaCha20Poly1305::new(key.into())
        .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: context })
        .ok()
}

/// Fills `bytes` from the operating system's generator.
pub fn random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| Error::Unavailable(format!("no randomness: {error}")))
}

/// A new random key for `purpose`, wrapped for storage.
fn mint(master: &MasterKey, purpose: Purpose, now: Time) -> Result<(Id<ServiceKey>, Vec<u8>)> {
    let mut bytes = Zeroizing::new([0; KEY_BYTES]);
    random(bytes.as_mut_slice())?;
    let id = Id::new(now);
    Ok((id, master.wrap(purpose, id, bytes.as_slice())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_key_opens_only_for_its_own_purpose_and_id() {
        let master = MasterKey(Zeroizing::new([7; KEY_BYTES]));
        let (id, wrapped) = mint(&master, Purpose::Seal, Time::from_micros(0)).unwrap();

        assert!(master.unwrap(Purpose::Seal, id, &wrapped).is_ok());
        assert!(master.unwrap(Purpose::Jwt, id, &wrapped).is_err());
        assert!(master.unwrap(Purpose::Seal, Id::new(Time::from_micros(1)), &wrapped).is_err());
        let other = MasterKey(Zeroizing::new([8; KEY_BYTES]));
        assert!(other.unwrap(Purpose::Seal, id, &wrapped).is_err());
    }

    #[test]
    fn a_key_cannot_be_printed() {
        let key = PurposeKey { id: Id::new(Time::from_micros(0)), bytes: Zeroizing::new([0x41; KEY_BYTES]) };
        assert_eq!(format!("{key:?}"), format!("PurposeKey({})", key.id));
    }
}
