//! How lately a person must have proved who they are.

use std::time::Duration;

use super::{Permission, Principal, User};
use crate::{
    clock::Time,
    error::{Error, Result},
};

/// For how long a proof counts as fresh.
const FRESH: Duration = Duration::from_mins(10);

/// Whether the proof behind `principal` is good enough for `P`. Keys prove themselves with every request.
pub(super) fn check<P: Permission>(principal: &Principal, now: Time) -> Result<()> {
    match principal {
        Principal::User(user) if P::NEEDS_FRESH_SIGN_IN => check_fresh(user, now),
        Principal::User(_) | Principal::Key(_) => Ok(()),
    }
}

/// Whether the person has proved a moment ago who they are.
fn check_fresh(user: &User, now: Time) -> Result<()> {
    if now <= user.authenticated_at.plus(FRESH) { Ok(()) } else { Err(Error::ReauthRequired) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{
        super::{Role, Scope},
        *,
    };
    use crate::id::Id;

    enum Delicate {}
    impl Permission for Delicate {
        const NAME: &'static str = "delicate:write";
        const SCOPE: Option<Scope> = None;
        const NEEDS_FRESH_SIGN_IN: bool = true;
        const REFUSAL: &'static str = "";
        fn includes(_: Role) -> bool {
            true
        }
    }

    #[test]
    fn a_proof_is_fresh_for_ten_minutes() {
        let start = Time::from_micros(1_700_000_000_000_000);
        let principal = Principal::User(Arc::new(User {
            id: Id::new(start),
            email: "ada@example.com".into(),
            name: "Ada".into(),
            is_operator: false,
            security_version: 1,
            session_id: Id::new(start),
            authenticated_at: start,
        }));

        let at = |span| check::<Delicate>(&principal, start.plus(span));
        assert!(at(FRESH).is_ok());
        assert!(matches!(at(FRESH + Duration::from_micros(1)), Err(Error::ReauthRequired)));
    }
}
