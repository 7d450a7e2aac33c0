//! Calls of a graph as units: how each is written.

use std::collections::{HashMap, HashSet};

use model_graph::Graph;
use model_graph::graph::{Kind, LayerId, LayerNode, Node, TensorId};
use model_graph::layer::{Manner, Slot};
use model_graph::layers::{AnyLayer, Declaration};
use model_graph::names::snake_case;
use model_graph::operation::Operation;
use model_graph::shape::DType;
use serde_json::Value as Json;

use super::names;
use super::rebuild::Rebuilt;
use super::unit::{Argument, Body, Head, Operand, Place, Unit, Value};

/// The operators of operations of two operands.
const OPERATORS: [(&str, &str); 14] = [
    ("add", "+"),
    ("subtract", "-"),
    ("multiply", "*"),
    ("true_divide", "/"),
    ("power", "**"),
    ("mod", "%"),
    ("equal", "=="),
    ("not_equal", "!="),
    ("less", "<"),
    ("less_equal", "<="),
    ("greater", ">"),
    ("greater_equal", ">="),
    ("logical_and", "&&"),
    ("logical_or", "||"),
];

/// The calls of a graph, and the names of structs of the models in it.
pub struct Calls<'g> {
    plain: &'g Graph,
    rebuilt: &'g Rebuilt,
    structs: &'g HashMap<LayerId, String>,
    /// How often each layer is called.
    counts: HashMap<LayerId, usize>,
    /// The names of layers that are bound.
    bound: HashMap<LayerId, String>,
    taken: HashSet<String>,
}

impl<'g> Calls<'g> {
    pub fn new(plain: &'g Graph, rebuilt: &'g Rebuilt, structs: &'g HashMap<LayerId, String>) -> Self {
        let mut counts = HashMap::new();
        for node in rebuilt.calls.iter().filter_map(|id| plain.nodes.get(id.0)) {
            let count: &mut usize = counts.entry(node.layer).or_default();
            *count = count.saturating_add(1);
        }
        let taken = plain.inputs.iter().map(|port| port.name.clone()).chain(["x".to_owned()]).collect();
        Self { plain, rebuilt, structs, counts, bound: HashMap::new(), taken }
    }

    /// All calls in order, and the names of layers that they bind.
    pub fn body(mut self) -> (Body, HashSet<String>) {
        let nodes = self.rebuilt.calls.iter().filter_map(|id| self.plain.nodes.get(id.0));
        let units = nodes.filter_map(|node| self.unit(node)).collect();
        let results = self.plain.outputs.iter().map(|port| port.tensor.0).collect();
        (Body { units, results }, self.bound.into_values().collect())
    }

    fn unit(&mut self, node: &Node) -> Option<Unit> {
        let (inputs, manner, masks) = self.rebuilt.written.call(self.plain, node);
        let own = self.plain.layers.get(node.layer.0)?;
        let layer = self.rebuilt.layer(node.layer)?;
        let (head, arguments) = self.made(node, layer);
        let outputs = own.kind.results(&node.outputs).iter().map(|output| output.0).collect();
        let name = layer.called(node.manner); // none where it follows from the class
        let hint = [name.to_owned(), snake_case(own.kind.class())].into_iter().find(|name| names::is_word(name));
        let hint = hint.unwrap_or_else(|| "y".to_owned());
        let is_fixed = layer.name.is_some() || layer.time_distributed.is_some();
        let is_shared = self.counts.get(&node.layer).is_some_and(|count| *count > 1);
        let mut unit = Unit { head, arguments, operands: Vec::new(), outputs, hint, binds: None, is_fixed };
        unit.operands = self.operands(own, &inputs, manner, &masks);
        if let Kind::Layer(any) = &own.kind {
            if let Some(operation) = any.operation() {
                operated(&mut unit, any, operation, (&self.types(&inputs), layer.name.as_deref()));
            } else if let Some(sign) = self.is_operator(&unit, any, &inputs).filter(|_| !is_shared) {
                let [Operand::List(tensors)] = unit.operands.as_slice() else { return Some(unit) };
                unit.operands = tensors.iter().flatten().map(|&tensor| Operand::Tensor(tensor)).collect();
                (unit.head, unit.arguments) = (Head::Operator(sign), Vec::new());
            }
        }
        if is_shared {
            self.bind(node, &mut unit);
        }
        Some(unit)
    }

    fn types(&self, tensors: &[TensorId]) -> Vec<DType> {
        tensors.iter().map(|&tensor| self.plain.ty(tensor).dtype).collect()
    }

    /// A call of a layer that is called elsewhere, too: it has a name, which is bound before the first call.
    fn bind(&mut self, node: &Node, unit: &mut Unit) {
        unit.is_fixed = true;
        let head = if let Head::Stepped(name, around) = &unit.head {
            (name.clone(), around.clone())
        } else {
            (String::new(), Vec::new())
        };
        let made = Unit {
            head: if head.0.is_empty() { unit.head.clone() } else { Head::Made(head.0.clone()) },
            arguments: std::mem::take(&mut unit.arguments),
            operands: Vec::new(),
            outputs: Vec::new(),
            hint: unit.hint.clone(),
            binds: None,
            is_fixed: true,
        };
        let name = match self.bound.get(&node.layer) {
            Some(name) => name.clone(),
            None => {
                let own = self.plain.layers.get(node.layer.0).map_or("", LayerNode::name);
                let hint = if names::is_word(own) { own } else { "layer" };
                let name = names::free(hint, |name| self.taken.contains(name));
                self.taken.insert(name.clone());
                self.bound.insert(node.layer, name.clone());
                unit.binds = Some((name.clone(), Box::new(made)));
                name
            }
        };
        let around: Vec<String> =
            head.1.iter().map(|argument| format!(", {} = {}", argument.name, argument.value.text())).collect();
        let each_step = || format!("TimeDistributed({name}{})", around.concat());
        unit.head = Head::Bound(if head.0.is_empty() { name.clone() } else { each_step() });
    }

    /// What makes a layer, and what it is made with.
    fn made(&self, node: &Node, layer: &LayerNode) -> (Head, Vec<Argument>) {
        let (name, mut arguments) = match &layer.kind {
            Kind::Layer(any) => (any.declaration().name().to_owned(), arguments(any)),
            Kind::Model(_) | Kind::Block(_) => (self.structs.get(&node.layer).cloned().unwrap_or_default(), Vec::new()),
        };
        arguments.extend(layer.name.iter().map(|name| named(name)));
        arguments.push(Argument {
            name: "trainable".to_owned(),
            value: Value::Text(layer.trainable.to_string()),
            default: Some("true".to_owned()),
            place: Place::Named,
        });
        if node.manner.is_for_each_step() {
            return (Head::Stepped(name, layer.time_distributed.iter().map(|name| named(name)).collect()), arguments);
        }
        (Head::Made(name), arguments)
    }

    /// The operator that a merging layer stands for, where it is one that nothing is said of.
    fn is_operator(&self, unit: &Unit, any: &AnyLayer, inputs: &[TensorId]) -> Option<&'static str> {
        let (_, sign) =
            [("Add", "+"), ("Subtract", "-"), ("Multiply", "*")].into_iter().find(|(class, _)| *class == any.class())?;
        let is_plain = matches!(unit.operands.as_slice(), [Operand::List(tensors)] if tensors.len() == 2)
            && unit.arguments.iter().all(Argument::is_default)
            && matches!(any.declaration(), Declaration::Class(_))
            && unit.outputs.len() == 1
            && self.types(inputs).iter().all(|dtype| *dtype == DType::F32);
        (is_plain && !unit.is_fixed).then_some(sign)
    }

    /// What stands in the parentheses of a call.
    fn operands(&self, own: &LayerNode, inputs: &[TensorId], manner: Manner, masks: &[Option<TensorId>]) -> Vec<Operand> {
        let one = |tensor: &TensorId| Operand::Tensor(tensor.0);
        let mut operands = Vec::new();
        match &own.kind {
            Kind::Layer(any) => {
                let positional = manner.positional(inputs);
                match any.arity().is_list() {
                    true => operands.push(Operand::List(positional.iter().map(|tensor| Some(tensor.0)).collect())),
                    false => operands.extend(positional.iter().map(one)),
                }
                operands.extend(slots(any.slots(), inputs, manner));
                let asked = any.flags().iter().enumerate().filter(|(flag, _)| manner.flag(*flag));
                operands.extend(asked.map(|(_, flag)| Operand::Text(format!("{} = true", flag.name))));
            }
            Kind::Model(_) | Kind::Block(_) => {
                operands.extend(inputs.iter().map(one));
                let masks: Vec<Option<usize>> = masks.iter().map(|mask| mask.map(|mask| mask.0)).collect();
                if masks.iter().any(Option::is_some) {
                    let list = match masks.as_slice() {
                        [Some(mask)] => Operand::Tensor(*mask),
                        _ => Operand::List(masks),
                    };
                    operands.push(Operand::Named("mask".to_owned(), Box::new(list)));
                }
            }
        }
        if manner.infers() {
            operands.push(Operand::Text("training = false".to_owned()));
        }
        operands
    }
}

fn named(name: &str) -> Argument {
    Argument { name: "name".to_owned(), value: Value::Text(format!("\"{name}\"")), default: None, place: Place::Named }
}

/// The arguments of a layer in Keras's order.
fn arguments(any: &AnyLayer) -> Vec<Argument> {
    // A first argument that is a choice or an axis says nothing without its name.
    let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit() || "-[(".contains(c));
    let argument = |(position, text): (usize, model_graph::layer::ArgumentText)| Argument {
        name: text.name.to_owned(),
        place: match &text.default {
            None => Place::Positional,
            Some(_) if position == 0 && text.name != "axis" && is_number(&text.value) => Place::Positional,
            Some(_) => Place::Named,
        },
        value: Value::Text(text.value),
        default: text.default,
    };
    any.texts().into_iter().enumerate().map(argument).collect()
}

/// The tensors that a call names.
fn slots(slots: &[Slot], inputs: &[TensorId], manner: Manner) -> Vec<Operand> {
    let (mut operands, mut next) = (Vec::new(), 0_usize);
    for named in slots.chunk_by(|a, b| a.name == b.name) {
        let given: Vec<&[TensorId]> = (next..).take(named.len()).map(|slot| manner.slot(slot, inputs)).collect();
        next = next.saturating_add(named.len());
        let name = named.first().map_or("", |slot| slot.name).to_owned();
        let operand = match given.as_slice() {
            [[]] => continue,
            [[one]] => Operand::Tensor(one.0),
            [several] => Operand::List(several.iter().map(|tensor| Some(tensor.0)).collect()),
            list if list.iter().all(|item| item.is_empty()) => continue,
            list => Operand::List(list.iter().map(|item| item.first().map(|tensor| tensor.0)).collect()),
        };
        operands.push(Operand::Named(name, Box::new(operand)));
    }
    operands
}

/// Writes the call of an operation: an operator, a subscript, or a function, as which operations with a name of their own are written.
fn operated(unit: &mut Unit, any: &AnyLayer, operation: &'static Operation, (types, name): (&[DType], Option<&str>)) {
    let numbers = any.operands();
    let texts = any.texts();
    unit.arguments = name.map(named).into_iter().collect();
    if let AnyLayer::GetItem(item) = any {
        unit.head = Head::Subscript(model_graph::argument::Argument::to_source(&item.key));
        return;
    }
    // A list of tensors stands at one operand.
    let mut tensors = std::mem::take(&mut unit.operands).into_iter();
    for number in &numbers {
        let operand = number.as_ref().map(|number| Operand::Text(model_graph::argument::source(number)));
        unit.operands.extend(operand.or_else(|| tensors.next()));
    }
    unit.operands.extend(tensors);
    if let Some(sign) = sign(operation, &numbers, types).filter(|_| name.is_none()) {
        unit.head = Head::Operator(sign);
        return;
    }
    unit.head = Head::Operation(operation.name);
    let order = any.declaration().parameters();
    let place = |name: &str, is_needed: bool| match operation.leading.contains(&name) {
        true => Place::Leading,
        false if is_needed => Place::Positional,
        false => Place::Named,
    };
    let mut arguments: Vec<Argument> = texts
        .into_iter()
        .map(|text| {
            let default = text.default.filter(|_| !operation.needed.contains(&text.name));
            let place = place(text.name, default.is_none());
            Argument { name: text.name.to_owned(), value: Value::Text(text.value), default, place }
        })
        .collect();
    arguments.sort_by_key(|argument| order.iter().position(|name| *name == argument.name));
    arguments.append(&mut unit.arguments);
    unit.arguments = arguments;
}

/// The operator of an operation with these numbers among its operands.
fn sign(operation: &Operation, numbers: &[Option<Json>], types: &[DType]) -> Option<&'static str> {
    match operation.name {
        "negative" => return Some("-"),
        "logical_not" => return Some("!"),
        _ => {}
    }
    let (name, sign) = OPERATORS.into_iter().find(|(name, _)| *name == operation.name)?;
    let is_plain = |number: &Json| number.is_number() && number.as_f64().is_some_and(|number| number.is_sign_positive());
    let has_numbers = numbers.iter().any(Option::is_some);
    let is_layer = ["add", "subtract", "multiply"].contains(&name) && !has_numbers && types.iter().all(|it| *it == DType::F32);
    (numbers.iter().flatten().all(is_plain) && numbers.len() == 2 && !is_layer).then_some(sign)
}
