//! A graph as source: the `functional_model!` that one would have written, which expands to the same configuration.
//!
//! The way through: `rebuild` (the calls that are written, and the names that follow) -> `calls` (calls to units) -> `repeats` (units that come again to
//! blocks and loops) -> `text` (tensors to names, units to lines).

mod calls;
mod error;
mod loops;
mod names;
mod rebuild;
mod repeats;
#[cfg(test)]
mod tests;
mod text;
mod unfold;
mod unit;
mod wiring;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use model_graph::Graph;
use model_graph::config;
use model_graph::graph::{Kind, LayerId, Port, TensorId};
use model_graph::names::snake_case;
use model_graph::shape::{DType, TensorType};

pub use error::{SourceError, Unsaid};
use rebuild::{Rebuilt, Written};
use text::Text;
use unit::Block;

/// Writes a graph as an invocation of `functional_model!`, whose first model has the same configuration, names of layers included.
///
/// Models in the model are models of the same invocation. Runs of calls that come again are blocks, and blocks that follow one another are
/// loops. Layers of the user's own, and functions that weights name, stand by their names: a comment says which must be in scope.
///
/// # Errors
/// All that the language cannot say: names that are no identifiers, outputs that are inputs.
///
/// ```
/// use model_graph::Graph;
/// use model_graph::layers::{Class, Dense};
/// use model_graph::shape::{Shape, TensorType};
///
/// let mut graph = Graph::new("Net");
/// let x = graph.input("x", TensorType::f32(Shape::from([8])));
/// let arguments = serde_json::json!({ "units": 3, "activation": "relu" });
/// let dense = Class::find("Dense").unwrap().read(arguments.as_object().unwrap()).unwrap();
/// let dense = graph.layer(dense, None);
/// let y = graph.call(dense, &[x]).unwrap()[0];
/// graph.output("dense", y);
/// let source = model_exchange::source::write(&graph).unwrap();
/// assert_eq!(source, "functional_model! {
///     pub model Net(x: [8]) -> [3] {
///         Dense(3, activation = \"relu\")(x)
///     }
/// }
/// ");
/// ```
pub fn write(graph: &Graph) -> Result<String, SourceError> {
    let Some(name) = names::of_struct(&snake_case(&graph.name), &HashSet::new()) else {
        return Err(SourceError(vec![Unsaid::Name { what: "model", name: graph.name.clone() }]));
    };
    let source = Source { visibility: "pub".to_owned(), ..Source::default() };
    let (needed, items) = source.items(graph, name)?;
    let needed = if needed.is_empty() { String::new() } else { format!("// These must be in scope: {}.\n", needed.join(", ")) };
    Ok(format!("{needed}functional_model! {{\n{items}\n}}\n"))
}

/// Writes a graph as the items of an invocation: a model of this name and visibility, and before the names of all others stands this one's.
///
/// # Errors
/// As those of [`write()`].
pub fn items(graph: &Graph, name: &str, visibility: &str) -> Result<String, SourceError> {
    let source = Source { visibility: visibility.to_owned(), front: name.to_owned(), ..Source::default() };
    source.items(graph, name.to_owned()).map(|(_, items)| items)
}

/// A model of the invocation.
struct Model {
    name: String,
    /// Its configuration without its name, by which it is known.
    key: String,
    graph: Arc<Graph>,
    lines: Vec<String>,
}

/// What has been written so far.
#[derive(Default)]
struct Source {
    models: Vec<Model>,
    /// The names of models.
    taken: HashSet<String>,
    blocks: Vec<Block>,
    problems: Vec<Unsaid>,
    /// What must be in scope.
    own: BTreeSet<String>,
    /// Who sees the models.
    visibility: String,
    /// What the names of all but the first model begin with.
    front: String,
}

impl Source {
    /// All items of a graph's source, and what must be in scope.
    fn items(mut self, graph: &Graph, name: String) -> Result<(Vec<String>, String), SourceError> {
        let flat = graph.flat().map_err(|duplicate| SourceError(vec![Unsaid::Duplicate(duplicate.0)]))?;
        self.taken.insert(name.clone());
        self.model(&flat, name);
        if !self.problems.is_empty() {
            return Err(SourceError(self.problems));
        }
        let functions = functions(&config::write(&flat));
        let needed = self.own.iter().cloned().chain(functions).map(|name| format!("`{name}`")).collect();
        let mut items: Vec<Vec<String>> = self.models.into_iter().rev().map(|model| model.lines).collect();
        let reserved: HashSet<String> = self.blocks.iter().map(|block| block.name.clone()).collect();
        items.extend(self.blocks.iter().map(|block| repeats::written(block, &self.blocks, &reserved)));
        Ok((needed, items.join(&String::new()).join("\n")))
    }

    /// Writes a flat graph, and before it the models in it.
    fn model(&mut self, flat: &Graph, name: String) -> Option<Arc<Graph>> {
        let plain = flat.shown().into_owned();
        if plain.is_code {
            self.problems.push(Unsaid::Code(plain.name));
            return None;
        }
        let before = self.problems.len();
        self.check(&plain);
        let (mut parts, mut structs) = (HashMap::new(), HashMap::new());
        for (i, layer) in plain.layers.iter().enumerate() {
            match &layer.kind {
                Kind::Model(inner) | Kind::Block(inner) => {
                    if let Some((name, part)) = self.part(inner, layer.name()) {
                        parts.insert(LayerId(i), part);
                        structs.insert(LayerId(i), name);
                    }
                }
                Kind::Layer(any) => self.own.extend(any.own().iter().map(|own| own.signature.name.to_owned())),
            }
        }
        if self.problems.len() > before {
            return None;
        }
        // Masks that follow are left out; where they follow in another order, they are written.
        let found = rebuilt(&plain, &parts, Written { masks: false })
            .or_else(|problems| rebuilt(&plain, &parts, Written { masks: true }).map_err(|_| problems));
        let (rebuilt, graph) = found.map_err(|problems| self.problems.extend(problems)).ok()?;
        let graph = Arc::new(Graph { name: name.clone(), ..graph });
        let (body, bound) = calls::Calls::new(&plain, &rebuilt, &structs).body();
        let ports = plain.inputs.iter().chain(&plain.outputs).map(|port| port.name.clone());
        let taken = body.units.iter().map(|unit| unit.hint.clone()).chain(ports).chain(bound.iter().cloned()).collect();
        let front = self.block_front();
        let body = repeats::shorten(body, &mut self.blocks, &front, &taken);
        let reserved = self.blocks.iter().map(|block| block.name.clone()).chain(bound).collect();
        let outputs = plain.outputs.iter().filter(|_| plain.outputs.len() > 1);
        let given = outputs.map(|port| (port.tensor.0, port.name.clone())).collect();
        let text = Text { blocks: &self.blocks, reserved, given };
        let inputs: Vec<(usize, String)> = plain.inputs.iter().map(|port| (port.tensor.0, port.name.clone())).collect();
        let is_part = !self.front.is_empty() && name != self.front;
        let mut lines = Vec::from_iter(is_part.then(|| format!("    /// A model in [`{}`].", self.front)));
        lines.extend(header(&plain, &graph, (&name, &self.visibility)));
        lines.extend(text.body(&body, &inputs, 2));
        lines.push("    }".to_owned());
        let model = Model { key: key(&plain), graph: graph.clone(), name, lines };
        self.models.push(model);
        Some(graph)
    }

    /// The struct of a model in another, which is written unless it has been.
    fn part(&mut self, inner: &Graph, hint: &str) -> Option<(String, Arc<Graph>)> {
        let key = key(&inner.shown());
        if let Some(known) = self.models.iter().find(|model| model.key == key) {
            return Some((known.name.clone(), known.graph.clone()));
        }
        let hint = if self.front.is_empty() { hint.to_owned() } else { format!("{}_{hint}", self.front) };
        let name = names::of_part(&hint, &self.taken);
        self.taken.insert(name.clone());
        let graph = self.model(inner, name.clone())?;
        Some((name, graph))
    }

    /// What the names of blocks begin with.
    fn block_front(&self) -> String {
        if self.front.is_empty() { String::new() } else { format!("{}_", snake_case(&self.front)) }
    }

    /// Notes what names cannot be said.
    fn check(&mut self, plain: &Graph) {
        let inputs = plain.inputs.iter().map(|port| ("input", port.name.as_str()));
        let outputs = plain.outputs.iter().map(|port| ("output", port.name.as_str()));
        let layers = plain.layers.iter().filter(|layer| layer.built.is_some());
        let layers = layers.flat_map(|layer| [Some(layer.name()), layer.time_distributed.as_deref()]).flatten();
        for (what, name) in inputs.chain(layers.map(|name| ("layer", name))).chain(outputs) {
            let unsaid = Unsaid::Name { what, name: name.to_owned() };
            let is_sayable = if what == "layer" { names::is_identifier(name) } else { names::is_port(name) };
            if !is_sayable && !self.problems.contains(&unsaid) {
                self.problems.push(unsaid);
            }
        }
        let inputs = plain.outputs.iter().filter(|port| rebuild::is_input(plain, port.tensor));
        self.problems.extend(inputs.map(|port| Unsaid::Input(port.name.clone())));
    }
}

/// A graph made once more, and as configurations have it; or what cannot be said.
fn rebuilt(plain: &Graph, parts: &HashMap<LayerId, Arc<Graph>>, written: Written) -> Result<(Rebuilt, Graph), Vec<Unsaid>> {
    let mut problems = Vec::new();
    match rebuild::rebuild(plain, parts, written, &mut problems) {
        Some(rebuilt) if problems.is_empty() => match rebuilt.finish(plain) {
            Ok(graph) => Ok((rebuilt, graph)),
            Err(unsaid) => Err(vec![unsaid]),
        },
        _ => Err(problems),
    }
}

/// What a model is known by: all but its name.
fn key(plain: &Graph) -> String {
    config::to_json(&Graph { name: String::new(), ..plain.clone() })
}

/// The functions of the user's own that a configuration names, without their packages.
fn functions(document: &serde_json::Value) -> BTreeSet<String> {
    use serde_json::Value::{Array, Object, String as Text};
    match document {
        Object(object) => match (object.get("class_name"), object.get("config")) {
            (Some(class), Some(Text(name))) if class == "function" => {
                BTreeSet::from([name.rsplit('>').next().unwrap_or(name).to_owned()])
            }
            _ => object.values().flat_map(functions).collect(),
        },
        Array(items) => items.iter().flat_map(functions).collect(),
        _ => BTreeSet::new(),
    }
}

/// `pub model Net(x: [8]) -> [3] {`
fn header(plain: &Graph, graph: &Graph, (name, visibility): (&str, &str)) -> Vec<String> {
    let mut inputs: Vec<String> = plain.inputs.iter().map(|port| declared(plain, port)).collect();
    inputs.extend(plain.samples.map(|samples| format!("batch_size = {samples}")));
    let (outputs, is_named) = match plain.outputs.as_slice() {
        [one] if one.name == named_after(graph, graph.outputs.first()) => (vec![ty(plain.ty(one.tensor))], false),
        several => (several.iter().map(|port| declared(plain, port)).collect(), true),
    };
    let mut lines = Vec::new();
    let live = plain.live();
    if plain.inputs.iter().any(|port| live.get(port.tensor.0) == Some(&false)) {
        lines.push("    #[allow(unused)]".to_owned());
    }
    if !name.starts_with(char::is_uppercase) || name.contains('_') {
        lines.push("    #[allow(non_camel_case_types)]".to_owned());
    }
    let front = format!("    {}(", format!("{visibility} model {}", names::written(name)).trim_start());
    let back = if is_named { format!("({})", outputs.join(", ")) } else { outputs.concat() };
    let line = format!("{front}{}) -> {back} {{", inputs.join(", "));
    let inputs_fit = front.len().saturating_add(inputs.join(", ").len()) < 100;
    if line.len() < 120 {
        lines.push(line);
    } else if is_named {
        lines.extend(listed(&front, &inputs, inputs_fit, ") -> ("));
        lines.extend(outputs.iter().map(|output| format!("        {output},")));
        lines.push("    ) {".to_owned());
    } else {
        lines.extend(listed(&front, &inputs, false, &format!(") -> {back} {{")));
    }
    lines
}

/// What stands between two parentheses of a header, in one line or in several.
fn listed(front: &str, items: &[String], fits: bool, behind: &str) -> Vec<String> {
    if fits {
        return vec![format!("{front}{}{behind}", items.join(", "))];
    }
    let items = items.iter().map(|item| format!("        {item},"));
    std::iter::once(front.to_owned()).chain(items).chain([format!("    {behind}")]).collect()
}

/// What the macro calls an output that has no name.
fn named_after<'g>(graph: &'g Graph, port: Option<&Port>) -> &'g str {
    let layer = |tensor: TensorId| match graph.tensors.get(tensor.0)?.source {
        model_graph::graph::Source::Node(node, _) => graph.layers.get(graph.nodes.get(node.0)?.layer.0),
        _ => None,
    };
    port.and_then(|port| layer(port.tensor)).map_or("", |layer| layer.name())
}

fn declared(graph: &Graph, port: &Port) -> String {
    format!("{}: {}", names::written(&port.name), ty(graph.ty(port.tensor)))
}

fn ty(TensorType { dtype, shape }: &TensorType) -> String {
    let dims: Vec<String> = shape.0.iter().map(ToString::to_string).collect();
    let dtype = if *dtype == DType::F32 { "" } else { dtype.name() };
    format!("{dtype}[{}]", dims.join(", "))
}
