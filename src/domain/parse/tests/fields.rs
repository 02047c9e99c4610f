//! The fields of a report, as tables of phrases per kind of rule, in the languages that are read.

use super::{SENT, read};
use crate::domain::{
    parse::Parsed,
    report::{Range, TimeBasis},
};

fn range(range: Option<Range>) -> String {
    match range {
        None => "-".to_owned(),
        Some(Range { min, max: None }) => format!("{min}+"),
        Some(Range {
            min,
            max: Some(max),
        }) if min == max => min.to_string(),
        Some(Range {
            min,
            max: Some(max),
        }) => format!("{min}-{max}"),
    }
}

fn check(table: &[(&str, &str)], shown: impl Fn(&Parsed) -> String) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(text, expect)| {
            let found = shown(&read(text));
            (found != *expect).then(|| format!("{text:?}: {found:?}, not {expect:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn size(parsed: &Parsed) -> String {
    let size = parsed.report.size;
    format!("{} {}", range(size.people), range(size.vehicles))
}

/// Minutes before the message, or how vague it is.
fn seen(parsed: &Parsed) -> String {
    let seen = parsed.report.seen;
    match (seen.basis, seen.at) {
        (TimeBasis::Clock | TimeBasis::Relative, Some(at)) => {
            format!("-{}", (SENT.as_ms() - at.as_ms()) / 60_000)
        }
        (basis, _) => format!("{basis:?}"),
    }
}

fn vehicles(parsed: &Parsed) -> String {
    let shown = parsed.report.equipment.vehicles.iter().map(|vehicle| {
        let words = [&vehicle.color, &vehicle.make, &vehicle.model, &vehicle.body];
        let words: Vec<&str> = words.into_iter().filter_map(Option::as_deref).collect();
        format!("{} {}", range(vehicle.count), words.join(" "))
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn activity(parsed: &Parsed) -> String {
    let tags = parsed.report.activity.iter().map(|tag| format!("{tag:?}"));
    tags.collect::<Vec<_>>().join(" ")
}

#[test]
fn counts_are_ranges() {
    check(
        &[
            ("3-4 agents at the door", "3-4 -"),
            ("5 or 6 guys in vests", "5-6 -"),
            ("5 6 guys in vests", "5-6 -"),
            ("three, maybe four agents", "3-4 -"),
            ("a dozen agents", "12 -"),
            ("half a dozen officers", "6 -"),
            ("a couple of agents", "2 -"),
            ("at least 8 agents", "8+ -"),
            ("6+ agents", "6+ -"),
            ("20ish agents", "20 -"),
            ("HSI jackets x2", "2 -"),
            ("agents (3) at the corner", "3 -"),
            ("hay como 4 o 5 agentes", "4-5 -"),
            ("un par de agentes con chaleco", "2 -"),
            ("al menos 6 agentes", "6+ -"),
            ("shan askari oo maaskaro xidhan", "5 -"),
            ("laba ama saddex askari", "2-3 -"),
            ("ob peb tug tub ceev xwm", "2-3 -"),
            ("tsib tug neeg npog ntsej muag", "5 -"),
        ],
        size,
    );
}

#[test]
fn only_agents_and_their_vehicles_are_counted() {
    check(
        &[
            ("3 agents + 1 in the car", "4 -"),
            ("2 men and 1 woman in ICE vests", "3 -"),
            ("8 agents, 2 with rifles", "8 -"),
            ("4 agents took 2 workers", "4 -"),
            ("agents arrested 3 people", "- -"),
            ("6 neighbors watching 2 agents", "2 -"),
            ("agents 2 blocks from here", "- -"),
            ("2 agents at apartment 4", "2 -"),
            ("se llevaron a 2 muchachos, eran 5 agentes", "5 -"),
            ("3 agents pulled over a red civic", "3 -"),
            ("2 black suvs and a white van", "- 3"),
            ("3 vehicles: black tahoe, white explorer, silver van", "- 3"),
            ("laba gaari oo madow iyo afar askari", "4 2"),
            ("ob lub tsheb dub thiab peb tug neeg", "3 2"),
        ],
        size,
    );
}

#[test]
fn times_are_read_as_people_write_them() {
    check(
        &[
            ("ICE at the mall 10 min ago", "-10"),
            ("agents here like 5 ago", "-5"),
            ("ICE at the mall about an hour ago", "-60"),
            ("ICE at the mall half hour ago", "-30"),
            ("ICE there an hour and a half ago", "-90"),
            ("agents at the mall around 1:45", "-29"),
            ("agents at the mall 2:04pm", "-10"),
            ("agents at the mall at quarter past 1", "-59"),
            ("agents at the mall 10 til 2", "-24"),
            ("agents at the mall at noon", "-134"),
            ("agents at the mall since 2", "-14"),
            ("4 agents at the mall 1345 hrs", "-29"),
            ("vi a la migra hace 10 minutos", "-10"),
            ("la migra hace media hora", "-30"),
            ("la migra estaba a las 12 y media", "-104"),
            ("ICE ayaa taagan 10 daqiiqo ka hor", "-10"),
            ("ICE nyob ntawd 15 feeb dhau los", "-15"),
            ("ICE at the mall earlier today", "Vague"),
            ("ICE at the mall rn", "Now"),
            ("la migra ahorita en la tienda", "Now"),
            ("ICE hadda", "Now"),
            ("ICE tam sim no", "Now"),
            ("2 agents at the mall", "Assumed"),
        ],
        seen,
    );
}

#[test]
fn vehicles_are_told_by_color_make_and_body() {
    check(
        &[
            (
                "2 tahoes and a white transit",
                "2 Chevrolet Tahoe suv, 1 white Ford Transit van",
            ),
            ("dark grey chevy suburban", "1 gray Chevrolet Suburban suv"),
            ("black expediton tinted", "1 black Ford Expedition suv"),
            ("two suvs, one black one white", "1 black suv, 1 white suv"),
            (
                "one charger one explorer, both black",
                "1 black Dodge Charger sedan, 1 black Ford Explorer suv",
            ),
            (
                "a dark sedan, i think its a dodge charger",
                "1 dark Dodge Charger sedan",
            ),
            ("they pulled over a blue honda", ""),
            (
                "dos camionetas negras y una troca gris",
                "2 black suv, 1 gray pickup",
            ),
            ("una van blanca sin placas", "1 white van"),
            ("los agentes se van", ""),
            ("laba SUV oo madow", "2 black suv"),
            ("ob lub tsheb dawb", "2 white car"),
        ],
        vehicles,
    );
}

#[test]
fn what_they_do_is_told_from_what_neighbors_do() {
    check(
        &[
            ("agents knocking on doors", "Knocking"),
            ("agents here but not knocking", ""),
            ("I'm parked across from the agents", ""),
            ("they took my neighbor", "Detaining"),
            ("ICE searching a car", "VehicleStop"),
            ("they pulled a guy over", "VehicleStop"),
            ("agents asking people for papers", "Questioning"),
            ("helicopter circling", "Aerial"),
            ("they turned left at the light", ""),
            ("estan tocando puertas", "Knocking"),
            ("se llevaron a mi primo", "Detaining"),
            ("waxay garaacayaan albaabada", "Knocking"),
            ("lawv khob qhov rooj", "Knocking"),
        ],
        activity,
    );
}

#[test]
fn a_report_is_laid_out_in_many_ways() {
    let all = |parsed: &Parsed| format!("{} {} {}", size(parsed), activity(parsed), seen(parsed));
    let expect = "4 2 Knocking -14";
    for text in [
        "S: 4 A: knocking L: 38th & Chicago U: vests T: 2:00 E: 2 suvs",
        "S - 4\nA - knocking\nL - 38th & Chicago\nU - vests\nT - 2:00\nE - 2 suvs",
        "Size (how many): 4\nActivity: knocking\nLocation: 38th & Chicago\nUniform/Unit: vests\nTime: 2pm\nEquipment: 2 suvs",
        "1) 4 2) knocking 3) 38th & Chicago 4) vests 5) 2:00 6) 2 suvs",
        "4 / knocking / 38th & Chicago / vests / 2:00 / 2 suvs",
        "size 4 activity knocking location 38th & Chicago uniform vests time 2:00 equipment 2 suvs",
        "T 1400\nS 4\nU vests\nA knocking\nL 38th & Chicago\nE 2 suvs",
        "**Size:** 4 **Activity:** knocking **Location:** 38th & Chicago **Unit:** vests **Time:** 2:00 **Equipment:** 2 suvs",
        "Tamaño: 4\nActividad: tocando puertas\nLugar: la 38 y Chicago\nUniforme: chalecos\nHora: 2:00\nEquipo: 2 camionetas",
        "Tirada: 4\nWaxqabad: albaabada garaacid\nGoobta: 38th iyo Chicago\nDharka: feesto\nWaqtiga: 2:00\nQalabka: laba SUV",
        "Pes tsawg: 4\nUa dab tsi: khob qhov rooj\nQhov chaw: 38th thiab Chicago\nRis tsho: mask\nSij hawm: 2:00\nCuab yeej: ob lub tsheb",
    ] {
        check(&[(text, expect)], all);
    }
}
