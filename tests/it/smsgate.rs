//! The phone in a drawer: SMSGate's API and web hooks, against a pretend phone that keeps what it is given.

mod catching_up;
mod desk;
mod incoming;
mod outgoing;
mod phone;
mod program;

use tocsin::domain::timestamp::Timestamp;

/// Thursday, 2026-01-15, 20:14 UTC.
const NOW: Timestamp = Timestamp::from_ms(1_768_508_040_000);
const ROSA: &str = "+16125550111";
const KEY: &str = "drawer-key";
const EFFECT: &str = "0123456789abcdef0123456789abcdef";
