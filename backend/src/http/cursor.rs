//! Cursors of lists that are not lists of events: a sealed position, good for one list of one organization.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

use crate::{
    error::{Error, Result},
    id::{Id, Org},
    keyring::{Keyring, Purpose},
};

fn context(list: &str, org: Id<Org>) -> Vec<u8> {
    [list.as_bytes(), b"\0", &org.bytes()].concat()
}

/// The position as text that a client can neither read nor forge, nor use for another list.
pub(crate) fn seal(keyring: &Keyring, list: &str, org: Id<Org>, position: &impl Serialize) -> Result<String> {
    let plain = serde_json::to_vec(position).map_err(|error| Error::Bug(error.to_string()))?;
    let sealed = keyring.current(Purpose::Cursor)?.seal_box(&plain, &context(list, org))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(sealed))
}

/// The position that was sealed for this list.
///
/// # Errors
/// [`Error::CursorInvalid`] when it is not ours, or was made for another list.
pub(crate) fn open<T: DeserializeOwned>(
    keyring: &Keyring,
    list: &str,
    org: Id<Org>,
    text: &str,
) -> Result<T> {
    let sealed = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
    let plain = sealed.and_then(|sealed| keyring.open_box(Purpose::Cursor, &sealed, &context(list, org)));
    plain.and_then(|plain| serde_json::from_slice(&plain).ok()).ok_or(Error::CursorInvalid)
}

/// Where a page stands in its list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PageView {
    /// Cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 256)]
    pub(crate) next_cursor: Option<String>,
    /// Whether there is a next page.
    pub(crate) has_more: bool,
}
