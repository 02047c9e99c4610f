//! Areas from GeoJSON: polygons and multipolygons with holes, names from the properties that the operator says.

use std::path::Path;

use serde_json::Value;

use super::{Import, collected::NewArea, whole};
use crate::domain::{
    place::{Point, Rings},
    problem::Problem,
};

/// Reads every feature, and notes every problem with its file and feature.
pub(super) fn areas(
    path: &Path,
    text: &str,
    options: &Import,
    problems: &mut Vec<Problem>,
) -> Vec<NewArea> {
    let root: Value = match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(root) => root,
        Err(error) => {
            problems.push(whole(path, format!("is not GeoJSON: {error}")));
            return Vec::new();
        }
    };
    let Some(features) = root.get("features").and_then(Value::as_array) else {
        let message = "is not GeoJSON with features: its type must be FeatureCollection";
        problems.push(whole(path, message));
        return Vec::new();
    };
    if features.is_empty() {
        problems.push(whole(path, "has no features"));
    }
    let mut areas = Vec::new();
    for (at, feature) in features.iter().enumerate() {
        let mut found = Vec::new();
        let area = area(feature, options, &mut found);
        let named = feature
            .get("properties")
            .and_then(|properties| text_of(properties.get(&options.name)?));
        let field = match named {
            Some(name) => format!("feature {} ({name})", at + 1),
            None => format!("feature {}", at + 1),
        };
        problems.extend(found.into_iter().map(|message| Problem {
            field: field.clone(),
            ..whole(path, message)
        }));
        areas.extend(area);
    }
    areas
}

fn area(feature: &Value, options: &Import, problems: &mut Vec<String>) -> Option<NewArea> {
    let empty = Value::Null;
    let properties = feature.get("properties").unwrap_or(&empty);
    let name = properties.get(&options.name).and_then(text_of);
    if name.is_none() {
        let known: Vec<&str> = properties
            .as_object()
            .map(|properties| properties.keys().map(String::as_str).collect())
            .unwrap_or_default();
        problems.push(format!(
            "has no property `{}` to be its name: say --name and one of {}",
            options.name,
            known.join(", ")
        ));
    }
    let polygons = polygons(feature.get("geometry").unwrap_or(&empty), problems);
    let name = name?;
    let id = properties
        .get(&options.id)
        .and_then(text_of)
        .or_else(|| feature.get("id").and_then(text_of));
    let aliases = match properties.get(&options.aliases) {
        Some(Value::Array(list)) => list.iter().filter_map(text_of).collect(),
        Some(value) => text_of(value).map_or_else(Vec::new, |text| super::table::listed(&text)),
        None => Vec::new(),
    };
    let town = options
        .town
        .as_ref()
        .and_then(|town| properties.get(town))
        .and_then(text_of);
    if let (Some(wanted), None) = (&options.town, &town) {
        problems.push(format!("has no property `{wanted}` to be its town"));
    }
    Some(NewArea {
        id: id.unwrap_or_else(|| super::areas::slug(&name)),
        name,
        aliases,
        town: town.unwrap_or_default(),
        polygons: polygons?,
    })
}

/// A text or number as text; `None` if empty.
fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn polygons(geometry: &Value, problems: &mut Vec<String>) -> Option<Vec<Rings>> {
    let kind = geometry.get("type").and_then(Value::as_str).unwrap_or("");
    let coordinates = geometry.get("coordinates");
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let polygons: Vec<Value> = match (kind, coordinates) {
        ("Polygon", Some(one)) => vec![one.clone()],
        ("MultiPolygon", Some(many)) => list(many),
        ("GeometryCollection", _) => {
            let mut found = Vec::new();
            for each in geometry.get("geometries").map(list).unwrap_or_default() {
                found.extend(polygons(&each, problems)?);
            }
            return Some(found);
        }
        ("", _) => {
            problems.push("has no geometry".to_owned());
            return None;
        }
        (other, _) => {
            problems.push(format!(
                "is a {other}: an area is a Polygon or a MultiPolygon"
            ));
            return None;
        }
    };
    let mut found = Vec::new();
    for polygon in &polygons {
        let mut rings = Rings::new();
        for points in list(polygon) {
            match ring(&points) {
                Ok(ring) => rings.push(ring),
                Err(message) => {
                    problems.push(message);
                    return None;
                }
            }
        }
        if !rings.is_empty() {
            found.push(rings);
        }
    }
    if found.is_empty() {
        problems.push("has no polygon".to_owned());
        return None;
    }
    Some(found)
}

/// A ring without its repeated last point.
fn ring(value: &Value) -> Result<Vec<Point>, String> {
    let mut ring: Vec<Point> = Vec::new();
    for pair in value.as_array().into_iter().flatten() {
        let number = |at: usize| pair.get(at).and_then(Value::as_f64);
        let (Some(lon), Some(lat)) = (number(0), number(1)) else {
            return Err(format!("{pair} is not a longitude and a latitude"));
        };
        if lat.abs() > 90.0 && lon.abs() <= 90.0 && lat.abs() <= 180.0 {
            return Err(format!(
                "{pair} is latitude before longitude: GeoJSON wants [longitude, latitude]"
            ));
        }
        if lat.abs() > 90.0 || lon.abs() > 180.0 {
            return Err(format!(
                "{pair} is not in degrees: export the file in WGS 84 (EPSG:4326)"
            ));
        }
        let point = Point { lat, lon };
        if ring.last() != Some(&point) {
            ring.push(point);
        }
    }
    if ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    if ring.len() < 3 {
        return Err("has a ring of fewer than three points".to_owned());
    }
    Ok(ring)
}
