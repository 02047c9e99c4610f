//! Signal: what comes in, what goes out, a daemon that misbehaves, and the adapter against the real signal-cli.

pub mod daemon;
mod incoming;
mod link;
mod outgoing;
pub mod world;
mod world_works;
