//! Where everything goes.

use dagre::graph::{Graph, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel};

use super::card::Card;
use super::drawing::Drawing;
use super::font::{Weight, width};
use super::route;
use super::shape::{Area, Point};
use super::straight::straighten;
use super::style::{BAR, DETAIL, GUTTER, HEIGHT, MARGIN, NAME, PADDING, PORT_HEIGHT, TITLE};

/// A drawing with everything in its place.
pub(super) struct Layout<'d> {
    /// What is drawn.
    pub drawing: &'d Drawing,
    /// Where the cards are.
    pub cards: Vec<Area>,
    /// Where the frames are.
    pub frames: Vec<Area>,
    /// The points that each edge runs through.
    pub edges: Vec<Vec<Point>>,
    /// The size of it all.
    pub size: (f64, f64),
}

type Dagre = Graph<NodeLabel, EdgeLabel>;

/// Finds a place for everything.
pub(super) fn lay_out(drawing: &Drawing) -> Layout<'_> {
    let graph = arrange(drawing);
    let area = |name: String| graph.node(&name).map(area_of).unwrap_or_default();
    let mut cards: Vec<Area> = (0..drawing.cards.len()).map(|card| area(card_name(card))).collect();
    let mut frames: Vec<Area> = (0..drawing.frames.len()).map(|frame| area(frame_name(frame))).map(with_title).collect();
    let points = |(edge, &(from, to)): (usize, &(usize, usize))| {
        let label = graph.edge(&card_name(from), &card_name(to), Some(&edge.to_string()));
        let points = label.map(|label| label.points.as_slice()).unwrap_or_default();
        points.iter().map(|point| Point { x: point.x, y: point.y }).collect()
    };
    let mut points: Vec<Vec<Point>> = drawing.edges.iter().enumerate().map(points).collect();
    let has_no_frames = frames.is_empty();
    if has_no_frames {
        straighten(&drawing.edges, &mut cards, &mut points);
    }
    if is_mirrored(drawing, &cards) {
        cards.iter_mut().chain(&mut frames).for_each(|area| area.x = -area.right());
        points.iter_mut().flatten().for_each(|point| point.x = -point.x);
    }
    let edges = route::run(&drawing.edges, &points, &cards, has_no_frames);
    place(Layout { drawing, cards, frames, edges, size: (0.0, 0.0) })
}

/// Whether most of what comes first, of inputs and then of layers, stands to the right of what comes later.
fn is_mirrored(drawing: &Drawing, cards: &[Area]) -> bool {
    let turned = |select: fn(&Card) -> bool| {
        let places: Vec<f64> =
            drawing.cards.iter().zip(cards).filter(|(card, _)| select(card)).map(|(_, area)| area.middle()).collect();
        let pairs = places.windows(2).map(|pair| (pair[1] - pair[0]).clamp(-1.0, 1.0));
        pairs.sum::<f64>()
    };
    let inputs = turned(|card| card.family == "input");
    if inputs.abs() < 0.5 { turned(|card| card.family == "output") < -0.5 } else { inputs < 0.0 }
}

fn arrange(drawing: &Drawing) -> Dagre {
    let mut graph: Dagre = Graph::with_options(GraphOptions { directed: true, multigraph: true, compound: true });
    let titles = drawing.frames.iter().map(|frame| 2.0 * width(&frame.title, Weight::SemiBold, DETAIL)); // the edge comes beside
    let layers = drawing.cards.iter().filter(|card| !card.is_port()).map(natural_width);
    let layers = layers.chain(titles).fold(0.0, f64::max);
    for (i, card) in drawing.cards.iter().enumerate() {
        let (width, height) = if card.is_port() { (natural_width(card), PORT_HEIGHT) } else { (layers, HEIGHT) };
        graph.set_node(card_name(i), Some(NodeLabel { width, height, ..NodeLabel::default() }));
    }
    for i in 0..drawing.frames.len() {
        graph.set_node(frame_name(i), Some(NodeLabel::default()));
    }
    for (i, frame) in drawing.frames.iter().enumerate() {
        graph.set_parent(&frame_name(i), frame.frame.map(frame_name).as_deref());
    }
    for (i, card) in drawing.cards.iter().enumerate() {
        graph.set_parent(&card_name(i), card.frame.map(frame_name).as_deref());
    }
    for (i, &(from, to)) in drawing.edges.iter().enumerate() {
        graph.set_edge(card_name(from), card_name(to), Some(EdgeLabel::default()), Some(&i.to_string()));
    }
    let ranksep = if drawing.frames.is_empty() { 30.0 } else { 46.0 };
    let options = LayoutOptions { nodesep: 32.0, edgesep: 28.0, ranksep, ..LayoutOptions::default() };
    dagre::layout(&mut graph, Some(options));
    graph
}

fn card_name(card: usize) -> String {
    format!("card {card}")
}

fn frame_name(frame: usize) -> String {
    format!("frame {frame}")
}

/// The width that a card's text needs.
fn natural_width(card: &Card) -> f64 {
    let left = width(&card.name, Weight::SemiBold, NAME).max(width(&card.detail, Weight::Regular, DETAIL));
    let right = width(&card.shape, Weight::Regular, DETAIL).max(width(&card.parameters, Weight::Regular, DETAIL));
    let bar = if card.is_port() { 0.0 } else { BAR };
    (bar + PADDING + left + GUTTER + right + PADDING).ceil()
}

fn area_of(label: &NodeLabel) -> Area {
    let (x, y) = (label.x.unwrap_or_default() - label.width / 2.0, label.y.unwrap_or_default() - label.height / 2.0);
    Area { x, y, width: label.width, height: label.height }
}

/// A frame with room for its title above.
fn with_title(area: Area) -> Area {
    Area { y: area.y - TITLE, height: area.height + TITLE, ..area }
}

/// Moves everything to the margin, and measures it.
fn place(mut layout: Layout<'_>) -> Layout<'_> {
    let points = layout.edges.iter().flatten().map(|point| Area { x: point.x, y: point.y, ..Area::default() });
    let all = layout.cards.iter().chain(&layout.frames).copied().chain(points).reduce(Area::and).unwrap_or_default();
    let (dx, dy) = (MARGIN - all.x, MARGIN - all.y);
    for area in layout.cards.iter_mut().chain(&mut layout.frames) {
        (area.x, area.y) = (area.x + dx, area.y + dy);
    }
    for point in layout.edges.iter_mut().flatten() {
        (point.x, point.y) = (point.x + dx, point.y + dy);
    }
    layout.size = ((all.width + 2.0 * MARGIN).ceil(), (all.height + 2.0 * MARGIN).ceil());
    layout
}
