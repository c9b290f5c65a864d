//! Typed identifiers: an `Id<Org>` cannot be passed where an `Id<User>` is meant.

use std::{fmt, marker::PhantomData};

use diesel::{deserialize::FromSqlRow, expression::AsExpression};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::{NoContext, Timestamp, Uuid};

use crate::{clock::Time, db::types::DbId};

/// Marker of an organization's id.
#[derive(Debug, Clone, Copy)]
pub enum Org {}
/// Marker of a user's id.
#[derive(Debug, Clone, Copy)]
pub enum User {}
/// Marker of an API key's id.
#[derive(Debug, Clone, Copy)]
pub enum Key {}
/// Marker of an invitation's id.
#[derive(Debug, Clone, Copy)]
pub enum Invite {}
/// Marker of the id of a break-glass grant.
#[derive(Debug, Clone, Copy)]
pub enum BreakGlass {}
/// Marker of a session's id.
#[derive(Debug, Clone, Copy)]
pub enum Session {}
/// Marker of an event's id.
#[derive(Debug, Clone, Copy)]
pub enum Event {}
/// Marker of a request's id.
#[derive(Debug, Clone, Copy)]
pub enum Request {}
/// Marker of a log's id (one per organization and epoch).
#[derive(Debug, Clone, Copy)]
pub enum Log {}
/// Marker of the id of one of the service's own keys.
#[derive(Debug, Clone, Copy)]
pub enum ServiceKey {}
/// Marker of the id of this installation of Annals.
#[derive(Debug, Clone, Copy)]
pub enum Installation {}
/// Marker of the id of one of the nodes of an installation.
#[derive(Debug, Clone, Copy)]
pub enum Node {}

/// A UUID that knows what it names. Made by the server as `UUIDv7` (RFC 9562).
#[derive(AsExpression, FromSqlRow)]
#[diesel(sql_type = DbId)]
pub struct Id<T: 'static>(Uuid, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// A new `UUIDv7` whose time part is `now`.
    pub fn new(now: Time) -> Self {
        let (seconds, nanos) = now.unix_parts();
        Self::from(Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, nanos)))
    }

    /// The id that 16 random bytes make (`UUIDv4`), where there is no clock.
    pub fn random(bytes: [u8; 16]) -> Self {
        Self::from(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }

    /// The same id as raw UUID, for byte formats.
    pub fn uuid(self) -> Uuid {
        self.0
    }

    /// The 16 bytes of the UUID, big endian.
    pub fn bytes(self) -> [u8; 16] {
        self.0.into_bytes()
    }

    /// Reads the hyphenated 36-character form, in either case.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten().map(Self::from)
    }
}

impl<T> From<Uuid> for Id<T> {
    fn from(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> std::hash::Hash for Id<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::from)
    }
}
