//! Signal groups, through a daemon that speaks signal-cli's JSON-RPC dialect.

pub mod convert;
pub mod journal;
pub mod link;
pub mod long_text;
pub mod revisions;
pub mod text;
pub mod wire;
