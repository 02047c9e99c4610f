//! Which of many lines is nearest to a point: pieces of line in the cells of a grid.

use std::collections::HashMap;

use geo::Point;

/// The width of a cell, in metres.
const CELL: f64 = 150.0;

/// Pieces of line by the cells they touch; each belongs to something with a number.
#[derive(Default)]
pub(super) struct Near {
    cells: HashMap<(i64, i64), Vec<usize>>,
    pieces: Vec<(usize, Point<f64>, Point<f64>)>,
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "cells of a city fit; what does not is clamped"
)]
fn cell(metres: f64) -> i64 {
    (metres / CELL).floor() as i64
}

impl Near {
    /// Adds the pieces of a line.
    pub(super) fn add(&mut self, owner: usize, line: &[Point<f64>]) {
        for (from, to) in line.iter().zip(line.iter().skip(1)) {
            self.pieces.push((owner, *from, *to));
            let at = self.pieces.len() - 1;
            for x in cell(from.x().min(to.x()))..=cell(from.x().max(to.x())) {
                for y in cell(from.y().min(to.y()))..=cell(from.y().max(to.y())) {
                    self.cells.entry((x, y)).or_default().push(at);
                }
            }
        }
    }

    /// The nearest line of a wanted owner within so many metres: its owner, the metres, and the nearest point on it.
    pub(super) fn nearest(
        &self,
        point: Point<f64>,
        within: f64,
        is_wanted: impl Fn(usize) -> bool,
    ) -> Option<(usize, f64, Point<f64>)> {
        let mut best: Option<(usize, f64, Point<f64>)> = None;
        for x in cell(point.x() - within)..=cell(point.x() + within) {
            for y in cell(point.y() - within)..=cell(point.y() + within) {
                for at in self.cells.get(&(x, y)).into_iter().flatten() {
                    let Some((owner, from, to)) = self.pieces.get(*at) else {
                        continue;
                    };
                    if !is_wanted(*owner) {
                        continue;
                    }
                    let on = foot(point, *from, *to);
                    let metres = (on.x() - point.x()).hypot(on.y() - point.y());
                    let is_better = best.is_none_or(|(known, least, _)| {
                        metres < least - 1e-9 || (metres - least).abs() <= 1e-9 && *owner < known
                    });
                    if metres <= within && is_better {
                        best = Some((*owner, metres, on));
                    }
                }
            }
        }
        best
    }
}

/// The point of a piece of line that is nearest to another point.
fn foot(point: Point<f64>, from: Point<f64>, to: Point<f64>) -> Point<f64> {
    let (dx, dy) = (to.x() - from.x(), to.y() - from.y());
    let length = dx * dx + dy * dy;
    if length <= 0.0 {
        return from;
    }
    let part = ((point.x() - from.x()) * dx + (point.y() - from.y()) * dy) / length;
    let part = part.clamp(0.0, 1.0);
    Point::new(from.x() + part * dx, from.y() + part * dy)
}
