//! The feature tests: one binary.

mod config;
mod languages;
mod tidy;
