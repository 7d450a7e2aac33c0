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
use crate::custom::CustomObjects;
use crate::error::Result;
use crate::float::Float;
use crate::initialize::Seeds;
use crate::layer::Layer;
use crate::network::{Network, Trainable};
use crate::states::take_over;

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
///
/// A model of one's own is a struct of layers and models that says what it computes:
///
/// ```
/// use model_core::layer::Layer;
/// use model_core::variable::{Build, Callable, Inputs, Tape, Var};
/// use model_graph::layers::Dense;
/// use ndarray::array;
///
/// struct Residual {
///     inner: Layer<Dense>,
/// }
///
/// impl Callable for Residual {
///     fn run(&self, inputs: Inputs) -> model_core::Result<Vec<Var>> {
///         let [x] = inputs.take()?;
///         Ok(vec![&x + self.inner.call(&x)?])
///     }
/// }
///
/// let residual = Residual { inner: Dense::new(2).build(&[2], 42)? };
/// let tape = Tape::new();
/// let x = tape.constant(&array![[1.0_f32, 2.0]])?;
/// assert_eq!(residual.call(&x)?.shape(), [1, 2]);
/// let error = residual.call([&x, &x]).unwrap_err();
/// assert!(error.to_string().starts_with("what is called takes 1 tensor: found 2"));
/// # Ok::<(), model_core::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what it computes",
    label = "expected a layer, a model, or a struct that says what it computes",
    note = "a struct of layers and models says so: `impl Callable for {Self} {{ fn run(&self, inputs: Inputs) -> Result<Vec<Var>> {{ .. }} }}`"
)]
pub trait Callable<T: Float = f32> {
    /// What it is, in words: the name of its type, unless it says something else.
    fn describe(&self) -> String {
        short_name::<Self>()
    }

    /// All outputs. A struct of one's own says here what it computes; [`call`](Self::call) and [`outputs`](Self::outputs) are what is called.
    ///
    /// # Errors
    /// If the tensors do not fit.
    fn run(&self, inputs: Inputs<T>) -> Result<Vec<Var<T>>>;

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
        let outputs = self.run(inputs.into().at(place))?;
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

            fn run(&self, inputs: Inputs<$float>) -> Result<Vec<Var<$float>>> {
                call_any(self, inputs)
            }
        }

        impl<L: Clone> Callable<$float> for Layer<L, $float>
        where
            AnyLayer<$float>: From<Self>,
        {
            fn describe(&self) -> String {
                AnyLayer::from(self.clone()).describe()
            }

            fn run(&self, inputs: Inputs<$float>) -> Result<Vec<Var<$float>>> {
                let mut layer = AnyLayer::from(self.clone());
                layer.take_identity(self);
                layer.run(inputs)
            }
        }

        impl<N: Trainable<$float> + Clone + 'static> Callable<$float> for N {
            fn describe(&self) -> String {
                self.graph().name.clone()
            }

            fn run(&self, inputs: Inputs<$float>) -> Result<Vec<Var<$float>>> {
                call_whole(self, inputs)
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

    fn run(&self, inputs: Inputs<T>) -> Result<Vec<Var<T>>> {
        let place = inputs.place();
        let config: Config = read(self, place)?.into();
        let name = self.given_name().map(str::to_owned);
        let callee = || Callee::described(config.clone(), name, self.identity().clone());
        call_layer(config.clone(), inputs, callee, |config, inputs, manner| {
            let types: Vec<TensorType> = inputs.iter().map(|input| Form::Samples.ty(&input.value)).collect();
            match config.build(&types, manner).is_ok_and(|(_, weights)| !weights.is_empty()) {
                true => Err(Fault::Unkept { call: config.source(), class: L::CLASS }.at(place)),
                false => Ok(Called::weightless(config)),
            }
        })
    }
}

/// Calls a layer that is built.
pub(crate) fn call_any<T: Float>(layer: &AnyLayer<T>, inputs: Inputs<T>) -> Result<Vec<Var<T>>> {
    call_layer(
        layer.config(),
        inputs,
        || Callee::built(layer),
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
pub(crate) fn call_whole<T: Float, N: Trainable<T> + Clone + 'static>(model: &N, mut inputs: Inputs<T>) -> Result<Vec<Var<T>>> {
    let (place, is_symbol) = (inputs.place(), inputs.has_symbol());
    let masks = inputs.take_masks();
    if !masks.is_empty() && masks.len() != inputs.positional().len() {
        let (expected, found) = (inputs.positional().len(), masks.len());
        return Err(Fault::Masks { model: model.graph().name.clone(), expected, found }.at(place));
    }
    match is_symbol {
        true if model.graph().is_code => Err(Fault::CodeOfSymbol { model: model.graph().name.clone() }.at(place)),
        true => symbol::call_model(inputs, &masks, Callee::model(model), &|| model.graph().name.clone(), place),
        false => model::call(model, inputs.masked(&masks, place)?, place),
    }
}

/// Calls a view of a model that is borrowed, by way of one that holds a copy of the model: the same weights, under the same identities.
///
/// # Errors
/// As those of a call of the view.
pub fn call_view<B, V>(view: &impl Network, base: &B, of: impl FnOnce(B) -> V, inputs: Inputs) -> Result<Vec<Var>>
where
    B: Trainable + Clone,
    V: Trainable + Clone + 'static,
{
    let copy = of(model::same(base, |weight, identity| weight.identity = identity));
    let outputs = call_whole(&copy, inputs)?;
    take_over(view, &copy);
    Ok(outputs)
}

/// Calls a layer, in a model to be or on tensors with elements, of which what runs is made.
fn call_layer<T: Float>(
    config: Config,
    inputs: Inputs<T>,
    callee: impl FnOnce() -> Callee<T>,
    called: impl FnOnce(Config, &[Known<T>], Manner) -> Result<Rc<Called<T>>>,
) -> Result<Vec<Var<T>>> {
    let (slots, flags, place) = (config.slots(), config.flags(), inputs.place());
    if inputs.has_symbol() {
        return symbol::call(inputs, (slots, flags), || Ok(callee()), &|| config.source(), place);
    }
    let (inputs, manner) = inputs.arranged(slots, flags, &|| config.source(), place)?;
    let called = called(config, &inputs, manner)?;
    let outputs = masked::call(&called, &inputs, manner, place)?;
    outputs.iter().take(1).for_each(|output| output.tape.note(called.layer.identity().number(), &outputs));
    Ok(outputs.into_iter().map(Var::from).collect())
}

/// The name of a type, without its path and what it is made of.
pub(crate) fn short_name<C: ?Sized>() -> String {
    let name = std::any::type_name::<C>();
    let name = name.split('<').next().unwrap_or_default();
    name.rsplit("::").next().unwrap_or_default().to_owned()
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
    fn build<T: Float>(&self, sample: &[usize], seed: u64) -> Result<Layer<L, T>> {
        self.build_with(sample, seed, &CustomObjects::new())
    }

    /// The same, with functions of the user's own that the layer names for its weights.
    ///
    /// # Errors
    /// As those of [`build`](Self::build); also if one is not among these.
    #[track_caller]
    fn build_with<T: Float>(&self, sample: &[usize], seed: u64, custom_objects: &CustomObjects<T>) -> Result<Layer<L, T>>;
}

impl<L: LayerArguments + Rules + Into<Config> + Clone> Build<L> for Described<L> {
    #[track_caller]
    fn build_with<T: Float>(&self, sample: &[usize], seed: u64, custom_objects: &CustomObjects<T>) -> Result<Layer<L, T>> {
        let place = Location::caller();
        let layer = read(self, place)?;
        let types = [TensorType::f32(Shape::from(sample))];
        let config: Config = layer.clone().into();
        let refusal = |problem| Fault::Call(Box::new(CallError::of_types(&config, &types, problem))).at(place);
        config.build(&types, Manner::default()).map_err(refusal)?;
        let functions = custom_objects.weights();
        functions.check(&Rules::weights(&layer, &types), layer.activity_functions())?;
        Ok(Layer::new(layer, &types, Seeds::new(seed).knowing(functions.clone())))
    }
}
