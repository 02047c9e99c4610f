//! Signal: what comes in, what goes out, and a daemon that misbehaves.

pub mod daemon;
mod incoming;
mod link;
mod outgoing;
