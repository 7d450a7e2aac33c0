//! What can be called on variables: layers and models, compiled or of files.

use std::panic::Location;
use std::rc::Rc;

use model_graph::described::Described;
use model_graph::layer::{Layer as Rules, LayerArguments, Manner};
use model_graph::layers::AnyLayer as Config;
use model_graph::message::CallError;
use model_graph::shape::{Shape, TensorType};

use super::call::Called;
use super::fault::Fault;
use super::inputs::Inputs;
use super::masked;
use super::model;
use super::symbol::{self, Callee};
use super::var::{Form, Known, Var};
use crate::any::AnyLayer;
use crate::error::Result;
use crate::float::Float;
use crate::initialize::Seeds;
use crate::layer::Layer;
use crate::network::Trainable;

/// What can be called on variables, as in the functional API: layers, models that the macro has compiled, models of files.
///
/// ```
/// use model_core::interpret::Model;
/// use model_core::variable::{Callable, Tape};
/// use ndarray::array;
///
/// # let config = r#"{"class_name": "Sequential", "config": {"name": "line", "layers": [
/// #     {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 1]}},
/// #     {"class_name": "Dense", "config": {"name": "line", "units": 1}}]}}"#;
/// let model = Model::from_config(config, 42)?;
/// let tape = Tape::new();
/// let x = tape.constant(&array![[1.0_f32], [2.0]])?;
/// let loss = model.call(&x)?.square()?.mean(..)?;
/// let gradients = loss.backward()?;
/// assert_eq!(gradients.of_weight(model.weight("line/bias").unwrap()).unwrap().shape(), [1]);
/// # Ok::<(), model_core::Error>(())
/// ```
pub trait Callable<T: Float = f32> {
    /// What it is, in words.
    fn describe(&self) -> String;

    /// All outputs of a call at this place of the code.
    ///
    /// # Errors
    /// If the tensors do not fit.
    fn call_at(&self, inputs: Inputs<T>, place: &'static Location<'static>) -> Result<Vec<Var<T>>>;

    /// The output.
    ///
    /// # Errors
    /// If the tensors do not fit, or there are several outputs.
    #[track_caller]
    fn call(&self, inputs: impl Into<Inputs<T>>) -> Result<Var<T>>
    where
        Self: Sized,
    {
        let [output] = self.outputs(inputs)?;
        Ok(output)
    }

    /// All outputs: `let [sequence, h, c] = lstm.outputs(&x)?;`.
    ///
    /// # Errors
    /// If the tensors do not fit, or there is another number of outputs.
    #[track_caller]
    fn outputs<const N: usize>(&self, inputs: impl Into<Inputs<T>>) -> Result<[Var<T>; N]>
    where
        Self: Sized,
    {
        let place = Location::caller();
        let outputs = self.call_at(inputs.into(), place)?;
        let found = outputs.len();
        outputs.try_into().map_err(|_| Fault::Outputs { call: self.describe(), expected: N, found }.at(place))
    }
}

/// For each type of elements, since others might be a model with elements of their own.
macro_rules! callable {
    ($($float:ty),*) => {$(
        impl Callable<$float> for AnyLayer<$float> {
            fn describe(&self) -> String {
                self.config().source()
            }

            fn call_at(&self, inputs: Inputs<$float>, place: &'static Location<'static>) -> Result<Vec<Var<$float>>> {
                call_any(self, inputs, place)
            }
        }

        impl<L: Clone> Callable<$float> for Layer<L, $float>
        where
            AnyLayer<$float>: From<Self>,
        {
            fn describe(&self) -> String {
                AnyLayer::from(self.clone()).describe()
            }

            fn call_at(&self, inputs: Inputs<$float>, place: &'static Location<'static>) -> Result<Vec<Var<$float>>> {
                let mut layer = AnyLayer::from(self.clone());
                layer.take_identity(self);
                layer.call_at(inputs, place)
            }
        }

        impl<N: Trainable<$float> + Clone + 'static> Callable<$float> for N {
            fn describe(&self) -> String {
                self.graph().name.clone()
            }

            fn call_at(&self, inputs: Inputs<$float>, place: &'static Location<'static>) -> Result<Vec<Var<$float>>> {
                call_whole(self, inputs, place)
            }
        }
    )*};
}

callable! { f32, f64 }

/// A described layer: one of a model to be, or one without weights.
impl<L: LayerArguments + Into<Config> + Clone, T: Float> Callable<T> for Described<L> {
    fn describe(&self) -> String {
        self.read().map_or_else(|_| L::CLASS.to_owned(), |layer| layer.into().source())
    }

    fn call_at(&self, inputs: Inputs<T>, place: &'static Location<'static>) -> Result<Vec<Var<T>>> {
        let config: Config = read(self, place)?.into();
        let name = self.given_name().map(str::to_owned);
        let callee = || Callee::described(config.clone(), name, self.identity().clone());
        call_layer(config.clone(), inputs, callee, place, |config, inputs, manner| {
            let types: Vec<TensorType> = inputs.iter().map(|input| Form::Samples.ty(&input.value)).collect();
            match config.build(&types, manner).is_ok_and(|(_, weights)| !weights.is_empty()) {
                true => Err(Fault::Unkept { call: config.source(), class: L::CLASS }.at(place)),
                false => Ok(Called::weightless(config)),
            }
        })
    }
}

/// Calls a layer that is built.
pub(crate) fn call_any<T: Float>(
    layer: &AnyLayer<T>,
    inputs: Inputs<T>,
    place: &'static Location<'static>,
) -> Result<Vec<Var<T>>> {
    call_layer(
        layer.config(),
        inputs,
        || Callee::built(layer),
        place,
        |config, inputs, _| {
            let layer = match inputs.first() {
                Some(input) => layer.kept(|kept, weight| input.tape.keep(kept, weight.identity.kept())),
                None => layer.clone(),
            };
            Ok(Rc::new(Called { config, layer }))
        },
    )
}

/// Calls a model.
pub(crate) fn call_whole<T: Float, N: Trainable<T> + Clone + 'static>(
    model: &N,
    inputs: Inputs<T>,
    place: &'static Location<'static>,
) -> Result<Vec<Var<T>>> {
    let is_symbol = inputs.has_symbol();
    let mut inputs = inputs;
    let masks = inputs.take_masks();
    if !masks.is_empty() && masks.len() != inputs.positional().len() {
        let (expected, found) = (inputs.positional().len(), masks.len());
        return Err(Fault::Masks { model: model.graph().name.clone(), expected, found }.at(place));
    }
    match is_symbol {
        true => symbol::call_model(inputs, &masks, Callee::model(model), &|| model.graph().name.clone(), place),
        false => model::call(model, inputs.masked(&masks, place)?, place),
    }
}

/// Calls a layer, in a model to be or on tensors with elements, of which what runs is made.
fn call_layer<T: Float>(
    config: Config,
    inputs: Inputs<T>,
    callee: impl FnOnce() -> Callee<T>,
    place: &'static Location<'static>,
    called: impl FnOnce(Config, &[Known<T>], Manner) -> Result<Rc<Called<T>>>,
) -> Result<Vec<Var<T>>> {
    let (slots, flags) = (config.slots(), config.flags());
    if inputs.has_symbol() {
        return symbol::call(inputs, (slots, flags), || Ok(callee()), &|| config.source(), place);
    }
    let (inputs, manner) = inputs.arranged(slots, flags, &|| config.source(), place)?;
    let outputs = masked::call(&called(config, &inputs, manner)?, &inputs, manner, place)?;
    Ok(outputs.into_iter().map(Var::from).collect())
}

/// The layer, once its arguments have been looked at.
pub(super) fn read<L: LayerArguments>(described: &Described<L>, place: &'static Location<'static>) -> Result<L> {
    described.read().map_err(|errors| Fault::arguments(errors).at(place))
}

/// Building layers that are called by themselves.
pub trait Build<L> {
    /// The layer for a sample of this shape, with weights that follow from the seed.
    ///
    /// # Errors
    /// If an argument is wrong, or samples of this shape do not fit.
    #[track_caller]
    fn build<T: Float>(&self, sample: &[usize], seed: u64) -> Result<Layer<L, T>>;
}

impl<L: LayerArguments + Rules + Into<Config> + Clone> Build<L> for Described<L> {
    #[track_caller]
    fn build<T: Float>(&self, sample: &[usize], seed: u64) -> Result<Layer<L, T>> {
        let place = Location::caller();
        let layer = read(self, place)?;
        let types = [TensorType::f32(Shape::from(sample))];
        let config: Config = layer.clone().into();
        let refusal = |problem| Fault::Call(Box::new(CallError::of_types(&config, &types, problem))).at(place);
        config.build(&types, Manner::default()).map_err(refusal)?;
        Ok(Layer::new(layer, &types, &mut Seeds::new(seed)))
    }
}
