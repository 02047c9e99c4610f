//! What is doubtful about a city: overlaps, gaps, borders along nothing, names that mean two things, places nowhere.

use std::collections::{BTreeMap, BTreeSet};

use geo::{
    Area, BooleanOps, BoundingRect, Buffer, Distance, Euclidean, Intersects, Length, MultiPolygon,
    Polygon, unary_union,
};

use super::{
    collected::{Feature, flat_polygons},
    near::Near,
};
use crate::domain::{
    parse::tokens::folded,
    place::{FlatMap, Gazetteer, Point, SeenArea, SeenLandmark, SeenStreet},
};

/// What kind of doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doubt {
    Overlap,
    Gap,
    Name,
    Border,
    Landmark,
    Street,
}

/// Something doubtful, and where it is on the map.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    pub doubt: Doubt,
    pub says: String,
    /// What to draw: closed rings of an overlap or gap, lines of a border or street, one point of a place.
    pub shape: Vec<Vec<Point>>,
    /// How large it is, in its own measure: the largest of a kind are told first.
    pub weight: f64,
}

/// Stretches of one border: their metres together, and each as a line.
type Stretches = (f64, Vec<Vec<Point>>);

/// Everything seen of a city.
pub(super) struct Seen<'a> {
    pub map: FlatMap,
    pub areas: Vec<SeenArea<'a>>,
    pub streets: Vec<SeenStreet<'a>>,
    pub landmarks: Vec<SeenLandmark<'a>>,
    pub features: Vec<Feature>,
    shapes: Vec<MultiPolygon<f64>>,
}

/// Overlaps and gaps narrower than this, in metres, are how lines are drawn.
const SLIVER: f64 = 8.0;
/// Overlaps smaller than this, in square metres, are not told.
const SMALL: f64 = 1_000.0;
/// Gaps smaller than this, in square metres, are not told.
const SMALL_GAP: f64 = 5_000.0;
/// Areas closer than twice this, in metres, have a gap between them and not open land.
const CLOSE: f64 = 75.0;
/// A border follows a street that is within so many metres.
const ALONG: f64 = 40.0;
/// Borders are looked at every so many metres.
const STEP: f64 = 20.0;

impl<'a> Seen<'a> {
    pub(super) fn of(gazetteer: &'a Gazetteer, features: Vec<Feature>) -> Self {
        let map = gazetteer.flat_map();
        let areas = gazetteer.seen_areas();
        let shapes = areas
            .iter()
            .map(|area| flat_polygons(&area.polygons, map))
            .collect();
        Self {
            map,
            areas,
            streets: gazetteer.seen_streets(),
            landmarks: gazetteer.seen_landmarks(),
            features,
            shapes,
        }
    }

    /// The area's name with its id.
    fn called(&self, at: usize) -> String {
        self.areas
            .get(at)
            .map_or_else(String::new, |area| area.info.name.clone())
    }

    fn globe(&self, shape: &Polygon<f64>) -> Vec<Vec<Point>> {
        let rings = [shape.exterior()].into_iter().chain(shape.interiors());
        rings
            .map(|ring| ring.points().map(|point| self.map.globe(point)).collect())
            .collect()
    }

    /// Every finding, in a fixed order. Borders may leave every street for `stretch` metres.
    pub(super) fn findings(&self, gazetteer: &Gazetteer, stretch: f64) -> Vec<Finding> {
        let mut found = self.overlaps();
        found.extend(self.gaps());
        found.extend(self.names());
        found.extend(self.borders(stretch));
        found.extend(self.places(gazetteer));
        found.sort_by(|a, b| a.doubt.cmp(&b.doubt).then(b.weight.total_cmp(&a.weight)));
        found
    }

    fn overlaps(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        for (one, a) in self.shapes.iter().enumerate() {
            for (other, b) in self.shapes.iter().enumerate().skip(one + 1) {
                let is_near = match (a.bounding_rect(), b.bounding_rect()) {
                    (Some(a), Some(b)) => a.intersects(&b),
                    _ => false,
                };
                if !is_near {
                    continue;
                }
                let shared: Vec<Polygon<f64>> = a
                    .intersection(b)
                    .into_iter()
                    .filter(|piece| is_wide(piece, SLIVER) && piece.unsigned_area() >= SMALL)
                    .collect();
                let square: f64 = shared.iter().map(Area::unsigned_area).sum();
                if square > 0.0 {
                    found.push(Finding {
                        doubt: Doubt::Overlap,
                        says: format!(
                            "{} and {} overlap by {} ha: what happens there goes to both",
                            self.called(one),
                            self.called(other),
                            hectares(square)
                        ),
                        weight: square,
                        shape: shared.iter().flat_map(|piece| self.globe(piece)).collect(),
                    });
                }
            }
        }
        found
    }

    /// Land between areas that belongs to none: holes in their union, and clefts that open to the outside.
    fn gaps(&self) -> Vec<Finding> {
        let whole = unary_union(&self.shapes);
        let filled: MultiPolygon<f64> = whole
            .iter()
            .map(|piece| Polygon::new(piece.exterior().clone(), Vec::new()))
            .collect();
        let closed = filled.buffer(CLOSE).buffer(-CLOSE);
        closed
            .difference(&whole)
            .into_iter()
            .filter(|gap| is_wide(gap, SLIVER) && gap.unsigned_area() >= SMALL_GAP)
            .map(|gap| {
                let beside: Vec<String> = self
                    .shapes
                    .iter()
                    .enumerate()
                    .filter(|(_, shape)| Euclidean.distance(*shape, &gap) <= SLIVER)
                    .map(|(at, _)| self.called(at))
                    .collect();
                Finding {
                    doubt: Doubt::Gap,
                    says: format!(
                        "{} ha belong to no area, between {}",
                        hectares(gap.unsigned_area()),
                        and(&beside)
                    ),
                    weight: gap.unsigned_area(),
                    shape: self.globe(&gap),
                }
            })
            .collect()
    }

    /// Names and aliases of several areas, and areas without a name.
    fn names(&self) -> Vec<Finding> {
        let mut by_name: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        let mut by_alias: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        let mut found = Vec::new();
        let mut tell = |says: String| {
            found.push(Finding {
                doubt: Doubt::Name,
                says,
                shape: Vec::new(),
                weight: 0.0,
            });
        };
        for (at, area) in self.areas.iter().enumerate() {
            if folded(&area.info.name).is_empty() {
                tell(format!("{} has no name", area.id));
            }
            by_name
                .entry(folded(&area.info.name))
                .or_default()
                .insert(at);
            for alias in &area.info.aliases {
                by_alias.entry(folded(alias)).or_default().insert(at);
            }
        }
        let all = |areas: &BTreeSet<usize>| {
            let names: Vec<String> = areas.iter().map(|at| self.called(*at)).collect();
            and(&names)
        };
        for (name, areas) in by_name.iter().filter(|(_, areas)| areas.len() > 1) {
            tell(format!("{} areas are called {name}", areas.len()));
        }
        for (alias, areas) in &by_alias {
            let others: BTreeSet<usize> = by_name
                .get(alias)
                .into_iter()
                .flatten()
                .filter(|at| !areas.contains(at))
                .copied()
                .collect();
            if !others.is_empty() {
                tell(format!(
                    "\"{alias}\" is the name of {} and an alias of {}: the name wins",
                    all(&others),
                    all(areas)
                ));
            } else if areas.len() > 1 {
                tell(format!("\"{alias}\" means {}", all(areas)));
            }
        }
        found
    }

    /// Stretches between two areas that follow no street, river or railway.
    fn borders(&self, stretch: f64) -> Vec<Finding> {
        let mut ways = Near::default();
        let lines = self.streets.iter().flat_map(|street| street.lines);
        let features = self.features.iter().map(|feature| &feature.points);
        for line in lines.chain(features) {
            let line: Vec<_> = line.iter().map(|point| self.map.flat(*point)).collect();
            ways.add(0, &line);
        }
        let mut rings = Near::default();
        for (at, shape) in self.shapes.iter().enumerate() {
            for ring in shape.iter().flat_map(rings_of) {
                rings.add(at, &ring.points().collect::<Vec<_>>());
            }
        }
        let mut found: BTreeMap<(usize, usize), Stretches> = BTreeMap::new();
        for (at, shape) in self.shapes.iter().enumerate() {
            for ring in shape.iter().flat_map(rings_of) {
                let mut run: Vec<(usize, geo::Point<f64>)> = Vec::new();
                let mut end = |run: &mut Vec<(usize, geo::Point<f64>)>| {
                    #[expect(clippy::cast_precision_loss, reason = "a border has few steps")]
                    let metres = run.len() as f64 * STEP;
                    if metres >= stretch
                        && let Some((other, _)) = run.get(run.len() / 2)
                    {
                        let entry = found.entry((at, *other)).or_default();
                        entry.0 += metres;
                        let line = run.iter().map(|(_, point)| self.map.globe(*point));
                        entry.1.push(line.collect());
                    }
                    run.clear();
                };
                for point in steps(ring) {
                    let other = rings.nearest(point, ALONG, |owner| owner != at);
                    let is_bare = ways.nearest(point, ALONG, |_| true).is_none();
                    match other {
                        Some((other, ..)) if is_bare && other > at => run.push((other, point)),
                        _ => end(&mut run),
                    }
                }
                end(&mut run);
            }
        }
        found
            .into_iter()
            .map(|((one, other), (metres, shape))| Finding {
                doubt: Doubt::Border,
                says: format!(
                    "the border of {} and {} follows no known street, river or railway for {:.0} m",
                    self.called(one),
                    self.called(other),
                    metres
                ),
                shape,
                weight: metres,
            })
            .collect()
    }

    /// Landmarks in no area, and streets that cross nothing.
    fn places(&self, gazetteer: &Gazetteer) -> Vec<Finding> {
        let nowhere = self
            .landmarks
            .iter()
            .filter(|landmark| !landmark.has_area)
            .map(|landmark| Finding {
                doubt: Doubt::Landmark,
                says: format!("{} lies in no area", landmark.name),
                shape: vec![vec![landmark.point]],
                weight: 0.0,
            });
        let alone = self
            .streets
            .iter()
            .filter(|street| !gazetteer.crosses_any(street))
            .map(|street| Finding {
                doubt: Doubt::Street,
                says: format!("{} crosses no other street", street.name),
                shape: street.lines.to_vec(),
                weight: 0.0,
            });
        nowhere.chain(alone).collect()
    }
}

fn rings_of(polygon: &Polygon<f64>) -> impl Iterator<Item = &geo::LineString<f64>> {
    [polygon.exterior()].into_iter().chain(polygon.interiors())
}

/// Points along a ring, one every few metres.
fn steps(ring: &geo::LineString<f64>) -> Vec<geo::Point<f64>> {
    let mut points = Vec::new();
    for piece in ring.lines() {
        let (from, to) = piece.points();
        let length = (to.x() - from.x()).hypot(to.y() - from.y());
        let mut at = 0.0;
        while at < length {
            let part = at / length;
            points.push(geo::Point::new(
                from.x() + part * (to.x() - from.x()),
                from.y() + part * (to.y() - from.y()),
            ));
            at += STEP;
        }
    }
    points
}

/// Whether a piece is as wide as this somewhere, by its square and its length.
fn is_wide(piece: &Polygon<f64>, metres: f64) -> bool {
    let around: f64 = rings_of(piece).map(|ring| Euclidean.length(ring)).sum();
    2.0 * piece.unsigned_area() >= metres * around
}

fn hectares(square_metres: f64) -> String {
    let hectares = square_metres / 10_000.0;
    if hectares < 10.0 {
        format!("{hectares:.1}")
    } else {
        format!("{hectares:.0}")
    }
}

/// "A", "A and B", "A, B and C".
fn and(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
