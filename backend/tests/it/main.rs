//! The service's tests, through HTTP or a public module boundary, on the database that
//! `ANNALS_TEST_DATABASE_URL` names (a PostgreSQL server) or else on SQLite. No test knows which.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that panics has failed, which is its job"
)]

mod support;

mod access;
mod api_key_races;
mod api_key_rules;
mod api_key_secrets;
mod api_keys;
mod api_keys_in_use;
mod backup;
mod bounds;
mod break_glass;
mod canaries;
mod catalog;
mod checkpoints;
mod checkpoints_disturbed;
mod checkpoints_refused;
mod claims;
mod concurrency;
mod crash;
mod credentials;
mod event_type_effort;
mod event_type_rules;
mod event_type_schemas;
mod event_types;
mod events_append;
mod events_batch;
mod events_body;
mod events_bulk;
mod events_damaged;
mod events_duplicates;
mod events_limits;
mod events_pages;
mod events_pruned;
mod events_read;
mod events_rules;
mod events_tail;
mod first_start;
mod http;
mod idempotency;
mod invites;
mod inviting;
mod keys;
mod keys_rotated;
mod last_admin;
mod log_epochs;
mod log_epochs_foreign;
mod logs;
mod members;
mod metrics;
mod mfa;
mod mfa_required;
mod migrations;
mod model;
mod neighbours;
mod notices;
mod observed;
mod observed_damaged;
mod openapi;
mod organization_settings;
mod organizations;
mod overload;
mod passwords;
mod plan_limits;
mod plans;
mod platform_keys;
mod problems;
mod readiness;
mod session_cookies;
mod session_ending;
mod session_nodes;
mod session_step_up;
mod session_throttle;
mod session_tokens;
mod sessions;
mod setup;
mod several_nodes;
mod smoke;
mod sources;
mod stop;
mod tidy;
mod unknown_actions;
mod verify;
mod verify_checkpoints;
mod verify_epochs;
mod verify_gone;
mod verify_heads;
mod verify_live;
mod verify_said;
