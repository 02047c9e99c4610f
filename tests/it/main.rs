//! The feature tests: one binary.

mod confirming;
mod outbox;
mod reporting;
mod town;
