//! The policy, written once more and by itself: what each permission of openapi.yaml means for every kind of
//! caller. The service has its own; the matrix holds the two together.

use super::requests::Operation;

/// Where a request goes, as seen from the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The organization `acme`.
    Acme,
    /// The organization `harbor`.
    Harbor,
    /// An organization that does not exist.
    Nowhere,
    /// The operation is in no organization.
    Outside,
}

impl Place {
    /// Where operations inside an organization are tried.
    pub(super) const INSIDE: [Self; 3] = [Self::Acme, Self::Harbor, Self::Nowhere];

    /// The organization's name in paths.
    pub(super) const fn slug(self) -> &'static str {
        match self {
            Self::Acme => "acme",
            Self::Harbor => "harbor",
            Self::Nowhere => "nowhere",
            Self::Outside => "",
        }
    }
}

/// What somebody is in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Admin,
    Auditor,
    Member,
}

/// A kind of caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// No credential at all.
    Nobody,
    /// A credential that is none.
    Garbage,
    /// A person in one organization.
    Person(Place, Role),
    /// Somebody who runs the service.
    Operator,
    /// Somebody who runs the service, and has opened this organization with a reason.
    BreakGlass(Place),
    /// An organization's API key with one scope.
    Key(Place, &'static str),
    /// A key of the platform with one scope.
    PlatformKey(&'static str),
}

/// What the caller is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Allowed,
    /// 401
    Unauthenticated,
    /// 403
    Forbidden,
    /// 403 `break_glass_required`
    BreakGlass,
    /// 404, the same for a foreign organization as for an absent one
    NotFound,
}

/// What a permission inside an organization means.
struct Rule {
    permission: &'static str,
    /// Members in these roles have it.
    roles: &'static [Role],
    /// Keys with the scope of its name have it.
    has_scope: bool,
    operators: Operators,
}

/// What a permission means for operators, who are no members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operators {
    /// They have it.
    Allowed,
    /// They have it after a recorded break-glass.
    BreakGlass,
    /// They have it no more than anybody else.
    Forbidden,
}

const RULES: [Rule; 16] = [
    Rule { permission: "events:write", roles: &[], has_scope: true, operators: Operators::Forbidden },
    Rule {
        permission: "events:read",
        roles: &[Role::Admin, Role::Auditor],
        has_scope: true,
        operators: Operators::BreakGlass,
    },
    Rule {
        permission: "events:verify",
        roles: &[Role::Admin, Role::Auditor],
        has_scope: true,
        operators: Operators::Allowed,
    },
    Rule {
        permission: "org:read",
        roles: &[Role::Admin, Role::Auditor, Role::Member],
        has_scope: true,
        operators: Operators::Allowed,
    },
    Rule { permission: "org:write", roles: &[Role::Admin], has_scope: true, operators: Operators::Allowed },
    Rule { permission: "org:run", roles: &[], has_scope: false, operators: Operators::Allowed },
    Rule { permission: "org:claim_link", roles: &[], has_scope: false, operators: Operators::Allowed },
    Rule {
        permission: "members:read",
        roles: &[Role::Admin, Role::Auditor, Role::Member],
        has_scope: false,
        operators: Operators::BreakGlass,
    },
    Rule {
        permission: "members:write",
        roles: &[Role::Admin],
        has_scope: false,
        operators: Operators::BreakGlass,
    },
    Rule {
        permission: "members:leave",
        roles: &[Role::Admin, Role::Auditor, Role::Member],
        has_scope: false,
        operators: Operators::Forbidden,
    },
    Rule {
        permission: "invites:read",
        roles: &[Role::Admin, Role::Auditor],
        has_scope: false,
        operators: Operators::BreakGlass,
    },
    Rule {
        permission: "break_glass:read",
        roles: &[Role::Admin, Role::Auditor],
        has_scope: false,
        operators: Operators::Allowed,
    },
    Rule { permission: "break_glass:write", roles: &[], has_scope: false, operators: Operators::Allowed },
    Rule { permission: "break_glass:close", roles: &[], has_scope: false, operators: Operators::Allowed },
    Rule {
        permission: "keys:read",
        roles: &[Role::Admin, Role::Auditor],
        has_scope: false,
        operators: Operators::BreakGlass,
    },
    Rule {
        permission: "keys:write",
        roles: &[Role::Admin],
        has_scope: false,
        operators: Operators::BreakGlass,
    },
];

/// What `caller` is answered to a request that is good, for this operation.
pub(super) fn verdict(operation: &Operation, caller: Caller, place: Place) -> Verdict {
    // A refresh cookie is no credential of these callers; what goes without one is the operation's own.
    let permission = operation.permission.as_str();
    if matches!(permission, "public" | "refresh_cookie") {
        return Verdict::Allowed;
    }
    if matches!(caller, Caller::Nobody | Caller::Garbage) {
        return Verdict::Unauthenticated;
    }
    let is_operator = matches!(caller, Caller::Operator | Caller::BreakGlass(_));
    let is_key = matches!(caller, Caller::Key(..) | Caller::PlatformKey(_));
    let allowed_if = |is_allowed| if is_allowed { Verdict::Allowed } else { Verdict::Forbidden };
    match permission {
        "signed_in" => Verdict::Allowed,
        "person" => allowed_if(!is_key),
        "operator" => allowed_if(is_operator || has_platform_scope(operation, caller)),
        inside => {
            let rule = RULES.iter().find(|rule| rule.permission == inside);
            let rule = rule.unwrap_or_else(|| panic!("no rule for {inside}"));
            in_organization(rule, operation, caller, place)
        }
    }
}

fn has_platform_scope(operation: &Operation, caller: Caller) -> bool {
    matches!(caller, Caller::PlatformKey(scope) if operation.platform_scope.as_deref() == Some(scope))
}

fn in_organization(rule: &Rule, operation: &Operation, caller: Caller, place: Place) -> Verdict {
    if place == Place::Nowhere {
        return Verdict::NotFound;
    }
    match caller {
        Caller::Nobody | Caller::Garbage => Verdict::Unauthenticated,
        Caller::Person(home, _) | Caller::Key(home, _) if home != place => Verdict::NotFound,
        Caller::Person(_, own) if rule.roles.contains(&own) => Verdict::Allowed,
        Caller::BreakGlass(inside) if inside == place && rule.operators == Operators::BreakGlass => {
            Verdict::Allowed
        }
        Caller::Key(_, scope) if rule.has_scope && scope == rule.permission => Verdict::Allowed,
        Caller::PlatformKey(_) if has_platform_scope(operation, caller) => Verdict::Allowed,
        Caller::Person(..) | Caller::Key(..) | Caller::PlatformKey(_) => Verdict::Forbidden,
        Caller::Operator | Caller::BreakGlass(_) => match rule.operators {
            Operators::Allowed => Verdict::Allowed,
            Operators::BreakGlass => Verdict::BreakGlass,
            Operators::Forbidden => Verdict::Forbidden,
        },
    }
}
