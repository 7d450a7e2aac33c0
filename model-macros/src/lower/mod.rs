//! Syntax to graphs: names are resolved, sizes computed, layers called. Shapes are `model-graph`'s; the spans stay here.

mod arguments;
mod bindings;
mod block;
mod call;
mod constant;
mod expression;
mod foreign;
mod frame;
mod limits;
mod mentioned;
mod model;
mod object;
mod operation;
mod outer;
mod ports;
mod repetition;
mod sizes;
mod value;
mod view;
mod whole;
mod wrapped;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use model_graph::custom::Signature;
use model_graph::dim::Dim;
use model_graph::graph::TensorId;
use model_graph::layers::{Class, Declaration};
use model_graph::shape::TensorType;
use model_graph::{Graph, config};
use proc_macro2::Ident;

use crate::diagnostics::{self, Diagnostics};
use crate::syntax::{BESIDE, Brought, Constant, Known, Outputs, Program, Range};
pub use bindings::Immutable;
pub use call::HALF_WRITTEN;
pub use object::is_object;
pub use outer::{Check, Must, handed_on};
use value::Value;
pub use view::write_inside;
pub use whole::INT;

/// The graphs of an invocation.
#[derive(Debug, Default)]
pub struct Lowered {
    /// The models and views by name, each behind those that it holds or looks into; `None` for those with faults.
    pub models: Vec<(String, Option<LoweredModel>)>,
    /// Those that companions have brought, by name.
    pub known: HashMap<String, LoweredModel>,
    /// Models and blocks that are called but declared elsewhere: their companions know them.
    pub missing: Vec<Ident>,
    /// What bound names stand for.
    pub meanings: Meanings,
    /// The places in memory of names to which only tensors are assigned that no output depends on.
    pub idle: HashSet<usize>,
    /// The constants of the code around that sizes are made of, each where it stands first.
    pub outer: Vec<(String, Range)>,
    /// The functions of the code around that weights name, each where it stands first.
    pub functions: Vec<(String, Range)>,
    /// What the compiler is to check of them.
    pub checks: Vec<Check>,
    /// The places in memory of constants whose values have faults.
    faulty: HashSet<usize>,
}

impl Lowered {
    /// Whether the value of a constant has faults.
    pub fn is_faulty(&self, constant: &Constant) -> bool {
        self.faulty.contains(&(std::ptr::from_ref(constant) as usize))
    }
}

/// What names stand for, by their places in the syntax tree; where a body is lowered several times, the first time.
pub type Meanings = HashMap<usize, Meaning>;

/// What an editor shows of a name.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// A tensor.
    Tensor(TensorType),
    /// A layer of a class.
    Layer(String),
}

/// A model's graph.
#[derive(Clone, Debug)]
pub struct LoweredModel {
    /// The graph with its blocks, as it becomes code.
    pub graph: Arc<Graph>,
    /// The graph without blocks, as it is written down.
    pub flat: Graph,
    /// The names that the body binds tensors of `flat` to.
    pub names: Vec<(String, TensorId)>,
    /// Where each layer of a view stands in its model: `encoder/conv2d`.
    pub view: Option<Vec<String>>,
    /// Where the layers of a model that is declared elsewhere lie in its struct.
    pub fields: Option<HashMap<String, String>>,
}

/// Lowers all models of a program.
pub fn lower(program: &Program, diagnostics: &mut Diagnostics) -> Lowered {
    let mut lowering = Lowering {
        program,
        diagnostics,
        models: HashMap::new(),
        layers: HashMap::new(),
        blocks: Vec::new(),
        order: Vec::new(),
        open: Vec::new(),
        missing: Vec::new(),
        faulty: HashSet::new(),
        named: Vec::new(),
        constants: HashMap::new(),
        asked: limits::Asked::default(),
        meanings: Meanings::new(),
        idle: HashMap::new(),
        outer: Vec::new(),
        functions: Vec::new(),
        checks: Vec::new(),
        checked: HashSet::new(),
        quiet: 0,
    };
    lowering.check_declarations();
    lowering.read_known();
    program.models.iter().for_each(|model| drop(lowering.model(model)));
    program.views.iter().for_each(|view| drop(lowering.view(view)));
    lowering.ask_for_untaken();
    let names = std::mem::take(&mut lowering.order);
    // A model that has the name of such a type gives way to it.
    let models = names.iter().filter(|name| what_is_beside(name, &names).is_none());
    let models = models.map(|name| (name.clone(), lowering.models.get(name).cloned().flatten())).collect();
    let known = program.known.iter().map(|known| known.name.to_string());
    let known = known.filter_map(|name| Some((name.clone(), lowering.models.get(&name)?.clone()?))).collect();
    let faulty = lowering.constants.iter().filter(|(_, value)| value.is_broken()).map(|(place, _)| *place).collect();
    let idle = lowering.idle.iter().filter(|(_, is_idle)| **is_idle).map(|(place, _)| *place).collect();
    let Lowering { missing, meanings, outer, functions, checks, .. } = lowering;
    Lowered { models, known, missing, meanings, idle, outer, functions, checks, faulty }
}

/// The state of lowering one program.
struct Lowering<'p, 'd> {
    program: &'p Program,
    diagnostics: &'d mut Diagnostics,
    /// The models that have been lowered, by name; `None` for those with faults.
    models: HashMap<String, Option<LoweredModel>>,
    /// The layers of the user's own that companions have brought, by name; `None` for those with faults.
    layers: HashMap<String, Option<Arc<Signature>>>,
    /// The blocks that have been lowered, by what they were called with; `None` for those with faults.
    blocks: Vec<(block::Key, Option<block::Specialised>)>,
    /// The models and views of the invocation in the order in which they were lowered.
    order: Vec<String>,
    /// The models and blocks that are being lowered, the outermost first.
    open: Vec<String>,
    missing: Vec<Ident>,
    /// The models whose headers have faults.
    faulty: HashSet<String>,
    /// The names that layers were given, and where.
    named: Vec<(String, Range)>,
    /// The constants that have been computed, by their places in memory.
    constants: HashMap<usize, Value>,
    /// What has been asked for, of what there are limits to.
    asked: limits::Asked,
    meanings: Meanings,
    /// Names that are assigned to, by their places in memory, and whether no output depends on what they ever were.
    idle: HashMap<usize, bool>,
    /// The constants of the code around that sizes are made of, each where it stands first.
    outer: Vec<(String, Range)>,
    /// The functions of the code around that weights name, each where it stands first.
    functions: Vec<(String, Range)>,
    /// What the compiler is to check of them.
    checks: Vec<Check>,
    /// The same, to be found.
    checked: HashSet<(Dim, Must)>,
    /// Within how many calls in words of other libraries this is: what is written for all of such a call is said once.
    quiet: usize,
}

/// The model that a name would be a type beside, and which.
fn what_is_beside<'n>(name: &str, models: &'n [String]) -> Option<(&'n str, &'static str)> {
    let of = |model: &'n String| {
        let kind = name.strip_prefix(model.as_str())?;
        BESIDE.iter().find(|beside| **beside == kind).map(|kind| (model.as_str(), *kind))
    };
    models.iter().find_map(of)
}

impl<'p> Lowering<'p, '_> {
    fn check_declarations(&mut self) {
        let Program { models, views, blocks, constants, .. } = self.program;
        let models = models.iter().map(|model| ("model", &model.name));
        let views = views.iter().map(|view| ("model", &view.name));
        let blocks = blocks.iter().map(|block| ("block", &block.name));
        let constants = constants.iter().map(|constant| ("constant", &constant.name));
        let named: Vec<String> = models.clone().chain(views.clone()).map(|(_, name)| name.to_string()).collect();
        let mut seen: Vec<&Ident> = Vec::new();
        for (what, name) in models.chain(views).chain(blocks).chain(constants) {
            if let Some((model, kind)) = what_is_beside(&name.to_string(), &named) {
                self.diagnostics.error(name.span(), diagnostics::beside(model, kind));
            }
            if seen.contains(&name) {
                self.diagnostics.error(name.span(), diagnostics::declared_twice(what, &name.to_string()));
            }
            if Class::find(&name.to_string()).is_some() || name == "Sequential" {
                self.diagnostics.error(name.span(), diagnostics::reserved(what, &name.to_string()));
            }
            seen.push(name);
        }
        for block in &self.program.blocks {
            self.check_names("parameter", block.parameters.iter().map(|parameter| &parameter.name));
            if let Some([before, name]) = block.misplaced_parameter() {
                self.diagnostics.error(name.span(), diagnostics::default_before(&before.to_string(), &name.to_string()));
            }
        }
        for model in &self.program.models {
            let before = self.diagnostics.count();
            self.check_names("input", model.inputs.iter().map(|port| &port.name));
            if let Some(Outputs::Named(ports, _)) = &model.outputs {
                self.check_names("output", ports.iter().map(|port| &port.name));
            }
            let name = model.name.to_string();
            if self.diagnostics.count() > before || Class::find(&name).is_some() || name.starts_with("r#") {
                self.faulty.insert(model.name.to_string());
            }
        }
    }

    fn check_names<'a>(&mut self, what: &str, names: impl Iterator<Item = &'a Ident>) {
        let mut seen: Vec<&Ident> = Vec::new();
        for name in names {
            if seen.contains(&name) {
                self.diagnostics.error(name.span(), diagnostics::declared_twice(what, &name.to_string()));
            }
            seen.push(name);
        }
    }

    /// Reads what companions have brought; that of what has faults, which are said there, is empty.
    fn read_known(&mut self) {
        for Known { name, what, .. } in &self.program.known {
            let name = name.to_string();
            match what {
                Brought::Model { configuration, inside } => {
                    let lowered = read_model(&name, configuration, inside);
                    self.check_known(&name, configuration, lowered.is_some());
                    self.models.insert(name, lowered);
                }
                Brought::Layer(text) => {
                    let signature = serde_json::from_str(text).ok().and_then(|text| Signature::from_json(&text)).map(Arc::new);
                    self.check_known(&name, text, signature.is_some());
                    self.layers.insert(name, signature);
                }
                Brought::Block(_) => {}
            }
        }
    }

    fn check_known(&mut self, name: &str, text: &str, is_read: bool) {
        if !is_read && !text.is_empty() {
            self.diagnostics.error(diagnostics::call_site(), diagnostics::broken_companion(name));
        }
    }

    /// What makes a layer of a name: a class of the library's, or a layer of the user's own.
    fn declaration(&self, name: &str) -> Option<Declaration> {
        if let Some(operation) = name.strip_prefix("ops::") {
            return Declaration::function(operation);
        }
        let own = || self.layers.get(name).cloned().flatten().map(Declaration::Custom);
        Class::find(name).map(|class| Declaration::Class(*class)).or_else(own)
    }

    /// Lowers what is declared under a name, unless that has been done; what has faults gives nothing.
    fn once(&mut self, name: &Ident, lower: impl FnOnce(&mut Self) -> Option<LoweredModel>) -> Option<LoweredModel> {
        let name = name.to_string();
        if let Some(lowered) = self.models.get(&name) {
            return lowered.clone();
        }
        self.open.push(name.clone());
        let before = self.diagnostics.count();
        let lowered = lower(self).filter(|_| self.diagnostics.count() == before);
        self.open.pop();
        self.order.push(name.clone());
        self.models.insert(name, lowered.clone());
        lowered
    }

    /// Lowers the model or view of a name that the invocation declares.
    fn declared_model(&mut self, name: &Ident) -> Option<LoweredModel> {
        let program = self.program;
        match program.models.iter().find(|model| model.name == *name) {
            Some(model) => self.model(model),
            None => program.views.iter().find(|view| view.name == *name).and_then(|view| self.view(view)),
        }
    }
}

/// Reads what the companion of a model has brought.
fn read_model(name: &str, configuration: &str, inside: &str) -> Option<LoweredModel> {
    let inside = serde_json::from_str(inside).unwrap_or_default();
    // What its sizes are made of is its own: here they are known by its name.
    let rename = |constant: &str| format!("{name}::{}", handed_on(constant));
    let mut graph = config::from_json_with_constants(configuration, &view::read_layers(&inside), &rename).ok()?;
    name.clone_into(&mut graph.name);
    let (names, fields) = view::read_inside(&inside, &graph);
    Some(LoweredModel { graph: Arc::new(graph.clone()), flat: graph, names, view: None, fields: Some(fields) })
}
