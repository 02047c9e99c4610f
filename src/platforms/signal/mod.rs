//! Signal groups, through a daemon that speaks signal-cli's JSON-RPC dialect.
