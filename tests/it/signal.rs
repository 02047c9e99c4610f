//! Signal: what comes in, what goes out, groups, a daemon that misbehaves, and the real signal-cli.

mod adapter;
mod cli;
pub mod daemon;
mod groups;
mod incoming;
mod link;
mod outgoing;
#[cfg(feature = "matrix")]
mod whole;
pub mod world;
mod world_works;
