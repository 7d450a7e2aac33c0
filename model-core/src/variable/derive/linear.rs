//! Layers that are linear: the gradient is their own backward, and the gradient of that their own passes again.

use std::panic::Location;
use std::rc::Rc;

use model_graph::layer::{Manner, Needs};
use model_graph::message::CallError;
use model_graph::shape::{DType, Shape, TensorType};

use super::{Crossed, Onward};
use crate::any::AnyLayer;
use crate::elements::Elements;
use crate::error::Result;
use crate::few::Few;
use crate::float::Float;
use crate::layer::{Gradient, View, Weight};
use crate::variable::call::{Called, Random};
use crate::variable::fault::Fault;
use crate::variable::node::{self, Back, Kept, Record, Step};
use crate::variable::pool::Room;
use crate::variable::tape::Tape;
use crate::variable::var::{Form, Known, Origin, Value, Var};

/// In what a layer is linear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Linearity {
    /// In all inputs together.
    Together,
    /// In all inputs together, but for what is given for zeros.
    Affine,
    /// In each input and each weight, while the others stay.
    Each,
}

/// A layer `A` that is linear in its operands: its inputs, and its weights behind them.
pub(super) struct Linear<T: Float> {
    called: Rc<Called<T>>,
    tape: Tape<T>,
    manner: Manner,
    random: Random,
    linearity: Linearity,
    inputs: usize,
    batch: usize,
    outputs: Vec<TensorType>,
    needs: Needs,
    place: &'static Location<'static>,
}

impl<T: Float> Linear<T> {
    pub(super) fn new(
        called: Rc<Called<T>>,
        tape: &Tape<T>,
        (manner, random): (Manner, Random),
        linearity: Linearity,
        inputs: &[Var<T>],
        place: &'static Location<'static>,
    ) -> Result<Rc<Self>> {
        let known = inputs.iter().map(Var::known).collect::<Result<Vec<_>>>()?;
        let types: Vec<TensorType> = known.iter().map(|input| Form::Samples.ty(&input.value)).collect();
        let batch = known.first().map_or(1, |first| Form::Samples.batch(&first.value));
        let refused = |problem| Fault::Call(Box::new(CallError::of_types(&called.config, &types, problem))).at(place);
        let (outputs, _) = called.config.build(&types, manner).map_err(refused)?;
        let shapes: Vec<Shape> = types.into_iter().map(|ty| ty.shape).collect();
        let given: Vec<Shape> = outputs.iter().map(|output| output.shape.clone()).collect();
        let needs = called.config.needs(&shapes, &given);
        let (tape, inputs) = (tape.clone(), inputs.len());
        Ok(Rc::new(Self { called, tape, manner, random, linearity, inputs, batch, outputs, needs, place }))
    }

    /// How many weights it has.
    pub(super) fn weights(&self) -> usize {
        self.called.layer.weights().len()
    }

    /// What it gives for these operands.
    pub(super) fn apply(self: &Rc<Self>, operands: &[Var<T>]) -> Result<Vec<Var<T>>> {
        let operands = known(operands)?;
        let (mut values, _) = self.run(&operands, false)?;
        if self.linearity == Linearity::Affine {
            values = self.without_offset(&operands, values)?;
        }
        Ok(self.recorded(&operands, values, Side::Forward))
    }

    /// What is given, without what would be given for zeros.
    fn without_offset(&self, operands: &[Known<T>], values: Vec<Value<T>>) -> Result<Vec<Value<T>>> {
        let none = |operand: &Known<T>| match operand.value.dtype {
            DType::F32 => self.whole(&Known {
                value: Value { data: Rc::new(self.tape.pool().room(0)?), ..operand.value.clone() },
                ..operand.clone()
            }),
            DType::I32 | DType::Bool => Ok(operand.clone()),
        };
        let (inputs, weights) = operands.split_at(self.inputs);
        let zeros = inputs.iter().map(none).chain(weights.iter().cloned().map(Ok)).collect::<Result<Vec<_>>>()?;
        let (offsets, _) = self.run(&zeros, false)?;
        let moved = values.iter().zip(&offsets).map(|(value, offset)| {
            let mut room = self.tape.pool().copy(&value.data)?;
            room.iter_mut().zip(offset.data.iter()).for_each(|(x, &offset)| *x -= offset);
            Ok(Value::new(&value.shape, value.dtype, room))
        });
        moved.collect()
    }

    /// The gradients of the operands that have one.
    pub(super) fn gradients(self: &Rc<Self>, operands: &[Var<T>], d_outputs: &[Var<T>]) -> Result<Onward<T>> {
        let is_wanted = |var: &Var<T>| var.dtype() == DType::F32 && var.known().is_ok_and(Known::has_gradient);
        let wanted: Vec<usize> = (0..operands.len()).filter(|&place| is_wanted(&operands[place])).collect();
        let gradients = self.transpose(operands, d_outputs, &wanted)?;
        Ok(wanted.into_iter().map(|place| operands[place].clone()).zip(gradients).collect())
    }

    /// The gradients of some operands: linear in those of the outputs and, where `A` is in each, in the other operands.
    fn transpose(self: &Rc<Self>, operands: &[Var<T>], d_outputs: &[Var<T>], wanted: &[usize]) -> Result<Vec<Var<T>>> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let (operands, d_outputs) = (known(operands)?, known(d_outputs)?);
        let values = self.run_back(&operands, &d_outputs, wanted)?;
        let all: Vec<Known<T>> = operands.into_iter().chain(d_outputs).collect();
        Ok(self.recorded(&all, values, Side::Backward(wanted.to_vec())))
    }

    fn recorded(self: &Rc<Self>, inputs: &[Known<T>], values: Vec<Value<T>>, side: Side) -> Vec<Var<T>> {
        let record = |values: &[Value<T>]| Record {
            inputs: inputs.iter().map(|input| Kept::input(input, true)).collect(),
            outputs: values.iter().map(|value| Kept::output(value, false)).collect(),
            back: Box::new(Passage { linear: self.clone(), side }),
        };
        let is_recorded = self.tape.records(inputs.iter(), false);
        node::given(&self.tape, values, is_recorded.then_some(record), self.place).into_iter().map(Var::from).collect()
    }

    /// The layer with the weights among the operands.
    fn layer(&self, operands: &[Known<T>]) -> Result<AnyLayer<T>> {
        let mut layer = self.called.layer.clone();
        for (weight, operand) in layer.weights_mut().iter_mut().zip(&operands[self.inputs..]) {
            let mut elements = Elements::zeros(operand.value.data.len());
            elements.copy_from_slice(&operand.value.data);
            weight.data = elements;
        }
        Ok(layer)
    }

    fn run(&self, operands: &[Known<T>], is_recorded: bool) -> Result<(Vec<Value<T>>, Room<T>)> {
        let called = Called { config: self.called.config.clone(), layer: self.layer(operands)? };
        let whole: Vec<Known<T>> = operands[..self.inputs].iter().map(|operand| self.whole(operand)).collect::<Result<_>>()?;
        let (how, purpose) = ((self.manner, Form::Samples, self.batch), (&self.needs, is_recorded, self.random));
        called.compute(&self.tape, &whole, how, self.outputs.clone(), purpose)
    }

    /// An operand, zeros where its elements are not kept.
    fn whole(&self, operand: &Known<T>) -> Result<Known<T>> {
        let Value { shape, dtype, data } = &operand.value;
        let len: usize = shape.iter().product();
        if data.len() == len {
            return Ok(operand.clone());
        }
        let mut zeros = self.tape.pool().room(len)?;
        zeros.fill(T::ZERO);
        Ok(self.tape.known(Value::new(shape, *dtype, zeros), Origin::Constant))
    }

    fn run_back(&self, operands: &[Known<T>], d_outputs: &[Known<T>], wanted: &[usize]) -> Result<Vec<Value<T>>> {
        let (pool, layer) = (self.tape.pool(), self.layer(operands)?);
        let memory = |space: &model_graph::layer::Space| space.known().map_or(0, |memory| memory.elements(self.batch));
        let leaves = self.needs.output || memory(&self.needs.saved) > 0;
        let (values, mut saved) = if leaves { self.run(operands, true)? } else { (Vec::new(), pool.room(0)?) };
        let mut scratch = pool.room(memory(&self.needs.backward_scratch))?;
        let mut d_whole = d_outputs.iter().map(|d| pool.copy(&d.value.data)).collect::<Result<Vec<_>>>()?;
        let room = |place: usize| match wanted.contains(&place) {
            true => pool.room(operands[place].value.shape.iter().product()).map(Some),
            false => Ok(None),
        };
        let mut rooms: Vec<Option<Room<T>>> = (0..self.inputs).map(room).collect::<Result<_>>()?;
        let mut weights: Vec<Weight<T>> = layer.weights().iter().map(Weight::zeros_like).collect();
        {
            let view =
                |known: &'_ Known<T>| -> (Rc<[usize]>, Rc<Room<T>>) { (known.value.shape.clone(), known.value.data.clone()) };
            let held: Vec<_> = operands[..self.inputs].iter().map(view).collect();
            let views: Few<View<'_, T>> = held.iter().map(|(shape, data)| Form::Samples.view(shape, data)).collect();
            let output = match values.first() {
                Some(value) => Form::Samples.view(&value.shape, &value.data),
                None => Form::Samples.view(&d_outputs[0].value.shape, &[]),
            };
            let mut d_outputs: Few<&mut [T]> = d_whole.iter_mut().map(|room| &mut **room).collect();
            let wanted = rooms.iter_mut().map(|room| room.as_mut().map(|room| Gradient { data: room, accumulate: false }));
            let mut d_inputs: Few<Option<Gradient<'_, T>>> = wanted.collect();
            let context = self.random.context(self.batch).in_manner(self.manner);
            if let Some((d_output, more)) = d_outputs.split_first_mut() {
                let (call, weights) = (self.random.call, &mut weights);
                layer.backward(
                    context,
                    call,
                    &views,
                    output,
                    d_output,
                    more,
                    &mut d_inputs,
                    weights,
                    &mut saved,
                    &mut scratch,
                )?;
            }
        }
        let gradient = |&place: &usize| {
            let shape = &operands[place].value.shape;
            let room = match place.checked_sub(self.inputs) {
                None => rooms[place].take().map_or_else(|| pool.room(0), Ok)?,
                Some(weight) => pool.copy(&weights[weight].data)?,
            };
            Ok(Value::new(shape, DType::F32, room))
        };
        wanted.iter().map(gradient).collect()
    }
}

fn known<T: Float>(vars: &[Var<T>]) -> Result<Vec<Known<T>>> {
    vars.iter().map(|var| var.known().cloned()).collect()
}

/// Which way a call goes.
#[derive(Clone, Debug)]
enum Side {
    /// From the operands to what is given.
    Forward,
    /// From the operands and the gradients of what is given to those of some operands.
    Backward(Vec<usize>),
}

/// The way back through a pass of a linear layer, be it forward or backward.
struct Passage<T: Float> {
    linear: Rc<Linear<T>>,
    side: Side,
}

impl<T: Float> Passage<T> {
    /// The gradients of what the pass was given, by their places, from those of what it gave.
    fn gradients(&self, given: &[Var<T>], d_given: &[Option<Var<T>>]) -> Result<Vec<(usize, Var<T>)>> {
        let Self { linear, side } = self;
        let is_wanted =
            |place: &usize| given[*place].dtype() == DType::F32 && given[*place].known().is_ok_and(Known::has_gradient);
        match side {
            Side::Forward => {
                let d_outputs = d_given.iter().flatten().cloned().collect::<Vec<_>>();
                let wanted: Vec<usize> = (0..given.len()).filter(is_wanted).collect();
                Ok(wanted.iter().copied().zip(linear.transpose(given, &d_outputs, &wanted)?).collect())
            }
            Side::Backward(of) => {
                let (operands, d_outputs) = given.split_at(given.len() - linear.outputs.len());
                let come = || of.iter().copied().zip(d_given).filter_map(|(place, d)| Some((place, d.clone()?)));
                match linear.linearity {
                    Linearity::Together | Linearity::Affine => linear.back_together(operands, come().collect()),
                    Linearity::Each => {
                        let mut all = Vec::new();
                        for (place, d) in come() {
                            let mut moved = operands.to_vec();
                            moved[place] = d;
                            let outputs = linear.apply(&moved)?.into_iter().enumerate();
                            all.extend(outputs.map(|(output, d)| (operands.len() + output, d)));
                            let others: Vec<usize> =
                                (0..operands.len()).filter(|other| *other != place && is_wanted(other)).collect();
                            all.extend(others.iter().copied().zip(linear.transpose(&moved, d_outputs, &others)?));
                        }
                        Ok(all)
                    }
                }
            }
        }
    }
}

impl<T: Float> Linear<T> {
    /// What the gradients of the gradients of operands are of those of the outputs: what the layer gives for them.
    fn back_together(self: &Rc<Self>, operands: &[Var<T>], come: Vec<(usize, Var<T>)>) -> Result<Vec<(usize, Var<T>)>> {
        let zeros = |operand: &Var<T>| match operand.dtype() {
            DType::F32 => self.tape.zeros(operand.shape()),
            // Places and truths are not what it is linear in.
            DType::I32 | DType::Bool => Ok(operand.clone()),
        };
        let mut moved = operands.iter().map(zeros).collect::<Result<Vec<_>>>()?;
        come.into_iter().for_each(|(place, d)| moved[place] = d);
        let outputs = self.apply(&moved)?.into_iter().enumerate();
        Ok(outputs.map(|(output, d)| (operands.len() + output, d)).collect())
    }
}

impl<T: Float> Back<T> for Passage<T> {
    fn back(self: Box<Self>, step: Step<'_, '_, T>) -> Result<()> {
        let tape = self.linear.tape.clone();
        // Where a gradient is wanted, the variable says so; nothing is recorded.
        let var = |(view, is_wanted): (&View<'_, T>, bool)| -> Result<Var<T>> {
            let value = Value::new(view.shape, DType::F32, tape.pool().copy(view.data)?);
            let origin = if is_wanted { Origin::Leaf(Rc::new(node::Leaf { number: u64::MAX })) } else { Origin::Constant };
            Ok(tape.known(value, origin).into())
        };
        let given = step.inputs.iter().zip(step.d_inputs.iter().map(Option::is_some)).map(var).collect::<Result<Vec<_>>>()?;
        let d_given =
            step.d_outputs.iter().zip(step.outputs).map(|(d, output)| var((&View::new(output.shape, d), false)).map(Some));
        let d_given = d_given.collect::<Result<Vec<_>>>()?;
        let gradients = tape.no_grad(|| self.gradients(&given, &d_given))?;
        for gradient in step.d_inputs.iter_mut().flatten().filter(|gradient| !gradient.accumulate) {
            gradient.data.fill(T::ZERO);
        }
        for (place, gradient) in gradients {
            if let Some(d_input) = &mut step.d_inputs[place] {
                Gradient::give(Some(d_input.contribution(false)), gradient.elements()?);
            }
        }
        Ok(())
    }

    fn onward(&self, call: &Crossed<'_, T>) -> Result<Onward<T>> {
        let (given, d_given) = (call.inputs()?, call.whole_d_outputs()?.into_iter().map(Some).collect::<Vec<_>>());
        let gradients = self.gradients(&given, &d_given)?;
        Ok(gradients.into_iter().map(|(place, gradient)| (given[place].clone(), gradient)).collect())
    }
}
