//! Which refresh token follows which: derived, so that a replayed one is recognised however old it is.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::store::SessionRow;
use crate::{
    access::token::{Kind, Token},
    clock::Time,
    error::{Error, Result},
    id::{Id, ServiceKey},
    keyring::{Keyring, Purpose, PurposeKey},
};

/// For this long after a rotation the token before the current one is still answered, with the current one, and
/// the current one is not rotated again: several tabs that reload together, each with a request or two under
/// way, must not look like a thief.
const GRACE: Duration = Duration::from_secs(10);

/// How far back a replayed token is recognised: far more refreshes than a session has.
const GENERATIONS_MAX: i32 = 2_000;

/// Derives the token that follows another one: the same for both of two parallel refreshes, and for anybody
/// who replays an old token, which is how the replay is recognised. Nothing secret is stored for it.
///
/// A session keeps the key that was in use when it began: another one would derive other tokens, and a token that
/// is not derived is a thief's.
#[derive(Debug, Clone)]
pub(crate) struct Successors(Keyring);

/// What a presented refresh token is.
#[derive(Debug)]
pub(super) enum Verdict {
    /// The session's own: this one replaces it, or is it, where it was replaced a moment ago.
    Successor(Token),
    /// One that was replaced long ago: somebody holds a copy.
    Reused,
    /// None that the session ever had.
    Unknown,
}

impl Successors {
    pub(crate) const fn new(keyring: Keyring) -> Self {
        Self(keyring)
    }

    /// The key for a session that begins now.
    pub(super) fn key_id(&self) -> Result<Id<ServiceKey>> {
        Ok(self.0.current(Purpose::Lookup)?.id)
    }

    fn key(&self, session: &SessionRow) -> Result<PurposeKey> {
        let versions = || self.0.versions(Purpose::Lookup).into_iter();
        let key = match session.lookup_key_id {
            Some(id) => self.0.by_id(Purpose::Lookup, id),
            None => versions().next().map(|version| version.key),
        };
        key.ok_or_else(|| Error::Bug(format!("no lookup key for session {}", session.id)))
    }

    /// What `token` is to the session, at `now`.
    pub(super) fn judge(&self, session: &SessionRow, token: &Token, now: Time) -> Result<Verdict> {
        let (hash, key) = (token.hash(), self.key(session)?);
        let is_fresh = now <= session.rotated_at.plus(GRACE);
        if token.matches(&session.token_hash) {
            let next = if is_fresh { token.clone() } else { successor(&key, &session.public_id, &hash)? };
            return Ok(Verdict::Successor(next));
        }
        let is_previous =
            session.previous_token_hash.as_deref().is_some_and(|previous| token.matches(previous));
        if is_previous && is_fresh {
            return successor(&key, &session.public_id, &hash).map(Verdict::Successor);
        }
        let was_ours = leads_from(&key, &hash, session)?;
        Ok(if was_ours { Verdict::Reused } else { Verdict::Unknown })
    }
}

fn successor(key: &PurposeKey, public_id: &str, hash: &[u8]) -> Result<Token> {
    let mut counter = 0_u32;
    Token::derived(Kind::Refresh, public_id, |bytes| {
        for chunk in bytes.chunks_mut(32) {
            let mut mac =
                Hmac::<Sha256>::new_from_slice(key.bytes()).map_err(|error| Error::Bug(error.to_string()))?;
            mac.update(b"annals-refresh-successor-v1\0");
            mac.update(hash);
            mac.update(&counter.to_be_bytes());
            let block = mac.finalize().into_bytes();
            chunk.iter_mut().zip(block).for_each(|(to, from)| *to = from);
            counter += 1;
        }
        Ok(())
    })
}

/// Whether the session's current token follows from `hash` in as many rotations as there have been.
fn leads_from(key: &PurposeKey, hash: &[u8], session: &SessionRow) -> Result<bool> {
    let mut hash = hash.to_vec();
    for _ in 0..session.generation.min(GENERATIONS_MAX) {
        hash = successor(key, &session.public_id, &hash)?.hash().to_vec();
        if hash == session.token_hash {
            return Ok(true);
        }
    }
    Ok(false)
}
