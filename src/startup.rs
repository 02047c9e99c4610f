//! The only file that names concrete adapters: opens, wires, stops in order.
