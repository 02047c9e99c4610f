//! Reads `bot-config/`: TOML, secrets from files or the environment, all problems at once.

pub mod platforms;
