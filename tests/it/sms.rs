//! Text messages against a stand-in for Twilio: what comes in, what goes out, and what happens when answers are lost.

mod catching_up;
mod client;
mod faults;
mod incoming;
mod outgoing;
mod signatures;
pub mod stand_in;
