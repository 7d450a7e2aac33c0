//! Operations: compiled and interpreted to the same bits, and what they give.

use functional_model::prelude::*;
use ndarray::{Array3, array};

use crate::bits::check;

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

functional_model! {
    /// What moves, cuts and orders elements.
    pub model Moving(x: [6, 4]) -> (a: [6, 4], b: [9, 5], c: [6, 3], d: [12, 8], e: [6, 2]) {
        let z = Dense(4)(x);
        let (first, second) = ops::split(ops::sort(z, axis = 1), 2, axis = 1);
        let columns = ops::unstack(z, axis = -1);
        let stacked = ops::stack([columns[3], columns[0], columns[1], columns[2]], axis = 2);
        let a = ops::concatenate([second, first], axis = 1) + ops::roll(stacked, [1, -1], axis = [1, 2]) + ops::tril(ops::flip(z, axis = 1));
        let b = ops::pad(z, [[0, 0], [1, 2], [0, 1]], mode = "reflect") - ops::pad(z, [[0, 0], [1, 2], [0, 1]], constant_values = 2);
        let c = ops::take(z, [0, -1, 0], axis = -1) * ops::diff(z, axis = 2);
        let (most, places) = ops::top_k(z, 2);
        let e = most + ops::take_along_axis(x, places, axis = -1) + ops::expand_dims(ops::take(z, 1, axis = 2), axis = 2);
        (a, b, c, ops::repeat(ops::tile(z, [1, 1, 2]), 2, axis = 1), e)
    }

    /// Products, running sums, extremes, whole numbers, and functions that go by numbers.
    pub model Combining(x: [5, 4], ids: i32[5], flag: bool[5]) -> (a: [5, 5], b: [2, 5, 4], c: [5, 4], d: [4], e: [5, 3], f: [5], g: [5, 2]) {
        let z = Dense(4)(x);
        let a = ops::matmul(z, ops::swapaxes(x, 1, 2)) + ops::einsum("bij,bkj->bik", z, x);
        let heads = ops::reshape(z, [-1, 5, 2, 2]);
        let b = ops::matmul(ops::einsum("bqhd,bkhd->bhqk", heads, heads), ops::expand_dims(x, axis = 1));
        let c = ops::cumsum(z, axis = 1) + ops::cumprod(z, axis = 2) + ops::normalize(z) + ops::log_softmax(z, axis = 1);
        let (mean, variance) = ops::moments(z, axes = [1]);
        let d = mean * variance + ops::amax(z, axis = 1) + ops::prod(z, axis = 1) + ops::count_nonzero(z > 0, axis = 1);
        let places = (ops::argmax(z, axis = -1) + ids * 2 - 1) % 3;
        let e = ops::one_hot(places, 3) + ops::expand_dims(ops::cast(flag, "float32") / (ids + 2), axis = -1);
        let f = ops::where(flag, ids, places) / 2 + ops::clip(ids, 1, 2) + ops::maximum(ids, places);
        let tuned = ops::leaky_relu(z, 0.1) + ops::clip(z, -1, 0.5) + ops::elu(z, alpha = 0.5) + ops::gelu(z, approximate = false);
        (a, b, c, d, e, f, ops::glu(tuned + ops::threshold(z, 0.1, -2) + ops::full_like(z, 0.5)))
    }

    /// Axes of any size.
    pub model Stretching(x: [words, 4]) -> (a: [2 * words, 4], b: [words + 3, 4], c: [words, words], d: [words - 1, 4], e: [words, 4], f: [4]) {
        let z = Dense(4)(x);
        let b = ops::pad(z, [[0, 0], [1, 2], [0, 0]], mode = "edge");
        let c = ops::einsum("bij,bkj->bik", z, x) + ops::matmul(x, ops::moveaxis(z, 1, 2));
        let best = ops::take_along_axis(z, ops::argsort(x, axis = 1), axis = 1);
        (ops::repeat(z, 2, axis = 1), b, ops::triu(c, k = 1), ops::diff(z, axis = 1), ops::flip(best, axis = 1), ops::prod(z, axis = 1))
    }
}

#[test]
fn compiled_code_does_what_the_configuration_says_where_elements_move_and_are_whole() {
    check(Moving::new(7), Moving::config(), 3, &[]);
    check(Combining::new(7), Combining::config(), 3, &[]);
    for words in [3, 5] {
        check(Stretching::new(7), Stretching::config(), 2, &[words]);
    }
}

#[test]
fn whole_numbers_stay_whole_unless_they_are_divided() {
    functional_model! {
        model Whole(ids: i32[3], x: [3]) -> (a: i32[3], b: [3], c: bool[3], d: i32[3], e: [3], f: i32[3], g: i32[]) {
            let a = (ids + 1) * 2 - ops::floor_divide(ids, 2) + ids % 3;
            (a, ids / 2, ids > x, ops::where(ids > 1, ids, -1), ids * 0.5, ops::cast(x, "int32"), ops::argmax(x, axis = 1))
        }
    }
    let (ids, x) = (array![[0_i32, 3, 4]], array![[0.5_f32, 3.9, -1.7]]);
    let found = Whole::new(0).predict(WholeInputs { ids: &ids, x: &x }).unwrap();
    assert_eq!(found.a, array![[2.0, 7.0, 9.0]].into_dyn());
    assert_eq!(found.b, array![[0.0, 1.5, 2.0]].into_dyn());
    assert_eq!(found.c, array![[0.0, 0.0, 1.0]].into_dyn());
    assert_eq!(found.d, array![[-1.0, 3.0, 4.0]].into_dyn());
    assert_eq!(found.e, array![[0.0, 1.5, 2.0]].into_dyn());
    assert_eq!(found.f, array![[0.0, 3.0, -1.0]].into_dyn());
    assert_eq!(found.g, array![1.0].into_dyn());
}

#[test]
fn numbers_that_are_computed_and_looked_up_are_checked_as_far_as_they_follow_from_the_input() {
    functional_model! {
        model Shifted(ids: i32[3]) -> [3, 2] {
            Embedding(5, 2)(ids + 1)
        }
    }
    let model = Shifted::new(0);
    assert!(model.predict(&array![[0_i32, 1, 3]]).is_ok());
    let error = model.predict(&array![[0_i32, 1, 4]]).unwrap_err().to_string();
    assert!(error.contains('4'), "{error}");

    functional_model! {
        model Picked(x: [3], places: i32[2]) -> [2] {
            ops::take_along_axis(x, places, axis = 1)
        }
    }
    let (model, x) = (Picked::new(0), array![[1.0_f32, 2.0, 3.0]]);
    let picked = |places: [i32; 2]| {
        let places = ndarray::Array2::from_shape_vec((1, 2), places.to_vec()).unwrap();
        model.predict(PickedInputs { x: &x, places: &places })
    };
    assert_eq!(picked([2, 0]).unwrap(), array![[3.0, 1.0]].into_dyn());
    assert!(picked([2, 3]).is_err());
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
