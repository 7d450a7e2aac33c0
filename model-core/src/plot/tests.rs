//! What must hold for every drawing: nothing covers anything, text fits its card, and the same graph gives the same bytes.

use std::path::Path;

use model_graph::Graph;
use model_graph::graph::{Kind, TensorId};
use model_graph::layers::Class;
use model_graph::shape::TensorType;
use serde_json::{Value, json};

use super::drawing::Drawing;
use super::font::{Weight, width};
use super::layout::{Layout, lay_out};
use super::shape::Area;
use super::{cards, plot, save, to_dot, to_svg};

fn call(graph: &mut Graph, class: &str, arguments: Value, inputs: &[TensorId]) -> TensorId {
    let layer = Class::find(class).unwrap().read(arguments.as_object().unwrap()).unwrap();
    let layer = graph.layer(layer, None);
    graph.call(layer, inputs).unwrap()[0]
}

fn conv(graph: &mut Graph, filters: u32, padding: &str, input: TensorId) -> TensorId {
    let arguments = json!({ "filters": filters, "kernel_size": 3, "activation": "relu", "padding": padding });
    call(graph, "Conv2D", arguments, &[input])
}

fn toy_resnet() -> Graph {
    let mut graph = Graph::new("toy_resnet");
    let input = graph.input("img", TensorType::f32([32, 32, 3]));
    let x = conv(&mut graph, 32, "valid", input);
    let x = conv(&mut graph, 64, "valid", x);
    let mut block = call(&mut graph, "MaxPooling2D", json!({ "pool_size": 3 }), &[x]);
    for _ in 0..2 {
        let x = conv(&mut graph, 64, "same", block);
        let x = conv(&mut graph, 64, "same", x);
        block = call(&mut graph, "Add", json!({}), &[x, block]);
    }
    let x = conv(&mut graph, 64, "valid", block);
    let x = call(&mut graph, "GlobalAveragePooling2D", json!({}), &[x]);
    let x = call(&mut graph, "Dense", json!({ "units": 256, "activation": "relu" }), &[x]);
    let x = call(&mut graph, "Dropout", json!({ "rate": 0.5 }), &[x]);
    let x = call(&mut graph, "Dense", json!({ "units": 10 }), &[x]);
    graph.output("dense_1", x);
    graph
}

/// Two inputs, and three outputs, one of them from the middle.
fn multiple() -> Graph {
    let mut graph = Graph::new("ticket");
    let [title, body] = ["title", "body"].map(|name| graph.input(name, TensorType::f32([16])));
    let dense = |graph: &mut Graph, input| call(graph, "Dense", json!({ "units": 8 }), &[input]);
    let x = dense(&mut graph, title);
    let seen = dense(&mut graph, x);
    let known = dense(&mut graph, body);
    let joined = call(&mut graph, "Concatenate", json!({}), &[seen, known]);
    for name in ["priority", "department"] {
        let output = dense(&mut graph, joined);
        graph.output(name, output);
    }
    graph.output("seen", seen);
    graph
}

/// A model called on both inputs of another.
fn nested() -> Graph {
    let mut encoder = Graph::new("encoder");
    let input = encoder.input("features", TensorType::f32([6]));
    let hidden = call(&mut encoder, "Dense", json!({ "units": 5, "activation": "relu" }), &[input]);
    let joined = call(&mut encoder, "Concatenate", json!({}), &[hidden, input]);
    encoder.output("code", joined);
    let mut graph = Graph::new("siamese");
    let [left, right] = ["left", "right"].map(|name| graph.input(name, TensorType::f32([6])));
    let encoder = graph.layer(Kind::Model(encoder.into()), None);
    let codes = [left, right].map(|input| graph.call(encoder, &[input]).unwrap()[0]);
    let distance = call(&mut graph, "Subtract", json!({}), &codes);
    graph.output("subtract", distance);
    graph
}

fn all() -> [Graph; 3] {
    [toy_resnet(), multiple(), nested()]
}

fn with_layout(graph: &Graph, check: impl Fn(&Layout<'_>)) {
    let drawing = Drawing::new(&graph.flat().unwrap());
    check(&lay_out(&drawing));
}

fn meet(a: &Area, b: &Area) -> bool {
    let (right, left) = (a.x + a.width, b.x + b.width);
    a.x < left && b.x < right && a.y < b.bottom() && b.y < a.bottom()
}

#[test]
fn cards_do_not_cover_one_another_and_lie_in_their_frames() {
    for graph in all() {
        with_layout(&graph, |layout| {
            for (i, card) in layout.cards.iter().enumerate() {
                assert!(layout.cards.iter().skip(i + 1).all(|other| !meet(card, other)), "{}", graph.name);
                let frame = layout.drawing.cards[i].frame;
                for (j, frame_area) in layout.frames.iter().enumerate() {
                    assert_eq!(meet(card, frame_area), frame == Some(j), "{}: card {i}, frame {j}", graph.name);
                }
            }
        });
    }
}

#[test]
fn edges_run_upright_or_across_and_through_no_card() {
    for graph in all() {
        with_layout(&graph, |layout| {
            for edge in &layout.edges {
                for pair in edge.windows(2) {
                    let (a, b) = (pair[0], pair[1]);
                    assert!((a.x - b.x).abs() < 1e-6 || (a.y - b.y).abs() < 1e-6, "{}: {edge:?}", graph.name);
                    let area = Area { x: a.x.min(b.x), y: a.y.min(b.y), width: (a.x - b.x).abs(), height: (a.y - b.y).abs() };
                    assert!(layout.cards.iter().all(|card| !meet(card, &area)), "{}: {edge:?}", graph.name);
                }
            }
        });
    }
}

#[test]
fn a_chain_is_a_column() {
    with_layout(&toy_resnet(), |layout| {
        let middles: Vec<f64> = layout.cards.iter().map(Area::middle).collect();
        assert!(middles.iter().all(|middle| (middle - middles[0]).abs() < 0.5), "{middles:?}");
    });
}

#[test]
fn widths_are_those_of_the_fonts() {
    for weight in [Weight::Regular, Weight::SemiBold] {
        let font = ttf_parser::Face::parse(weight.data(), 0).unwrap();
        for letter in ' '..='~' {
            let glyph = font.glyph_index(letter).unwrap();
            let expected = f64::from(font.glyph_hor_advance(glyph).unwrap()) / f64::from(font.units_per_em());
            assert!((width(&letter.to_string(), weight, 1.0) - expected).abs() < 1e-9, "{letter}");
        }
    }
}

#[test]
fn the_same_graph_gives_the_same_bytes() {
    for graph in all() {
        assert_eq!(to_svg(&graph), to_svg(&graph));
    }
}

#[test]
fn names_are_escaped() {
    let mut graph = Graph::new("<&\">");
    let input = graph.input("a\"<b\\", TensorType::f32([2]));
    graph.output("c", input);
    let svg = to_svg(&graph).unwrap();
    assert!(svg.contains("<title>&lt;&amp;&quot;&gt;</title>") && svg.contains("a&quot;&lt;b\\"), "{svg}");
    assert!(to_dot(&graph).unwrap().contains(r#"label="a\"<b\\\n2""#));
}

#[test]
fn graphviz_is_given_cards_frames_and_edges() {
    let dot = to_dot(&nested()).unwrap();
    let plain: Vec<&str> =
        dot.lines().filter(|line| !line.contains("style=")).map(|line| line.split(", color").next().unwrap()).collect();
    let expected = r##"digraph "siamese" {
  edge [color="#64748b", arrowsize=0.7];
  card_0 [label="left\n6"
  card_1 [label="right\n6"
  card_6 [label="subtract\nSubtract\n11"
  subgraph cluster_0 {
    card_2 [label="dense\nDense · relu\n5\n35 params"
    card_3 [label="concatenate\nConcatenate\n11"
  }
  subgraph cluster_1 {
    card_4 [label="dense\nDense · relu\n5\nshared weights"
    card_5 [label="concatenate\nConcatenate\n11"
  }
  card_0 -> card_2;
  card_2 -> card_3;
  card_0 -> card_3;
  card_1 -> card_4;
  card_4 -> card_5;
  card_1 -> card_5;
  card_3 -> card_6;
  card_5 -> card_6;
}"##;
    assert_eq!(plain.join("\n"), expected);
}

#[test]
fn models_that_call_models_too_often_are_drawn_closed() {
    let mut graph = Graph::new("innermost");
    let input = graph.input("input", TensorType::f32([2]));
    let output = call(&mut graph, "Dense", json!({ "units": 2 }), &[input]);
    graph.output("output", output);
    for _ in 0..64 {
        let mut outer = Graph::new("outer");
        let mut tensor = outer.input("input", TensorType::f32([2]));
        let inner = outer.layer(Kind::Model(graph.into()), None);
        for _ in 0..2 {
            tensor = outer.call(inner, &[tensor]).unwrap()[0];
        }
        outer.output("output", tensor);
        graph = outer;
    }
    let drawing = Drawing::new(&graph);
    assert_eq!((drawing.cards.len(), drawing.frames.len()), (4, 0));
}

#[test]
fn files_are_written_by_their_ending() {
    let folder = std::env::temp_dir();
    let message = |path: &Path| plot(&multiple(), path).unwrap_err().to_string();
    assert_eq!(message(Path::new("a.pdf")), "cannot draw to `a.pdf`: expected a name that ends in `.svg`, `.png` or `.dot`");
    let message = |path: &Path| save(&cards::picture(&lay_out(&Drawing::new(&multiple()))), path).unwrap_err().to_string();
    assert_eq!(message(Path::new("a.dot")), "cannot draw to `a.dot`: expected a name that ends in `.svg` or `.png`");
    let lost = folder.join("no such folder").join("a.svg");
    assert!(message(&lost).starts_with(&format!("cannot write the drawing to `{}`: ", lost.display())));
}

#[cfg(feature = "png")]
#[test]
fn pixels_have_the_text() {
    use tiny_skia::Pixmap;
    let graph = multiple();
    let drawing = Drawing::new(&graph.flat().unwrap());
    let mut nameless = drawing.clone();
    nameless.cards.iter_mut().for_each(|card| {
        (card.name, card.shape, card.detail, card.parameters) = Default::default();
    });
    let dark = |texts: &Drawing| {
        let layout = Layout { drawing: texts, ..lay_out(&drawing) };
        let pixmap = Pixmap::decode_png(&super::png::render(&cards::picture(&layout)).unwrap()).unwrap();
        pixmap.pixels().iter().filter(|pixel| pixel.green() < 90).count()
    };
    assert!(dark(&drawing) > dark(&nameless) + 2000, "{} and {}", dark(&drawing), dark(&nameless));
}
