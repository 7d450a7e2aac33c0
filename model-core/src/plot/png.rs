//! Makes pixels of a picture, with the fonts that come along: the same on every machine.

use tiny_skia::{Color, FillRule, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke as Pen, StrokeDash, Transform};
use ttf_parser::{Face, OutlineBuilder};

use super::font::{Weight, width};
use super::shape::{Area, Picture, Shape, Stroke, Text};

/// Pixels for each unit of the drawing.
const SCALE: f32 = 2.0;

/// The largest width or height in pixels; larger drawings are scaled down to it.
const LARGEST: f32 = 16_384.0;

/// Renders the picture on white.
pub(super) fn render(picture: &Picture) -> Result<Vec<u8>, String> {
    let (width, height) = (picture.size.0 as f32, picture.size.1 as f32);
    let scale = SCALE.min(LARGEST / width.max(height));
    let pixels = |length: f32| (length * scale).ceil() as u32;
    let mut pixmap = Pixmap::new(pixels(width), pixels(height))
        .ok_or_else(|| format!("{} by {} pixels do not fit the memory", pixels(width), pixels(height)))?;
    pixmap.fill(Color::WHITE);
    let mut canvas = Canvas { pixmap, scale: Transform::from_scale(scale, scale), fonts: Fonts::new()? };
    picture.shapes.iter().for_each(|shape| canvas.draw(shape));
    canvas.pixmap.encode_png().map_err(|error| error.to_string())
}

/// What is drawn on.
struct Canvas {
    pixmap: Pixmap,
    scale: Transform,
    fonts: Fonts,
}

impl Canvas {
    fn draw(&mut self, shape: &Shape) {
        match shape {
            Shape::Rectangle { area, radius, fill, border, is_dashed } => {
                let outline = rectangle(area, *radius as f32);
                self.fill(outline.as_ref(), fill);
                self.line(outline.as_ref(), border, &pen(1.0, *is_dashed));
            }
            Shape::Filled { outline, colour } => self.fill(path(outline).as_ref(), colour),
            Shape::Line { strokes, colour, width, is_dashed } => {
                self.line(path(strokes).as_ref(), colour, &pen(*width, *is_dashed));
            }
            Shape::Text(text) => self.fill(self.fonts.outline(text).as_ref(), text.colour),
        }
    }

    fn fill(&mut self, path: Option<&Path>, colour: &str) {
        if let Some(path) = path {
            self.pixmap.fill_path(path, &paint(colour), FillRule::Winding, self.scale, None);
        }
    }

    fn line(&mut self, path: Option<&Path>, colour: &str, pen: &Pen) {
        if let Some(path) = path {
            self.pixmap.stroke_path(path, &paint(colour), pen, self.scale, None);
        }
    }
}

fn pen(width: f64, is_dashed: bool) -> Pen {
    let dash = is_dashed.then(|| StrokeDash::new(vec![4.0, 3.0], 0.0)).flatten();
    Pen { width: width as f32, line_join: LineJoin::Round, dash, ..Pen::default() }
}

fn paint(colour: &str) -> Paint<'static> {
    let part = |at: usize| colour.get(at..at + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).unwrap_or_default();
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(part(1), part(3), part(5), u8::MAX);
    paint
}

fn path(strokes: &[Stroke]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for stroke in strokes {
        match stroke {
            Stroke::From(to) => path.move_to(to.x as f32, to.y as f32),
            Stroke::To(to) => path.line_to(to.x as f32, to.y as f32),
            Stroke::Curve(past, to) => path.quad_to(past.x as f32, past.y as f32, to.x as f32, to.y as f32),
            Stroke::Close => path.close(),
        }
    }
    path.finish()
}

/// A rectangle whose corners are quarters of circles.
fn rectangle(area: &Area, radius: f32) -> Option<Path> {
    let rect = Rect::from_xywh(area.x as f32, area.y as f32, area.width as f32, area.height as f32)?;
    let (left, top, right, bottom) = (rect.left(), rect.top(), rect.right(), rect.bottom());
    // How far the middle points of a cubic curve lie from the corners of a quarter of a circle.
    let near = radius * (1.0 - 0.552_284_8);
    let mut path = PathBuilder::new();
    path.move_to(left + radius, top);
    path.line_to(right - radius, top);
    path.cubic_to(right - near, top, right, top + near, right, top + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(right, bottom - near, right - near, bottom, right - radius, bottom);
    path.line_to(left + radius, bottom);
    path.cubic_to(left + near, bottom, left, bottom - near, left, bottom - radius);
    path.line_to(left, top + radius);
    path.cubic_to(left, top + near, left + near, top, left + radius, top);
    path.close();
    path.finish()
}

/// The fonts that come along.
struct Fonts {
    regular: Face<'static>,
    semi_bold: Face<'static>,
}

impl Fonts {
    fn new() -> Result<Self, String> {
        let face = |weight: Weight| Face::parse(weight.data(), 0).map_err(|error| error.to_string());
        Ok(Self { regular: face(Weight::Regular)?, semi_bold: face(Weight::SemiBold)? })
    }

    /// The outlines of a text's letters. A letter that the font does not have is its empty box.
    fn outline(&self, text: &Text) -> Option<Path> {
        let face = match text.weight {
            Weight::Regular => &self.regular,
            Weight::SemiBold => &self.semi_bold,
        };
        let start = text.at.x - text.anchor.before() * width(&text.text, text.weight, text.size);
        let scale = text.size as f32 / f32::from(face.units_per_em());
        let mut letters = Letters { path: PathBuilder::new(), x: start as f32, y: text.at.y as f32, scale };
        for letter in text.text.chars() {
            let glyph = face.glyph_index(letter).unwrap_or_default();
            face.outline_glyph(glyph, &mut letters);
            letters.x += f32::from(face.glyph_hor_advance(glyph).unwrap_or_default()) * scale;
        }
        let outline = letters.path.finish()?;
        let turn = Transform::from_rotate_at(-90.0, text.at.x as f32, text.at.y as f32);
        if text.is_upright { outline.transform(turn) } else { Some(outline) }
    }
}

/// Letters on a line, one behind the other.
struct Letters {
    path: PathBuilder,
    /// Where the next one stands.
    x: f32,
    y: f32,
    scale: f32,
}

impl Letters {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.y - y * self.scale)
    }
}

impl OutlineBuilder for Letters {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
