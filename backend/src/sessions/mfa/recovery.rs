//! Recovery codes: ten of 120 random bits, each good once, kept as hashes.

use data_encoding::{Encoding, Specification};
use sha2::{Digest, Sha256};

use crate::{
    error::{Error, Result},
    id::{self, Id},
    keyring,
};

/// How many a person gets.
pub(super) const COUNT: usize = 10;
/// Random bytes of one: 24 characters.
const BYTES: usize = 15;
/// Characters between two hyphens.
const GROUP: usize = 6;

/// A code, for its owner's eyes.
pub(super) struct RecoveryCode(String);

impl RecoveryCode {
    /// Ten new ones.
    pub(super) fn random_set() -> Result<Vec<Self>> {
        let encoding = encoding()?;
        let one = |_| {
            let mut bytes = [0; BYTES];
            keyring::random(&mut bytes)?;
            Ok(Self(encoding.encode(&bytes)))
        };
        (0..COUNT).map(one).collect()
    }

    /// What somebody typed: case, hyphens and spaces do not count, and what looks alike is alike.
    pub(super) fn typed(text: &str) -> Self {
        let characters = text.chars().filter(|character| !character.is_whitespace() && *character != '-');
        Self(
            characters
                .map(|character| match character.to_ascii_uppercase() {
                    'O' => '0',
                    'I' | 'L' => '1',
                    other => other,
                })
                .collect(),
        )
    }

    /// As it is shown: in groups.
    pub(super) fn shown(&self) -> String {
        let characters: Vec<char> = self.0.chars().collect();
        characters.chunks(GROUP).map(String::from_iter).collect::<Vec<_>>().join("-")
    }

    /// What is kept of it: whoever reads the table can neither use it, nor try it as another person.
    pub(super) fn hash(&self, user: Id<id::User>) -> Vec<u8> {
        let mut hash = Sha256::new();
        hash.update(b"annals-recovery-code-v1\0");
        hash.update(user.bytes());
        hash.update(self.0.as_bytes());
        hash.finalize().to_vec()
    }
}

/// Crockford's base 32: no letters that look like digits.
fn encoding() -> Result<Encoding> {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    specification.encoding().map_err(|error| Error::Bug(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::clock::Time;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        let user = Id::new(Time::from_micros(0));
        for code in RecoveryCode::random_set().unwrap() {
            let shown = code.shown();
            assert_eq!((shown.len(), shown.matches('-').count()), (27, 3), "{shown}");
            let sloppy = shown.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
            for typed in [shown, sloppy] {
                assert_eq!(RecoveryCode::typed(&typed).hash(user), code.hash(user), "{typed}");
            }
        }
    }

    #[test]
    fn no_two_codes_and_no_two_people_share_a_hash() {
        let (ada, bob) = (Id::new(Time::from_micros(0)), Id::new(Time::from_micros(1)));
        let codes = RecoveryCode::random_set().unwrap();
        let hashes: HashSet<_> = codes.iter().flat_map(|code| [code.hash(ada), code.hash(bob)]).collect();
        assert_eq!(hashes.len(), 2 * COUNT);
    }
}
