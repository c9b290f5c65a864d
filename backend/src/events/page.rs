//! Pages of a list: fixed by its first page, so that a page once handed out never gains a row.
//!
//! The cursor is sealed: a client can neither read nor forge it, nor use it for another query.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::filter::FilterText;
use crate::{
    access::{OrgScope, permission::ReadEvents},
    clock::Time,
    error::{Error, Result},
    keyring::{Keyring, Purpose},
};

/// Version of the cursor's bytes.
const FORMAT: u8 = 1;
/// Binds the encryption to this use of the key.
const CONTEXT: &[u8] = b"events.page";

/// Direction of a list by (occurred at, sequence).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Newest first.
    Descending,
    /// Oldest first.
    Ascending,
}

/// Where a page begins: right after this row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub occurred_at: Time,
    pub sequence: i64,
}

/// What all pages of one list have in common, and where the next begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageCursor {
    pub order: Order,
    /// The relative times of the query, as they were on page 1.
    pub since: Option<Time>,
    pub until: Option<Time>,
    /// Only events below this sequence: what came later is not part of the list.
    pub as_of: i64,
    /// First sequence that was not pruned when page 1 was read.
    pub first_sequence: i64,
    pub after: Position,
}

impl PageCursor {
    /// The cursor as text, bound to the organization and the query.
    pub fn seal(
        &self,
        keyring: &Keyring,
        scope: &OrgScope<ReadEvents>,
        filter: &FilterText<'_>,
    ) -> Result<String> {
        let mut plain = Vec::with_capacity(128);
        plain.push(FORMAT);
        plain.extend_from_slice(&scope.org_id().bytes());
        plain.extend_from_slice(&filter.hash());
        plain.extend_from_slice(&scope.filter().hash());
        plain.push(match self.order {
            Order::Descending => 0,
            Order::Ascending => 1,
        });
        for time in [self.since, self.until] {
            plain.extend_from_slice(&time.map_or(i64::MIN, Time::micros).to_be_bytes());
        }
        for number in [self.as_of, self.first_sequence, self.after.occurred_at.micros(), self.after.sequence]
        {
            plain.extend_from_slice(&number.to_be_bytes());
        }
        Ok(BASE64_URL_SAFE_NO_PAD.encode(keyring.current(Purpose::Cursor)?.seal_box(&plain, CONTEXT)?))
    }

    /// Opens a cursor that was sealed for the same organization, order and query.
    ///
    /// # Errors
    /// [`Error::CursorInvalid`] when it is not ours, [`Error::CursorMismatch`] when it is for something else.
    pub fn open(
        text: &str,
        keyring: &Keyring,
        scope: &OrgScope<ReadEvents>,
        filter: &FilterText<'_>,
        order: Order,
    ) -> Result<Self> {
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(text).ok().ok_or(Error::CursorInvalid)?;
        let plain = keyring.open_box(Purpose::Cursor, &sealed, CONTEXT).ok_or(Error::CursorInvalid)?;
        let mut reader = Reader(&plain);
        if reader.take::<1>()? != [FORMAT] {
            return Err(Error::CursorInvalid);
        }
        let is_same_org = reader.take::<16>()? == scope.org_id().bytes();
        let is_same_query = reader.take::<16>()? == filter.hash();
        let is_same_scope = reader.take::<16>()? == scope.filter().hash();
        let sealed_order = if reader.take::<1>()? == [0] { Order::Descending } else { Order::Ascending };
        if !is_same_org || !is_same_query || !is_same_scope || sealed_order != order {
            return Err(Error::CursorMismatch);
        }
        let since = reader.time()?;
        let until = reader.time()?;
        let (as_of, first_sequence) = (reader.number()?, reader.number()?);
        let after = Position { occurred_at: Time::from_micros(reader.number()?), sequence: reader.number()? };
        Ok(Self { order, since, until, as_of, first_sequence, after })
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(Error::CursorInvalid)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn number(&mut self) -> Result<i64> {
        self.take::<8>().map(i64::from_be_bytes)
    }

    fn time(&mut self) -> Result<Option<Time>> {
        Ok(Some(self.number()?).filter(|micros| *micros != i64::MIN).map(Time::from_micros))
    }
}
