//! The feature tests: one binary.

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
