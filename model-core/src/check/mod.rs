//! One helper that holds a layer to its contract: shapes, gradients, accumulation, threads, the independence of samples, and files.

#[cfg(test)]
mod second;
mod trial;
mod whole;

#[cfg(test)]
mod grid;

use model_graph::layers::AnyLayer as Config;
use model_graph::shape::{DType, TensorType};

use crate::custom::{CustomLayer, CustomObjects, call};
use crate::float::Float;
use crate::layer::{Context, Manner};
use crate::random::Random;
use crate::threads::{set_threads, threads};
use trial::{Trial, Wanted};

/// The samples of a batch.
const BATCH: usize = 3;

/// How far the arguments move for numerical gradients, and how far those may be off.
const STEP: f64 = 1e-6;
const TOLERANCE: f64 = 1e-6;

/// How many elements of a tensor move one by one. Of a larger one it is as many, spread over it; all of it moves in one direction then.
const ONE_BY_ONE: usize = 100;

/// A layer to be checked.
struct Subject {
    config: Config,
    types: Vec<TensorType>,
    /// Which of the inputs are in slots.
    manner: Manner,
    single: CustomObjects<f32>,
    double: CustomObjects<f64>,
    /// What messages call it.
    what: String,
}

/// Checks a layer of your own, called with inputs of these shapes, without the batch:
///
/// - the output has the shape that the rule says, and so have the gradients;
/// - the gradients of inputs and weights are the numerical ones, training or not, and are added where that is asked for (of a large tensor,
///   a hundred elements one by one, and all of them in one direction);
/// - results do not depend on the number of threads, in either precision;
/// - when inferring, samples do not depend on one another: batches of one and of three agree;
/// - a model with the layer is written to a configuration and to a file, and read back to the same bits.
///
/// Layers of this library are held to the same.
///
/// ```
/// # use functional_model::prelude::*;
/// # use ndarray::Array2;
/// #[layer(shape = "[.., n] -> [.., n]")]
/// #[derive(Clone, Debug)]
/// struct Square {}
///
/// impl<T: Float> CustomLayer<T> for Square {
///     fn forward(&self, call: Forward<'_, Self, T>) -> Array2<T> {
///         &call.inputs * &call.inputs
///     }
///
///     fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
///         Gradients { inputs: &call.inputs * &call.d_output, weights: () } // half of what it is
///     }
/// }
///
/// let checked = std::panic::catch_unwind(|| functional_model::check::check_layer(&Square {}, &[&[3]]));
/// let message = checked.unwrap_err().downcast::<String>().unwrap();
/// assert!(message.starts_with("Square() of [[3]]: the gradient of input 1, element 0, is "), "{message}");
/// ```
///
/// # Panics
/// If any of that is not so, with what was expected and found; also if the layer does not accept the shapes.
pub fn check_layer<L: CustomLayer<f32> + CustomLayer<f64>>(layer: &L, shapes: &[&[usize]]) {
    let (single, double) = (CustomObjects::new().layer::<L>(), CustomObjects::new().layer::<L>());
    let config = Config::Custom(call(layer));
    let dtype = if config.index_bound().is_some() { DType::I32 } else { DType::F32 };
    let types = shapes.iter().map(|&shape| TensorType { dtype, ..TensorType::f32(shape) }).collect();
    check(config, types, Manner::default(), single, double);
}

/// Checks a layer of this library, some of whose inputs may be in slots.
#[cfg(test)]
fn check_called(layer: &Config, types: Vec<TensorType>, manner: Manner) {
    check(layer.clone(), types, manner, CustomObjects::new(), CustomObjects::new());
}

/// Checks the gradients of a layer's gradients: whether it has them.
#[cfg(test)]
fn check_second(layer: &Config, types: Vec<TensorType>, manner: Manner) -> Result<bool, String> {
    let what = format!("{} of {types:?}", layer.source());
    let (single, double) = (CustomObjects::new(), CustomObjects::new());
    let subject = Subject { config: layer.clone(), types, manner, single, double, what };
    let mut has = true;
    for is_training in [false, true] {
        let context = Context { training: is_training, ..Context::training(BATCH, 3) };
        has &= second::check(&Trial::new(&subject, &subject.double, context), manner, &subject.what)?;
    }
    Ok(has)
}

fn check(config: Config, types: Vec<TensorType>, manner: Manner, single: CustomObjects<f32>, double: CustomObjects<f64>) {
    let shapes: Vec<String> = types.iter().map(ToString::to_string).collect();
    let what = format!("{} of [{}]", config.source(), shapes.join(", "));
    let subject = Subject { config, types, manner, single, double, what };
    let what = &subject.what;
    for is_training in [false, true] {
        let context = Context { training: is_training, ..Context::training(BATCH, 3) };
        let trial = Trial::new(&subject, &subject.double, context);
        check_outputs(&trial, what);
        check_gradients(&trial, what);
        check_accumulation(&trial, what);
        check_threads(&trial, what);
        check_threads(&Trial::new(&subject, &subject.single, context), what);
    }
    let is_own = matches!(&subject.config, Config::Custom(_));
    check_samples(&Trial::new(&subject, &subject.single, Context::inference(BATCH)), !is_own, what);
    whole::check_files(&subject);
}

fn check_outputs<T: Float>(trial: &Trial<'_, T>, what: &str) {
    let (outputs, _) = trial.forward();
    assert!(outputs.iter().flatten().all(|x| x.is_finite()), "{what}: all of the output must be written, with finite numbers");
    if !trial.context.training {
        assert_eq!(outputs, trial.infer(), "{what}: inferring must give the same as forward");
    }
}

fn check_gradients(trial: &Trial<'_, f64>, what: &str) {
    let found = trial.backward(Wanted::New);
    for (tensor, gradient) in found.inputs.iter().enumerate() {
        if trial.has_gradient(tensor) {
            let named = format!("{what}: the gradient of input {}", tensor + 1);
            check_gradient(trial, gradient, |trial| &mut trial.inputs[tensor], &named);
        } else {
            assert!(gradient.iter().all(|&gradient| gradient == 0.0), "{what}: no gradient counts as zero");
        }
    }
    for (tensor, gradient) in found.weights.iter().enumerate() {
        let weight = &trial.layer.weights()[tensor];
        if weight.trainable {
            let named = format!("{what}: the gradient of weight `{}`", weight.name);
            check_gradient(trial, gradient, |trial| &mut trial.layer.weights_mut()[tensor].data, &named);
        }
    }
}

/// Holds the gradient of a tensor against central differences of the loss.
fn check_gradient<'s>(
    trial: &Trial<'s, f64>,
    gradient: &[f64],
    tensor: impl for<'t> Fn(&'t mut Trial<'s, f64>) -> &'t mut [f64],
    named: &str,
) {
    let mut moved = trial.clone();
    let start = tensor(&mut moved).to_vec();
    let mut slope = |along: &dyn Fn(usize, f64) -> f64| {
        let mut loss = |step: f64| {
            tensor(&mut moved).iter_mut().enumerate().for_each(|(i, x)| *x = start[i] + along(i, step));
            moved.loss()
        };
        (loss(STEP) - loss(-STEP)) / (2.0 * STEP)
    };
    // An odd step goes through all of an even number of channels.
    let stride = gradient.len().div_ceil(ONE_BY_ONE) | 1;
    for (i, &gradient) in gradient.iter().enumerate().step_by(stride) {
        let slope = slope(&|element, step| if element == i { step } else { 0.0 });
        assert!(is_close(gradient, slope), "{named}, element {i}, is {gradient}: numerically it is {slope}");
    }
    if stride > 1 {
        let mut random = Random::new(13);
        let direction: Vec<f64> = gradient.iter().map(|_| random.uniform(-1.0, 1.0)).collect();
        let slope = slope(&|element, step| step * direction[element]);
        let along: f64 = gradient.iter().zip(&direction).map(|(gradient, along)| gradient * along).sum();
        assert!(is_close(along, slope), "{named}, in a direction of all its elements, is {along}: numerically it is {slope}");
    }
}

fn is_close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= TOLERANCE * (1.0 + expected.abs())
}

fn check_accumulation(trial: &Trial<'_, f64>, what: &str) {
    const START: f64 = 0.5;
    let (once, added) = (trial.backward(Wanted::New), trial.backward(Wanted::Added(START)));
    let pairs = |once: &[Vec<f64>], added: &[Vec<f64>]| {
        once.iter()
            .flatten()
            .zip(added.iter().flatten())
            .all(|(once, added)| (added - once - START).abs() < 1e-12 * (1.0 + once.abs()))
    };
    assert!(pairs(&once.inputs, &added.inputs), "{what}: gradients of inputs must be added to what is there");
    for (weight, (once, added)) in trial.layer.weights().iter().zip(once.weights.iter().zip(&added.weights)) {
        let is_added = !weight.trainable || pairs(std::slice::from_ref(once), std::slice::from_ref(added));
        assert!(is_added, "{what}: the gradient of weight `{}` must be added to what is there", weight.name);
    }
    assert_eq!(once.weights, trial.backward(Wanted::No).weights, "{what}: weights' gradients must not need those of inputs");
}

fn check_threads<T: Float>(trial: &Trial<'_, T>, what: &str) {
    let before = threads();
    let results = [1, 2].map(|count| {
        set_threads(count);
        let gradients = trial.backward(Wanted::New);
        (trial.forward().0, gradients.inputs, gradients.weights)
    });
    set_threads(before);
    assert_eq!(results[0], results[1], "{what}: one thread and two must compute the same bits");
}

/// Samples alone and in a batch: to the same bits where the layer is this library's, close together where its arithmetic is another's.
fn check_samples(trial: &Trial<'_, f32>, to_the_bit: bool, what: &str) {
    let together = trial.infer();
    for sample in 0..BATCH {
        let alone = trial.sample(sample).infer();
        for (together, alone) in together.iter().zip(alone) {
            let part = &together[sample * alone.len()..][..alone.len()];
            let is_close = |(a, b): (&f32, &f32)| (a - b).abs() <= 1e-5 * (1.0 + a.abs());
            let agrees = if to_the_bit { alone == part } else { alone.iter().zip(part).all(is_close) };
            assert!(agrees, "{what}: sample {sample} must give the same alone, {alone:?}, and in a batch, {part:?}");
        }
    }
}
