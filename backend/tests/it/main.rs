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
mod backup;
mod bounds;
mod catalog;
mod checkpoints;
mod checkpoints_refused;
mod concurrency;
mod crash;
mod credentials;
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
mod keys;
mod keys_rotated;
mod logs;
mod metrics;
mod mfa;
mod mfa_required;
mod migrations;
mod model;
mod neighbours;
mod observed;
mod openapi;
mod organization_settings;
mod overload;
mod passwords;
mod plans;
mod problems;
mod readiness;
mod session_cookies;
mod session_ending;
mod session_nodes;
mod session_step_up;
mod session_throttle;
mod session_tokens;
mod sessions;
mod smoke;
mod sources;
mod stop;
mod tidy;
mod unknown_actions;
mod verify;
mod verify_checkpoints;
mod verify_heads;
