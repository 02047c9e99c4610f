//! The vocabulary and the rules: pure functions over plain data. No clock, no database, no network, no async.
//!
//! Facts go in, [`effect::Effect`]s come out. Nothing here can fail except by saying what it did not understand.

pub mod command;
pub mod deed;
pub mod directory;
pub mod door;
pub mod effect;
pub mod envelope;
pub mod handle;
pub mod hold;
pub mod ids;
pub mod incident;
pub mod nickname;
pub mod on_call;
pub mod optout;
pub mod parse;
pub mod place;
pub mod policy;
pub mod problem;
pub mod prompt;
pub mod proposal;
pub mod relay;
pub mod report;
pub mod role;
pub mod route;
pub mod segment;
pub mod sending;
pub mod sensitive;
pub mod services;
pub mod slips;
pub mod spending;
pub mod split;
pub mod step;
pub mod suggestion;
pub mod timestamp;
pub mod trust;
pub mod welcome;
pub mod whom;
pub mod words;
