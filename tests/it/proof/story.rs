//! The product's story, word for word: joining and leaving in Spanish, a report by text, an alert to each in their language.

use super::{
    traces::{digits, digits_kept, listen_to_log, without_durations},
    world::{World, on_both},
};

const ROSA: &str = "+16125550111";
const OMAR: &str = "+16125550112";
const HODAN: &str = "+16125550113";
const CHUE: &str = "+16125550114";
/// She lives elsewhere.
const LUCIA: &str = "+16125550115";
/// He only reports.
const JUAN: &str = "+16125550116";
/// She joins when the alert is out already.
const NORA: &str = "+16125550117";

/// What each hears of the alarm, and of its end, after the clock's time and around it.
const ALERTS: [(&str, &str, &str, &str); 4] = [
    (
        ROSA,
        "CONFIRMADO ",
        " Whittier, Lake & Pillsbury, 4 personas, 2 vehiculos. Observe desde lejos, no interfiera. Ayuda legal 612-555-0100, K7",
        "K7 termino ",
    ),
    (
        OMAR,
        "CONFIRMED ",
        " Whittier, Lake & Pillsbury, 4 people, 2 vehicles. Observe from a distance, don't interfere. Legal 612-555-0100, K7",
        "K7 over ",
    ),
    (
        HODAN,
        "WAA LA XAQIIJIYAY ",
        " Whittier, Lake & Pillsbury, 4 qof, 2 gaari. Meel fog ka fiiri, ha faragelin. Sharci 612-555-0100, K7",
        "K7 waa dhammaaday ",
    ),
    (
        CHUE,
        "PAUB TSEEB LAWM ",
        " Whittier, Lake & Pillsbury, 4 leej, 2 lub tsheb. Saib deb deb, tsis txhob cuam tshuam. Kev cai 612-555-0100, K7",
        "K7 tas lawm ",
    ),
];

async fn joining(world: &World) {
    assert_eq!(
        world.answer(ROSA, "hola").await,
        "Tocsin, alertas vecinales. Mande su codigo postal o barrio, ej: 55408. English: EN. Soomaali: SO. AYUDA=ayuda ALTO=salir"
    );
    assert_eq!(
        world.answer(ROSA, "55408").await,
        "Ese codigo tiene 3 barrios. Responda 1 Whittier 2 Lowry Hill E 3 Lyndale"
    );
    assert_eq!(
        world.answer(ROSA, "1").await,
        "Listo: Whittier. Solo alertas confirmadas, max 6/dia. SMS no es privado: no mande nombres. AYUDA=ayuda ALTO=salir"
    );
    for (number, language, area, joined) in [
        (OMAR, "en", "Whittier", "Done: Whittier."),
        (HODAN, "SO", "Whittier", "Waa diyaar: Whittier."),
        (CHUE, "hmn", "Whittier", "Tau lawm: Whittier."),
        (LUCIA, "ES", "Powderhorn Park", "Listo: Powderhorn Park."),
    ] {
        world.answer(number, language).await;
        let answer = world.answer(number, area).await;
        assert!(answer.starts_with(joined), "{answer}");
    }
}

async fn reporting(world: &World) {
    let report = "4 agentes con chalecos en Lake y Pillsbury, 2 camionetas negras";
    let answer = world.answer(JUAN, report).await;
    assert_eq!(
        answer,
        "Gracias, pasado como K7: Whittier, Lake & Pillsbury, 4 personas, 2 vehiculos. Guarde su distancia.\n\
         Para recibir alertas confirmadas mande su codigo postal o barrio, ej: 55408. SMS no es privado: no mande nombres. \
         AYUDA=ayuda ALTO=salir"
    );
    let (room, card) = (world.heard_in("#whittier-1"), world.heard_in("#verifiers"));
    assert!(
        room.contains("UNCONFIRMED") && room.contains("Lake & Pillsbury · 4 people, 2 vehicles"),
        "{room}"
    );
    assert!(
        card.starts_with(
            "K7 unverified · Whittier · Lake & Pillsbury · 4 people, vests · 2 black SUVs"
        ),
        "{card}"
    );
    let others = world.all_rooms();
    assert_eq!(others.trim(), "", "before it is confirmed");
    for said in [room, card] {
        assert_eq!(digits(&said), [""; 0], "no number is shown: {said}");
    }
}

async fn alarm_and_its_end(world: &World) {
    world.says("vera", "#verifiers", "ok k7").await;
    let said = world.all_rooms();
    assert!(said.contains("✅ CONFIRMED"), "{said}");
    for (number, start, end, _) in ALERTS {
        let alert = world.phone(number).await;
        assert!(
            alert.starts_with(start) && alert.ends_with(end) && alert.lines().count() == 1,
            "{alert}"
        );
    }
    assert_eq!(world.phone(LUCIA).await, "");
    assert_eq!(
        world.phone(JUAN).await,
        "K7 esta confirmado. Gracias por reportarlo."
    );
    world.answer(NORA, "Whittier").await;
    world.says("vera", "#verifiers", "clear k7").await;
    for (number, _, _, start) in ALERTS {
        let end = world.phone(number).await;
        assert!(end.starts_with(start) && end.lines().count() == 1, "{end}");
    }
    for number in [LUCIA, JUAN, NORA] {
        assert_eq!(
            world.phone(number).await,
            "",
            "who was not alarmed hears no end"
        );
    }
    let said = world.all_rooms();
    assert!(
        said.contains("K7 over") && digits(&said).is_empty(),
        "{said}"
    );
}

async fn leaving(world: &World) {
    assert_eq!(
        world.answer(ROSA, "ALTO").await,
        "Listo: no mas mensajes, y su numero se borro. INICIO=volver"
    );
    assert_eq!(world.answer(ROSA, "ALTO").await, "", "one confirmation");
    assert_eq!(
        world.answer(OMAR, "STOP").await,
        "",
        "the carrier has answered"
    );
    assert_eq!(world.count("stops").await, 2);
    let tried = (world.tries(ROSA).await, world.tries(OMAR).await);
    world
        .says(
            "ana",
            "#whittier-1",
            "5 agents in vests at 26th and Grand, 2 black suvs",
        )
        .await;
    let card = world.heard_in("#verifiers");
    let (handle, _) = card.split_once(' ').expect("a card");
    world
        .says("vera", "#verifiers", &format!("ok {handle}"))
        .await;
    for number in [HODAN, CHUE, NORA] {
        let alert = world.phone(number).await;
        assert!(
            alert.ends_with(handle) && alert.lines().count() == 1,
            "{alert}"
        );
    }
    world
        .says("vera", "#verifiers", &format!("clear {handle}"))
        .await;
    assert_eq!(tried, (world.tries(ROSA).await, world.tries(OMAR).await));
    for number in [ROSA, OMAR, LUCIA, JUAN] {
        assert_eq!(world.phone(number).await, "");
    }
}

#[tokio::test]
async fn the_whole_story_in_spanish() {
    let (log, _collecting) = listen_to_log();
    on_both(async |world: &mut World| {
        joining(world).await;
        reporting(world).await;
        alarm_and_its_end(world).await;
        let kept = digits_kept(world).await;
        assert_eq!(kept, [""; 0], "in between the database keeps a number");
        leaving(world).await;
        world.all_is_forgotten().await;
        let kept = digits_kept(world).await;
        assert_eq!(kept, [""; 0], "in the end the database keeps a number");
        let dump = world.database.dump().await.unwrap();
        for number in [ROSA, OMAR, HODAN, CHUE, LUCIA, JUAN, NORA] {
            assert!(!dump.contains(number.trim_start_matches("+1")));
        }
    })
    .await;
    let log = without_durations(&log);
    assert!(log.contains("holding the account"), "it was collected");
    assert_eq!(digits(&log), [""; 0], "the log has a number: {log}");
}
