//! What can be permitted inside an organization, and to whom.

use super::{Role, Scope};

/// What can be permitted inside an organization. `NAME` stands in `x-permission` of openapi.yaml.
pub trait Permission: 'static {
    /// The permission's name.
    const NAME: &'static str;
    /// The scope that a key needs for it; without one no key has it.
    const SCOPE: Option<Scope>;
    /// The scope that a key of the platform needs for it, in any organization but the platform's own.
    const PLATFORM_SCOPE: Option<Scope> = None;
    /// Whether people in this role have it.
    fn includes(role: Role) -> bool;
    /// Whether an operator needs a recorded break-glass for it, outside the platform's own organization.
    const NEEDS_BREAK_GLASS: bool = true;
    /// Whether it works in an organization that is suspended.
    const WORKS_WHILE_SUSPENDED: bool = true;
    /// Whether a person needs to have proved within the last ten minutes who they are: `x-step-up` in
    /// openapi.yaml.
    const NEEDS_FRESH_SIGN_IN: bool = false;
    /// Whether it shows what is in the log: who has done so is recorded.
    const READS_LOG: bool = false;
    /// Why those who lack it lack it, and who has it.
    const REFUSAL: &'static str;
}

/// Append events: keys only, because an event's source is the key's name.
#[derive(Debug)]
pub enum AppendEvents {}
impl Permission for AppendEvents {
    const NAME: &'static str = "events:write";
    const SCOPE: Option<Scope> = Some(Scope::EventsWrite);
    const WORKS_WHILE_SUSPENDED: bool = false;
    const PLATFORM_SCOPE: Option<Scope> = Some(Scope::EventsWrite);
    const REFUSAL: &'static str = "events are posted with an API key that has the scope events:write";
    fn includes(role: Role) -> bool {
        match role {
            Role::Admin | Role::Auditor | Role::Member | Role::Operator => false,
        }
    }
}

/// Read the log.
#[derive(Debug)]
pub enum ReadEvents {}
impl Permission for ReadEvents {
    const NAME: &'static str = "events:read";
    const SCOPE: Option<Scope> = Some(Scope::EventsRead);
    const READS_LOG: bool = true;
    const REFUSAL: &'static str = "the log may be read by the organization's admins and auditors, and by API keys with the scope events:read";
    fn includes(role: Role) -> bool {
        match role {
            // Operators: in the platform's own log; elsewhere `NEEDS_BREAK_GLASS` stops them.
            Role::Admin | Role::Auditor | Role::Operator => true,
            Role::Member => false,
        }
    }
}

/// Check the log: checkpoints, keys. They tell how much was recorded, and nothing of what.
#[derive(Debug)]
pub enum VerifyLog {}
impl Permission for VerifyLog {
    const NAME: &'static str = "events:verify";
    const SCOPE: Option<Scope> = Some(Scope::EventsVerify);
    const NEEDS_BREAK_GLASS: bool = false;
    const REFUSAL: &'static str = "the log may be checked by the organization's admins and auditors, by operators, and by API keys with the scope events:verify";
    fn includes(role: Role) -> bool {
        match role {
            Role::Admin | Role::Auditor | Role::Operator => true,
            Role::Member => false,
        }
    }
}

/// See what the organization is called, its packs and its admins.
#[derive(Debug)]
pub enum ReadOrganization {}
impl Permission for ReadOrganization {
    const NAME: &'static str = "org:read";
    const SCOPE: Option<Scope> = Some(Scope::OrgRead);
    const PLATFORM_SCOPE: Option<Scope> = Some(Scope::OrgsRead);
    const NEEDS_BREAK_GLASS: bool = false;
    const REFUSAL: &'static str =
        "needs membership in the organization, or an API key with the scope org:read";
    fn includes(role: Role) -> bool {
        match role {
            Role::Admin | Role::Auditor | Role::Member | Role::Operator => true,
        }
    }
}

/// Change what the organization is called, its packs and its other settings.
#[derive(Debug)]
pub enum WriteOrganization {}
impl Permission for WriteOrganization {
    const NAME: &'static str = "org:write";
    const SCOPE: Option<Scope> = Some(Scope::OrgWrite);
    const PLATFORM_SCOPE: Option<Scope> = Some(Scope::OrgsWrite);
    // Settings are what operators are for; they reveal nothing of the log.
    const NEEDS_BREAK_GLASS: bool = false;
    const REFUSAL: &'static str =
        "settings are changed by the organization's admins, and by API keys with the scope org:write";
    fn includes(role: Role) -> bool {
        match role {
            Role::Admin | Role::Operator => true,
            Role::Auditor | Role::Member => false,
        }
    }
}

/// Run the service: suspend an organization, and resume it.
#[derive(Debug)]
pub enum RunOrganization {}
impl Permission for RunOrganization {
    const NAME: &'static str = "org:run";
    const SCOPE: Option<Scope> = None;
    const NEEDS_BREAK_GLASS: bool = false;
    const REFUSAL: &'static str = "needs an operator of this service";
    fn includes(role: Role) -> bool {
        match role {
            Role::Operator => true,
            Role::Admin | Role::Auditor | Role::Member => false,
        }
    }
}

/// See who belongs to the organization: members see names and roles, admins and auditors the rest.
#[derive(Debug)]
pub enum ReadMembers {}
impl Permission for ReadMembers {
    const NAME: &'static str = "members:read";
    const SCOPE: Option<Scope> = None;
    const REFUSAL: &'static str = "who belongs to the organization is shown to its members, not to API keys";
    fn includes(role: Role) -> bool {
        match role {
            Role::Admin | Role::Auditor | Role::Member | Role::Operator => true,
        }
    }
}

/// Invite people, change their roles, remove them.
#[derive(Debug)]
pub enum WriteMembers {}
impl Permission for WriteMembers {
    const NAME: &'static str = "members:write";
    const SCOPE: Option<Scope> = None;
    const NEEDS_FRESH_SIGN_IN: bool = true;
    const REFUSAL: &'static str = "people are invited, changed and removed by the organization's admins";
    fn includes(role: Role) -> bool {
        match role {
            Role::Admin => true,
            // The platform's own organization has no members: being an operator is what counts there.
            Role::Auditor | Role::Member | Role::Operator => false,
        }
    }
}

/// Leave the organization.
#[derive(Debug)]
pub enum LeaveOrganization {}
impl Permission for LeaveOrganization {
    const NAME: &'static str = "members:leave";
    const SCOPE: Option<Scope> = None;
    const NEEDS_BREAK_GLASS: bool = false;
    const REFUSAL: &'static str = "only members can leave an organization";
    fn includes(role: Role) -> bool {
        match role {
            Role::Admin | Role::Auditor | Role::Member => true,
            Role::Operator => false,
        }
    }
}

/// See who is invited.
#[derive(Debug)]
pub enum ReadInvites {}
impl Permission for ReadInvites {
    const NAME: &'static str = "invites:read";
    const SCOPE: Option<Scope> = None;
    const REFUSAL: &'static str = "invitations are shown to the organization's admins and auditors";
    fn includes(role: Role) -> bool {
        match role {
            Role::Admin | Role::Auditor | Role::Operator => true,
            Role::Member => false,
        }
    }
}

/// See which operators have opened the organization, and why.
#[derive(Debug)]
pub enum ReadBreakGlass {}
impl Permission for ReadBreakGlass {
    const NAME: &'static str = "break_glass:read";
    const SCOPE: Option<Scope> = None;
    const NEEDS_BREAK_GLASS: bool = false;
    const REFUSAL: &'static str =
        "break-glass access is shown to the organization's admins and auditors, and to operators";
    fn includes(role: Role) -> bool {
        match role {
            Role::Admin | Role::Auditor | Role::Operator => true,
            Role::Member => false,
        }
    }
}

/// Open the organization for a while.
#[derive(Debug)]
pub enum OpenBreakGlass {}
impl Permission for OpenBreakGlass {
    const NAME: &'static str = "break_glass:write";
    const SCOPE: Option<Scope> = None;
    const NEEDS_BREAK_GLASS: bool = false;
    const NEEDS_FRESH_SIGN_IN: bool = true;
    const REFUSAL: &'static str = "break-glass access is for operators";
    fn includes(role: Role) -> bool {
        match role {
            Role::Operator => true,
            Role::Admin | Role::Auditor | Role::Member => false,
        }
    }
}

/// Close the organization again.
#[derive(Debug)]
pub enum CloseBreakGlass {}
impl Permission for CloseBreakGlass {
    const NAME: &'static str = "break_glass:close";
    const SCOPE: Option<Scope> = None;
    const NEEDS_BREAK_GLASS: bool = false;
    const REFUSAL: &'static str = "break-glass access is for operators";
    fn includes(role: Role) -> bool {
        match role {
            Role::Operator => true,
            Role::Admin | Role::Auditor | Role::Member => false,
        }
    }
}

/// Hand the organization to its first admin, by a link.
#[derive(Debug)]
pub enum MakeClaimLink {}
impl Permission for MakeClaimLink {
    const NAME: &'static str = "org:claim_link";
    const SCOPE: Option<Scope> = None;
    // There is nobody inside who could let them in; both logs tell of the link, and of who used it.
    const NEEDS_BREAK_GLASS: bool = false;
    const NEEDS_FRESH_SIGN_IN: bool = true;
    const REFUSAL: &'static str = "claim links are made by operators";
    fn includes(role: Role) -> bool {
        match role {
            Role::Operator => true,
            Role::Admin | Role::Auditor | Role::Member => false,
        }
    }
}

/// See the organization's API keys, without their secrets.
#[derive(Debug)]
pub enum ReadKeys {}
impl Permission for ReadKeys {
    const NAME: &'static str = "keys:read";
    const SCOPE: Option<Scope> = None;
    const REFUSAL: &'static str =
        "API keys are shown to the organization's admins and auditors, never to other keys";
    fn includes(role: Role) -> bool {
        match role {
            Role::Admin | Role::Auditor => true,
            // The platform's own keys have routes of their own.
            Role::Member | Role::Operator => false,
        }
    }
}

/// Make, change, rotate and revoke the organization's API keys. What a key may do, an admin may; so nobody
/// grants a scope that they lack.
#[derive(Debug)]
pub enum WriteKeys {}
impl Permission for WriteKeys {
    const NAME: &'static str = "keys:write";
    const SCOPE: Option<Scope> = None;
    const NEEDS_FRESH_SIGN_IN: bool = true;
    const REFUSAL: &'static str =
        "API keys are made and changed by the organization's admins, never by other keys";
    fn includes(role: Role) -> bool {
        match role {
            Role::Admin => true,
            Role::Auditor | Role::Member | Role::Operator => false,
        }
    }
}
