//! Constants whose values only the compiler knows: where sizes made of them must agree for a call to fit, and what they are made into
//! then. The macro has the compiler check each such equation; at run time there are no constants any more.

use crate::custom::RuleProblem;
use crate::dim::{Dim, Part, Term};
use crate::graph::{Graph, Kind};
use crate::message::CallError;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

/// Two sizes that must be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equation {
    /// The size that there is.
    pub left: Dim,
    /// The size that it must be.
    pub right: Dim,
}

/// What a call takes for granted, and what is wrong with the call otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumption {
    /// What must hold.
    pub equations: Vec<Equation>,
    /// The message where it does not.
    pub error: CallError,
}

impl Equation {
    /// The equation of two sizes of which the values of constants decide whether they agree.
    #[must_use]
    pub fn open(left: &Dim, right: &Dim) -> Option<Self> {
        let difference = left.sub(right)?;
        let is_open = difference.has_constants() && difference.is_constant();
        is_open.then(|| Self { left: left.clone(), right: right.clone() })
    }

    /// The equation of two sizes that agree if two names stand for one, which are its sides.
    #[must_use]
    pub fn of_names(left: &Dim, right: &Dim) -> Option<Self> {
        let difference = left.sub(right)?;
        let terms = difference.terms();
        let [more, less] = terms.as_slice() else { return None };
        let name = |term: &Term<'_>| match term.atoms.as_slice() {
            [Part::Name(name)] if term.coefficient.abs() == more.coefficient => Some(Dim::named(*name)),
            _ => None,
        };
        (less.coefficient < 0).then_some(())?;
        Some(Self { left: name(more)?, right: name(less)? })
    }

    /// The equation of two sizes that agree if constants have the values for that, or if two names stand for one.
    #[must_use]
    pub fn of_constants_or_names(left: &Dim, right: &Dim) -> Option<Self> {
        Self::open(left, right).or_else(|| Self::of_names(left, right))
    }

    /// The equations of two shapes, where nothing else keeps them from being one.
    #[must_use]
    pub fn of_shapes(left: &Shape, right: &Shape) -> Option<Vec<Self>> {
        let axes = || left.0.iter().zip(&right.0).filter(|(left, right)| left != right);
        (left.rank() == right.rank()).then(|| axes().map(|(left, right)| Self::open(left, right)).collect()).flatten()
    }
}

/// What makes an equation of two sizes, where it is not known whether they agree.
pub type Open = fn(&Dim, &Dim) -> Option<Equation>;

impl Problem {
    /// Makes the inputs' types those that fit, if whether they do depends on open equations alone, and tells what must hold for that.
    pub(crate) fn settle(&self, types: &mut [TensorType], open: Open) -> Option<Vec<Equation>> {
        let equations = match self {
            Self::Differ { except, .. } => settle_all(types, *except, open)?,
            Self::InputType { operand, expected, found, .. } if expected.dtype == found.dtype => {
                settle_shape(types.get_mut(*operand)?, &expected.shape, open)?
            }
            Self::Rebuilt { first, now } if first.dtype == now.dtype => settle_shape(types.first_mut()?, &first.shape, open)?,
            Self::Named(clash) => {
                let side = &clash.second;
                settle_axis(types.get_mut(side.operand)?, side.axis, &clash.size, open)?
            }
            Self::Elements { from, to } => {
                let to = Shape(to.0.iter().cloned().collect::<Option<_>>()?);
                let equation = open(&from.elements()?, &to.elements()?)?;
                types.first_mut()?.shape = to;
                vec![equation]
            }
            Self::Rule(problem) => match &**problem {
                RuleProblem::Size { expected, found, .. } => {
                    settle_axis(types.get_mut(found.operand)?, found.axis, expected, open)?
                }
                RuleProblem::Name { first, second, .. } => {
                    settle_axis(types.get_mut(second.operand)?, second.axis, &first.size, open)?
                }
                _ => return None,
            },
            _ => return None,
        };
        Some(equations).filter(|equations| !equations.is_empty())
    }
}

/// Makes all shapes one, but for an axis on which they may differ, or where there is none, for sizes of 1, which are stretched: a number where
/// one has it, else the first's.
fn settle_all(types: &mut [TensorType], except: Option<usize>, open: Open) -> Option<Vec<Equation>> {
    let shapes: Vec<Shape> = types.iter().map(|ty| ty.shape.clone()).collect();
    let first = shapes.first()?;
    if shapes.iter().any(|shape| shape.rank() != first.rank()) {
        return None;
    }
    let mut equations = Vec::new();
    let is_fixed = |size: &Dim| except.is_some() || !size.is_one();
    for axis in (0..first.rank()).filter(|axis| Some(*axis) != except) {
        let sizes = || shapes.iter().map(|shape| &shape.0[axis]).filter(|size| is_fixed(size));
        let Some(agreed) = sizes().find(|size| size.known().is_some()).or_else(|| sizes().next()) else { continue };
        for size in sizes().filter(|size| *size != agreed) {
            equations.push(open(size, agreed)?);
        }
        types.iter_mut().filter(|ty| is_fixed(&ty.shape.0[axis])).for_each(|ty| ty.shape.0[axis] = agreed.clone());
    }
    equations.dedup();
    Some(equations)
}

/// Makes a shape another, along the axes whose size is known to the compiler.
fn settle_shape(ty: &mut TensorType, expected: &Shape, open: Open) -> Option<Vec<Equation>> {
    if ty.shape.rank() != expected.rank() {
        return None;
    }
    let mut equations = Vec::new();
    for (found, expected) in ty.shape.0.iter_mut().zip(&expected.0).filter(|(_, expected)| expected.is_constant()) {
        if found != expected {
            equations.push(open(found, expected)?);
            found.clone_from(expected);
        }
    }
    Some(equations)
}

fn settle_axis(ty: &mut TensorType, axis: usize, expected: &Dim, open: Open) -> Option<Vec<Equation>> {
    let found = ty.shape.0.get_mut(axis)?;
    let equation = open(found, expected)?;
    found.clone_from(expected);
    Some(vec![equation])
}

impl Graph {
    /// The constants that sizes are made of, in the order in which they come up, those of the models in it included.
    #[must_use]
    pub fn constants(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.collect_constants(&mut names);
        names
    }

    fn collect_constants(&self, names: &mut Vec<String>) {
        let mut visit = |dim: &Dim| {
            if dim.has_constants() {
                dim.visit_names(&mut |name| {
                    if crate::dim::is_constant_name(name) && !names.iter().any(|known| known == name) {
                        names.push(name.to_owned());
                    }
                });
            }
        };
        self.tensors.iter().flat_map(|tensor| &tensor.ty.shape.0).for_each(&mut visit);
        self.layers.iter().flat_map(|layer| &layer.weights).flat_map(|weight| &weight.shape.0).for_each(&mut visit);
        for layer in &self.layers {
            match &layer.kind {
                Kind::Layer(any) => any.sizes_of_constants().iter().for_each(&mut visit),
                Kind::Model(_) | Kind::Block(_) => {}
            }
        }
        for layer in &self.layers {
            if let Kind::Model(inner) | Kind::Block(inner) = &layer.kind {
                inner.collect_constants(names);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::config;
    use crate::custom::Registry;
    use crate::layer::Manner;
    use crate::layers::Class;

    fn shape(text: &str) -> Shape {
        Shape(text.split(", ").map(|dim| dim.parse().unwrap()).collect())
    }

    fn kind(class: &str, arguments: &serde_json::Value) -> Kind {
        Kind::from(Class::find(class).unwrap().read(arguments.as_object().unwrap()).unwrap())
    }

    /// What a call of a layer with inputs of these shapes gives, and what it takes for granted.
    fn called(kind: Kind, inputs: &[&str]) -> Result<(String, String), CallError> {
        let mut graph = Graph::new("net");
        let inputs: Vec<_> = inputs.iter().map(|text| graph.input("x", TensorType::f32(shape(text)))).collect();
        let layer = graph.layer(kind, None);
        let (outputs, assumptions) = graph.call_assuming(layer, &inputs, Manner::default(), Equation::open)?;
        let equations = assumptions.iter().flat_map(|assumption| &assumption.equations);
        let equations: Vec<String> = equations.map(|Equation { left, right }| format!("{left} = {right}")).collect();
        Ok((graph.ty(outputs[0]).to_string(), equations.join("; ")))
    }

    fn expect(kind: Kind, inputs: &[&str], output: &str, equations: &str) {
        assert_eq!(called(kind, inputs), Ok((output.to_owned(), equations.to_owned())));
    }

    #[test]
    fn sizes_that_may_agree_are_taken_to_agree() {
        let none = json!({});
        expect(kind("Add", &none), &["HIDDEN, 4", "64, 4"], "[64, 4]", "HIDDEN = 64");
        expect(kind("Add", &none), &["HIDDEN", "2 * WIDTH", "HIDDEN"], "[HIDDEN]", "2 * WIDTH = HIDDEN");
        expect(kind("Add", &none), &["words + SIZE", "words + 4"], "[words + SIZE]", "words + 4 = words + SIZE");
        expect(kind("Multiply", &none), &["SIZE, 4", "1, HIDDEN"], "[SIZE, 4]", "HIDDEN = 4");
        expect(kind("Add", &none), &["1, HIDDEN", "SIZE, 1", "8, 1"], "[8, HIDDEN]", "SIZE = 8");
        expect(kind("Concatenate", &none), &["1, 4", "SIZE, 4"], "[1, 8]", "SIZE = 1");
        expect(kind("Concatenate", &none), &["SIZE, 4", "8, HIDDEN"], "[8, HIDDEN + 4]", "SIZE = 8");
        expect(kind("Reshape", &json!({ "target_shape": [4, 8] })), &["2, HIDDEN"], "[4, 8]", "2 * HIDDEN = 32");
        expect(kind("Reshape", &json!({ "target_shape": [-1, {"size": "HIDDEN"}] })), &["6, HIDDEN"], "[6, HIDDEN]", "");
        expect(kind("Dense", &json!({ "units": {"size": "2 * HIDDEN"} })), &["SIZE"], "[2 * HIDDEN]", "");
    }

    #[test]
    fn sizes_that_cannot_agree_are_refused() {
        for inputs in [["HIDDEN", "HIDDEN + 1"], ["HIDDEN", "words"], ["HIDDEN, 4", "HIDDEN"]] {
            assert!(called(kind("Add", &json!({})), &inputs).is_err(), "{inputs:?}");
        }
    }

    #[test]
    fn models_of_constants_are_called_with_what_their_inputs_may_be() {
        let mut inner = Graph::new("inner");
        let input = inner.input("x", TensorType::f32(shape("words, WIDTH")));
        inner.output("y", input);
        expect(Kind::Model(Arc::new(inner)), &["7, 4"], "[7, WIDTH]", "4 = WIDTH");
    }

    #[test]
    fn constants_travel_under_other_names_and_are_refused_in_files() {
        let mut graph = Graph::new("net");
        let input = graph.input("x", TensorType::f32(shape("words, SIZE")));
        let layer = graph.layer(kind("Dense", &json!({ "units": {"size": "2 * HIDDEN"} })), None);
        let output = graph.call(layer, &[input]).unwrap()[0];
        graph.output("y", output);
        assert_eq!(graph.constants(), ["SIZE", "HIDDEN"]);
        assert_eq!(graph.parameters().total.to_string(), "2 * HIDDEN * SIZE + 2 * HIDDEN");

        let text = config::to_json(&graph.flat().unwrap());
        let read = config::from_json_with_constants(&text, &Registry::default(), &|name| format!("Net::{name}")).unwrap();
        assert_eq!(read.ty(read.outputs[0].tensor).to_string(), "[words, 2 * Net::HIDDEN]");
        let error = config::from_json(&text).unwrap_err().to_string();
        assert!(error.starts_with("`net` has a size that is made of the constant `SIZE`"), "{error}");
        let numbers = text.replace(r#"{"size":"SIZE"}"#, "3").replace(r#"{"size":"2 * HIDDEN"}"#, "8");
        assert_eq!(config::from_json(&numbers).unwrap().parameters().total.size(), Some(32));
    }
}
