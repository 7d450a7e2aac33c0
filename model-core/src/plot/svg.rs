//! Writes the picture as SVG.

use super::font::FAMILY;
use super::layout::{Area, Layout};
use super::picture::{Shape, Stroke, Text, shapes};
use super::route::Point;

/// Writes the drawing.
pub(super) fn write(layout: &Layout<'_>) -> String {
    let (width, height) = layout.size;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" font-family=\"{FAMILY}, Helvetica, Arial, sans-serif\">\n<title>{}</title>\n",
        escape(&layout.drawing.title)
    );
    shapes(layout).iter().for_each(|shape| svg.push_str(&element(shape)));
    svg.push_str("</svg>\n");
    svg
}

fn element(shape: &Shape) -> String {
    match shape {
        Shape::Rectangle { area, radius, fill, border, is_dashed } => {
            let dashes = if *is_dashed { " stroke-dasharray=\"4 3\"" } else { "" };
            format!("<rect {} rx=\"{}\" fill=\"{fill}\" stroke=\"{border}\"{dashes}/>\n", place(area), number(*radius))
        }
        Shape::Filled { outline, colour } => format!("<path d=\"{}\" fill=\"{colour}\"/>\n", path(outline)),
        Shape::Line { strokes, colour, width } => {
            format!("<path d=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"/>\n", path(strokes))
        }
        Shape::Text(Text { text, at, size, weight, colour, ends }) => format!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{size}\" font-weight=\"{}\" fill=\"{colour}\" text-anchor=\"{}\">{}</text>\n",
            number(at.x),
            number(at.y),
            weight.number(),
            if *ends { "end" } else { "start" },
            escape(text)
        ),
    }
}

fn path(strokes: &[Stroke]) -> String {
    let point = |point: &Point| format!("{} {}", number(point.x), number(point.y));
    let stroke = |stroke: &Stroke| match stroke {
        Stroke::From(to) => format!("M{}", point(to)),
        Stroke::To(to) => format!("L{}", point(to)),
        Stroke::Curve(past, to) => format!("Q{} {}", point(past), point(to)),
        Stroke::Close => "Z".to_owned(),
    };
    strokes.iter().map(stroke).collect()
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
