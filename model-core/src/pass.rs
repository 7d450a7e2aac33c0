//! One forward and backward of a model, step by step: what `forward` and `backward` work with where one trains by hand.

use ndarray::{ArrayD, IxDyn};

use crate::buffer::Buffer;
use crate::error::{Error, Result};
use crate::few::Few;
use crate::given::{Arrays, Port, Predicted, gradients, inputs, ports, written};
use crate::layer::{Context, Gradient, Penalties, Weight};
use crate::layers::adapted::check_adapted;
use crate::memory::{self, Passes};
use crate::network::{Network, Of, Trainable};
use crate::optimizers::guard::{Moved, Statistics, update_statistics};
use crate::states::Turn;
use crate::tensor::{Dims, Tensor};
use crate::training::step_seed;

/// What a `forward` leaves for a `backward`, and the gradients that it computes.
///
/// A pass serves any number of steps, one after the other; it allocates only when a batch is larger than all before. It borrows nothing:
/// between a forward and a backward the model may be looked at, and after a step it is another pass's turn.
#[derive(Debug)]
pub struct Pass<N: Network> {
    inner: N::Tape,
    gradients: N::Gradients,
    /// The model's inputs and outputs.
    ports: (Vec<Port>, Vec<Port>),
    inputs: Vec<Buffer<f32>>,
    outputs: Vec<Buffer<f32>>,
    d_outputs: Vec<Buffer<f32>>,
    d_inputs: Vec<Buffer<f32>>,
    /// What moving averages were before they were updated.
    before: Vec<f32>,
    /// The penalties on what layers gave in the last forward.
    activity_penalty: f64,
    /// The batch and the seed of the last forward.
    last: Option<(usize, u64)>,
    /// The sizes of the model's named dimensions in the last forward.
    named: Vec<usize>,
    seed: u64,
    steps: u64,
    progress: Progress,
    passes: Passes,
}

/// How far a step has come.
#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    /// Whether there are gradients that no weight has been changed by.
    has_gradients: bool,
    /// Whether there was a forward that no moving average has been updated from.
    has_statistics: bool,
    /// Whether the next backward adds to the gradients.
    accumulates: bool,
    /// Whether the gradients are those of the penalties on weights, too.
    has_penalties: bool,
}

impl<N: Network> Pass<N> {
    /// A pass for a model. Random choices, such as those of dropout, follow from the seed and the number of the forward, as those of `fit`
    /// follow from its seed and the number of the step.
    ///
    /// # Panics
    /// If the gradients would take more memory than there is.
    #[must_use]
    pub fn new(model: &impl Of<N>, seed: u64) -> Self {
        memory::sure(memory::claim_training(model.graph(), None));
        let ports = ports(model.graph());
        let buffers = |count: usize| (0..count).map(|_| Buffer::new()).collect();
        let (count, outputs) = (ports.0.len(), written(ports.1.iter()).count());
        Self {
            inner: model.tape(),
            gradients: model.gradients(),
            ports,
            inputs: buffers(count),
            outputs: buffers(outputs),
            d_outputs: buffers(outputs),
            d_inputs: buffers(count),
            before: Vec::new(),
            activity_penalty: 0.0,
            last: None,
            named: Vec::new(),
            seed,
            steps: 0,
            progress: Progress::default(),
            passes: Passes::default(),
        }
    }

    /// The pass with so many forwards behind it: how training goes on by hand where it stopped, to the same bits.
    #[must_use]
    pub fn after(self, forwards: u64) -> Self {
        Self { steps: forwards, ..self }
    }

    /// The gradients of the last backward, by the names of the model's layers: `pass.gradients().dense.kernel()`.
    #[must_use]
    pub fn gradients(&self) -> &N::Gradients {
        &self.gradients
    }

    /// The same, to be changed before they are applied.
    pub fn gradients_mut(&mut self) -> &mut N::Gradients {
        &mut self.gradients
    }

    /// Visits the gradients of all weights that training changes, to be looked at or changed before they are applied.
    ///
    /// ```
    /// # use model_core::pass::Pass;
    /// # let graph = model_graph::config::from_json(r#"{"class_name": "Sequential", "config": {"name": "line", "layers": [
    /// #     {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 1]}},
    /// #     {"class_name": "Dense", "config": {"name": "line", "units": 1}}]}}"#).unwrap();
    /// # let mut model = model_core::interpret::Model::new(graph, 42).unwrap();
    /// # let mut pass = Pass::new(&model, 0);
    /// # let output = model.forward(&mut pass, &ndarray::array![1.0, 2.0])?;
    /// # model.backward(&mut pass, &output)?;
    /// // No gradient further from zero than 0.1.
    /// pass.visit_gradients(&mut model, |gradient| gradient.data.iter_mut().for_each(|d| *d = d.clamp(-0.1, 0.1)));
    /// # Ok::<(), model_core::Error>(())
    /// ```
    pub fn visit_gradients(&mut self, model: &mut (impl Trainable + Of<N>), mut visitor: impl FnMut(&mut Weight)) {
        model.visit_with(&mut self.gradients, &mut |_, gradient, is_trainable| {
            if is_trainable {
                visitor(gradient);
            }
        });
    }

    /// Makes the next backward add its gradients to those that have not been applied yet, instead of replacing them.
    pub fn accumulate(&mut self) {
        self.progress.accumulates = true;
    }

    /// Adds the gradients of the penalties on weights to those of the last backward, which `apply` does by itself: for gradients that are
    /// looked at or changed before. Further calls before the next step add nothing. [`Network::penalty`] is what the loss includes.
    ///
    /// # Errors
    /// If the pass has no gradients that were not applied yet.
    pub fn add_penalties(&mut self, model: &mut (impl Trainable + Of<N>)) -> Result<()> {
        if !self.progress.has_gradients {
            return Err(Error::Order { what: "add_penalties", needs: "gradients that were not applied yet" });
        }
        if !std::mem::replace(&mut self.progress.has_penalties, true) {
            model.add_penalties(&mut self.gradients)?;
        }
        Ok(())
    }

    /// The penalties on what layers gave in the last forward, `activity_regularizer`: what the loss includes besides
    /// [`Network::penalty`]. Backward adds their gradients by itself.
    #[must_use]
    pub const fn activity_penalty(&self) -> f64 {
        self.activity_penalty
    }

    /// Updates the model's moving averages from the last forward, which `apply` does by itself: for a forward that no `apply` follows.
    ///
    /// # Errors
    /// If they would not be finite. They are then what they were.
    pub fn update_statistics(&mut self, model: &mut (impl Trainable + Of<N>)) -> Result<()> {
        if self.progress.has_statistics {
            let statistics = Statistics { moved: Moved::By(&self.inner), before: &mut self.before };
            update_statistics(model, statistics).map_err(|refusal| refusal.error(model, None, self.steps))?;
            self.progress.has_statistics = false;
        }
        Ok(())
    }

    /// What a step goes by: the gradients, what moving averages follow from, unless they have been updated, and whether the gradients are those
    /// of the penalties, too.
    #[allow(clippy::type_complexity)] // the parts of a step
    pub(crate) fn step<M: Of<N>>(&mut self) -> Result<(&mut N::Gradients, Option<Statistics<'_, M>>, &mut bool)> {
        if !self.progress.has_gradients {
            return Err(Error::Order { what: "apply", needs: "gradients that were not applied yet" });
        }
        let statistics = Statistics { moved: Moved::By(&self.inner), before: &mut self.before };
        let Progress { has_statistics, has_penalties, .. } = &mut self.progress;
        Ok((&mut self.gradients, has_statistics.then_some(statistics), has_penalties))
    }

    /// Notes that the step has been taken.
    pub(crate) fn applied(&mut self) {
        self.progress = Progress::default();
    }
}

/// Passes with arrays, for any model.
impl<N: Network> Pass<N> {
    /// Computes the outputs of a batch as training does, in the model's order.
    ///
    /// # Errors
    /// If the arrays are not the model's, or a layer of the user's own does not do what its rule says.
    pub fn forward(&mut self, model: &impl Of<N>, x: impl Arrays) -> Result<Vec<(String, Predicted)>> {
        let samples = inputs(model.graph(), &self.ports.0, &x)?;
        let slices: Few<&[f32]> = samples.inputs.iter().map(|input| &**input).collect();
        self.forward_slices(model, samples.len, &samples.named, &slices)?;
        let arrays = self.ports.1.iter().zip(&self.outputs);
        Ok(arrays.map(|(port, output)| (port.name.clone(), array(port, samples.len, &self.named, output))).collect())
    }

    /// Which positions of an output of the last forward count, 1 for each that does and 0 for the others, if that output has a mask: what
    /// `loss.masked_gradient` takes.
    #[must_use]
    pub fn mask(&self, output: &str) -> Option<Predicted> {
        let (batch, _) = self.last?;
        let outputs = &self.ports.1;
        let mask = outputs.iter().find(|port| port.name == output)?.mask.as_deref()?;
        let place = written(outputs.iter()).position(|port| std::ptr::eq(port, mask))?;
        Some(array(mask, batch, &self.named, &self.outputs[place]))
    }

    /// Computes the gradients of all weights from those of the outputs of the last forward.
    ///
    /// # Errors
    /// If there was no forward, the arrays are not of the outputs' shapes, or a layer of the user's own does not do what its rule says.
    pub fn backward(&mut self, model: &impl Of<N>, d_outputs: impl Arrays) -> Result<&N::Gradients> {
        self.backward_arrays(model, &d_outputs, false)?;
        Ok(&self.gradients)
    }

    /// The same, and gives the gradients of those inputs that are no integers.
    ///
    /// # Errors
    /// As those of [`backward`](Self::backward).
    pub fn backward_to_inputs(&mut self, model: &impl Of<N>, d_outputs: impl Arrays) -> Result<Vec<(String, Predicted)>> {
        let batch = self.backward_arrays(model, &d_outputs, true)?;
        let arrays = self.ports.0.iter().zip(&self.d_inputs).filter(|(port, _)| !port.is_integer);
        Ok(arrays.map(|(port, d_input)| (port.name.clone(), array(port, batch, &self.named, d_input))).collect())
    }

    fn backward_arrays(&mut self, model: &impl Of<N>, d_outputs: &dyn Arrays, wants_inputs: bool) -> Result<usize> {
        let (batch, _) = self.last.ok_or(Error::Order { what: "backward", needs: "a `forward`" })?;
        let d_outputs = gradients(&self.ports.1, d_outputs, batch, &self.named)?;
        let slices: Few<&[f32]> = d_outputs.iter().map(|d_output| &**d_output).collect();
        self.run_back(model, &slices, wants_inputs)?;
        Ok(batch)
    }
}

fn array(port: &Port, batch: usize, named: &[usize], elements: &[f32]) -> Predicted {
    let shape: Vec<usize> = std::iter::once(batch).chain(port.shape(named).iter().copied()).collect();
    ArrayD::from_shape_vec(IxDyn(&shape), elements.to_vec()).expect("a port's buffer has its shape's elements")
}

/// What generated code calls, which gives what it has counted.
#[doc(hidden)]
impl<N: Network> Pass<N> {
    /// Computes the outputs as training does, where the model's named dimensions have these sizes.
    ///
    /// # Errors
    /// If a layer of the user's own does not do what its rule says, or the batch would take more memory than there is.
    pub fn forward_slices(&mut self, model: &impl Of<N>, batch: usize, named: &[usize], inputs: &[&[f32]]) -> Result<()> {
        check_adapted(model)?;
        let seed = step_seed(self.seed, self.steps);
        (self.last, self.progress.has_statistics) = (None, false);
        self.steps += 1;
        let outputs = written(self.ports.1.iter()).map(|port| port.elements(named)).fold(0_usize, usize::saturating_add);
        self.passes.claim(model, true, (batch, named), outputs.saturating_mul(batch).saturating_mul(2))?;
        for (buffer, input) in self.inputs.iter_mut().zip(inputs) {
            buffer.resize(input.len());
            buffer.copy_from_slice(input);
        }
        for (buffer, port) in self.outputs.iter_mut().zip(written(self.ports.1.iter())) {
            buffer.resize(batch * port.elements(named));
        }
        let inputs: Few<&[f32]> = self.inputs.iter().map(|buffer| &**buffer).collect();
        let mut outputs: Few<&mut [f32]> = self.outputs.iter_mut().map(|buffer| &mut **buffer).collect();
        let penalties = Penalties::default();
        let context = Context::training(batch, seed).with_named(named).summing(&penalties);
        Turn::of(model).pass(model, batch, || model.forward(&mut self.inner, context, &inputs, &mut outputs))?;
        self.activity_penalty = penalties.sum();
        (self.last, self.progress.has_statistics) = (Some((batch, seed)), true);
        self.named.clear();
        self.named.extend_from_slice(named);
        Ok(())
    }

    /// An output of the last forward.
    ///
    /// # Panics
    /// If there was no forward.
    #[must_use]
    pub fn output<S: Dims>(&self, index: usize) -> Tensor<S> {
        self.tensor(&self.ports.1[index], &self.outputs[index])
    }

    /// The gradient of an input, after a backward that computed it.
    ///
    /// # Panics
    /// If there was no forward.
    #[must_use]
    pub fn d_input<S: Dims>(&self, index: usize) -> Tensor<S> {
        self.tensor(&self.ports.0[index], &self.d_inputs[index])
    }

    fn tensor<S: Dims>(&self, port: &Port, elements: &[f32]) -> Tensor<S> {
        let (batch, _) = self.last.expect("a `forward` comes before");
        Tensor::from_parts(batch, &port.shape(&self.named), elements)
    }

    /// Computes the gradients of all weights from those of the outputs of the last forward, and those of inputs that are wanted.
    ///
    /// # Errors
    /// If a layer of the user's own does not do what its rule says.
    ///
    /// # Panics
    /// If there was no forward, or with another number of samples.
    pub fn backward_slices(&mut self, model: &impl Of<N>, d_outputs: &[&[f32]], wants_inputs: bool) -> Result<&N::Gradients> {
        assert!(self.last.is_some(), "`backward` comes after a `forward` with the same pass");
        for (output, d_output) in self.outputs.iter().zip(d_outputs) {
            assert_eq!(output.len(), d_output.len(), "`backward` takes as many samples as `forward` was given");
        }
        self.run_back(model, d_outputs, wants_inputs)?;
        Ok(&self.gradients)
    }

    fn run_back(&mut self, model: &impl Of<N>, d_outputs: &[&[f32]], wants_inputs: bool) -> Result<()> {
        let (batch, seed) = self.last.unwrap_or_default();
        let adds = self.progress.accumulates && self.progress.has_gradients;
        let context = Context::training(batch, seed).with_named(&self.named).adding(adds);
        let has_penalties = adds && self.progress.has_penalties;
        self.progress = Progress { has_statistics: self.progress.has_statistics, has_penalties, ..Progress::default() };
        for (buffer, d_output) in self.d_outputs.iter_mut().zip(d_outputs) {
            buffer.resize(d_output.len());
            buffer.copy_from_slice(d_output);
        }
        for (buffer, mask) in self.d_outputs.iter_mut().zip(&self.outputs).skip(d_outputs.len()) {
            buffer.resize(mask.len());
            buffer.fill(0.0);
        }
        for (buffer, input) in self.d_inputs.iter_mut().zip(&self.inputs).filter(|_| wants_inputs) {
            buffer.resize(input.len());
        }
        let inputs: Few<&[f32]> = self.inputs.iter().map(|buffer| &**buffer).collect();
        let outputs: Few<&[f32]> = self.outputs.iter().map(|buffer| &**buffer).collect();
        let mut d_outputs: Few<&mut [f32]> = self.d_outputs.iter_mut().map(|buffer| &mut **buffer).collect();
        let wanted = self.d_inputs.iter_mut().zip(&self.ports.0);
        let wanted = wanted.map(|(data, port)| {
            let is_wanted = wants_inputs && !port.is_integer;
            is_wanted.then_some(Gradient { data, accumulate: false })
        });
        let mut d_inputs: Few<Option<Gradient<'_, f32>>> = wanted.collect();
        model.backward(&mut self.inner, context, &inputs, &outputs, &mut d_outputs, &mut d_inputs, &mut self.gradients)?;
        self.progress.has_gradients = true;
        Ok(())
    }
}
