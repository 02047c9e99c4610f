//! What the program does on the command line besides running: tools for operators, each a file or folder. What they print is for
//! operators and in English.

pub mod city;
pub mod key;
pub mod parse;
#[cfg(feature = "signal")]
pub mod signal;
