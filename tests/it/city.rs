//! Any city: imported from an extract of our own making, loaded as the bot does, checked and drawn.

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;
use tocsin::{
    config::Config,
    domain::{
        ids::AreaId,
        parse::Reading,
        place::{Found, Place, PlaceKind},
        timestamp::Timestamp,
    },
};

use crate::pbf::Extract;

/// A folder of settings without a city, and files beside it.
struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        let config = bench.path("bot-config");
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("bot-config");
        for folder in ["holds", "lexicon"] {
            fs::create_dir_all(config.join(folder)).unwrap();
            for entry in fs::read_dir(shipped.join(folder)).unwrap().flatten() {
                fs::copy(entry.path(), config.join(folder).join(entry.file_name())).unwrap();
            }
        }
        fs::copy(
            shipped.join("playground.toml"),
            config.join("playground.toml"),
        )
        .unwrap();
        fs::write(
            config.join("tocsin.toml"),
            format!(
                "prompts_dir = \"{}\"\n[community]\nname = \"Bell Harbor\"\ncity = \"bell-harbor\"\nlegal_hotline = \"555-0100\"\n",
                Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts").display()
            ),
        )
        .unwrap();
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), text).unwrap();
        self.path(name).display().to_string()
    }

    fn city(&self, file: &str) -> PathBuf {
        self.path("bot-config/cities/bell-harbor").join(file)
    }

    fn tocsin(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_tocsin"))
            .arg("--config")
            .arg(self.path("bot-config"))
            .arg("city")
            .args(words)
            .output()
            .unwrap()
    }

    /// Runs it and expects success; what it printed.
    fn good(&self, words: &[&str]) -> String {
        let output = self.tocsin(words);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        assert_eq!(said, "", "no progress where there is no terminal");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs it and expects problems; what it said, without the folder's path.
    fn bad(&self, words: &[&str]) -> Vec<String> {
        let output = self.tocsin(words);
        assert!(!output.status.success());
        let said = String::from_utf8(output.stderr).unwrap();
        let here = format!("{}/", self.0.path().display());
        said.lines().map(|line| line.replace(&here, "")).collect()
    }

    fn import(&self, more: &[&str]) -> String {
        let areas = self.write("areas.geojson", AREAS.replace('\'', "\""));
        let osm = self.write("town.osm.pbf", town().encoded());
        let mut words = vec!["import", "bell-harbor", "--areas", &areas, "--osm", &osm];
        words.extend(["--time-zone", "Europe/Helsinki"]);
        words.extend(more);
        self.good(&words)
    }

    fn found(&self, text: &str, near: &[&str]) -> Found {
        let config = Config::load_with(&self.path("bot-config"), &|_| None).unwrap();
        let near: Vec<AreaId> = near.iter().map(|id| AreaId::new(*id)).collect();
        let reading = Reading {
            sent_at: Timestamp::from_ms(1_767_225_600_000),
            near: &near,
            is_reply: false,
            earlier: None,
        };
        config.reader().unwrap().read(text, &reading).found
    }

    fn place(&self, text: &str) -> Place {
        match self.found(text, &[]) {
            Found::One(place) => *place,
            other => panic!("{text}: {other:?}"),
        }
    }

    /// `name (area, area)`.
    fn check(&self, text: &str, expect: &str) {
        let place = self.place(text);
        let mut areas: Vec<&str> = place.areas.iter().map(AreaId::as_str).collect();
        areas.sort_unstable();
        let shown = format!("{} ({})", place.name, areas.join(", "));
        assert_eq!(shown, expect, "{text}");
    }
}

/// A point so many metres east and north of 60 N, 25 E.
fn at(x: i32, y: i32) -> (f64, f64) {
    (
        60.0 + f64::from(y) / 111_195.0,
        25.0 + f64::from(x) / 55_597.5,
    )
}

/// Two squares of a kilometer side by side, the second with a hole; the sea around them.
const AREAS: &str = "{'type': 'FeatureCollection', 'features': [
  {'type': 'Feature', 'properties': {'id': 'bh/norrby', 'name': 'Norrby', 'aliases': 'the north; nordan'},
   'geometry': {'type': 'Polygon', 'coordinates': [[[25.0, 60.0], [25.017986, 60.0], [25.017986, 60.008993], [25.0, 60.008993], [25.0, 60.0]]]}},
  {'type': 'Feature', 'properties': {'id': 'bh/soderby', 'name': 'S\u{f6}derby'},
   'geometry': {'type': 'MultiPolygon', 'coordinates': [[[[25.017986, 60.0], [25.035973, 60.0], [25.035973, 60.008993], [25.017986, 60.008993], [25.017986, 60.0]],
     [[25.030, 60.001], [25.034, 60.001], [25.034, 60.003], [25.030, 60.003], [25.030, 60.001]]]]}}
]}";

/// The town on the map: see the names.
fn town() -> Extract {
    let mut town = Extract::new();
    let mut line = |tags: &[(&str, &str)], points: &[(i32, i32)]| {
        let nodes: Vec<i64> = points
            .iter()
            .map(|(x, y)| i64::from(*x) * 10_000 + i64::from(*y))
            .collect();
        for (node, (x, y)) in nodes.iter().zip(points) {
            town.node(*node, at(*x, *y), &[]);
        }
        town.way(tags, &nodes)
    };
    let kellotie = [
        ("highway", "primary"),
        ("name", "Kellotie"),
        ("name:sv", "Klockv\u{e4}gen"),
        ("alt_name", "Kellari;Kellis"),
    ];
    line(&kellotie, &[(0, 500), (250, 501), (500, 500), (1000, 500)]);
    line(&kellotie, &[(2000, 500), (1500, 500), (1000, 500)]);
    let street = |name| [("highway", "residential"), ("name", name)];
    line(
        &street("Pe\u{f1}aranda"),
        &[(500, 0), (500, 500), (500, 1000)],
    );
    line(
        &street("Calle 10"),
        &[
            (1500, 0),
            (1500, 300),
            (1500, 500),
            (1500, 800),
            (1500, 1000),
        ],
    );
    line(
        &street("Avenida 5"),
        &[(1200, 300), (1500, 300), (1800, 300)],
    );
    line(
        &street("East Bell Street"),
        &[(1000, 800), (1500, 800), (1800, 800), (1900, 800)],
    );
    line(&street("26th Avenue North"), &[(1800, 300), (1800, 800)]);
    line(&street("26th Avenue South"), &[(1100, 300), (1200, 300)]);
    // Over Kellotie on a bridge: they share no node.
    line(&street("Bridge Avenue"), &[(750, 100), (750, 900)]);
    // A roundabout without a name joins these two.
    line(
        &[("highway", "residential"), ("junction", "roundabout")],
        &[(250, 760), (260, 750), (250, 740), (240, 750), (250, 760)],
    );
    line(&street("Oak Street"), &[(0, 750), (240, 750)]);
    line(&street("Elm Street"), &[(260, 750), (400, 750)]);
    // Far from the areas.
    line(&street("Nowhere Street"), &[(9000, 9000), (9000, 9500)]);
    for (number, x) in [("2", 100), ("4", 200), ("10", 500), ("20b", 1000)] {
        let house = [("addr:street", "Kellotie"), ("addr:housenumber", number)];
        town.node(900_000 + i64::from(x), at(x, 512), &house);
    }
    let spot = |town: &mut Extract, name: &str, tag: (&str, &str), x, y| {
        let id = 800_000_000 + i64::from(x) * 10_000 + i64::from(y);
        town.node(id, at(x, y), &[("name", name), tag]);
    };
    spot(&mut town, "Alpha Mart", ("shop", "supermarket"), 510, 300);
    spot(&mut town, "Alpha Mart", ("shop", "supermarket"), 1510, 150);
    spot(&mut town, "Norrby", ("railway", "station"), 300, 300);
    spot(&mut town, "Bell Harbor", ("railway", "station"), 320, 300);
    spot(&mut town, "Bell Tower", ("tourism", "attraction"), 800, 600);
    spot(&mut town, "Agent", ("shop", "clothes"), 800, 620);
    let park: Vec<i64> = [(900, 600), (1250, 600), (1250, 700), (900, 700), (900, 600)]
        .iter()
        .map(|(x, y)| {
            let id = 700_000_000 + i64::from(*x) * 10_000 + i64::from(*y);
            town.node(id, at(*x, *y), &[]);
            id
        })
        .collect();
    let outline = town.way(&[], &park);
    let tags = [
        ("type", "multipolygon"),
        ("leisure", "park"),
        ("name", "Harbor Green"),
    ];
    town.relation(&tags, &[outline]);
    town
}

#[test]
fn a_message_in_an_imported_city_is_located() {
    let bench = Bench::new();
    let told = bench.import(&[]);
    assert!(
        told.starts_with("Bell Harbor: 2 areas, 10 streets (1 with house numbers)"),
        "{told}"
    );
    assert!(told.contains("What to do next"), "{told}");
    for text in [
        "3 agents at Kellotie & Pe\u{f1}aranda",
        "2 vans kellotie and penaranda",
        "agents en Pe\u{f1}aranda y Kellis",
        "KLOCKVAGEN/PENARANDA agents now",
    ] {
        bench.check(text, "Kellotie & Pe\u{f1}aranda (bh/norrby)");
    }
    bench.check(
        "agentes en calle 10 y avenida 5",
        "Avenida 5 & Calle 10 (bh/soderby)",
    );
    bench.check("agents at bell & calle 10", "Calle 10 & Bell (bh/soderby)");
    assert_eq!(
        bench.place("vans on bell st at 26th ave n").streets,
        ["26th Avenue North", "East Bell Street"]
    );
    bench.check("agents at oak and elm", "Elm & Oak (bh/norrby)");
}

#[test]
fn what_passes_over_on_a_bridge_is_no_corner() {
    let bench = Bench::new();
    bench.import(&[]);
    assert_eq!(
        bench.found("agents at Kellotie & Bridge Avenue", &[]),
        Found::Unknown
    );
}

#[test]
fn a_house_number_lies_between_its_neighbors_and_is_not_passed_on() {
    let bench = Bench::new();
    bench.import(&[]);
    let place = bench.place("ICE at Kellotie 6, two cars");
    assert_eq!((place.kind, place.number), (PlaceKind::Address, Some(6)));
    assert_eq!(place.name, "Kellotie near Pe\u{f1}aranda");
    let point = place.point.unwrap();
    let (lat, lon) = at(300, 500);
    assert!((point.lat - lat).abs() < 0.0002 && (point.lon - lon).abs() < 0.0004);
    assert_ne!(
        bench.place("agents on Kellotie 3 vans").kind,
        PlaceKind::Address
    );
}

#[test]
fn names_that_mean_two_places_need_more_words() {
    let bench = Bench::new();
    bench.import(&[]);
    let found = bench.found("agents at alpha mart", &[]);
    assert!(!matches!(found, Found::One(_)), "{found:?}");
    bench.check(
        "agents at alpha mart on calle 10",
        "Alpha Mart (Calle 10) (bh/soderby)",
    );
    bench.check("agents at norrby station", "Norrby station (bh/norrby)");
    assert_eq!(
        bench.place("agents in norrby").kind,
        PlaceKind::Neighborhood
    );
    assert!(
        !matches!(bench.found("agents all over bell harbor", &[]), Found::One(place) if place.kind == PlaceKind::Place)
    );
    bench.check("2 agents at the bell tower", "Bell Tower (bh/norrby)");
    bench.check(
        "agents at harbor green",
        "Harbor Green (bh/norrby, bh/soderby)",
    );
}

#[test]
fn an_import_gives_the_same_files_each_time_and_keeps_what_people_wrote() {
    let (bench, other) = (Bench::new(), Bench::new());
    bench.import(&[]);
    other.import(&[]);
    for file in [
        "areas.toml",
        "landmarks.toml",
        "imported/borders.csv",
        "imported/streets.csv",
        "imported/corners.csv",
        "imported/places.csv",
        "imported/features.csv",
    ] {
        let read = |bench: &Bench| fs::read_to_string(bench.city(file)).unwrap();
        assert_eq!(read(&bench), read(&other), "{file}");
    }
    assert!(bench.import(&[]).contains("nothing was written"));

    let areas = fs::read_to_string(bench.city("areas.toml")).unwrap();
    let mine = areas.replace("\"nordan\"", "\"nordan\", \"the old harbor\"");
    fs::write(bench.city("areas.toml"), &mine).unwrap();
    assert!(bench.import(&[]).contains("nothing was written"));

    let fewer = AREAS.replace('\'', "\"").replace("25.035973", "25.034");
    let fewer = bench.write("fewer.geojson", fewer);
    let osm = bench.path("town.osm.pbf").display().to_string();
    let words = ["import", "bell-harbor", "--areas", &fewer, "--osm", &osm];
    let said = bench.bad(&words);
    assert!(said[0].contains("say --force"), "{said:?}");
    bench.good(&[&words[..], &["--force"]].concat());
    assert_eq!(fs::read_to_string(bench.city("areas.toml")).unwrap(), mine);
    bench.check("agents in the old harbor", "Norrby (bh/norrby)");
}

#[test]
fn all_problems_of_a_file_of_areas_are_told_at_once() {
    let bench = Bench::new();
    let areas = bench.write(
        "areas.geojson",
        r#"{"type": "FeatureCollection", "features": [
          {"type": "Feature", "properties": {"NAME": "A"}, "geometry": {"type": "Polygon", "coordinates": [[[25, 60], [26, 60], [26, 61], [25, 60]]]}},
          {"type": "Feature", "properties": {"name": "B"}, "geometry": {"type": "Point", "coordinates": [25, 60]}},
          {"type": "Feature", "properties": {"name": "C"}, "geometry": {"type": "Polygon", "coordinates": [[[385000, 6672000], [386000, 6672000], [386000, 6673000]]]}},
          {"type": "Feature", "properties": {"name": "D"}, "geometry": {"type": "Polygon", "coordinates": [[[45, -93], [45, -94], [46, -94]]]}},
          {"type": "Feature", "properties": {"name": "E"}, "geometry": {"type": "Polygon", "coordinates": [[[25, 60], [26, 60]]]}},
          {"type": "Feature", "properties": {"name": "F"}, "geometry": {"type": "Polygon", "coordinates": [[[25, 60], [26, 60], [26, 61]]]}},
          {"type": "Feature", "properties": {"name": "f"}, "geometry": {"type": "Polygon", "coordinates": [[[25, 60], [26, 60], [26, 61]]]}}
        ]}"#,
    );
    let said = bench.bad(&["import", "x", "--areas", &areas]);
    assert_eq!(
        said,
        [
            "areas.geojson: feature 1: has no property `name` to be its name: say --name and one of NAME",
            "areas.geojson: feature 2 (B): is a Point: an area is a Polygon or a MultiPolygon",
            "areas.geojson: feature 3 (C): [385000,6672000] is not in degrees: export the file in WGS 84 (EPSG:4326)",
            "areas.geojson: feature 4 (D): [45,-93] is latitude before longitude: GeoJSON wants [longitude, latitude]",
            "areas.geojson: feature 5 (E): has a ring of fewer than three points",
            "areas.geojson: 2 areas have the id `f`: say --id and a property that differs, or give them names that differ",
            "bot-config/cities/x: is a new city: say its time zone, such as --time-zone Europe/Helsinki",
            "areas.geojson: nothing says where the streets are: give --osm, or --streets and --corners",
            "tocsin: 8 problem(s) above",
        ]
    );
}

#[test]
fn a_city_can_come_from_tables_alone() {
    let bench = Bench::new();
    let areas = bench.write(
        "areas.csv",
        "id,name,aliases,path\nbh/mill,Mill Hill,the hill|millers,60.0 25.0; 60.0 25.02; 60.01 25.02; 60.01 25.0\n",
    );
    let streets = bench.write(
        "streets.csv",
        "street,aliases,path\n# drawn by hand\nMill Road,,60.005 25.001; 60.005 25.019\n\"Quay, Upper\",the quay,60.001 25.01; 60.009 25.01\n",
    );
    let places = bench.write(
        "places.csv",
        "name,lat,lon,aliases\nUnion Hall,60.004,25.004,la casa del pueblo\n",
    );
    let mut words = vec!["import", "bell-harbor", "--areas", &areas, "--streets"];
    words.extend([
        &streets,
        "--places",
        &places,
        "--time-zone",
        "America/Chicago",
    ]);
    bench.good(&words);
    bench.check(
        "agents at mill and the quay",
        "Mill & Quay, Upper (bh/mill)",
    );
    bench.check("vans en la casa del pueblo", "Union Hall (bh/mill)");

    let corners = bench.write(
        "corners.csv",
        "street,cross,lat,lon\nMill Road,Lock Street,60.005,25.015\nMill Road,\"Quay, Upper\",60.005,here\n",
    );
    words.extend(["--corners", &corners, "--force"]);
    assert_eq!(
        bench.bad(&words)[0],
        "corners.csv:3: `60.005`, `here` is not a latitude and a longitude in degrees"
    );
    bench.write(
        "corners.csv",
        "street,cross,lat,lon\nMill Road,Lock Street,60.005,25.015\n",
    );
    bench.good(&words);
    bench.check("agents at mill and lock", "Lock & Mill (bh/mill)");
}

#[test]
fn a_file_that_is_no_extract_is_told_and_changes_nothing() {
    let bench = Bench::new();
    let areas = bench.write("areas.geojson", AREAS.replace('\'', "\""));
    let whole = town().encoded();
    for (name, bytes) in [
        ("cut", &whole[..whole.len() / 2]),
        ("text", b"this is no map".as_slice()),
        ("empty", b"".as_slice()),
    ] {
        let osm = bench.write(name, bytes);
        let mut words = vec!["import", "bell-harbor", "--areas", &areas, "--osm", &osm];
        words.extend(["--time-zone", "Europe/Helsinki"]);
        let said = bench.bad(&words);
        assert!(said[0].starts_with(&format!("{name}: ")), "{said:?}");
    }
    assert!(!bench.city("").exists());
}

#[test]
fn a_damaged_extract_is_no_fault() {
    let bench = Bench::new();
    let areas = bench.write("areas.geojson", AREAS.replace('\'', "\""));
    let whole = town().encoded();
    for at in (0..whole.len()).step_by(whole.len() / 60) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x5a;
        let osm = bench.write("damaged", &damaged);
        let mut words = vec!["import", "bell-harbor", "--areas", &areas, "--osm", &osm];
        words.extend(["--time-zone", "Europe/Helsinki", "--force"]);
        let said = String::from_utf8(bench.tocsin(&words).stderr).unwrap();
        assert!(!said.contains("a fault at"), "byte {at}: {said}");
    }
}

#[test]
fn a_check_tells_what_is_doubtful_and_draws_it() {
    let bench = Bench::new();
    bench.import(&[]);
    let map = bench.path("map.html").display().to_string();
    let told = bench.good(&["check", "--map", &map]);
    for line in [
        "good     Bell Harbor: 2 areas, 10 streets, 8 corners, 7 landmarks",
        "good     no two areas overlap",
        "belong to no area, between S\u{f6}derby",
        "the border of Norrby and S\u{f6}derby follows no known street, river or railway for",
        "doubtful Bridge Avenue crosses no other street",
        "good     every landmark lies in an area",
    ] {
        assert!(told.contains(line), "{line} in\n{told}");
    }
    let page = fs::read_to_string(&map).unwrap();
    for part in [
        "<title>Kellotie</title>",
        "S\u{f6}derby",
        "class=\"gap\"",
        "prefers-color-scheme",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("http"), "the page asks nobody for anything");

    let twice = bench.write(
        "twice.csv",
        "id,name,aliases,path\na,North,both,60.0 25.0; 60.0 25.02; 60.01 25.02; 60.01 25.0\n\
         b,South,both,60.005 25.0; 60.005 25.02; 60.015 25.02; 60.015 25.0\n",
    );
    let osm = bench.path("town.osm.pbf").display().to_string();
    let mut words = vec!["import", "twice", "--areas", &twice, "--osm", &osm];
    words.extend(["--time-zone", "UTC"]);
    bench.good(&words);
    let told = bench.good(&["check", "twice"]);
    assert!(told.contains("North and South overlap by 62 ha"), "{told}");
    assert!(told.contains("\"both\" means North and South"), "{told}");
    assert_eq!(
        bench.bad(&["check", "nowhere"])[0],
        "bot-config/cities/nowhere: is not there; there is bell-harbor, twice"
    );
}

#[test]
fn the_shipped_city_is_checked_too() {
    let output = Command::new(env!("CARGO_BIN_EXE_tocsin"))
        .args(["city", "check", "twin-cities"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    assert!(told.starts_with("good     Minneapolis-St Paul:"), "{told}");
}

/// Real extracts, where they lie beside the repository; they are not ours to ship.
fn real(name: &str) -> Option<String> {
    ["../shared", "../../shared"].iter().find_map(|shared| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(shared)
            .join("data/twin-cities/osm")
            .join(name);
        path.is_file().then(|| path.display().to_string())
    })
}

#[test]
fn real_extracts_are_read_where_they_are_at_hand() {
    let bench = Bench::new();
    let square = |name: &str, south: f64, west: f64, north: f64, east: f64| {
        bench.write(
            &format!("{name}.csv"),
            format!(
                "name,path\n{name},{south} {west}; {south} {east}; {north} {east}; {north} {west}\n"
            ),
        )
    };
    let helsinki = square("Helsinki", 60.1, 24.8, 60.3, 25.3);
    let minneapolis = square("Minneapolis", 44.8, -93.4, 45.1, -93.1);
    let world = square("World", -89.0, -179.0, 89.0, 179.0);
    let import = |areas: &str, file: &str| {
        let osm = real(file)?;
        let mut words = vec!["import", "bell-harbor", "--areas", areas, "--osm", &osm];
        words.extend(["--time-zone", "UTC", "--force"]);
        let _ = fs::remove_dir_all(bench.city(""));
        Some(bench.tocsin(&words))
    };
    if let Some(output) = import(&helsinki, "Helsinki.osm.pbf") {
        assert!(output.status.success());
        bench.check(
            "poliisi Mannerheimintie & Kaivokatu",
            "Kaivokatu & Mannerheimintie (helsinki)",
        );
    }
    if let Some(output) = import(&minneapolis, "minneapolis_bikeway_streets.osm.pbf") {
        assert!(output.status.success());
    }
    // None of these holds a named street, and one is a history: each is told, none is a fault.
    for file in [
        "osmpbf_crate_deleted_nodes.osh.pbf",
        "osmpbf_crate_loc_on_ways.osm.pbf",
        "osmpbf_crate_test.osm.pbf",
        "osmpbf_crate_test_nozlib.osm.pbf",
        "osmpbf_crate_test_nozlib_nodense.osm.pbf",
    ] {
        if let Some(output) = import(&world, file) {
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(
                output.status.success() || said.contains(file) && !said.contains("fault"),
                "{file}: {said}"
            );
        }
    }
}
