//! Going back from a number to variables, by calls that are remembered themselves.

use std::collections::{BTreeMap, HashMap};
use std::panic::Location;
use std::rc::Rc;

use super::Crossed;
use crate::error::Result;
use crate::float::Float;
use crate::variable::fault::Fault;
use crate::variable::gradients::NOT_FOLLOWING;
use crate::variable::node::Node;
use crate::variable::tape::Tape;
use crate::variable::var::{Known, Origin, Var};

/// What a gradient is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    Leaf(u64),
    Weight(u64),
    Output(u64, usize),
}

impl Key {
    fn of<T: Float>(origin: &Origin<T>) -> Option<Self> {
        match origin {
            Origin::Constant => None,
            Origin::Leaf(leaf) => Some(Self::Leaf(leaf.number)),
            Origin::Weight(weight) => Some(Self::Weight(weight.identity)),
            Origin::Call(node, output) => Some(Self::Output(node.number, *output)),
        }
    }
}

/// The gradients of a call's outputs, as far as they have come together.
struct Pending<T: Float> {
    node: Rc<Node<T>>,
    d_outputs: Vec<Option<Var<T>>>,
}

struct Walk<T: Float> {
    tape: Tape<T>,
    /// What the gradients are asked of, and those that have come.
    asked: HashMap<Key, Option<Var<T>>>,
    /// The calls that gradients have come to but not gone through, the latest last.
    pending: BTreeMap<u64, Pending<T>>,
    /// Whether a call leads back to what is asked of.
    leads: HashMap<u64, bool>,
    /// A call on the way of which nothing is kept.
    spent: Option<&'static Location<'static>>,
}

impl<T: Float> Var<T> {
    /// The gradients of this number with respect to variables, as variables: gradients can be taken of what is computed of them, which
    /// [`backward`](Self::backward) takes to weights. Nothing that was kept is given free.
    ///
    /// The variables are given ones, results, or weights as [`Tape::weight`] has them. What layers add to the loss by themselves, the penalties on
    /// what they give, is not among the gradients.
    ///
    /// A gradient penalty, which asks a function to rise by 1 everywhere:
    ///
    /// ```
    /// use model_core::variable::Tape;
    /// use ndarray::array;
    ///
    /// let tape = Tape::new();
    /// let (x, w) = (tape.variable(&array![1.0_f32, 2.0])?, tape.variable(&array![3.0_f32, 4.0])?);
    /// let [slope] = (&w * &x.square()?).sum(..)?.gradients([&x])?;
    /// assert_eq!(slope.array()?, array![6.0, 16.0].into_dyn());
    /// let penalty = (&slope - 1.0).square()?.sum(..)?;
    /// assert_eq!(penalty.backward()?.of(&w)?, array![20.0, 120.0].into_dyn());
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is not a single number or does not follow from one of the variables, what was kept for that is given free already, or a call on the
    /// way has no gradient of its gradient.
    #[track_caller]
    pub fn gradients<const N: usize>(&self, of: [&Self; N]) -> Result<[Self; N]> {
        let place = Location::caller();
        let known = self.known()?;
        if known.value.data.len() != 1 {
            return Err(Fault::Several { what: "gradients", shape: known.value.shape.to_vec() }.at(place));
        }
        let asked = of.iter().map(|variable| asked(known, variable, place)).collect::<Result<Vec<_>>>()?;
        let mut walk = Walk {
            tape: known.tape.clone(),
            asked: asked.iter().map(|&key| (key, None)).collect(),
            pending: BTreeMap::new(),
            leads: HashMap::new(),
            spent: None,
        };
        walk.arrive(&known.origin, known.tape.ones(&known.value.shape)?)?;
        walk.go()?;
        let found = of.iter().zip(&asked).map(|(variable, key)| match (&walk.asked[key], walk.spent) {
            (Some(gradient), _) => Ok(gradient.clone()),
            (None, Some(spent)) => Err(Fault::Spent.at(spent)),
            (None, None) => Err(Fault::NotThere { shape: variable.shape().to_vec(), why: NOT_FOLLOWING }.at(place)),
        });
        let found = found.collect::<Result<Vec<_>>>()?;
        Ok(found.try_into().unwrap_or_else(|_| unreachable!("one for each variable")))
    }
}

/// What tells a variable from all others that a gradient may be asked of.
fn asked<T: Float>(number: &Known<T>, variable: &Var<T>, place: &'static Location<'static>) -> Result<Key> {
    let known = variable.known()?;
    if !known.tape.is(&number.tape) {
        return Err(Fault::Tapes { call: "gradients".to_owned() }.at(place));
    }
    let why = "it was given as a constant\nhelp: `tape.variable(&x)` makes one that has a gradient";
    Key::of(&known.origin).ok_or_else(|| Fault::NotThere { shape: known.value.shape.to_vec(), why }.at(place))
}

impl<T: Float> Walk<T> {
    fn go(&mut self) -> Result<()> {
        while let Some((number, Pending { node, d_outputs })) = self.pending.pop_last() {
            for (output, d_output) in d_outputs.iter().enumerate() {
                if let Some(asked) = self.asked.get_mut(&Key::Output(number, output)) {
                    asked.clone_from(d_output);
                }
            }
            if self.leads(&node) {
                self.go_through(&node, d_outputs)?;
            }
        }
        Ok(())
    }

    fn go_through(&mut self, node: &Rc<Node<T>>, mut d_outputs: Vec<Option<Var<T>>>) -> Result<()> {
        let tape = self.tape.clone();
        let onward = match &*node.record() {
            None => return Err(Fault::Spent.at(node.place)),
            Some(record) => {
                d_outputs.resize_with(record.outputs.len(), || None);
                let (inputs, outputs, d_outputs, place) = (&record.inputs, &record.outputs, &d_outputs, node.place);
                record.back.onward(&Crossed { tape: &tape, node, inputs, outputs, d_outputs, place })?
            }
        };
        onward.into_iter().try_for_each(|(of, gradient)| self.arrive(&of.known()?.origin, gradient))
    }

    /// Puts a gradient there, or adds it to what is there.
    fn arrive(&mut self, origin: &Origin<T>, gradient: Var<T>) -> Result<()> {
        gradient.known()?;
        let there = match origin {
            Origin::Call(node, output) => {
                if !self.leads(node) && !self.asked.contains_key(&Key::Output(node.number, *output)) {
                    return Ok(());
                }
                let pending = self.pending.entry(node.number);
                let pending = pending.or_insert_with(|| Pending { node: node.clone(), d_outputs: Vec::new() });
                if pending.d_outputs.len() <= *output {
                    pending.d_outputs.resize_with(output + 1, || None);
                }
                &mut pending.d_outputs[*output]
            }
            Origin::Constant | Origin::Leaf(_) | Origin::Weight(_) => {
                let Some(there) = Key::of(origin).and_then(|key| self.asked.get_mut(&key)) else { return Ok(()) };
                there
            }
        };
        *there = Some(match there.take() {
            Some(before) => &before + &gradient,
            None => gradient,
        });
        Ok(())
    }

    /// Whether a call leads back to what is asked of. The way there may be long: it is gone without recursion.
    fn leads(&mut self, node: &Rc<Node<T>>) -> bool {
        let mut open = vec![node.clone()];
        while let Some(node) = open.last().cloned() {
            let before = open.len();
            if !self.leads.contains_key(&node.number) {
                self.look_before(&node, &mut open);
            }
            if open.len() == before {
                open.pop();
            }
        }
        self.leads[&node.number]
    }

    /// Says whether a call leads there, or which calls must be looked at first.
    fn look_before(&mut self, node: &Rc<Node<T>>, open: &mut Vec<Rc<Node<T>>>) {
        let record = node.record();
        let Some(record) = &*record else {
            self.spent = Some(node.place);
            self.leads.insert(node.number, false);
            return;
        };
        let before = open.len();
        let is_asked = |origin| Key::of(origin).is_some_and(|key| self.asked.contains_key(&key));
        let mut is_there = record.inputs.iter().any(|input| is_asked(&input.origin));
        for input in &record.inputs {
            if let Origin::Call(earlier, _) = &input.origin {
                match self.leads.get(&earlier.number) {
                    Some(leads) => is_there |= leads,
                    None => open.push(earlier.clone()),
                }
            }
        }
        if open.len() == before {
            let weights =
                self.asked.keys().filter_map(|key| if let Key::Weight(identity) = key { Some(*identity) } else { None });
            is_there |= weights.into_iter().any(|identity| record.back.has_weight(identity));
            self.leads.insert(node.number, is_there);
        }
    }
}
