//! Signal: what comes in, what goes out, and a daemon that misbehaves.

mod incoming;
mod outgoing;
