//! A copy of the embedded database, taken while it is written to.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use diesel::{RunQueryDsl, sql_types::Text};

use super::{
    Conn, Location,
    conn::{Manager, Role},
    create_private,
};
use crate::error::{Error, Result};

/// Writes the copy and returns its size in bytes. It has its name only once it is complete and on the disk.
pub(super) fn write(conn: &mut Conn, to: &Path) -> Result<u64> {
    if to.exists() {
        return Err(Error::Config(format!("--to: {} exists; name a new file", to.display())));
    }
    let mut partial = to.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let written = copy(conn, &partial).and_then(|bytes| {
        let renamed = fs::rename(&partial, to).and_then(|()| File::open(folder_of(to))?.sync_all());
        renamed.map_err(|error| cannot(to, &error))?;
        Ok(bytes)
    });
    if written.is_err() {
        // What is not complete would be taken for a backup some day. It may not have come to be.
        drop(fs::remove_file(&partial));
    }
    written
}

fn copy(conn: &mut Conn, to: &Path) -> Result<u64> {
    // A copy that was broken off before is in the way; only an empty file is written to.
    let file = create_private(to)?;
    file.set_len(0).map_err(|error| cannot(to, &error))?;
    diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(to.to_string_lossy()).execute(conn)?;
    // Opened once as the service opens it, which changes the file: from then on reading it does not.
    let copy = Manager {
        location: Location::Sqlite(to.to_owned()),
        role: Role::Write,
        statement_timeout: std::time::Duration::ZERO,
    };
    drop(copy.open().map_err(|error| Error::Config(format!("cannot open {}: {error}", to.display())))?);
    file.sync_all().map_err(|error| cannot(to, &error))?;
    file.metadata().map(|file| file.len()).map_err(|error| cannot(to, &error))
}

/// The folder that a file is in; of a bare name, where we are.
fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn cannot(file: &Path, error: &std::io::Error) -> Error {
    Error::Config(format!("cannot write {}: {error}", file.display()))
}
