//! How well, and how lately, a person must have proved who they are.

use std::time::Duration;

use super::{Permission, Principal, Role, User};
use crate::{
    app::App,
    clock::Time,
    error::{Error, Result},
    orgs::Organization,
};

/// For how long a proof counts as fresh.
const FRESH: Duration = Duration::from_mins(10);

/// Whether the proof behind `principal` is good enough for `P`. Keys prove themselves with every request.
pub(super) fn check<P: Permission>(
    app: &App,
    principal: &Principal,
    role: Option<Role>,
    organization: &Organization,
) -> Result<()> {
    let Principal::User(user) = principal else { return Ok(()) };
    check_operator(app, user)?;
    if role == Some(Role::Admin) && organization.admins_need_mfa && !user.has_second_factor {
        return Err(Error::MfaRequired);
    }
    check_permission::<P>(user, app.clock.now())
}

/// Whether the person, if an operator, has signed in as operators must.
pub(super) fn check_operator(app: &App, user: &User) -> Result<()> {
    let needs_mfa = user.is_operator && app.config.operators_need_mfa;
    if needs_mfa && !user.has_second_factor { Err(Error::MfaRequired) } else { Ok(()) }
}

fn check_permission<P: Permission>(user: &User, now: Time) -> Result<()> {
    if P::NEEDS_FRESH_SIGN_IN { check_fresh(user, now) } else { Ok(()) }
}

/// Whether the person has proved a moment ago who they are.
pub(crate) fn check_fresh(user: &User, now: Time) -> Result<()> {
    if now <= user.authenticated_at.plus(FRESH) { Ok(()) } else { Err(Error::ReauthRequired) }
}

#[cfg(test)]
mod tests {
    use super::{super::Scope, *};
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
        let user = User {
            id: Id::new(start),
            email: "ada@example.com".into(),
            name: "Ada".into(),
            is_operator: false,
            security_version: 1,
            session_id: Id::new(start),
            authenticated_at: start,
            has_second_factor: false,
        };

        let at = |span| check_permission::<Delicate>(&user, start.plus(span));
        assert!(at(FRESH).is_ok());
        assert!(matches!(at(FRESH + Duration::from_micros(1)), Err(Error::ReauthRequired)));
    }
}
