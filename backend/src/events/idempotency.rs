//! `Idempotency-Key`: ids for events that bring none, so that a blind retry is recognised.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use sha2::{Digest, Sha256};

use crate::{
    error::{Error, Result},
    id::{self, Id},
};

/// Longest key, in bytes.
const BYTES_MAX: usize = 255;
/// Separates this hash from any other.
const DOMAIN: &[u8] = b"annals-idem-v1\0";
const HEADER: &str = "idempotency-key";

/// The header of a request, if it has one.
#[derive(Debug, Clone, Default)]
pub(crate) struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
    /// The id of item `index` of a request of this API key: UUIDv8 of the first half of
    /// SHA-256("annals-idem-v1\0" ‖ organization ‖ key id ‖ index u32be ‖ header).
    pub(crate) fn event_id(&self, org: Id<id::Org>, key: Id<id::Key>, index: usize) -> Option<Id<id::Event>> {
        let text = self.0.as_ref()?;
        let hash = Sha256::new()
            .chain_update(DOMAIN)
            .chain_update(org.bytes())
            .chain_update(key.bytes())
            .chain_update(u32::try_from(index).ok()?.to_be_bytes())
            .chain_update(text)
            .finalize();
        let half = hash.first_chunk::<16>()?;
        Some(uuid::Builder::from_custom_bytes(*half).into_uuid().into())
    }
}

impl FromRequest for IdempotencyKey {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let wrong = || Error::InvalidHeader("Idempotency-Key", "once, 1 to 255 visible ASCII characters");
        let mut values = request.headers().get_all(HEADER);
        let Some(first) = values.next() else { return ready(Ok(Self(None))) };
        let text = first.to_str().ok().map(str::trim).filter(|text| {
            (1..=BYTES_MAX).contains(&text.len()) && text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
        });
        ready(match text {
            Some(text) if values.next().is_none() => Ok(Self(Some(text.to_owned()))),
            _ => Err(wrong()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frozen: a client that retries across an upgrade must get the same ids.
    #[test]
    fn the_same_key_gives_the_same_ids() {
        let org = Id::parse("0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01").unwrap();
        let key = Id::parse("0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c02").unwrap();
        let header = IdempotencyKey(Some("order-4711".into()));

        let ids: Vec<String> =
            (0..2).map(|index| header.event_id(org, key, index).unwrap().to_string()).collect();
        assert_eq!(ids, ["132297a2-70eb-8198-b256-5d842b0f6968", "494e6fdd-c8c5-832a-add3-7b4d320c407b"]);
        assert_eq!(IdempotencyKey(None).event_id(org, key, 0), None);
    }
}
