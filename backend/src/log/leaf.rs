//! From a body to its Merkle leaf: RFC 9901 (SD-JWT) salted digests, one per member that can be erased.
//!
//! Frozen: every sealed event depends on these bytes. A later member of the body becomes one more
//! disclosure; anything else is a new `v`.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{
    canonical,
    frontier::{Hash, leaf_hash},
};
use crate::error::{Error, Result};

/// Length of an event's seed, in bytes: the secret that all its salts come from.
pub const SEED_BYTES: usize = 16;
/// Largest leaf that a C2SP tile can carry, in bytes.
const LEAF_BYTES_MAX: usize = 65_535;

/// Members of the body that the leaf shows as they are: they cannot be erased.
const CLEAR: [&str; 13] = [
    "v",
    "id",
    "action",
    "pack",
    "category",
    "activity_type",
    "label",
    "source",
    "occurred_at",
    "received_at",
    "outcome",
    "severity",
    "source_sequence",
];

/// Members that are objects (or, `targets`, an array of them): each of their own members is a disclosure
/// except the ones named here.
const NESTED: [(&str, &[&str]); 5] = [
    ("actor", &["type"]),
    ("on_behalf_of", &["type"]),
    ("context", &[]),
    ("workspace", &["id"]),
    ("targets", &["type"]),
];

/// The random secret of one event. Without it the digests in a leaf say nothing about what they hide.
pub type Seed = [u8; SEED_BYTES];

/// RFC 8785 text of a JSON value.
pub fn canonical(value: &Value) -> Result<String> {
    canonical::text(value)
}

/// The leaf of `body` as RFC 8785 text.
pub fn leaf(body: &Map<String, Value>, seed: &Seed) -> Result<String> {
    let salts = Salts::new(seed)?;
    let mut leaf = Map::new();
    let mut digests = Vec::new();
    for (name, value) in body {
        if CLEAR.contains(&name.as_str()) {
            leaf.insert(name.clone(), value.clone());
        } else if let Some((_, clear)) = NESTED.iter().find(|(nested, _)| nested == name) {
            leaf.insert(name.clone(), seal_nested(value, clear, &format!("/{name}"), &salts)?);
        } else {
            digests.push(digest(&salts, &format!("/{name}"), name, value)?);
        }
    }
    insert_digests(&mut leaf, digests);
    leaf.insert("_sd_alg".into(), "sha-256".into());
    let leaf = canonical::object_text(&leaf)?;
    if leaf.len() > LEAF_BYTES_MAX {
        return Err(Error::Bug(format!("a leaf of {} bytes", leaf.len())));
    }
    Ok(leaf)
}

/// Hash of the leaf of `body`.
pub fn hash(body: &Map<String, Value>, seed: &Seed) -> Result<Hash> {
    Ok(leaf_hash(leaf(body, seed)?.as_bytes()))
}

/// The members of a stored body, when it is exactly what its leaf hash was made of; else what is wrong.
pub fn check(body: &str, seed: Option<&[u8]>, leaf_hash: &[u8]) -> Result<Map<String, Value>, &'static str> {
    let Ok(members) = serde_json::from_str::<Map<String, Value>>(body) else {
        return Err("its body is not a JSON object");
    };
    if !canonical::object_text(&members).is_ok_and(|canonical| canonical == body) {
        return Err("its body is not in canonical form");
    }
    let Some(seed) = seed.and_then(|seed| Seed::try_from(seed).ok()) else {
        return Err("its seed is gone");
    };
    // A body whose members have other types than a sealed one has no leaf.
    if !hash(&members, &seed).is_ok_and(|hash| hash.as_slice() == leaf_hash) {
        return Err("its body does not match its leaf hash");
    }
    Ok(members)
}

fn seal_nested(value: &Value, clear: &[&str], at: &str, salts: &Salts) -> Result<Value> {
    match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| seal_nested(item, clear, &format!("{at}/{index}"), salts))
            .collect::<Result<Vec<_>>>()
            .map(Value::Array),
        Value::Object(members) => {
            let mut sealed = Map::new();
            let mut digests = Vec::new();
            for (name, value) in members {
                if clear.contains(&name.as_str()) {
                    sealed.insert(name.clone(), value.clone());
                } else {
                    digests.push(digest(salts, &format!("{at}/{name}"), name, value)?);
                }
            }
            insert_digests(&mut sealed, digests);
            Ok(Value::Object(sealed))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Err(Error::Bug(format!("{at} must be an object")))
        }
    }
}

fn insert_digests(object: &mut Map<String, Value>, mut digests: Vec<String>) {
    if !digests.is_empty() {
        digests.sort_unstable();
        object.insert("_sd".into(), digests.into());
    }
}

/// Digest of the disclosure of one member: SHA-256 over the base64url text of `[salt, name, value]`.
fn digest(salts: &Salts, pointer: &str, name: &str, value: &Value) -> Result<String> {
    let disclosure = disclosure(salts, pointer, name, value)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(disclosure.as_bytes())))
}

fn disclosure(salts: &Salts, pointer: &str, name: &str, value: &Value) -> Result<String> {
    let text = canonical::triple_text(&salts.of(pointer), name, value)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(text))
}

/// Makes the salts of one event.
struct Salts(Hmac<Sha256>);

impl Salts {
    fn new(seed: &Seed) -> Result<Self> {
        Hmac::new_from_slice(seed).map(Self).map_err(|error| Error::Bug(error.to_string()))
    }

    /// Salt of the member at `pointer` (RFC 6901, into the body): 128 bits of HMAC-SHA256 under the seed.
    fn of(&self, pointer: &str) -> String {
        let mac = self.0.clone().chain_update(pointer.as_bytes()).finalize().into_bytes();
        BASE64_URL_SAFE_NO_PAD.encode(mac.get(..16).unwrap_or(&mac))
    }
}

#[cfg(test)]
mod tests {
    use base64::prelude::BASE64_STANDARD;

    use super::*;

    /// `leaf-v1.json` and friends: checked by Python's `rfc8785` and an SD-JWT library in `.ci/interop`.
    #[test]
    fn the_published_vectors_come_out_byte_for_byte() {
        let vectors: Value =
            serde_json::from_str(include_str!("../../tests/it/fixtures/leaf-v1.json")).unwrap();
        for vector in vectors.as_array().unwrap() {
            let name = vector["name"].as_str().unwrap();
            let body: Map<String, Value> = serde_json::from_str(vector["body"].as_str().unwrap()).unwrap();
            let seed = seed_from_hex(vector["seed_hex"].as_str().unwrap());

            assert_eq!(canonical(&Value::Object(body.clone())).unwrap(), vector["body"], "{name}");
            assert_eq!(leaf(&body, &seed).unwrap(), vector["leaf"], "{name}");
            assert_eq!(
                BASE64_STANDARD.encode(hash(&body, &seed).unwrap()),
                vector["leaf_hash_base64"],
                "{name}"
            );
        }
    }

    fn seed_from_hex(hex: &str) -> Seed {
        let bytes: Vec<u8> = (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(hex.get(at..at + 2).unwrap(), 16).unwrap())
            .collect();
        bytes.try_into().unwrap()
    }
}
