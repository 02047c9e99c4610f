//! Taking part by text message, proved whole: the real app on a real store, the real adapter with its web hooks served on
//! loopback, and before it the stand-in for Twilio. Only rooms are pretend.

mod arriving;
mod faults;
mod leaving;
mod news;
mod story;
mod traces;
mod world;
