//! Calls: of layers, of models, and of what operators stand for.

use std::sync::Arc;

use model_graph::Graph;
use model_graph::constants::{Assumption, Equation};
use model_graph::graph::{Kind, LayerId, TensorId};
use model_graph::layer::{LayerArguments as _, Manner};
use model_graph::layers::{AnyLayer, Class, Declaration, TimeDistributed};
use model_graph::message::{CallError, is_slip};
use model_graph::problem::{Blame, Problem};
use proc_macro2::Ident;

use super::Lowering;
use super::arguments::Common;
use super::block::Callee;
use super::frame::Frame;
use super::value::Value;
use super::whole::INT;
use crate::diagnostics;
use crate::layer::own;
use crate::syntax::{Argument, Expr, ExprKind, Program, Range};
use crate::words;

/// What rust-analyzer puts at the cursor to complete a name. It asks for no companion: none has such a name.
pub const HALF_WRITTEN: &str = "raCompletionMarker";

/// The tensors of a call with their places, and which of them are in slots.
type Operands = (Vec<(TensorId, Range)>, Manner);

/// The masks of a call's tensors by position, with their places.
type Masks = Vec<Option<(TensorId, Range)>>;

/// The places of a call that a message may point at.
pub struct Places<'p> {
    /// The layer's name, or an operator with its operands.
    pub layer: Range,
    /// What it is called with.
    pub operands: Vec<Range>,
    /// The layer's arguments.
    pub arguments: &'p [Argument],
    /// Whether the layer before it in `Sequential` hands it its tensor.
    pub is_handed: bool,
}

impl<'p> Lowering<'p, '_> {
    /// `callee(arguments)`
    pub fn call(&mut self, frame: &mut Frame<'p>, callee: &'p Expr, arguments: &'p [Argument], expr: &'p Expr) -> Value {
        if let Some(value) = self.foreign_call(frame, expr).or_else(|| self.whole(frame, arguments, expr)) {
            return value;
        }
        if let ExprKind::Operation(name) = &callee.kind {
            return self.operation(frame, name, arguments, expr);
        }
        if let ExprKind::Name(name) = &callee.kind
            && !frame.bindings.contains(&name.to_string())
            && (Class::find(&name.to_string()).is_some() || frame.items.constant(&name.to_string()).is_none())
        {
            return self.call_by_name(frame, name, arguments, expr);
        }
        match self.expression(frame, callee) {
            Value::Layer(layer, manner) => self.apply(frame, (layer, manner), callee, arguments),
            Value::Sequence(layers) => self.apply_sequence(frame, &layers, callee, arguments),
            Value::Tensor(tensor) => {
                let operand = frame.graph.operand(tensor);
                self.error(frame, callee.range, diagnostics::tensor_called(&operand.label, &operand.ty));
                self.uncallable(frame, arguments)
            }
            Value::Broken => self.uncallable(frame, arguments),
            other => {
                let found = other.describe(frame);
                self.error(frame, callee.range, diagnostics::not_callable(&found));
                if let ExprKind::Name(name) = &callee.kind {
                    frame.bindings.give_up(&name.to_string()); // it is said once
                }
                self.uncallable(frame, arguments)
            }
        }
    }

    /// What calling something gives that cannot be called, which has been said. What it is called with may have faults of its own.
    pub fn uncallable(&mut self, frame: &mut Frame<'p>, arguments: &'p [Argument]) -> Value {
        arguments.iter().for_each(|argument| drop(self.expression(frame, &argument.value)));
        Value::Broken
    }

    pub fn call_by_name(&mut self, frame: &mut Frame<'p>, name: &'p Ident, arguments: &'p [Argument], expr: &'p Expr) -> Value {
        let text = name.to_string();
        if text == "Sequential" {
            return self.sequence(frame, name, arguments);
        }
        if text == TimeDistributed::CLASS
            && let Some(value) = self.time_distributed(frame, arguments, expr)
        {
            return value;
        }
        if let Some(class) = Class::find(&text) {
            return self.make_layer(frame, &Declaration::Class(*class), name, arguments, expr);
        }
        let items = frame.items;
        if let Some(block) = items.blocks.iter().find(|block| block.name == *name) {
            return self.call_block(frame, Callee { block, items, name }, arguments);
        }
        let known = items.known.iter().chain(&self.program.known);
        if let Some((block, items)) = known.into_iter().filter(|known| known.name == *name).find_map(|known| known.block(name)) {
            return self.call_block(frame, Callee { block, items, name }, arguments);
        }
        if items.models.iter().any(|model| model.name == *name) || items.views.iter().any(|view| view.name == *name) {
            if self.is_circle(frame, name) {
                return Value::Broken;
            }
            let lowered = self.declared_model(name);
            return self.make_model(frame, lowered.map(|lowered| nested(&lowered.flat, &text)), name, arguments, expr);
        }
        if let Some(known) = self.models.get(&text).cloned() {
            return self.make_model(frame, known.map(|known| nested(&known.flat, &text)), name, arguments, expr);
        }
        if let Some(known) = self.layers.get(&text).cloned() {
            let Some(signature) = known else { return Value::Broken };
            return self.make_layer(frame, &Declaration::Custom(signature), name, arguments, expr);
        }
        if let Some(value) = self.object_anywhere(frame, name, arguments) {
            return value;
        }
        self.unknown(frame, name, arguments)
    }

    /// Asks for the blocks of elsewhere that are called where nothing here goes: in branches that are not taken, and in blocks that are for others.
    pub fn ask_for_untaken(&mut self) {
        let program = self.program;
        let blocks = program
            .blocks
            .iter()
            .map(|block| (&block.body, block.parameters.iter().map(|parameter| &parameter.name).collect::<Vec<_>>()));
        let models = program.models.iter().map(|model| (&model.body, model.inputs.iter().map(|input| &input.name).collect()));
        let frame = Frame::new(String::new(), program, Vec::new());
        let own = self.own_names(&frame);
        let known: Vec<&str> = own.iter().map(String::as_str).chain(layer_names()).chain([INT]).collect();
        for (body, bound) in blocks.chain(models) {
            for name in body.called().into_iter().filter(|name| !bound.contains(name)) {
                let text = name.to_string();
                let is_elsewhere =
                    !known.contains(&text.as_str()) && may_be_block(&text, &known) && words::called(None, &text).is_none();
                if is_elsewhere && !text.contains(HALF_WRITTEN) && !self.missing.contains(name) {
                    self.missing.push(name.clone());
                }
            }
        }
    }

    /// A name that nothing here explains: a model, layer or block that is declared elsewhere, if it looks like one, or a slip of the pen.
    fn unknown(&mut self, frame: &mut Frame<'p>, name: &Ident, arguments: &'p [Argument]) -> Value {
        let (text, own, layers) = (name.to_string(), self.own_names(frame), layer_names());
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let known = [own.as_slice(), &layers].concat();
        let is_elsewhere = may_be_model(&text, &known) || !arguments.is_empty() && may_be_block(&text, &known);
        if is_elsewhere && !text.contains(HALF_WRITTEN) {
            if !self.missing.contains(name) {
                self.missing.push(name.clone());
            }
            return Value::Broken;
        }
        self.error(frame, name.span(), diagnostics::unknown_layer(&text, &own, &layers));
        Value::Broken
    }

    /// What is said of a name that is neither a layer's, nor a block's or model's of the user's.
    pub fn unknown_name(&self, frame: &Frame<'p>, name: &str) -> String {
        let own = self.own_names(frame);
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        diagnostics::unknown_layer(name, &own, &layer_names())
    }

    /// Whether a name can be called.
    pub fn is_callable(&self, frame: &Frame<'p>, name: &str) -> bool {
        Class::find(name).is_some() || self.is_own(frame, name)
    }

    /// Whether a block, model or view has this name, and can be called.
    pub fn is_own(&self, frame: &Frame<'p>, name: &str) -> bool {
        declared(frame).any(|own| own == name) && !self.open.iter().any(|open| open == name)
    }

    /// The names of the blocks, models and views that can be called.
    fn own_names(&self, frame: &Frame<'p>) -> Vec<String> {
        declared(frame).map(ToString::to_string).filter(|name| !self.open.contains(name)).collect()
    }

    /// Whether a model or block is being lowered already; then the circle is noted.
    pub fn is_circle(&mut self, frame: &Frame<'p>, name: &Ident) -> bool {
        let Some(start) = self.open.iter().position(|open| name == open) else { return false };
        let mut circle = self.open[start..].to_vec();
        circle.push(name.to_string());
        self.error(frame, name.span(), diagnostics::cycle(&circle));
        true
    }

    fn make_layer(
        &mut self,
        frame: &mut Frame<'p>,
        declaration: &Declaration,
        name: &Ident,
        arguments: &'p [Argument],
        expr: &'p Expr,
    ) -> Value {
        match self.layer_arguments(frame, declaration, name, arguments) {
            Some((layer, common)) => self.add_layer(frame, Kind::Layer(layer), common, expr),
            None => Value::Broken,
        }
    }

    fn make_model(
        &mut self,
        frame: &mut Frame<'p>,
        graph: Option<Arc<Graph>>,
        name: &Ident,
        arguments: &'p [Argument],
        expr: &'p Expr,
    ) -> Value {
        let common = self.model_arguments(frame, name, arguments);
        match (graph, common) {
            (Some(graph), Some(common)) => self.add_layer(frame, Kind::Model(graph), common, expr),
            _ => Value::Broken,
        }
    }

    pub fn add_layer(&mut self, frame: &mut Frame<'p>, kind: Kind, common: Common, expr: &'p Expr) -> Value {
        let layer = frame.graph.layer(kind, common.name);
        frame.graph.layers[layer.0].trainable = common.trainable;
        frame.made.insert(layer.0, (expr.range, None));
        frame.makers.insert(layer.0, expr);
        Value::Layer(layer, Manner::default())
    }

    /// `Sequential([..])`: layers that are called one after the other.
    fn sequence(&mut self, frame: &mut Frame<'p>, name: &Ident, arguments: &'p [Argument]) -> Value {
        let [Argument { name: None, value: list }] = arguments else {
            self.error(frame, name.span(), diagnostics::sequence(&format!("{} arguments", arguments.len())));
            return Value::Broken;
        };
        if let Some(block) = self.block_among(frame, list) {
            self.error(frame, block.span(), diagnostics::block_in_sequence(&block.to_string()));
            return Value::Broken;
        }
        let values = match (self.expression(frame, list), &list.kind) {
            (Value::List(values), ExprKind::List(exprs)) => values.into_iter().zip(exprs).collect::<Vec<_>>(),
            (Value::List(values), _) => values.into_iter().map(|value| (value, list)).collect(),
            (Value::Broken, _) => return Value::Broken,
            (other, _) => {
                let is_empty = matches!(&other, Value::Data(data) if data.as_array().is_some_and(Vec::is_empty));
                let found = if is_empty { "an empty one".to_owned() } else { other.describe(frame) };
                self.error(frame, list.range, diagnostics::sequence(&found));
                return Value::Broken;
            }
        };
        let mut layers = Vec::new();
        for (value, expr) in values {
            match value {
                Value::Layer(layer, manner) => layers.push((layer, manner)),
                Value::Sequence(more) => layers.extend(more),
                other => {
                    if !other.is_broken() {
                        let found = other.describe(frame);
                        self.error(frame, expr.range, diagnostics::not_a_layer(&found));
                    }
                    return Value::Broken;
                }
            }
        }
        Value::Sequence(layers)
    }

    /// A block's name among the items of a list.
    fn block_among(&self, frame: &Frame<'p>, list: &'p Expr) -> Option<&'p Ident> {
        let ExprKind::List(items) = &list.kind else { return None };
        let names = items.iter().filter_map(|item| if let ExprKind::Name(name) = &item.kind { Some(name) } else { None });
        let is_block = |name: &&Ident| frame.items.blocks.iter().any(|block| block.name == **name);
        names.into_iter().find(|name| is_block(name) && !frame.bindings.contains(&name.to_string()))
    }

    /// `sequence(tensors)`
    fn apply_sequence(
        &mut self,
        frame: &mut Frame<'p>,
        layers: &[(LayerId, Manner)],
        callee: &'p Expr,
        arguments: &'p [Argument],
    ) -> Value {
        let Some((first, rest)) = layers.split_first() else { return Value::Broken };
        let place = frame.maker(*first).unwrap_or(callee);
        let mut value = self.apply_masked(frame, *first, place, arguments.iter().partition(|argument| argument.is_named("mask")));
        for layer in rest {
            let (layer, manner) = *layer;
            frame.made.remove(&layer.0);
            let (own, place) = making(frame.maker((layer, manner)).unwrap_or(callee));
            let operand = if let Value::List(values) | Value::Tuple(values) = value { values } else { vec![value] };
            let tensors: Option<Vec<TensorId>> =
                operand.into_iter().map(|value| if let Value::Tensor(tensor) = value { Some(tensor) } else { None }).collect();
            let Some(tensors) = tensors else { return Value::Broken };
            value = self.finish_call(
                frame,
                layer,
                (&tensors, &[], manner),
                &Places { layer: place, operands: Vec::new(), arguments: own, is_handed: true },
            );
        }
        value
    }

    /// `layer(tensors)`
    pub fn apply(
        &mut self,
        frame: &mut Frame<'p>,
        (layer, called): (LayerId, Manner),
        callee: &'p Expr,
        arguments: &'p [Argument],
    ) -> Value {
        let takes_masks = match &frame.graph.layers[layer.0].kind {
            Kind::Model(model) => !model.own_inputs().iter().any(|port| port.name == "mask"),
            Kind::Layer(_) | Kind::Block(_) => false,
        };
        let is_mask = |argument: &&Argument| takes_masks && argument.is_named("mask");
        self.apply_masked(frame, (layer, called), callee, arguments.iter().partition(is_mask))
    }

    /// The same with masks of what it is called with, apart from the other arguments.
    fn apply_masked(
        &mut self,
        frame: &mut Frame<'p>,
        (layer, called): (LayerId, Manner),
        callee: &'p Expr,
        (masks, arguments): (Vec<&'p Argument>, Vec<&'p Argument>),
    ) -> Value {
        let own = frame.maker((layer, called)).map_or(&[] as &[Argument], |maker| making(maker).0);
        frame.made.remove(&layer.0);
        if self.is_wrapped(frame, layer, callee) {
            masks.iter().chain(&arguments).for_each(|argument| drop(self.expression(frame, &argument.value)));
            return Value::Broken;
        }
        let operands = match &frame.graph.layers[layer.0].kind {
            Kind::Layer(any) => {
                let any = any.clone();
                self.layer_operands(frame, &any, &arguments)
            }
            Kind::Model(graph) | Kind::Block(graph) => {
                let graph = graph.clone();
                let is_model = matches!(&frame.graph.layers[layer.0].kind, Kind::Model(_));
                self.asked_operands(frame, &graph, is_model, &arguments)
            }
        };
        let name = frame.graph.layers[layer.0].kind.called().to_owned();
        let Some((operands, manner)) = operands else {
            masks.iter().for_each(|argument| drop(self.expression(frame, &argument.value)));
            return Value::Broken;
        };
        let masks = self.masks_of_operands(frame, &name, manner.positional(&operands).len(), &masks);
        let Some(masks) = masks else { return Value::Broken };
        let manner = if called.is_for_each_step() { manner.for_each_step() } else { manner };
        let (tensors, mut operands): (Vec<TensorId>, Vec<Range>) = operands.into_iter().unzip();
        operands.extend(masks.iter().flatten().map(|(_, range)| *range));
        let masks: Vec<Option<TensorId>> = masks.into_iter().map(|mask| mask.map(|(mask, _)| mask)).collect();
        self.finish_call(
            frame,
            layer,
            (&tensors, &masks, manner),
            &Places { layer: making(callee).1, operands, arguments: own, is_handed: false },
        )
    }

    /// The masks that a call gives for so many tensors: one, or a list of as many, whose items may be `None`.
    fn masks_of_operands(
        &mut self,
        frame: &mut Frame<'p>,
        called: &str,
        operands: usize,
        given: &[&'p Argument],
    ) -> Option<Masks> {
        let &[argument, ref more @ ..] = given else { return Some(Vec::new()) };
        if let Some(name) = more.first().and_then(|argument| argument.name.as_ref()) {
            self.error(frame, name.span(), diagnostics::given_twice(called, "mask"));
            return None;
        }
        let items = match (&argument.value.kind, operands) {
            (ExprKind::List(items) | ExprKind::Tuple(items), _) => items.iter().collect(),
            (_, 1) => vec![&argument.value],
            _ => Vec::new(),
        };
        if items.len() != operands {
            if !self.expression(frame, &argument.value).is_broken() {
                self.error(frame, argument.value.range, diagnostics::masks_by_name(called, operands));
            }
            return None;
        }
        let item = |item: &'p Expr, this: &mut Self, frame: &mut Frame<'p>| match this.expression(frame, item) {
            Value::Data(serde_json::Value::Null) => Some(None),
            value => Some(Some((this.tensor(frame, value, item)?, item.range))),
        };
        let found: Vec<_> = items.into_iter().map(|expr| item(expr, self, frame)).collect();
        found.into_iter().collect()
    }

    pub fn finish_call(
        &mut self,
        frame: &mut Frame<'p>,
        layer: LayerId,
        (tensors, masks, manner): (&[TensorId], &[Option<TensorId>], Manner),
        places: &Places<'_>,
    ) -> Value {
        let kind = &frame.graph.layers[layer.0].kind;
        let (calls, called) = (kind.calls(), kind.called().to_owned());
        if self.are_too_many_calls(frame, &called, calls, places.layer) {
            return Value::Broken;
        }
        let ended = frame.graph.ended.len();
        match frame.graph.call_masked(layer, (tensors, masks), manner, Equation::open) {
            Ok((outputs, assumptions)) => {
                self.check_masks(frame, ended, places.layer);
                let assumed = |assumption: Assumption| (self.blamed(&assumption.error, places), assumption);
                let assumptions = assumptions.into_iter().map(assumed).collect();
                self.check_call(frame, (layer, manner, tensors, &outputs), assumptions, places.layer);
                match frame.graph.layers[layer.0].kind.results(&outputs) {
                    [output] => Value::Tensor(*output),
                    outputs => Value::Tuple(outputs.iter().copied().map(Value::Tensor).collect()),
                }
            }
            Err(error) => {
                let takes_several = matches!(error.problem, Problem::Arity { expected, .. } if expected.is_list());
                let text = error.to_string();
                let text = if places.is_handed && takes_several { diagnostics::list_in_sequence(&text) } else { text };
                self.error(frame, self.blamed(&error, places), text);
                Value::Broken
            }
        }
    }

    /// Warns where masks have ended since there were so many that had.
    fn check_masks(&mut self, frame: &Frame<'p>, ended: usize, place: Range) {
        for ended in frame.graph.ended.iter().skip(ended) {
            let message = frame.graph.warning(ended);
            self.diagnostics.warning(place, &diagnostics::within(&message, &frame.context));
        }
    }

    /// `a + b`, as the layer that it stands for.
    pub fn operator(&mut self, frame: &mut Frame<'p>, class: &str, operands: [(Value, &'p Expr); 2], range: Range) -> Value {
        let layer = Class::find(class).and_then(|class| class.read(&serde_json::Map::new()).ok());
        let Some(layer) = layer else { return Value::Broken };
        let ranges = operands.iter().map(|(_, expr)| expr.range).collect();
        let tensors: Option<Vec<TensorId>> = operands.into_iter().map(|(value, expr)| self.tensor(frame, value, expr)).collect();
        let Some(tensors) = tensors else { return Value::Broken };
        let layer = frame.graph.layer(Kind::Layer(layer), None);
        self.finish_call(
            frame,
            layer,
            (&tensors, &[], Manner::default()),
            &Places { layer: range, operands: ranges, arguments: &[], is_handed: false },
        )
    }

    /// The tensors that a layer is called with: those by position, and those of its slots.
    fn layer_operands(&mut self, frame: &mut Frame<'p>, layer: &AnyLayer, arguments: &[&'p Argument]) -> Option<Operands> {
        let (class, slots, flags) = (layer.class(), layer.slots(), layer.flags());
        let mut given: Vec<(usize, &'p Argument)> = Vec::new();
        let mut asked: Vec<(usize, &'p Argument)> = Vec::new();
        let mut infers = false;
        for &argument in arguments {
            let Some(name) = &argument.name else { continue };
            if name == "training" && layer.differs_in_training() {
                infers = self.infers(frame, class, argument)?;
                continue;
            }
            if let Some(flag) = flags.iter().position(|flag| name == flag.name) {
                if asked.iter().any(|(other, _)| *other == flag) {
                    self.error(frame, name.span(), diagnostics::given_twice(class, &name.to_string()));
                    return None;
                }
                asked.push((flag, argument));
                continue;
            }
            let Some(slot) = slots.iter().position(|slot| name == slot.name) else {
                let names = slots.iter().map(|slot| slot.name).chain(flags.iter().map(|flag| flag.name));
                let mut names: Vec<&str> = names.collect();
                names.dedup(); // a list's items have one name
                let is_argument = layer.declaration().arguments().iter().any(|spec| name == spec.name);
                let is_argument = is_argument || name == "name" || name == "trainable";
                self.error(frame, name.span(), diagnostics::named_tensor(class, &name.to_string(), &names, is_argument));
                return None;
            };
            if given.iter().any(|(other, _)| *other == slot) {
                self.error(frame, name.span(), diagnostics::given_twice(class, &name.to_string()));
                return None;
            }
            given.push((slot, argument));
        }
        let unnamed = arguments.iter().filter(|argument| argument.name.is_none()).map(|argument| &argument.value).collect();
        let positional = self.positional_operands(frame, layer, unnamed);
        let given: Vec<_> =
            given.into_iter().map(|(slot, argument)| self.named_operands(frame, layer, slot, &argument.value)).collect();
        let asked: Vec<_> = asked.into_iter().map(|(flag, argument)| Some((flag, self.flag(frame, class, argument)?))).collect();
        let given: Vec<_> = given.into_iter().collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
        let (operands, manner) = Manner::arranged(positional?, given);
        let asked = asked.into_iter().collect::<Option<Vec<_>>>()?;
        let manner = asked.into_iter().fold(manner, |manner, (flag, value)| manner.with_flag(flag, value));
        Some((operands, if infers { manner.inferring() } else { manner }))
    }

    /// Whether a call is to infer even while the model trains: `training = false`. That it trains while the model infers, it cannot ask for.
    fn infers(&mut self, frame: &mut Frame<'p>, called: &str, argument: &'p Argument) -> Option<bool> {
        if self.flag(frame, called, argument)? {
            self.error(frame, argument.value.range, diagnostics::training(called));
            return None;
        }
        Some(true)
    }

    /// Whether a call asks for something.
    fn flag(&mut self, frame: &mut Frame<'p>, class: &str, argument: &'p Argument) -> Option<bool> {
        match self.expression(frame, &argument.value) {
            Value::Data(serde_json::Value::Bool(value)) => Some(value),
            Value::Broken => None,
            other => {
                let (name, found) = (argument.name.as_ref().map(ToString::to_string).unwrap_or_default(), other.describe(frame));
                self.error(frame, argument.value.range, diagnostics::flag(class, &name, &found));
                None
            }
        }
    }

    /// What is given by name: the tensors of a slot, or of slots of one name a list, whose items may be `None`.
    #[allow(clippy::type_complexity)] // slots with their tensors and places
    fn named_operands(
        &mut self,
        frame: &mut Frame<'p>,
        layer: &AnyLayer,
        slot: usize,
        expr: &'p Expr,
    ) -> Option<Vec<(usize, Vec<(TensorId, Range)>)>> {
        let name = layer.slots()[slot].name;
        let slots: Vec<usize> = (0..layer.slots().len()).filter(|&other| layer.slots()[other].name == name).collect();
        if slots.len() == 1 {
            return Some(vec![(slot, self.slot_operands(frame, expr)?)]);
        }
        let ExprKind::List(items) = &expr.kind else {
            if let Value::Broken = self.expression(frame, expr) {
                return None;
            }
            self.error(frame, expr.range, diagnostics::list_by_name(layer.class(), name, slots.len()));
            return None;
        };
        if items.len() != slots.len() {
            self.error(frame, expr.range, diagnostics::list_by_name(layer.class(), name, slots.len()));
            return None;
        }
        let item = |item: &'p Expr, slot: usize, this: &mut Self, frame: &mut Frame<'p>| match this.expression(frame, item) {
            Value::Data(serde_json::Value::Null) => Some((slot, Vec::new())),
            value => Some((slot, vec![(this.tensor(frame, value, item)?, item.range)])),
        };
        let found: Vec<_> = items.iter().zip(slots).map(|(expr, slot)| item(expr, slot, self, frame)).collect();
        found.into_iter().collect()
    }

    /// What a slot is given: a tensor, or a list of several.
    fn slot_operands(&mut self, frame: &mut Frame<'p>, expr: &'p Expr) -> Option<Vec<(TensorId, Range)>> {
        if let ExprKind::List(items) | ExprKind::Tuple(items) = &expr.kind {
            return self.tensors(frame, items.iter());
        }
        let values = match self.expression(frame, expr) {
            Value::Tuple(values) | Value::List(values) => values,
            value => vec![value],
        };
        self.all_tensors(frame, values, expr)
    }

    /// The tensors that all values of an expression must be.
    pub fn all_tensors(&mut self, frame: &mut Frame<'p>, values: Vec<Value>, expr: &'p Expr) -> Option<Vec<(TensorId, Range)>> {
        values.into_iter().map(|value| Some((self.tensor(frame, value, expr)?, expr.range))).collect()
    }

    /// The tensors that a layer is called with by position: one, or a list.
    fn positional_operands(
        &mut self,
        frame: &mut Frame<'p>,
        layer: &AnyLayer,
        exprs: Vec<&'p Expr>,
    ) -> Option<Vec<(TensorId, Range)>> {
        let class = layer.class();
        let place = |exprs: &[&Expr]| exprs.first().map_or_else(diagnostics::call_site, |expr| expr.range.start);
        match (layer.arity().is_list(), exprs.as_slice()) {
            (true, [Expr { kind: ExprKind::List(items), .. }]) => self.tensors(frame, items.iter()),
            (true, [expr]) => {
                let value = self.expression(frame, expr);
                if let Value::Tuple(values) | Value::List(values) = value {
                    return self.all_tensors(frame, values, expr);
                }
                self.tensor(frame, value, expr)?;
                self.error(frame, expr.range, diagnostics::list_missing(class, 1));
                None
            }
            (true, _) => {
                self.tensors(frame, exprs.iter().copied())?;
                self.error(frame, place(&exprs), diagnostics::list_missing(class, exprs.len()));
                None
            }
            (false, [Expr { kind: ExprKind::List(items), range, .. }]) => {
                self.tensors(frame, items.iter())?;
                self.error(frame, *range, diagnostics::list_given(class, items.len()));
                None
            }
            (false, _) => self.tensors(frame, exprs.into_iter()),
        }
    }

    /// The tensors that a model is called with, in its order: by position, as a list, or by name.
    fn model_operands(
        &mut self,
        frame: &mut Frame<'p>,
        graph: &Graph,
        arguments: &[&'p Argument],
    ) -> Option<Vec<(TensorId, Range)>> {
        let exprs: Vec<&'p Expr> = match arguments {
            &[Argument { name: None, value: Expr { kind: ExprKind::List(items), .. } }] => items.iter().collect(),
            _ if arguments.iter().all(|argument| argument.name.is_some()) && arguments.len() == graph.own_inputs().len() => {
                let names: Vec<String> = graph.own_inputs().iter().map(|port| port.name.clone()).collect();
                self.by_name(frame, &graph.name, &names, arguments)?
            }
            _ => {
                self.check_unnamed(frame, &graph.name, arguments)?;
                arguments.iter().map(|argument| &argument.value).collect()
            }
        };
        self.tensors(frame, exprs.into_iter())
    }

    /// The tensors that a model is called with, where the call may say `training = false`.
    fn asked_operands(
        &mut self,
        frame: &mut Frame<'p>,
        graph: &Graph,
        is_model: bool,
        arguments: &[&'p Argument],
    ) -> Option<Operands> {
        let is_input = |name: &str| graph.own_inputs().iter().any(|port| port.name == name);
        match arguments {
            [given @ .., last] if last.is_named("training") && is_model && !is_input("training") => {
                let infers = self.infers(frame, &graph.name, last);
                let operands = self.model_operands(frame, graph, given)?;
                infers.map(|_| (operands, Manner::default().inferring()))
            }
            _ => self.model_operands(frame, graph, arguments).map(|operands| (operands, Manner::default())),
        }
    }

    fn by_name(&mut self, frame: &Frame<'p>, model: &str, names: &[String], arguments: &[&'p Argument]) -> Option<Vec<&'p Expr>> {
        let find = |name: &String| {
            let named = |argument: &&&Argument| argument.name.as_ref().is_some_and(|given| given == name);
            arguments.iter().find(named).map(|argument| &argument.value)
        };
        let found: Option<Vec<&'p Expr>> = names.iter().map(find).collect();
        if found.is_none() {
            let known: Vec<&str> = names.iter().map(String::as_str).collect();
            let given: Vec<&Ident> = arguments.iter().filter_map(|argument| argument.name.as_ref()).collect();
            if let Some(name) = given.iter().find(|name| !names.contains(&name.to_string())) {
                self.error(frame, name.span(), diagnostics::block_parameter(model, "input", &name.to_string(), &known));
            } else if let Some(name) = given.iter().enumerate().find(|(i, name)| given[..*i].contains(name)).map(|(_, name)| name)
            {
                self.error(frame, name.span(), diagnostics::given_twice(model, &name.to_string()));
            }
        }
        found
    }

    /// The narrowest place that an error is about.
    fn blamed(&self, error: &CallError, places: &Places<'_>) -> Range {
        match error.blame() {
            Blame::Layer => places.layer,
            Blame::Operand(i) => places.operands.get(i).copied().unwrap_or(places.layer),
            Blame::Argument(argument) => self.place(places.arguments, &error.class, argument).unwrap_or(places.layer),
        }
    }

    fn check_unnamed(&mut self, frame: &Frame<'p>, class: &str, arguments: &[&Argument]) -> Option<()> {
        let Some(name) = arguments.iter().find_map(|argument| argument.name.as_ref()) else { return Some(()) };
        self.error(frame, name.span(), diagnostics::named_tensor(class, &name.to_string(), &[], true));
        None
    }

    pub fn tensors(&mut self, frame: &mut Frame<'p>, exprs: impl Iterator<Item = &'p Expr>) -> Option<Vec<(TensorId, Range)>> {
        let found: Vec<Option<(TensorId, Range)>> = exprs
            .map(|expr| {
                let value = self.expression(frame, expr);
                self.tensor(frame, value, expr).map(|tensor| (tensor, expr.range))
            })
            .collect();
        found.into_iter().collect()
    }
}

/// The arguments of the call that makes a layer, and the place of the layer's name in it.
fn making(expr: &Expr) -> (&[Argument], Range) {
    match &expr.kind {
        ExprKind::Call(name, arguments) => (arguments, name.range),
        _ => (&[], expr.range),
    }
}

/// The names of the blocks, models and views that a body sees.
fn declared<'p>(frame: &Frame<'p>) -> impl Iterator<Item = &'p Ident> {
    let Program { known, models, views, blocks, .. } = frame.items;
    let blocks = blocks.iter().map(|block| &block.name);
    let models = models.iter().map(|model| &model.name).chain(views.iter().map(|view| &view.name));
    blocks.chain(models).chain(known.iter().map(|known| &known.name))
}

fn layer_names() -> Vec<&'static str> {
    model_graph::layers::CLASSES.iter().map(|class| class.name).collect()
}

/// Whether a name that nothing explains is that of a model or layer declared elsewhere, and not a layer's or model's name misspelt, or a layer of
/// Keras's that there is not.
fn may_be_model(name: &str, known: &[&str]) -> bool {
    let is_type_like = |name: &&str| name.chars().next().is_some_and(char::is_uppercase);
    let is_slip = known.iter().filter(|known| is_type_like(known)).any(|known| is_slip(name, known));
    is_type_like(&name) && (own::is_declared(name) || !is_slip && !diagnostics::is_foreign_layer(name))
}

/// Whether a name that nothing explains is that of a block declared elsewhere, and neither a slip of the pen nor another library's name.
fn may_be_block(name: &str, known: &[&str]) -> bool {
    let is_function_like = name.chars().next().is_some_and(char::is_lowercase);
    // `encode` beside a model `Encoder` is no slip: models and blocks are told apart by their first letters, layers by their names.
    let is_model = |known: &&str| known.chars().next().is_some_and(char::is_uppercase) && Class::find(known).is_none();
    let alike = known.iter().filter(|known| !is_model(known) || known.eq_ignore_ascii_case(name));
    is_function_like && !alike.into_iter().any(|known| is_slip(name, known)) && !diagnostics::is_foreign_function(name)
}

/// A model's graph as another model holds it.
fn nested(flat: &Graph, name: &str) -> Arc<Graph> {
    Arc::new(Graph { name: name.to_owned(), ..flat.clone() })
}
