//! What the tags of OpenStreetMap say: names, kinds of ways, kinds of places.

use super::collected::Names;

/// The tags of one thing.
pub(super) struct Tags<'a>(Vec<(&'a str, &'a str)>);

/// Ways that are no street, though they are tagged as one.
const NO_STREET: [&str; 12] = [
    "proposed",
    "construction",
    "abandoned",
    "razed",
    "disused",
    "platform",
    "bus_stop",
    "elevator",
    "rest_area",
    "services",
    "corridor",
    "via_ferrata",
];

/// Keys that make a named thing a place that people may name.
const PLACE_KEYS: [&str; 18] = [
    "railway",
    "public_transport",
    "amenity",
    "shop",
    "leisure",
    "tourism",
    "healthcare",
    "historic",
    "office",
    "craft",
    "man_made",
    "place",
    "landuse",
    "natural",
    "aeroway",
    "highway",
    "emergency",
    "building",
];

/// Values of those keys that nobody names as a place, or that are no place.
const NO_PLACE: [&str; 52] = [
    "no",
    "abandoned",
    "disused",
    "rail",
    "tram",
    "subway",
    "light_rail",
    "razed",
    "proposed",
    "construction",
    "switch",
    "signal",
    "level_crossing",
    "crossing",
    "bench",
    "waste_basket",
    "parking_space",
    "vending_machine",
    "atm",
    "bicycle_parking",
    "bicycle_rental",
    "car_sharing",
    "post_box",
    "telephone",
    "recycling",
    "charging_station",
    "toilets",
    "parking_entrance",
    "motorcycle_parking",
    "information",
    "artwork",
    "tree",
    "peak",
    "tree_row",
    "memorial",
    "stop_position",
    "subway_entrance",
    "residential",
    "farmland",
    "forest",
    "grass",
    "city",
    "town",
    "county",
    "state",
    "country",
    "municipality",
    "region",
    "neighbourhood",
    "suburb",
    "quarter",
    "house",
];

/// Ways with these highway values are named places, not streets.
const HIGHWAY_PLACES: [&str; 3] = ["bus_stop", "services", "rest_area"];

/// Places that stand for an area of their own, which GeoJSON brings.
const AREAS: [&str; 5] = ["island", "islet", "locality", "village", "hamlet"];

impl<'a> Tags<'a> {
    pub(super) fn new(tags: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        Self(tags.collect())
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a str> {
        self.0
            .iter()
            .find(|(known, _)| *known == key)
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    fn is(&self, key: &str, value: &str) -> bool {
        self.get(key) == Some(value)
    }

    /// The names, where there is one; a road with a number and no name is called by it.
    pub(super) fn names(&self) -> Option<Names> {
        let number = self.get("ref").filter(|number| {
            number.chars().any(char::is_alphabetic) && number.chars().any(|c| c.is_ascii_digit())
        });
        let is_road = matches!(
            self.get("highway"),
            Some("motorway" | "trunk" | "primary" | "secondary")
        );
        let name = self.get("name").map(clean).or_else(|| {
            number
                .filter(|_| is_road)
                .and_then(|number| number.split(';').next())
                .map(clean)
        })?;
        let mut names = Names {
            name: name.clone(),
            ..Names::default()
        };
        for key in [
            "alt_name",
            "old_name",
            "short_name",
            "loc_name",
            "official_name",
            "bridge:name",
        ] {
            for other in self.get(key).into_iter().flat_map(|list| list.split(';')) {
                names.others.insert(clean(other));
            }
        }
        if self.get("highway").is_some() {
            for other in number.into_iter().flat_map(|list| list.split(';')) {
                names.others.insert(clean(other));
            }
        }
        for (key, value) in &self.0 {
            if let Some(code) = key.strip_prefix("name:")
                && (2..=3).contains(&code.len())
                && code.chars().all(|c| c.is_ascii_lowercase())
                && !value.trim().is_empty()
            {
                names.translations.insert(code.to_owned(), clean(value));
            }
        }
        names.others.remove(&name);
        names.others.remove("");
        Some(names)
    }

    /// Whether this way is a street of which people may speak, if it has a name.
    pub(super) fn is_street(&self) -> bool {
        self.get("highway")
            .is_some_and(|highway| !NO_STREET.contains(&highway))
            && !self.is("area", "yes")
    }

    /// Whether it is a roundabout: streets that touch it meet.
    pub(super) fn is_roundabout(&self) -> bool {
        matches!(self.get("junction"), Some("roundabout" | "circular"))
            || self.is("highway", "mini_roundabout")
    }

    /// What kind of place it is, if it is one; as people may say it behind its name.
    pub(super) fn place(&self) -> Option<String> {
        if self.is_street()
            && !self
                .get("highway")
                .is_some_and(|kind| HIGHWAY_PLACES.contains(&kind))
        {
            return None;
        }
        let (key, value) = PLACE_KEYS
            .iter()
            .filter_map(|key| Some((*key, self.get(key)?)))
            .find(|(key, value)| {
                !NO_PLACE.contains(value)
                    && !AREAS.contains(value)
                    && (*key != "highway"
                        || HIGHWAY_PLACES.contains(value)
                        || self.is("area", "yes"))
                    && (*key != "natural" || matches!(*value, "water" | "beach" | "bay"))
                    && (*key != "man_made"
                        || matches!(*value, "bridge" | "pier" | "tower" | "works"))
            })?;
        let kind = match (key, value) {
            ("amenity", "place_of_worship") => match self.get("religion") {
                Some("christian") => "church",
                Some("muslim") => "mosque",
                Some("jewish") => "synagogue",
                _ => "temple",
            },
            ("railway", "halt") | ("public_transport", "station") => "station",
            ("public_transport" | "highway", "platform" | "bus_stop") => "stop",
            ("railway", "tram_stop") => "stop",
            ("highway", _) | ("place", "square") => "square",
            ("shop", "yes") => "shop",
            ("building", _) => "building",
            ("office", _) => "office",
            ("natural", "water") => "lake",
            (_, "yes") => key,
            (_, value) => value,
        };
        Some(kind.replace('_', " "))
    }

    /// What kind of border it could be that is no street: a river, shore or railway.
    pub(super) fn feature(&self) -> Option<&'static str> {
        match (
            self.get("waterway"),
            self.get("natural"),
            self.get("railway"),
        ) {
            (Some("river" | "canal" | "stream" | "riverbank"), ..) => Some("water"),
            (_, Some("coastline" | "water"), _) => Some("water"),
            (.., Some("rail" | "light_rail" | "disused" | "abandoned")) => Some("rail"),
            _ => None,
        }
    }

    /// A house number with its street.
    pub(super) fn house(&self) -> Option<(String, u32)> {
        let street = self.get("addr:street").or_else(|| self.get("addr:place"))?;
        let number = self.get("addr:housenumber")?;
        let digits = number
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(number.len());
        let number = number.get(..digits)?.parse().ok()?;
        Some((clean(street), number))
    }
}

/// A name in one line, without what parts fields in our files.
fn clean(name: &str) -> String {
    name.replace(['|', ';', '\n', '\r', '\t'], " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(of: &[(&'static str, &'static str)]) -> Tags<'static> {
        Tags::new(of.iter().copied())
    }

    #[test]
    fn a_street_has_all_its_names() {
        let names = tags(&[
            ("highway", "primary"),
            ("name", "Mannerheimintie"),
            ("name:sv", "Mannerheimvägen"),
            ("name:etymology", "x"),
            ("alt_name", "Manskun; Mansku"),
            ("ref", "45"),
        ])
        .names()
        .unwrap();
        assert_eq!(names.name, "Mannerheimintie");
        assert!(names.others.iter().eq(["Mansku", "Manskun"]));
        assert!(names.translations.keys().eq(["sv"]));
        let numbered = tags(&[("highway", "motorway"), ("ref", "I 35W;MN 65")]);
        assert_eq!(numbered.names().unwrap().name, "I 35W");
    }

    #[test]
    fn places_are_what_people_name() {
        let church = [("amenity", "place_of_worship"), ("religion", "christian")];
        assert_eq!(tags(&church).place().as_deref(), Some("church"));
        assert_eq!(tags(&[("amenity", "bench")]).place(), None);
        assert_eq!(tags(&[("highway", "residential")]).place(), None);
        let bridge = [("highway", "construction"), ("shop", "convenience")];
        assert_eq!(tags(&bridge).place().as_deref(), Some("convenience"));
        assert_eq!(tags(&[("place", "suburb")]).place(), None);
    }

    #[test]
    fn a_house_number_begins_with_its_digits() {
        let house = [
            ("addr:street", "Kaivokatu"),
            ("addr:housenumber", "12 b-14"),
        ];
        assert_eq!(tags(&house).house(), Some(("Kaivokatu".to_owned(), 12)));
        let none = [("addr:street", "Kaivokatu"), ("addr:housenumber", "B")];
        assert_eq!(tags(&none).house(), None);
    }
}
