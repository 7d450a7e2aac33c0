//! The table of a model's layers, as Keras prints it. Columns are as wide as what is in them, so that no name is broken.
//!
//! Source: `keras.src.utils.summary_utils`.

use std::collections::HashMap;

use crate::config::history;
use crate::dim::Dim;
use crate::graph::{Graph, LayerId, Node, Parameters};
use crate::layer::LayerArguments as _;
use crate::layers::TimeDistributed;
use crate::names::snake_case;
use crate::order::{Row, order};
use crate::shape::Shape;

/// Describes a flat graph: each layer with its type, its output's shape, its number of parameters, and what it is connected to, unless each
/// is connected to the one above it; where there are masks, also whether it gives one.
#[must_use]
pub fn summary(graph: &Graph) -> String {
    summary_as(graph, &graph.parameters().trainable)
}

/// The same of a model in which training changes so many numbers as things are, whatever was declared.
#[must_use]
pub fn summary_as(graph: &Graph, trainable: &Dim) -> String {
    let graph = &*graph.shown();
    let order = order(graph);
    let has_masks = graph.nodes.iter().any(|node| is_masked(graph, node));
    let mut table = Table::new(&["Layer (type)", "Output Shape"]);
    table.header.extend(has_masks.then_some("Mask"));
    table.header.push("Param #");
    if !order.is_sequence {
        table.header.push("Connected to");
    }
    let mut calls: HashMap<Row, Vec<&Node>> = HashMap::new();
    graph.nodes.iter().for_each(|node| calls.entry(Row::of(node)).or_default().push(node));
    for row in &order.rows {
        let mut cells = match *row {
            Row::Input(input) => input_cells(graph, input),
            Row::Layer(layer) | Row::Steps(layer) => layer_cells(graph, layer, calls.get(row).map_or(&[], Vec::as_slice)),
        };
        if !has_masks && cells.len() > 2 {
            cells.remove(2);
        }
        cells.truncate(table.header.len());
        table.rows.push(cells);
    }
    let Parameters { total, .. } = graph.parameters();
    let name = snake_case(&graph.name);
    let others = total.sub(trainable).unwrap_or_default();
    let memory = |count: &Dim| count.size().map(|count| format!(" ({})", memory(count))).unwrap_or_default();
    let counts = [("Total", total), ("Trainable", trainable.clone()), ("Non-trainable", others)];
    let counts = counts.map(|(what, count)| format!(" {what} params: {}{}\n", number(&count), memory(&count)));
    format!("Model: \"{name}\"\n{}{}", table.draw(), counts.concat())
}

/// A cell: one line or several.
type Cell = Vec<String>;

fn input_cells(graph: &Graph, input: usize) -> Vec<Cell> {
    let port = graph.inputs.get(input);
    let name = port.map_or("", |port| &port.name);
    let shape = port.map(|port| batch_shape(&graph.ty(port.tensor).shape)).unwrap_or_default();
    let [none, no_parameters] = ["-", "0"].map(|text| vec![text.to_owned()]);
    vec![vec![format!("{name} (InputLayer)")], vec![shape], none.clone(), no_parameters, none]
}

fn layer_cells(graph: &Graph, id: LayerId, calls: &[&Node]) -> Vec<Cell> {
    let Some(layer) = graph.layers.get(id.0) else { return Vec::new() };
    let manner = calls.last().map(|node| node.manner).unwrap_or_default();
    let class = if manner.is_for_each_step() { TimeDistributed::CLASS } else { layer.kind.class() };
    let outputs = calls.last().map(|node| node.outputs.as_slice()).unwrap_or_default();
    let types = if graph.is_code { graph.gives(id) } else { outputs.iter().map(|&output| graph.ty(output)).collect() };
    let shapes: Vec<String> = types.iter().map(|ty| batch_shape(&ty.shape)).collect();
    let shape = match shapes.as_slice() {
        [shape] => shape.clone(),
        [] if graph.is_code => "?".to_owned(),
        _ => format!("[{}]", shapes.join(", ")),
    };
    let connections = calls.iter().flat_map(|node| &node.inputs).map(|&input| {
        let (name, call, output) = history(graph, input);
        format!("{name}[{call}][{output}]")
    });
    let mut connections: Cell = connections.collect();
    let last = connections.len().saturating_sub(1);
    connections.iter_mut().take(last).for_each(|connection| connection.push(','));
    let parameters = number(&layer.parameters().total);
    let mask = if calls.iter().any(|node| is_masked(graph, node)) { "yes" } else { "-" };
    vec![vec![format!("{} ({class})", layer.called(manner))], vec![shape], vec![mask.to_owned()], vec![parameters], connections]
}

/// Whether what a call gives first has a mask.
fn is_masked(graph: &Graph, node: &Node) -> bool {
    node.outputs.first().is_some_and(|&output| graph.mask_of(output).is_some())
}

fn batch_shape(shape: &Shape) -> String {
    let sizes: Vec<String> = shape.0.iter().map(ToString::to_string).collect();
    match sizes.as_slice() {
        [] => "(None,)".to_owned(),
        sizes => format!("(None, {})", sizes.join(", ")),
    }
}

/// A number with commas, or what it follows from.
#[must_use]
pub fn number(dim: &Dim) -> String {
    dim.size().map_or_else(|| dim.to_string(), thousands)
}

/// A number with commas: `223,242`.
#[must_use]
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && digits.len().saturating_sub(i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The memory of so many numbers of four bytes: `872.04 KB`.
#[allow(clippy::cast_precision_loss)] // it is rounded to two places
fn memory(count: usize) -> String {
    let mut size = count as f64 * 4.0;
    for unit in ["B", "KB", "MB", "GB", "TB"] {
        if size < 1024.0 {
            return format!("{size:.2} {unit}");
        }
        size /= 1024.0;
    }
    format!("{size:.2} PB")
}

struct Table {
    header: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

/// The column of numbers, which are aligned to the right.
const NUMBERS: usize = 2;

/// The most letters that a column is wide: far more than names have, and few enough for a table of thousands of rows. What is longer sticks out.
const WIDEST: usize = 1000;

impl Table {
    fn new(header: &[&'static str]) -> Self {
        Self { header: header.to_vec(), rows: Vec::new() }
    }

    fn widths(&self) -> Vec<usize> {
        let lines = |column: usize| self.rows.iter().filter_map(move |row| row.get(column)).flatten();
        let widest = |(column, title): (usize, &&str)| {
            lines(column).map(|line| line.chars().count()).chain([title.chars().count()]).max().unwrap_or(0).min(WIDEST)
        };
        self.header.iter().enumerate().map(widest).collect()
    }

    fn draw(&self) -> String {
        let widths = self.widths();
        let rule = |left: &str, line: &str, cross: &str, right: &str| {
            let lines: Vec<String> = widths.iter().map(|width| line.repeat(width.saturating_add(2))).collect();
            format!("{left}{}{right}\n", lines.join(cross))
        };
        let header: Vec<Cell> = self.header.iter().map(|title| vec![(*title).to_owned()]).collect();
        let rows: Vec<String> = self.rows.iter().map(|row| lines(row, &widths, "│")).collect();
        [
            rule("┏", "━", "┳", "┓"),
            lines(&header, &widths, "┃"),
            rule("┡", "━", "╇", "┩"),
            rows.join(&rule("├", "─", "┼", "┤")),
            rule("└", "─", "┴", "┘"),
        ]
        .concat()
    }
}

/// The lines of a row, as many as its tallest cell has.
fn lines(row: &[Cell], widths: &[usize], border: &str) -> String {
    let height = row.iter().map(Vec::len).max().unwrap_or(0);
    let line = |i: usize| {
        let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, &width))| {
            let text = cell.get(i).map_or("", String::as_str);
            let gap = " ".repeat(width.saturating_sub(text.chars().count()));
            if column == NUMBERS { format!(" {gap}{text} ") } else { format!(" {text}{gap} ") }
        });
        format!("{border}{}{border}\n", cells.collect::<Vec<_>>().join(border))
    };
    (0..height).map(line).collect()
}
