//! The feature tests: one binary.

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[cfg(feature = "matrix")]
mod arriving;
#[cfg(feature = "matrix")]
mod burst;
mod city;
mod config;
mod confirming;
mod door_page;
mod doors;
#[cfg(feature = "matrix")]
mod filling;
mod helping;
mod holding;
#[cfg(feature = "matrix")]
mod homeserver;
mod key;
mod languages;
mod life;
#[cfg(feature = "matrix")]
mod matrix;
mod migrations;
#[cfg(all(feature = "matrix", feature = "model"))]
mod model;
mod moderating;
mod newcomers;
#[cfg(feature = "matrix")]
mod outages;
mod outbox;
mod page;
mod pbf;
mod people;
mod playground;
mod privacy;
#[cfg(feature = "matrix")]
mod program;
#[cfg(feature = "sms")]
mod proof;
mod relaying;
mod reporting;
mod sealing;
#[cfg(feature = "signal")]
mod signal;
#[cfg(feature = "sms")]
mod sms;
#[cfg(feature = "sms")]
mod smsgate;
mod splitting;
mod store;
#[cfg(all(feature = "matrix", feature = "signal", feature = "sms"))]
mod stories;
mod texting;
mod texts;
mod tidy;
mod together;
mod town;
mod transcripts;
mod troubles;
#[cfg(feature = "matrix")]
mod whole;
