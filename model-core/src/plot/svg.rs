//! Writes the drawing as SVG.

use std::fmt::Write;

use super::card::Card;
use super::font::{FAMILY, Weight};
use super::layout::{Area, Layout};
use super::route::Point;
use super::style::{BAR, DETAIL, EDGE, FRAME, GREY, INK, NAME, PADDING, TITLE, of_family};

/// Writes the drawing.
pub(super) fn write(layout: &Layout<'_>) -> String {
    let (width, height) = layout.size;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" font-family=\"{FAMILY}, Helvetica, Arial, sans-serif\">\n<title>{}</title>\n",
        escape(&layout.drawing.title)
    );
    for (frame, area) in layout.drawing.frames.iter().zip(&layout.frames) {
        svg.push_str(&draw_frame(&frame.title, area));
    }
    for points in &layout.edges {
        svg.push_str(&draw_edge(points));
    }
    for (card, area) in layout.drawing.cards.iter().zip(&layout.cards) {
        svg.push_str(&draw_card(card, area));
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw_frame(title: &str, area: &Area) -> String {
    let (border, ground) = FRAME;
    let rectangle = format!("<rect {} rx=\"8\" fill=\"{ground}\" stroke=\"{border}\" stroke-dasharray=\"4 3\"/>\n", place(area));
    let text =
        Text { x: area.x + 10.0, y: area.y + TITLE - 6.0, size: DETAIL, weight: Weight::SemiBold, colour: GREY, anchor: "start" };
    rectangle + &text.draw(title)
}

fn draw_card(card: &Card, area: &Area) -> String {
    let colours = of_family(card.family);
    let radius = if card.is_port() { area.height / 2.0 } else { 6.0 };
    let mut svg =
        format!("<rect {} rx=\"{}\" fill=\"{}\" stroke=\"{}\"/>\n", place(area), number(radius), colours.light, colours.border);
    let (left, right) = (area.x + PADDING, area.x + area.width - PADDING);
    if card.is_port() {
        let y = area.y + area.height / 2.0 + 4.5;
        svg += &Text { x: left, y, size: NAME, weight: Weight::SemiBold, colour: INK, anchor: "start" }.draw(&card.name);
        svg += &Text { x: right, y, size: DETAIL, weight: Weight::Regular, colour: GREY, anchor: "end" }.draw(&card.shape);
        return svg;
    }
    svg += &bar(area, colours.strong);
    let (upper, lower, left) = (area.y + 19.0, area.y + 36.0, left + BAR);
    svg += &Text { x: left, y: upper, size: NAME, weight: Weight::SemiBold, colour: INK, anchor: "start" }.draw(&card.name);
    svg += &Text { x: right, y: upper, size: DETAIL, weight: Weight::Regular, colour: INK, anchor: "end" }.draw(&card.shape);
    svg += &Text { x: left, y: lower, size: DETAIL, weight: Weight::Regular, colour: colours.strong, anchor: "start" }
        .draw(&card.detail);
    svg +=
        &Text { x: right, y: lower, size: DETAIL, weight: Weight::Regular, colour: GREY, anchor: "end" }.draw(&card.parameters);
    svg
}

/// The bar at a card's left side, with the card's round corners.
fn bar(area: &Area, colour: &str) -> String {
    let (x, y, bottom) = (number(area.x + BAR), number(area.y), number(area.bottom()));
    let edge = number(area.x);
    let (upper, lower) = (number(area.y + 6.0), number(area.bottom() - 6.0));
    let corner = number(area.x + 6.0);
    format!(
        "<path d=\"M{corner} {y}Q{edge} {y} {edge} {upper}V{lower}Q{edge} {bottom} {corner} {bottom}H{x}V{y}Z\" fill=\"{colour}\"/>\n"
    )
}

/// The length of an arrow's head.
const HEAD: f64 = 8.0;

fn draw_edge(points: &[Point]) -> String {
    let (Some(start), Some(end)) = (points.first(), points.last()) else { return String::new() };
    let mut path = format!("M{} {}", number(start.x), number(start.y));
    for corner in points.windows(3) {
        path.push_str(&turn(corner[0], corner[1], corner[2]));
    }
    let _ = write!(path, "V{}", number(end.y - HEAD + 1.0));
    let (x, y, back) = (number(end.x), number(end.y), number(end.y - HEAD));
    let (left, right) = (number(end.x - 3.5), number(end.x + 3.5));
    format!(
        "<path d=\"{path}\" fill=\"none\" stroke=\"{EDGE}\" stroke-width=\"1.3\"/>\n<path d=\"M{x} {y}L{left} {back}H{right}Z\" fill=\"{EDGE}\"/>\n"
    )
}

/// The largest radius of a corner.
const RADIUS: f64 = 7.0;

/// A line towards a corner, and round it.
fn turn(from: Point, corner: Point, to: Point) -> String {
    let length = |a: Point, b: Point| (a.x - b.x).abs() + (a.y - b.y).abs();
    let radius = RADIUS.min(length(from, corner) / 2.0).min(length(corner, to) / 2.0);
    let near = |other: Point| Point {
        x: corner.x + (other.x - corner.x).clamp(-radius, radius),
        y: corner.y + (other.y - corner.y).clamp(-radius, radius),
    };
    let [before, corner, after] = [near(from), corner, near(to)].map(|point| format!("{} {}", number(point.x), number(point.y)));
    format!("L{before}Q{corner} {after}")
}

/// A line of text.
struct Text {
    x: f64,
    y: f64,
    size: f64,
    weight: Weight,
    colour: &'static str,
    anchor: &'static str,
}

impl Text {
    fn draw(&self, text: &str) -> String {
        let Self { x, y, size, weight, colour, anchor } = self;
        if text.is_empty() {
            return String::new();
        }
        format!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{size}\" font-weight=\"{}\" fill=\"{colour}\" text-anchor=\"{anchor}\">{}</text>\n",
            number(*x),
            number(*y),
            weight.number(),
            escape(text)
        )
    }
}

fn place(area: &Area) -> String {
    let [x, y, width, height] = [area.x, area.y, area.width, area.height].map(number);
    format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"")
}

/// A number with at most one digit behind the point.
fn number(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Text as XML has it; what XML cannot hold is left out.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}
