//! Whom a moderator's command names, and the other words of such commands: areas, times, roles.

use std::time::Duration;

use crate::domain::{
    command::folded,
    envelope::{PersonRef, PlatformKind},
    role::Role,
};

/// Somebody as a moderator names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// By their address: `@ana:example.org`, a Signal uuid. Nobody is named by a number: it can be forged.
    Address(PersonRef),
    /// By the name they are called by: `bagotu-42`, or what the settings call them.
    Called(String),
}

/// The words behind a command about a person, sorted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// Whom; nobody where it is said by answering.
    pub whom: Option<Named>,
    /// A role.
    pub role: Option<Role>,
    /// For how long.
    pub time: Option<Duration>,
    /// Everywhere.
    pub is_everywhere: bool,
    /// The rest: the names of areas, or somebody's name.
    pub rest: String,
}

const ROLES: [(&[&str], Role); 3] = [
    (
        &["liaison", "enlace", "xiriiriye", "neeg txuas"],
        Role::Liaison,
    ),
    (
        &[
            "verifier",
            "verificador",
            "verificadora",
            "hubiye",
            "neeg xyuas",
        ],
        Role::Verifier,
    ),
    (
        &[
            "moderator",
            "mod",
            "moderador",
            "moderadora",
            "maamule",
            "thawj coj",
        ],
        Role::Moderator,
    ),
];
const EVERYWHERE: [&str; 6] = [
    "everywhere",
    "all",
    "todo",
    "todos",
    "meel walba",
    "txhua qhov",
];

/// Sorts the words behind a command: in any order, what is nothing else is the rest.
#[must_use]
pub fn sorted(text: &str) -> Words {
    let mut words = Words::default();
    let all: Vec<&str> = text.split_whitespace().collect();
    let mut rest: Vec<&str> = Vec::new();
    let mut at = 0;
    while let Some(word) = all.get(at) {
        let two = all
            .get(at + 1)
            .map(|next| folded(&format!("{word} {next}")));
        let one = folded(word.trim_end_matches([',', ';', '.']));
        let pair = two.as_deref().unwrap_or_default();
        at += 1;
        if words.whom.is_none()
            && let Some(whom) = named(word)
        {
            words.whom = Some(whom);
        } else if let Some(role) = role(pair).filter(|_| words.role.is_none()) {
            words.role = Some(role);
            at += 1;
        } else if let Some(role) = role(&one).filter(|_| words.role.is_none()) {
            words.role = Some(role);
        } else if let Some(time) = time(&one).filter(|_| words.time.is_none()) {
            words.time = Some(time);
        } else if EVERYWHERE.contains(&pair) {
            words.is_everywhere = true;
            at += 1;
        } else if EVERYWHERE.contains(&one.as_str()) {
            words.is_everywhere = true;
        } else {
            rest.push(word);
        }
    }
    words.rest = rest.join(" ");
    words
}

/// What begins so is about a person: nothing, an address, a name that the bot gives, a time, `everywhere`.
#[must_use]
pub fn is_about_a_person(text: &str) -> bool {
    let Some(first) = text.split_whitespace().next() else {
        return true;
    };
    let words = sorted(first);
    words.whom.is_some() || words.time.is_some() || words.is_everywhere
}

/// A role must be said: `verifier @ana:example.org whittier`.
#[must_use]
pub fn names_a_role(text: &str) -> bool {
    sorted(text).role.is_some()
}

fn role(word: &str) -> Option<Role> {
    ROLES
        .iter()
        .find(|(names, _)| names.contains(&word))
        .map(|(_, role)| *role)
}

/// `24h`, `90d`, `2w`. A bare `m` could be minutes, so it is nothing.
fn time(word: &str) -> Option<Duration> {
    let digits = word.trim_end_matches(char::is_alphabetic);
    let number: u64 = digits
        .parse()
        .ok()
        .filter(|number| (1..=999).contains(number))?;
    let hours = match &word[digits.len()..] {
        "h" | "hr" | "hrs" | "hours" | "horas" => 1,
        "d" | "days" | "dias" => 24,
        "w" | "weeks" | "semanas" => 7 * 24,
        "months" | "meses" => 30 * 24,
        _ => return None,
    };
    Some(Duration::from_secs(number * hours * 3600))
}

fn named(word: &str) -> Option<Named> {
    let word = word.trim_matches(['<', '>', ',', ';', '(', ')']);
    if let Some((local, server)) = word.strip_prefix('@').and_then(|rest| rest.split_once(':'))
        && !local.is_empty()
        && !server.is_empty()
    {
        return Some(Named::Address(PersonRef::new(PlatformKind::Matrix, word)));
    }
    if is_uuid(word) {
        let uuid = word.to_ascii_lowercase();
        return Some(Named::Address(PersonRef::new(PlatformKind::Signal, uuid)));
    }
    is_nickname(word).then(|| Named::Called(word.to_ascii_lowercase()))
}

fn is_uuid(word: &str) -> bool {
    let groups: Vec<&str> = word.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && groups
            .iter()
            .all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Of the form of `nickname::of`.
fn is_nickname(word: &str) -> bool {
    word.split_once('-').is_some_and(|(letters, digits)| {
        letters.len() == 6
            && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
            && digits.len() == 2
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> Named {
        Named::Address(PersonRef::new(PlatformKind::Matrix, "@ana:town"))
    }

    #[test]
    fn words_come_in_any_order() {
        let words = sorted("verifier @ana:town Whittier 90d");
        assert_eq!(words.whom, Some(ana()));
        assert_eq!(words.role, Some(Role::Verifier));
        assert_eq!(words.time, Some(Duration::from_secs(90 * 86_400)));
        assert_eq!(words.rest, "Whittier");
        assert_eq!(
            sorted("90d neeg xyuas bagotu-42").role,
            Some(Role::Verifier)
        );
        assert_eq!(
            sorted("BAGOTU-42").whom,
            Some(Named::Called("bagotu-42".into()))
        );
        assert_eq!(sorted("Lowry Hill East").rest, "Lowry Hill East");
        assert!(sorted("@ana:town meel walba").is_everywhere);
    }

    #[test]
    fn nobody_is_named_by_a_number() {
        assert_eq!(sorted("+16125550111").whom, None);
        let uuid = "A1B2C3D4-0000-4000-8000-00000000beef";
        let Some(Named::Address(person)) = sorted(uuid).whom else {
            panic!("a uuid names somebody");
        };
        assert_eq!(person.platform, PlatformKind::Signal);
        assert_eq!(person.address.expose(), &uuid.to_lowercase());
    }

    #[test]
    fn what_people_say_of_bans_is_no_command() {
        for talk in ["ICE from our city", "him", "on parking", "the 24h"] {
            assert!(!is_about_a_person(talk), "{talk}");
        }
        for meant in ["", "24h", "@ana:town", "bagotu-42 whittier", "everywhere"] {
            assert!(is_about_a_person(meant), "{meant}");
        }
    }
}
