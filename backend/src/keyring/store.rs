//! How the wrapped keys are kept.

use std::time::Duration;

use diesel::prelude::*;

use super::{Keyring, MasterKey, Purpose, mint, ring::Version};
use crate::{
    clock::Time,
    db::{Conn, on_either, schema::service_keys},
    error::{Error, Result},
    id::{Id, ServiceKey},
};

#[derive(Insertable)]
#[diesel(table_name = service_keys, treat_none_as_default_value = false)]
struct NewRow {
    id: Id<ServiceKey>,
    purpose: &'static str,
    version: i32,
    wrapped: Vec<u8>,
    created_at: Time,
    active_from: Option<Time>,
}

/// Loads every key, making the first of each purpose where there is none. Two nodes that start together
/// agree: the first insert of a version wins and both read it back.
pub(crate) fn load(conn: &mut Conn, master: &MasterKey, now: Time) -> Result<Keyring> {
    let known: Vec<String> = service_keys::table.select(service_keys::purpose).load(conn)?;
    for purpose in Purpose::ALL {
        if !known.iter().any(|name| name == purpose.name()) {
            let (id, wrapped) = mint(master, purpose, now)?;
            let purpose = purpose.name();
            let row = NewRow { id, purpose, version: 1, wrapped, created_at: now, active_from: None };
            on_either!(conn, inner => diesel::insert_into(service_keys::table)
                .values(&row)
                .on_conflict((service_keys::purpose, service_keys::version))
                .do_nothing()
                .execute(inner))?;
        }
    }
    read(conn, master, now)
}

/// Reads and unwraps every key.
pub(crate) fn read(conn: &mut Conn, master: &MasterKey, now: Time) -> Result<Keyring> {
    Ok(Keyring::new(master.clone(), versions(conn, master)?, now))
}

/// Every version of every key; per purpose they ascend.
pub(super) fn versions(conn: &mut Conn, master: &MasterKey) -> Result<Vec<Version>> {
    type Row = (Id<ServiceKey>, String, Vec<u8>, Time, Option<Time>, Option<Time>);
    let rows: Vec<Row> = service_keys::table
        .select((
            service_keys::id,
            service_keys::purpose,
            service_keys::wrapped,
            service_keys::created_at,
            service_keys::active_from,
            service_keys::retired_at,
        ))
        .order(service_keys::version)
        .load(conn)?;
    rows.into_iter()
        .map(|(id, name, wrapped, created_at, active_from, retired_at)| {
            let purpose = Purpose::ALL
                .into_iter()
                .find(|purpose| purpose.name() == name)
                .ok_or_else(|| Error::Config(format!("service_keys: unknown purpose {name}")))?;
            let key = master.unwrap(purpose, id, &wrapped)?;
            Ok(Version { purpose, key, created_at, active_from, retired_at })
        })
        .collect()
}

/// Adds a version of the purpose's key, used from `active_from` on; the older ones go on beside it for
/// `overlap`.
pub(crate) fn rotate(
    conn: &mut Conn,
    ring: &Keyring,
    purpose: Purpose,
    (now, active_from): (Time, Time),
    overlap: Duration,
) -> Result<Id<ServiceKey>> {
    let of_purpose = || service_keys::table.filter(service_keys::purpose.eq(purpose.name()));
    let newest: Option<i32> = of_purpose()
        .select(service_keys::version)
        .order(service_keys::version.desc())
        .first(conn)
        .optional()?;
    let (id, wrapped) = mint(ring.master(), purpose, now)?;
    diesel::update(of_purpose().filter(service_keys::retired_at.is_null()))
        .set(service_keys::retired_at.eq(Some(active_from.plus(overlap))))
        .execute(conn)?;
    let row = NewRow {
        id,
        purpose: purpose.name(),
        version: newest.unwrap_or(0) + 1,
        wrapped,
        created_at: now,
        active_from: Some(active_from),
    };
    let inserted =
        on_either!(conn, inner => diesel::insert_into(service_keys::table).values(&row).execute(inner));
    Error::on_taken(inserted, || format!("the {} key is being rotated already", purpose.name()))?;
    Ok(id)
}
