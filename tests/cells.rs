//! Layers of one's own that give several outputs.

use functional_model::check::check_layer;
use functional_model::prelude::*;
use ndarray::{Array, Array2, Array3, ArrayD, Axis, IxDyn, concatenate, s};

mod bits;

/// The first and the other half of the last axis, the other one squared.
#[layer(shape = "[.., n] -> [.., n / 2], [.., n - n / 2]")]
#[derive(Clone, Debug)]
struct Halves {}

impl<T: Float> CustomLayer<T> for Halves {
    fn forward(&self, call: Forward<'_, Self, T>) -> (Array2<T>, Array2<T>) {
        let middle = call.inputs.ncols() / 2;
        let other = call.inputs.slice(s![.., middle..]);
        (call.inputs.slice(s![.., ..middle]).to_owned(), &other * &other)
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        let middle = call.inputs.ncols() / 2;
        let (first, other) = call.d_output;
        // Both outputs are at hand, whatever became of them.
        assert_eq!(call.output.0, call.inputs.slice(s![.., ..middle]));
        let twice = call.inputs.slice(s![.., middle..]).mapv(|x| x + x);
        assert_eq!(call.output.1.mapv(|x| x * T::from_f64(4.0)), &twice * &twice);
        let inputs = concatenate(Axis(1), &[first, (&other * &twice).view()]).unwrap();
        Gradients { inputs, weights: () }
    }
}

/// The mean of every sample, kept for backward, and what is left without it.
#[layer(shape = "[n, m] -> [1], [n, m]", saved(factor("[m]")), weights(scale("[m]", "ones")))]
#[derive(Clone, Debug)]
struct Centred {}

impl<T: Float> CustomLayer<T> for Centred {
    fn forward(&self, mut call: Forward<'_, Self, T>) -> (Array2<T>, Array3<T>) {
        let x = &call.inputs * &call.weights.scale;
        call.saved.factor.assign(&call.weights.scale);
        let mut means = Array2::zeros((call.batch, 1));
        let mut rest = x.clone();
        for (mut rest, mut mean) in rest.outer_iter_mut().zip(means.outer_iter_mut()) {
            let own = rest.sum() / T::from_f64(rest.len() as f64);
            mean.fill(own);
            rest.mapv_inplace(|x| x - own);
        }
        (means, rest)
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        let (d_means, d_rest) = call.d_output;
        let mut d_x = d_rest.to_owned();
        for (mut d_x, d_mean) in d_x.outer_iter_mut().zip(d_means.outer_iter()) {
            let count = T::from_f64(d_x.len() as f64);
            let own = (d_mean[0] - d_x.sum()) / count;
            d_x.mapv_inplace(|d| d + own);
        }
        let scale = (&d_x * &call.inputs).sum_axis(Axis(0)).sum_axis(Axis(0));
        let factor = call.saved.factor.slice(s![..1, ..]).to_owned();
        Gradients { inputs: &d_x * &factor, weights: CentredWeights { scale } }
    }
}

functional_model! {
    /// Several outputs, one of which nobody looks at, of layers that are called twice, at sizes that the inputs have.
    pub model Parts(x: [n, 6], y: [4, 3]) -> (first: [n, 3], mean: [1], all: [4, 3]) {
        let halves = Halves();
        let (a, b) = halves(Dense(6)(x));
        let (_, c) = halves(Concatenate()([a, b]));
        let (mean, rest) = Centred()(Dense(3)(y));
        let (other, _) = Centred()(rest);
        (c, Add()([mean, other]), rest)
    }
}

fn numbers(shape: &[usize]) -> ArrayD<f32> {
    let mut number = 0u32;
    Array::from_shape_simple_fn(IxDyn(shape), || {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (number >> 8) as f32 / 8_388_608.0 - 1.0
    })
}

#[test]
fn each_keeps_its_contract() {
    check_layer(&Halves {}, &[&[5]]);
    check_layer(&Halves {}, &[&[2, 4]]);
    check_layer(&Centred {}, &[&[3, 2]]);
}

/// Compiled and interpreted: the same bits of outputs, gradients and weights.
#[test]
fn compiled_code_does_what_the_configuration_says() {
    let registered = CustomObjects::new().layer::<Halves>().layer::<Centred>();
    let rebuilt = Model::from_config_with(Parts::config(), 7, &registered).unwrap();
    bits::agree(Parts::new(7), rebuilt, 3, &[2]);
    let (x, y) = (numbers(&[3, 2, 6]), numbers(&[3, 4, 3]));
    let outputs = Parts::new(7).predict_all(PartsInputs { x: &x, y: &y }).unwrap();
    assert_eq!(outputs.iter().map(|(name, output)| (name.as_str(), output.shape().to_vec())).collect::<Vec<_>>(), [
        ("first", vec![3, 2, 3]),
        ("mean", vec![3, 1]),
        ("all", vec![3, 4, 3])
    ]);
}

/// A layer that breaks its word is told by which of its outputs.
#[test]
fn an_output_of_another_shape_is_told() {
    #[layer(shape = "[n] -> [n], [1]")]
    #[derive(Clone, Debug)]
    struct Liar {}

    impl<T: Float> CustomLayer<T> for Liar {
        fn forward(&self, call: Forward<'_, Self, T>) -> (Array2<T>, Array2<T>) {
            (call.inputs.to_owned(), call.inputs.to_owned())
        }

        fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
            Gradients { inputs: call.d_output.0.to_owned(), weights: () }
        }
    }

    functional_model! {
        model Net(x: [3]) -> (a: [3], b: [1]) {
            Liar()(x)
        }
    }
    assert_eq!(
        Net::new(0).predict_all(&numbers(&[2, 3])).unwrap_err().to_string(),
        "`liar`, a layer `Liar()`, returned an output 2 of shape [2, 3] from `forward`: its shape rule `[n] -> [n], [1]` says [2, 1], the batch \
         first\nhelp: mend `forward`, or the rule in `#[layer(shape = \"..\")]`"
    );
}
