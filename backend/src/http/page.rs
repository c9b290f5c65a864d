//! Pages of lists that are ordered by one text, or a time and an id: sealed cursors, and the link to the next page.

use actix_web::{HttpRequest, HttpResponse, http::header};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::{
    clock::Time,
    error::{Error, FieldError, Result},
    id::Id,
    keyring::{Keyring, Purpose},
};

/// Binds the encryption to this use of the key.
const CONTEXT: &[u8] = b"http.page";

/// Most rows in one answer, unless a list says otherwise.
pub(crate) const LIMIT_MAX: u32 = 1_000;
/// Rows in one answer unless told otherwise.
const LIMIT_DEFAULT: u32 = 50;

/// How many rows to answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit(u32);

impl Limit {
    /// What the parameter `limit` asks for.
    pub(crate) fn of(asked: Option<u32>, max: u32) -> Result<Self> {
        let limit = asked.unwrap_or(LIMIT_DEFAULT);
        if (1..=max).contains(&limit) {
            return Ok(Self(limit));
        }
        Err(Error::InvalidQuery(vec![FieldError::new("limit", "out_of_range", format!("1 to {max}"))]))
    }

    /// Rows to answer.
    pub(crate) const fn rows(self) -> u32 {
        self.0
    }

    /// Rows to read: one more than is answered, whose presence says that there are more.
    pub(crate) fn and_one(self) -> i64 {
        i64::from(self.0) + 1
    }

    /// Takes away what was read past the limit, and says whether there was more.
    pub(crate) fn cut<T>(self, rows: &mut Vec<T>) -> bool {
        let limit = usize::try_from(self.0).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        has_more
    }
}

/// Where a page stands in its list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ListPage {
    /// Cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 512)]
    next_cursor: Option<String>,
    /// Whether there is a next page.
    has_more: bool,
}

/// What a list is of: a cursor of one list opens no other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List([u8; 32]);

impl List {
    /// The list that these parts name.
    pub(crate) fn of(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            // No two lists of parts run together.
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// Takes away what was read past the limit, and says with a cursor to the last row that there is more.
    pub(crate) fn page<T>(
        self,
        keyring: &Keyring,
        rows: &mut Vec<T>,
        limit: Limit,
        position: impl Fn(&T) -> String,
    ) -> Result<ListPage> {
        let has_more = limit.cut(rows);
        let last = rows.last().filter(|_| has_more);
        let next_cursor = last.map(|row| self.seal(keyring, &position(row))).transpose()?;
        Ok(ListPage { next_cursor, has_more })
    }

    /// [`List::page`] of a list that is ordered by a time and an id.
    pub(crate) fn page_at<T, M: 'static>(
        self,
        keyring: &Keyring,
        rows: &mut Vec<T>,
        limit: Limit,
        position: impl Fn(&T) -> (Time, Id<M>),
    ) -> Result<ListPage> {
        self.page(keyring, rows, limit, |row| {
            let (time, id) = position(row);
            format!("{} {id}", time.micros())
        })
    }

    /// [`List::open`] for a list that is ordered by a time and an id.
    pub(crate) fn open_at<M: 'static>(self, keyring: &Keyring, cursor: &str) -> Result<(Time, Id<M>)> {
        let position = self.open(keyring, cursor)?;
        let parse =
            |(micros, id): (&str, &str)| Some((Time::from_micros(micros.parse().ok()?), Id::parse(id)?));
        position.split_once(' ').and_then(parse).ok_or(Error::CursorInvalid)
    }

    fn seal(self, keyring: &Keyring, position: &str) -> Result<String> {
        let plain = [&self.0, position.as_bytes()].concat();
        Ok(BASE64_URL_SAFE_NO_PAD.encode(keyring.current(Purpose::Cursor)?.seal_box(&plain, CONTEXT)?))
    }

    /// The position that a cursor of this list holds.
    ///
    /// # Errors
    /// [`Error::CursorInvalid`] when it is not ours, [`Error::CursorMismatch`] when it is of another list.
    pub(crate) fn open(self, keyring: &Keyring, cursor: &str) -> Result<String> {
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok().ok_or(Error::CursorInvalid)?;
        let plain = keyring.open_box(Purpose::Cursor, &sealed, CONTEXT).ok_or(Error::CursorInvalid)?;
        let (list, position) = plain.split_first_chunk::<32>().ok_or(Error::CursorInvalid)?;
        if *list != self.0 {
            return Err(Error::CursorMismatch);
        }
        String::from_utf8(position.to_vec()).ok().ok_or(Error::CursorInvalid)
    }
}

impl ListPage {
    /// The `Link` to the next page, if there is one.
    pub(crate) fn link(&self, request: &HttpRequest) -> Option<String> {
        self.next_cursor.as_ref().map(|cursor| next_link(request, cursor))
    }
}

/// The answer with a page of a list, and the link to the next one.
pub(crate) fn answer(link: Option<String>, body: &impl Serialize) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if let Some(link) = link {
        response.insert_header((header::LINK, link));
    }
    response.json(body)
}

/// The same request for the next page, as RFC 8288 writes it.
pub(crate) fn next_link(request: &HttpRequest, cursor: &str) -> String {
    let kept =
        request.query_string().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let pairs: Vec<String> = kept.map(ToOwned::to_owned).chain([format!("cursor={cursor}")]).collect();
    format!("<{}?{}>; rel=\"next\"", request.path(), pairs.join("&"))
}
