//! The bytes of a checkpoint: C2SP tlog-checkpoint text, C2SP signed-note signatures (Ed25519).

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, prelude::BASE64_STANDARD};
use signed_note::{Note, Signer, StandardSigner, StandardVerifier, Verifier, VerifierList, key_id};
use zeroize::Zeroizing;

use super::TreeHead;
use crate::{
    error::{Error, Result},
    keyring::PurposeKey,
};

/// The algorithm byte of Ed25519 in a signed note's keys.
const ED25519: u8 = 1;

impl TreeHead {
    /// The text that is signed: origin, size and root, a line each.
    fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64_STANDARD.encode(self.root))
    }

    /// Reads the text. Lines after the third, which C2SP allows, say nothing to us.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let number: u64 = size.parse().ok().filter(|number: &u64| number.to_string() == size)?;
        let root = BASE64_STANDARD.decode(root).ok()?.try_into().ok()?;
        (!origin.is_empty()).then(|| Self { origin: origin.to_owned(), size: number, root })
    }
}

/// The checkpoint of `head` as a note, signed with each of the keys.
pub(crate) fn sign(head: &TreeHead, keys: &[PurposeKey]) -> Result<String> {
    let signers = keys.iter().map(|key| signer(&head.origin, key)).collect::<Result<Vec<_>>>()?;
    let mut note = Note::new(head.to_text().as_bytes(), &[]).map_err(broken)?;
    for signer in &signers {
        let signer: &dyn Signer = signer;
        note.add_sigs(&[signer]).map_err(broken)?;
    }
    String::from_utf8(note.to_bytes()).map_err(broken)
}

/// What the note says, if at least one of the keys signed it, and none of them wrongly.
///
/// # Errors
/// Why it is no checkpoint of this log, in words.
pub(crate) fn open(note: &str, origin: &str, keys: &[PurposeKey]) -> Result<TreeHead, String> {
    let note = Note::from_bytes(note.as_bytes()).map_err(|error| format!("it is no signed note: {error}"))?;
    let text = std::str::from_utf8(note.text()).map_err(|error| error.to_string())?;
    let head = TreeHead::parse(text).ok_or("its text is no checkpoint")?;
    if head.origin != origin {
        return Err(format!("it is of another log, {}", head.origin));
    }
    let mut known: Vec<Box<dyn Verifier>> = Vec::new();
    for key in keys {
        let verifier = verifier_key(origin, key).map_err(|error| error.to_string())?;
        known.push(Box::new(StandardVerifier::new(&verifier).map_err(|error| error.to_string())?));
    }
    match note.verify(&VerifierList::new(known)) {
        Ok(_) => Ok(head),
        Err(error) => Err(format!("none of our keys signed it: {error}")),
    }
}

/// The public key as verifiers take it: `name+id+key`.
pub(crate) fn verifier_key(origin: &str, key: &PurposeKey) -> Result<String> {
    let public = public_key(key)?;
    Ok(format!("{origin}+{:08x}+{}", key_id(origin, &public), BASE64_STANDARD.encode(&public)))
}

fn signer(origin: &str, key: &PurposeKey) -> Result<StandardSigner> {
    let secret = Zeroizing::new([[ED25519].as_slice(), key.bytes()].concat());
    let secret = Zeroizing::new(BASE64_STANDARD.encode(secret.as_slice()));
    let id = key_id(origin, &public_key(key)?);
    let text = Zeroizing::new(format!("PRIVATE+KEY+{origin}+{id:08x}+{}", secret.as_str()));
    StandardSigner::new(&text).map_err(broken)
}

fn public_key(key: &PurposeKey) -> Result<Vec<u8>> {
    let pair = Ed25519KeyPair::from_seed_unchecked(key.bytes()).map_err(broken)?;
    Ok([[ED25519].as_slice(), pair.public_key().as_ref()].concat())
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err takes")]
fn broken(error: impl ToString) -> Error {
    Error::Bug(format!("signing a checkpoint: {}", error.to_string()))
}
