//! tocsin: the bell that calls a neighborhood.
//!
//! # Twelve words
//! **platform** (Matrix, Signal, SMS), **room**, **person**, **envelope** (a message coming in), **report** (what one person saw),
//! **place**, **area** (a neighborhood), **incident** (reports about one happening), **route** (who must hear), **effect** (one thing
//! owed to the outside, waiting in the **outbox**), **prompt** (what the bot says, before a language), **split** (an overfull
//! room becomes two).
//!
//! # The path of a message
//! `platforms/*` → [`platforms::Inbox::accept`] → `app::intake` (one transaction: `domain` reads, joins, routes; `store` saves the
//! consequences as effects) → commit → `app::outbox` → `phrasebook` → `platforms/*`. One way in, one way out.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod keyring;
pub mod phrasebook;
pub mod platforms;
pub mod startup;
pub mod store;
pub mod web;
