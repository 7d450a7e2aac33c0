//! Layers that are adapted to data before training: what all of them ask of the data, and of a model that has such layers.

use model_graph::layer::{Layer as Rules, LayerArguments};
use model_graph::layers::preprocessing::discretization::ADAPTED_BINS;

use crate::error::{Error, Result, Role};
use crate::float::Float;
use crate::given::AnyArray;
use crate::layer::{Layer, Run, Weight};
use crate::layers::entry::Entry;
use crate::network::Network;

/// A layer that takes some of its weights from data.
pub trait Adapts: Rules {
    /// Why it takes nothing from data, and what to write so that it does: its arguments say what it would take.
    fn given(&self) -> Option<&'static str>;

    /// What samples are adapted to by a layer with weights of these shapes, in words, if samples of a shape are not.
    fn wanted(&self, weights: &[&[usize]], sample: &[usize]) -> Option<String>;

    /// Sets the weights from finite samples of a shape, of which there is one at least.
    fn learn<T: Float>(&self, weights: &mut [Weight<T>], sample: &[usize], data: &[f64]);
}

impl<L: Adapts + Entry + Run<T>, T: Float> Layer<L, T> {
    /// Takes from an array of samples what the layer is to know of them, as Keras's `layer.adapt(data)`. What it had before is forgotten.
    ///
    /// # Errors
    /// If the layer's arguments say what it would take, or the array does not fit the layer, has no samples, or infinity or NaN in it.
    pub fn adapt<'a>(&mut self, data: impl Into<AnyArray<'a>>) -> Result<()> {
        self.take_from(&data.into())
    }
}

/// Adapts a layer to data: [`Run::adapt`] of all that adapt.
pub(super) fn adapt<L: Adapts, T: Float>(layer: &L, weights: &mut [Weight<T>], data: &AnyArray<'_>) -> Result<()> {
    if let Some(why) = layer.given() {
        return Err(Error::NotAdaptable { layer: <L as LayerArguments>::CLASS.to_owned(), why });
    }
    let sample = sample(layer, weights, data)?;
    let name = || "data".to_owned();
    if data.shape().contains(&0) {
        return Err(Error::Empty { role: Role::Data, name: name() });
    }
    if let Some((place, _)) = data.first_failing(f64::is_finite) {
        return Err(Error::NotFinite { role: Role::Data, name: name(), sample: place / sample.iter().product::<usize>() });
    }
    layer.learn(weights, &sample, &data.doubles()?);
    Ok(())
}

/// The shape of one sample of data that fit a layer. Numbers without another axis are samples of one number.
fn sample<L: Adapts, T: Float>(layer: &L, weights: &[Weight<T>], data: &AnyArray<'_>) -> Result<Vec<usize>> {
    let shapes: Vec<&[usize]> = weights.iter().map(|weight| weight.shape.as_slice()).collect();
    let (expected, sample) = match data.shape() {
        [] => (Some("an array of samples".to_owned()), Vec::new()),
        [_] => (layer.wanted(&shapes, &[1]), vec![1]),
        [_, sample @ ..] => (layer.wanted(&shapes, sample), sample.to_vec()),
    };
    let Some(expected) = expected else { return Ok(sample) };
    let help = Some("give an array of samples as the layer is called with them, the batch first");
    Err(Error::Shape { role: Role::Data, name: "data".to_owned(), expected, found: format!("{:?}", data.shape()), help })
}

/// Looks whether all layers of a model that cannot run before they are adapted have been.
///
/// # Errors
/// If one has not, with its path.
pub(crate) fn check_adapted<N: Network<T>, T: Float>(model: &N) -> Result<()> {
    if !model.waits_for_data() {
        return Ok(());
    }
    let (mut places, mut found) = (0.., None);
    model.visit(&mut |weight, _| {
        let place = places.next();
        if waits(weight) {
            found = found.or(place);
        }
    });
    let weight = found.and_then(|place: usize| model.graph().weights().into_iter().nth(place));
    weight.map_or(Ok(()), |(path, _)| {
        Err(Error::NotAdapted { layer: path.trim_end_matches(&format!("/{ADAPTED_BINS}")).to_owned() })
    })
}

/// The same of a layer by itself, which its messages call so.
pub(crate) fn check_layer_adapted<T: Float>(weights: &[Weight<T>], called: impl FnOnce() -> String) -> Result<()> {
    if weights.iter().any(waits) { Err(Error::NotAdapted { layer: called() }) } else { Ok(()) }
}

/// Whether a weight says that its layer has not been adapted.
fn waits<T: Float>(weight: &Weight<T>) -> bool {
    !weight.trainable && weight.is_called(ADAPTED_BINS) && weight.data.first().is_some_and(|&bins| bins == T::ZERO)
}
