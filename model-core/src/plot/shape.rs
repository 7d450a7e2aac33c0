//! What pictures are made of, back to front: what is written as SVG and what is made into pixels is the same.

use std::borrow::Cow;

use super::font::{Weight, width};

/// A picture.
pub(crate) struct Picture {
    /// What readers hear who do not see it.
    pub(super) title: String,
    /// The width and the height.
    pub(super) size: (f64, f64),
    pub(super) shapes: Vec<Shape>,
}

/// A place in the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

/// A rectangle by its corner and size.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub(super) struct Area {
    /// The left edge.
    pub x: f64,
    /// The upper edge.
    pub y: f64,
    /// The width.
    pub width: f64,
    /// The height.
    pub height: f64,
}

impl Area {
    /// The middle of the width.
    pub fn middle(&self) -> f64 {
        self.x + self.width / 2.0
    }

    /// The lower edge.
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// The right edge.
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    /// The smallest rectangle around both.
    pub fn and(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Self { x, y, width: self.right().max(other.right()) - x, height: self.bottom().max(other.bottom()) - y }
    }
}

/// A part of the picture. Colours are `#rrggbb`.
pub(super) enum Shape {
    /// A rectangle with round corners and a border.
    Rectangle { area: Area, radius: f64, fill: &'static str, border: &'static str, is_dashed: bool },
    /// An area.
    Filled { outline: Vec<Stroke>, colour: Cow<'static, str> },
    /// A line.
    Line { strokes: Vec<Stroke>, colour: &'static str, width: f64, is_dashed: bool },
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

/// Which part of a line of text is at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    /// The share of the text's width that lies before the point.
    #[cfg(any(feature = "png", test))]
    pub const fn before(self) -> f64 {
        match self {
            Self::Start => 0.0,
            Self::Middle => 0.5,
            Self::End => 1.0,
        }
    }
}

/// How text looks: its size, its weight and its colour.
pub(super) type Look = (f64, Weight, &'static str);

/// A line of text.
pub(super) struct Text {
    pub text: String,
    pub at: Point,
    pub size: f64,
    pub weight: Weight,
    pub colour: &'static str,
    pub anchor: Anchor,
    /// Whether it runs upwards, turned about the point.
    pub is_upright: bool,
}

impl Shape {
    /// A line of text that runs to the right.
    pub fn text(text: impl Into<String>, at: Point, (size, weight, colour): Look, anchor: Anchor) -> Self {
        Self::Text(Text { text: text.into(), at, size, weight, colour, anchor, is_upright: false })
    }

    /// A line of text that runs upwards.
    pub fn upright(text: impl Into<String>, at: Point, (size, weight, colour): Look, anchor: Anchor) -> Self {
        Self::Text(Text { text: text.into(), at, size, weight, colour, anchor, is_upright: true })
    }

    /// A straight line.
    pub fn line(from: Point, to: Point, colour: &'static str) -> Self {
        Self::Line { strokes: vec![Stroke::From(from), Stroke::To(to)], colour, width: 1.0, is_dashed: false }
    }

    /// A filled rectangle.
    pub fn block(area: &Area, colour: impl Into<Cow<'static, str>>) -> Self {
        let point = |x, y| Stroke::To(Point { x, y });
        let outline = vec![
            Stroke::From(Point { x: area.x, y: area.y }),
            point(area.right(), area.y),
            point(area.right(), area.bottom()),
            point(area.x, area.bottom()),
            Stroke::Close,
        ];
        Self::Filled { outline, colour: colour.into() }
    }

    /// A filled circle.
    pub fn dot(at: Point, radius: f64, colour: &'static str) -> Self {
        let area = Area { x: at.x - radius, y: at.y - radius, width: 2.0 * radius, height: 2.0 * radius };
        Self::Rectangle { area, radius, fill: colour, border: colour, is_dashed: false }
    }
}

/// As much of a text as is not wider, ended by dots where some is left out.
pub(super) fn shortened(text: &str, (size, weight, _): Look, most: f64) -> String {
    if width(text, weight, size) <= most {
        return text.to_owned();
    }
    let mut letters: Vec<char> = text.chars().collect();
    while letters.pop().is_some() {
        let shorter: String = letters.iter().chain(&['…']).collect();
        if width(&shorter, weight, size) <= most {
            return shorter;
        }
    }
    "…".to_owned()
}
