//! The feature tests: one binary.

mod config;
mod languages;
mod playground;
mod tidy;
