//! The picture of a model: its cards, the frames around them and the edges between them, where they lie.

use super::card::Card;
use super::font::Weight;
use super::layout::Layout;
use super::shape::{Anchor, Area, Look, Picture, Point, Shape, Stroke};
use super::style::{BAR, DETAIL, EDGE, FRAME, GREY, INK, NAME, PADDING, TITLE, of_family};

/// The picture of a drawing that is laid out.
pub(super) fn picture(layout: &Layout<'_>) -> Picture {
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
    Picture { title: layout.drawing.title.clone(), size: layout.size, shapes }
}

fn draw_frame(shapes: &mut Vec<Shape>, title: &str, area: &Area) {
    let (border, fill) = FRAME;
    shapes.push(Shape::Rectangle { area: *area, radius: 8.0, fill, border, is_dashed: true });
    let at = Point { x: area.x + 10.0, y: area.y + TITLE - 6.0 };
    write(shapes, title, at, (DETAIL, Weight::SemiBold, GREY), Anchor::Start);
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
        write(shapes, &card.name, Point { x: left, y }, name, Anchor::Start);
        write(shapes, &card.shape, Point { x: right, y }, detail(GREY), Anchor::End);
        return;
    }
    shapes.push(bar(area, colours.strong));
    let (upper, lower, left) = (area.y + 19.0, area.y + 36.0, left + BAR);
    write(shapes, &card.name, Point { x: left, y: upper }, name, Anchor::Start);
    write(shapes, &card.shape, Point { x: right, y: upper }, detail(INK), Anchor::End);
    write(shapes, &card.detail, Point { x: left, y: lower }, detail(colours.strong), Anchor::Start);
    write(shapes, &card.parameters, Point { x: right, y: lower }, detail(GREY), Anchor::End);
}

fn write(shapes: &mut Vec<Shape>, text: &str, at: Point, look: Look, anchor: Anchor) {
    if !text.is_empty() {
        shapes.push(Shape::text(text, at, look, anchor));
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
    Shape::Filled { outline, colour: colour.into() }
}

/// The length of an arrow's head.
const HEAD: f64 = 8.0;

fn draw_edge(shapes: &mut Vec<Shape>, points: &[Point]) {
    let (Some(&start), Some(&end)) = (points.first(), points.last()) else { return };
    let mut strokes = vec![Stroke::From(start)];
    strokes.extend(points.windows(3).flat_map(|corner| turn(corner[0], corner[1], corner[2])));
    strokes.push(Stroke::To(Point { x: end.x, y: end.y - HEAD + 1.0 }));
    shapes.push(Shape::Line { strokes, colour: EDGE, width: 1.3, is_dashed: false });
    let back = end.y - HEAD;
    let [left, right] = [-3.5, 3.5].map(|aside| Stroke::To(Point { x: end.x + aside, y: back }));
    shapes.push(Shape::Filled { outline: vec![Stroke::From(end), left, right, Stroke::Close], colour: EDGE.into() });
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
