//! What must hold for every picture: text lies in it and on no other text, lines lie in it, the same picture gives the same bytes, and pixels have
//! its size.

use super::font::width;
use super::shape::{Area, Picture, Shape, Stroke, Text};
use super::svg;

/// Where a text is, from its letters' tops to their feet.
pub(super) fn area_of(text: &Text) -> Area {
    let (long, high) = (width(&text.text, text.weight, text.size), 0.72 * text.size);
    let before = text.anchor.before() * long;
    if text.is_upright {
        Area { x: text.at.x - high, y: text.at.y - long + before, width: high, height: long }
    } else {
        Area { x: text.at.x - before, y: text.at.y - high, width: long, height: high }
    }
}

/// The texts of a picture.
pub(super) fn texts(picture: &Picture) -> impl Iterator<Item = &Text> {
    picture.shapes.iter().filter_map(|shape| if let Shape::Text(text) = shape { Some(text) } else { None })
}

pub(super) fn check(picture: &Picture) {
    let (width, height) = picture.size;
    let is_inside = |x: f64, y: f64| (0.0..=width).contains(&x) && (0.0..=height).contains(&y);
    let areas: Vec<(Area, &str)> = texts(picture).map(|text| (area_of(text), text.text.as_str())).collect();
    for (i, (area, text)) in areas.iter().enumerate() {
        assert!(is_inside(area.x, area.y) && is_inside(area.right(), area.bottom()), "`{text}` leaves the picture: {area:?}");
        for (other, covered) in &areas[i + 1..] {
            let is_apart =
                area.right() <= other.x || other.right() <= area.x || area.bottom() <= other.y || other.bottom() <= area.y;
            assert!(is_apart, "`{text}` at {area:?} covers `{covered}` at {other:?}");
        }
    }
    for shape in &picture.shapes {
        let strokes = match shape {
            Shape::Line { strokes, .. } => strokes.as_slice(),
            Shape::Filled { outline, .. } => outline.as_slice(),
            Shape::Rectangle { .. } | Shape::Text(_) => &[],
        };
        for stroke in strokes {
            let points = match stroke {
                Stroke::From(to) | Stroke::To(to) => vec![to],
                Stroke::Curve(past, to) => vec![past, to],
                Stroke::Close => Vec::new(),
            };
            assert!(points.into_iter().all(|point| is_inside(point.x, point.y)), "a line leaves the picture");
        }
    }
    assert_eq!(svg::write(picture), svg::write(picture));
}

/// The pixels of a picture, which takes its time where tests are not optimised.
#[cfg(feature = "png")]
pub(super) fn check_pixels(picture: &Picture) {
    use super::png::render;
    let bytes = render(picture).unwrap();
    assert_eq!(bytes, render(picture).unwrap());
    let pixels = tiny_skia::Pixmap::decode_png(&bytes).unwrap();
    let doubled = |length: f64| (2.0 * length).ceil() as u32;
    assert_eq!((pixels.width(), pixels.height()), (doubled(picture.size.0), doubled(picture.size.1)));
}
