//! An OpenStreetMap extract, read in two passes: nodes near the areas, then the ways and relations made of them. A third
//! pass fetches the outlines of large places, where there are any.
//!
//! Memory holds what lies near the areas, never the file; one block of it at a time is unpacked.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{BufReader, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use osmpbf::{BlobDecode, BlobReader, PrimitiveBlock, RelMemberType};

use super::{
    collected::{Collected, Feature, House, Hub, Names, Piece, Spot, Window, mean},
    osm_names::Tags,
    progress::Progress,
    whole,
};
use crate::domain::{place::Point, problem::Problem};

/// A reader that counts what was read.
struct Counted {
    inner: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let bytes = self.inner.read(buffer)?;
        self.read.fetch_add(bytes as u64, Ordering::Relaxed);
        Ok(bytes)
    }
}

/// Unpacks every block of a file and hands it over.
fn each_block(
    path: &Path,
    doing: &'static str,
    progress: &mut Progress,
    mut take: impl FnMut(&PrimitiveBlock),
) -> Result<(), Problem> {
    let cannot = |error: &dyn std::fmt::Display| {
        whole(
            path,
            format!("cannot be read as an OpenStreetMap extract: {error}"),
        )
    };
    let file = File::open(path).map_err(|error| whole(path, format!("cannot be read: {error}")))?;
    let length = file.metadata().map_or(1, |data| data.len());
    let read = Arc::new(AtomicU64::new(0));
    let counted = Counted {
        inner: file,
        read: Arc::clone(&read),
    };
    progress.doing(doing);
    let mut blocks = 0_usize;
    for blob in BlobReader::new(BufReader::new(counted)) {
        let blob = blob.map_err(|error| cannot(&error))?;
        match blob.decode().map_err(|error| cannot(&error))? {
            BlobDecode::OsmHeader(header) => {
                let history = "HistoricalInformation";
                if header
                    .required_features()
                    .iter()
                    .any(|feature| feature == history)
                {
                    let message =
                        "holds the history of the map: take an extract of today's (.osm.pbf)";
                    return Err(whole(path, message));
                }
            }
            BlobDecode::OsmData(block) => {
                blocks += 1;
                take(&block);
            }
            BlobDecode::Unknown(_) => {}
        }
        progress.at(read.load(Ordering::Relaxed), length);
    }
    if blocks == 0 {
        return Err(whole(path, "holds no map data"));
    }
    Ok(())
}

/// The nodes near the areas, in the order of their ids.
#[derive(Default)]
struct Nodes {
    ids: Vec<i64>,
    at: Vec<(i32, i32)>,
}

impl Nodes {
    fn sort(&mut self) {
        if self.ids.is_sorted() {
            return;
        }
        let mut both: Vec<(i64, (i32, i32))> = self.ids.drain(..).zip(self.at.drain(..)).collect();
        both.sort_unstable();
        both.dedup_by_key(|(id, _)| *id);
        (self.ids, self.at) = both.into_iter().unzip();
    }

    fn get(&self, id: i64) -> Option<Point> {
        let at = self.ids.binary_search(&id).ok()?;
        let (lat, lon) = *self.at.get(at)?;
        Some(Point {
            lat: f64::from(lat) / 1e7,
            lon: f64::from(lon) / 1e7,
        })
    }
}

/// A place made of other ways.
struct Whole {
    names: Names,
    kind: Option<String>,
    feature: Option<&'static str>,
    members: Vec<i64>,
}

/// Reads the extract.
pub(super) fn collect(
    path: &Path,
    window: Window,
    progress: &mut Progress,
) -> Result<Collected, Problem> {
    let mut collected = Collected::default();
    let mut nodes = Nodes::default();
    each_block(path, "reading nodes", progress, |block| {
        read_nodes(block, window, &mut nodes, &mut collected);
    })?;
    nodes.sort();
    let mut wholes: BTreeMap<i64, Whole> = BTreeMap::new();
    each_block(path, "reading ways", progress, |block| {
        for group in block.groups() {
            for way in group.ways().filter(|way| !way.info().deleted()) {
                let line = line(&way, &nodes, window);
                read_way(&Tags::new(way.tags()), line, &mut collected);
            }
            for relation in group
                .relations()
                .filter(|relation| !relation.info().deleted())
            {
                let tags = Tags::new(relation.tags());
                let is_outline = matches!(tags.get("type"), Some("multipolygon" | "site"));
                let (kind, feature) = (tags.place(), tags.feature());
                if !is_outline || kind.is_none() && feature.is_none() {
                    continue;
                }
                let names = tags.names().unwrap_or_default();
                let members = relation
                    .members()
                    .filter(|member| member.member_type == RelMemberType::Way)
                    .filter(|member| !matches!(member.role(), Ok("inner")))
                    .map(|member| member.member_id)
                    .collect();
                let whole = Whole {
                    names,
                    kind,
                    feature,
                    members,
                };
                wholes.insert(relation.id(), whole);
            }
        }
    })?;
    if wholes.is_empty() {
        return Ok(collected);
    }
    let wanted: std::collections::HashSet<i64> = wholes
        .values()
        .flat_map(|whole| whole.members.iter().copied())
        .collect();
    let mut outlines: HashMap<i64, Vec<Point>> = HashMap::new();
    each_block(path, "reading outlines", progress, |block| {
        for way in block.groups().flat_map(|group| group.ways()) {
            if wanted.contains(&way.id()) {
                let (_, points) = line(&way, &nodes, window);
                outlines.insert(way.id(), points);
            }
        }
    })?;
    for whole in wholes.into_values() {
        take_whole(whole, &outlines, &mut collected);
    }
    Ok(collected)
}

fn read_nodes(
    block: &PrimitiveBlock,
    window: Window,
    nodes: &mut Nodes,
    collected: &mut Collected,
) {
    for group in block.groups() {
        for node in group.nodes() {
            if window.holds(node.lat(), node.lon()) && !node.info().deleted() {
                nodes.ids.push(node.id());
                nodes.at.push((node.decimicro_lat(), node.decimicro_lon()));
                let point = Point {
                    lat: node.lat(),
                    lon: node.lon(),
                };
                read_spot(&Tags::new(node.tags()), point, &[], collected);
            }
        }
        for node in group.dense_nodes() {
            let is_deleted = node.info().is_some_and(|info| info.deleted());
            if window.holds(node.lat(), node.lon()) && !is_deleted {
                nodes.ids.push(node.id());
                nodes.at.push((node.decimicro_lat(), node.decimicro_lon()));
                let point = Point {
                    lat: node.lat(),
                    lon: node.lon(),
                };
                read_spot(&Tags::new(node.tags()), point, &[], collected);
            }
        }
    }
}

/// The nodes of a way that lie near the areas; some extracts carry the points in the way itself.
fn line(way: &osmpbf::Way<'_>, nodes: &Nodes, window: Window) -> (Vec<i64>, Vec<Point>) {
    let own: Vec<Point> = way
        .node_locations()
        .map(|at| Point {
            lat: at.lat(),
            lon: at.lon(),
        })
        .collect();
    let ids: Vec<i64> = way.refs().collect();
    let has_own = own.len() == ids.len();
    ids.into_iter()
        .enumerate()
        .filter_map(|(at, id)| {
            let point = if has_own {
                own.get(at)
                    .copied()
                    .filter(|point| window.holds(point.lat, point.lon))
            } else {
                nodes.get(id)
            };
            Some((id, point?))
        })
        .unzip()
}

fn read_way(tags: &Tags<'_>, (nodes, points): (Vec<i64>, Vec<Point>), collected: &mut Collected) {
    let Some(middle) = mean(&points) else {
        return;
    };
    if tags.is_street() {
        match tags.names() {
            Some(names) => collected.pieces.push(Piece {
                names,
                nodes,
                points,
            }),
            None if tags.is_roundabout() => collected.hubs.push(Hub { nodes, middle }),
            None => {}
        }
        return;
    }
    if let Some(kind) = tags.feature() {
        let name = tags.names().map(|names| names.name).unwrap_or_default();
        collected.features.push(Feature {
            kind,
            name,
            points: points.clone(),
        });
    }
    read_spot(tags, middle, &points, collected);
}

/// What is a place, an address, or both.
fn read_spot(tags: &Tags<'_>, point: Point, outline: &[Point], collected: &mut Collected) {
    if let Some((street, number)) = tags.house() {
        collected.houses.push(House {
            street,
            number,
            point,
        });
    }
    if let (Some(kind), Some(names)) = (tags.place(), tags.names()) {
        collected.spots.push(Spot {
            names,
            kind,
            point,
            outline: outline.to_vec(),
        });
    }
}

fn take_whole(whole: Whole, outlines: &HashMap<i64, Vec<Point>>, collected: &mut Collected) {
    let lines: Vec<&Vec<Point>> = whole
        .members
        .iter()
        .filter_map(|member| outlines.get(member))
        .collect();
    let outline: Vec<Point> = lines.iter().copied().flatten().copied().collect();
    let Some(point) = mean(&outline) else {
        return;
    };
    if let Some(kind) = whole.feature {
        collected
            .features
            .extend(lines.into_iter().map(|points| Feature {
                kind,
                name: whole.names.name.clone(),
                points: points.clone(),
            }));
    }
    if let Some(kind) = whole.kind.filter(|_| !whole.names.name.is_empty()) {
        collected.spots.push(Spot {
            names: whole.names,
            kind,
            point,
            outline,
        });
    }
}
