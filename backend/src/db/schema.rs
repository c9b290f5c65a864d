//! The tables, once for both databases. `tests/it/migrations.rs` holds them to the real ones.

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// Who this installation is: exactly one row.
    installation (id) {
        id -> Integer,
        installation_id -> DbId,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// Random keys of the service, wrapped by the master key.
    service_keys (id) {
        id -> DbId,
        purpose -> Text,
        version -> Integer,
        wrapped -> Binary,
        created_at -> DbTime,
        retired_at -> Nullable<DbTime>,
        active_from -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// The tenants, and the reserved platform organization.
    organizations (id) {
        id -> DbId,
        slug -> Text,
        name -> Text,
        is_platform -> Bool,
        packs -> DbJson,
        created_at -> DbTime,
        unknown_actions -> Text,
        version -> Integer,
        plan -> Text,
        suspended_at -> Nullable<DbTime>,
        suspended_reason -> Nullable<Text>,
        admins_need_mfa -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// One-time tokens that make the first person.
    setup_tokens (public_id) {
        public_id -> Text,
        token_hash -> Binary,
        expires_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// People who can sign in.
    users (id) {
        id -> DbId,
        email -> Text,
        name -> Text,
        password_hash -> Text,
        is_operator -> Bool,
        security_version -> Integer,
        created_at -> DbTime,
        disabled_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// Who belongs to which organization, as what.
    memberships (org_id, user_id) {
        org_id -> DbId,
        user_id -> DbId,
        role -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// Invitations that were not accepted yet.
    invites (id) {
        id -> DbId,
        org_id -> DbId,
        email -> Text,
        name -> Nullable<Text>,
        role -> Text,
        public_id -> Text,
        token_hash -> Binary,
        invited_by -> DbId,
        created_at -> DbTime,
        expires_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// Links that make the first admin of an organization.
    claims (org_id) {
        org_id -> DbId,
        public_id -> Text,
        token_hash -> Binary,
        created_at -> DbTime,
        expires_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// Operators' time-limited access to organizations.
    break_glass_grants (org_id, id) {
        org_id -> DbId,
        id -> DbId,
        user_id -> DbId,
        session_id -> DbId,
        reason -> Text,
        granted_at -> DbTime,
        expires_at -> DbTime,
        ended_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// Sign-ins: one row is one family of rotating refresh tokens.
    sessions (id) {
        id -> DbId,
        user_id -> DbId,
        public_id -> Text,
        token_hash -> Binary,
        previous_token_hash -> Nullable<Binary>,
        generation -> Integer,
        rotated_at -> DbTime,
        created_at -> DbTime,
        idle_expires_at -> DbTime,
        expires_at -> DbTime,
        revoked_at -> Nullable<DbTime>,
        ip -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        authenticated_at -> Nullable<DbTime>,
        has_second_factor -> Bool,
        lookup_key_id -> Nullable<DbId>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// Which organizations a session has touched, and so told of its sign-in.
    session_organizations (org_id, session_id) {
        org_id -> DbId,
        session_id -> DbId,
        touched_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// API keys of an organization; of the platform's organization: keys of the platform itself.
    api_keys (id) {
        id -> DbId,
        org_id -> DbId,
        name -> Text,
        source -> Text,
        description -> Nullable<Text>,
        scopes -> DbJson,
        networks -> DbJson,
        events_per_second -> Nullable<Integer>,
        created_at -> DbTime,
        created_by -> Nullable<DbJson>,
        expires_at -> Nullable<DbTime>,
        revoked_at -> Nullable<DbTime>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// The secrets of API keys: a hash of each, never the secret itself.
    api_key_secrets (public_id) {
        public_id -> Text,
        key_id -> DbId,
        secret_hash -> Binary,
        last_four -> Text,
        created_at -> DbTime,
        expires_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// When each secret was last used.
    api_key_uses (org_id, public_id) {
        org_id -> DbId,
        public_id -> Text,
        used_at -> DbTime,
        ip -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// One row per organization: the size of its log, its Merkle frontier, and the seal over both.
    log_heads (org_id) {
        org_id -> DbId,
        log_id -> DbId,
        epoch -> Integer,
        tree_start -> BigInt,
        next_sequence -> BigInt,
        first_sequence -> BigInt,
        frontier -> Binary,
        seal -> Binary,
        seal_key_id -> DbId,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// The log. `body` is the record; the other columns are case-folded projections of it for filters.
    events (org_id, sequence) {
        org_id -> DbId,
        sequence -> BigInt,
        id -> DbId,
        occurred_at -> DbTime,
        received_at -> DbTime,
        action -> Text,
        category -> Nullable<Text>,
        activity_type -> Nullable<Text>,
        outcome -> Text,
        severity -> Text,
        source -> Text,
        actor_type -> Text,
        actor_id -> Text,
        actor_name -> Nullable<Text>,
        actor_email -> Nullable<Text>,
        targets -> Nullable<Text>,
        workspace_id -> Nullable<Text>,
        workspace_name -> Nullable<Text>,
        ip -> Nullable<Text>,
        seed -> Nullable<Binary>,
        leaf_hash -> Binary,
        body -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// Event types beside the built-in packs.
    event_types (pack, action) {
        pack -> Text,
        action -> Text,
        version -> Integer,
        document -> DbJson,
        created_at -> DbTime,
        updated_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// Every version that there ever was of each event type.
    event_type_versions (pack, action, version) {
        pack -> Text,
        action -> Text,
        version -> Integer,
        document -> DbJson,
        created_at -> DbTime,
        actor -> DbJson,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// Exactly one row, raised by every change of the event types.
    event_types_revision (id) {
        id -> Integer,
        revision -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// How far each log has been counted.
    observations (org_id) {
        org_id -> DbId,
        next_sequence -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// The actions of each log, and how often they occur.
    observed_actions (org_id, action) {
        org_id -> DbId,
        action -> Text,
        events -> BigInt,
        first_seen -> DbTime,
        last_seen -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// The sources of each log, and what became of their own numbers.
    observed_sources (org_id, source) {
        org_id -> DbId,
        source -> Text,
        events -> BigInt,
        first_seen -> DbTime,
        last_seen -> DbTime,
        numbered -> BigInt,
        repeated -> BigInt,
        missing -> BigInt,
        first_number -> Nullable<BigInt>,
        highest_number -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// Numbers that a source has passed over and not sent yet.
    source_gaps (org_id, source, first_missing) {
        org_id -> DbId,
        source -> Text,
        first_missing -> BigInt,
        last_missing -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// Full C2SP tiles of every log's Merkle tree.
    log_tiles (org_id, epoch, level, tile) {
        org_id -> DbId,
        epoch -> Integer,
        level -> Integer,
        tile -> BigInt,
        root -> Binary,
        hashes -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// Signed tree heads, as they were given out.
    checkpoints (org_id, epoch, size) {
        org_id -> DbId,
        epoch -> Integer,
        size -> BigInt,
        note -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// How far each log is signed.
    log_signing (org_id) {
        org_id -> DbId,
        epoch -> Integer,
        size -> BigInt,
        signed_at -> Nullable<DbTime>,
        key_id -> Nullable<DbId>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// Why a log is not signed, as each node sees it.
    log_refusals (org_id, node_id) {
        org_id -> DbId,
        node_id -> DbId,
        reason -> Text,
        known_epoch -> Integer,
        known_end -> BigInt,
        refused_at -> DbTime,
        holds_until -> DbTime,
        event_id -> DbId,
        told_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// Closed epochs: their heads as they were sealed.
    log_epochs (org_id, epoch) {
        org_id -> DbId,
        epoch -> Integer,
        log_id -> DbId,
        tree_start -> BigInt,
        next_sequence -> BigInt,
        first_sequence -> BigInt,
        frontier -> Binary,
        seal -> Binary,
        seal_key_id -> DbId,
        closed_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// Second factors: the secrets of people's authenticator apps.
    totp_secrets (user_id) {
        user_id -> DbId,
        sealed -> Binary,
        key_id -> DbId,
        last_step -> BigInt,
        created_at -> DbTime,
        confirmed_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// One-time codes for whoever has lost the app.
    recovery_codes (user_id, code_hash) {
        user_id -> DbId,
        code_hash -> Binary,
        created_at -> DbTime,
        used_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// Sign-ins whose second factor is awaited.
    mfa_challenges (public_id) {
        public_id -> Text,
        user_id -> DbId,
        token_hash -> Binary,
        attempts -> Integer,
        created_at -> DbTime,
        expires_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;
    /// One-time links with which somebody sets a new password.
    password_resets (public_id) {
        public_id -> Text,
        user_id -> DbId,
        token_hash -> Binary,
        created_at -> DbTime,
        expires_at -> DbTime,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    api_key_secrets,
    api_key_uses,
    api_keys,
    break_glass_grants,
    checkpoints,
    event_type_versions,
    event_types,
    event_types_revision,
    events,
    installation,
    invites,
    log_epochs,
    log_heads,
    log_refusals,
    log_signing,
    log_tiles,
    memberships,
    mfa_challenges,
    observations,
    observed_actions,
    observed_sources,
    organizations,
    password_resets,
    recovery_codes,
    service_keys,
    session_organizations,
    sessions,
    source_gaps,
    totp_secrets,
    users,
);
