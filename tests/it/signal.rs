//! Signal: the adapter, against the real signal-cli.

mod world;
mod world_works;
