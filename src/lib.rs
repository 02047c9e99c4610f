//! tocsin: the bell that calls a neighborhood.
pub mod domain;
