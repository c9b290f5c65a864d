//! Passwords: Argon2id, a few at a time, and the same work whether or not the account exists.

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash,
};
use secrecy::{ExposeSecret, SecretString};

use zxcvbn::Score;

use crate::{
    error::{Error, FieldError, Result},
    log::sealed::fold,
};

/// Shortest password, in characters.
pub const CHARS_MIN: usize = 12;
/// Longest password, in characters.
pub const CHARS_MAX: usize = 128;
/// OWASP's floor for Argon2id's memory, in KiB; fewer than this does not start.
pub const MEMORY_KIB_MIN: u32 = 19 * 1024;

/// Of zxcvbn's scores, 0 to 4, the least that a new password needs: over 10^8 guesses.
const SCORE_MIN: Score = Score::Three;
/// Shorter names than this may stand in a password by chance.
const NAME_CHARS_MIN: usize = 4;

/// A password that somebody may choose. It cannot be printed.
#[derive(Debug, Clone)]
pub struct NewPassword(SecretString);

impl NewPassword {
    /// Holds the password to the rules: 12 to 128 characters of any kind, hard to guess, and not made of `names`,
    /// which are the person's e-mail and name and their organizations'. Takes a moment.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `pointer`, with the way out.
    pub fn new(password: SecretString, pointer: &str, names: &[&str]) -> Result<Self> {
        let refuse = |code, message| Err(Error::Invalid(vec![FieldError::new(pointer, code, message)]));
        let text = password.expose_secret();
        if !(CHARS_MIN..=CHARS_MAX).contains(&text.chars().count()) {
            return refuse("invalid_length", format!("{CHARS_MIN} to {CHARS_MAX} characters"));
        }
        let names = parts(names);
        let folded = fold(text);
        if let Some(name) = names.iter().find(|name| folded.contains(*name)) {
            return refuse("weak_password", format!("must not contain {name}, which others know of you"));
        }
        let known: Vec<&str> = names.iter().map(String::as_str).chain(["annals"]).collect();
        let estimate = zxcvbn::zxcvbn(text, &known);
        if estimate.score() < SCORE_MIN {
            let warning = estimate.feedback().and_then(zxcvbn::feedback::Feedback::warning);
            let why = warning.map_or_else(String::new, |warning| {
                format!(" ({})", warning.to_string().trim_end_matches('.').to_lowercase())
            });
            return refuse(
                "weak_password",
                format!("is easy to guess{why}; take four or more unrelated words"),
            );
        }
        Ok(Self(password))
    }
}

/// The names by which people guess: whole ones, and what stands before and after the `@`, case-folded.
fn parts(names: &[&str]) -> Vec<String> {
    let split = names.iter().flat_map(|name| name.split('@').chain([*name]));
    let mut parts: Vec<String> =
        split.map(|name| fold(name.trim())).filter(|name| name.chars().count() >= NAME_CHARS_MIN).collect();
    parts.sort_unstable();
    parts.dedup();
    parts
}

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
    pub fn hash(&self, NewPassword(password): &NewPassword) -> Result<SecretString> {
        hash_with(&self.argon2, password.expose_secret())
    }

    /// Whether `hash` was made with less memory, or otherwise than hashes are made now.
    pub fn is_outdated(&self, hash: &SecretString) -> bool {
        let stored = PasswordHash::new(hash.expose_secret()).ok();
        let params = stored.and_then(|stored| Params::try_from(&stored).ok());
        params.is_none_or(|params| params.m_cost() < self.argon2.params().m_cost())
    }

    /// Hashes a password that has just been verified, by the rules of today.
    pub fn rehash(&self, verified: &SecretString) -> Result<SecretString> {
        hash_with(&self.argon2, verified.expose_secret())
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
