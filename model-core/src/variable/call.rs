//! Calling one layer or operation on variables: its shape rule, then its forward, and what its backward works with is kept.

use std::panic::Location;
use std::rc::Rc;

use model_graph::layer::{Manner, Needs};
use model_graph::layers::AnyLayer as Config;
use model_graph::message::CallError;
use model_graph::problem::Problem;
use model_graph::shape::{DType, Shape, TensorType};

use super::derive::{Crossed, Derivation, Onward, through};
use super::fault::Fault;
use super::node::{self, Back, Kept, Record, Step};
use super::pool::Room;
use super::tape::Tape;
use super::var::{Form, Known, Value, Var};
use crate::any::AnyLayer;
use crate::custom::CustomObjects;
use crate::error::Result;
use crate::few::Few;
use crate::float::Float;
use crate::initialize::Seeds;
use crate::layer::{Context, Gradient, View};
use crate::layers::adapted::check_layer_adapted;
use crate::states::Turn;

/// A layer, or an operation, as variables are computed with it.
#[derive(Debug)]
pub(super) struct Called<T: Float> {
    pub config: Config,
    pub layer: AnyLayer<T>,
}

impl<T: Float> Called<T> {
    /// An operation, or another layer without weights.
    pub(super) fn weightless(config: Config) -> Rc<Self> {
        let layer = AnyLayer::new(&config, &[], &mut Seeds::new(0), &CustomObjects::new());
        Rc::new(Self { layer: layer.expect("operations are layers of the list"), config })
    }

    /// Another layer for inputs of the same types, whose weights are to be given.
    pub(super) fn without(&self, config: Config, inputs: &[Var<T>]) -> Result<Rc<Self>> {
        let types = inputs.iter().map(Var::sample_type).collect::<Result<Vec<_>>>()?;
        let layer = AnyLayer::new(&config, &types, &mut Seeds::new(0), &CustomObjects::new());
        Ok(Rc::new(Self { layer: layer.expect("a layer of the list is made of one"), config }))
    }

    /// Calls it on tensors of one tape.
    pub(super) fn call(
        self: &Rc<Self>,
        inputs: &[Known<T>],
        manner: Manner,
        form: Form,
        place: &'static Location<'static>,
    ) -> Result<Vec<Known<T>>> {
        self.call_as(inputs, manner, form, None, place)
    }

    /// Calls it with the random choices of a call that has been.
    pub(super) fn call_as(
        self: &Rc<Self>,
        inputs: &[Known<T>],
        manner: Manner,
        form: Form,
        again: Option<Random>,
        place: &'static Location<'static>,
    ) -> Result<Vec<Known<T>>> {
        let tape = Tape::common(inputs.iter(), || self.config.source(), place)?;
        let batch = form.batch(&inputs[0].value);
        let types: Vec<TensorType> = inputs.iter().map(|input| form.ty(&input.value)).collect();
        let outputs = self.outputs(&types, inputs, (manner, form, batch), place)?;
        let shapes: Vec<Shape> = types.into_iter().map(|ty| ty.shape).collect();
        let given: Vec<Shape> = outputs.iter().map(|output| output.shape.clone()).collect();
        let needs = self.config.needs(&shapes, &given);
        if self.config.is_view()
            && let [output] = outputs.as_slice()
        {
            let whole = form.join(batch, &output.shape.sizes().unwrap_or_default());
            let value = Value { dtype: output.dtype, ..inputs[0].value.shaped(&whole) };
            let random = again.unwrap_or(Random::NONE);
            return Ok(self.recorded(&tape, (manner, form, batch), inputs, vec![value], (needs, None, random), place));
        }
        self.run(&tape, inputs, (manner, form, batch), outputs, (needs, again), place)
    }

    /// What it gives, once all has been checked.
    fn outputs(
        &self,
        types: &[TensorType],
        inputs: &[Known<T>],
        (manner, form, batch): (Manner, Form, usize),
        place: &'static Location<'static>,
    ) -> Result<Vec<TensorType>> {
        let refusal = |problem| match problem {
            Problem::DType { operand, expected, found } => {
                Fault::Elements { call: self.config.source(), input: operand + 1, expected, found }.at(place)
            }
            problem => Fault::Call(Box::new(CallError::of_types(&self.config, types, problem))).at(place),
        };
        let samples = inputs.iter().map(|input| form.batch(&input.value)).enumerate();
        if let Some((operand, found)) = samples.into_iter().find(|&(_, samples)| samples != batch) {
            return Err(Fault::Samples { call: self.config.source(), expected: batch, input: operand + 1, found }.at(place));
        }
        let (outputs, specs) = self.config.build(types, manner).map_err(refusal)?;
        for (weight, spec) in self.layer.weights().iter().zip(&specs) {
            let needed = spec.sizes();
            if weight.shape != needed {
                return Err(Fault::Built {
                    layer: self.config.source(),
                    weight: weight.name.to_string(),
                    built: weight.shape.clone(),
                    needed,
                    inputs: model_graph::message::list(&types.iter().map(ToString::to_string).collect::<Vec<_>>()),
                }
                .at(place));
            }
        }
        check_layer_adapted(self.layer.weights(), || self.config.class().to_lowercase())?;
        let bounds = (0..inputs.len()).map(|input| self.config.place_bound(input, types));
        for (input, bound) in inputs.iter().zip(bounds) {
            let is_place = input.value.dtype == DType::I32;
            if let Some(bound) = bound.or(self.config.index_bound().filter(|_| is_place)) {
                input.value.check_numbers(bound, || self.config.source(), place)?;
            }
        }
        Ok(outputs)
    }

    fn run(
        self: &Rc<Self>,
        tape: &Tape<T>,
        inputs: &[Known<T>],
        (manner, form, batch): (Manner, Form, usize),
        outputs: Vec<TensorType>,
        (needs, again): (Needs, Option<Random>),
        place: &'static Location<'static>,
    ) -> Result<Vec<Known<T>>> {
        let differs = self.config.differs_in_training();
        let random = again.filter(|_| differs).unwrap_or_else(|| {
            let seed = if differs { tape.seed(self.layer.identity().number()) } else { None };
            Random { seed, ..Random::NONE }
        });
        let is_recorded = self.is_recorded(tape, inputs);
        let (values, saved) = self.compute(tape, inputs, (manner, form, batch), outputs, (&needs, is_recorded, random))?;
        if random.seed.is_some() && again.is_none() {
            self.move_statistics(tape, &saved);
        }
        Ok(self.recorded(tape, (manner, form, batch), inputs, values, (needs, Some(saved), random), place))
    }

    /// Runs it: what it gives, and what it leaves for backward.
    #[allow(clippy::type_complexity)] // what a call has worked with
    pub(super) fn compute(
        &self,
        tape: &Tape<T>,
        inputs: &[Known<T>],
        (manner, form, batch): (Manner, Form, usize),
        outputs: Vec<TensorType>,
        (needs, is_recorded, random): (&Needs, bool, Random),
    ) -> Result<(Vec<Value<T>>, Room<T>)> {
        let memory = |space: &model_graph::layer::Space| space.known().map_or(0, |memory| memory.elements(batch));
        let pool = tape.pool();
        let sizes: Vec<Vec<usize>> = outputs.iter().map(|output| output.shape.sizes().unwrap_or_default()).collect();
        let rooms = sizes.iter().map(|sample| pool.room(batch * sample.iter().product::<usize>()));
        let mut rooms: Vec<Room<T>> = rooms.collect::<Result<_>>()?;
        let mut saved = pool.room(if is_recorded || random.seed.is_some() { memory(&needs.saved) } else { 0 })?;
        let mut scratch = pool.room(memory(&needs.forward_scratch))?;
        let context = random.context(batch).in_manner(manner);
        let context = if random.is_again { context } else { context.summing(tape.penalties()) };
        {
            let views: Few<View<'_, T>> = inputs.iter().map(|input| form.view(&input.value.shape, &input.value.data)).collect();
            let mut written: Few<&mut [T]> = rooms.iter_mut().map(|room| &mut **room).collect();
            let turn = Turn::of_layer(self.layer.kept_states());
            turn.begin(&|| self.config.source(), None, batch)?;
            if let Some((output, more)) = written.split_first_mut() {
                let done = self.layer.forward(context, random.call, &views, &sizes[0], output, more, &mut saved, &mut scratch);
                // A call that is made again leaves states as they are.
                if random.is_again || done.is_err() {
                    turn.undo();
                }
                done?;
            }
        }
        let values = outputs.iter().zip(&sizes).zip(rooms);
        let values = values.map(|((ty, sample), room)| Value::new(&form.join(batch, sample), ty.dtype, room)).collect();
        Ok((values, saved))
    }

    /// Whether a gradient goes anywhere from here.
    fn is_recorded(&self, tape: &Tape<T>, inputs: &[Known<T>]) -> bool {
        let is_trained = self.layer.is_trainable() && self.layer.weights().iter().any(|weight| weight.trainable);
        tape.records(inputs.iter(), is_trained)
    }

    /// Whether its inputs are kept: also what backward does not read, where gradients of gradients follow from the call made again.
    fn keeps_inputs(&self, needs: &Needs) -> bool {
        needs.inputs || self.config.operation().is_none() || needs.saved.known().is_none_or(|saved| saved.elements(1) > 0)
    }

    /// Notes what the weights become that training changes by other means than gradients.
    fn move_statistics(&self, tape: &Tape<T>, saved: &[T]) {
        if self.layer.weights().iter().all(|weight| weight.trainable) {
            return;
        }
        let mut moved = self.layer.clone();
        moved.update(saved);
        let pairs = self.layer.weights().iter().zip(moved.weights());
        let moved = pairs.filter(|(weight, moved)| weight.data.as_ptr() != moved.data.as_ptr());
        moved.for_each(|(weight, moved)| tape.move_statistic(weight.identity.number(), moved));
    }

    /// The outputs as variables, with what backward works with where a gradient goes through.
    #[allow(clippy::type_complexity)] // what a call has worked with
    fn recorded(
        self: &Rc<Self>,
        tape: &Tape<T>,
        (manner, form, batch): (Manner, Form, usize),
        inputs: &[Known<T>],
        values: Vec<Value<T>>,
        (needs, left, random): (Needs, Option<Room<T>>, Random),
        place: &'static Location<'static>,
    ) -> Vec<Known<T>> {
        let record = |values: &[Value<T>]| Record {
            inputs: inputs.iter().map(|input| Kept::input(input, self.keeps_inputs(&needs))).collect(),
            outputs: values.iter().map(|value| Kept::output(value, needs.output)).collect(),
            back: Box::new(Returning {
                called: self.clone(),
                tape: tape.clone(),
                manner,
                form,
                batch,
                needs,
                saved: left,
                random,
            }),
        };
        node::given(tape, values, self.is_recorded(tape, inputs).then_some(record), place)
    }
}

/// What the random choices of a call follow from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Random {
    /// Nothing where the layer does not train.
    pub seed: Option<u64>,
    /// Which call of its layer it is, within a model.
    pub call: usize,
    /// Whether it is a call that has been, made again: what it adds to the loss by itself is there already.
    pub is_again: bool,
}

impl Random {
    pub(super) const NONE: Self = Self { seed: None, call: 0, is_again: false };

    pub(super) fn context(&self, batch: usize) -> Context<'static> {
        let seed = self.seed.unwrap_or_default();
        Context { training: self.seed.is_some(), ..Context::training(batch, seed) }
    }
}

/// The way back through a layer or an operation.
struct Returning<T: Float> {
    called: Rc<Called<T>>,
    tape: Tape<T>,
    manner: Manner,
    form: Form,
    batch: usize,
    needs: Needs,
    saved: Option<Room<T>>,
    random: Random,
}

impl<T: Float> Back<T> for Returning<T> {
    fn source(&self) -> Option<String> {
        Some(self.called.config.source())
    }

    fn back(mut self: Box<Self>, step: Step<'_, '_, T>) -> Result<()> {
        let Self { called, tape, manner, form, batch, needs, saved, random } = &mut *self;
        let mut lent = step.weights.lend(tape.pool(), called.layer.weights())?;
        let mut scratch = tape.pool().room(needs.backward_scratch.known().map_or(0, |memory| memory.elements(*batch)))?;
        let context = random.context(*batch);
        {
            let inputs: Few<View<'_, T>> = step.inputs.iter().map(|input| form.view(input.shape, input.data)).collect();
            let output = form.view(step.outputs[0].shape, step.outputs[0].data);
            let saved: &mut [T] = saved.as_mut().map_or(&mut [], |saved| saved);
            let mut d_outputs: Few<&mut [T]> = step.d_outputs.iter_mut().map(|d_output| &mut **d_output).collect();
            let d_inputs = step.d_inputs.iter_mut().map(|gradient| gradient.as_mut().map(|gradient| gradient.contribution(true)));
            let mut d_inputs: Few<Option<Gradient<'_, T>>> = d_inputs.collect();
            let (context, weights) = (context.adding(lent.accumulate).in_manner(*manner), &mut lent.weights);
            if let Some((d_output, more)) = d_outputs.split_first_mut() {
                called.layer.backward(
                    context,
                    random.call,
                    &inputs,
                    output,
                    d_output,
                    more,
                    &mut d_inputs,
                    weights,
                    saved,
                    &mut scratch,
                )?;
            }
        }
        step.weights.give_back(called.layer.weights(), lent);
        Ok(())
    }

    fn onward(&self, call: &Crossed<'_, T>) -> Result<Onward<T>> {
        let Self { called, tape, manner, form, random, .. } = self;
        if called.config.is_view() {
            return call.of_view();
        }
        through(&Derivation::new(call, called, tape, (*manner, *form, *random))?)
    }

    fn has_weight(&self, identity: u64) -> bool {
        self.called.layer.weights().iter().any(|weight| weight.identity.number() == identity)
    }
}
