//! What `tocsin check` asks of the daemon: is it there and new enough, does Signal know the account, has it a name, how does it
//! receive, and what may the bot do in the groups of tocsin.toml. Changes nothing.

mod process;
mod version;

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    domain::{envelope::RoomRef, timestamp::Timestamp},
    platforms::{
        rooms::{Allowed, RoomState},
        signal::{
            daemon::Daemon,
            groups::Groups,
            link::CallError,
            wire::{Refusal, RpcError},
        },
    },
};

/// How long one answer may take. The daemon asks Signal's server for some.
const PATIENCE: Duration = Duration::from_secs(30);
/// A group with more places taken is to be split (a group takes 1001).
const CROWDED: usize = 950;

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// As it should be.
    Good(String),
    /// It works, but something is to be done.
    Doubtful(String),
    /// Must be mended.
    Bad(String),
}

/// Tries the daemon and the account. `rooms` are those of tocsin.toml, `pid` is the process that listens, if that is known.
pub async fn check(
    daemon: &Daemon,
    rooms: &[RoomRef],
    pid: Option<i32>,
    now: Timestamp,
) -> Vec<Found> {
    let mut found = Vec::new();
    match daemon.call("version", json!({}), PATIENCE).await {
        Ok(answer) => {
            let version = answer["version"].as_str().unwrap_or_default();
            found.push(version::judge(version, now));
        }
        Err(error) => {
            return vec![Found::Bad(format!(
                "the daemon does not say its version ({error}): does something else listen there?"
            ))];
        }
    }
    let arguments = pid.and_then(process::arguments);
    found.extend(process::judge(arguments.as_deref()));
    let known = account(daemon).await;
    let is_known = !matches!(known, Found::Bad(_));
    found.push(known);
    if !is_known {
        return found;
    }
    found.extend(profile(daemon).await);
    let groups = Groups::default();
    match groups.refresh(daemon).await {
        Ok(_) => {
            let is_another = groups.account().is_none() && !groups.censuses().is_empty();
            found.extend(is_another.then(|| another(daemon.account())));
            found.extend(rooms.iter().map(|room| of_room(room, groups.state(room))));
        }
        Err(error) => found.push(Found::Bad(format!(
            "the daemon does not list groups ({error})"
        ))),
    }
    found
}

/// Whether the daemon has the account, and Signal knows this device of it.
async fn account(daemon: &Daemon) -> Found {
    let number = daemon.account();
    // Who is asked for is on the server: the devices of the account.
    match daemon.call("listDevices", json!({}), PATIENCE).await {
        Ok(_) => Found::Good(format!("Signal knows this device of {number}")),
        Err(CallError::Refused(error)) => refused(&error, number),
        Err(error) => Found::Doubtful(format!(
            "the daemon does not find out whether Signal knows {number} ({error}): is this machine online?"
        )),
    }
}

fn refused(error: &RpcError, number: &str) -> Found {
    let says = |words: &str| error.message.expose().contains(words);
    match error.refusal() {
        Refusal::NoAccount => Found::Bad(format!(
            "the daemon has no account {number}: link it with `tocsin signal link`, or mend account in [signal]"
        )),
        Refusal::NotImplemented => Found::Doubtful(format!(
            "the daemon cannot say whether Signal knows {number}: watch whether messages come"
        )),
        // signal-cli says `Failed to get linked devices: [401] Authorization failed!` and the like.
        _ if says("[401]") || says("[403]") || says("Authorization failed") => Found::Bad(format!(
            "Signal does not know this device of {number} any more: it was unlinked, or not used for weeks. Remove the daemon's data of \
             that account, then link it anew with `tocsin signal link`"
        )),
        _ if says("[499]") || says("Deprecated") => Found::Bad(
            "Signal refuses the daemon because it is too old: update signal-cli".to_owned(),
        ),
        _ => Found::Doubtful(format!(
            "the daemon does not find out whether Signal knows {number} ({error}): is this machine online?"
        )),
    }
}

/// A daemon for a single account takes no notice of which one it is asked for.
fn another(number: &str) -> Found {
    Found::Bad(format!(
        "{number} is in none of the groups that the daemon lists: it was started for another account (-a), or account in [signal] is wrong"
    ))
}

/// Whether people see a name. Without a profile of its own a daemon cannot make groups either.
async fn profile(daemon: &Daemon) -> Option<Found> {
    let own = json!({ "recipient": [daemon.account()], "allRecipients": true });
    let contacts = match daemon.call("listContacts", own, PATIENCE).await {
        Ok(contacts) => contacts,
        Err(CallError::Refused(error)) if error.refusal() == Refusal::NotImplemented => {
            return None;
        }
        Err(error) => {
            return Some(Found::Doubtful(format!(
                "the daemon does not tell the profile of its account ({error})"
            )));
        }
    };
    Some(match profile_name(&contacts, daemon.account()) {
        Some(name) => Found::Good(format!("people see it as \"{name}\"")),
        None => Found::Bad(
            "the account has no profile name, and cannot make groups without one: `tocsin signal profile` sets name and picture of \
             [signal]"
                .to_owned(),
        ),
    })
}

/// The name of an account, in what `listContacts` says of it.
fn profile_name(contacts: &Value, account: &str) -> Option<String> {
    let mut contacts = contacts.as_array()?.iter();
    let own = contacts.find(|contact| contact["number"].as_str() == Some(account))?;
    let given = own["profile"]["givenName"].as_str().unwrap_or_default();
    let family = own["profile"]["familyName"].as_str().unwrap_or_default();
    let name = format!("{given} {family}");
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// What the bot may do in a room of tocsin.toml.
fn of_room(room: &RoomRef, state: Option<RoomState>) -> Found {
    let id = &room.id;
    let Some(state) = state.filter(|state| state.is_member) else {
        return Found::Bad(format!(
            "the bot is not in the group {id}: let an admin of it add the bot, or take it out of [[rooms]]"
        ));
    };
    let title = &state.title;
    let census = state.census();
    if !state.is_admin && state.may_write == Allowed::Admins {
        return Found::Bad(format!(
            "the bot may not write in \"{title}\", which is for announcements of admins: make it an admin there ({id})"
        ));
    }
    if !state.is_admin {
        return Found::Doubtful(format!(
            "the bot is no admin of \"{title}\" and cannot let people in, nor help to split it: make it one ({id})"
        ));
    }
    let waiting = state.requesting.len();
    if census > CROWDED {
        return Found::Doubtful(format!(
            "\"{title}\" has {census} members and invited people, and 1001 is the end: split it (`tocsin signal sibling {id}`)"
        ));
    }
    if waiting > 0 {
        return Found::Doubtful(format!("{waiting} wait to be let into \"{title}\" ({id})"));
    }
    Found::Good(format!(
        "\"{title}\": {census} members and invited people, the bot is an admin"
    ))
}

#[cfg(test)]
mod tests;
