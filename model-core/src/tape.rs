//! One forward and backward of a model, step by step: what the typed `forward` and `backward` of a compiled model work with.

use model_graph::graph::Port;
use model_graph::named;

use crate::buffer::Buffer;
use crate::error::Result;
use crate::initialize::mix;
use crate::layer::Context;
use crate::memory::{self, Passes};
use crate::network::Network;
use crate::tensor::{Dims, KnownDims, Tensor};

/// What a `forward` leaves for a `backward`, and the gradients that it computes.
///
/// A tape serves any number of steps, one after the other; it allocates only when a batch is larger than all before.
#[derive(Debug)]
pub struct Tape<N: Network> {
    inner: N::Tape,
    gradients: N::Gradients,
    inputs: Vec<Buffer<f32>>,
    outputs: Vec<Buffer<f32>>,
    d_outputs: Vec<Buffer<f32>>,
    /// The batch and the seed of the last forward.
    last: Option<(usize, u64)>,
    /// The names of the model's dimensions, and their sizes in the last forward.
    names: Vec<String>,
    named: Vec<usize>,
    seed: u64,
    steps: u64,
    passes: Passes,
}

impl<N: Network> Tape<N> {
    /// A tape for a model. Random choices, such as those of dropout, follow from the seed and the number of the step.
    ///
    /// # Panics
    /// If the gradients would take more memory than there is.
    #[must_use]
    pub fn new(model: &N, seed: u64) -> Self {
        let graph = model.graph();
        memory::sure(memory::claim_training(graph, None));
        let buffers = |count: usize| (0..count).map(|_| Buffer::new()).collect();
        Self {
            inner: model.tape(),
            gradients: model.gradients(),
            inputs: buffers(graph.inputs.len()),
            outputs: buffers(graph.outputs.len()),
            d_outputs: buffers(graph.outputs.len()),
            last: None,
            names: graph.names(),
            named: Vec::new(),
            seed,
            steps: 0,
            passes: Passes::default(),
        }
    }

    /// Computes the outputs as training does, where the model's named dimensions have these sizes.
    ///
    /// # Errors
    /// If a layer of the user's own does not do what its rule says, or the batch would take more memory than there is.
    pub fn forward(&mut self, model: &N, batch: usize, named: &[usize], inputs: &[&[f32]]) -> Result<()> {
        let seed = mix(self.seed, self.steps);
        self.last = None;
        self.steps += 1;
        let graph = model.graph();
        let elements = |port: &Port| named::elements(&graph.ty(port.tensor).shape.count(), &self.names, named);
        let outputs = graph.outputs.iter().map(elements).fold(0_usize, usize::saturating_add);
        self.passes.claim(model, true, (batch, named), outputs.saturating_mul(batch).saturating_mul(2))?;
        for (buffer, input) in self.inputs.iter_mut().zip(inputs) {
            buffer.resize(input.len());
            buffer.copy_from_slice(input);
        }
        for (buffer, port) in self.outputs.iter_mut().zip(&graph.outputs) {
            buffer.resize(batch * named::elements(&graph.ty(port.tensor).shape.count(), &self.names, named));
        }
        let inputs: Vec<&[f32]> = self.inputs.iter().map(|buffer| &**buffer).collect();
        let mut outputs: Vec<&mut [f32]> = self.outputs.iter_mut().map(|buffer| &mut **buffer).collect();
        model.forward(&mut self.inner, Context::training(batch, seed).with_named(named), &inputs, &mut outputs)?;
        self.last = Some((batch, seed));
        self.named.clear();
        self.named.extend_from_slice(named);
        Ok(())
    }

    /// An output of the last forward.
    #[must_use]
    pub fn output<S: KnownDims>(&self, index: usize) -> Tensor<S> {
        Tensor::from_slice(&self.outputs[index])
    }

    /// An output of the last forward, of which sizes follow from named dimensions.
    ///
    /// # Panics
    /// If there was no forward.
    #[must_use]
    pub fn sized_output<S: Dims>(&self, model: &N, index: usize) -> Tensor<S> {
        let (graph, (batch, _)) = (model.graph(), self.last.expect("a `forward` comes before"));
        let dims = &graph.ty(graph.outputs[index].tensor).shape.0;
        let sizes = dims.iter().map(|dim| named::elements(dim, &self.names, &self.named));
        Tensor::from_parts(batch, &sizes.collect::<Vec<_>>(), &self.outputs[index])
    }

    /// Computes the gradients of all weights from those of the outputs of the last forward.
    ///
    /// # Errors
    /// If a layer of the user's own does not do what its rule says.
    ///
    /// # Panics
    /// If there was no forward, or with another number of samples.
    pub fn backward(&mut self, model: &N, d_outputs: &[&[f32]]) -> Result<&N::Gradients> {
        let (batch, seed) = self.last.expect("`backward` comes after a `forward` with the same tape");
        let context = Context::training(batch, seed).with_named(&self.named);
        for ((buffer, output), d_output) in self.d_outputs.iter_mut().zip(&self.outputs).zip(d_outputs) {
            assert_eq!(output.len(), d_output.len(), "`backward` takes as many samples as `forward` was given");
            buffer.resize(d_output.len());
            buffer.copy_from_slice(d_output);
        }
        let inputs: Vec<&[f32]> = self.inputs.iter().map(|buffer| &**buffer).collect();
        let outputs: Vec<&[f32]> = self.outputs.iter().map(|buffer| &**buffer).collect();
        let mut d_outputs: Vec<&mut [f32]> = self.d_outputs.iter_mut().map(|buffer| &mut **buffer).collect();
        let mut d_inputs: Vec<Option<crate::layer::Gradient<'_, f32>>> = self.inputs.iter().map(|_| None).collect();
        model.backward(&mut self.inner, context, &inputs, &outputs, &mut d_outputs, &mut d_inputs, &mut self.gradients)?;
        Ok(&self.gradients)
    }
}
