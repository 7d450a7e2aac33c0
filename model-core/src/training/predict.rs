//! Predictions, batch by batch.

use std::ops::Range;

use ndarray::{ArrayBase, ArrayD, ArrayViewD, ArrayViewMutD, Axis, DataMut, Dimension, IxDyn};

use super::distributed::check_stateless;
use super::own_step::Written;
use super::progress::{Progress, Verbose};
use super::scores::check_batch_size;
use super::trainer::Trainer;
use crate::buffer::Buffer;
use crate::callbacks::{Callbacks, Predicting};
use crate::distribution::{DataParallel, Moment, together};
use crate::error::{Error, Result, Role, batched};
use crate::few::Few;
use crate::given::{Arrays, InputData, Port, Samples, check_call, inputs, ports};
use crate::kernels::matmul::WeightPrecision;
use crate::layer::{Context, Prepared};
use crate::layers::adapted::check_adapted;
use crate::memory::{self, Passes};
use crate::network::{Network, Trainable};
use crate::states::{Turn, check_batches};

/// How a model predicts.
pub trait Predict: Network<f32> + Sized {
    /// What predicts again and again without allocating.
    fn predictor(&self) -> Predictor<'_, Self> {
        Predictor::new(self, self.workspace())
    }

    /// The output of a model with one output, `[samples, ..]`.
    ///
    /// # Errors
    /// If the arrays are not the model's, it has several outputs, or it takes more memory than there is.
    fn predict(&self, x: impl InputData) -> Result<ArrayD<f32>> {
        self.predictor().predict(x)
    }

    /// All outputs by name, in the model's order.
    ///
    /// # Errors
    /// If the arrays are not the model's, or it takes more memory than there is.
    fn predict_all(&self, x: impl InputData) -> Result<Vec<(String, ArrayD<f32>)>> {
        self.predictor().predict_all(x)
    }
}

impl<N: Network<f32>> Predict for N {}

/// A model with the memory to predict in. Its first pass also brings the kernels of convolutions of 3 x 3 to the form that they are computed
/// in, which takes up to four times their own memory, and makes the passes after it faster, with the same results.
pub struct Predictor<'m, N: Network<f32>> {
    model: &'m N,
    workspace: N::Workspace,
    /// What layers have made of the model's weights, which nothing changes while it is borrowed.
    prepared: Prepared,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    /// The outputs' masks, which passes write, and nobody reads.
    masks: Vec<Buffer<f32>>,
    batch_size: usize,
    verbose: Verbose,
    passes: Passes,
    /// The ranks that share what is predicted for, if there are any.
    ranks: Option<DataParallel>,
}

impl<'m, N: Network<f32>> Predictor<'m, N> {
    fn new(model: &'m N, workspace: N::Workspace) -> Self {
        let (inputs, outputs) = ports(model.graph());
        let masks = outputs.iter().filter(|port| port.mask.is_some()).map(|_| Buffer::new()).collect();
        Self {
            model,
            workspace,
            prepared: Prepared::default(),
            inputs,
            outputs,
            masks,
            batch_size: 32,
            verbose: Verbose::Auto,
            passes: Passes::default(),
            ranks: None,
        }
    }

    /// With batches of this size instead of 32. The results are the same.
    ///
    /// # Errors
    /// If it is zero.
    pub fn batch_size(self, batch_size: usize) -> Result<Self> {
        check_batch_size("predict", batch_size)?;
        Ok(Self { batch_size, ..self })
    }

    /// Shared among ranks: each predicts for its part of the samples, and all are given all predictions, in order, with the same bits as without. Of a
    /// stream each batch is shared.
    #[must_use]
    pub fn distribute(self, ranks: DataParallel) -> Self {
        Self { ranks: Some(ranks), ..self }
    }

    /// With the kernels of `Dense` layers in fewer bits, which this copies at its first pass: off by default. A pass of few samples waits for these kernels to
    /// come out of memory, as VGG19's does for 494 MB of them, and of half or a quarter of that it waits less; one of many samples gains nothing. The model keeps
    /// its own weights, and results are, to the bit, those of a model whose kernels are rounded so.
    ///
    /// [`WeightPrecision::Int8`] rounds kernels as Keras's `quantize` does with `Int8QuantizationConfig(activation_quantizer=None)`.
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use functional_model::training::WeightPrecision;
    /// use ndarray::Array2;
    ///
    /// functional_model! {
    ///     model Net(x: [64]) -> [10] { Dense(10, activation = "softmax")(Dense(256, activation = "relu")(x)) }
    /// }
    ///
    /// let (model, x) = (Net::new(42), Array2::<f32>::ones((1, 64)));
    /// let rounded = model.predictor().weight_precision(WeightPrecision::Bfloat16).predict(&x)?;
    /// assert!(model.predict(&x)?.iter().zip(&rounded).all(|(a, b)| (a - b).abs() < 0.01));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/quantizers/>.
    #[must_use]
    pub fn weight_precision(self, precision: WeightPrecision) -> Self {
        Self { prepared: Prepared::narrow(precision), ..self }
    }

    /// Printing this. By default it is a bar on a terminal if a call takes longer than half a second, and elsewhere nothing.
    #[must_use]
    pub fn verbose(self, verbose: Verbose) -> Self {
        Self { verbose, ..self }
    }

    /// The output of a model with one output, `[samples, ..]`.
    ///
    /// # Errors
    /// If the arrays are not the model's, it has several outputs, or it takes more memory than there is.
    pub fn predict(&mut self, x: impl InputData) -> Result<ArrayD<f32>> {
        self.predict_with(x, Callbacks::new())
    }

    /// The same with callbacks, whose `on_predict` hooks are called: Keras's `predict(x, callbacks=..)`.
    ///
    /// # Errors
    /// As those of [`predict`](Self::predict); also if a callback fails.
    pub fn predict_with(&mut self, x: impl InputData, callbacks: Callbacks<'_>) -> Result<ArrayD<f32>> {
        check_call(self.model.graph())?;
        self.check_single("predict", "`predict_all` gives all of them")?;
        Ok(self.predict_all_with(x, callbacks)?.swap_remove(0).1)
    }

    /// All outputs by name, in the model's order.
    ///
    /// # Errors
    /// If the arrays are not the model's, or it takes more memory than there is.
    pub fn predict_all(&mut self, x: impl InputData) -> Result<Vec<(String, ArrayD<f32>)>> {
        self.predict_all_with(x, Callbacks::new())
    }

    /// The same with callbacks, whose `on_predict` hooks are called.
    ///
    /// # Errors
    /// As those of [`predict_all`](Self::predict_all); also if a callback fails.
    pub fn predict_all_with(&mut self, x: impl InputData, callbacks: Callbacks<'_>) -> Result<Vec<(String, ArrayD<f32>)>> {
        let ranks = self.ranks.clone();
        together(ranks.as_ref(), || self.predict_own(x, Predicting::new(callbacks)))
    }

    fn predict_own(&mut self, x: impl InputData, mut predicting: Predicting<'_>) -> Result<Vec<(String, ArrayD<f32>)>> {
        predicting.begin()?;
        let mut all: Option<Vec<ArrayD<f32>>> = None;
        // A stream has one bar, and arrays that of their own batches.
        let mut of_stream = (!x.is_in_memory()).then(|| Progress::of_call(self.verbose, Vec::new(), x.batches()));
        let (of_batch, mut step) = (if of_stream.is_some() { Verbose::Silent } else { self.verbose }, 0);
        x.each_batch(&mut |batch| {
            let arrays = self.predict_batch(batch, of_batch, &mut predicting)?;
            match &mut all {
                None => all = Some(arrays),
                Some(all) => {
                    self.outputs.iter().zip(all).zip(&arrays).try_for_each(|((port, all), more)| append(port, all, more))?
                }
            }
            step += 1;
            of_stream.iter_mut().for_each(|progress| progress.step(step, std::iter::empty()));
            Ok(())
        })?;
        predicting.end()?;
        of_stream.iter_mut().for_each(|progress| progress.end(std::iter::empty()));
        let names = self.outputs.iter().map(|port| port.name.clone());
        let arrays = all.ok_or_else(|| Error::Empty {
            role: Role::Input,
            name: self.inputs.first().map_or_else(String::new, |port| port.name.clone()),
        })?;
        Ok(names.zip(arrays).collect())
    }

    fn predict_batch(&mut self, x: &dyn Arrays, verbose: Verbose, predicting: &mut Predicting<'_>) -> Result<Vec<ArrayD<f32>>> {
        let samples = inputs(self.model.graph(), &self.inputs, x)?;
        let shapes: Vec<Vec<usize>> = self.outputs.iter().map(|port| shape(port, &samples)).collect();
        let bytes = shapes.iter().map(|shape| memory::bytes_of_array::<f32>(shape)).fold(0, u64::saturating_add);
        let what = || format!("the predictions of {} by `{}`", memory::samples(samples.len), self.model.graph().name);
        memory::claim(bytes, what)?;
        let mut arrays: Vec<ArrayD<f32>> = shapes.iter().map(|shape| ArrayD::zeros(IxDyn(shape))).collect();
        let mut slices = arrays.iter_mut().map(|array| array.as_slice_mut().unwrap_or_default()).collect();
        self.run(&samples, &mut slices, verbose, predicting)?;
        Ok(arrays)
    }

    /// Writes the output of a model with one output into an array, which allocates nothing if `x` holds `f32` in the standard layout.
    ///
    /// # Errors
    /// If the arrays are not the model's, `output` is not in the standard layout, or the model has several outputs.
    pub fn predict_into<S: DataMut<Elem = f32>, D: Dimension>(
        &mut self,
        x: impl Arrays,
        output: &mut ArrayBase<S, D>,
    ) -> Result<()> {
        check_call(self.model.graph())?;
        self.check_single("predict_into", "`predict_all_into` fills an array for each of them")?;
        self.predict_all_into(x, &mut [output.view_mut().into_dyn()])
    }

    /// Writes all outputs into arrays, in the model's order.
    ///
    /// # Errors
    /// If the arrays are not the model's, or one of `outputs` is not in the standard layout.
    pub fn predict_all_into(&mut self, x: impl Arrays, outputs: &mut [ArrayViewMutD<'_, f32>]) -> Result<()> {
        let ranks = self.ranks.clone();
        together(ranks.as_ref(), || self.predict_own_into(x, outputs))
    }

    fn predict_own_into(&mut self, x: impl Arrays, outputs: &mut [ArrayViewMutD<'_, f32>]) -> Result<()> {
        let samples = inputs(self.model.graph(), &self.inputs, &x)?;
        if outputs.len() != self.outputs.len() {
            let expected = self.outputs.iter().map(|port| port.name.clone()).collect();
            return Err(Error::Count { role: Role::Output, expected, found: outputs.len() });
        }
        let mut slices: Few<&mut [f32]> = Few::new();
        for (port, output) in self.outputs.iter().zip(outputs) {
            slices.push(destination(port, &samples, output)?);
        }
        self.run(&samples, &mut slices, self.verbose, &mut Predicting::default())
    }

    fn check_single(&self, what: &'static str, help: &'static str) -> Result<()> {
        if self.outputs.len() == 1 {
            return Ok(());
        }
        let outputs = self.outputs.iter().map(|port| port.name.clone()).collect();
        Err(Error::SeveralOutputs { what, outputs, help })
    }

    fn run(
        &mut self,
        samples: &Samples<'_>,
        outputs: &mut Few<&mut [f32]>,
        verbose: Verbose,
        predicting: &mut Predicting<'_>,
    ) -> Result<()> {
        check_adapted(self.model)?;
        let named = &*samples.named;
        let masks = || self.outputs.iter().filter_map(|port| port.mask.as_deref()).map(|mask| mask.elements(named));
        let batch = samples.len.min(self.batch_size);
        let elements = masks().fold(0, usize::saturating_add).saturating_mul(batch);
        self.passes.claim(self.model, false, (batch, named), elements)?;
        self.masks.iter_mut().zip(masks()).for_each(|(buffer, elements)| buffer.resize(batch * elements));
        let model = self.model;
        check_batches(model, samples.len, batch, "give batches a size that divides it, `predictor().batch_size(..)`")?;
        let ranks = self.ranks.clone();
        ranks.iter().try_for_each(|_| check_stateless(model))?;
        let own = ranks.as_ref().map_or(0..samples.len, |ranks| ranks.cut(samples.len).samples());
        let verbose = if ranks.as_ref().is_none_or(DataParallel::is_first) { verbose } else { Verbose::Silent };
        // All batches of one call belong together: another thread's come before or behind them.
        Turn::of(model).pass(model, batch, || self.run_batches(samples, own, outputs, verbose, predicting))?;
        let Some(ranks) = ranks else { return Ok(()) };
        ranks.agree(Moment::Predicting, samples.len as u64, 0)?;
        outputs.iter_mut().try_for_each(|output| ranks.gather_rows(output, samples.len))
    }

    fn run_batches(
        &mut self,
        samples: &Samples<'_>,
        own: Range<usize>,
        outputs: &mut Few<&mut [f32]>,
        verbose: Verbose,
        predicting: &mut Predicting<'_>,
    ) -> Result<()> {
        let named = &*samples.named;
        let mut progress = Progress::of_call(verbose, Vec::new(), Some(own.len().div_ceil(self.batch_size)));
        for (step, start) in own.clone().step_by(self.batch_size).enumerate() {
            let range = start..start.saturating_add(self.batch_size).min(own.end);
            predicting.batch_begin()?;
            let batch = samples.part(range.clone());
            let inputs: Few<&[f32]> = batch.inputs.iter().map(|input| &**input).collect();
            let ports = self.outputs.iter().zip(outputs.iter_mut());
            let mut parts: Few<&mut [f32]> = ports
                .map(|(port, output)| &mut output[range.start * port.elements(named)..range.end * port.elements(named)])
                .collect();
            for mask in &mut self.masks {
                let elements = mask.len() / samples.len.min(self.batch_size).max(1);
                parts.push(&mut mask[..range.len() * elements]);
            }
            let context = Context::inference(range.len()).with_named(named).preparing(&self.prepared);
            self.model.infer(&mut self.workspace, context, &inputs, &mut parts)?;
            progress.step(step + 1, std::iter::empty());
            if predicting.has_any() {
                let ports = self.outputs.iter().zip(parts.iter());
                predicting.batch_end(&ports.map(|(port, part)| view(port, &batch, part)).collect::<Vec<_>>())?;
            }
        }
        progress.end(std::iter::empty());
        Ok(())
    }
}

/// Puts the predictions for a batch behind those for the batches before it.
fn append(port: &Port, all: &mut ArrayD<f32>, more: &ArrayD<f32>) -> Result<()> {
    all.append(Axis(0), more.view()).map_err(|_| Error::Shape {
        role: Role::Output,
        name: port.name.clone(),
        expected: format!("{} as for the batches before", batched(&all.shape()[1..])),
        found: format!("{:?}", more.shape()),
        help: Some("batches in which the named dimensions have other sizes are predicted for one by one"),
    })
}

/// What an output came to for a batch.
fn view<'o>(port: &Port, batch: &Samples<'_>, elements: &'o [f32]) -> ArrayViewD<'o, f32> {
    ArrayViewD::from_shape(IxDyn(&shape(port, batch)), elements).expect("an output has its shape's elements")
}

fn shape(port: &Port, samples: &Samples<'_>) -> Vec<usize> {
    std::iter::once(samples.len).chain(port.shape(&samples.named).iter().copied()).collect()
}

/// The elements of an array that an output of so many samples goes into.
fn destination<'o>(port: &Port, samples: &Samples<'_>, output: &'o mut ArrayViewMutD<'_, f32>) -> Result<&'o mut [f32]> {
    let shape = port.shape(&samples.named);
    let is_shape = output.shape().split_first().is_some_and(|(&first, rest)| first == samples.len && rest == &*shape);
    let found = if is_shape && output.is_standard_layout() { None } else { Some(format!("{:?}", output.shape())) };
    let error = |found| {
        let help = Some("the array must have a row for each sample, and be in the standard layout");
        Error::Shape { role: Role::Output, name: port.name.clone(), expected: batched(&shape), found, help }
    };
    found.map_or_else(|| Ok(output.as_slice_mut().unwrap_or_default()), |found| Err(error(found)))
}

impl<N: Trainable<f32>, S: Written<N>> Trainer<'_, N, S> {
    /// The output of a model with one output, `[samples, ..]`.
    ///
    /// # Errors
    /// If the arrays are not the model's, it has several outputs, or it takes more memory than there is.
    pub fn predict(&self, x: impl InputData) -> Result<ArrayD<f32>> {
        let predictor = self.model().predictor();
        match &self.ranks {
            None => predictor,
            Some(ranks) => predictor.distribute(ranks.clone()),
        }
        .predict(x)
    }
}
