//! The feature tests: one binary.

mod languages;
