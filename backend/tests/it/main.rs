//! The service's tests, through HTTP or a public module boundary, on the database that
//! `ANNALS_TEST_DATABASE_URL` names (a PostgreSQL server) or else on SQLite. No test knows which.

mod support;

mod model;
mod smoke;
