//! What tells the kinds apart, one table for each family of signs, in several languages.

use super::{SENT, read, reader};
use crate::domain::{
    parse::Reading,
    report::{Certainty, Kind},
};

fn check(kind: Kind, texts: &[&str]) {
    let wrong: Vec<(Kind, &str)> = texts
        .iter()
        .map(|text| (read(text).kind, *text))
        .filter(|(found, _)| *found != kind)
        .collect();
    assert!(wrong.is_empty(), "not {kind:?}: {wrong:#?}");
}

fn check_reply(kind: Kind, texts: &[&str]) {
    let wrong: Vec<(Kind, &str)> = texts
        .iter()
        .map(|text| {
            let reading = Reading {
                sent_at: SENT,
                near: &[],
                is_reply: true,
                earlier: None,
            };
            (reader().read(text, &reading).kind, *text)
        })
        .filter(|(found, _)| *found != kind)
        .collect();
    assert!(wrong.is_empty(), "not {kind:?}: {wrong:#?}");
}

#[test]
fn what_is_happening_is_a_sighting() {
    check(
        Kind::Sighting,
        &[
            "three agents just walked into the bakery on Payne",
            "unmarked Explorer with two guys in vests at Thomas and Lexington",
            "they have a man on the ground outside the pharmacy, masks on",
            "ICE on Central Ave",
            "masked men at the bus stop on 46th and Chicago",
            "hay tres agentes con chalecos en la 28 y Cedar",
            "dos camionetas sin placas afuera de la iglesia",
            "ICE ayaa taagan masjidka hortiisa",
            "kuv pom peb tug ICE ntawm Arcade thiab Maryland",
        ],
    );
}

#[test]
fn the_shortest_alarm_is_one() {
    check(
        Kind::Sighting,
        &[
            "ICE at costco",
            "ICE ON RAYMOND",
            "ice on snelling",
            "ICE in Frogtown",
            "ice at the mall",
            "agents on arcade",
            "feds at the rec center",
            "la migra en la Payne",
        ],
    );
    check(
        Kind::Chatter,
        &[
            "ice on my stairs",
            "lake ice is melting",
            "ice on the lake is thin",
        ],
    );
}

#[test]
fn hearsay_is_still_a_sighting_and_says_so() {
    for text in [
        "my sister says there are agents at the Target on Lake",
        "a coworker texted me, ICE is at 26th and Nicollet",
        "me dijeron que hay migra en la Lake y Cedar",
        "waxaa la ii sheegay in ICE ay joogaan Cedar iyo Franklin",
        "kuv hnov hais tias ICE nyob ntawm Payne thiab Case",
    ] {
        let parsed = read(text);
        assert_eq!(parsed.kind, Kind::Sighting, "{text}");
        assert_eq!(parsed.report.certainty, Certainty::Secondhand, "{text}");
    }
}

#[test]
fn asking_is_no_sighting() {
    check(
        Kind::Question,
        &[
            "does anyone know if there are agents at the mall?",
            "is it safe to walk to the store on 38th?",
            "what time does the meeting start",
            "are they still near the school?",
            "alguien sabe si hay migra por la Lake?",
            "que hago si tocan la puerta?",
            "ICE ma joogaan Karmel?",
            "puas muaj leej twg pom ICE hnub no?",
        ],
    );
}

#[test]
fn seeing_it_while_asking_is_a_sighting() {
    check(
        Kind::Sighting,
        &[
            "anyone near 29th and Lyndale? I see 2 suvs with no plates and men in vests",
            "is this ICE? four masked men getting out of a van at 24th and Bloomington",
        ],
    );
}

#[test]
fn practice_rules_and_memories_are_talk() {
    check(
        Kind::Chatter,
        &[
            "DRILL: 6 agents at 38th and Cedar, 2 vans",
            "Practice: Size 4 Activity knocking Location Lake & 12th Unit ICE Time 2pm Equipment 2 SUVs",
            "Example: S 3 A parked L Penn & Lowry U vests T 9:15 E white van",
            "Reminder: please use this chat only for reports",
            "last year agents came to our building and took my uncle",
            "simulacro: 5 agentes en la Lake y Cedar",
            "tusaale: S 4, A garaacid, L Cedar iyo 25th",
            "qauv xwb: S 4 A khob qhov rooj L Payne thiab Case",
        ],
    );
    check(
        Kind::Sighting,
        &["this is not a drill, agents at 38th and Cedar, 2 vans"],
    );
}

#[test]
fn weather_crashes_and_crimes_are_talk() {
    check(
        Kind::Chatter,
        &[
            "so much ice on 34th, I slipped twice",
            "two cars crashed at Lake and Hiawatha, traffic is backed up",
            "someone stole my bike from the garage last night",
            "hockey at the rink tonight, ice is great",
            "house fire on 17th and Franklin, fire trucks everywhere",
            "hay mucho hielo en la banqueta, con cuidado",
            "baraf badan ayaa jira maanta",
        ],
    );
}

#[test]
fn it_is_over_or_was_harmless() {
    check(
        Kind::AllClear,
        &[
            "all clear at Lake and Bloomington, they left",
            "false alarm on 31st and Park, it was an Xcel truck",
            "not ICE at Snelling and University, just MPD with a warrant",
            "falsa alarma en la 38 y Cedar, era la policia",
            "ya se fueron de la Nicollet y 28",
            "Cedar iyo Franklin way ka tageen, waa nabad",
            "lawv mus lawm ntawm Payne thiab Case",
        ],
    );
    check_reply(
        Kind::AllClear,
        &[
            "they're gone",
            "it was the mailman",
            "ya se fueron",
            "way tageen",
            "lawv mus lawm",
        ],
    );
}

#[test]
fn news_of_a_known_report_is_an_update() {
    check_reply(
        Kind::Update,
        &[
            "still there, 4 of them now",
            "they moved to 35th",
            "correction, it's 36th Ave not 36th St",
            "another van just pulled up",
            "siguen ahi",
            "ahora son seis",
            "weli way joogaan",
            "lawv tseem nyob",
        ],
    );
}

#[test]
fn aid_is_told_from_reports() {
    check(
        Kind::Need,
        &[
            "need a ride to the clinic tomorrow, afraid to drive",
            "can anyone bring diapers to a family in Phillips",
            "necesito comida para mis hijos",
            "waxaan u baahanahay raashin iyo dawo",
            "kuv xav tau neeg pab thauj kuv mus kho mob",
        ],
    );
    check(
        Kind::Offer,
        &[
            "I can give rides to work this week",
            "we have free groceries at the church, come by",
            "tengo cobijas para regalar, pasen por ellas",
            "gaari waan hayaa, waan idin qaadi karaa bilaash",
            "peb muaj zaub mov pub dawb",
        ],
    );
    check(
        Kind::Event,
        &[
            "know your rights training Saturday at 2pm at the library",
            "vigil tonight 6:30 at Powderhorn Park, bring candles",
            "junta de vecinos el jueves a las 7 en la iglesia",
            "kulan Sabtida 4 galabnimo Brian Coyle",
            "rooj sib tham hnub Saturday 2 teev tav su",
        ],
    );
}

#[test]
fn the_reasons_for_a_kind_can_be_asked_for() {
    let reading = Reading {
        sent_at: SENT,
        near: &[],
        is_reply: false,
        earlier: None,
    };
    let because = reader().because("all clear, they left Lake and Cedar", &reading);
    assert!(
        because
            .iter()
            .any(|(sign, weight)| sign.contains("all_clear") && *weight > 0.0)
    );
}

#[test]
fn a_place_alone_is_no_report_but_an_alarm_about_it_is() {
    for text in [
        "Whittier",
        "Powderhorn Park",
        "Longfellow neighborhood",
        "karmel mall",
        "lake and bloomington",
        "38th & chicago",
    ] {
        let kind = read(text).kind;
        assert!(!kind.is_report(), "{text}: {kind:?}");
    }
    check(
        Kind::Sighting,
        &["ICE at 38th & chicago!!!", "la migra en la Lake y Cedar"],
    );
}
