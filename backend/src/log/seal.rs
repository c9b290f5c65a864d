//! The seal of a log head: without our key nobody can append to a log, or cut it, unnoticed.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{checkpoint::Marks, store::Head};
use crate::{
    db::Conn,
    error::{Error, Result},
    id::{Id, Org, ServiceKey},
    keyring::{Keyring, Purpose, PurposeKey},
};

/// Separates this MAC from any other use of the key.
const DOMAIN: &[u8] = b"annals-head-v1\0";

/// Seals heads with the key in use, and checks them with whichever key sealed them, and against the marks of
/// what was signed.
#[derive(Debug, Clone)]
pub struct Sealer {
    keyring: Keyring,
    marks: Marks,
}

impl Sealer {
    /// A sealer with the ring's seal keys and this node's marks.
    pub(crate) const fn new(keyring: Keyring, marks: Marks) -> Self {
        Self { keyring, marks }
    }

    /// The keys.
    pub(crate) const fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// How far each log was signed.
    pub(crate) const fn marks(&self) -> &Marks {
        &self.marks
    }

    /// The id of the key in use.
    pub(super) fn key_id(&self) -> Result<Id<ServiceKey>> {
        Ok(self.keyring.current(Purpose::Seal)?.id)
    }

    /// The seal of `head` and the id of the key that made it.
    pub(super) fn seal(&self, org: Id<Org>, head: &Head) -> Result<(Vec<u8>, Id<ServiceKey>)> {
        let key = self.keyring.current(Purpose::Seal)?;
        Ok((mac(&key, org, head)?.finalize().into_bytes().to_vec(), key.id))
    }

    /// Checks that one of our keys sealed `head` as it is, and that it is not older than what is known of the log:
    /// what is appended to an old state that was put back would take the places of events that were lost.
    pub(super) fn check(&self, conn: &mut Conn, org: Id<Org>, head: &Head) -> Result<()> {
        self.learn(conn, head)?;
        self.check_seal(org, head)?;
        match self.marks.refusal(&head.extent()) {
            Some(refusal) => Err(Error::Integrity(refusal.to_string())),
            None => Ok(()),
        }
    }

    /// Learns of the key that sealed `head`, if another node has begun to use one that this node has not read yet.
    /// On the connection of the transaction that needs it: a second one could wait for the first.
    pub(super) fn learn(&self, conn: &mut Conn, head: &Head) -> Result<()> {
        if self.keyring.by_id(Purpose::Seal, head.seal_key_id).is_none() {
            self.keyring.learn(conn)?;
        }
        Ok(())
    }

    /// Checks that one of our keys sealed `head` as it is.
    pub(super) fn check_seal(&self, org: Id<Org>, head: &Head) -> Result<()> {
        let key = self
            .keyring
            .by_id(Purpose::Seal, head.seal_key_id)
            .ok_or_else(|| Error::Integrity("the head is sealed with a key that is not ours".into()))?;
        mac(&key, org, head)?
            .verify_slice(&head.seal)
            .ok()
            .ok_or_else(|| Error::Integrity("the head was changed by somebody without the seal key".into()))
    }
}

fn mac(key: &PurposeKey, org: Id<Org>, head: &Head) -> Result<Hmac<Sha256>> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.bytes()).map_err(|error| Error::Bug(error.to_string()))?;
    mac.update(DOMAIN);
    mac.update(&org.bytes());
    mac.update(&head.log_id.bytes());
    mac.update(&head.epoch.to_be_bytes());
    mac.update(&head.tree_start.to_be_bytes());
    mac.update(&head.next_sequence.to_be_bytes());
    mac.update(&head.first_sequence.to_be_bytes());
    mac.update(&head.frontier);
    Ok(mac)
}
