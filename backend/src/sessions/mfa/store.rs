//! How second factors are kept, and the sign-ins that wait for one.

use std::time::Duration;

use diesel::prelude::*;

use super::recovery::RecoveryCode;
use crate::{
    access::token::Token,
    clock::Time,
    db::{
        Conn, on_either,
        schema::{mfa_challenges, recovery_codes, totp_secrets},
    },
    error::{Error, Result},
    id::{self, Id, ServiceKey},
};

/// A second factor as stored.
#[derive(Debug, Queryable)]
pub(super) struct TotpRow {
    pub(super) sealed: Vec<u8>,
    pub(super) key_id: Id<ServiceKey>,
    pub(super) last_step: i64,
    pub(super) confirmed_at: Option<Time>,
}

/// A sealed secret.
#[derive(Debug)]
pub(super) struct Sealed {
    pub(super) bytes: Vec<u8>,
    pub(super) key_id: Id<ServiceKey>,
}

/// The person's second factor, in force or not yet.
pub(super) fn find(conn: &mut Conn, user: Id<id::User>) -> Result<Option<TotpRow>> {
    Ok(totp_secrets::table
        .find(user)
        .select((
            totp_secrets::sealed,
            totp_secrets::key_id,
            totp_secrets::last_step,
            totp_secrets::confirmed_at,
        ))
        .first(conn)
        .optional()?)
}

/// Keeps a secret that is not in force yet, instead of the one before.
///
/// # Errors
/// [`Error::Conflict`] when there is one in force.
pub(super) fn insert(conn: &mut Conn, user: Id<id::User>, sealed: &Sealed, now: Time) -> Result<()> {
    let pending = totp_secrets::table.find(user).filter(totp_secrets::confirmed_at.is_null());
    diesel::delete(pending).execute(conn)?;
    let inserted = on_either!(conn, inner => diesel::insert_into(totp_secrets::table)
        .values((
            totp_secrets::user_id.eq(user),
            totp_secrets::sealed.eq(&sealed.bytes),
            totp_secrets::key_id.eq(sealed.key_id),
            totp_secrets::last_step.eq(0),
            totp_secrets::created_at.eq(now),
        ))
        .execute(inner));
    Error::on_taken(inserted, || "there is a second factor already; turn it off first".into())?;
    Ok(())
}

/// Puts the secret into force with the step of its first code; `false` when somebody was quicker.
pub(super) fn confirm(conn: &mut Conn, user: Id<id::User>, step: i64, now: Time) -> Result<bool> {
    let pending = totp_secrets::table.find(user).filter(totp_secrets::confirmed_at.is_null());
    let updated = diesel::update(pending)
        .set((totp_secrets::confirmed_at.eq(Some(now)), totp_secrets::last_step.eq(step)))
        .execute(conn)?;
    Ok(updated == 1)
}

/// Uses a step up; `false` when it, or a later one, was used before.
pub(super) fn take_step(conn: &mut Conn, user: Id<id::User>, step: i64) -> Result<bool> {
    let unused = totp_secrets::table.find(user).filter(totp_secrets::last_step.lt(step));
    Ok(diesel::update(unused).set(totp_secrets::last_step.eq(step)).execute(conn)? == 1)
}

/// Replaces the sealed secret by the same one under another key.
pub(super) fn reseal(conn: &mut Conn, user: Id<id::User>, sealed: &Sealed) -> Result<()> {
    diesel::update(totp_secrets::table.find(user))
        .set((totp_secrets::sealed.eq(&sealed.bytes), totp_secrets::key_id.eq(sealed.key_id)))
        .execute(conn)?;
    Ok(())
}

/// Removes the second factor and its recovery codes; `false` when there was none in force.
pub(super) fn delete(conn: &mut Conn, user: Id<id::User>) -> Result<bool> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(conn)?;
    let confirmed = totp_secrets::table.find(user).filter(totp_secrets::confirmed_at.is_not_null());
    Ok(diesel::delete(confirmed).execute(conn)? == 1)
}

/// Keeps recovery codes instead of those before.
pub(super) fn replace_codes(
    conn: &mut Conn,
    user: Id<id::User>,
    codes: &[RecoveryCode],
    now: Time,
) -> Result<()> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(conn)?;
    let rows: Vec<_> = codes
        .iter()
        .map(|code| {
            (
                recovery_codes::user_id.eq(user),
                recovery_codes::code_hash.eq(code.hash(user)),
                recovery_codes::created_at.eq(now),
            )
        })
        .collect();
    on_either!(conn, inner => diesel::insert_into(recovery_codes::table).values(&rows).execute(inner))?;
    Ok(())
}

/// Uses a recovery code up; `false` when it is none, or was used before.
pub(super) fn take_code(conn: &mut Conn, user: Id<id::User>, code: &RecoveryCode, now: Time) -> Result<bool> {
    let unused =
        recovery_codes::table.find((user, code.hash(user))).filter(recovery_codes::used_at.is_null());
    Ok(diesel::update(unused).set(recovery_codes::used_at.eq(Some(now))).execute(conn)? == 1)
}

/// How many recovery codes are left.
pub(super) fn count_codes(conn: &mut Conn, user: Id<id::User>) -> Result<i64> {
    let unused = recovery_codes::table
        .filter(recovery_codes::user_id.eq(user))
        .filter(recovery_codes::used_at.is_null());
    Ok(unused.count().get_result(conn)?)
}

/// Keeps a sign-in that waits for its second factor, and forgets those that have waited too long.
pub(super) fn insert_challenge(
    conn: &mut Conn,
    user: Id<id::User>,
    token: &Token,
    (now, lifetime): (Time, Duration),
) -> Result<()> {
    diesel::delete(mfa_challenges::table.filter(mfa_challenges::expires_at.le(now))).execute(conn)?;
    on_either!(conn, inner => diesel::insert_into(mfa_challenges::table)
        .values((
            mfa_challenges::public_id.eq(token.public_id()),
            mfa_challenges::user_id.eq(user),
            mfa_challenges::token_hash.eq(token.hash().to_vec()),
            mfa_challenges::attempts.eq(0),
            mfa_challenges::created_at.eq(now),
            mfa_challenges::expires_at.eq(now.plus(lifetime)),
        ))
        .execute(inner))?;
    Ok(())
}

/// Whose sign-in waits for its second factor with this token.
pub(super) fn find_challenge(conn: &mut Conn, token: &Token, now: Time) -> Result<Option<Id<id::User>>> {
    Ok(mfa_challenges::table
        .find(token.public_id())
        .filter(mfa_challenges::token_hash.eq(token.hash().to_vec()))
        .filter(mfa_challenges::expires_at.gt(now))
        .select(mfa_challenges::user_id)
        .first(conn)
        .optional()?)
}

/// Counts an attempt, and holds on to the sign-in until the transaction ends; `false` when it is over, or has had
/// as many as it may.
pub(super) fn attempt(conn: &mut Conn, token: &Token, attempts_max: i32, now: Time) -> Result<bool> {
    let waiting = mfa_challenges::table
        .find(token.public_id())
        .filter(mfa_challenges::token_hash.eq(token.hash().to_vec()))
        .filter(mfa_challenges::attempts.lt(attempts_max))
        .filter(mfa_challenges::expires_at.gt(now));
    let updated = diesel::update(waiting)
        .set(mfa_challenges::attempts.eq(mfa_challenges::attempts + 1))
        .execute(conn)?;
    Ok(updated == 1)
}

/// Ends a sign-in that has waited.
pub(super) fn delete_challenge(conn: &mut Conn, token: &Token) -> Result<()> {
    diesel::delete(mfa_challenges::table.find(token.public_id())).execute(conn)?;
    Ok(())
}

/// Ends every sign-in of the person that waits.
pub(in crate::sessions) fn delete_challenges(conn: &mut Conn, user: Id<id::User>) -> Result<()> {
    diesel::delete(mfa_challenges::table.filter(mfa_challenges::user_id.eq(user))).execute(conn)?;
    Ok(())
}
