//! How the wrapped keys are kept.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{Keyring, MasterKey, Purpose, mint};
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
}

/// Loads every key, making the first of each purpose where there is none. Two nodes that start together
/// agree: the first insert of a version wins and both read it back.
pub(crate) fn load(conn: &mut Conn, master: &MasterKey, now: Time) -> Result<Keyring> {
    let known: Vec<String> = service_keys::table.select(service_keys::purpose).load(conn)?;
    for purpose in Purpose::ALL {
        if !known.iter().any(|name| name == purpose.name()) {
            let (id, wrapped) = mint(master, purpose, now)?;
            let row = NewRow { id, purpose: purpose.name(), version: 1, wrapped, created_at: now };
            on_either!(conn, inner => diesel::insert_into(service_keys::table)
                .values(&row)
                .on_conflict((service_keys::purpose, service_keys::version))
                .do_nothing()
                .execute(inner))?;
        }
    }
    read(conn, master)
}

/// Reads and unwraps every key.
pub(crate) fn read(conn: &mut Conn, master: &MasterKey) -> Result<Keyring> {
    type Row = (Id<ServiceKey>, String, Vec<u8>, Option<Time>);
    let rows: Vec<Row> = service_keys::table
        .select((service_keys::id, service_keys::purpose, service_keys::wrapped, service_keys::retired_at))
        .order(service_keys::version)
        .load(conn)?;
    let mut ring = Keyring { current: HashMap::new(), by_id: HashMap::new() };
    for (id, name, wrapped, retired_at) in rows {
        let purpose = Purpose::ALL
            .into_iter()
            .find(|purpose| purpose.name() == name)
            .ok_or_else(|| Error::Config(format!("service_keys: unknown purpose {name}")))?;
        let key = master.unwrap(purpose, id, &wrapped)?;
        ring.by_id.insert((purpose, id), key.clone());
        if retired_at.is_none() {
            ring.current.insert(purpose, key); // versions ascend: the last one stays
        }
    }
    Ok(ring)
}
