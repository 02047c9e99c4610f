//! `tocsin signal sibling`: makes another group like one that is getting too large, and says what to do with it.

use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use sha2::{Digest as _, Sha256};

use crate::{
    cli::signal::listing::states,
    domain::envelope::PersonRef,
    platforms::{
        rooms::{LinkMode, NewRoom, RoomState, RoomWork},
        signal::{groups::Groups, hand::Hand},
    },
};

/// Of which group, and how.
#[derive(Args)]
pub struct Options {
    /// The group, by its id.
    group: String,
    /// The sibling's title; by default the group's with the next number.
    #[arg(long)]
    title: Option<String>,
    /// How people get into it by its link.
    #[arg(long, value_enum, default_value = "approval")]
    link: Link,
}

/// How people get in.
#[derive(Clone, Copy, ValueEnum)]
enum Link {
    /// Whoever has the link is in.
    Open,
    /// Whoever has the link asks, and an admin lets them in.
    Approval,
    /// There is no link.
    Off,
}

/// Makes it. Asked for the same again after it was cut off, it goes on with the same group.
///
/// # Errors
/// With a sentence of what is wrong.
pub(super) async fn make(hand: &Hand, options: &Options) -> anyhow::Result<()> {
    let groups = states(hand).await?;
    let from = groups.iter().find(|group| group.room.id == options.group);
    let from = from.filter(|group| group.is_member).with_context(
        || "The bot is in no group of that id: `tocsin signal groups` lists those that it is in",
    )?;
    let title = options
        .title
        .clone()
        .unwrap_or_else(|| next_title(&from.title, &groups));
    let new = plan(from, title, options.link);
    let made = Groups::default();
    made.refresh(&hand.daemon)
        .await
        .map_err(|error| anyhow::anyhow!("The daemon does not list the groups: {error}"))?;
    let work = RoomWork::Make(new.clone());
    match made.arrange(&hand.daemon, &work).await {
        Ok(state) => {
            println!("{}", told(&new, &state));
            Ok(())
        }
        Err(error) if error.code == "legacy_group" => bail!(
            "The daemon could not make a group: set its profile with `tocsin signal profile`, update signal-cli, and try again"
        ),
        Err(error) => bail!(
            "The sibling is not ready ({}). Run the same command again with --title \"{}\": it goes on where it was",
            error.code,
            new.title
        ),
    }
}

fn plan(from: &RoomState, title: String, link: Link) -> NewRoom {
    let admins = from.admins.iter();
    NewRoom {
        marker: marker(&from.room.id, &title),
        title,
        description: own_description(&from.description).to_owned(),
        like: Some(from.room.clone()),
        is_space: false,
        timer: from.timer,
        link: match link {
            Link::Open => LinkMode::Open,
            Link::Approval => LinkMode::Approval,
            Link::Off => LinkMode::Off,
        },
        admins: admins.cloned().collect(),
    }
}

/// Says of which group which sibling it is, and nothing to others.
fn marker(id: &str, title: &str) -> String {
    let hash = Sha256::digest(format!("{id}\n{title}"));
    let mut marker = "[tocsin ".to_owned();
    for byte in &hash[..4] {
        // Into a string nothing can go wrong.
        let _ = write!(marker, "{byte:02x}");
    }
    marker.push(']');
    marker
}

/// A description without the marker of an earlier making.
fn own_description(description: &str) -> &str {
    let text = description.trim_end();
    let marked = text
        .strip_suffix(']')
        .and_then(|text| text.rsplit_once("[tocsin "))
        .filter(|(_, hash)| hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
    marked.map_or(text, |(text, _)| text.trim_end())
}

/// "Phillips" and "Phillips 2" are followed by "Phillips 3".
fn next_title(title: &str, groups: &[RoomState]) -> String {
    let base = numbered(title).map_or(title, |(base, _)| base);
    let taken = groups
        .iter()
        .filter_map(|group| match numbered(&group.title) {
            Some((same, number)) if same == base => Some(number),
            _ => (group.title == base).then_some(1),
        });
    let last = taken.max().unwrap_or(1);
    format!("{base} {}", last + 1)
}

fn numbered(title: &str) -> Option<(&str, u32)> {
    let (base, number) = title.rsplit_once(' ')?;
    Some((base, number.parse().ok().filter(|number| *number < 1000)?))
}

fn told(new: &NewRoom, state: &RoomState) -> String {
    let is_in = |person: &&PersonRef| state.admins.contains(person);
    let (leading, waiting): (Vec<_>, Vec<_>) = new.admins.iter().partition(is_in);
    let link = state.link.as_deref().unwrap_or("none");
    let mut told = format!(
        "\"{}\" is there: {} members and invited people, {} admins.\nLink: {link}\n",
        state.title,
        state.census(),
        leading.len(),
    );
    if !waiting.is_empty() {
        let _ = writeln!(
            told,
            "{} admins of the old group are invited and have not accepted yet: run this again with --title \"{}\" when they have.",
            waiting.len(),
            new.title
        );
    }
    let _ = write!(
        told,
        "For tocsin.toml, with the purpose and areas of the old group:\n\n[[rooms]]\nplatform = \"signal\"\nroom = \"{}\"\nname = {:?}\n",
        state.room.id, state.title
    );
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::envelope::{PlatformKind, RoomRef},
        platforms::rooms::Allowed,
    };

    fn group(title: &str) -> RoomState {
        RoomState {
            room: RoomRef::new(
                PlatformKind::Signal,
                "RaO8xJlyzROM5m00hNFalS6esq0S+6J4KqOZ2agC9rE=",
            ),
            title: title.to_owned(),
            description: "Rapid response\n\n[tocsin 0a1b2c3d]".to_owned(),
            is_member: true,
            is_admin: true,
            members: vec![],
            pending: vec![],
            requesting: vec![],
            banned: vec![],
            admins: vec![],
            link: None,
            entry: None,
            timer: None,
            may_add: Allowed::Admins,
            may_edit: Allowed::Admins,
            may_write: Allowed::Members,
        }
    }

    #[test]
    fn a_sibling_has_the_next_number() {
        let groups: Vec<RoomState> = [
            "Phillips",
            "Phillips 2",
            "Phillips 2024",
            "Whittier",
            "Whittier 9",
            "Ward 6",
        ]
        .map(group)
        .to_vec();
        for (title, next) in [
            ("Phillips", "Phillips 3"),
            ("Phillips 2", "Phillips 3"),
            ("Whittier", "Whittier 10"),
            ("Ward 6", "Ward 7"),
            ("Longfellow", "Longfellow 2"),
        ] {
            assert_eq!(next_title(title, &groups), next);
        }
    }

    #[test]
    fn a_marker_is_of_one_sibling() {
        let marker_of = |title: &str| marker("group", title);
        assert_eq!(marker_of("Phillips 2"), marker_of("Phillips 2"));
        assert_ne!(marker_of("Phillips 2"), marker_of("Phillips 3"));
        assert_eq!(marker_of("x").len(), "[tocsin 0a1b2c3d]".len());
        for (description, own) in [
            ("Rapid response\n\n[tocsin 0a1b2c3d]", "Rapid response"),
            ("[tocsin 0a1b2c3d]", ""),
            ("Rapid response", "Rapid response"),
            ("see [tocsin docs]", "see [tocsin docs]"),
            ("", ""),
        ] {
            assert_eq!(own_description(description), own);
        }
    }

    #[test]
    fn what_is_to_be_done_is_said() {
        let person = |uuid: &str| PersonRef::new(PlatformKind::Signal, uuid);
        let mut from = group("Phillips");
        from.admins = vec![person("a"), person("b")];
        let new = plan(&from, "Phillips 2".to_owned(), Link::Approval);
        assert_eq!(
            (new.description.as_str(), new.link),
            ("Rapid response", LinkMode::Approval)
        );
        let mut made = group("Phillips 2");
        made.admins = vec![person("a")];
        made.link = Some("https://signal.group/#Cj".to_owned());
        let said = told(&new, &made);
        for part in [
            "https://signal.group/#Cj",
            "1 admins of the old",
            "room = \"RaO8",
            "name = \"Phillips 2\"",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}
