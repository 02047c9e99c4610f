//! Arguments, logging, hand over to startup.
fn main() {}
