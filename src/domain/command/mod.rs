//! What people can tell the bot to do: one table row each, for parsing, permission and help alike.
