//! The feature tests: one binary.
