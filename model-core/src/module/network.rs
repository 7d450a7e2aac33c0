//! What training, saving and inference ask of a model, of a struct that plain code calls: a pass is a call on a tape of its own.

use model_graph::Graph;
use model_graph::graph::Port;
use model_graph::layer::Memory;

use super::own_model::OwnModel;
use super::{Module, Path};
use crate::error::{Error, Result, Role};
use crate::float::Float;
use crate::layer::{Context, Gradient, Weight};
use crate::network::{Network, Trainable};
use crate::variable::{Gradients, Inputs, Tape, Var};

/// What a call leaves for the way back: its tape, what it was given, and what it gave.
#[derive(Debug)]
pub struct Trace<T: Float = f32>(Option<Call<T>>);

#[derive(Debug)]
struct Call<T: Float> {
    tape: Tape<T>,
    inputs: Vec<Var<T>>,
    outputs: Vec<Var<T>>,
}

/// How far one can go back from a call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Back {
    Nowhere,
    ToWeights,
    ToInputs,
}

impl<M: Module<T>, T: Float> OwnModel<M, T> {
    /// The whole shape of an input or output, of so many samples.
    fn whole(&self, port: &Port, batch: usize) -> Vec<usize> {
        std::iter::once(batch).chain(self.graph.ty(port.tensor).shape.sizes().unwrap_or_default()).collect()
    }

    /// Calls the struct on a tape of its own.
    fn called(&self, context: Context<'_>, inputs: &[&[T]], back: Back) -> Result<Call<T>> {
        let Some(run) = self.run else { return Err(Error::NoCall { model: self.graph.name.clone() }) };
        let tape = Tape::of_thread(context.training.then_some(context.seed));
        let given = self.graph.inputs.iter().zip(inputs).map(|(port, elements)| {
            let (shape, dtype) = (self.whole(port, context.batch), self.graph.ty(port.tensor).dtype);
            match back == Back::ToInputs && dtype.has_gradient() {
                true => tape.leaf(&shape, elements),
                false => tape.constant_as(&shape, dtype, elements),
            }
        });
        let inputs: Vec<Var<T>> = given.collect::<Result<_>>()?;
        let call = || run(&self.module, Inputs::from(inputs.as_slice()));
        let outputs = if back == Back::Nowhere { tape.no_grad(call) } else { call() }?;
        Ok(Call { tape, inputs, outputs })
    }

    /// A call as a pass: its penalties are summed, and what it gave is written, which must have the shapes that it had at first.
    fn pass(&self, context: Context<'_>, inputs: &[&[T]], outputs: &mut [&mut [T]], back: Back) -> Result<Call<T>> {
        let call = self.called(context, inputs, back)?;
        if let Some(penalties) = context.penalties {
            penalties.add(call.tape.activity_penalty());
        }
        for ((port, given), room) in self.graph.outputs.iter().zip(&call.outputs).zip(outputs) {
            let shape = self.whole(port, context.batch);
            let elements = given.elements()?;
            if given.shape() != shape {
                let (role, name) = (Role::Output, port.name.clone());
                let (expected, found) = (format!("{shape:?}"), format!("{:?}", given.shape()));
                return Err(Error::Shape { role, name, expected, found, help: None });
            }
            room.copy_from_slice(elements);
        }
        Ok(call)
    }
}

impl<M: Module<T>, T: Float> Network<T> for OwnModel<M, T> {
    type Tape = Trace<T>;
    type Workspace = ();
    type Gradients = Vec<Weight<T>>;
    type Owned = Self;

    fn graph(&self) -> &Graph {
        &self.graph
    }

    fn tape(&self) -> Trace<T> {
        Trace(None)
    }

    fn workspace(&self) {}

    /// What calls take is claimed when they take it.
    fn memory(&self, _training: bool, _named: &[usize]) -> Memory {
        Memory::NONE
    }

    fn gradients(&self) -> Vec<Weight<T>> {
        let mut gradients = Vec::new();
        self.visit_all(&mut |weight, _| gradients.push(weight.zeros_like()));
        gradients
    }

    fn infer(&self, _workspace: &mut (), context: Context<'_>, inputs: &[&[T]], outputs: &mut [&mut [T]]) -> Result<()> {
        self.pass(context, inputs, outputs, Back::Nowhere).map(drop)
    }

    fn forward(&self, tape: &mut Trace<T>, context: Context<'_>, inputs: &[&[T]], outputs: &mut [&mut [T]]) -> Result<()> {
        tape.0 = None; // what is left of the last pass goes back to the pool first
        tape.0 = Some(self.pass(context, inputs, outputs, Back::ToWeights)?);
        Ok(())
    }

    fn backward(
        &self,
        tape: &mut Trace<T>,
        context: Context<'_>,
        inputs: &[&[T]],
        _outputs: &[&[T]],
        d_outputs: &mut [&mut [T]],
        d_inputs: &mut [Option<Gradient<'_, T>>],
        gradients: &mut Vec<Weight<T>>,
    ) -> Result<()> {
        let again;
        let call = match &tape.0 {
            Some(call) if d_inputs.iter().all(Option::is_none) => call,
            // The same call once more, this time as one that its inputs have gradients of.
            _ => {
                again = self.called(context, inputs, Back::ToInputs)?;
                &again
            }
        };
        let mut found = Gradients::default();
        let starts: Vec<(&Var<T>, &[T])> = call.outputs.iter().zip(d_outputs.iter().map(|d_output| &**d_output)).collect();
        found.add_from(&starts)?;
        for (input, wanted) in call.inputs.iter().zip(d_inputs) {
            Gradient::give_found(wanted.take(), found.elements_of(input));
        }
        let mut gradients = gradients.iter_mut();
        self.visit_all(&mut |weight, _| {
            if let Some(gradient) = gradients.next() {
                found.give(weight, gradient, context.accumulate);
            }
        });
        Ok(())
    }

    fn visit(&self, visitor: &mut dyn FnMut(&Weight<T>, bool)) {
        self.visit_all(visitor);
    }

    fn waits_for_data(&self) -> bool {
        self.waits_for_data
    }

    /// Its layers take their turns by themselves, call by call.
    fn reset_states(&self) {
        self.module.parts(Path::root(), &mut |_, held| held.forget_states());
    }
}

impl<M: Module<T>, T: Float> Trainable<T> for OwnModel<M, T> {
    fn update(&mut self, tape: &Trace<T>) {
        let Some(Call { tape, .. }) = &tape.0 else { return };
        self.visit_mut(&mut |weight| {
            if let Some(moved) = tape.take_statistic(weight) {
                weight.data = moved;
            }
        });
    }

    fn set_trainable(&mut self, trainable: bool) {
        self.module.parts_mut(Path::root(), &mut |_, held| held.let_train(trainable));
    }

    fn visit_mut(&mut self, visitor: &mut dyn FnMut(&mut Weight<T>)) {
        self.module.parts_mut(Path::root(), &mut |_, held| held.weights_mut(&mut |weight, _| visitor(weight)));
    }

    fn visit_with(&mut self, gradients: &mut Vec<Weight<T>>, visitor: &mut dyn FnMut(&mut Weight<T>, &mut Weight<T>, bool)) {
        let mut gradients = gradients.iter_mut();
        self.module.parts_mut(Path::root(), &mut |_, held| {
            held.weights_mut(&mut |weight, is_trainable| {
                if let Some(gradient) = gradients.next() {
                    visitor(weight, gradient, is_trainable);
                }
            });
        });
    }
}
