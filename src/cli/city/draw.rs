//! A city as one HTML page to look at: areas, streets, landmarks, and what is doubtful. It needs nothing from elsewhere.

use std::fmt::Write;

use geo::{Area, InteriorPoint};

use super::{
    collected::flat_polygons,
    findings::{Doubt, Finding, Seen},
};
use crate::domain::place::{FlatMap, Point};

const STYLE: &str = include_str!("map.css");
const SCRIPT: &str = include_str!("map.js");

/// More landmarks than this are drawn without their names, or the page gets too heavy for a phone.
const NAMED_LANDMARKS: usize = 6_000;

/// The page.
pub(super) fn page(city: &str, seen: &Seen<'_>, findings: &[Finding]) -> String {
    let paper = Paper::of(seen);
    let mut svg = String::new();
    areas(&mut svg, seen, &paper);
    ways(&mut svg, seen, &paper);
    landmarks(&mut svg, seen, &paper);
    doubts(&mut svg, findings, &paper);
    labels(&mut svg, seen, &paper);
    let city = escaped(city);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{city}: map of the areas</title>\n<style>\n{STYLE}</style>\n\
         <header><h1>{city}</h1>\n<p>{} areas, {} streets, {} landmarks. \
         <span class=\"key overlap\">overlap</span> <span class=\"key gap\">gap</span> \
         <span class=\"key border\">border along nothing</span> \
         <span class=\"key landmark\">landmark in no area</span> \
         <span class=\"key street\">street that crosses nothing</span></p></header>\n\
         <div id=\"frame\"><svg id=\"map\" viewBox=\"0 0 {w} {h}\" style=\"--m: {per_pixel}; aspect-ratio: {w} / {h}\" \
         role=\"group\" aria-label=\"Map of {city}\">\n{svg}</svg>\n\
         <div id=\"zoom\"><button type=\"button\" aria-label=\"Closer\">+</button>\
         <button type=\"button\" aria-label=\"Farther\">&minus;</button>\
         <button type=\"button\" aria-label=\"Whole city\">&#9633;</button></div>\
         <output id=\"said\" aria-live=\"polite\"></output></div>\n{}\
         <p class=\"source\">{}</p>\n<script>\n{SCRIPT}</script>\n</html>\n",
        seen.areas.len(),
        seen.streets.len(),
        seen.landmarks.len(),
        lists(seen, findings),
        if seen.streets.iter().any(|street| street.corners.is_some()) {
            "Streets and places: &copy; OpenStreetMap contributors, where they were imported from there."
        } else {
            ""
        },
        w = paper.width.ceil(),
        h = paper.height.ceil(),
        per_pixel = (paper.width.max(paper.height) / 900.0).max(0.1),
    )
}

/// The flat map with its corner at the top left and metres for units.
struct Paper {
    map: FlatMap,
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Paper {
    /// A margin around the areas, in metres.
    const MARGIN: f64 = 250.0;

    fn of(seen: &Seen<'_>) -> Self {
        let (mut west, mut south, mut east, mut north) = (f64::MAX, f64::MAX, f64::MIN, f64::MIN);
        let areas = seen.areas.iter().flat_map(|area| &area.polygons);
        for point in areas.flatten().flatten() {
            let point = seen.map.flat(*point);
            (west, east) = (west.min(point.x()), east.max(point.x()));
            (south, north) = (south.min(point.y()), north.max(point.y()));
        }
        if west > east {
            (west, south, east, north) = (0.0, 0.0, 1.0, 1.0);
        }
        Self {
            map: seen.map,
            left: west - Self::MARGIN,
            top: north + Self::MARGIN,
            width: east - west + 2.0 * Self::MARGIN,
            height: north - south + 2.0 * Self::MARGIN,
        }
    }

    fn at(&self, point: Point) -> (f64, f64) {
        let flat = self.map.flat(point);
        (flat.x() - self.left, self.top - flat.y())
    }

    fn is_on(&self, point: Point) -> bool {
        let (x, y) = self.at(point);
        (0.0..=self.width).contains(&x) && (0.0..=self.height).contains(&y)
    }

    /// Lines as the `d` of a path, in whole metres.
    fn path<'a>(&self, lines: impl IntoIterator<Item = &'a Vec<Point>>, is_closed: bool) -> String {
        let mut d = String::new();
        for line in lines {
            for (n, point) in line.iter().enumerate() {
                let (x, y) = self.at(*point);
                let letter = if n == 0 { 'M' } else { 'L' };
                let _ = write!(d, "{letter}{x:.0} {y:.0}");
            }
            if is_closed {
                d.push('Z');
            }
        }
        d
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn areas(svg: &mut String, seen: &Seen<'_>, paper: &Paper) {
    svg.push_str("<g class=\"areas\">\n");
    for (at, area) in seen.areas.iter().enumerate() {
        let _ = writeln!(
            svg,
            "<path id=\"area-{at}\" class=\"h{}\" d=\"{}\"><title>{} ({})</title></path>",
            at % 7,
            paper.path(area.polygons.iter().flatten(), true),
            escaped(&area.info.name),
            escaped(area.id.as_str()),
        );
    }
    svg.push_str("</g>\n");
}

/// Streets, rivers and railways.
fn ways(svg: &mut String, seen: &Seen<'_>, paper: &Paper) {
    svg.push_str("<g class=\"features\">\n");
    for feature in &seen.features {
        let name = escaped(&feature.name);
        let title = if name.is_empty() {
            String::new()
        } else {
            format!("<title>{name}</title>")
        };
        let _ = writeln!(
            svg,
            "<path class=\"{}\" d=\"{}\">{title}</path>",
            feature.kind,
            paper.path([&feature.points], false),
        );
    }
    svg.push_str("</g>\n<g class=\"streets\">\n");
    for street in &seen.streets {
        let _ = writeln!(
            svg,
            "<path d=\"{}\"><title>{}</title></path>",
            paper.path(street.lines, false),
            escaped(street.name),
        );
    }
    svg.push_str("</g>\n");
}

fn landmarks(svg: &mut String, seen: &Seen<'_>, paper: &Paper) {
    svg.push_str("<g class=\"landmarks\">\n");
    let is_named = seen.landmarks.len() <= NAMED_LANDMARKS;
    for landmark in seen.landmarks.iter().filter(|each| paper.is_on(each.point)) {
        let (x, y) = paper.at(landmark.point);
        // A line of no length with round ends is a dot that does not grow.
        let title = if is_named {
            format!("<title>{}</title>", escaped(landmark.name))
        } else {
            String::new()
        };
        let _ = writeln!(svg, "<path d=\"M{x:.0} {y:.0}h0\">{title}</path>");
    }
    svg.push_str("</g>\n");
}

/// The class of a finding in the page's style.
const fn class(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Overlap => "overlap",
        Doubt::Gap => "gap",
        Doubt::Name => "name",
        Doubt::Border => "border",
        Doubt::Landmark => "landmark",
        Doubt::Street => "street",
    }
}

fn doubts(svg: &mut String, findings: &[Finding], paper: &Paper) {
    svg.push_str("<g class=\"doubts\">\n");
    for (at, finding) in findings.iter().enumerate() {
        let is_surface = matches!(finding.doubt, Doubt::Overlap | Doubt::Gap);
        let mut d = paper.path(&finding.shape, is_surface);
        if finding.doubt == Doubt::Landmark {
            d.push_str("h0");
        }
        if d.len() > 2 {
            let _ = writeln!(
                svg,
                "<path id=\"doubt-{at}\" class=\"{}\" d=\"{d}\"><title>{}</title></path>",
                class(finding.doubt),
                escaped(&finding.says),
            );
        }
    }
    svg.push_str("</g>\n");
}

/// The names of the areas, the largest first: they keep their room where names crowd. Each can be reached by keyboard.
fn labels(svg: &mut String, seen: &Seen<'_>, paper: &Paper) {
    svg.push_str("<g class=\"labels\">\n");
    let mut order: Vec<(usize, f64, geo::Point<f64>)> = seen
        .areas
        .iter()
        .enumerate()
        .filter_map(|(at, area)| {
            let shape = flat_polygons(&area.polygons, paper.map);
            let largest = shape
                .iter()
                .max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()))?;
            Some((at, largest.unsigned_area(), largest.interior_point()?))
        })
        .collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (at, _, point) in order {
        let Some(area) = seen.areas.get(at) else {
            continue;
        };
        let (x, y) = paper.at(paper.map.globe(point));
        let name = escaped(&area.info.name);
        let aliases = if area.info.aliases.is_empty() {
            String::new()
        } else {
            format!(", also {}", escaped(&area.info.aliases.join(", ")))
        };
        let _ = writeln!(
            svg,
            "<a href=\"#area-{at}\" data-area=\"{at}\" aria-label=\"{name}{aliases}\">\
             <text x=\"{x:.0}\" y=\"{y:.0}\">{name}</text></a>"
        );
    }
    svg.push_str("</g>\n");
}

/// What is doubtful and every area, as lists under the map.
fn lists(seen: &Seen<'_>, findings: &[Finding]) -> String {
    let mut html = String::from("<main>\n<section><h2>Doubtful</h2>\n");
    if findings.is_empty() {
        html.push_str("<p>Nothing.</p>\n");
    }
    html.push_str("<ul>\n");
    for (at, finding) in findings.iter().enumerate() {
        let says = escaped(&finding.says);
        let class = class(finding.doubt);
        if finding.shape.is_empty() {
            let _ = writeln!(html, "<li class=\"{class}\">{says}</li>");
        } else {
            let _ = writeln!(
                html,
                "<li class=\"{class}\"><a href=\"#doubt-{at}\">{says}</a></li>"
            );
        }
    }
    html.push_str("</ul></section>\n<section><h2>Areas</h2>\n<ul class=\"names\">\n");
    let mut order: Vec<usize> = (0..seen.areas.len()).collect();
    order.sort_by_key(|at| {
        seen.areas
            .get(*at)
            .map(|area| area.info.name.to_lowercase())
    });
    for at in order {
        if let Some(area) = seen.areas.get(at) {
            let _ = writeln!(
                html,
                "<li><a href=\"#area-{at}\">{}</a> <code>{}</code></li>",
                escaped(&area.info.name),
                escaped(area.id.as_str())
            );
        }
    }
    html.push_str("</ul></section>\n</main>\n");
    html
}
