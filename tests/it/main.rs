//! The feature tests: one binary.

#[cfg(feature = "matrix")]
mod homeserver;
#[cfg(feature = "matrix")]
mod matrix;
