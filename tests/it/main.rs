//! The feature tests: one binary.

mod playground;
