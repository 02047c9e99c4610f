//! A sheet as SVG, for whoever makes a design of their own of it.

use std::fmt::Write;

use askama::Template;

use super::{
    letters::{Face, width},
    sheet::{Mark, Shade, Sheet},
};

/// A sheet before it is SVG.
#[derive(Template)]
#[template(path = "poster.svg", config = "src/web/askama.toml")]
struct Svg<'a> {
    wide: f32,
    high: f32,
    title: &'a str,
    language: &'a str,
    drawings: Vec<Drawing<'a>>,
}

enum Drawing<'a> {
    Path(String),
    Cut(String),
    Words(Letters<'a>),
}

struct Letters<'a> {
    transform: String,
    size: f32,
    is_bold: bool,
    is_white: bool,
    /// How long they are: other faces are pressed into the same room.
    long: f32,
    text: &'a str,
}

/// The text of the file.
pub fn file(sheet: &Sheet, title: &str, language: &str) -> Result<String, askama::Error> {
    Svg {
        wide: sheet.size.0,
        high: sheet.size.1,
        title,
        language,
        drawings: sheet.marks.iter().map(drawing).collect(),
    }
    .render()
}

fn drawing(mark: &Mark) -> Drawing<'_> {
    let mut path = String::new();
    match mark {
        Mark::Shape(shape) => {
            for (x, y, w, h) in shape {
                // Writing into a text cannot fail.
                let _ = write!(path, "M{x:.3} {y:.3}h{w:.3}v{h:.3}h-{w:.3}z");
            }
            Drawing::Path(path)
        }
        Mark::Polygon(points) => {
            for (n, (x, y)) in points.iter().enumerate() {
                let step = if n == 0 { 'M' } else { 'L' };
                let _ = write!(path, "{step}{x:.3} {y:.3}");
            }
            path.push('z');
            Drawing::Path(path)
        }
        Mark::Cut { from, to } => {
            let _ = write!(path, "M{} {}L{} {}", from.0, from.1, to.0, to.1);
            Drawing::Cut(path)
        }
        Mark::Words {
            at: (x, y),
            size,
            face,
            shade,
            turned,
            text,
        } => {
            let turn = if *turned { " rotate(90)" } else { "" };
            Drawing::Words(Letters {
                transform: format!("translate({x:.2} {y:.2}){turn}"),
                size: *size,
                is_bold: *face == Face::Bold,
                is_white: *shade == Shade::White,
                long: width(text, *face, *size),
                text,
            })
        }
    }
}
