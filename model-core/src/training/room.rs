//! The memory that passes through a model work in: grown to the largest batch, then reused.

use std::borrow::Cow;

use super::pieces::PieceRoom;
use super::setup::Setup;
use crate::buffer::Buffer;
use crate::given::{Samples, Target, written};
use crate::kernels::chunks::{each, rows_per_task};
use crate::memory::{Passes, TooLarge};
use crate::network::Network;

/// Which samples make a batch.
#[derive(Clone, Debug)]
pub(crate) enum Choice<'a> {
    /// Samples that stand one after the other, which need no copy.
    Range(std::ops::Range<usize>),
    /// Samples at these places.
    Places(&'a [usize]),
}

/// What passes through a model work in.
pub(crate) struct Room<N: Network<f32>> {
    pub(crate) tape: N::Tape,
    pub(crate) workspace: N::Workspace,
    pub(crate) gradients: N::Gradients,
    pub(crate) outputs: Vec<Buffer<f32>>,
    pub(crate) d_outputs: Vec<Buffer<f32>>,
    /// How much the positions of outputs count that have both a mask and weights.
    pub(crate) counts: Vec<Buffer<f32>>,
    /// What moving statistics were before a step.
    pub(crate) statistics: Vec<f32>,
    pub(crate) gathered: Gathered,
    /// What the pieces of a batch need, where ranks share it.
    pub(crate) pieces: PieceRoom<N>,
    /// The batches that have had room, in training and in judging.
    passes: [Passes; 2],
}

impl<N: Network<f32>> Room<N> {
    pub(crate) fn new(model: &N) -> Self {
        Self {
            tape: model.tape(),
            workspace: model.workspace(),
            gradients: model.gradients(),
            outputs: Vec::new(),
            d_outputs: Vec::new(),
            counts: Vec::new(),
            statistics: Vec::new(),
            gathered: Gathered::default(),
            pieces: PieceRoom::default(),
            passes: Default::default(),
        }
    }

    /// Makes room for the outputs of a batch, if there is room for a pass over so many samples of it, and so many elements besides.
    pub(crate) fn reserve(
        &mut self,
        model: &N,
        training: bool,
        setup: &Setup,
        batch: &Samples<'_>,
        (passed, besides): (usize, usize),
    ) -> Result<(), TooLarge> {
        let written = || written(setup.outputs.iter().map(|(port, _)| port));
        let elements = written().map(|port| port.elements(&batch.named));
        let outputs = elements.fold(0_usize, usize::saturating_add).saturating_mul(batch.len).saturating_mul(2);
        let elements = outputs.saturating_add(besides);
        self.passes[usize::from(training)].claim(model, training, (passed, &batch.named), elements)?;
        for outputs in [&mut self.outputs, &mut self.d_outputs] {
            outputs.resize_with(written().count(), Buffer::new);
            for (buffer, port) in outputs.iter_mut().zip(written()) {
                buffer.resize(batch.len * port.elements(&batch.named));
            }
        }
        Ok(())
    }
}

/// Copies of the samples of a batch that do not stand one after the other.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    inputs: Vec<Vec<f32>>,
    values: Vec<Vec<f32>>,
    labels: Vec<Vec<i32>>,
    weights: Vec<Vec<f32>>,
}

impl Gathered {
    /// The chosen samples: borrowed where they stand one after the other, otherwise copied.
    pub(crate) fn batch<'b>(&'b mut self, samples: &'b Samples<'_>, choice: Choice<'_>) -> Samples<'b> {
        let places = match choice {
            Choice::Range(range) => return samples.part(range),
            Choice::Places(places) => places,
        };
        self.inputs.resize_with(samples.inputs.len(), Vec::new);
        self.values.resize_with(samples.targets.len(), Vec::new);
        self.labels.resize_with(samples.targets.len(), Vec::new);
        let inputs = samples.inputs.iter().zip(&mut self.inputs);
        let inputs = inputs.map(|(input, copy)| Cow::Borrowed(gather(input, samples.len, places, copy))).collect();
        let targets = samples.targets.iter().zip(self.values.iter_mut().zip(&mut self.labels));
        let targets = targets.map(|(target, (values, labels))| match target {
            Target::Values(all) => Target::Values(Cow::Borrowed(gather(all, samples.len, places, values))),
            Target::Labels(all) => Target::Labels(Cow::Borrowed(gather(all, samples.len, places, labels))),
        });
        let targets = targets.collect();
        self.weights.resize_with(samples.weights.len(), Vec::new);
        let weights = samples.weights.iter().zip(&mut self.weights);
        let weights =
            weights.map(|(all, copy)| all.as_ref().map(|all| Cow::Borrowed(gather(all, samples.len, places, copy)))).collect();
        Samples { len: places.len(), named: Cow::Borrowed(&samples.named), inputs, targets, weights }
    }
}

/// Copies the samples at `places` of the `len` samples of `data`.
fn gather<'b, T: Copy + Default + Send + Sync>(data: &[T], len: usize, places: &[usize], copy: &'b mut Vec<T>) -> &'b [T] {
    let row = data.len() / len;
    copy.resize(places.len() * row, T::default());
    let rows = rows_per_task(row);
    each([(copy.as_mut_slice(), rows * row)], |task, [piece]| {
        for (sample, place) in piece.chunks_exact_mut(row).zip(&places[task * rows..]) {
            sample.copy_from_slice(&data[place * row..][..row]);
        }
    });
    copy
}
