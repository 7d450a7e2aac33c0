//! A layer at run time whose class is known by its value: what models hold that are read from a file. It follows from the list of layers.

use model_graph::layers::AnyLayer as Config;
use model_graph::shape::TensorType;

use crate::custom::{CustomLayer, CustomObjects, Own, Returning, Written};
use crate::elements::Identity;
use crate::error::{Error, Result};
use crate::float::Float;
use crate::given::AnyArray;
use crate::initialize::Seeds;
use crate::layer::{Context, Gradient, Layer, Run, View, Weight};
use crate::layers::entry::compiled;
use crate::layers::reach::{Cells, cells};
use crate::states::Kept;
use crate::variable::derive::{Derivation, Derived};

macro_rules! declare {
    ($($family:ident { $($file:ident: $layer:ident,)* })*) => {
        /// Any layer with its weights, by its class.
        #[derive(Clone, Debug, PartialEq)]
        pub enum AnyLayer<T: Float = f32> {
            $($(
                #[doc = concat!("See [`", stringify!($layer), "`](model_graph::layers::", stringify!($layer), ").")]
                $layer(Layer<model_graph::layers::$layer, T>),
            )*)*
            /// A layer of the user's own.
            Custom(Own<T>),
        }

        impl<T: Float> AnyLayer<T> {
            /// A layer for inputs of these types, which its shape rule has accepted; nothing if it is one of the user's own that is not
            /// among these.
            #[must_use]
            pub fn new(
                config: &Config,
                inputs: &[TensorType],
                seeds: &mut Seeds,
                custom_objects: &CustomObjects<T>,
            ) -> Option<Self> {
                let mut layer = match config {
                    $($( Config::$layer(config) => Self::$layer(Layer::new(config.clone(), inputs, seeds)), )*)*
                    Config::Custom(custom) => Self::Custom(custom_objects.make(custom, inputs, seeds)?),
                };
                layer.go_by(cells(config, custom_objects)?);
                Some(layer)
            }
        }

        impl<T: Float> AnyLayer<T> {
            /// A layer of the list that holds these weights.
            ///
            /// # Panics
            /// If it is one of the user's own.
            pub(crate) fn holding(config: &Config, weights: Vec<Weight<T>>, stream: u64, trainable: bool) -> Self {
                match config {
                    $($( Config::$layer(config) => Self::$layer(Layer::holding(config.clone(), weights, stream, trainable)), )*)*
                    Config::Custom(_) => unreachable!("no layer of the user's own is a part of another"),
                }
            }
        }

        $($(
            impl<T: Float> From<Layer<model_graph::layers::$layer, T>> for AnyLayer<T> {
                fn from(layer: Layer<model_graph::layers::$layer, T>) -> Self {
                    Self::$layer(layer)
                }
            }
        )*)*

        /// Evaluates an expression for the layer that an `AnyLayer` holds, or another for one of the user's own.
        macro_rules! with {
            ($any:expr, $bound:ident => $body:expr, $own:ident => $other:expr) => {
                match $any {
                    $($( AnyLayer::$layer($bound) => $body, )*)*
                    AnyLayer::Custom($own) => $other,
                }
            };
        }
    };
}

model_graph::for_each_layer!(declare);

impl<L: CustomLayer<T>, T: Float> From<Layer<L, T>> for AnyLayer<T> {
    fn from(layer: Layer<L, T>) -> Self {
        Self::Custom(Own(Box::new(layer)))
    }
}

impl<T: Float> AnyLayer<T> {
    /// Gives a layer of the library the cells of the user's own that it goes by.
    fn go_by(&mut self, cells: Cells<T>) {
        with!(self, layer => layer.common.own.cells = cells, _own => ());
    }

    /// The weights, in the order of the layer's specification.
    #[must_use]
    pub fn weights(&self) -> &[Weight<T>] {
        with!(self, layer => layer.weights.all(), own => own.0.weights())
    }

    /// The weights, to be changed.
    pub fn weights_mut(&mut self) -> &mut [Weight<T>] {
        with!(self, layer => layer.weights.all_mut(), own => own.0.weights_mut())
    }

    /// Visits the weights, and whether training changes them.
    pub fn visit(&self, visitor: &mut dyn FnMut(&Weight<T>, bool)) {
        let is_trainable = self.is_trainable();
        self.weights().iter().for_each(|weight| visitor(weight, is_trainable && weight.trainable));
    }

    /// Whether training changes the weights.
    #[must_use]
    pub fn is_trainable(&self) -> bool {
        with!(self, layer => layer.trainable, own => own.0.is_trainable())
    }

    /// Says whether training changes the weights.
    pub fn set_trainable(&mut self, trainable: bool) {
        with!(self, layer => layer.trainable = trainable, own => own.0.set_trainable(trainable));
    }

    /// The states that it keeps from one call to the next, if it does.
    pub(crate) fn kept_states(&self) -> Option<&Kept<T>> {
        with!(self, layer => layer.common.kept.as_ref(), _own => None)
    }

    /// See [`Layer::states`].
    #[must_use]
    pub fn states(&self) -> Vec<ndarray::ArrayD<T>> {
        self.kept_states().map_or_else(Vec::new, Kept::arrays)
    }

    /// See [`Layer::reset_states`].
    pub fn reset_states(&self) {
        with!(self, layer => layer.reset_states(), _own => ());
    }

    /// See [`Layer::forward_all`].
    ///
    /// # Errors
    /// If a layer of the user's own returns another shape than its rule says.
    #[allow(clippy::too_many_arguments)] // one for each thing that a layer works with
    pub fn forward<'a>(
        &'a self,
        context: Context<'a>,
        call: usize,
        inputs: &'a [View<'a, T>],
        output_shape: &'a [usize],
        output: &'a mut [T],
        more: &'a mut [&'a mut [T]],
        saved: &'a mut [T],
        scratch: &'a mut [T],
    ) -> Result<()> {
        with!(self, layer => layer.forward_all(context, call, inputs, output_shape, output, more, saved, scratch), own => {
            let written = Written { shape: output_shape, output, more, saved };
            own.0.arithmetic().run_with(own.0.pass(context, call, inputs), written)
        })
    }

    /// See [`Layer::backward_all`].
    ///
    /// # Errors
    /// If a layer of the user's own returns a gradient of another shape than its rule says.
    #[allow(clippy::too_many_arguments)] // one for each thing that a layer works with
    pub fn backward<'a>(
        &'a self,
        context: Context<'a>,
        call: usize,
        inputs: &'a [View<'a, T>],
        output: View<'a, T>,
        d_output: &'a mut [T],
        more: &'a mut [&'a mut [T]],
        d_inputs: &'a mut [Option<Gradient<'a, T>>],
        gradients: &'a mut [Weight<T>],
        saved: &'a mut [T],
        scratch: &'a mut [T],
    ) -> Result<()> {
        with!(self, layer => {
            layer.backward_into(context, call, inputs, output, d_output, more, d_inputs, gradients, saved, scratch)
        }, own => {
            let back = Returning { output, d_output, more, d_inputs, gradients, saved };
            own.0.arithmetic().run_back_with(own.0.pass(context, call, inputs), back)
        })
    }

    /// See [`Run::derived`].
    pub(crate) fn derived(&self, call: &Derivation<'_, T>) -> Result<Derived<T>> {
        T::select::<Differentiating<'_>>((self, call))
    }

    /// See [`Model::adapt`](crate::interpret::Model::adapt).
    pub(crate) fn adapt(&mut self, path: &str, data: &AnyArray<'_>) -> Result<()> {
        with!(self, layer => layer.take_from(data), _own => {
            let why = "it is a layer of your own\nhelp: change its weights, `layer.weights_mut()`";
            Err(Error::NotAdaptable { layer: path.to_owned(), why })
        })
    }

    /// What tells it from all other layers.
    pub(crate) fn identity(&self) -> &Identity {
        with!(self, layer => &layer.common.identity, own => own.0.identity())
    }

    /// The layer as it is on a tape: the same layer, with its weights as they have become.
    pub(crate) fn kept(&self, mut keep: impl FnMut(&mut Weight<T>, &Weight<T>)) -> Self {
        let mut kept = self.clone();
        kept.weights_mut().iter_mut().zip(self.weights()).for_each(|(kept, weight)| keep(kept, weight));
        kept.become_the_same(self.identity(), self.kept_states());
        kept
    }

    /// Makes a copy of a layer the same layer.
    pub(crate) fn take_identity<L>(&mut self, of: &Layer<L, T>) {
        self.weights_mut().iter_mut().zip(of.weights.all()).for_each(|(copy, weight)| copy.identity = weight.identity.kept());
        self.become_the_same(&of.common.identity, of.common.kept.as_ref());
    }

    /// Makes this the layer of that identity, which keeps these states.
    fn become_the_same(&mut self, identity: &Identity, states: Option<&Kept<T>>) {
        let (own, kept) =
            with!(self, layer => (&mut layer.common.identity, Some(&mut layer.common.kept)), own => (own.0.identity_mut(), None));
        *own = identity.kept();
        if let Some(kept) = kept {
            *kept = states.map(Kept::shared);
        }
    }

    /// The graph's configuration.
    #[must_use]
    pub fn config(&self) -> Config {
        with!(self, layer => layer.config.clone().into(), own => Config::Custom(own.0.call()))
    }

    /// See [`Layer::update`].
    pub fn update(&mut self, saved: &[T]) {
        with!(self, layer => layer.update(saved), own => own.0.update(saved));
    }
}

compiled! {
    Differentiating: (&'a AnyLayer<T>, &'a Derivation<'a, T>) => Result<Derived<T>>, |(layer, call)| {
        with!(layer, layer => Run::derived(&layer.config, call), _own => Ok(Derived::None))
    };
}
