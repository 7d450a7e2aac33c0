//! Syntax to graphs: names are resolved, sizes computed, layers called. Shapes are `model-graph`'s; the spans stay here.

mod arguments;
mod bindings;
mod block;
mod call;
mod constant;
mod expression;
mod frame;
mod repetition;
mod value;
mod view;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use model_graph::graph::{Port as GraphPort, Source, TensorId};
use model_graph::layers::Class;
use model_graph::shape::{DType, Shape, TensorType};
use model_graph::{Graph, config};
use proc_macro2::Ident;

use crate::diagnostics::{self, Diagnostics};
use crate::syntax::{
    Assign, Body, Brought, Expr, ExprKind, Known, Let, Model, Outputs, Port, Program, Range, Statement, TypeExpr,
};
use frame::Frame;
use value::Value;
pub use view::write_inside;

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
        blocks: Vec::new(),
        order: Vec::new(),
        open: Vec::new(),
        missing: Vec::new(),
        faulty: HashSet::new(),
        named: Vec::new(),
        constants: HashMap::new(),
        rounds: 0,
        meanings: Meanings::new(),
    };
    lowering.check_declarations();
    lowering.read_known();
    program.models.iter().for_each(|model| drop(lowering.model(model)));
    program.views.iter().for_each(|view| drop(lowering.view(view)));
    let models = std::mem::take(&mut lowering.order);
    let models = models.into_iter().map(|name| (name.clone(), lowering.models.get(&name).cloned().flatten())).collect();
    let known = program.known.iter().map(|known| known.name.to_string());
    let known = known.filter_map(|name| Some((name.clone(), lowering.models.get(&name)?.clone()?))).collect();
    Lowered { models, known, missing: lowering.missing, meanings: lowering.meanings }
}

/// The state of lowering one program.
struct Lowering<'p, 'd> {
    program: &'p Program,
    diagnostics: &'d mut Diagnostics,
    /// The models that have been lowered, by name; `None` for those with faults.
    models: HashMap<String, Option<LoweredModel>>,
    /// The blocks that have been lowered, by what they were called with, with the number of calls in them; `None` for those with faults.
    blocks: Vec<(block::Key, Option<block::Lowered>)>,
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
    /// The rounds that loops have taken.
    rounds: u32,
    meanings: Meanings,
}

impl<'p> Lowering<'p, '_> {
    fn check_declarations(&mut self) {
        let Program { models, views, blocks, constants, .. } = self.program;
        let models = models.iter().map(|model| ("model", &model.name));
        let views = views.iter().map(|view| ("model", &view.name));
        let blocks = blocks.iter().map(|block| ("block", &block.name));
        let constants = constants.iter().map(|constant| ("constant", &constant.name));
        let mut seen: Vec<&Ident> = Vec::new();
        for (what, name) in models.chain(views).chain(blocks).chain(constants) {
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
        }
        for model in &self.program.models {
            let before = self.diagnostics.count();
            self.check_names("input", model.inputs.iter().map(|port| &port.name));
            if let Some(Outputs::Named(ports, _)) = &model.outputs {
                self.check_names("output", ports.iter().map(|port| &port.name));
            }
            if self.diagnostics.count() > before || Class::find(&model.name.to_string()).is_some() {
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

    /// Reads what companions have brought; that of a model with faults, which are said there, is empty.
    fn read_known(&mut self) {
        for Known { name, what } in &self.program.known {
            let (name, Brought::Model { configuration, inside }) = (name.to_string(), what) else { continue };
            let graph = config::from_json(configuration).ok();
            if graph.is_none() && !configuration.is_empty() {
                self.diagnostics.error(diagnostics::call_site(), diagnostics::broken_companion(&name));
            }
            let lowered = graph.map(|mut graph| {
                graph.name.clone_from(&name);
                let (names, fields) = view::read_inside(inside, &graph);
                LoweredModel { graph: Arc::new(graph.clone()), flat: graph, names, view: None, fields: Some(fields) }
            });
            self.models.insert(name, lowered);
        }
    }

    /// Lowers the model or view of a name that the invocation declares.
    fn declared_model(&mut self, name: &Ident) -> Option<LoweredModel> {
        let program = self.program;
        match program.models.iter().find(|model| model.name == *name) {
            Some(model) => self.model(model),
            None => program.views.iter().find(|view| view.name == *name).and_then(|view| self.view(view)),
        }
    }

    /// Lowers a model, once.
    fn model(&mut self, model: &'p Model) -> Option<LoweredModel> {
        let name = model.name.to_string();
        if let Some(lowered) = self.models.get(&name) {
            return lowered.clone();
        }
        self.open.push(name.clone());
        let before = self.diagnostics.count();
        let lowered = self.lower_model(model).filter(|_| self.diagnostics.count() == before);
        self.open.pop();
        self.order.push(name.clone());
        self.models.insert(name, lowered.clone());
        lowered
    }

    fn lower_model(&mut self, model: &'p Model) -> Option<LoweredModel> {
        if model.is_unread || self.faulty.contains(&model.name.to_string()) {
            return None;
        }
        if model.inputs.is_empty() {
            self.diagnostics.error(model.name.span(), diagnostics::no_inputs(&model.name.to_string()));
            return None;
        }
        let mut frame = Frame::new(model.name.to_string(), self.program, Vec::new());
        for port in &model.inputs {
            let bound = match self.tensor_type(&port.ty) {
                Some(ty) => Value::Tensor(frame.graph.input(port.name.to_string(), ty)),
                None => Value::Broken,
            };
            self.bind(&mut frame, &port.name, bound, false);
        }
        let result = self.body(&mut frame, &model.body);
        if result == Value::Nothing {
            self.no_result(&frame, &model.name.to_string(), &model.body);
            return None;
        }
        let declared = self.declared(model);
        let results = self.results(&mut frame, model, result)?;
        self.outputs(&mut frame, model, declared?, &results);
        self.finish(frame, model)
    }

    fn tensor_type(&mut self, ty: &'p TypeExpr) -> Option<TensorType> {
        let name = ty.dtype.as_ref().map(ToString::to_string);
        let dtype = name.as_deref().map_or(Some(DType::F32), |name| DType::ALL.into_iter().find(|dtype| dtype.name() == name));
        if let (None, Some(found)) = (dtype, &ty.dtype) {
            self.diagnostics.error(found.span(), diagnostics::dtype(&found.to_string()));
        }
        let sizes: Vec<Option<usize>> = ty.dims.iter().map(|dim| self.size(dim)).collect();
        let sizes: Option<Vec<usize>> = sizes.into_iter().collect();
        let shape = Shape::from(sizes?.as_slice());
        if !model_graph::graph::is_countable(&shape) {
            self.diagnostics.error(ty.range, diagnostics::too_large(&shape.to_string()));
            return None;
        }
        Some(TensorType { dtype: dtype?, shape })
    }

    /// A size: a positive whole number, computed if need be.
    fn size(&mut self, dim: &'p Expr) -> Option<usize> {
        let mut nothing = Frame::new(String::new(), self.program, Vec::new());
        if let ExprKind::Name(name) = &dim.kind
            && !self.program.constants.iter().any(|constant| constant.name == *name)
        {
            self.diagnostics.error(dim.range, diagnostics::named_size(&name.to_string()));
            return None;
        }
        let value = self.expression(&mut nothing, dim);
        if value.is_broken() {
            return None;
        }
        let number = if let Value::Data(value) = &value { value.as_i64() } else { None };
        let size = number.filter(|&size| (1..=i64::from(u32::MAX)).contains(&size)).and_then(|size| usize::try_from(size).ok());
        if size.is_none() {
            let message = match value {
                Value::Data(serde_json::Value::Null) => diagnostics::named_size("None"),
                value => diagnostics::size(&value.describe(&nothing)),
            };
            self.diagnostics.error(dim.range, message);
        }
        size
    }

    /// The declared outputs: names, where they have any, and types. The outer `None` says that a type is at fault.
    #[allow(clippy::type_complexity)] // a list of declarations that may be absent
    fn declared(&mut self, model: &'p Model) -> Option<Option<Vec<(Option<&'p Port>, TensorType)>>> {
        match &model.outputs {
            None => Some(None),
            Some(Outputs::One(ty)) => self.tensor_type(ty).map(|ty| Some(vec![(None, ty)])),
            Some(Outputs::Named(ports, range)) => {
                if ports.is_empty() {
                    self.diagnostics.error(*range, diagnostics::no_result(&model.name.to_string()));
                    return None;
                }
                let types: Vec<Option<TensorType>> = ports.iter().map(|port| self.tensor_type(&port.ty)).collect();
                let types: Option<Vec<TensorType>> = types.into_iter().collect();
                Some(Some(ports.iter().map(Some).zip(types?).collect()))
            }
        }
    }

    /// The tensors that a body ends with, each with its expression.
    fn results<'b>(&mut self, frame: &mut Frame<'p>, model: &'b Model, result: Value) -> Option<Vec<(TensorId, &'b Expr)>> {
        let expr = model.body.result.as_ref()?;
        let (values, exprs) = match (result, &expr.kind) {
            (Value::Tuple(values), ExprKind::Tuple(exprs)) if !exprs.is_empty() => (values, exprs.iter().collect()),
            (Value::Tuple(values), _) => {
                let exprs = vec![expr; values.len()];
                (values, exprs)
            }
            (value, _) => (vec![value], vec![expr]),
        };
        let tensors: Vec<Option<TensorId>> =
            values.into_iter().zip(&exprs).map(|(value, expr)| self.tensor(frame, value, expr)).collect();
        let tensors: Option<Vec<TensorId>> = tensors.into_iter().collect();
        Some(tensors?.into_iter().zip(exprs).collect())
    }

    /// Says why a body has no result.
    fn no_result(&mut self, frame: &Frame<'p>, name: &str, body: &Body) {
        if let Some(nothing) = &body.result {
            self.error(frame, nothing.range, diagnostics::no_value());
            return;
        }
        let is_broken =
            |names: &[Ident]| names.iter().any(|name| frame.bindings.get(&name.to_string()).is_some_and(Value::is_broken));
        let (place, message): (Range, String) = match body.statements.last() {
            _ if body.is_broken => return,
            Some(Statement::Let(Let { names, .. }) | Statement::Assign(Assign { names, .. })) if is_broken(names) => return,
            Some(Statement::Expr(_, Some(semicolon))) if body.result.is_none() => {
                ((*semicolon).into(), diagnostics::dropped_result(name))
            }
            Some(Statement::Let(Let { names, .. }) | Statement::Assign(Assign { names, .. })) if names.len() == 1 => {
                (names[0].span().into(), diagnostics::bound_result(name, &names[0].to_string()))
            }
            _ => (body.end.into(), diagnostics::no_result(name)),
        };
        self.error(frame, place, message);
    }

    #[allow(clippy::type_complexity)] // as `declared` gives it
    fn outputs(
        &mut self,
        frame: &mut Frame<'p>,
        model: &Model,
        declared: Option<Vec<(Option<&Port>, TensorType)>>,
        results: &[(TensorId, &Expr)],
    ) {
        let name = model.name.to_string();
        if let Some(declared) = &declared
            && declared.len() != results.len()
        {
            let expr = model.body.result.as_ref().map_or(model.body.end.into(), |expr| expr.range);
            self.diagnostics.error(expr, diagnostics::result_count(&name, declared.len(), results.len()));
            return;
        }
        let mut names: Vec<String> = Vec::new();
        for (i, &(tensor, expr)) in results.iter().enumerate() {
            let port = declared.as_ref().map(|declared| &declared[i]);
            let output = match (port, &expr.kind) {
                (Some((Some(port), _)), _) => port.name.to_string(),
                (_, ExprKind::Name(name)) if results.len() > 1 => name.to_string(),
                _ if results.len() == 1 => String::new(), // the layer's name, once it has one
                _ => {
                    self.diagnostics.error(expr.range, diagnostics::output_name());
                    continue;
                }
            };
            if port.is_none_or(|(port, _)| port.is_none()) && names.contains(&output) {
                self.diagnostics.error(expr.range, diagnostics::declared_twice("output", &output));
            }
            names.push(output.clone());
            self.check_output(frame, &name, &output, port.map(|(_, ty)| ty), tensor, expr);
            frame.graph.output(output, tensor);
        }
    }

    fn check_output(
        &mut self,
        frame: &Frame<'p>,
        model: &str,
        output: &str,
        expected: Option<&TensorType>,
        tensor: TensorId,
        expr: &Expr,
    ) {
        let operand = frame.graph.operand(tensor);
        if matches!(frame.graph.tensors[tensor.0].source, Source::Input(_)) {
            self.diagnostics.error(expr.range, diagnostics::output_is_input(&operand.label));
        }
        let Some(expected) = expected.filter(|expected| **expected != operand.ty) else { return };
        let named = Some(output).filter(|name| !name.is_empty());
        self.diagnostics
            .error(expr.range, diagnostics::result_type(model, named, expected, (&operand.label, &operand.ty, operand.origin)));
    }

    /// Names layers and outputs, and drops what no output depends on.
    fn finish(&mut self, frame: Frame<'p>, model: &Model) -> Option<LoweredModel> {
        self.check_called(&frame);
        let tensors: Vec<(String, TensorId)> = frame.bindings.tensors().map(|(name, tensor)| (name.to_owned(), tensor)).collect();
        let graph = frame.graph.pruned();
        let (mut flat, became) = match graph.flat_with_tensors() {
            Ok(flat) => flat,
            Err(duplicate) if model.inputs.iter().filter(|port| port.name == duplicate.0).count() > 1 => return None,
            Err(duplicate) => {
                let named = self.named.iter().rev().find(|(name, _)| *name == duplicate.0);
                let range = named.map_or(model.name.span().into(), |(_, range)| *range);
                self.diagnostics.error(range, duplicate);
                return None;
            }
        };
        let names: Vec<String> = flat.outputs.iter().map(|port| output_name(&flat, port)).collect();
        let mut graph = graph;
        for (i, name) in names.into_iter().enumerate() {
            flat.outputs[i].name.clone_from(&name);
            graph.outputs[i].name = name;
        }
        let names = tensors.into_iter().filter_map(|(name, tensor)| Some((name, *became.get(&tensor)?)));
        let mut names: Vec<(String, TensorId)> = names.collect();
        names.sort();
        Some(LoweredModel { graph: Arc::new(graph), flat, names, view: None, fields: None })
    }

    /// Every layer that was made must be called.
    fn check_called(&mut self, frame: &Frame<'p>) {
        for (id, layer) in frame.graph.layers.iter().enumerate().filter(|(_, layer)| layer.built.is_none()) {
            let Some((range, name)) = frame.made.get(&id) else { continue };
            let message = diagnostics::layer_not_called(name.as_deref().unwrap_or_default(), frame::called(&layer.kind));
            self.diagnostics.error(*range, message);
        }
    }
}

/// The name of an output: its own, or that of the layer that gives it.
fn output_name(flat: &Graph, port: &GraphPort) -> String {
    if !port.name.is_empty() {
        return port.name.clone();
    }
    match flat.tensors[port.tensor.0].source {
        Source::Node(node, _) => flat.layers[flat.nodes[node.0].layer.0].name().to_owned(),
        Source::Input(input) => flat.inputs[input].name.clone(),
    }
}
