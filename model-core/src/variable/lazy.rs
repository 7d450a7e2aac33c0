//! Layers that are built at their first call.

use std::cell::OnceCell;

use model_graph::described::Described;
use model_graph::layer::{Layer as Rules, LayerArguments};
use model_graph::layers::AnyLayer as Config;
use model_graph::message::CallError;
use model_graph::shape::TensorType;

use super::callable::{Callable, read};
use super::fault::Fault;
use super::inputs::Inputs;
use super::var::Var;
use crate::any::AnyLayer;
use crate::custom::CustomObjects;
use crate::error::Result;
use crate::float::Float;
use crate::initialize::Seeds;
use crate::layer::Layer;

/// A layer that is built for the tensors of its first call, and keeps its weights from then on.
///
/// ```
/// use model_core::variable::{Callable, Lazy, Tape};
/// use model_graph::layers::Dense;
/// use ndarray::array;
///
/// let dense = Lazy::new(Dense::new(3).activation("relu"), 42);
/// assert!(dense.layer().is_none());
/// let tape = Tape::new();
/// let x = tape.constant(&array![[1.0_f32, 2.0]])?;
/// assert_eq!(dense.call(&x)?.shape(), [1, 3]);
/// assert_eq!(dense.layer().unwrap().kernel().shape(), [2, 3]);
/// # Ok::<(), model_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Lazy<L, T: Float = f32> {
    described: Described<L>,
    seed: u64,
    built: OnceCell<Layer<L, T>>,
}

impl<L, T: Float> Lazy<L, T> {
    /// The layer that is described, whose weights will follow from the seed.
    #[must_use]
    pub const fn new(described: Described<L>, seed: u64) -> Self {
        Self { described, seed, built: OnceCell::new() }
    }

    /// The layer, once it has been called.
    #[must_use]
    pub fn layer(&self) -> Option<&Layer<L, T>> {
        self.built.get()
    }

    /// The layer, to be changed.
    pub fn layer_mut(&mut self) -> Option<&mut Layer<L, T>> {
        self.built.get_mut()
    }
}

impl<L: LayerArguments + Rules + Into<Config> + Clone, T: Float> Lazy<L, T> {
    /// The layer, built for these tensors if it is not.
    fn built_for(&self, inputs: &Inputs<T>) -> Result<&Layer<L, T>> {
        let place = inputs.place();
        if let Some(layer) = self.built.get() {
            return Ok(layer);
        }
        let layer = read(&self.described, place)?;
        let config: Config = layer.clone().into();
        let (tensors, manner) = inputs.clone().placed(config.slots(), config.flags(), &|| config.source(), place)?;
        let types = tensors.iter().map(Var::sample_type).collect::<Result<Vec<TensorType>>>()?;
        let refused = |problem| Fault::Call(Box::new(CallError::of_types(&config, &types, problem))).at(place);
        config.build(&types, manner).map_err(refused)?;
        CustomObjects::<T>::new().weights().check(&Rules::weights(&layer, &types), layer.activity_functions())?;
        Ok(self.built.get_or_init(|| Layer::new(layer, &types, &mut Seeds::new(self.seed))))
    }
}

/// For each type of elements, as layers that are built are callable.
macro_rules! callable {
    ($($float:ty),*) => {$(
        impl<L: LayerArguments + Rules + Into<Config> + Clone> Callable<$float> for Lazy<L, $float>
        where
            AnyLayer<$float>: From<Layer<L, $float>>,
        {
            fn describe(&self) -> String {
                Callable::<$float>::describe(&self.described)
            }

            fn run(&self, inputs: Inputs<$float>) -> Result<Vec<Var<$float>>> {
                self.built_for(&inputs)?.run(inputs)
            }
        }
    )*};
}

callable! { f32, f64 }
