//! The drawing as shapes, back to front: what is written as SVG and what is made into pixels is the same.

use super::card::Card;
use super::font::Weight;
use super::layout::{Area, Layout};
use super::route::Point;
use super::style::{BAR, DETAIL, EDGE, FRAME, GREY, INK, NAME, PADDING, TITLE, of_family};

/// A part of the picture. Colours are `#rrggbb`.
pub(super) enum Shape {
    /// A rectangle with round corners and a border.
    Rectangle { area: Area, radius: f64, fill: &'static str, border: &'static str, is_dashed: bool },
    /// An area.
    Filled { outline: Vec<Stroke>, colour: &'static str },
    /// A line.
    Line { strokes: Vec<Stroke>, colour: &'static str, width: f64 },
    /// A line of text.
    Text(Text),
}

/// A part of an outline or a line.
#[derive(Clone, Copy)]
pub(super) enum Stroke {
    /// Starts here.
    From(Point),
    /// Straight to here.
    To(Point),
    /// In a curve past the first point to the second.
    Curve(Point, Point),
    /// Back to the start.
    Close,
}

/// A line of text.
pub(super) struct Text {
    pub text: String,
    pub at: Point,
    pub size: f64,
    pub weight: Weight,
    pub colour: &'static str,
    /// Whether it ends at the point, or starts there.
    pub ends: bool,
}

/// The shapes of a drawing.
pub(super) fn shapes(layout: &Layout<'_>) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for (frame, area) in layout.drawing.frames.iter().zip(&layout.frames) {
        draw_frame(&mut shapes, &frame.title, area);
    }
    for points in &layout.edges {
        draw_edge(&mut shapes, points);
    }
    for (card, area) in layout.drawing.cards.iter().zip(&layout.cards) {
        draw_card(&mut shapes, card, area);
    }
    shapes
}

fn draw_frame(shapes: &mut Vec<Shape>, title: &str, area: &Area) {
    let (border, fill) = FRAME;
    shapes.push(Shape::Rectangle { area: *area, radius: 8.0, fill, border, is_dashed: true });
    let at = Point { x: area.x + 10.0, y: area.y + TITLE - 6.0 };
    write(shapes, title, at, (DETAIL, Weight::SemiBold, GREY), false);
}

fn draw_card(shapes: &mut Vec<Shape>, card: &Card, area: &Area) {
    let colours = of_family(card.family);
    let radius = if card.is_port() { area.height / 2.0 } else { 6.0 };
    shapes.push(Shape::Rectangle { area: *area, radius, fill: colours.light, border: colours.border, is_dashed: false });
    let (left, right) = (area.x + PADDING, area.x + area.width - PADDING);
    let name = (NAME, Weight::SemiBold, INK);
    let detail = |colour| (DETAIL, Weight::Regular, colour);
    if card.is_port() {
        let y = area.y + area.height / 2.0 + 4.5;
        write(shapes, &card.name, Point { x: left, y }, name, false);
        write(shapes, &card.shape, Point { x: right, y }, detail(GREY), true);
        return;
    }
    shapes.push(bar(area, colours.strong));
    let (upper, lower, left) = (area.y + 19.0, area.y + 36.0, left + BAR);
    write(shapes, &card.name, Point { x: left, y: upper }, name, false);
    write(shapes, &card.shape, Point { x: right, y: upper }, detail(INK), true);
    write(shapes, &card.detail, Point { x: left, y: lower }, detail(colours.strong), false);
    write(shapes, &card.parameters, Point { x: right, y: lower }, detail(GREY), true);
}

fn write(shapes: &mut Vec<Shape>, text: &str, at: Point, (size, weight, colour): (f64, Weight, &'static str), ends: bool) {
    if !text.is_empty() {
        shapes.push(Shape::Text(Text { text: text.to_owned(), at, size, weight, colour, ends }));
    }
}

/// The bar at a card's left side, with the card's round corners.
fn bar(area: &Area, colour: &'static str) -> Shape {
    let point = |x: f64, y: f64| Point { x: area.x + x, y };
    let (top, bottom, radius) = (area.y, area.bottom(), 6.0);
    let outline = vec![
        Stroke::From(point(radius, top)),
        Stroke::Curve(point(0.0, top), point(0.0, top + radius)),
        Stroke::To(point(0.0, bottom - radius)),
        Stroke::Curve(point(0.0, bottom), point(radius, bottom)),
        Stroke::To(point(BAR, bottom)),
        Stroke::To(point(BAR, top)),
        Stroke::Close,
    ];
    Shape::Filled { outline, colour }
}

/// The length of an arrow's head.
const HEAD: f64 = 8.0;

fn draw_edge(shapes: &mut Vec<Shape>, points: &[Point]) {
    let (Some(&start), Some(&end)) = (points.first(), points.last()) else { return };
    let mut strokes = vec![Stroke::From(start)];
    strokes.extend(points.windows(3).flat_map(|corner| turn(corner[0], corner[1], corner[2])));
    strokes.push(Stroke::To(Point { x: end.x, y: end.y - HEAD + 1.0 }));
    shapes.push(Shape::Line { strokes, colour: EDGE, width: 1.3 });
    let back = end.y - HEAD;
    let [left, right] = [-3.5, 3.5].map(|aside| Stroke::To(Point { x: end.x + aside, y: back }));
    shapes.push(Shape::Filled { outline: vec![Stroke::From(end), left, right, Stroke::Close], colour: EDGE });
}

/// The largest radius of a corner.
const RADIUS: f64 = 7.0;

/// A line towards a corner, and round it.
fn turn(from: Point, corner: Point, to: Point) -> [Stroke; 2] {
    let length = |a: Point, b: Point| (a.x - b.x).abs() + (a.y - b.y).abs();
    let radius = RADIUS.min(length(from, corner) / 2.0).min(length(corner, to) / 2.0);
    let near = |other: Point| Point {
        x: corner.x + (other.x - corner.x).clamp(-radius, radius),
        y: corner.y + (other.y - corner.y).clamp(-radius, radius),
    };
    [Stroke::To(near(from)), Stroke::Curve(corner, near(to))]
}
