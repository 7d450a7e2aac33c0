//! Writes a picture as SVG.

use super::font::FAMILY;
use super::shape::{Anchor, Area, Picture, Point, Shape, Stroke, Text};

/// Writes the picture.
pub(super) fn write(picture: &Picture) -> String {
    let (width, height) = picture.size;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" font-family=\"{FAMILY}, Helvetica, Arial, sans-serif\">\n<title>{}</title>\n",
        escape(&picture.title)
    );
    picture.shapes.iter().for_each(|shape| svg.push_str(&element(shape)));
    svg.push_str("</svg>\n");
    svg
}

fn element(shape: &Shape) -> String {
    match shape {
        Shape::Rectangle { area, radius, fill, border, is_dashed } => {
            format!(
                "<rect {} rx=\"{}\" fill=\"{fill}\" stroke=\"{border}\"{}/>\n",
                place(area),
                number(*radius),
                dashes(*is_dashed)
            )
        }
        Shape::Filled { outline, colour } => format!("<path d=\"{}\" fill=\"{colour}\"/>\n", path(outline)),
        Shape::Line { strokes, colour, width, is_dashed } => format!(
            "<path d=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" stroke-linejoin=\"round\"{}/>\n",
            path(strokes),
            dashes(*is_dashed)
        ),
        Shape::Text(text) => line(text),
    }
}

fn dashes(is_dashed: bool) -> &'static str {
    if is_dashed { " stroke-dasharray=\"4 3\"" } else { "" }
}

fn line(Text { text, at, size, weight, colour, anchor, is_upright }: &Text) -> String {
    let (x, y) = (number(at.x), number(at.y));
    let anchor = match anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    let turned = if *is_upright { format!(" transform=\"rotate(-90 {x} {y})\"") } else { String::new() };
    format!(
        "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" font-weight=\"{}\" fill=\"{colour}\" text-anchor=\"{anchor}\"{turned}>{}</text>\n",
        weight.number(),
        escape(text)
    )
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
