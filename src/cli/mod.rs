//! What the program does on the command line besides running: tools for operators, each a file or folder.

pub mod parse;
