//! Calling one layer or operation on variables: its shape rule, then its forward, and what its backward works with is kept.

use std::panic::Location;
use std::rc::Rc;

use model_graph::layer::{Manner, Needs};
use model_graph::layers::AnyLayer as Config;
use model_graph::message::{CallError, Operand};
use model_graph::problem::Problem;
use model_graph::shape::{DType, Shape, TensorType};

use super::fault::Fault;
use super::node::{self, Back, Kept, Record, Step};
use super::pool::Room;
use super::tape::Tape;
use super::var::{Form, Known, Value};
use crate::any::AnyLayer;
use crate::custom::CustomObjects;
use crate::error::Result;
use crate::few::Few;
use crate::float::Float;
use crate::initialize::Seeds;
use crate::layer::{Context, Gradient, View};
use crate::layers::adapted::check_layer_adapted;

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

    /// Calls it on tensors of one tape.
    pub(super) fn call(
        self: &Rc<Self>,
        inputs: &[Known<T>],
        manner: Manner,
        form: Form,
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
            return Ok(self.recorded(&tape, (manner, form, batch), inputs, vec![value], (needs, None, None), place));
        }
        self.run(&tape, inputs, (manner, form, batch), outputs, needs, place)
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
            problem => Fault::Call(Box::new(refusal(&self.config, types, problem))).at(place),
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
        if let Some(bound) = self.config.index_bound().filter(|_| types[0].dtype == DType::I32) {
            inputs[0].value.check_numbers(bound, || self.config.source(), place)?;
        }
        Ok(outputs)
    }

    fn run(
        self: &Rc<Self>,
        tape: &Tape<T>,
        inputs: &[Known<T>],
        (manner, form, batch): (Manner, Form, usize),
        outputs: Vec<TensorType>,
        needs: Needs,
        place: &'static Location<'static>,
    ) -> Result<Vec<Known<T>>> {
        let seed = if self.config.differs_in_training() { tape.seed(self.layer.identity().number()) } else { None };
        let (training, seed) = (seed.is_some(), seed.unwrap_or_default());
        let is_recorded = self.is_recorded(tape, inputs);
        let memory = |space: &model_graph::layer::Space| space.known().map_or(0, |memory| memory.elements(batch));
        let pool = tape.pool();
        let sizes: Vec<Vec<usize>> = outputs.iter().map(|output| output.shape.sizes().unwrap_or_default()).collect();
        let rooms = sizes.iter().map(|sample| pool.room(batch * sample.iter().product::<usize>()));
        let mut rooms: Vec<Room<T>> = rooms.collect::<Result<_>>()?;
        let mut saved = pool.room(if is_recorded || training { memory(&needs.saved) } else { 0 })?;
        let mut scratch = pool.room(memory(&needs.forward_scratch))?;
        let context = Context { training, seed, ..Context::inference(batch) }.in_manner(manner).summing(tape.penalties());
        {
            let views: Few<View<'_, T>> = inputs.iter().map(|input| form.view(&input.value.shape, &input.value.data)).collect();
            let mut written: Few<&mut [T]> = rooms.iter_mut().map(|room| &mut **room).collect();
            if let Some((output, more)) = written.split_first_mut() {
                self.layer.forward(context, 0, &views, &sizes[0], output, more, &mut saved, &mut scratch)?;
            }
        }
        let values = outputs.iter().zip(&sizes).zip(rooms);
        let values = values.map(|((ty, sample), room)| Value::new(&form.join(batch, sample), ty.dtype, room)).collect();
        if training {
            self.move_statistics(tape, &saved);
        }
        Ok(self.recorded(tape, (manner, form, batch), inputs, values, (needs, Some(saved), training.then_some(seed)), place))
    }

    /// Whether a gradient goes anywhere from here.
    fn is_recorded(&self, tape: &Tape<T>, inputs: &[Known<T>]) -> bool {
        let is_trained = self.layer.is_trainable() && self.layer.weights().iter().any(|weight| weight.trainable);
        tape.records(inputs.iter(), is_trained)
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
        (needs, left, seed): (Needs, Option<Room<T>>, Option<u64>),
        place: &'static Location<'static>,
    ) -> Vec<Known<T>> {
        let record = |values: &[Value<T>]| Record {
            inputs: inputs.iter().map(|input| Kept::input(input, needs.inputs)).collect(),
            outputs: values.iter().map(|value| Kept::output(value, needs.output)).collect(),
            back: Box::new(Returning { called: self.clone(), tape: tape.clone(), manner, form, batch, needs, saved: left, seed }),
        };
        node::given(tape, values, self.is_recorded(tape, inputs).then_some(record), place)
    }
}

/// A call that does not fit, in the macro's words.
pub(super) fn refusal(config: &Config, types: &[TensorType], problem: Problem) -> CallError {
    let operand = |(i, ty): (usize, &TensorType)| Operand {
        label: if types.len() == 1 { "the input".to_owned() } else { format!("input {}", i + 1) },
        ty: ty.clone(),
        origin: None,
        kept: None,
        is_input: true,
    };
    let operands = types.iter().enumerate().map(operand).collect();
    CallError { layer: config.source(), class: config.class().to_owned(), operands, problem }
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
    /// What random choices followed from, if the layer trained.
    seed: Option<u64>,
}

impl<T: Float> Back<T> for Returning<T> {
    fn back(mut self: Box<Self>, step: Step<'_, '_, T>) -> Result<()> {
        let Self { called, tape, manner, form, batch, needs, saved, seed } = &mut *self;
        let mut lent = step.weights.lend(tape.pool(), called.layer.weights())?;
        let mut scratch = tape.pool().room(needs.backward_scratch.known().map_or(0, |memory| memory.elements(*batch)))?;
        let context = Context { training: seed.is_some(), seed: seed.unwrap_or_default(), ..Context::inference(*batch) };
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
                    0,
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
}
