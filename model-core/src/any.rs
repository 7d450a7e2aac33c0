//! A layer at run time whose class is known by its value: what models hold that are read from a file. It follows from the list of layers.

use model_graph::layers::AnyLayer as Config;
use model_graph::shape::TensorType;

use crate::float::Float;
use crate::initialize::Seeds;
use crate::layer::{Context, Gradient, Layer, View, Weight};

macro_rules! declare {
    ($($family:ident { $($file:ident: $layer:ident,)* })*) => {
        /// Any layer with its weights, by its class.
        #[derive(Clone, Debug, PartialEq)]
        pub enum AnyLayer<T: Float = f32> {
            $($(
                #[doc = concat!("See [`", stringify!($layer), "`](model_graph::layers::", stringify!($layer), ").")]
                $layer(Layer<model_graph::layers::$layer, T>),
            )*)*
        }

        impl<T: Float> AnyLayer<T> {
            /// A layer for inputs of these types, which its shape rule has accepted.
            #[must_use]
            pub fn new(config: &Config, inputs: &[TensorType], seeds: &mut Seeds) -> Self {
                match config {
                    $($( Config::$layer(config) => Self::$layer(Layer::new(config.clone(), inputs, seeds)), )*)*
                }
            }
        }

        /// Evaluates an expression for the layer that an `AnyLayer` holds.
        macro_rules! with {
            ($any:expr, $bound:ident => $body:expr) => {
                match $any {
                    $($( AnyLayer::$layer($bound) => $body, )*)*
                }
            };
        }
    };
}

model_graph::for_each_layer!(declare);

impl<T: Float> AnyLayer<T> {
    /// The weights, in the order of the layer's specification.
    #[must_use]
    pub fn weights(&self) -> &[Weight<T>] {
        with!(self, layer => layer.weights.all())
    }

    /// The weights, to be changed.
    pub fn weights_mut(&mut self) -> &mut [Weight<T>] {
        with!(self, layer => layer.weights.all_mut())
    }

    /// Whether training changes the weights.
    #[must_use]
    pub const fn is_trainable(&self) -> bool {
        with!(self, layer => layer.trainable)
    }

    /// Says whether training changes the weights.
    pub const fn set_trainable(&mut self, trainable: bool) {
        with!(self, layer => layer.trainable = trainable);
    }

    /// See [`Layer::forward`].
    #[allow(clippy::too_many_arguments)] // one for each thing that a layer works with
    pub fn forward(
        &self,
        context: Context<'_>,
        call: usize,
        inputs: &[View<'_, T>],
        output_shape: &[usize],
        output: &mut [T],
        saved: &mut [T],
        scratch: &mut [T],
    ) {
        with!(self, layer => layer.forward(context, call, inputs, output_shape, output, saved, scratch));
    }

    /// See [`Layer::backward`].
    #[allow(clippy::too_many_arguments)] // one for each thing that a layer works with
    pub fn backward<'a>(
        &'a self,
        context: Context<'a>,
        call: usize,
        inputs: &'a [View<'a, T>],
        output: View<'a, T>,
        d_output: &'a mut [T],
        d_inputs: &'a mut [Option<Gradient<'a, T>>],
        gradients: &'a mut [Weight<T>],
        saved: &'a mut [T],
        scratch: &'a mut [T],
    ) {
        with!(self, layer => {
            layer.backward_into(context, call, inputs, output, d_output, d_inputs, gradients, saved, scratch);
        });
    }

    /// See [`Layer::update`].
    pub fn update(&mut self, saved: &[T]) {
        with!(self, layer => layer.update(saved));
    }
}
