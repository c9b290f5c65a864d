//! The service's tests, through HTTP or a public module boundary, on the database that
//! `ANNALS_TEST_DATABASE_URL` names (a PostgreSQL server) or else on SQLite. No test knows which.

mod support;

mod concurrency;
mod crash;
mod events_append;
mod events_batch;
mod events_body;
mod events_duplicates;
mod events_limits;
mod events_pages;
mod events_read;
mod events_rules;
mod events_tail;
mod migrations;
mod model;
mod smoke;
mod verify;
