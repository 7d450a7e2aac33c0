//! What training, saving and inference ask of a model, of a struct that plain code calls: a pass is a call on a tape of its own.

use model_graph::Graph;
use model_graph::layer::Memory;

use super::own_model::OwnModel;
use super::{Module, Path};
use crate::error::{Error, Result};
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

impl<M: Module<T>, T: Float> OwnModel<M, T> {
    /// Calls the struct; gradients are taken of its inputs if they are wanted.
    fn call_on(&self, tape: Tape<T>, batch: usize, inputs: &[&[T]], are_wanted: bool) -> Result<Call<T>> {
        let Some(run) = self.run else { return Err(Error::NoCall { model: self.graph.name.clone() }) };
        let given = self.graph.inputs.iter().zip(inputs).map(|(port, elements)| {
            let ty = self.graph.ty(port.tensor);
            let shape: Vec<usize> = std::iter::once(batch).chain(ty.shape.sizes().unwrap_or_default()).collect();
            match are_wanted && ty.dtype.has_gradient() {
                true => tape.leaf(&shape, elements),
                false => tape.constant_as(&shape, ty.dtype, Some(elements)),
            }
        });
        let inputs: Vec<Var<T>> = given.collect::<Result<_>>()?;
        let outputs = run(&self.module, Inputs::from(inputs.as_slice()))?;
        Ok(Call { tape, inputs, outputs })
    }

    /// Writes what a call gave, which must have the shapes that it had at first.
    fn give(&self, call: &Call<T>, batch: usize, outputs: &mut [&mut [T]]) -> Result<()> {
        for ((port, given), room) in self.graph.outputs.iter().zip(&call.outputs).zip(outputs) {
            let shape: Vec<usize> =
                std::iter::once(batch).chain(self.graph.ty(port.tensor).shape.sizes().unwrap_or_default()).collect();
            let elements = given.elements()?;
            if given.shape() != shape {
                let (role, name) = (crate::error::Role::Output, port.name.clone());
                let (expected, found) = (format!("{shape:?}"), format!("{:?}", given.shape()));
                return Err(Error::Shape { role, name, expected, found, help: None });
            }
            room.copy_from_slice(elements);
        }
        Ok(())
    }
}

impl<T: Float> Call<T> {
    /// Goes back from what was given to the inputs and the weights.
    fn gradients(&self, d_outputs: &[&mut [T]]) -> Result<Gradients<T>> {
        let mut gradients = Gradients::default();
        let starts: Vec<(&Var<T>, &[T])> = self.outputs.iter().zip(d_outputs.iter().map(|d_output| &**d_output)).collect();
        gradients.add_from(&starts)?;
        Ok(gradients)
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
        let tape = Tape::of_thread(None);
        let call = tape.clone().no_grad(|| self.call_on(tape, context.batch, inputs, false))?;
        if let Some(penalties) = context.penalties {
            penalties.add(call.tape.activity_penalty());
        }
        self.give(&call, context.batch, outputs)
    }

    fn forward(&self, tape: &mut Trace<T>, context: Context<'_>, inputs: &[&[T]], outputs: &mut [&mut [T]]) -> Result<()> {
        tape.0 = None; // what is left of the last pass goes back to the pool first
        let call = self.call_on(Tape::of_thread(context.training.then_some(context.seed)), context.batch, inputs, false)?;
        if let Some(penalties) = context.penalties {
            penalties.add(call.tape.activity_penalty());
        }
        self.give(&call, context.batch, outputs)?;
        tape.0 = Some(call);
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
        let are_wanted = d_inputs.iter().any(Option::is_some);
        let again;
        let call = match &tape.0 {
            Some(call) if !are_wanted => call,
            _ => {
                // The same call once more, this time as one that its inputs have gradients of.
                let tape = Tape::of_thread(context.training.then_some(context.seed));
                again = self.call_on(tape, context.batch, inputs, are_wanted)?;
                &again
            }
        };
        let found = call.gradients(d_outputs)?;
        for (input, wanted) in call.inputs.iter().zip(d_inputs) {
            Gradient::give_found(wanted.take(), found.elements_of(input));
        }
        let (mut gradients, accumulate) = (gradients.iter_mut(), context.accumulate);
        self.visit_all(&mut |weight, _| {
            if let Some(gradient) = gradients.next() {
                let contribution = found.elements(weight).filter(|_| weight.trainable);
                Gradient::give_found(Some(Gradient { data: &mut gradient.data, accumulate }), contribution);
            }
        });
        Ok(())
    }

    fn visit(&self, visitor: &mut dyn FnMut(&Weight<T>, bool)) {
        self.visit_all(visitor);
    }

    fn waits_for_data(&self) -> bool {
        self.graph.waits_for_data()
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
