//! The feature tests: one binary.

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod config;
mod confirming;
#[cfg(feature = "matrix")]
mod crash;
#[cfg(feature = "matrix")]
mod homeserver;
mod languages;
#[cfg(feature = "matrix")]
mod matrix;
mod migrations;
mod outbox;
mod playground;
mod privacy;
#[cfg(feature = "matrix")]
mod process;
mod reporting;
mod store;
mod tidy;
mod town;
