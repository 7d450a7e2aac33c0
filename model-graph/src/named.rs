//! Dimensions that are known by name: which a graph has, what they come to where it is called, and whether its layers can work on that.

use crate::dim::{Dim, is_constant_name};
use crate::graph::{Graph, Kind, Node, is_countable};
use crate::shape::Shape;

/// What the names of a graph stand for, in the order of [`Graph::names`].
pub type Meanings = Vec<(String, Dim)>;

/// What a name stands for.
#[must_use]
pub fn meaning(meanings: &[(String, Dim)], name: &str) -> Option<Dim> {
    meanings.iter().find(|(own, _)| own == name).map(|(_, dim)| dim.clone())
}

/// The size of a name, given those of all in their order.
#[must_use]
pub fn size(names: &[String], sizes: &[usize], name: &str) -> Option<i64> {
    let place = names.iter().position(|own| own == name)?;
    sizes.get(place).and_then(|&size| i64::try_from(size).ok())
}

/// The number of elements along an axis, given the sizes of all names in their order, which have been checked.
#[must_use]
pub fn elements(dim: &Dim, names: &[String], sizes: &[usize]) -> usize {
    let found = dim.evaluate(&|name| size(names, sizes, name));
    found.and_then(|found| usize::try_from(found).ok()).unwrap_or(0)
}

/// One axis of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Which input.
    pub operand: usize,
    /// The axis, from 0 in the sample's shape.
    pub axis: usize,
    /// The size that it has.
    pub found: Dim,
}

/// Why shapes are not those of a graph's inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// An input has another number of axes, or another size where that is known.
    Shape {
        /// Which input.
        operand: usize,
    },
    /// Two axes give a name two sizes, or one axis another size than follows from the names.
    Clash(Box<Clash>),
}

/// Two axes that do not agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// What they give: a name, or what follows from names.
    pub dim: Dim,
    /// The size that it has by the first axis.
    pub size: Dim,
    /// The axis that gave the name its size.
    pub first: Side,
    /// The other axis.
    pub second: Side,
}

impl Clash {
    fn misfit(dim: Dim, size: &Dim, first: &Side, second: Side) -> Misfit {
        Misfit::Clash(Box::new(Self { dim, size: size.clone(), first: first.clone(), second }))
    }
}

/// A layer that cannot work on the sizes that names have got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unworkable {
    /// The call as one would write it.
    pub layer: String,
    /// The shape of what it is called with.
    pub from: Shape,
    /// The shape of what it would give.
    pub to: Shape,
}

impl Graph {
    /// The names of the dimensions, in the order in which the inputs have them. Constants are none of them.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for dim in self.inputs.iter().flat_map(|port| &self.ty(port.tensor).shape.0) {
            dim.visit_names(&mut |name| {
                if !is_constant_name(name) && !names.iter().any(|known| known == name) {
                    names.push(name.to_owned());
                }
            });
        }
        names
    }

    /// The first name that no axis of an input gives a size to: `n` where there is `[n * m]` only.
    #[must_use]
    pub fn unbound_name(&self) -> Option<String> {
        let dims = || self.inputs.iter().flat_map(|port| &self.ty(port.tensor).shape.0);
        let nothing = Dim::default();
        let is_bound = |name: &str| dims().any(|dim| dim.solve(&nothing).is_some_and(|(solved, _)| solved == name));
        self.names().into_iter().find(|name| !is_bound(name))
    }

    /// What the names come to for inputs of these shapes, as many as the graph has.
    ///
    /// # Errors
    /// If the shapes are not those of the inputs, or give a name two sizes.
    pub fn bind(&self, shapes: &[Shape]) -> Result<Meanings, Misfit> {
        let mut bound: Vec<(&str, Dim, Side)> = Vec::new();
        let mut rest: Vec<(&Dim, Side)> = Vec::new();
        for (operand, (port, shape)) in self.inputs.iter().zip(shapes).enumerate() {
            let expected = &self.ty(port.tensor).shape;
            if expected.rank() != shape.rank() {
                return Err(Misfit::Shape { operand });
            }
            for (axis, (dim, found)) in expected.0.iter().zip(&shape.0).enumerate() {
                let side = || Side { operand, axis, found: found.clone() };
                match dim.solve(found) {
                    _ if dim.is_constant() && dim != found => return Err(Misfit::Shape { operand }),
                    _ if dim.is_constant() => {}
                    None => rest.push((dim, side())),
                    Some((_, None)) => return Err(Misfit::Shape { operand }),
                    Some((name, Some(size))) => match bound.iter().find(|(own, ..)| *own == name) {
                        Some((_, first, _)) if *first == size => {}
                        Some((_, size, first)) => return Err(Clash::misfit(Dim::named(name), size, first, side())),
                        None => bound.push((name, size, side())),
                    },
                }
            }
        }
        let find = |name: &str| bound.iter().find(|(own, ..)| *own == name);
        for (dim, second) in rest {
            let size = dim.substitute(&|name| find(name).map(|(_, size, _)| size.clone()));
            let mut first = None;
            dim.visit_names(&mut |name| first = first.take().or_else(|| find(name).map(|(.., side)| side.clone())));
            match (size, first) {
                (Some(size), _) if size == second.found => {}
                (Some(size), Some(first)) => return Err(Clash::misfit(dim.clone(), &size, &first, second)),
                _ => return Err(Misfit::Shape { operand: second.operand }),
            }
        }
        let names = self.names().into_iter();
        Ok(names.filter_map(|name| find(&name).map(|(_, size, _)| size.clone()).map(|size| (name, size))).collect())
    }

    /// Checks that every layer gives at least one element along each axis, where the names stand for these sizes.
    ///
    /// # Errors
    /// The first layer that cannot work on them.
    pub fn check_meanings(&self, meanings: &[(String, Dim)]) -> Result<(), Unworkable> {
        let meant = |shape: &Shape| -> Option<Shape> {
            shape.0.iter().map(|dim| dim.substitute(&|name| meaning(meanings, name))).collect::<Option<_>>().map(Shape)
        };
        let is_workable = |shape: &Option<Shape>| {
            let shape = shape.as_ref();
            shape.is_some_and(|shape| shape.0.iter().all(|dim| dim.known().is_none_or(|size| size > 0)) && is_countable(shape))
        };
        for node in &self.nodes {
            let kind = &self.layers[node.layer.0].kind;
            match kind {
                Kind::Layer(_) => {}
                Kind::Block(inner) => inner.check_meanings(meanings)?,
                Kind::Model(inner) => inner.check_meanings(&within(node, meanings))?,
            }
            for output in &node.outputs {
                let shape = &self.ty(*output).shape;
                let to = meant(shape);
                if !is_workable(&to) {
                    let from = node.inputs.first().map(|input| &self.ty(*input).shape);
                    let from = from.and_then(meant).unwrap_or_default();
                    return Err(Unworkable { layer: kind.source_in(node.manner), from, to: to.unwrap_or_else(|| shape.clone()) });
                }
            }
        }
        Ok(())
    }
}

/// What the names of a model that is called stand for, where those of its caller have these meanings.
#[must_use]
pub fn within(node: &Node, meanings: &[(String, Dim)]) -> Meanings {
    let own = node.named.iter().filter_map(|(name, dim)| {
        let dim = dim.substitute(&|outer| meaning(meanings, outer))?;
        Some((name.clone(), dim))
    });
    own.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::Class;
    use crate::shape::TensorType;

    fn shape(text: &str) -> Shape {
        Shape(text.split(", ").map(|dim| dim.parse().unwrap()).collect())
    }

    fn graph(inputs: &[&str]) -> Graph {
        let mut graph = Graph::new("net");
        for (i, input) in inputs.iter().enumerate() {
            graph.input(format!("x{i}"), TensorType::f32(shape(input)));
        }
        graph
    }

    fn bound(inputs: &[&str], given: &[&str]) -> Result<String, Misfit> {
        let given: Vec<Shape> = given.iter().map(|text| shape(text)).collect();
        let meanings = graph(inputs).bind(&given)?;
        let texts: Vec<String> = meanings.iter().map(|(name, dim)| format!("{name} = {dim}")).collect();
        Ok(texts.join(", "))
    }

    #[test]
    fn names_get_the_sizes_of_the_axes_that_they_stand_for() {
        assert_eq!(bound(&["words, 4"], &["7, 4"]), Ok("words = 7".to_owned()));
        assert_eq!(bound(&["n - 2, m", "n * m"], &["5, 3", "21"]), Ok("n = 7, m = 3".to_owned()));
        assert_eq!(bound(&["words, 4"], &["2 * frames, 4"]), Ok("words = 2 * frames".to_owned()));
        assert_eq!(bound(&["3"], &["3"]), Ok(String::new()));
    }

    #[test]
    fn what_does_not_fit_is_told() {
        for (inputs, given, operand) in [("3", "4", 0), ("words", "4, 4", 0), ("2 * words", "5", 0)] {
            assert_eq!(bound(&[inputs], &[given]), Err(Misfit::Shape { operand }));
        }
        let clash = bound(&["words, 4", "words"], &["7, 4", "6"]);
        let Err(Misfit::Clash(clash)) = clash else { panic!("{clash:?}") };
        let Clash { dim, size, first, second } = *clash;
        assert_eq!((dim, size, first.operand, second.operand), (Dim::named("words"), Dim::constant(7), 0, 1));
        let clash = bound(&["n", "m", "n * m"], &["2", "3", "7"]);
        assert!(matches!(&clash, Err(Misfit::Clash(clash)) if clash.size == Dim::constant(6)), "{clash:?}");
    }

    #[test]
    fn names_need_an_axis_of_their_own() {
        assert_eq!(graph(&["n * m", "n"]).unbound_name(), Some("m".to_owned()));
        assert_eq!(graph(&["n * m", "n", "m + 1"]).unbound_name(), None);
    }

    #[test]
    fn a_layer_that_has_nothing_left_is_told() {
        let mut graph = graph(&["words, 4"]);
        let arguments = serde_json::json!({ "filters": 2, "kernel_size": 5 });
        let layer = graph.layer(Class::find("Conv1D").unwrap().read(arguments.as_object().unwrap()).unwrap(), None);
        let input = graph.inputs[0].tensor;
        graph.call(layer, &[input]).unwrap();
        let check = |words: i64| graph.check_meanings(&[("words".to_owned(), Dim::constant(words))]);
        assert_eq!(check(5), Ok(()));
        assert_eq!(check(4).unwrap_err().to.to_string(), "[0, 2]");
        assert_eq!(graph.check_meanings(&[("words".to_owned(), Dim::named("n"))]), Ok(()));
    }
}
