//! The central stories, each once with everything real at once: one process of the program between a homeserver, signal-cli with
//! Signal's mock server, and the stand-in for Twilio. What a report by text becomes; what a ban does; what new keys do. At the end of
//! each nothing of the people and their words may be found in the database or the log.

mod banned;
mod chatted;
mod filled;
mod rekeyed;
mod reported;
mod scene;
