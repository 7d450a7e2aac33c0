//! Going back from a number to all that it follows from.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::panic::Location;
use std::rc::Rc;

use model_graph::shape::DType;
use ndarray::{ArrayD, ArrayViewD, IxDyn};

use super::fault::Fault;
use super::node::{Node, Record, Step};
use super::pool::{Pool, Room};
use super::tape::Tape;
use super::var::{Known, Origin, Var};
use crate::error::Result;
use crate::few::Few;
use crate::float::Float;
use crate::kernels::elementwise;
use crate::layer::{Gradient, View, Weight};

/// Why a variable has no gradient.
pub(super) const NOT_FOLLOWING: &str = "the number does not follow from it";

/// The gradients of a number with respect to what it follows from: [`Var::backward`] gives them.
pub struct Gradients<T: Float = f32> {
    weights: WeightGradients<T>,
    /// Those of variables: by the number of what was given, or of the call and the output's.
    variables: HashMap<(u64, usize), Room<T>>,
    tape: Option<Tape<T>>,
}

/// The gradients of weights, by their identities.
#[derive(Default)]
pub(super) struct WeightGradients<T: Float> {
    by: HashMap<u64, Room<T>>,
}

/// Gradients of weights as a call works with them.
pub(super) struct Lent<T: Float> {
    rooms: Vec<Room<T>>,
    /// In the order of the weights.
    pub weights: Vec<Weight<T>>,
    /// Whether the call adds to what is there.
    pub accumulate: bool,
}

impl<T: Float> WeightGradients<T> {
    /// The gradient of a weight, to be added to, or room for it of zeros; and whether there is one.
    pub(super) fn room(&mut self, pool: &Rc<Pool<T>>, weight: &Weight<T>) -> Result<(Room<T>, bool)> {
        if let Some(room) = self.by.remove(&weight.identity.number()) {
            return Ok((room, true));
        }
        let mut room = pool.room(weight.data.len())?;
        room.fill(T::ZERO);
        Ok((room, false))
    }

    /// Takes the gradient of a weight back.
    pub(super) fn put(&mut self, weight: &Weight<T>, room: Room<T>) {
        self.by.insert(weight.identity.number(), room);
    }

    /// The gradients of a layer's weights.
    pub(super) fn lend(&mut self, pool: &Rc<Pool<T>>, weights: &[Weight<T>]) -> Result<Lent<T>> {
        let mut lent =
            Lent { rooms: Vec::with_capacity(weights.len()), weights: Vec::with_capacity(weights.len()), accumulate: false };
        for weight in weights {
            let (mut room, is_there) = self.room(pool, weight)?;
            lent.accumulate |= is_there;
            lent.weights.push(weight.gradient(room.take()));
            lent.rooms.push(room);
        }
        Ok(lent)
    }

    /// Takes gradients back.
    pub(super) fn give_back(&mut self, weights: &[Weight<T>], lent: Lent<T>) {
        for ((weight, mut room), gradient) in weights.iter().zip(lent.rooms).zip(lent.weights) {
            room.put(gradient.data);
            self.put(weight, room);
        }
    }
}

/// The gradients of a call's outputs, as far as they have come together.
struct Pending<T: Float> {
    node: Rc<Node<T>>,
    d_outputs: Vec<Option<Room<T>>>,
}

/// Where the gradient of an input goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Goal {
    Variable(u64),
    Weight(u64),
    Output(u64, usize),
}

/// The calls that gradients have come to but not gone through, the latest last.
struct Walk<'g, T: Float> {
    gradients: &'g mut Gradients<T>,
    pending: BTreeMap<u64, Pending<T>>,
}

impl<T: Float> Gradients<T> {
    /// Adds the gradients of a number.
    #[track_caller]
    pub(super) fn add(&mut self, of: &Known<T>) -> Result<()> {
        let tape = self.tape.get_or_insert_with(|| of.tape.clone());
        if !tape.is(&of.tape) {
            return Err(Fault::Tapes { call: "backward_into".to_owned() }.here());
        }
        let mut one = of.tape.pool().room(1)?;
        one[0] = T::ONE;
        let mut walk = Walk { gradients: self, pending: BTreeMap::new() };
        let Some(goal) = walk.goal(&of.origin) else { return Err(Fault::NoGradient.here()) };
        walk.arrive(goal, one);
        walk.go(of.tape.pool())
    }

    /// Adds the gradients of what follows from tensors of one tape whose gradients are given.
    pub(crate) fn add_from(&mut self, starts: &[(&Var<T>, &[T])]) -> Result<()> {
        let mut walk = Walk { gradients: self, pending: BTreeMap::new() };
        let Some((first, _)) = starts.first() else { return Ok(()) };
        let pool = first.known()?.tape.pool().clone();
        for (start, gradient) in starts {
            if let Some(goal) = walk.goal(&start.known()?.origin) {
                walk.arrive(goal, pool.copy(gradient)?);
            }
        }
        walk.go(&pool)
    }

    /// The elements of the gradient of a variable that was given, if there is one.
    pub(crate) fn elements_of(&self, variable: &Var<T>) -> Option<&[T]> {
        let Ok(Known { origin: Origin::Leaf(leaf), .. }) = variable.known() else { return None };
        self.variables.get(&(leaf.number, 0)).map(|room| &**room)
    }

    /// The gradient of a variable: one that was given with [`Tape::variable`], or that was [watched](Var::watch).
    ///
    /// # Errors
    /// If it has none: it was given as a constant, is not watched, or the number does not follow from it.
    #[track_caller]
    pub fn of(&self, variable: &Var<T>) -> Result<ArrayD<T>> {
        let known = variable.known()?;
        let place = Location::caller();
        let none = |why| Fault::NotThere { shape: known.value.shape.to_vec(), why }.at(place);
        let key = match &known.origin {
            Origin::Constant => {
                return Err(none("it was given as a constant\nhelp: `tape.variable(&x)` makes one that has a gradient"));
            }
            Origin::Leaf(leaf) => (leaf.number, 0),
            Origin::Weight(weight) => {
                return self.of_leaf(weight.identity, &known.value.shape).ok_or_else(|| none(NOT_FOLLOWING));
            }
            Origin::Call(node, output) if node.is_watched(*output) => (node.number, *output),
            Origin::Call(..) => {
                return Err(none("it is a result, and those are not kept\nhelp: `let y = y.watch();` asks for it"));
            }
        };
        let found = self.variables.get(&key).ok_or_else(|| none(NOT_FOLLOWING))?;
        Ok(ArrayD::from_shape_vec(IxDyn(&known.value.shape), found.to_vec()).expect("a gradient has its variable's elements"))
    }

    /// The gradient of a weight as a variable.
    fn of_leaf(&self, identity: u64, shape: &[usize]) -> Option<ArrayD<T>> {
        let room = self.weights.by.get(&identity)?;
        ArrayD::from_shape_vec(IxDyn(shape), room.to_vec()).ok()
    }

    /// The gradient of a weight of a layer or model: `gradients.of_weight(model.dense.get("kernel")?)`; nothing if the number does not follow from
    /// it.
    #[must_use]
    pub fn of_weight(&self, weight: &Weight<T>) -> Option<ArrayViewD<'_, T>> {
        ArrayViewD::from_shape(weight.shape.as_slice(), self.elements(weight)?).ok()
    }

    /// The elements of the gradient of a weight.
    pub(crate) fn elements(&self, weight: &Weight<T>) -> Option<&[T]> {
        self.weights.by.get(&weight.identity.number()).map(|room| &**room)
    }

    /// Writes the gradient of a weight, or adds it to what is there; without one, it is zero.
    pub(crate) fn give(&self, weight: &Weight<T>, to: &mut Weight<T>, accumulate: bool) {
        let found = self.elements(weight).filter(|_| weight.trainable);
        Gradient::give_found(Some(Gradient { data: &mut to.data, accumulate }), found);
    }

    /// The same, to be changed before a step is taken.
    pub fn elements_mut(&mut self, weight: &Weight<T>) -> Option<&mut [T]> {
        self.weights.by.get_mut(&weight.identity.number()).map(|room| &mut **room)
    }

    /// What all gradients of weights are multiplied by: to clip them by their norm, or to take the mean of several.
    pub fn scale(&mut self, factor: f64) {
        let factor = T::from_f64(factor);
        self.weights.by.values_mut().flat_map(|room| room.iter_mut()).for_each(|element| *element *= factor);
    }

    /// The norm of the gradients of all weights together, as if they were one vector.
    #[must_use]
    pub fn global_norm(&self) -> f64 {
        let mut identities: Vec<&u64> = self.weights.by.keys().collect();
        identities.sort(); // the order of a sum is the same in every run
        let square = |identity| self.weights.by[identity].iter().map(|element| element.to_f64().powi(2)).sum::<f64>();
        identities.into_iter().map(square).sum::<f64>().sqrt()
    }

    /// Scales the gradients of all weights down together, so that their norm is this at most: Keras's `global_clipnorm`.
    pub fn clip_by_global_norm(&mut self, most: f64) {
        let norm = self.global_norm();
        if norm > most {
            self.scale(most / norm);
        }
    }

    /// The tape whose calls they are of.
    pub(crate) fn tape(&self) -> Option<&Tape<T>> {
        self.tape.as_ref()
    }
}

impl<T: Float> Default for Gradients<T> {
    fn default() -> Self {
        Self { weights: WeightGradients { by: HashMap::new() }, variables: HashMap::new(), tape: None }
    }
}

impl<T: Float> fmt::Debug for Gradients<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gradients({} weights, {} variables)", self.weights.by.len(), self.variables.len())
    }
}

impl<T: Float> Walk<'_, T> {
    /// Where gradients of something from there go.
    fn goal(&mut self, origin: &Origin<T>) -> Option<Goal> {
        match origin {
            Origin::Constant => None,
            Origin::Leaf(leaf) => Some(Goal::Variable(leaf.number)),
            Origin::Weight(weight) => Some(Goal::Weight(weight.identity)),
            Origin::Call(node, output) => {
                self.pending.entry(node.number).or_insert_with(|| Pending { node: node.clone(), d_outputs: Vec::new() });
                Some(Goal::Output(node.number, *output))
            }
        }
    }

    /// Takes what has come together there.
    fn leave(&mut self, goal: Goal) -> Option<Room<T>> {
        match goal {
            Goal::Variable(number) => self.gradients.variables.remove(&(number, 0)),
            Goal::Weight(identity) => self.gradients.weights.by.remove(&identity),
            Goal::Output(number, output) => self.pending.get_mut(&number)?.d_outputs.get_mut(output)?.take(),
        }
    }

    /// Puts a gradient there, or adds it to what is there.
    fn arrive(&mut self, goal: Goal, gradient: Room<T>) {
        let place = match goal {
            Goal::Variable(number) => {
                add_or_put(self.gradients.variables.entry((number, 0)), gradient);
                return;
            }
            Goal::Weight(identity) => {
                add_or_put(self.gradients.weights.by.entry(identity), gradient);
                return;
            }
            Goal::Output(number, output) => {
                let Some(pending) = self.pending.get_mut(&number) else { return };
                if pending.d_outputs.len() <= output {
                    pending.d_outputs.resize_with(output + 1, || None);
                }
                &mut pending.d_outputs[output]
            }
        };
        match place {
            Some(there) => elementwise::accumulate(there, &gradient),
            None => *place = Some(gradient),
        }
    }

    /// Goes through all calls, the latest first.
    fn go(&mut self, pool: &Rc<Pool<T>>) -> Result<()> {
        while let Some((_, pending)) = self.pending.pop_last() {
            self.go_through(pending, pool)?;
        }
        Ok(())
    }

    fn go_through(&mut self, Pending { node, mut d_outputs }: Pending<T>, pool: &Rc<Pool<T>>) -> Result<()> {
        let Some(Record { inputs, outputs, back }) = node.take() else { return Err(Fault::Spent.at(node.place)) };
        d_outputs.resize_with(outputs.len(), || None);
        let mut whole = Vec::with_capacity(outputs.len());
        for (output, (d_output, kept)) in d_outputs.into_iter().zip(&outputs).enumerate() {
            whole.push(match d_output {
                Some(d_output) => {
                    if node.is_watched(output) {
                        let copy = pool.copy(&d_output)?;
                        add_or_put(self.gradients.variables.entry((node.number, output)), copy);
                    }
                    d_output
                }
                None => {
                    let mut zeros = pool.room(kept.shape.iter().product())?;
                    zeros.fill(T::ZERO);
                    zeros
                }
            });
        }
        let mut rooms: Vec<Option<(Goal, Room<T>, bool)>> = Vec::with_capacity(inputs.len());
        for input in &inputs {
            let goal = if input.dtype == DType::F32 { self.goal(&input.origin) } else { None };
            let Some(goal) = goal else {
                rooms.push(None);
                continue;
            };
            rooms.push(Some(match self.leave(goal) {
                Some(there) => (goal, there, true),
                None => (goal, pool.room(input.shape.iter().product())?, false),
            }));
        }
        {
            let views: Few<View<'_, T>> = inputs.iter().map(|input| input.view()).collect();
            let outputs: Few<View<'_, T>> = outputs.iter().map(|output| output.view()).collect();
            let mut d_outputs: Few<&mut [T]> = whole.iter_mut().map(|room| &mut **room).collect();
            let wanted = rooms.iter_mut();
            let wanted = wanted.map(|room| room.as_mut().map(|(_, room, there)| Gradient { data: room, accumulate: *there }));
            let mut d_inputs: Few<Option<Gradient<'_, T>>> = wanted.collect();
            let weights = &mut self.gradients.weights;
            back.back(Step { inputs: &views, outputs: &outputs, d_outputs: &mut d_outputs, d_inputs: &mut d_inputs, weights })?;
        }
        rooms.into_iter().flatten().for_each(|(goal, room, _)| self.arrive(goal, room));
        Ok(())
    }
}

fn add_or_put<K, T: Float>(entry: std::collections::hash_map::Entry<'_, K, Room<T>>, gradient: Room<T>) {
    entry.and_modify(|there| elementwise::accumulate(there, &gradient)).or_insert(gradient);
}
