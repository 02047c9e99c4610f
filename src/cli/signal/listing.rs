//! `tocsin signal groups`: the groups of the account, for filling in tocsin.toml.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::{
    cli::signal::asking::ask,
    domain::envelope::PersonRef,
    platforms::{
        rooms::{Allowed, RoomState},
        signal::{groups::Groups, hand::Hand},
    },
};

/// Lists them, those the bot is in first.
///
/// # Errors
/// If the daemon does not list them.
pub(super) async fn groups(hand: &Hand, with_people: bool) -> anyhow::Result<()> {
    let groups = states(hand).await?;
    if groups.is_empty() {
        println!(
            "The account is in no group: let an admin of each add it, or open the group's link on its phone."
        );
        return Ok(());
    }
    let names = if with_people {
        names(hand).await
    } else {
        HashMap::new()
    };
    println!(
        "{:<44}  {:>7}  {:<5}  {:>7}  {:<4}  title",
        "id", "members", "admin", "waiting", "link"
    );
    for group in groups.iter().filter(|group| group.is_member) {
        println!("{}", row(group));
        if with_people {
            for person in people(group, &names) {
                println!("    {person}");
            }
        }
    }
    for group in groups.iter().filter(|group| !group.is_member) {
        println!("{}  (left)  {}", group.room.id, group.title);
    }
    Ok(())
}

/// How all groups are.
///
/// # Errors
/// If the daemon does not list them.
pub(super) async fn states(hand: &Hand) -> anyhow::Result<Vec<RoomState>> {
    let groups = Groups::default();
    groups
        .refresh(&hand.daemon)
        .await
        .map_err(|error| anyhow::anyhow!("The daemon does not list the groups: {error}"))?;
    Ok(groups.states())
}

/// Who is called how, by their ids. Nobody is called anything if the daemon does not say.
async fn names(hand: &Hand) -> HashMap<String, String> {
    let asked = ask(hand, "listContacts", json!({ "allRecipients": true }), "");
    let contacts = asked.await.unwrap_or_default();
    let contacts = contacts.as_array().into_iter().flatten();
    contacts.filter_map(named).collect()
}

fn named(contact: &Value) -> Option<(String, String)> {
    let uuid = contact["uuid"].as_str()?.to_lowercase();
    let of = |name: &Value| {
        name.as_str()
            .filter(|name| !name.trim().is_empty())
            .map(str::to_owned)
    };
    let name = of(&contact["name"]).or_else(|| of(&contact["profile"]["givenName"]))?;
    Some((uuid, name))
}

fn row(group: &RoomState) -> String {
    let link = if group.link.is_some() { "on" } else { "off" };
    let admin = if group.is_admin { "yes" } else { "no" };
    let announcements = match group.may_write {
        Allowed::Admins => " (announcements)",
        Allowed::Members => "",
    };
    format!(
        "{:<44}  {:>7}  {admin:<5}  {:>7}  {link:<4}  {}{announcements}",
        group.room.id,
        group.census(),
        group.requesting.len(),
        group.title,
    )
}

fn people(group: &RoomState, names: &HashMap<String, String>) -> Vec<String> {
    let say = |people: &[PersonRef], what: &str| {
        let line = |person: &PersonRef| {
            let id = person.address.expose();
            let is_admin = what.is_empty() && group.admins.contains(person);
            let what = if is_admin { "admin" } else { what };
            let name = names.get(id).map_or("", String::as_str);
            format!("{id:<36}  {what:<8}  {name}").trim_end().to_owned()
        };
        people.iter().map(line).collect::<Vec<_>>()
    };
    [
        say(&group.members, ""),
        say(&group.pending, "invited"),
        say(&group.requesting, "waiting"),
        say(&group.banned, "banned"),
    ]
    .concat()
}
