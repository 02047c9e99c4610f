//! What is said on doors, on posters and about both: one of each.

use tocsin::domain::{
    deed::{Deed, Logged},
    envelope::PlatformKind,
    prompt::{AboutDoors, PosterLine, Prompt},
};
use tocsin::phrasebook::Style;

use super::{at, book, zone};

const URL: &str = "https://tocsin.example.org";

fn area() -> String {
    "Whittier".into()
}

fn code() -> String {
    "h7k2p9xy".into()
}

fn number() -> String {
    "612-555-0100".into()
}

/// What stands on pages and posters.
fn shown() -> Vec<AboutDoors> {
    let mut shown = vec![
        AboutDoors::Title {
            area: area(),
            community: "Southside Watch".into(),
        },
        AboutDoors::What,
        AboutDoors::Choose,
        AboutDoors::Approval,
        AboutDoors::PreparingNote,
        AboutDoors::Preparing,
        AboutDoors::PreparingHow,
        AboutDoors::LookAgain,
        AboutDoors::OtherWays,
        AboutDoors::NoRoom,
        AboutDoors::Lost,
        AboutDoors::LostHow,
        AboutDoors::LostNumber { number: number() },
        AboutDoors::KeepsNothing,
        AboutDoors::Legal { hotline: number() },
        AboutDoors::Languages,
        AboutDoors::Scan,
        AboutDoors::TextTo { word: area() },
        AboutDoors::OrType,
    ];
    for platform in PlatformKind::ALL {
        shown.push(AboutDoors::Way {
            platform,
            number: number(),
        });
        shown.push(AboutDoors::WayFor { platform });
    }
    shown
}

pub fn samples() -> Vec<Prompt> {
    let poster = |opened| PosterLine {
        code: code(),
        language: "so".into(),
        opened,
    };
    let mut about = shown();
    about.extend([
        AboutDoors::Posters {
            area: area(),
            code: code(),
            url: format!("{URL}/poster/h7k2p9xy"),
        },
        AboutDoors::Doors {
            area: area(),
            url: format!("{URL}/join/mpls/whittier"),
            posters: vec![poster(0), poster(1), poster(12)],
        },
        AboutDoors::Doors {
            area: area(),
            url: format!("{URL}/join/mpls/whittier"),
            posters: vec![],
        },
        AboutDoors::Revoked {
            area: area(),
            code: code(),
        },
        AboutDoors::NoSuchCode { code: code() },
        AboutDoors::WhichArea {
            areas: vec![area(), "Lyndale".into()],
        },
        AboutDoors::NoAddress,
        AboutDoors::MeetUnknown,
        AboutDoors::Meet {
            area: area(),
            url: format!("{URL}/join/mpls/whittier"),
        },
    ]);
    let deeds = [
        Deed::MadePoster {
            area: area(),
            code: code(),
        },
        Deed::RevokedCode {
            area: area(),
            code: code(),
        },
    ];
    let mut samples: Vec<Prompt> = about.into_iter().map(Prompt::Door).collect();
    samples.extend(deeds.map(|deed| {
        Prompt::Acted(Logged {
            who: "Mo".into(),
            deed,
            at: at(0),
        })
    }));
    samples
}

/// What people hear by text message, with the longest values.
pub fn phone_samples() -> Vec<Prompt> {
    let meet = AboutDoors::Meet {
        area: "Prospect Park - East River Road".into(),
        url: "https://rapid-response.neighborhoods.example.org/tocsin/join/mpls/prospect-park-east-river-road".into(),
    };
    vec![Prompt::Door(meet), Prompt::Door(AboutDoors::MeetUnknown)]
}

#[test]
fn pages_and_posters_are_whole_in_every_language() {
    let book = book();
    for language in book.languages() {
        for about in shown() {
            let prompt = Prompt::Door(about);
            let say = |language| book.say(&prompt, language, Style::Room, &zone()).plain();
            let words = say(language);
            assert!(!words.contains(['{', '}', '$']), "{language}: {words}");
            let is_name = matches!(prompt, Prompt::Door(AboutDoors::Title { .. }));
            assert!(
                language == "en" || is_name || words != say("en"),
                "{language} is half English: {words}"
            );
        }
    }
}

#[test]
fn each_language_is_called_by_its_own_name() {
    let book = book();
    let name = |language| {
        let prompt = Prompt::Door(AboutDoors::LanguageName);
        book.say(&prompt, language, Style::Room, &zone()).plain()
    };
    let names: Vec<String> = book.languages().into_iter().map(name).collect();
    assert_eq!(names, ["English", "Español", "Hmoob", "Soomaali"]);
}
