//! The pretend world that the tests play in.

pub mod databases;
