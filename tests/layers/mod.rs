//! Layers of one's own that several tests call.

#![allow(dead_code)] // no test calls all of them

use functional_model::prelude::*;
use ndarray::{Array, Array1, Array2, Array3, ArrayD, Axis, IxDyn, s};

/// Numbers from -1 to 1 that look random, the same in every run.
pub fn numbers(shape: &[usize]) -> ArrayD<f32> {
    let mut number = 0u32;
    Array::from_shape_simple_fn(IxDyn(shape), || {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (number >> 8) as f32 / 8_388_608.0 - 1.0
    })
}

/// A densely connected layer, as in Keras's guide.
#[layer(shape = "[.., features] -> [.., units]", weights(w("[features, units]", "random_normal"), b("[units]", "zeros")))]
#[derive(Clone, Debug)]
pub struct CustomDense {
    /// The size of the output's last axis.
    #[default = 32]
    pub units: usize,
}

impl<T: Float> CustomLayer<T> for CustomDense {
    fn forward(&self, call: Forward<'_, Self, T>) -> Array2<T> {
        call.inputs.dot(&call.weights.w) + call.weights.b
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        Gradients {
            inputs: call.d_output.dot(&call.weights.w.t()),
            weights: CustomDenseWeights { w: call.inputs.t().dot(&call.d_output), b: call.d_output.sum_axis(Axis(0)) },
        }
    }
}

/// The scalar products of the rows of two matrices.
#[layer(shape = "[n, d], [m, d] -> [n, m]", package = "tests")]
#[derive(Clone, Debug)]
pub struct Products;

impl<T: Float> CustomLayer<T> for Products {
    fn forward(&self, call: Forward<'_, Self, T>) -> Array3<T> {
        let (left, right) = call.inputs;
        let mut products = Array3::zeros((call.batch, left.dim().1, right.dim().1));
        for (sample, mut product) in products.outer_iter_mut().enumerate() {
            product.assign(&left.index_axis(Axis(0), sample).dot(&right.index_axis(Axis(0), sample).t()));
        }
        products
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        let (left, right) = call.inputs;
        let (mut d_left, mut d_right) = (Array3::zeros(left.dim()), Array3::zeros(right.dim()));
        for (sample, d_product) in call.d_output.outer_iter().enumerate() {
            d_left.index_axis_mut(Axis(0), sample).assign(&d_product.dot(&right.index_axis(Axis(0), sample)));
            d_right.index_axis_mut(Axis(0), sample).assign(&d_product.t().dot(&left.index_axis(Axis(0), sample)));
        }
        Gradients { inputs: (d_left, d_right), weights: () }
    }
}

/// Splits the last axis into heads.
#[layer(shape = "[.., features] -> [.., heads, features / heads]")]
#[derive(Clone, Debug)]
pub struct Heads {
    /// How many heads.
    heads: usize,
}

impl<T: Float> CustomLayer<T> for Heads {
    fn forward(&self, call: Forward<'_, Self, T>) -> Array3<T> {
        let (rows, features) = call.inputs.dim();
        call.inputs.to_owned().into_shape_with_order((rows, self.heads, features / self.heads)).unwrap()
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        let d_output = call.d_output.to_owned().into_shape_with_order(call.inputs.dim()).unwrap();
        Gradients { inputs: d_output, weights: () }
    }
}

/// Leaves out the ends of a sequence.
#[layer(shape = "[n, d] -> [n - 2 * border, d]")]
#[derive(Clone, Debug)]
pub struct Trim {
    /// How much at each end.
    border: usize,
}

impl<T: Float> CustomLayer<T> for Trim {
    fn forward(&self, call: Forward<'_, Self, T>) -> Array3<T> {
        let end = call.inputs.dim().1 - self.border;
        call.inputs.slice(s![.., self.border..end, ..]).to_owned()
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        let mut inputs = Array3::zeros(call.inputs.dim());
        let end = call.inputs.dim().1 - self.border;
        inputs.slice_mut(s![.., self.border..end, ..]).assign(&call.d_output);
        Gradients { inputs, weights: () }
    }
}

/// Multiplies what is positive by a factor that is learnt, of a scale that is not.
#[layer(
    shape = "[.., n] -> [.., n]",
    weights(factor("[n]", "ones"), scale("[]", "ones", trainable = false)),
    saved(mask("[.., n]"))
)]
#[derive(Clone, Debug)]
pub struct Gate {
    /// What is added to all elements first.
    #[default = 0.0]
    offset: f64,
    /// Whether what is not positive is dropped as well when the model does not train.
    #[default = true]
    always: bool,
}

impl<T: Float> CustomLayer<T> for Gate {
    fn forward(&self, mut call: Forward<'_, Self, T>) -> Array2<T> {
        let offset = T::from_f64(self.offset);
        let is_open = !self.always && !call.training;
        call.saved.mask.zip_mut_with(&call.inputs, |mask, &x| {
            *mask = if is_open || x + offset > T::ZERO { T::ONE } else { T::ZERO };
        });
        (&call.inputs + offset) * &call.saved.mask * call.weights.factor * call.weights.scale[()]
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        let passed = &call.d_output * &call.saved.mask * call.weights.scale[()];
        let factor: Array1<T> = (&passed * &(&call.inputs + T::from_f64(self.offset))).sum_axis(Axis(0));
        Gradients { inputs: passed * call.weights.factor, weights: GateWeights { factor, scale: () } }
    }
}

/// Keras's example of a cell: what `SimpleRNNCell` computes without a bias.
#[layer(
    shape = "[features], [units] -> [units], [units]",
    weights(kernel("[features, units]"), recurrent_kernel("[units, units]", "orthogonal")),
    package = "tests"
)]
#[derive(Clone, Debug)]
pub struct MinimalCell {
    /// The size of the state and of the output.
    pub units: usize,
}

impl<T: Float> CustomLayer<T> for MinimalCell {
    fn forward(&self, call: Forward<'_, Self, T>) -> (Array2<T>, Array2<T>) {
        let (x, state) = call.inputs;
        let next =
            (x.dot(&call.weights.kernel) + state.dot(&call.weights.recurrent_kernel)).mapv(|x| T::from_f64(x.to_f64().tanh()));
        (next.clone(), next)
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        let ((x, state), (d_output, d_state)) = (call.inputs, call.d_output);
        let slope = call.output.0.mapv(|y| T::ONE - y * y);
        let d = (&d_output + &d_state) * &slope;
        Gradients {
            inputs: (d.dot(&call.weights.kernel.t()), d.dot(&call.weights.recurrent_kernel.t())),
            weights: MinimalCellWeights { kernel: x.t().dot(&d), recurrent_kernel: state.t().dot(&d) },
        }
    }
}

/// No cell: nothing says how large its state is.
#[layer(shape = "[n], [m] -> [m], [m]")]
#[derive(Clone, Debug)]
pub struct Adrift {}

impl<T: Float> CustomLayer<T> for Adrift {
    fn forward(&self, call: Forward<'_, Self, T>) -> (Array2<T>, Array2<T>) {
        let state = call.inputs.1.to_owned();
        (state.clone(), state)
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        let d_state = &call.d_output.0 + &call.d_output.1;
        Gradients { inputs: (Array2::zeros(call.inputs.0.dim()), d_state), weights: () }
    }
}

/// No cell: its state is another behind a step.
#[layer(shape = "[n], [units] -> [units], [n]")]
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The size of the state before a step.
    pub units: usize,
}

impl<T: Float> CustomLayer<T> for Exchange {
    fn forward(&self, call: Forward<'_, Self, T>) -> (Array2<T>, Array2<T>) {
        (call.inputs.1.to_owned(), call.inputs.0.to_owned())
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        Gradients { inputs: (call.d_output.1.to_owned(), call.d_output.0.to_owned()), weights: () }
    }
}
