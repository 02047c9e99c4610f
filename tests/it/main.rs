//! The feature tests: one binary.

mod migrations;
mod store;
mod town;
