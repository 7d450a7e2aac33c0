//! Calling a model on variables: its own passes, of a copy of it that shares its weights.

use std::panic::Location;
use std::rc::Rc;

use super::derive::{Crossed, Onward, replay};
use super::fault::Fault;
use super::gradients::WeightGradients;
use super::inputs::Inputs;
use super::masked;
use super::node::{self, Back, Kept, Record, Step};
use super::pool::Room;
use super::tape::Tape;
use super::var::{Form, Known, Value, Var};
use crate::elements::Identity;
use crate::error::{Error, Result, Role};
use crate::few::Few;
use crate::float::Float;
use crate::given::{Port, bind, ports, written};
use crate::layer::{Context, Gradient, Weight};
use crate::layers::adapted::check_adapted;
use crate::memory;
use crate::network::Trainable;
use crate::states::{Turn, take_over};
use model_graph::layer::Manner;
use model_graph::shape::DType;

/// All outputs of a model.
pub(super) fn call<T: Float, N: Trainable<T> + Clone + 'static>(
    model: &N,
    inputs: Inputs<T>,
    place: &'static Location<'static>,
) -> Result<Vec<Var<T>>> {
    let (inputs, manner) = inputs.arranged(&[], &[], &|| model.graph().name.clone(), place)?;
    let (ins, _) = ports(model.graph());
    if inputs.len() != ins.len() {
        let expected = ins.iter().map(|port| port.name.clone()).collect();
        return Err(Error::Count { role: Role::Input, expected, found: inputs.len() });
    }
    match inputs.iter().any(|input| input.mask.is_some()) {
        true if model.graph().is_code => Err(Fault::CodeOfMask { model: model.graph().name.clone() }.at(place)),
        true => masked::call_model(model, inputs, manner, place),
        false => call_known(model, inputs, manner, place),
    }
}

/// The same, of tensors that are as many as its inputs, and have no masks.
pub(super) fn call_known<T: Float, N: Trainable<T> + Clone + 'static>(
    model: &N,
    inputs: Vec<Known<T>>,
    manner: Manner,
    place: &'static Location<'static>,
) -> Result<Vec<Var<T>>> {
    let name = || model.graph().name.clone();
    let (ins, outs) = ports(model.graph());
    let tape = Tape::common(inputs.iter(), name, place)?;
    let batch = check(&ins, &inputs, &name, place)?;
    let shapes: Vec<Vec<usize>> = inputs.iter().map(|input| Form::Samples.split(&input.value.shape).1.to_vec()).collect();
    let named = bind(model.graph(), &ins, &shapes)?;

    // The copy goes on from the model's states, and leaves them to the model where all went well.
    let turn = Turn::of(model);
    turn.begin(&name, model.graph().samples, batch)?;
    let kept = Held::new(model, &tape);
    let is_recorded = tape.records(inputs.iter(), kept.is_trained);
    let seed = if manner.infers() { None } else { tape.seed(kept.identity) };
    let pass = Pass { batch, named, seed };
    let memory = kept.model.memory(is_recorded || seed.is_some(), &pass.named);
    memory::claim_pass(kept.model.graph(), memory, batch, 0)?;

    // Masks of the outputs are written behind them.
    let wholes: Vec<Vec<usize>> = written(outs.iter()).map(|port| Form::Samples.join(batch, &port.shape(&pass.named))).collect();
    let rooms = wholes.iter().map(|shape| tape.pool().room(shape.iter().product()));
    let mut rooms: Vec<Room<T>> = rooms.collect::<Result<_>>()?;
    let mut returning = Returning { kept, state: None, tape: tape.clone(), pass };
    {
        let given: Few<&[T]> = inputs.iter().map(|input| &**input.value.data).collect();
        let mut written: Few<&mut [T]> = rooms.iter_mut().map(|room| &mut **room).collect();
        returning.run(is_recorded, &given, &mut written)?;
    }
    take_over(model, &returning.kept.model);
    let values: Vec<Value<T>> = wholes.iter().zip(rooms).map(|(shape, room)| Value::new(shape, DType::F32, room)).collect();
    let record = |values: &[Value<T>]| Record {
        inputs: inputs.iter().map(|input| Kept::input(input, true)).collect(),
        outputs: values.iter().map(|value| Kept::output(value, true)).collect(),
        back: Box::new(returning),
    };
    let given = node::given(&tape, values, is_recorded.then_some(record), place);
    Ok(with_masks(given, &outs).into_iter().map(Var::from).collect())
}

/// The outputs with the masks that are written behind them.
fn with_masks<T: Float>(written: Vec<Known<T>>, outs: &[Port]) -> Vec<Known<T>> {
    let mut written = written.into_iter();
    let outputs: Vec<Known<T>> = written.by_ref().take(outs.len()).collect();
    let masked = outputs.into_iter().zip(outs).map(|(output, port)| match &port.mask {
        None => output,
        Some(_) => Known { mask: written.next().map(|mask| Rc::new(Value { dtype: DType::Bool, ..mask.value })), ..output },
    });
    masked.collect()
}

/// Checks the tensors' types and samples; how many samples there are.
fn check<T: Float>(
    ports: &[Port],
    inputs: &[Known<T>],
    name: &dyn Fn() -> String,
    place: &'static Location<'static>,
) -> Result<usize> {
    let samples = |known: &Known<T>| Form::Samples.batch(&known.value);
    let batch = samples(&inputs[0]);
    for (port, input) in ports.iter().zip(inputs) {
        let Value { shape, dtype, .. } = &input.value;
        if shape.len() != port.rank() + 1 {
            let (role, name, expected, found) = (Role::Input, port.name.clone(), port.batched(), format!("{shape:?}"));
            return Err(Error::Shape { role, name, expected, found, help: None });
        }
        if samples(input) != batch {
            let (first_role, first, expected) = (Role::Input, ports[0].name.clone(), batch);
            return Err(Error::Samples {
                first_role,
                first,
                expected,
                role: Role::Input,
                name: port.name.clone(),
                found: samples(input),
            });
        }
        let is_integer = *dtype != DType::F32;
        if port.is_integer != is_integer {
            let expected = if port.is_integer { "integers" } else { "floats" };
            let help =
                if port.is_integer { "give the tape integers, `tape.constant(&array![[1, 2]])`" } else { "give the tape floats" };
            let (role, name) = (Role::Input, port.name.clone());
            return Err(Error::Elements { role, name, expected, found: dtype.name(), help: Some(help) });
        }
        if let Some(bound) = port.bound {
            input.value.check_numbers(bound, name, place)?;
        }
    }
    Ok(batch)
}

/// A model as it is on a tape: a copy that shares its weights, under the same identities.
struct Held<N> {
    model: N,
    /// That of its first weight.
    identity: u64,
    /// Whether training changes a weight by its gradient.
    is_trained: bool,
    /// Whether training changes weights by other means.
    has_statistics: bool,
}

impl<N> Held<N> {
    fn new<T: Float>(model: &N, tape: &Tape<T>) -> Self
    where
        N: Trainable<T> + Clone,
    {
        let (mut identity, mut is_trained, mut has_statistics) = (None, false, false);
        model.visit(&mut |weight, is_trainable| {
            identity.get_or_insert(weight.identity.number());
            is_trained |= is_trainable;
            has_statistics |= !weight.trainable;
        });
        let kept = same(model, |weight, identity| tape.keep(weight, identity));
        Self { model: kept, identity: identity.unwrap_or(u64::MAX), is_trained, has_statistics }
    }
}

/// A copy of a model whose weights are to be the same weights: `keep` gives each its identity.
pub(super) fn same<T: Float, N: Trainable<T> + Clone>(model: &N, mut keep: impl FnMut(&mut Weight<T>, Identity)) -> N {
    let (mut identities, mut copy) = (Vec::new(), model.clone());
    model.visit(&mut |weight, _| identities.push(weight.identity.kept()));
    let mut identities = identities.into_iter();
    copy.visit_mut(&mut |weight| {
        if let Some(identity) = identities.next() {
            keep(weight, identity);
        }
    });
    copy
}

/// What a pass is run with.
struct Pass {
    batch: usize,
    named: Vec<usize>,
    /// What random choices follow from, if the model trains.
    seed: Option<u64>,
}

impl Pass {
    fn context(&self) -> Context<'_> {
        let context = match self.seed {
            Some(seed) => Context::training(self.batch, seed),
            None => Context::inference(self.batch),
        };
        context.with_named(&self.named)
    }
}

/// The way back through a model.
struct Returning<T: Float, N: Trainable<T> + 'static> {
    kept: Held<N>,
    /// What forward has left.
    state: Option<N::Tape>,
    tape: Tape<T>,
    pass: Pass,
}

impl<T: Float, N: Trainable<T> + Clone + 'static> Returning<T, N> {
    fn run(&mut self, is_recorded: bool, inputs: &[&[T]], outputs: &mut [&mut [T]]) -> Result<()> {
        let Self { kept: Held { model, identity, has_statistics, .. }, tape, pass, .. } = self;
        check_adapted(&*model)?;
        if !is_recorded && pass.seed.is_none() {
            let mut room: N::Workspace = tape.spare(*identity).unwrap_or_else(|| model.workspace());
            let done = model.infer(&mut room, pass.context(), inputs, outputs);
            tape.leave(*identity, room);
            return done;
        }
        let mut state: N::Tape = tape.spare(*identity).unwrap_or_else(|| model.tape());
        model.forward(&mut state, pass.context().summing(tape.penalties()), inputs, outputs)?;
        if pass.seed.is_some() && *has_statistics {
            let mut moved = model.clone();
            moved.update(&state);
            let mut before = Vec::new();
            model.visit(&mut |weight, _| before.push((weight.identity.number(), weight.data.as_ptr())));
            let mut before = before.into_iter();
            moved.visit(&mut |weight, _| {
                if let Some((identity, data)) = before.next()
                    && data != weight.data.as_ptr()
                {
                    tape.move_statistic(identity, weight);
                }
            });
        }
        self.state = Some(state);
        Ok(())
    }

    /// Gradients of the model's form, with the elements that are to be added to, or room.
    fn lend(&mut self, weights: &mut WeightGradients<T>) -> Result<(N::Gradients, Vec<Room<T>>, bool)> {
        let Self { kept: Held { model, identity, .. }, tape, .. } = self;
        let mut gradients: N::Gradients = tape.spare(*identity).unwrap_or_else(|| model.gradients());
        let (mut accumulate, mut rooms, mut refusal) = (false, Vec::new(), None);
        model.visit_with(&mut gradients, &mut |weight, gradient, _| match weights.room(tape.pool(), weight) {
            Ok((mut room, is_there)) => {
                accumulate |= is_there;
                gradient.data = room.take();
                rooms.push(room);
            }
            Err(error) => refusal = Some(error),
        });
        refusal.map_or(Ok((gradients, rooms, accumulate)), Err)
    }
}

impl<T: Float, N: Trainable<T> + Clone + 'static> Back<T> for Returning<T, N> {
    fn source(&self) -> Option<String> {
        Some(self.kept.model.graph().name.clone())
    }

    fn back(mut self: Box<Self>, step: Step<'_, '_, T>) -> Result<()> {
        let Some(mut state) = self.state.take() else { return Ok(()) };
        let (mut gradients, rooms, accumulate) = self.lend(step.weights)?;
        let inputs: Few<&[T]> = step.inputs.iter().map(|input| input.data).collect();
        let outputs: Few<&[T]> = step.outputs.iter().map(|output| output.data).collect();
        let mut d_inputs: Few<Option<Gradient<'_, T>>> = step.d_inputs.iter_mut().map(Option::take).collect();
        let Self { kept: Held { model, identity, .. }, tape, pass, .. } = &mut *self;
        let context = pass.context().adding(accumulate);
        let done = model.backward(&mut state, context, &inputs, &outputs, step.d_outputs, &mut d_inputs, &mut gradients);
        let mut rooms = rooms.into_iter();
        model.visit_with(&mut gradients, &mut |weight, gradient, _| {
            if let Some(mut room) = rooms.next() {
                room.put(std::mem::take(&mut gradient.data));
                step.weights.put(weight, room);
            }
        });
        tape.leave(*identity, gradients);
        tape.leave(*identity, state);
        done
    }

    fn onward(&self, call: &Crossed<'_, T>) -> Result<Onward<T>> {
        let outputs = replay(&self.kept.model, call.inputs()?, self.pass.seed, call.place)?;
        let come = outputs.into_iter().zip(call.d_outputs);
        Ok(come.filter_map(|(output, d_output)| Some((output, d_output.clone()?))).collect())
    }

    fn has_weight(&self, identity: u64) -> bool {
        let mut has = false;
        self.kept.model.visit(&mut |weight, _| has |= weight.identity.number() == identity);
        has
    }
}

/// A forward that nobody goes back through leaves what it worked with, too.
impl<T: Float, N: Trainable<T> + 'static> Drop for Returning<T, N> {
    fn drop(&mut self) {
        if let Some(state) = self.state.take() {
            self.tape.leave(self.kept.identity, state);
        }
    }
}
