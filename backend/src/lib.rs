//! Annals: an audit log service.
//!
//! It owns one durable, gapless, append-only log per organization. An event is committed once, in order, and
//! from then on never changes; everything else here reads that log with a cursor.
//!
//! Read the modules in this order. The nouns: [`id`], [`clock`], [`error`], [`problem`], [`network`], [`config`]. What is stored:
//! [`db`], [`keyring`], [`log`], [`catalog`], [`events`], [`observed`]. Who may: [`orgs`], [`users`], [`keys`],
//! [`sessions`], [`members`], [`invites`], [`break_glass`], [`access`], [`setup`]. How it is reached: [`http`], [`app`], [`host`],
//! [`cli`].

pub mod access;
pub mod app;
pub mod break_glass;
pub mod catalog;
pub mod claims;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
mod demo;
pub mod error;
pub mod events;
pub mod host;
pub mod http;
pub mod id;
mod installation;
pub mod invites;
pub mod keyring;
pub mod keys;
pub mod log;
pub mod members;
mod metrics;
mod nearest;
pub mod network;
pub mod notices;
pub mod observed;
pub mod orgs;
mod own;
pub mod problem;
mod request;
pub mod sessions;
pub mod setup;
pub mod telemetry;
pub mod users;
