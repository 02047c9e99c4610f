//! What a person without a smartphone can do: join, report, get alerts, ask, leave. PRODUCT, "SMS" and "Commands".

use std::{sync::atomic::Ordering, time::Duration};

use crate::town::{Town, run_test};

const ROSA: &str = "+16125550111";
const OMAR: &str = "+16125550122";

const SECOND: Duration = Duration::from_secs(1);

const fn hours(n: u64) -> Duration {
    Duration::from_secs(n * 3600)
}

/// What a phone hears in answer to a text, and in no more than one segment.
async fn texts(town: &Town, number: &str, text: &str) -> String {
    town.texts(number, text).await;
    town.phone(number)
}

/// The same a second later: who joined first is named first.
async fn texts_later(town: &mut Town, number: &str, text: &str) -> String {
    town.later(SECOND).await;
    texts(town, number, text).await
}

/// A report in a room at that corner, confirmed; what rooms hear of it is read. Its handle.
async fn confirmed(town: &Town, corner: &str) -> String {
    let report = format!("4 agents in vests at {corner}, 2 black suvs");
    town.says("ana", "#powderhorn-1", &report).await;
    let handle = handle_in(&town.heard_in("#verifiers"));
    verifier(town, &format!("ok {handle}")).await;
    handle
}

async fn verifier(town: &Town, command: &str) -> String {
    town.says("vera", "#verifiers", command).await;
    read_rooms(town)
}

/// The handle at the beginning of the last card.
fn handle_in(cards: &str) -> String {
    let card = cards
        .lines()
        .rev()
        .find(|line| line.contains(" unverified · "))
        .unwrap();
    let word = card.trim_start_matches("edit: ").split(' ').next().unwrap();
    word.to_owned()
}

fn read_rooms(town: &Town) -> String {
    let rooms = [
        "#powderhorn-1",
        "#powderhorn-2",
        "#whittier-1",
        "#phillips-es",
        "#verifiers",
        "#city",
        "#moderators",
    ];
    let said = rooms.map(|room| town.heard_in(room)).join("\n");
    town.told("ana");
    town.told("vera");
    said
}

async fn subscribed(town: &Town, number: &str, area: &str) {
    let answer = texts(town, number, area).await;
    assert!(answer.contains(area), "{answer}");
}

/// PRODUCT, "What it looks like": word for word. The community of the product's example is called Tocsin.
#[tokio::test]
async fn the_spanish_dialogue_of_the_product() {
    run_test(async |town: &mut Town| {
        let hello = texts(town, ROSA, "hola").await;
        assert_eq!(
            hello.replacen("Southside Watch", "Tocsin", 1),
            "Tocsin, alertas vecinales. Mande su codigo postal o barrio, ej: 55408. English: EN. Soomaali: SO. \
             AYUDA=ayuda ALTO=salir"
        );
        assert_eq!(
            texts(town, ROSA, "55408").await,
            "Ese codigo tiene 3 barrios. Responda 1 Whittier 2 Lowry Hill E 3 Lyndale"
        );
        assert_eq!(
            texts(town, ROSA, "1").await,
            "Listo: Whittier. Solo alertas confirmadas, max 6/dia. SMS no es privado: no mande nombres. \
             AYUDA=ayuda ALTO=salir"
        );
    })
    .await;
}

#[tokio::test]
async fn joining_in_english_somali_and_hmong() {
    run_test(async |town: &mut Town| {
        let hello = texts(town, ROSA, "hi").await;
        assert_eq!(
            hello,
            "Southside Watch, neighborhood alerts. Text your ZIP or neighborhood, e.g. 55408. SMS is not private. \
             Espanol: ES. Soomaali: SO. Hmoob: HMN. HELP=help STOP=leave"
        );
        let somali = texts(town, ROSA, "SO").await;
        assert!(somali.starts_with("Southside Watch, digniinta xaafadda"), "{somali}");
        let choice = texts(town, ROSA, "55408").await;
        assert!(choice.contains("3 xaafadood. Ku jawaab 1 Whittier 2 "), "{choice}");
        let done = texts(town, ROSA, "2").await;
        assert!(done.starts_with("Waa diyaar: Lowry Hill E."), "{done}");
        let hmong = texts(town, OMAR, "hmn").await;
        assert!(hmong.starts_with("Southside Watch, ceeb toom zej zog"), "{hmong}");
        let done = texts(town, OMAR, "55454-1234").await;
        assert!(done.starts_with("Tau lawm: Cedar-Riverside."), "{done}");
        let english = texts(town, OMAR, "lang english").await;
        assert_eq!(english, "From now on in English.");
    })
    .await;
}

#[tokio::test]
async fn an_area_may_be_named_in_many_ways() {
    run_test(async |town: &mut Town| {
        for (n, (text, area)) in [
            ("Whittier", "Whittier"),
            ("barrio Whittier", "Whittier"),
            ("vivo en Whittier", "Whittier"),
            ("i live in wittier", "Whittier"),
            ("codigo 55454", "Cedar-Riverside"),
            ("my zip is 55454 thanks", "Cedar-Riverside"),
            ("el West Side", "West Side"),
            ("Powderhorn", "Powderhorn Park"),
            ("zip code 55454", "Cedar-Riverside"),
        ]
        .into_iter()
        .enumerate()
        {
            let number = format!("+161255501{n:02}");
            let answer = texts(town, &number, text).await;
            assert!(answer.contains(&format!(": {area}.")), "{text}: {answer}");
        }
        let many = texts(town, ROSA, "55407").await;
        assert_eq!(
            many,
            "That code has 10 neighborhoods. Reply 1 Powderhorn Park 2 Central 3 Standish or another one's name"
        );
        let named = texts(town, ROSA, "Corcoran").await;
        assert!(named.starts_with("Done: Corcoran."), "{named}");
        for unknown in ["10001", "area Atlantis"] {
            let answer = texts(town, OMAR, unknown).await;
            assert!(answer.starts_with("That neighborhood is not known here."), "{answer}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_first_message_that_reports_is_a_report_at_once_and_tells_once_how_to_join() {
    run_test(async |town: &mut Town| {
        let answer = texts(town, ROSA, "3 agents in vests at Lake & Pillsbury").await;
        let lines: Vec<&str> = answer.lines().collect();
        assert_eq!(lines.len(), 2, "{answer}");
        assert!(
            lines[0].starts_with("Thank you, passed on as K7: ")
                && lines[0].contains("Lake & Pillsbury"),
            "{answer}"
        );
        assert!(
            lines[1].starts_with("To get confirmed alerts as well text your ZIP"),
            "{answer}"
        );
        let said = read_rooms(town);
        assert!(
            said.contains("Lake & Pillsbury") && !said.contains("555011"),
            "{said}"
        );
        let second = texts(town, ROSA, "4 agents at the door").await;
        assert_eq!(
            second.lines().count(),
            1,
            "one answer, one question: {second}"
        );
        assert!(second.contains("Where? Two streets"), "{second}");
        let third = texts(town, ROSA, "Lake and Bloomington").await;
        assert!(third.contains("Lake & Bloomington"), "{third}");
        read_rooms(town);
    })
    .await;
}

#[tokio::test]
async fn a_report_is_corrected_and_corroborated_by_phone_and_no_number_is_told() {
    run_test(async |town: &mut Town| {
        let first = texts(town, ROSA, "3 agents at Lake & Bloomington").await;
        assert!(first.contains("K7"), "{first}");
        read_rooms(town);
        let corrected = texts(town, ROSA, "K7 5 agents now, 2 black suvs").await;
        assert!(
            corrected.contains("K7: ") && corrected.contains("5 people"),
            "{corrected}"
        );
        let said = read_rooms(town);
        assert!(
            said.contains("edit: K7") && said.contains("5 people"),
            "{said}"
        );
        let unseen = texts(town, OMAR, "+1 K7").await;
        assert_eq!(
            unseen, "Nothing called K7 is open here.",
            "an id counts only where it can be known"
        );
        subscribed(town, OMAR, "Powderhorn Park").await;
        town.says("vera", "#verifiers", "ok k7").await;
        assert!(town.phone(OMAR).starts_with("CONFIRMED"));
        assert_eq!(
            town.phone(ROSA),
            "K7 is confirmed. Thank you for reporting it."
        );
        read_rooms(town);
        let counted = texts(town, OMAR, "+1 K7").await;
        assert_eq!(counted, "Thank you. Others saw it too: counted with K7.");
        let said = read_rooms(town);
        assert!(
            said.contains("2 first-hand") && !said.contains("555011"),
            "{said}"
        );
    })
    .await;
}

#[tokio::test]
async fn areas_are_changed_and_added() {
    run_test(async |town: &mut Town| {
        subscribed(town, ROSA, "Whittier").await;
        town.later(SECOND).await;
        let added = texts(town, ROSA, "add Lyndale").await;
        assert!(added.starts_with("Done: Whittier, Lyndale."), "{added}");
        assert!(
            texts_later(town, ROSA, "agregar Powderhorn Park")
                .await
                .starts_with("Done: Whittier, Lyndale, Powderhorn Park.")
        );
        let full = texts(town, ROSA, "add Corcoran").await;
        assert!(
            full.starts_with(
                "You get alerts of Whittier, Lyndale, Powderhorn Park and no more fit."
            )
        );
        assert!(
            texts(town, ROSA, "zona Corcoran")
                .await
                .starts_with("Done: Corcoran.")
        );
        let choice = texts_later(town, ROSA, "add 55408").await;
        assert!(choice.contains("1 Whittier"), "{choice}");
        assert!(
            texts(town, ROSA, "3")
                .await
                .starts_with("Done: Corcoran, Lyndale.")
        );
        let choice = texts(town, ROSA, "area 55408").await;
        assert!(choice.contains("1 Whittier"), "{choice}");
        assert!(
            texts(town, ROSA, "#2")
                .await
                .starts_with("Done: Lowry Hill E.")
        );
        // What looks like a command and is a report is not lost.
        let report = texts(town, ROSA, "area Lake & Pillsbury 4 agents").await;
        assert!(report.contains("passed on as"), "{report}");
        read_rooms(town);
    })
    .await;
}

#[tokio::test]
async fn alerts_of_both_areas_come_and_each_once() {
    run_test(async |town: &mut Town| {
        subscribed(town, ROSA, "Whittier").await;
        subscribed(town, ROSA, "Powderhorn Park").await;
        confirmed(town, "Lake & Bloomington").await;
        let alert = town.phone(ROSA);
        assert!(
            alert.starts_with("CONFIRMED") && alert.lines().count() == 1,
            "{alert}"
        );
        town.later(Duration::from_secs(60)).await;
        let other = confirmed(town, "26th St & Pleasant").await;
        let alert = town.phone(ROSA);
        assert!(
            alert.contains(&other) && alert.lines().count() == 1,
            "{alert}"
        );
    })
    .await;
}

#[tokio::test]
async fn alerts_can_be_near_confirmed_or_off_but_not_unconfirmed() {
    run_test(async |town: &mut Town| {
        subscribed(town, ROSA, "Powderhorn Park").await;
        let all = texts(town, ROSA, "alerts all").await;
        assert!(
            all.starts_with("By text only confirmed alerts come"),
            "{all}"
        );
        let off = texts(town, ROSA, "alertas no").await;
        assert!(
            off.starts_with("Powderhorn Park: you get no alerts."),
            "{off}"
        );
        confirmed(town, "Lake & Bloomington").await;
        assert_eq!(town.phone(ROSA), "");
        let near = texts(town, ROSA, "Alerts near").await;
        assert!(near.contains("right there, not at the borders"), "{near}");
        let same = texts(town, ROSA, "alerts").await;
        assert_eq!(same, near, "asked without a level, the present one is told");
        let on = texts(town, ROSA, "alerts confirmd").await;
        assert!(on.contains("also at the borders"), "{on}");
        town.says("vera", "#verifiers", "clear k7").await;
        read_rooms(town);
        assert_eq!(town.phone(ROSA), "", "who was not alerted hears no end");
    })
    .await;
}

#[tokio::test]
async fn a_pause_holds_alerts_but_not_the_end_of_one_that_came_before() {
    run_test(async |town: &mut Town| {
        subscribed(town, ROSA, "Powderhorn Park").await;
        confirmed(town, "Lake & Bloomington").await;
        assert!(town.phone(ROSA).starts_with("CONFIRMED"));
        let paused = texts(town, ROSA, "pausa 8h").await;
        assert_eq!(
            paused,
            "No alerts until 10:14pm. You still hear when one you got is over. RESUME ends the pause."
        );
        town.says("vera", "#verifiers", "clear k7").await;
        read_rooms(town);
        assert!(town.phone(ROSA).starts_with("K7 over"));
        confirmed(town, "34th & Bloomington").await;
        assert_eq!(town.phone(ROSA), "");
        town.later(hours(8)).await;
        read_rooms(town);
        confirmed(town, "35th & 15th Ave").await;
        let alert = town.phone(ROSA);
        assert!(alert.starts_with("CONFIRMED"), "{alert}");
        texts(town, ROSA, "pause").await;
        let resumed = texts(town, ROSA, "resume").await;
        assert!(resumed.starts_with("Powderhorn Park: you get confirmed alerts"), "{resumed}");
        texts(town, ROSA, "pause 72h").await;
        let started = texts(town, ROSA, "INICIO").await;
        assert!(started.starts_with("Powderhorn Park: you get confirmed alerts"), "{started}");
    })
    .await;
}

#[tokio::test]
async fn the_language_is_changed_at_any_time() {
    run_test(async |town: &mut Town| {
        subscribed(town, ROSA, "Powderhorn Park").await;
        assert_eq!(texts(town, ROSA, "ES").await, "Desde ahora en español.");
        assert_eq!(
            texts(town, ROSA, "idioma hmong").await,
            "Txij no mus lus Hmoob."
        );
        assert_eq!(
            texts(town, ROSA, "lang so").await,
            "Hadda laga bilaabo af Soomaali."
        );
        confirmed(town, "Lake & Bloomington").await;
        let alert = town.phone(ROSA);
        assert!(alert.starts_with("WAA LA XAQIIJIYAY"), "{alert}");
        assert!(texts(town, ROSA, "lang").await.contains("HMN Hmoob"));
    })
    .await;
}

#[tokio::test]
async fn places_news_privacy_and_help_are_told() {
    run_test(async |town: &mut Town| {
        assert_eq!(
            texts(town, ROSA, "where 55408").await,
            "55408: Whittier, Lowry Hill E, Lyndale"
        );
        let corner = texts(town, ROSA, "donde Lake y Bloomington").await;
        assert!(
            corner.contains("Lake & Bloomington: ") && corner.contains("Powderhorn Park"),
            "{corner}"
        );
        let nowhere = texts(town, ROSA, "where are you").await;
        assert!(
            nowhere.starts_with("That place is not known here"),
            "{nowhere}"
        );
        subscribed(town, ROSA, "Powderhorn Park").await;
        assert_eq!(
            texts(town, ROSA, "news").await,
            "Nothing confirmed today in Powderhorn Park."
        );
        confirmed(town, "Lake & Bloomington").await;
        town.phone(ROSA);
        assert_eq!(
            texts(town, ROSA, "Noticias").await,
            "Powderhorn Park today: 1 confirmed. Now: K7 Lake & Bloomington."
        );
        town.says("vera", "#verifiers", "clear k7").await;
        let other = confirmed(town, "34th & Bloomington").await;
        verifier(town, &format!("no {other}")).await;
        town.phone(ROSA);
        let digest = texts(town, ROSA, "today").await;
        assert!(
            digest.starts_with("Powderhorn Park today: 2 confirmed (1 over), 1 checked"),
            "{digest}"
        );
        let privacy = texts(town, ROSA, "privacidad").await;
        assert!(
            privacy.starts_with("Kept: your number, encrypted"),
            "{privacy}"
        );
        let help = texts(town, ROSA, "hepl").await;
        assert!(
            help.contains("PAUSE 8h") && help.ends_with("STOP=leave"),
            "{help}"
        );
        town.later(hours(24)).await;
        read_rooms(town);
        assert_eq!(
            texts(town, ROSA, "news").await,
            "Nothing confirmed today in Powderhorn Park."
        );
    })
    .await;
}

/// Whether nothing at all is said to a number any more, whatever happens.
async fn hears_nothing_any_more(town: &mut Town, number: &str) {
    for text in [
        "hola",
        "HELP",
        "AYUDA",
        "Whittier",
        "55408",
        "1",
        "STOP",
        "ALTO",
        "news",
        "K7",
        "alerts on",
        "forget me",
    ] {
        assert_eq!(texts(town, number, text).await, "", "{text}");
    }
    assert_eq!(texts(town, number, "3 agents at 38th & Chicago").await, "");
    let said = read_rooms(town);
    assert!(
        said.contains("38th"),
        "what they report still counts: {said}"
    );
    let handle = handle_in(&said);
    verifier(town, &format!("ok {handle}")).await;
    verifier(town, &format!("clear {handle}")).await;
    town.sends_a_picture(number).await;
    assert_eq!(town.phone(number), "");
}

#[tokio::test]
async fn stop_in_any_wording_is_confirmed_once_and_then_there_is_silence() {
    for (text, answer) in [
        (
            "STOP",
            "Done: no more texts, and your number is deleted. START=come back",
        ),
        (
            "stop texting me",
            "Done: no more texts, and your number is deleted. START=come back",
        ),
        (
            "Please take me off your list.",
            "Done: no more texts, and your number is deleted. START=come back",
        ),
        (
            "This is my work phone. Stop texting me!",
            "Done: no more texts, and your number is deleted. START=come back",
        ),
    ] {
        run_test(async |town: &mut Town| {
            subscribed(town, ROSA, "Powderhorn Park").await;
            confirmed(town, "Lake & Bloomington").await;
            assert!(town.phone(ROSA).starts_with("CONFIRMED"));
            assert_eq!(texts(town, ROSA, text).await, answer, "{text}");
            town.says("vera", "#verifiers", "clear k7").await;
            read_rooms(town);
            assert_eq!(town.phone(ROSA), "", "not even the end of an alert");
            hears_nothing_any_more(town, ROSA).await;
        })
        .await;
    }
}

#[tokio::test]
async fn stop_is_understood_and_answered_in_ones_own_language() {
    run_test(async |town: &mut Town| {
        for (number, text, start) in [
            ("+16125550131", "ALTO", "Listo: no mas mensajes"),
            (
                "+16125550132",
                "ya no me manden mensajes",
                "Listo: no mas mensajes",
            ),
            ("+16125550133", "JOOJI", "Waa diyaar: fariin dambe"),
            (
                "+16125550134",
                "fadlan ha ii soo dirin fariimo",
                "Waa diyaar: fariin dambe",
            ),
            (
                "+16125550135",
                "txhob xa ntawv rau kuv",
                "Tau lawm: yuav tsis xa ntxiv",
            ),
        ] {
            let answer = texts(town, number, text).await;
            assert!(answer.starts_with(start), "{text}: {answer}");
            assert_eq!(texts(town, number, text).await, "");
        }
        // A report is never taken for a wish to leave.
        let answer = texts(
            town,
            ROSA,
            "Stop texting me! 3 agents at Lake & Bloomington",
        )
        .await;
        assert!(answer.contains("K7"), "{answer}");
        read_rooms(town);
    })
    .await;
}

#[tokio::test]
async fn who_reported_and_stopped_is_not_even_thanked() {
    run_test(async |town: &mut Town| {
        let answer = texts(town, ROSA, "3 agents at Lake & Bloomington").await;
        assert!(answer.contains("K7"), "{answer}");
        read_rooms(town);
        texts(town, ROSA, "STOP").await;
        town.says("vera", "#verifiers", "ok k7").await;
        let said = read_rooms(town);
        assert!(said.contains("CONFIRMED"), "{said}");
        assert_eq!(town.phone(ROSA), "");
    })
    .await;
}

#[tokio::test]
async fn where_the_carrier_answers_its_own_words_the_bot_does_not() {
    run_test(async |town: &mut Town| {
        town.phones
            .answers_carrier_words
            .store(true, Ordering::SeqCst);
        subscribed(town, ROSA, "Powderhorn Park").await;
        assert_eq!(texts(town, ROSA, "HELP").await, "");
        assert!(texts(town, ROSA, "AYUDA").await.contains("STOP=leave"));
        assert_eq!(texts(town, ROSA, "start").await, "");
        assert_eq!(texts(town, ROSA, " Stop ").await, "");
        hears_nothing_any_more(town, ROSA).await;
        let back = texts(town, ROSA, "START").await;
        assert!(
            back.contains("Text your ZIP"),
            "their area was deleted, it is asked for: {back}"
        );
        subscribed(town, ROSA, "Powderhorn Park").await;
        let stopped = texts(town, ROSA, "ALTO").await;
        assert!(
            stopped.starts_with("Done: no more texts"),
            "the carrier does not know ALTO: {stopped}"
        );
    })
    .await;
}

#[tokio::test]
async fn start_brings_back_and_nothing_else_does() {
    run_test(async |town: &mut Town| {
        for word in ["START", "inicio", "unstop", "YES", "Sí"] {
            subscribed(town, ROSA, "Powderhorn Park").await;
            assert!(!texts(town, ROSA, "stop").await.is_empty());
            assert_eq!(
                texts(town, ROSA, "Powderhorn Park").await,
                "",
                "naming an area is no START"
            );
            assert_eq!(texts(town, ROSA, "yes I saw it too").await, "");
            let back = texts(town, ROSA, word).await;
            assert!(back.contains("Southside Watch, "), "{word}: {back}");
        }
        subscribed(town, ROSA, "Powderhorn Park").await;
        confirmed(town, "Lake & Bloomington").await;
        assert!(town.phone(ROSA).contains("K7"));
    })
    .await;
}

#[tokio::test]
async fn who_is_forgotten_leaves_no_trace_and_may_come_back() {
    run_test(async |town: &mut Town| {
        let empty = town.row_counts().await;
        subscribed(town, ROSA, "Powderhorn Park").await;
        let answer = texts(town, ROSA, "3 agents at 38th & Chicago").await;
        assert!(answer.contains("K7"), "{answer}");
        town.says("vera", "#verifiers", "ok k7").await;
        read_rooms(town);
        town.phone(ROSA);
        let ask = texts(town, ROSA, "forget me").await;
        assert!(ask.ends_with("1 yes"), "{ask}");
        assert_eq!(
            texts(town, ROSA, "1").await,
            "Done: nothing about you is kept. To join again text your neighborhood."
        );
        let counts = town.row_counts().await;
        for table in [
            "subscribers",
            "stops",
            "talks",
            "questions",
            "effects",
            "dead",
        ] {
            assert_eq!(counts[table], empty[table], "{table}");
        }
        let person = tocsin::domain::envelope::PersonRef::new(
            tocsin::domain::envelope::PlatformKind::Sms,
            ROSA,
        );
        let today = town.app.keyring.sender(&person, town.now()).today;
        // What was deleted is gone from the database's log as well after the hourly sweep.
        town.app.sweep().await.expect("swept");
        let dump = town.dump().await;
        for trace in [today.as_str(), &town.app.keyring.lasting(&person)] {
            assert!(!dump.contains(trace), "a trace of the person is left");
        }
        // The report stays, and its end is told in the rooms.
        town.says("vera", "#verifiers", "clear k7").await;
        assert!(read_rooms(town).contains("K7 over"));
        assert_eq!(town.phone(ROSA), "");
        subscribed(town, ROSA, "Powderhorn Park").await;
        texts(town, ROSA, "borrame").await;
        let kept = texts(town, ROSA, "no").await;
        assert!(!kept.contains("nothing about you"), "{kept}");
        assert_eq!(town.row_counts().await["subscribers"], 1);
    })
    .await;
}

#[tokio::test]
async fn pictures_are_not_kept_and_that_is_said_once_a_day() {
    run_test(async |town: &mut Town| {
        town.sends_a_picture(ROSA).await;
        town.sends_a_picture(ROSA).await;
        assert_eq!(
            town.phone(ROSA),
            "We can't keep pictures. Keep the original: don't edit it; note time and place. Text here what you see and where."
        );
        town.later(hours(24)).await;
        town.sends_a_picture(ROSA).await;
        assert!(town.phone(ROSA).starts_with("We can't keep pictures."));
    })
    .await;
}

#[tokio::test]
async fn small_talk_is_not_answered_for_ever_and_a_command_gone_wrong_is() {
    run_test(async |town: &mut Town| {
        let meant = texts(town, ROSA, "pause until noon").await;
        assert_eq!(meant, "Did you mean \"pause 8h\"?");
        assert!(
            texts(town, ROSA, "hello")
                .await
                .starts_with("Southside Watch")
        );
        assert_eq!(
            texts(town, ROSA, "I am driving and will answer later").await,
            ""
        );
        subscribed(town, ROSA, "Powderhorn Park").await;
        assert!(
            texts(town, ROSA, "thank you so much")
                .await
                .contains("STOP=leave")
        );
        assert_eq!(texts(town, ROSA, "have a nice day").await, "");
    })
    .await;
}

/// Floor 3, after everything that a person can do.
#[tokio::test]
async fn after_it_all_the_database_holds_no_number() {
    run_test(async |town: &mut Town| {
        for text in [
            "hola",
            "55408",
            "1",
            "add Powderhorn Park",
            "pause 8h",
            "resume",
            "news",
            "3 agents at Lake & Bloomington",
            "forget me",
            "+1 K7",
            "STOP",
            "start",
            "Whittier",
        ] {
            town.texts(ROSA, text).await;
            town.texts(OMAR, text).await;
        }
        town.phone(ROSA);
        town.phone(OMAR);
        read_rooms(town);
        let dump = town.dump().await;
        assert!(!dump.contains("5550111") && !dump.contains("5550122"));
    })
    .await;
}
