//! Nothing leaves the sheet or lies on something else, however long the names are.

use super::*;

const LONG: &str =
    "Saint Anthony Park and Energy Park Drive, Southeast Como, Prospect Park East River Road";

fn said(area: &str, number: Option<&str>, url: &str) -> Said {
    Said {
        community: "Forty letters are the most it may have..".to_owned(),
        area: area.to_owned(),
        what: "Neighbors here alert each other when ICE is near, and help one another.".to_owned(),
        scan: "Scan with your camera".to_owned(),
        text_to: vec![
            ("or text ".to_owned(), false),
            (area.to_owned(), true),
            (" to".to_owned(), false),
        ],
        number: number.map(ToOwned::to_owned),
        or_type: "or open".to_owned(),
        address: url.trim_start_matches("https://").to_owned(),
        url: url.to_owned(),
    }
}

/// Left, top, right, bottom of a mark.
fn bounds(mark: &Mark) -> (f32, f32, f32, f32) {
    let around = |points: Vec<(f32, f32)>| {
        let fold = |pick: fn(&(f32, f32)) -> f32, by: fn(f32, f32) -> f32, from| {
            points.iter().map(pick).fold(from, by)
        };
        (
            fold(|p| p.0, f32::min, f32::MAX),
            fold(|p| p.1, f32::min, f32::MAX),
            fold(|p| p.0, f32::max, f32::MIN),
            fold(|p| p.1, f32::max, f32::MIN),
        )
    };
    match mark {
        Mark::Words {
            at: (x, y),
            size,
            face,
            turned,
            text,
            ..
        } => {
            let long = width(text, *face, *size);
            match turned {
                false => (*x, y - size * 0.72, x + long, y + size * 0.21),
                true => (x - size * 0.21, *y, x + size * 0.72, y + long),
            }
        }
        Mark::Shape(shape) => around(
            shape
                .iter()
                .flat_map(|(x, y, w, h)| [(*x, *y), (x + w, y + h)])
                .collect(),
        ),
        Mark::Cut { from, to } => around(vec![*from, *to]),
        Mark::Polygon(points) => around(points.clone()),
    }
}

#[test]
fn everything_fits_the_sheet_and_nothing_lies_on_anything_else() {
    let urls = [
        "https://t.co/j/h7k2p9xy",
        "https://rapid-response.neighborhoods.minneapolis.example.org/tocsin/j/h7k2p9xy",
    ];
    for area in [
        "Bde",
        "Whittier",
        "Powderhorn Park",
        "Prospect Park - East River Road",
        LONG,
    ] {
        for url in urls {
            for number in [None, Some("612-555-0100"), Some("+525555550100")] {
                for paper in [Paper::A4, Paper::Letter] {
                    for has_strips in [false, true] {
                        let sheet = sheet(&said(area, number, url), paper, has_strips).unwrap();
                        let (wide, high) = sheet.size;
                        let marks: Vec<_> = sheet
                            .marks
                            .iter()
                            .map(|mark| (mark, bounds(mark)))
                            .collect();
                        for (mark, (left, top, right, bottom)) in &marks {
                            let slack = 0.01;
                            assert!(
                                *left >= -slack
                                    && *top >= -slack
                                    && *right <= wide + slack
                                    && *bottom <= high + slack,
                                "{area} {paper:?} {has_strips}: {mark:?}"
                            );
                        }
                        let words = marks
                            .iter()
                            .filter(|(mark, _)| matches!(mark, Mark::Words { .. }));
                        let is_white = |mark: &Mark| {
                            matches!(
                                mark,
                                Mark::Words {
                                    shade: Shade::White,
                                    ..
                                }
                            )
                        };
                        for (word, one) in words {
                            for (other, two) in
                                marks.iter().filter(|(mark, _)| !std::ptr::eq(*mark, *word))
                            {
                                let apart = one.2 <= two.0 + 0.5
                                    || two.2 <= one.0 + 0.5
                                    || one.3 <= two.1 + 0.5
                                    || two.3 <= one.1 + 0.5;
                                let is_ground = is_white(word) && matches!(other, Mark::Shape(_));
                                // Lines of a block of text may touch with their tails.
                                let is_text = matches!(other, Mark::Words { .. })
                                    && one.3.min(two.3) - one.1.max(two.1) < 8.0
                                    && !is_white(word);
                                assert!(
                                    apart || is_ground || is_text,
                                    "{area} {paper:?} {has_strips}: {word:?} lies on {other:?}"
                                );
                            }
                        }
                        let side = marks
                            .iter()
                            .filter_map(|(mark, bounds)| match mark {
                                Mark::Shape(shape) if shape.len() > 10 => Some(bounds.2 - bounds.0),
                                _ => None,
                            })
                            .fold(0.0, f32::max);
                        let least = if has_strips { 50.0 } else { 75.0 };
                        assert!(
                            side >= least * MM,
                            "{area} {paper:?} {has_strips}: the code is {} mm",
                            side / MM
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn an_address_that_no_square_code_holds_makes_no_poster() {
    let url = format!("https://{}/j/h7k2p9xy", "a".repeat(3000));
    assert!(sheet(&said("Whittier", None, &url), Paper::A4, false).is_none());
}

#[test]
fn letters_that_the_faces_lack_are_replaced() {
    assert_eq!(writable("Łódź Peña “K7”\u{a0}\n猫"), "?ódz Peña “K7”  ?");
}
