//! Passwords: Argon2id, a few at a time, and the same work whether or not the account exists.

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash,
};
use secrecy::{ExposeSecret, SecretString};

use crate::error::{Error, FieldError, Result};

/// Shortest password, in characters.
pub const CHARS_MIN: usize = 12;
/// Longest password, in characters.
pub const CHARS_MAX: usize = 128;
/// OWASP's floor for Argon2id's memory, in KiB; fewer than this does not start.
pub const MEMORY_KIB_MIN: u32 = 19 * 1024;

/// How passwords are hashed.
#[derive(Debug, Clone)]
pub struct Hasher {
    argon2: Argon2<'static>,
    /// Verified against when there is no account, so that the answer takes as long.
    decoy: SecretString,
}

impl Hasher {
    /// A hasher with this much memory, in KiB, and three passes.
    pub fn new(memory_kib: u32) -> Result<Self> {
        if memory_kib < MEMORY_KIB_MIN {
            return Err(Error::Config(format!("auth.argon2_memory_kib: at least {MEMORY_KIB_MIN}")));
        }
        let params = Params::new(memory_kib, 3, 1, None)
            .map_err(|error| Error::Config(format!("auth.argon2_memory_kib: {error}")))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let decoy = hash_with(&argon2, "no account has this password")?;
        Ok(Self { argon2, decoy })
    }

    /// Hashes a new password into a PHC string.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is shorter than 12 or longer than 128 characters.
    pub fn hash(&self, password: &SecretString) -> Result<SecretString> {
        let chars = password.expose_secret().chars().count();
        if !(CHARS_MIN..=CHARS_MAX).contains(&chars) {
            let message = format!("{CHARS_MIN} to {CHARS_MAX} characters");
            return Err(Error::Invalid(vec![FieldError::new("/password", "invalid_length", message)]));
        }
        hash_with(&self.argon2, password.expose_secret())
    }

    /// Whether `password` is the one behind `hash`. Without a hash the same work is done for nothing.
    pub fn verify(&self, password: &SecretString, hash: Option<&SecretString>) -> bool {
        let stored = PasswordHash::new(hash.unwrap_or(&self.decoy).expose_secret());
        let matches = stored.is_ok_and(|stored| {
            self.argon2.verify_password(password.expose_secret().as_bytes(), &stored).is_ok()
        });
        matches && hash.is_some()
    }
}

fn hash_with(argon2: &Argon2<'_>, password: &str) -> Result<SecretString> {
    argon2
        .hash_password(password.as_bytes())
        .map(|hash| SecretString::from(hash.to_string()))
        .map_err(|error| Error::Bug(format!("hashing a password: {error}")))
}
