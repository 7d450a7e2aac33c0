//! Operations: compiled and interpreted to the same bits, and what they give.

use functional_model::prelude::*;
use ndarray::{Array3, array};

mod bits;

use bits::check;

functional_model! {
    /// Numbers on either side, slices, reductions and choices.
    pub model Mixed(x: [6, 4], y: [6, 4]) -> (a: [4], b: [3, 2], c: [6], d: [6, 4], e: [6, 1, 4]) {
        let scaled = 1 - x / 255.0 + 0.5 * y;
        let hidden = Dense(4)(scaled ** 2 - -y);
        let a = ops::mean(hidden, axis = 1) + hidden[.., -1];
        let b = ops::exp(hidden * 0.1)[.., ::2, 1:3];
        let c = ops::max(hidden, axis = -1) / (1 + ops::std(hidden, axis = 2));
        let d = ops::where(hidden > 0.1, hidden, 0.0) * block(hidden);
        (a, b, c, d, hidden[.., .., None])
    }

    /// Other shapes, other orders, and shares.
    pub model Forms(x: [6, 4]) -> (a: [4, 6], b: [3, 8], c: [1, 6, 4, 1], d: [6, 8], e: [24]) {
        let hidden = Dense(x.shape[2])(x);
        let turned = ops::softmax(ops::transpose(hidden, [0, 2, 1]), axis = 1);
        let wide = ops::expand_dims(hidden, axis = [1, -1]);
        let d = ops::concatenate([hidden + ops::ones_like(x), ops::squeeze(wide)], axis = -1);
        (turned, ops::reshape(hidden, [-1, 3, 8]), wide * 2, d, ops::reshape(hidden, (-1, 24)))
    }

    fn block(x) {
        let least = ops::min(x, axis = 1, keepdims = true);
        ops::maximum(ops::tanh(x) / (ops::sum(ops::square(least), axis = [1, 2], keepdims = true) + 1), 0.01)
    }

    pub model Sized(x: [words, 3]) -> (ends: [6], all: [words, 1], most: [3], inner: [words - 2, 3], back: [words, 3]) {
        let ends = Concatenate()([x[.., 0], x[.., -1]]);
        let most = ops::max(Dense(x.shape[-1])(x), axis = 1);
        (ends, ops::logsumexp(x, axis = -1, keepdims = true), most, x[.., 1:-1], x[.., ::-1])
    }
}

#[test]
fn compiled_code_does_what_the_configuration_says() {
    check(Mixed::new(7), Mixed::config(), 3, &[]);
    check(Forms::new(7), Forms::config(), 3, &[]);
    for words in [3, 5] {
        check(Sized::new(7), Sized::config(), 2, &[words]);
    }
}

#[test]
fn operators_are_the_operations_of_their_names() {
    functional_model! {
        model Signs(x: [3], y: [3]) -> (a: [3], b: [3], c: [3], d: [3], e: [3]) {
            let both = x > 0 && !(y >= 2) || x == y;
            (x / y, 7 % x, ops::where(both, 1, x), -x ** 2, 2 ** y)
        }
    }
    let (x, y) = (array![[1.0_f32, -2.0, 4.0]], array![[2.0_f32, 5.0, 4.0]]);
    let SignsOutputs { a, b, c, d, e } = Signs::new(0).predict(SignsInputs { x: &x, y: &y }).unwrap();
    assert_eq!(a, array![[0.5, -0.4, 1.0]].into_dyn());
    assert_eq!(b, array![[0.0, -1.0, 3.0]].into_dyn());
    assert_eq!(c, array![[1.0, -2.0, 1.0]].into_dyn());
    assert_eq!(d, array![[-1.0, -4.0, -16.0]].into_dyn());
    assert_eq!(e, array![[4.0, 32.0, 16.0]].into_dyn());
}

#[test]
fn slices_are_numpy_s() {
    functional_model! {
        model Cut(x: [4, 3]) -> (a: [2, 3], b: [4, 2], c: [4], d: [4, 3], e: [3]) {
            (x[.., 1..3], x[..., :2], x[.., .., 1], x[.., ::-1], x[.., 2])
        }
    }
    let x = Array3::from_shape_fn((2, 4, 3), |(i, j, k)| (100 * i + 10 * j + k) as f32);
    let CutOutputs { a, b, c, d, e } = Cut::new(0).predict(&x).unwrap();
    assert_eq!(a, x.slice(ndarray::s![.., 1..3, ..]).into_dyn());
    assert_eq!(b, x.slice(ndarray::s![.., .., ..2]).into_dyn());
    assert_eq!(c, x.slice(ndarray::s![.., .., 1]).into_dyn());
    assert_eq!(d, x.slice(ndarray::s![.., ..;-1, ..]).into_dyn());
    assert_eq!(e, x.slice(ndarray::s![.., 2, ..]).into_dyn());
}
