//! A network with layers that Keras has in its applications only, as layers of the user's own.

use functional_model::prelude::*;
use ndarray::{Array1, Array2, Array4, Axis};

/// Multiplies each channel by a factor that is learnt.
///
/// Keras starts it at `init_values`; here what a weight starts from stands in the attribute, and no argument changes it.
#[layer(shape = "[.., projection_dim] -> [.., projection_dim]", weights(gamma("[projection_dim]", Constant(1e-6))))]
#[derive(Clone, Debug)]
pub struct LayerScale {
    /// Where the factors start in Keras.
    init_values: f64,
    /// How many channels there are.
    projection_dim: usize,
}

impl<T: Float> CustomLayer<T> for LayerScale {
    fn forward(&self, call: Forward<'_, Self, T>) -> Array2<T> {
        &call.inputs * &call.weights.gamma
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        let gamma: Array1<T> = (&call.d_output * &call.inputs).sum_axis(Axis(0));
        Gradients { inputs: &call.d_output * &call.weights.gamma, weights: LayerScaleWeights { gamma } }
    }
}

/// Drops what a block adds, for some of the samples of a batch, while training.
#[layer(shape = "[height, width, channels] -> [height, width, channels]")]
#[derive(Clone, Debug)]
pub struct StochasticDepth {
    /// For which part of the samples.
    drop_path_rate: f64,
}

impl StochasticDepth {
    /// What the samples are multiplied by.
    fn factors<T: Float>(&self, seed: u64, samples: usize) -> Array1<T> {
        let mut state = seed;
        let keep = 1.0 - self.drop_path_rate;
        Array1::from_shape_simple_fn(samples, || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let number = (state >> 11) as f64 / (1_u64 << 53) as f64;
            T::from_f64(if number < keep { 1.0 / keep } else { 0.0 })
        })
    }

    fn scaled<T: Float>(&self, mut x: Array4<T>, training: bool, seed: u64) -> Array4<T> {
        if training {
            let factors = self.factors::<T>(seed, x.dim().0);
            x.outer_iter_mut().zip(factors).for_each(|(mut sample, factor)| sample.mapv_inplace(|x| x * factor));
        }
        x
    }
}

impl<T: Float> CustomLayer<T> for StochasticDepth {
    fn forward(&self, call: Forward<'_, Self, T>) -> Array4<T> {
        self.scaled(call.inputs.to_owned(), call.training, call.seed)
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        Gradients { inputs: self.scaled(call.d_output.to_owned(), call.training, call.seed), weights: () }
    }
}

functional_model! {
    /// As in `keras.applications`, without the `Normalization` of the image, which has no weights of its own there.
    pub model ConvNeXtTiny(img: [224, 224, 3]) -> [1000] {
        convnext(img, [(3, 96), (3, 192), (9, 384), (3, 768)], classes = 1000)
    }

    /// A small one, some of whose blocks are dropped while it trains.
    pub model SmallConvNeXt(img: [32, 32, 3]) -> [10] {
        convnext(img, [(1, 8), (2, 16)], classes = 10, drop_path_rate = 0.1)
    }

    /// A smaller one, which computes what Keras computes.
    pub model TinyConvNeXt(image: [16, 16, 3]) -> [3] {
        convnext(image, [(2, 4), (1, 6)], classes = 3)
    }

    fn convnext(img, stages, classes, drop_path_rate = 0.0) {
        let mut x = img;
        let mut is_first = true;
        for (depth, width) in stages {
            x = if is_first { patches(x, width) } else { narrowed(x, width) };
            is_first = false;
            for _ in 0..depth {
                x = convnext_block(x, width, drop_path_rate);
            }
        }
        let x = LayerNormalization(epsilon = 1e-6)(GlobalAveragePooling2D()(x));
        Dense(classes, activation = "softmax")(x)
    }

    fn patches(img, width) {
        LayerNormalization(epsilon = 1e-6)(Conv2D(width, 4, strides = 4)(img))
    }

    fn narrowed(x, width) {
        Conv2D(width, 2, strides = 2)(LayerNormalization(epsilon = 1e-6)(x))
    }

    fn convnext_block(inputs, width, drop_path_rate) {
        let x = Conv2D(width, 7, padding = "same", groups = width)(inputs);
        let x = Dense(4 * width)(LayerNormalization(epsilon = 1e-6)(x));
        let x = Dense(width)(Activation("gelu")(x));
        let x = LayerScale(1e-6, width)(x);
        let x = if drop_path_rate > 0.0 { StochasticDepth(drop_path_rate)(x) } else { Activation("linear")(x) };
        inputs + x
    }
}

pub const MODELS: &[crate::Entry] = entries![ConvNeXtTiny, SmallConvNeXt, TinyConvNeXt,];

#[test]
fn layers_of_applications_have_true_gradients() {
    functional_model::check::check_layer(&LayerScale { init_values: 1e-6, projection_dim: 3 }, &[&[2, 4, 3]]);
    functional_model::check::check_layer(&StochasticDepth { drop_path_rate: 0.4 }, &[&[2, 3, 4]]);
}
