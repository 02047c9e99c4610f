//! How a poster is laid out: what is said, as marks on a sheet of paper. Both the PDF and the SVG are drawn from that.
//!
//! It is black on white, so that any printer and copier will do. From three metres one reads the area, sees where to point the
//! camera, and the number.

use qrcode::{Color, EcLevel, QrCode};

use super::letters::{Face, width, writable};

/// Points in a millimetre.
const MM: f32 = 72.0 / 25.4;
/// What printers leave white at the edge, and a little.
const MARGIN: f32 = 14.0 * MM;
/// How many strips can be torn off.
const STRIPS: u8 = 8;
/// How long a strip is.
const STRIP: f32 = 62.0 * MM;
/// White modules around a square code, as its standard wants them.
const QUIET: f32 = 4.0;

/// A size of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// 210 by 297 mm.
    A4,
    /// 8.5 by 11 inches.
    Letter,
}

impl Paper {
    /// Width and height in points.
    pub const fn size(self) -> (f32, f32) {
        match self {
            Self::A4 => (595.276, 841.89),
            Self::Letter => (612.0, 792.0),
        }
    }
}

/// What a poster says.
pub struct Said {
    /// The community's name.
    pub community: String,
    /// The area's.
    pub area: String,
    /// What happens there, in a sentence.
    pub what: String,
    /// Beside the square code.
    pub scan: String,
    /// Before the number, with the word to send as its strong part; nothing where there is no number.
    pub text_to: Vec<(String, bool)>,
    /// The number, as people write it.
    pub number: Option<String>,
    /// Before the address.
    pub or_type: String,
    /// The address as people type it, without what browsers add.
    pub address: String,
    /// The address in the square code.
    pub url: String,
}

/// Ink or paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shade {
    /// Ink.
    Black,
    /// Paper, on ink.
    White,
}

/// Something on the sheet. Lengths are points from its upper left corner.
#[derive(Debug, Clone)]
pub enum Mark {
    /// Words on their base line, from left to right; turned, from top to bottom.
    Words {
        /// Where they begin.
        at: (f32, f32),
        /// How large they are.
        size: f32,
        /// In which letters.
        face: Face,
        /// In which shade.
        shade: Shade,
        /// Whether they run downwards.
        turned: bool,
        /// What.
        text: String,
    },
    /// Rectangles of ink, as one shape: left, top, width, height.
    Shape(Vec<(f32, f32, f32, f32)>),
    /// A dashed line to cut along.
    Cut {
        /// From here.
        from: (f32, f32),
        /// To there.
        to: (f32, f32),
    },
    /// A filled polygon.
    Polygon(Vec<(f32, f32)>),
}

/// A page.
pub struct Sheet {
    /// Its size in points.
    pub size: (f32, f32),
    /// What is on it.
    pub marks: Vec<Mark>,
}

/// A line of words of one size, in parts.
type Run = Vec<(String, Face)>;

fn run_width(run: &Run, size: f32) -> f32 {
    run.iter()
        .map(|(text, face)| width(text, *face, size))
        .sum()
}

/// The largest size, up to `most`, in which words fit a width.
fn fitting(run: &Run, most: f32, room: f32) -> f32 {
    let at_one = run_width(run, 1.0).max(f32::EPSILON);
    (room / at_one).min(most)
}

fn bold(text: &str) -> Run {
    vec![(writable(text), Face::Bold)]
}

fn plain(text: &str) -> Run {
    vec![(writable(text), Face::Plain)]
}

/// Words in lines of at most this width.
fn lines(text: &str, face: Face, size: f32, room: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in writable(text).split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        match longer {
            Some(longer) if width(&longer, face, size) <= room => {
                if let Some(last) = lines.last_mut() {
                    *last = longer;
                }
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The largest size, up to `most`, in which a text takes at most so many lines, and those lines.
fn set(text: &str, face: Face, most: f32, room: f32, most_lines: usize) -> (f32, Vec<String>) {
    let mut size = most;
    loop {
        let set = lines(text, face, size, room);
        let fits = set.iter().all(|line| width(line, face, size) <= room);
        if (fits && set.len() <= most_lines) || size < 6.0 {
            return (size, set);
        }
        size *= 0.97;
    }
}

/// Puts marks on a sheet, from top to bottom.
struct Pen {
    marks: Vec<Mark>,
    left: f32,
    right: f32,
    y: f32,
}

impl Pen {
    fn room(&self) -> f32 {
        self.right - self.left
    }

    fn run(&mut self, run: &Run, x: f32, size: f32, shade: Shade) {
        let mut x = x;
        for (text, face) in run {
            self.marks.push(Mark::Words {
                at: (x, self.y),
                size,
                face: *face,
                shade,
                turned: false,
                text: text.clone(),
            });
            x += width(text, *face, size);
        }
    }

    fn bar(&mut self, height: f32) {
        let shape = vec![(self.left, self.y, self.room(), height)];
        self.marks.push(Mark::Shape(shape));
        self.y += height;
    }
}

/// A square code of an address: how many modules it has, and which are black.
fn square(url: &str) -> Option<(usize, Vec<bool>)> {
    // A quarter of it may be dirty or torn.
    let code = QrCode::with_error_correction_level(url, EcLevel::Q).ok()?;
    let dark = code
        .to_colors()
        .into_iter()
        .map(|color| color == Color::Dark);
    Some((code.width(), dark.collect()))
}

#[expect(clippy::cast_precision_loss, reason = "a code has at most 177 modules")]
const fn real(count: usize) -> f32 {
    count as f32
}

/// The black modules of a square code, side by side as one: no reader shows seams between them.
fn modules((count, dark): &(usize, Vec<bool>), x: f32, y: f32, side: f32) -> Mark {
    let module = side / real(*count);
    let mut shape = Vec::new();
    for (row, modules) in dark.chunks(*count).enumerate() {
        let mut column = 0;
        while column < modules.len() {
            let run = modules[column..].iter().take_while(|dark| **dark).count();
            if run > 0 {
                shape.push((
                    x + real(column) * module,
                    y + real(row) * module,
                    real(run) * module,
                    module,
                ));
            }
            column += run.max(1);
        }
    }
    Mark::Shape(shape)
}

/// Lays a poster out; `None` if its address is too long for a square code.
pub fn sheet(said: &Said, paper: Paper, has_strips: bool) -> Option<Sheet> {
    let (wide, high) = paper.size();
    let code = square(&said.url)?;
    let mut pen = Pen {
        marks: Vec::new(),
        left: MARGIN,
        right: wide - MARGIN,
        y: MARGIN,
    };
    let bottom = if has_strips {
        high - STRIP
    } else {
        high - MARGIN
    } - if has_strips { 6.0 * MM } else { 0.0 };
    head(&mut pen, said, has_strips);
    let foot = foot_height(said, has_strips);
    middle(&mut pen, said, &code, bottom - foot);
    pen.y = bottom - foot;
    feet(&mut pen, said, has_strips);
    if has_strips {
        strips(&mut pen.marks, said, &code, (wide, high));
    }
    Some(Sheet {
        size: (wide, high),
        marks: pen.marks,
    })
}

/// Who invites, where, to what.
fn head(pen: &mut Pen, said: &Said, is_tight: bool) {
    let room = pen.room();
    pen.bar(3.0 * MM);
    let community = bold(&said.community);
    let size = fitting(&community, 19.0, room);
    pen.y += 9.0 * MM;
    pen.run(&community, pen.left, size, Shade::Black);
    let most = if is_tight { 84.0 } else { 112.0 };
    let (size, names) = set(&said.area, Face::Bold, most, room, 2);
    // Two lines are never larger than one could have been half as long.
    let size = if names.len() > 1 {
        size.min(most * 0.62)
    } else {
        size
    };
    for name in &names {
        pen.y += size * 0.98;
        // Large letters have white before them: the edge is where their ink is.
        pen.run(
            &bold(name),
            pen.left - inside(name) * size,
            size,
            Shade::Black,
        );
    }
    let most = if is_tight { 21.0 } else { 26.0 };
    let (size, sentence) = set(&said.what, Face::Plain, most, room, 3);
    pen.y += size * 0.5;
    for line in &sentence {
        pen.y += size * 1.24;
        pen.run(&plain(line), pen.left, size, Shade::Black);
    }
}

/// How far the ink of a text's first letter lies behind its beginning, in parts of its size.
fn inside(text: &str) -> f32 {
    match text.chars().next() {
        Some('A' | 'J' | 'T' | 'V' | 'W' | 'X' | 'Y' | 'Z') => 0.015,
        Some('1') => 0.05,
        Some('2'..='9') => 0.03,
        _ => 0.065,
    }
}

/// The square code, and beside it what to do with it.
fn middle(pen: &mut Pen, said: &Said, code: &(usize, Vec<bool>), bottom: f32) {
    let gap = 7.0 * MM;
    let top = pen.y + gap;
    let beside = 42.0 * MM;
    let side = (bottom - gap - top).min(pen.room() - beside);
    // What lies around it is white anyway; only towards the words the quiet zone needs room.
    let module = side / real(code.0);
    pen.marks.push(modules(code, pen.left, top, side));
    let quiet = QUIET * module;
    let column = pen.left + side + quiet.max(6.0 * MM);
    let room = pen.right - column;
    let longest = writable(&said.scan)
        .split_whitespace()
        .map(|word| width(word, Face::Bold, 1.0))
        .fold(f32::EPSILON, f32::max);
    let size = (room / longest).min(30.0);
    let words = lines(&said.scan, Face::Bold, size, room);
    let tall = size * 1.12 * real(words.len());
    let arrow = size * 1.2;
    pen.y = top + (side - tall - arrow) / 2.0;
    arrow_to_the_left(pen, column, size);
    pen.y += arrow;
    for line in &words {
        pen.y += size * 1.12;
        pen.run(&bold(line), column, size, Shade::Black);
    }
}

/// An arrow as high as letters of that size.
fn arrow_to_the_left(pen: &mut Pen, x: f32, size: f32) {
    let (y, half, thick) = (pen.y + size * 0.45, size * 0.45, size * 0.13);
    let long = size * 1.7;
    pen.marks.push(Mark::Polygon(vec![
        (x, y),
        (x + half, y - half),
        (x + half, y - thick),
        (x + long, y - thick),
        (x + long, y + thick),
        (x + half, y + thick),
        (x + half, y + half),
    ]));
}

fn block_height(is_tight: bool) -> f32 {
    if is_tight { 36.0 * MM } else { 48.0 * MM }
}

fn foot_height(said: &Said, is_tight: bool) -> f32 {
    let address = if said.number.is_some() {
        12.0 * MM
    } else {
        0.0
    };
    block_height(is_tight) + address
}

/// The number on black, and the address below; without a number, the address on black.
fn feet(pen: &mut Pen, said: &Said, is_tight: bool) {
    let block = block_height(is_tight);
    let top = pen.y;
    let inset = 7.0 * MM;
    let room = pen.room() - 2.0 * inset;
    pen.bar(block);
    let (small, large): (Run, Run) = match &said.number {
        Some(number) => {
            let part = |(text, is_strong): &(String, bool)| {
                let face = if *is_strong { Face::Bold } else { Face::Plain };
                (writable(text), face)
            };
            (said.text_to.iter().map(part).collect(), bold(number))
        }
        None => (plain(&said.or_type), bold(&said.address)),
    };
    let size = fitting(&small, if is_tight { 22.0 } else { 27.0 }, room);
    pen.y = top + block * 0.29;
    pen.run(&small, pen.left + inset, size, Shade::White);
    let size = fitting(&large, block * 0.62, room);
    // In the middle of what is left below the small words; capitals and digits are 0.72 of their size high.
    let (above, below) = (top + block * 0.33, top + block);
    pen.y = f32::midpoint(above, below) + size * 0.36;
    let first = large.first().map(|(text, _)| inside(text));
    let x = pen.left + inset - first.unwrap_or_default() * size;
    pen.run(&large, x, size, Shade::White);
    if said.number.is_some() {
        let mut run = plain(&format!("{} ", said.or_type));
        run.extend(bold(&said.address));
        let size = fitting(&run, 21.0, pen.room());
        pen.y = top + block + 9.5 * MM;
        pen.run(&run, pen.left, size, Shade::Black);
    }
}

/// Strips to tear off, each with the code, the area, the number and the address.
fn strips(marks: &mut Vec<Mark>, said: &Said, code: &(usize, Vec<bool>), (wide, high): (f32, f32)) {
    let top = high - STRIP;
    marks.push(Mark::Cut {
        from: (0.0, top),
        to: (wide, top),
    });
    // The outer ones are wider by what printers leave white.
    let aside = 6.0 * MM;
    let strip = (wide - 2.0 * aside) / f32::from(STRIPS);
    let side = 15.5 * MM;
    let edge = 5.0 * MM;
    for n in 0..STRIPS {
        let x = aside + f32::from(n) * strip;
        if n > 0 {
            marks.push(Mark::Cut {
                from: (x, top),
                to: (x, high),
            });
        }
        let code_top = top + edge;
        marks.push(modules(code, x + (strip - side) / 2.0, code_top, side));
        let begin = code_top + side + 4.0 * MM;
        let room = high - 7.0 * MM - begin;
        let mut words = vec![(bold(&said.area), 12.5)];
        words.extend(said.number.as_ref().map(|number| (bold(number), 14.0)));
        let (host, path) = said.address.split_once('/').unwrap_or((&said.address, ""));
        words.push((plain(host), 10.5));
        words.push((plain(&format!("/{path}")), 10.5));
        let count = real(words.len());
        for (nth, (run, most)) in words.into_iter().enumerate() {
            let size = fitting(&run, most, room);
            // Turned words run down; the first line is the one at the right.
            let line = strip * (0.5 + (count / 2.0 - real(nth) - 0.5) * 0.225) - size * 0.35;
            let mut y = begin;
            for (text, face) in run {
                let long = width(&text, face, size);
                marks.push(Mark::Words {
                    at: (x + line, y),
                    size,
                    face,
                    shade: Shade::Black,
                    turned: true,
                    text,
                });
                y += long;
            }
        }
    }
}

#[cfg(test)]
mod tests;
