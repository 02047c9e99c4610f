//! The feature tests: one binary.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where it cannot go on"
)]

mod config;
mod languages;
mod playground;
mod tidy;
