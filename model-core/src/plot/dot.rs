//! Writes the drawing for Graphviz, which then decides where everything goes.

use super::card::Card;
use super::drawing::Drawing;
use super::style::{EDGE, FRAME, of_family};

/// Writes the drawing.
pub(super) fn write(drawing: &Drawing) -> String {
    let mut dot = format!("digraph {} {{\n", quote(&drawing.title));
    dot.push_str("  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\", fontsize=11];\n");
    dot.push_str(&format!("  edge [color=\"{EDGE}\", arrowsize=0.7];\n"));
    dot.push_str(&inside(drawing, None, 1));
    for (from, to) in &drawing.edges {
        dot.push_str(&format!("  card_{from} -> card_{to};\n"));
    }
    dot.push_str("}\n");
    dot
}

/// The cards and frames that lie in a frame.
fn inside(drawing: &Drawing, frame: Option<usize>, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    let mut dot = String::new();
    for (i, card) in drawing.cards.iter().enumerate().filter(|(_, card)| card.frame == frame) {
        dot.push_str(&format!("{indent}card_{i} [{}];\n", attributes(card)));
    }
    for (i, inner) in drawing.frames.iter().enumerate().filter(|(_, inner)| inner.frame == frame) {
        let (border, ground) = FRAME;
        let (title, cards) = (quote(&inner.title), inside(drawing, Some(i), depth + 1));
        dot.push_str(&format!(
            "{indent}subgraph cluster_{i} {{\n{indent}  label={title}; style=\"rounded,filled\"; fontname=\"Helvetica\"; \
             fontsize=11; color=\"{border}\"; fillcolor=\"{ground}\";\n{cards}{indent}}}\n"
        ));
    }
    dot
}

fn attributes(card: &Card) -> String {
    let lines = [&card.name, &card.detail, &card.shape, &card.parameters];
    let label: Vec<&str> = lines.into_iter().map(String::as_str).filter(|line| !line.is_empty()).collect();
    let colours = of_family(card.family);
    format!("label={}, color=\"{}\", fillcolor=\"{}\"", quote(&label.join("\n")), colours.strong, colours.light)
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\0', ""))
}
