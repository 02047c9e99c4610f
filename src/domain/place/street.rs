//! The street grid: streets with their lines, where two cross, and where a house number lies.

use crate::domain::{
    parse::tokens::{TokenKind, tokens},
    place::Point,
};

/// A part of the city whose avenues and streets belong together.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    pub id: String,
    pub city: String,
    /// Words that name it behind a street: "n", "north".
    pub suffix: Vec<String>,
    /// How people call it, and its city: "over north", "north minneapolis", "st paul".
    pub names: Vec<String>,
    /// East-west streets without a quarter in their name are E from here, W before.
    pub east_from: Option<f64>,
}

/// How a street runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runs {
    NorthSouth,
    EastWest,
    Winding,
}

/// A street of the grid.
#[derive(Debug, Clone)]
pub(crate) struct Street {
    /// As on the sign, without E or W where that depends on the corner: `Lake St`, `26th Ave N`.
    pub name: String,
    /// Without type and quarter: `lake`, `26th`.
    pub base: String,
    /// The base as written: `Lake`.
    pub short: String,
    /// `st`, `ave`, …
    pub kind: String,
    /// `e` or `w` where it belongs to the name: `W Broadway Ave`, `7th St E`.
    pub side: Option<char>,
    pub section: usize,
    pub runs: Runs,
    /// Lines of [lat, lon] points; usually one.
    pub lines: Vec<Vec<Point>>,
    /// The house number that others have where this street crosses them.
    pub number: Option<u32>,
    /// 26 for 26th Ave.
    pub ordinal: Option<u32>,
    pub aliases: Vec<String>,
    /// Its own place in the list of streets, where its corners come from a map and not from crossing lines.
    pub mapped: Option<usize>,
    /// Where it meets other mapped streets, in the order of those.
    pub corners: Vec<(usize, Point)>,
    /// House numbers and where they lie, in order; the map's own, thinned to where they bend.
    pub houses: Vec<(u32, Point)>,
}

/// Words that say what kind of way it is, each with the short form used on signs.
pub(crate) fn street_type(word: &str) -> Option<&'static str> {
    Some(match word {
        "st" | "street" | "str" | "calle" => "st",
        "ave" | "av" | "avenue" | "avenida" | "aves" | "avenues" => "ave",
        "blvd" | "boulevard" => "blvd",
        "pkwy" | "parkway" => "pkwy",
        "rd" | "road" => "rd",
        "hwy" | "highway" => "hwy",
        "dr" | "drive" => "dr",
        "ln" | "lane" => "ln",
        "mall" => "mall",
        "pl" | "place" => "pl",
        _ => return None,
    })
}

impl Street {
    /// Takes a name apart: `26th Ave N` → base `26th`, type `ave`, ordinal 26.
    pub(crate) fn named(name: &str, section: usize, runs: Runs) -> Self {
        let words = tokens(name);
        let mut shown: Vec<&str> = name.split_whitespace().collect();
        let mut parts: Vec<String> = words
            .iter()
            .filter(|token| token.kind != TokenKind::Sign)
            .map(|token| token.text.clone())
            .collect();
        let mut side = None;
        let mut kind = String::new();
        if parts.len() > 1
            && matches!(
                parts.last().map(String::as_str),
                Some("n" | "s" | "e" | "w" | "ne" | "se")
            )
        {
            let last = parts.pop().unwrap_or_default();
            shown.pop();
            side = last
                .chars()
                .next()
                .filter(|c| matches!(c, 'e' | 'w') && last.len() == 1);
        }
        if parts.len() > 1 && matches!(parts.first().map(String::as_str), Some("e" | "w")) {
            side = parts.remove(0).chars().next();
            shown.remove(0);
        }
        if parts.len() > 1
            && let Some(found) = parts.last().and_then(|last| street_type(last))
        {
            found.clone_into(&mut kind);
            parts.pop();
            if found != "mall" {
                shown.pop();
            }
        }
        let ordinal = words
            .iter()
            .find(|token| token.kind == TokenKind::Ordinal)
            .and_then(|token| token.number);
        Self {
            name: name.to_owned(),
            base: parts.join(" "),
            short: shown.join(" "),
            kind,
            side,
            section,
            runs,
            lines: Vec::new(),
            number: ordinal.map(|n| n * 100),
            ordinal,
            aliases: Vec::new(),
            mapped: None,
            corners: Vec::new(),
            houses: Vec::new(),
        }
    }

    /// Every place where this street crosses another.
    pub(crate) fn crossings(&self, other: &Self) -> Vec<Point> {
        match (self.mapped, other.mapped) {
            (Some(_), Some(other)) => self.mapped_corners(other).collect(),
            _ => self.crossing(other).into_iter().collect(),
        }
    }

    /// Where the map says that they meet: a bridge over a street is no corner.
    fn mapped_corners(&self, other: usize) -> impl Iterator<Item = Point> {
        let from = self.corners.partition_point(|(known, _)| *known < other);
        self.corners
            .iter()
            .skip(from)
            .take_while(move |(known, _)| *known == other)
            .map(|(_, point)| *point)
    }

    /// Where this street crosses another, if it does.
    pub(crate) fn crossing(&self, other: &Self) -> Option<Point> {
        if let (Some(_), Some(other)) = (self.mapped, other.mapped) {
            return self.mapped_corners(other).next();
        }
        for line in &self.lines {
            for theirs in &other.lines {
                for (a, b) in line.iter().zip(line.iter().skip(1)) {
                    for (c, d) in theirs.iter().zip(theirs.iter().skip(1)) {
                        if let Some(point) = cut(*a, *b, *c, *d) {
                            return Some(point);
                        }
                    }
                }
            }
        }
        None
    }

    /// Metres from the street to a point; good enough to compare.
    pub(crate) fn metres_to(&self, point: Point) -> f64 {
        self.nearest_to(point)
            .map_or(f64::MAX, |nearest| nearest.metres_to(point))
    }

    /// The point of the street that is nearest to another.
    pub(crate) fn nearest_to(&self, point: Point) -> Option<Point> {
        let shrink = point.lat.to_radians().cos();
        let flat = |at: Point| ((at.lon - point.lon) * shrink, at.lat - point.lat);
        let mut best: Option<(f64, Point)> = None;
        for line in &self.lines {
            for (a, b) in line.iter().zip(line.iter().skip(1)) {
                let ((ax, ay), (bx, by)) = (flat(*a), flat(*b));
                let (dx, dy) = (bx - ax, by - ay);
                let length = dx * dx + dy * dy;
                let part = if length > 0.0 {
                    (-(ax * dx + ay * dy) / length).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                let (x, y) = (ax + part * dx, ay + part * dy);
                let far = x * x + y * y;
                if best.is_none_or(|(least, _)| far < least) {
                    let at = Point {
                        lat: point.lat + y,
                        lon: point.lon + x / shrink,
                    };
                    best = Some((far, at));
                }
            }
        }
        best.map(|(_, at)| at)
    }

    /// The name as written at a point: `E 38th St` where the section tells east from west.
    pub(crate) fn name_at(&self, point: Point, sections: &[Section]) -> String {
        let east_from = sections
            .get(self.section)
            .and_then(|section| section.east_from);
        match (self.runs, self.side, east_from) {
            (Runs::EastWest, None, Some(east_from)) => {
                let side = if point.lon >= east_from { 'E' } else { 'W' };
                format!("{side} {}", self.name)
            }
            _ => self.name.clone(),
        }
    }
}

/// How far beyond its drawn end a street still counts as reaching, in degrees: half a block, some 55 m.
const SLACK: f64 = 0.000_7;

/// Where two pieces of line cut each other, with a little slack at their ends.
fn cut(a: Point, b: Point, c: Point, d: Point) -> Option<Point> {
    let (rx, ry) = (b.lon - a.lon, b.lat - a.lat);
    let (sx, sy) = (d.lon - c.lon, d.lat - c.lat);
    let cross = rx * sy - ry * sx;
    if cross.abs() < 1e-14 {
        return None;
    }
    let t = ((c.lon - a.lon) * sy - (c.lat - a.lat) * sx) / cross;
    let u = ((c.lon - a.lon) * ry - (c.lat - a.lat) * rx) / cross;
    let slack_t = SLACK / rx.hypot(ry);
    let slack_u = SLACK / sx.hypot(sy);
    let within = |x: f64, slack: f64| (-slack..=1.0 + slack).contains(&x);
    (within(t, slack_t) && within(u, slack_u)).then_some(Point {
        lat: a.lat + t * ry,
        lon: a.lon + t * rx,
    })
}

/// House numbers beyond the last cross street that is known.
const BEYOND: u32 = 200;

/// The point of a house number on a street, between the numbered streets that cross it.
/// `side` is `e` or `w` where the number says so and the section has both.
pub(crate) fn point_of_number(
    streets: &[Street],
    sections: &[Section],
    at: usize,
    number: u32,
    side: Option<char>,
) -> Option<Point> {
    let street = streets.get(at)?;
    if street.mapped.is_some() {
        return street.house(number);
    }
    let east_from = sections
        .get(street.section)
        .and_then(|section| section.east_from);
    let mut marks: Vec<(u32, Point)> = streets
        .iter()
        .filter(|other| {
            other.section == street.section
                && other.runs != street.runs
                && other.runs != Runs::Winding
        })
        .filter(|other| is_counted_from(street, other))
        .filter_map(|other| Some((other.number?, street.crossing(other)?)))
        .filter(|(n, point)| match (street.runs, east_from) {
            (Runs::EastWest, Some(east_from)) => {
                *n == 0 || (point.lon >= east_from) == (side != Some('w'))
            }
            _ => true,
        })
        .collect();
    marks.sort_by_key(|(n, _)| *n);
    marks.dedup_by_key(|(n, _)| *n);
    // Beyond the last cross street the numbers go on for a block or two.
    let above = marks
        .iter()
        .position(|(n, _)| *n > number)
        .unwrap_or(marks.len().checked_sub(1)?)
        .max(1);
    let (high, to) = marks.get(above)?;
    let (low, from) = marks.get(above.checked_sub(1)?)?;
    let is_beyond = number + BEYOND < *low || number >= high + BEYOND;
    if high - low > 400 || is_beyond {
        return None;
    }
    let part = (f64::from(number) - f64::from(*low)) / f64::from(high - low);
    Some(Point {
        lat: from.lat + part * (to.lat - from.lat),
        lon: from.lon + part * (to.lon - from.lon),
    })
}

/// House numbers on an avenue count streets, those on a street count avenues; in the north it is the other way round,
/// so what counts is only that the other runs across.
fn is_counted_from(street: &Street, other: &Street) -> bool {
    match street.runs {
        Runs::NorthSouth => other.runs == Runs::EastWest,
        Runs::EastWest => other.runs == Runs::NorthSouth,
        Runs::Winding => true,
    }
}
