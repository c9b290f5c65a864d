//! SQL types that mean the same on both databases: ids, times, JSON.

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    query_builder::QueryId,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{BigInt, Binary, HasSqlType, SqlOrd, SqlType, Text},
    sqlite::Sqlite,
};
use serde::{Serialize, de::DeserializeOwned};
use std::io::Write;
use uuid::Uuid;

use super::conn::{MultiBackend, MultiRawValue};
use crate::{clock::Time, id::Id};

/// A UUID: `uuid` on PostgreSQL, a 16-byte `BLOB` on SQLite.
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(name = "uuid"))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct DbId;

/// An instant: `timestamptz` on PostgreSQL, `INTEGER` microseconds since 1970 on SQLite.
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(name = "timestamptz"))]
#[diesel(sqlite_type(name = "Long"))]
pub struct DbTime;

impl SqlOrd for DbTime {}

/// A JSON document: `jsonb` on PostgreSQL, `TEXT` on SQLite.
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(name = "jsonb"))]
#[diesel(sqlite_type(name = "Text"))]
pub struct DbJson;

impl HasSqlType<DbId> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        MultiBackend::lookup_sql_type::<DbId>(lookup)
    }
}
impl HasSqlType<DbTime> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        MultiBackend::lookup_sql_type::<DbTime>(lookup)
    }
}
impl HasSqlType<DbJson> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        MultiBackend::lookup_sql_type::<DbJson>(lookup)
    }
}

// --- ids -------------------------------------------------------------------------------------

impl<T: std::fmt::Debug> ToSql<DbId, MultiBackend> for Id<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((DbId, self));
        Ok(IsNull::No)
    }
}
impl<T: std::fmt::Debug> ToSql<DbId, Pg> for Id<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.uuid().as_bytes())?;
        Ok(IsNull::No)
    }
}
impl<T: std::fmt::Debug> ToSql<DbId, Sqlite> for Id<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.uuid().as_bytes().to_vec());
        Ok(IsNull::No)
    }
}
impl<T> FromSql<DbId, MultiBackend> for Id<T> {
    fn from_sql(bytes: MultiRawValue<'_>) -> deserialize::Result<Self> {
        bytes.from_sql::<Self, DbId>()
    }
}
impl<T> FromSql<DbId, Pg> for Id<T> {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Uuid::from_slice(bytes.as_bytes())?.into())
    }
}
impl<T> FromSql<DbId, Sqlite> for Id<T> {
    fn from_sql(bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(bytes)?;
        Ok(Uuid::from_slice(&bytes)?.into())
    }
}

// --- times -----------------------------------------------------------------------------------

/// 2000-01-01T00:00:00Z in Unix microseconds: where PostgreSQL counts from.
const POSTGRES_EPOCH_MICROS: i64 = 946_684_800_000_000;

impl ToSql<DbTime, MultiBackend> for Time {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((DbTime, self));
        Ok(IsNull::No)
    }
}
impl ToSql<DbTime, Pg> for Time {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&(self.micros() - POSTGRES_EPOCH_MICROS).to_be_bytes())?;
        Ok(IsNull::No)
    }
}
impl ToSql<DbTime, Sqlite> for Time {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.micros());
        Ok(IsNull::No)
    }
}
impl FromSql<DbTime, MultiBackend> for Time {
    fn from_sql(bytes: MultiRawValue<'_>) -> deserialize::Result<Self> {
        bytes.from_sql::<Self, DbTime>()
    }
}
impl FromSql<DbTime, Pg> for Time {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        let micros = i64::from_be_bytes(bytes.as_bytes().try_into()?);
        // `infinity` is the largest number there is.
        let micros = micros.checked_add(POSTGRES_EPOCH_MICROS).ok_or("a time out of range")?;
        Ok(Self::from_micros(micros))
    }
}
impl FromSql<DbTime, Sqlite> for Time {
    fn from_sql(bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, Sqlite>>::from_sql(bytes).map(Self::from_micros)
    }
}

// --- JSON ------------------------------------------------------------------------------------

/// A small value kept as a JSON document.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = DbJson)]
pub struct Json<T: std::fmt::Debug + 'static>(pub T);

impl<T> ToSql<DbJson, MultiBackend> for Json<T>
where
    T: Serialize + std::fmt::Debug + Send + Sync + 'static,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((DbJson, self));
        Ok(IsNull::No)
    }
}
impl<T: Serialize + std::fmt::Debug> ToSql<DbJson, Pg> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[1])?; // version byte of the jsonb wire format
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}
impl<T: Serialize + std::fmt::Debug> ToSql<DbJson, Sqlite> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}
impl<T> FromSql<DbJson, MultiBackend> for Json<T>
where
    T: DeserializeOwned + std::fmt::Debug,
{
    fn from_sql(bytes: MultiRawValue<'_>) -> deserialize::Result<Self> {
        bytes.from_sql::<Self, DbJson>()
    }
}
impl<T: DeserializeOwned + std::fmt::Debug> FromSql<DbJson, Pg> for Json<T> {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        let Some((1, text)) = bytes.as_bytes().split_first().map(|(version, text)| (*version, text)) else {
            return Err("unknown version of the jsonb wire format".into());
        };
        Ok(Self(serde_json::from_slice(text)?))
    }
}
impl<T: DeserializeOwned + std::fmt::Debug> FromSql<DbJson, Sqlite> for Json<T> {
    fn from_sql(bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(bytes)?;
        Ok(Self(serde_json::from_str(&text)?))
    }
}
