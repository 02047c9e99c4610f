//! A sheet as PDF: one page, letters as letters, the two standard faces every reader has.

use pdf_writer::{Content, Name, Pdf, Rect, Ref, Str, TextStr};

use super::{
    letters::{Face, bytes},
    sheet::{Mark, Shade, Sheet},
};

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const PAGE: Ref = Ref::new(3);
const CONTENT: Ref = Ref::new(4);
const INFO: Ref = Ref::new(5);
const PLAIN: Ref = Ref::new(6);
const BOLD: Ref = Ref::new(7);

const fn name(face: Face) -> Name<'static> {
    match face {
        Face::Plain => Name(b"P"),
        Face::Bold => Name(b"B"),
    }
}

/// The bytes of the file. It says neither when nor by what it was made.
pub fn file(sheet: &Sheet, title: &str, language: &str) -> Vec<u8> {
    let (wide, high) = sheet.size;
    let mut pdf = Pdf::new();
    let mut catalog = pdf.catalog(CATALOG);
    catalog.pages(PAGES).lang(TextStr(language));
    catalog.viewer_preferences().display_doc_title(true);
    drop(catalog);
    pdf.pages(PAGES).kids([PAGE]).count(1);
    let mut page = pdf.page(PAGE);
    page.media_box(Rect::new(0.0, 0.0, wide, high))
        .parent(PAGES)
        .contents(CONTENT);
    let mut resources = page.resources();
    resources
        .fonts()
        .pair(name(Face::Plain), PLAIN)
        .pair(name(Face::Bold), BOLD);
    drop(resources);
    drop(page);
    for (font, face) in [(PLAIN, b"Helvetica".as_slice()), (BOLD, b"Helvetica-Bold")] {
        pdf.type1_font(font)
            .base_font(Name(face))
            .encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    pdf.stream(CONTENT, &drawn(sheet));
    pdf.document_info(INFO).title(TextStr(title));
    pdf.finish()
}

fn drawn(sheet: &Sheet) -> Vec<u8> {
    // PDF counts from the lower edge.
    let up = |y: f32| sheet.size.1 - y;
    let mut content = Content::new();
    for mark in &sheet.marks {
        match mark {
            Mark::Shape(shape) => {
                content.set_fill_gray(0.0);
                for (x, y, w, h) in shape {
                    content.rect(*x, up(y + h), *w, *h);
                }
                content.fill_nonzero();
            }
            Mark::Polygon(points) => {
                content.set_fill_gray(0.0);
                for (n, (x, y)) in points.iter().enumerate() {
                    if n == 0 {
                        content.move_to(*x, up(*y));
                    } else {
                        content.line_to(*x, up(*y));
                    }
                }
                content.close_path().fill_nonzero();
            }
            Mark::Cut { from, to } => {
                content
                    .save_state()
                    .set_stroke_gray(0.45)
                    .set_line_width(0.75)
                    .set_dash_pattern([4.0, 4.0], 0.0)
                    .move_to(from.0, up(from.1))
                    .line_to(to.0, up(to.1))
                    .stroke()
                    .restore_state();
            }
            Mark::Words {
                at: (x, y),
                size,
                face,
                shade,
                turned,
                text,
            } => {
                let gray = if *shade == Shade::White { 1.0 } else { 0.0 };
                let matrix = if *turned {
                    [0.0, -1.0, 1.0, 0.0, *x, up(*y)]
                } else {
                    [1.0, 0.0, 0.0, 1.0, *x, up(*y)]
                };
                content
                    .set_fill_gray(gray)
                    .begin_text()
                    .set_font(name(*face), *size)
                    .set_text_matrix(matrix)
                    .show(Str(&bytes(text)))
                    .end_text();
            }
        }
    }
    content.finish().into_vec()
}
