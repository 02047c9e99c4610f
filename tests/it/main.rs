//! The feature tests: one binary.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where it cannot go on"
)]

mod config;
mod confirming;
mod languages;
mod migrations;
mod outbox;
mod playground;
mod reporting;
mod store;
mod tidy;
mod town;
