//! Gradients of every operation against numerical ones, and models that are called one way and another.

use ndarray::{Array1, Array2, ArrayD, IxDyn, array};

use super::{Callable, Tape, Var, along, ops};
use crate::error::Result;
use crate::interpret::Model;
use crate::layer::Weight;
use crate::losses::SparseCategoricalCrossentropy;
use crate::network::Network;
use crate::optimizers::{Adam, IntoOptimizer};
use crate::random::Random;

/// Numbers from 0.2 to 1.7 that are not equal, at which all functions are smooth.
fn numbers(shape: &[usize], seed: u64) -> ArrayD<f64> {
    let mut random = Random::new(seed);
    ArrayD::from_shape_simple_fn(IxDyn(shape), || random.uniform(0.2, 1.7))
}

type Function = fn(&[Var<f64>]) -> Result<Var<f64>>;

/// Compares the gradients of a function of tensors of these shapes with what small differences say.
fn check(name: &str, shapes: &[&[usize]], function: Function) {
    check_with(name, shapes, &function);
}

fn check_with(name: &str, shapes: &[&[usize]], function: &dyn Fn(&[Var<f64>]) -> Result<Var<f64>>) {
    check_first(name, shapes, function);
    check_second(name, shapes, function);
}

/// Compares gradients as variables with those of `backward`, and the gradients of a function of these with what small differences of it say.
fn check_second(name: &str, shapes: &[&[usize]], function: &dyn Fn(&[Var<f64>]) -> Result<Var<f64>>) {
    let given: Vec<ArrayD<f64>> = shapes.iter().enumerate().map(|(i, shape)| numbers(shape, i as u64)).collect();
    let number = |given: &[ArrayD<f64>]| -> Result<(Var<f64>, Vec<Var<f64>>)> {
        let tape = Tape::<f64>::default();
        let inputs = given.iter().map(|array| tape.variable(array)).collect::<Result<Vec<_>>>()?;
        let output = function(&inputs)?;
        Ok(((&output * &numbers(output.shape(), 99)).sum(..)?, inputs))
    };
    // A function of all gradients; none where nothing follows from an input.
    let of_gradients = |given: &[ArrayD<f64>]| -> Result<Option<(Var<f64>, Vec<Var<f64>>)>> {
        let (number, inputs) = number(given)?;
        let mut sum: Option<Var<f64>> = None;
        for (i, input) in inputs.iter().enumerate() {
            let gradient = match number.gradients([input]) {
                Ok([gradient]) => gradient,
                Err(error) if error.to_string().contains("does not follow") => continue,
                Err(error) => return Err(error),
            };
            let weighted = (gradient.square()? * &numbers(gradient.shape(), 50 + i as u64)).sum(..)?;
            sum = Some(sum.map_or_else(|| weighted.clone(), |sum| sum + &weighted));
        }
        Ok(sum.map(|sum| (sum, inputs)))
    };
    let told = |error: crate::error::Error| -> ! { panic!("{name}, second: {error}") };
    let (plain, inputs) = number(&given).unwrap_or_else(|error| told(error));
    for input in &inputs {
        let [as_variable] = match plain.gradients([input]) {
            Ok(gradients) => gradients,
            Err(error) if error.to_string().contains("does not follow") => continue,
            Err(error) => told(error),
        };
        let (again, others) = number(&given).unwrap();
        let place = inputs.iter().position(|other| std::ptr::eq(other, input)).unwrap();
        let expected = again.backward().unwrap().of(&others[place]).unwrap();
        for (found, expected) in as_variable.array().unwrap().iter().zip(&expected) {
            assert!(
                (found - expected).abs() <= 1e-9 * expected.abs().max(1.0),
                "{name}, input {place}: {found}, expected {expected}"
            );
        }
    }
    let Some((second, inputs)) = of_gradients(&given).unwrap_or_else(|error| told(error)) else { return };
    let gradients = match second.backward() {
        Ok(gradients) => Some(gradients),
        // The gradient is the same everywhere.
        Err(error) if error.to_string().contains("constants alone") => None,
        Err(error) => told(error),
    };
    let mut random = Random::new(3);
    for (i, input) in inputs.iter().enumerate() {
        let found = gradients.as_ref().and_then(|gradients| gradients.of(input).ok());
        let found = found.unwrap_or_else(|| ArrayD::zeros(input.shape()));
        // Along one direction, which all elements have a part in.
        let direction = ArrayD::from_shape_simple_fn(found.raw_dim(), || random.uniform(-1.0, 1.0));
        let at = |step: f64| {
            let mut given = given.clone();
            given[i].scaled_add(step, &direction);
            of_gradients(&given).unwrap().unwrap().0.item().unwrap()
        };
        let step = 3e-4;
        let expected = (8.0 * (at(step) - at(-step)) - (at(2.0 * step) - at(-2.0 * step))) / (12.0 * step);
        let found = (&found * &direction).sum();
        let difference = (found - expected).abs() / expected.abs().max(1.0);
        assert!(difference < 1e-7, "{name}, second, input {i}: {found}, expected {expected}");
    }
}

fn check_first(name: &str, shapes: &[&[usize]], function: &dyn Fn(&[Var<f64>]) -> Result<Var<f64>>) {
    let given: Vec<ArrayD<f64>> = shapes.iter().enumerate().map(|(i, shape)| numbers(shape, i as u64)).collect();
    let weights = |shape: &[usize]| numbers(shape, 99);
    let loss = |given: &[ArrayD<f64>]| -> Result<(Var<f64>, Vec<Var<f64>>)> {
        let tape = Tape::<f64>::default();
        let inputs = given.iter().map(|array| tape.variable(array)).collect::<Result<Vec<_>>>()?;
        let output = function(&inputs)?;
        let weighted = &output * &weights(output.shape());
        Ok((weighted.sum(..)?, inputs))
    };
    let (number, inputs) = loss(&given).unwrap_or_else(|error| panic!("{name}: {error}"));
    let gradients = number.backward().unwrap_or_else(|error| panic!("{name}: {error}"));
    for (i, input) in inputs.iter().enumerate() {
        // What nothing follows from has no gradient: it is zero.
        let found = gradients.of(input).unwrap_or_else(|_| ArrayD::zeros(input.shape()));
        for place in 0..given[i].len() {
            let at = |step: f64| {
                let mut given = given.clone();
                given[i].as_slice_mut().unwrap()[place] += step;
                loss(&given).unwrap().0.item().unwrap()
            };
            // Of the fourth order, exact to 1e-9 or so.
            let step = 1e-3;
            let expected = (8.0 * (at(step) - at(-step)) - (at(2.0 * step) - at(-2.0 * step))) / (12.0 * step);
            let found = found.as_slice().unwrap()[place];
            let difference = (found - expected).abs() / expected.abs().max(1.0);
            assert!(difference < 1e-7, "{name}, input {i}, element {place}: {found}, expected {expected}");
        }
    }
}

#[test]
fn gradients_are_what_small_differences_say() {
    for shape in [&[2, 3][..], &[4], &[], &[2, 1, 3]] {
        macro_rules! of_one {
            ($($name:ident)*) => { $( check(stringify!($name), &[shape], |x| x[0].$name()); )* };
        }
        of_one!(abs arcsinh arctan cbrt cos cosh deg2rad erf exp exp2 negative rad2deg sparse_plus sparse_sigmoid expm1 hard_sigmoid hard_silu hard_tanh log log1p log2 log10 log_sigmoid reciprocal
            relu relu6 rsqrt selu sigmoid silu sin sinh softplus softsign sqrt square tan tanh tanh_shrink);
        check("negative", &[shape], |x| Ok(-&x[0]));
        check("number first", &[shape], |x| Ok(1.5 / (2.0 - &x[0] * 0.5)));
        check("twice", &[shape], |x| Ok(&x[0] * &x[0] + &x[0]));
    }
    macro_rules! reductions {
        ($($name:ident)*) => { $(
            check(stringify!($name), &[&[2, 3, 2]], |x| x[0].$name(..));
            check(stringify!($name), &[&[2, 3, 2]], |x| x[0].$name(0));
            check(stringify!($name), &[&[2, 3, 2]], |x| x[0].$name([1, -1]));
            check(stringify!($name), &[&[2, 3, 2]], |x| x[0].$name(along(1).keepdims()));
            check(stringify!($name), &[&[5]], |x| x[0].$name(0));
        )* };
    }
    reductions!(logsumexp max mean min norm prod std sum var);
    macro_rules! of_two {
        ($($name:ident)*) => { $(
            check(stringify!($name), &[&[2, 3], &[2, 3]], |x| x[0].$name(&x[1]));
            check(stringify!($name), &[&[2, 3], &[1, 3]], |x| x[0].$name(&x[1]));
            check(stringify!($name), &[&[2, 1], &[1, 3]], |x| x[0].$name(&x[1]));
            check(stringify!($name), &[&[2, 3], &[]], |x| x[0].$name(&x[1]));
            check(stringify!($name), &[&[2, 3]], |x| x[0].$name(0.7));
        )* };
    }
    of_two!(arctan2 divide_no_nan fmod hypot logaddexp maximum minimum power);
    check("+", &[&[2, 3], &[2, 1]], |x| Ok(&x[0] + &x[1]));
    check("-", &[&[2, 3], &[]], |x| Ok(&x[0] - &x[1]));
    check("/", &[&[1, 3], &[2, 3]], |x| Ok(&x[0] / &x[1]));
    check("%", &[&[2, 3]], |x| Ok(&x[0] % 0.63));
    check("where", &[&[2, 3], &[2, 3]], |x| ops::where_(&x[0].greater(1.0)?, &x[0], &x[1]));
    check("where", &[&[2, 3], &[1, 1]], |x| ops::where_(&x[0].less(1.0)?, 3.0, &x[1]));
    check("concatenate", &[&[2, 3], &[1, 3]], |x| ops::concatenate(&[&x[0], &x[1], &x[0]], 0));
    check("concatenate", &[&[2, 3], &[2, 1]], |x| ops::concatenate(&[&x[0], &x[1]], -1));
    check("softmax", &[&[2, 3]], |x| x[0].softmax(-1));
    check("softmax", &[&[2, 3]], |x| x[0].softmax(0));
    check("reshape", &[&[2, 3]], |x| x[0].reshape([3, -1]));
    check("reshape", &[&[2, 6]], |x| x[0].reshape([2, 3, 2]));
    check("reshape", &[&[2, 3]], |x| x[0].reshape([6]));
    check("transpose", &[&[2, 3, 2]], |x| x[0].transpose([2, 0, 1]));
    check("transpose", &[&[2, 3, 2]], |x| x[0].transpose([0, 2, 1]));
    check("expand_dims", &[&[2, 3]], |x| x[0].expand_dims(0)?.expand_dims(-1)?.squeeze(0)?.expand_dims(1));
    check("at", &[&[2, 3]], |x| Ok(x[0].at(0, -1)? + x[0].at(0, 0)?));
    check("at", &[&[2, 3, 2]], |x| x[0].at(2, 1)?.at(-1, 0));
    check("slice", &[&[4, 3]], |x| Ok(x[0].slice(0, 1..3)? + x[0].slice(0, ..2)? + x[0].slice(0, -2..)?));
    check("slice", &[&[2, 3]], |x| x[0].slice(1, ..=1));
    check("inside 1", &[&[2, 3]], |x| Ok((&x[0] * 0.5).arcsin()? + (&x[0] * 0.5).arccos()? * 2.0 + (&x[0] * 0.5).arctanh()?));
    check("arccosh", &[&[2, 3]], |x| (&x[0] + 1.0).arccosh());
}

/// Each operation along axes of a batch and of a sample, and of a tensor that is neither.
#[test]
fn gradients_along_axes_are_what_small_differences_say() {
    macro_rules! along_each {
        ($($name:ident)*) => { $(
            check(stringify!($name), &[&[4, 2]], |x| x[0].$name(0));
            check(stringify!($name), &[&[2, 4]], |x| x[0].$name(1));
            check(stringify!($name), &[&[2, 4, 2]], |x| x[0].$name(-2));
            check(stringify!($name), &[&[4]], |x| x[0].$name(0));
        )* };
    }
    along_each!(cumprod cumsum flip glu log_softmax normalize softmax sort sparsemax);
    for axis in [0, 1, -1] {
        let along = |name: &str, function: &dyn Fn(&[Var<f64>], i64) -> Result<Var<f64>>| {
            check_with(name, &[&[4, 4, 2], &[4, 4, 2]], &|x| function(x, axis));
        };
        along("diff", &|x, axis| x[0].diff(1, axis));
        along("stack", &|x, axis| ops::stack(&[&x[0], &x[1], &x[0]], axis));
        along("repeat", &|x, axis| x[0].repeat(3, axis));
        along("roll", &|x, axis| x[0].roll(-3, axis));
        along("take", &|x, axis| x[0].take(&[1, 0, -1, 1], axis));
        along("take_along_axis", &|x, axis| x[0].take_along_axis(&x[0].zeros_like()?.argsort(axis)?.flip(axis)?, axis));
        along("swapaxes", &|x, axis| x[0].swapaxes(axis, 0));
        along("moveaxis", &|x, axis| x[0].moveaxis(axis, 0));
        along("moments", &|x, axis| x[0].moments(axis).map(|[mean, variance]| mean * variance));
        along("split", &|x, axis| {
            let parts = x[0].split(2, axis)?;
            Ok(&parts[0] * &parts[1])
        });
        along("unstack", &|x, axis| {
            let places = x[0].unstack(axis)?;
            Ok(&places[0] * &places[1])
        });
    }
    check("split", &[&[5, 2]], |x| Ok(x[0].split([1, 3], 0)?[1].clone()));
    check("top_k", &[&[2, 4]], |x| x[0].top_k(2).map(|[most, _]| most));
    check("top_k", &[&[4]], |x| x[0].top_k(3).map(|[most, _]| most));
    check("pad", &[&[2, 3]], |x| x[0].pad(&[[0, 0], [2, 1]], 0.5));
    check("pad", &[&[2, 3]], |x| x[0].pad(&[[1, 0], [0, 1]], 0.0));
    check("tile", &[&[2, 3]], |x| x[0].tile(&[2, 3]));
    check("tile", &[&[2, 3]], |x| x[0].tile(&[1, 2]));
    check("broadcast_to", &[&[2, 1]], |x| x[0].broadcast_to(&[2, 3]));
    check("broadcast_to", &[&[1, 3]], |x| x[0].broadcast_to(&[4, 3]));
    check("tril", &[&[3, 3]], |x| Ok(x[0].tril(0)? * 2.0 + x[0].triu(1)?));
    check("tril", &[&[2, 3, 3]], |x| x[0].tril(-1));
    check("matmul", &[&[2, 3], &[3, 4]], |x| x[0].matmul(&x[1]));
    check("matmul", &[&[2, 2, 3], &[2, 3, 2]], |x| x[0].matmul(&x[1]));
    check("matmul", &[&[2, 2, 3], &[1, 3, 2]], |x| x[0].matmul(&x[1]));
    check("einsum", &[&[2, 3], &[4, 3]], |x| ops::einsum("ij,kj->ki", &x[0], &x[1]));
    check("einsum", &[&[2, 3, 2], &[2, 2, 3]], |x| ops::einsum("bij,bjk->bik", &x[0], &x[1]));
    check("functions", &[&[2, 3], &[2, 3]], |x| {
        ops::divide(&ops::subtract(&ops::multiply(&x[0], 3.0)?, &x[1])?, ops::add(2.0, &x[1])?)
    });
}

#[test]
fn gradients_of_functions_with_numbers_are_what_small_differences_say() {
    for shape in [&[2, 3][..], &[4], &[]] {
        macro_rules! tuned {
            ($($name:ident($($number:expr),*))*) => { $( check(stringify!($name), &[shape], |x| (&x[0] - 0.9).$name($($number),*)); )* };
        }
        tuned!(celu(0.7) clip(-0.3, 0.4) elu(0.8) gelu(true) gelu(false) hard_shrink(0.3) leaky_relu(0.1) nan_to_num(0.0) round(1)
            soft_shrink(0.3) squareplus(3.0) threshold(0.1, 5.0));
    }
}

/// What gives whole numbers or truths, beside NumPy's.
#[test]
fn places_and_counts_are_those_of_the_elements() {
    let tape = Tape::new();
    let x = tape.constant(&array![[3.0_f32, 0.0, 5.0], [0.0, 7.0, 0.0]]).unwrap();
    let found = |result: Result<Var>| result.unwrap().array().unwrap();
    assert_eq!(found(x.argmax(1)), array![2.0, 1.0].into_dyn());
    assert_eq!(found(x.argmin(0)), array![1.0, 0.0, 1.0].into_dyn());
    assert_eq!(found(x.argsort(-1)), array![[1.0, 0.0, 2.0], [0.0, 2.0, 1.0]].into_dyn());
    assert_eq!(found(x.count_nonzero(0)), array![1.0, 1.0, 1.0].into_dyn());
    assert_eq!(found(x.count_nonzero(..)).into_iter().collect::<Vec<_>>(), [3.0]);
    assert_eq!(found(x.top_k(1).map(|[_, places]| places)), array![[2.0], [1.0]].into_dyn());
    assert_eq!(found(x.argmax(1).and_then(|places| places.one_hot(3, -1))), array![[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]].into_dyn());
    assert_eq!(found(x.argmax(1).and_then(|places| places.one_hot(3, 0))), array![[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]].into_dyn());
    assert_eq!(found(x.cast(model_graph::shape::DType::Bool)), array![[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]].into_dyn());
    assert_eq!(found(x.full_like(2.0)), ArrayD::from_elem(IxDyn(&[2, 3]), 2.0));
    let outside = tape.constant(&array![[3], [0]]).unwrap();
    assert!(
        words(x.take_along_axis(&outside, 1))
            .starts_with("`ops::take_along_axis(_, _, axis = 1)` takes whole numbers from 0 to 2")
    );
}

#[test]
fn shapes_are_whole() {
    let tape = Tape::<f64>::default();
    let x = tape.constant(numbers(&[2, 3, 4], 0)).unwrap();
    let shape = |result: Result<Var<f64>>| result.unwrap().shape().to_vec();
    assert!(shape(x.mean(..)).is_empty());
    assert_eq!(shape(x.mean(0)), [3, 4]);
    assert_eq!(shape(x.mean(along([0, 2]).keepdims())), [1, 3, 1]);
    assert_eq!(shape(x.at(0, 1)), [3, 4]);
    assert_eq!(shape(x.slice(1, 1..)), [2, 2, 4]);
    assert_eq!(shape(x.reshape([-1])), [24]);
    assert!(shape(tape.scalar(2.0).unwrap().exp()).is_empty());
}

#[test]
fn gradients_come_together_from_all_ways() {
    let tape = Tape::new();
    let x = tape.variable(&array![1.0_f32, 2.0]).unwrap();
    let y = (&x * 3.0).watch();
    let loss = (&y * &x + &y).sum(..).unwrap();
    let mut gradients = loss.backward().unwrap();
    assert_eq!(gradients.of(&y).unwrap(), array![2.0, 3.0].into_dyn());
    assert_eq!(gradients.of(&x).unwrap(), array![9.0, 15.0].into_dyn());
    x.sum(..).unwrap().backward_into(&mut gradients).unwrap();
    assert_eq!(gradients.of(&x).unwrap(), array![10.0, 16.0].into_dyn());
}

#[test]
fn nothing_goes_through_what_is_detached() {
    let tape = Tape::new();
    let x = tape.variable(&array![1.0_f32, 2.0]).unwrap();
    let loss = (&x * &x.detach() + tape.no_grad(|| &x * &x)).sum(..).unwrap();
    assert_eq!(loss.backward().unwrap().of(&x).unwrap(), array![1.0, 2.0].into_dyn());
}

#[test]
fn a_long_chain_is_dropped_without_a_deep_stack() {
    let tape = Tape::new();
    let x = tape.variable(&array![1.0_f32]).unwrap();
    let mut y = &x + 0.0;
    for _ in 0..200_000 {
        y = y + 1e-5;
    }
    let kept = y.clone();
    drop(y);
    drop(kept);
}

/// What an error says, and that it says where it came about.
fn words<R: std::fmt::Debug>(result: Result<R>) -> String {
    let error = result.unwrap_err().to_string();
    let (words, place) = error.rsplit_once("\nat ").unwrap_or_else(|| panic!("no place: {error}"));
    assert!(place.contains("variable/tests.rs:"), "{error}");
    words.to_owned()
}

#[test]
fn errors_say_what_does_not_fit_and_where() {
    let (tape, other) = (Tape::new(), Tape::new());
    let x = tape.variable(Array2::<f32>::zeros((2, 3))).unwrap();
    let column = tape.constant(Array1::<f32>::zeros(2)).unwrap();
    let mut said = vec![
        words((&x + &column).sum(..)),
        words((&x * &tape.constant(Array2::<f32>::zeros((2, 4))).unwrap()).sum(..)),
        words((&x + &other.constant(Array2::<f32>::zeros((2, 3))).unwrap()).sum(..)),
        words(x.sum(5)),
        words(x.reshape([4, -1])),
        words(x.backward()),
        words(x.item()),
        words(column.sum(..).unwrap().backward()),
        words(x.sum(..).unwrap().backward().unwrap().of(&column)),
        words(x.sum(..).unwrap().backward().unwrap().of(&(&x * 2.0))),
        words(tape.constant(&array![1, 2]).unwrap().exp()),
    ];
    let loss = x.sum(..).unwrap();
    loss.backward().unwrap();
    said.push(words(loss.backward()));
    check_words(&said);
}

fn check_words(said: &[String]) {
    let expected = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/variable/errors.txt")).unwrap_or_default();
    let said = said.join("\n\n") + "\n";
    if std::env::var_os("INSTA_UPDATE").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/variable/errors.txt"), said).unwrap();
    } else {
        assert_eq!(said, expected);
    }
}

const NET: &str = r#"{"class_name": "Sequential", "config": {"name": "net", "layers": [
    {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 6, 6, 2]}},
    {"class_name": "Conv2D", "config": {"name": "conv", "filters": 4, "kernel_size": 3, "activation": "relu"}},
    {"class_name": "BatchNormalization", "config": {"name": "norm", "momentum": 0.9}},
    {"class_name": "Flatten", "config": {"name": "flatten"}},
    {"class_name": "Dropout", "config": {"name": "dropout", "rate": 0.25}},
    {"class_name": "Dense", "config": {"name": "head", "units": 3}}]}}"#;

fn bits(model: &Model) -> Vec<u32> {
    let mut bits = Vec::new();
    model.visit(&mut |weight, _| bits.extend(weight.data.iter().map(|element| element.to_bits())));
    bits
}

/// Three steps of training by passes, of the whole model on a tape, and layer by layer.
#[test]
fn three_ways_of_calling_have_the_same_bits() {
    let x = numbers(&[4, 6, 6, 2], 1).mapv(|x| x as f32);
    let y = array![0, 2, 1, 1];
    let loss = SparseCategoricalCrossentropy::from_logits();
    let by_passes = {
        let mut model = Model::from_config(NET, 5).unwrap();
        let mut pass = crate::pass::Pass::new(&model, 7);
        let mut optimizer = Adam::new(0.01).build(&model).unwrap();
        for _ in 0..3 {
            let output = pass.forward(&model, &x).unwrap().remove(0).1;
            let (_, d_output) = loss.gradient(&output, &y).unwrap();
            pass.backward(&model, &d_output).unwrap();
            optimizer.apply(&mut model, &mut pass).unwrap();
        }
        bits(&model)
    };
    let on_a_tape = |call: &dyn Fn(&Model, &Var) -> Result<Var>| {
        let mut model = Model::from_config(NET, 5).unwrap();
        let tape = Tape::training(7);
        let mut optimizer = Adam::new(0.01).build(&model).unwrap();
        for _ in 0..3 {
            let output = call(&model, &tape.constant(&x).unwrap()).unwrap();
            let gradients = loss.call(&output, &y).unwrap().backward().unwrap();
            optimizer.apply(&mut model, &gradients).unwrap();
        }
        bits(&model)
    };
    assert_eq!(on_a_tape(&|model, x| model.call(x)), by_passes);
    let layers = ["conv", "norm", "flatten", "dropout", "head"];
    let by_layers = |model: &Model, x: &Var| layers.iter().try_fold(x.clone(), |x, name| model.layer(name).unwrap().call(&x));
    assert_eq!(on_a_tape(&by_layers), by_passes);
}

#[test]
fn a_model_that_is_called_twice_has_the_sum_of_both_gradients() {
    let config = r#"{"class_name": "Sequential", "config": {"name": "line", "layers": [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 2]}},
        {"class_name": "Dense", "config": {"name": "line", "units": 1}}]}}"#;
    let model = Model::from_config(config, 1).unwrap();
    let (tape, kernel) = (Tape::new(), |model: &Model| -> Weight { model.weight("line/kernel").unwrap().clone() });
    let _ = kernel(&model);
    let (a, b) = (tape.variable(&array![[1.0_f32, 2.0]]).unwrap(), tape.constant(&array![[10.0_f32, 20.0]]).unwrap());
    let loss = (model.call(&a).unwrap() + model.call(&b).unwrap() * 3.0).sum(..).unwrap();
    let gradients = loss.backward().unwrap();
    let weight = model.weight("line/kernel").unwrap();
    assert_eq!(gradients.of_weight(weight).unwrap().to_owned(), array![[31.0_f32], [62.0]].into_dyn());
    assert_eq!(gradients.of(&a).unwrap().as_slice().unwrap(), &weight.data[..]);
    assert!(gradients.of_weight(&model.clone().weight("line/kernel").unwrap().clone()).is_none(), "a copy is another model");
}

/// Deep as the program says, with a branch, a layer that is called twice and a model that has weights.
#[test]
fn calls_on_inputs_make_the_model_that_calls_on_tensors_compute() {
    use super::{Build, Input};
    use model_graph::layers::{Dense, Dropout, Flatten};

    let encoder = Model::from_config(NET, 9).unwrap();
    let shared = Dense::new(3).activation("tanh");
    let built: crate::layer::Layer<Dense> = Dense::new(3).build(&[3], 4).unwrap();
    let (image, extra) = (Input::new([6, 6, 2]), Input::new([3]));
    let mut x = encoder.call(&image).unwrap() + &extra;
    for _ in 0..2 {
        x = shared.call(&x).unwrap();
    }
    let x = ops::concatenate(&[&built.call(&x).unwrap(), &x.square().unwrap()], -1).unwrap();
    let x = Dropout::new(0.5).call(Flatten::new().call(&x).unwrap()).unwrap() * 2.0;
    let mut model = Model::functional("own", [&extra, &image], [&x, &extra.mean(-1).unwrap()], 42).unwrap();
    let graph = model.graph();
    let names = |ports: &[model_graph::graph::Port]| ports.iter().map(|port| port.name.clone()).collect::<Vec<_>>();
    assert_eq!((names(&graph.inputs), names(&graph.outputs).len()), (vec!["input_0".to_owned(), "input_1".to_owned()], 2));
    assert_eq!(model.weight("net/head/kernel").unwrap().data, encoder.weight("head/kernel").unwrap().data);
    assert_eq!(model.weight("dense_1/kernel").unwrap().data, built.all()[0].data);

    // The model, and the same from its own configuration.
    let again = Model::from_config(&model_graph::config::to_json(model.graph()), 42).unwrap();
    assert_eq!(model_graph::config::to_json(again.graph()), model_graph::config::to_json(model.graph()));
    let tape = Tape::new();
    let (a, b) = (tape.constant(numbers(&[2, 3], 1)).unwrap(), tape.constant(numbers(&[2, 6, 6, 2], 2)).unwrap());
    let [whole, _] = model.outputs([&a, &b]).unwrap();
    let mut y = encoder.call(&b).unwrap() + &a;
    for _ in 0..2 {
        y = model.layer("dense").unwrap().call(&y).unwrap();
    }
    let y = ops::concatenate(&[&built.call(&y).unwrap(), &y.square().unwrap()], -1).unwrap() * 2.0;
    assert_eq!(whole.elements().unwrap(), y.elements().unwrap());
    crate::network::Trainable::set_trainable(&mut model, false);
}

#[test]
fn a_model_called_on_an_input_gives_its_masks_to_layers_and_not_to_the_caller() {
    use super::Input;
    use crate::training::Predict;
    use model_graph::layers::{Embedding, LSTM};

    let tokens = Input::integers([5]);
    let embedded = Embedding::new(7, 3).mask_zero(true).call(&tokens).unwrap();
    let inner = Model::functional("inner", &tokens, &embedded, 1).unwrap();
    let words = Input::integers([5]);
    let [sequence] = inner.outputs(&words).unwrap();
    let summary = LSTM::new(4).call(&sequence).unwrap();
    let model = Model::functional("outer", &words, &summary, 1).unwrap();
    // Steps that are masked change nothing, wherever they stand.
    let read = |words: [i32; 5]| model.predict(Array2::from(vec![words])).unwrap();
    assert_eq!(read([3, 1, 2, 0, 0]), read([0, 3, 0, 1, 2]));
    assert_ne!(read([3, 1, 2, 0, 0]), read([3, 1, 2, 4, 0]));
}

#[test]
fn what_cannot_be_a_model_says_why() {
    use super::Input;
    use model_graph::layers::{Conv2D, Dense};

    let tape = Tape::new();
    let (x, other) = (Input::new([4]), Input::new([2]));
    let number = tape.constant(&array![[1.0_f32, 2.0]]).unwrap();
    let y = Dense::new(2).call(&x).unwrap();
    let said = [
        words(Conv2D::new(8, 3).call(&x)),
        words(Dense::new(8).activation("rely").call(&x)),
        words((&y + &x).mean(-1)),
        words((&y + &number).mean(-1)),
        words(y.mean(0)),
        words(y.array()),
        words(Model::functional("m", &x, &(&y + &other), 1)),
        words(Model::functional("m", &y, &y, 1)),
        words(Model::functional("m", &number, &y, 1)),
        words(Dense::new(8).call(&number)),
    ];
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/variable/symbols.txt");
    let said = said.join("\n\n") + "\n";
    if std::env::var_os("INSTA_UPDATE").is_some() {
        std::fs::write(path, said).unwrap();
    } else {
        assert_eq!(said, std::fs::read_to_string(path).unwrap_or_default());
    }
}

#[test]
fn a_lazy_layer_keeps_what_its_first_call_has_built() {
    use super::{Build, Lazy};
    use model_graph::layers::Dense;

    let dense: Lazy<Dense> = Lazy::new(Dense::new(3), 4);
    let tape = Tape::new();
    let x = tape.constant(&array![[1.0_f32, 2.0]]).unwrap();
    let first = dense.call(&x).unwrap();
    assert_eq!(dense.call(&x).unwrap().elements().unwrap(), first.elements().unwrap());
    let built: crate::layer::Layer<Dense> = Dense::new(3).build(&[2], 4).unwrap();
    assert_eq!(built.call(&x).unwrap().elements().unwrap(), first.elements().unwrap());
    let gradients = first.sum(..).unwrap().backward().unwrap();
    assert!(gradients.of_weight(dense.layer().unwrap().get("kernel").unwrap()).is_some());
    let wider = tape.constant(&array![[1.0_f32, 2.0, 3.0]]).unwrap();
    let said = words(dense.call(&wider));
    assert!(said.starts_with("`Dense(3)` was built for other inputs: its `kernel` has shape [2, 3]"), "{said}");
}

#[test]
fn layers_in_a_row_are_the_model_that_calls_make() {
    use super::{Input, Sequential};
    use model_graph::layers::{Dense, Flatten};

    let mut net = Sequential::new("net", 3);
    net.add(Flatten::new()).unwrap().add(Dense::new(4).activation("tanh")).unwrap();
    net.add(Dense::new(9)).unwrap().pop().unwrap().add(Dense::new(2)).unwrap();
    let tape = Tape::new();
    let x = tape.constant(numbers(&[2, 3, 2], 1)).unwrap();
    let output = net.call(&x).unwrap();
    let image = Input::new([3, 2]);
    let y = Dense::new(2).call(&Dense::new(4).activation("tanh").call(&Flatten::new().call(&image).unwrap()).unwrap()).unwrap();
    let expected = Model::functional("net", &image, &y, 3).unwrap();
    assert_eq!(output.elements().unwrap(), expected.call(&x).unwrap().elements().unwrap());
    assert_eq!(net.model().unwrap().graph().layers.len(), expected.graph().layers.len());
    // In a row within a row.
    let mut outer = Sequential::new("outer", 3);
    outer.input(Input::new([3, 2])).unwrap().add(net).unwrap().add(Dense::new(1)).unwrap();
    assert_eq!(outer.into_model().unwrap().call(&x).unwrap().shape(), [2, 1]);
}

#[test]
fn layers_in_a_row_say_what_does_not_fit_where_it_is_added() {
    use super::{Input, Sequential};
    use model_graph::layers::{Conv2D, Dense};

    let mut net: Sequential = Sequential::new("net", 3);
    assert!(words(net.pop()).starts_with("`net` has no layer: expected at least one"));
    assert!(words(net.model()).starts_with("`net` has no input"));
    net.input(Input::new([4])).unwrap();
    assert!(words(net.add(Conv2D::new(8, 3))).starts_with("`Conv2D(8, 3)` needs [height, width, channels]"));
    net.add(Dense::new(2)).unwrap();
    net.model().unwrap();
    assert!(words(net.add(Dense::new(2))).starts_with("`net` has been made into a model"));
}

/// A panic in a function of the user's own ends that backward alone.
#[test]
fn a_panic_in_a_backward_of_one_s_own_leaves_model_and_threads_whole() {
    let model = Model::from_config(NET, 5).unwrap();
    let before = bits(&model);
    let x = numbers(&[4, 6, 6, 2], 1).mapv(|x| x as f32);
    let loss = |tape: &Tape, fails: bool| {
        let output = model.call(&tape.constant(&x).unwrap()).unwrap();
        let array = output.array().unwrap();
        let backward = move |d: &ArrayD<f32>| if fails { panic!("in the user's code") } else { vec![Some(d.clone())] };
        ops::custom("own", &[&output], array, backward).unwrap().sum(..).unwrap()
    };
    let gradient = |tape: &Tape| {
        let gradients = loss(tape, false).backward().unwrap();
        gradients.of_weight(model.weight("head/kernel").unwrap()).unwrap().to_owned()
    };
    let tape = Tape::new();
    let expected = gradient(&tape);
    let failing = loss(&tape, true);
    let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| failing.backward().map(drop)));
    assert!(failed.is_err());
    assert_eq!(bits(&model), before);
    assert_eq!(gradient(&tape), expected);
}

#[test]
fn gradients_of_gradients_say_what_has_none_and_where() {
    use super::Build;
    use model_graph::layers::LSTM;

    let tape = Tape::new();
    let x = tape.variable(&array![[[1.0_f32, 2.0]]]).unwrap();
    let lstm: crate::layer::Layer<LSTM> = LSTM::new(2).build(&[1, 2], 1).unwrap();
    let number = lstm.call(&x).unwrap().sum(..).unwrap();
    assert!(words(number.gradients([&x])).starts_with("`LSTM(2)` has no gradient of its gradient\nhelp: "));
    // What has been asked in vain is still there.
    number.backward().unwrap();
    assert!(words(number.gradients([&x])).starts_with("gradients have been taken through this call already"));
    let other = tape.variable(&array![1.0_f32]).unwrap();
    let square = other.square().unwrap().sum(..).unwrap();
    assert!(words(square.gradients([&x])).contains("the number does not follow from it"));
    assert!(words(square.gradients([&tape.scalar(1.0).unwrap()])).contains("it was given as a constant"));
    assert!(words(x.gradients([&x])).starts_with("`gradients` needs a single number"));
    let [slope] = square.gradients([&other]).unwrap();
    let [slope] = slope.sum(..).unwrap().gradients([&other]).unwrap();
    assert_eq!(slope.array().unwrap(), array![2.0].into_dyn());
}

/// The gradients of gradients of a whole model are those of its layers one by one, dropout and moving averages included.
#[test]
fn gradients_of_gradients_of_a_model_are_those_of_its_layers() {
    let x = numbers(&[4, 6, 6, 2], 1).mapv(|x| x as f32);
    let found = |call: &dyn Fn(&Model, &Var) -> Result<Var>| {
        let model = Model::from_config(NET, 5).unwrap();
        let tape = Tape::training(7);
        let x = tape.variable(&x).unwrap();
        let [slopes] = call(&model, &x).unwrap().square().unwrap().sum(..).unwrap().gradients([&x]).unwrap();
        let gradients = slopes.square().unwrap().sum(..).unwrap().backward().unwrap();
        let mut numbers: Vec<f32> = slopes.elements().unwrap().to_vec();
        model.visit(&mut |weight, is_trained| {
            if is_trained {
                numbers.extend(gradients.elements(weight).unwrap());
            }
        });
        numbers
    };
    let layers = ["conv", "norm", "flatten", "dropout", "head"];
    let by_layers = |model: &Model, x: &Var| layers.iter().try_fold(x.clone(), |x, name| model.layer(name).unwrap().call(&x));
    let [whole, by_layers] = [found(&|model, x| model.call(x)), found(&by_layers)];
    assert_eq!(whole.len(), by_layers.len());
    let largest = whole.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    for (a, b) in whole.iter().zip(by_layers) {
        assert!((a - b).abs() <= 1e-5 * largest, "{a}, {b}");
    }
}

/// Masks that embeddings make are handed on and used as in a model: layers one by one, and a model on the same words.
#[test]
fn masks_of_variables_are_those_of_models() {
    use super::{Input, Lazy};
    use crate::losses::MeanSquaredError;
    use model_graph::layers::{Dense, Embedding, GlobalAveragePooling1D, LSTM};

    let tokens = Input::integers([5]);
    let sequence = Dense::new(3).call(&Embedding::new(7, 3).mask_zero(true).call(&tokens).unwrap()).unwrap();
    let sequence = LSTM::new(4).return_sequences(true).call(&sequence).unwrap();
    let mean = GlobalAveragePooling1D::new().call(&sequence).unwrap();
    let model = Model::functional("net", &tokens, [&sequence, &mean], 1).unwrap();
    let words_given = array![[3, 1, 2, 0, 0], [5, 0, 1, 4, 0]];
    let tape = Tape::new();
    let words_of = tape.constant(&words_given).unwrap();
    let [expected, of_mean] = model.outputs(&words_of).unwrap();
    let by_layers =
        ["embedding", "dense", "lstm"].iter().try_fold(words_of.clone(), |x, name| model.layer(name).unwrap().call(&x));
    let by_layers = by_layers.unwrap();
    assert_eq!(by_layers.elements().unwrap(), expected.elements().unwrap());
    let mask = words_given.mapv(|word| f32::from(u8::from(word != 0))).into_dyn();
    assert_eq!(by_layers.mask().unwrap().array().unwrap(), mask);
    assert_eq!(expected.mask().unwrap().array().unwrap(), mask);
    let pooled = model.layer("global_average_pooling1d").unwrap().call(&by_layers).unwrap();
    assert_eq!(pooled.elements().unwrap(), of_mean.elements().unwrap());
    assert!(pooled.mask().is_none());
    // A loss is the mean over what counts.
    let zeros = ArrayD::<f32>::zeros(IxDyn(&[2, 5, 4]));
    let loss = MeanSquaredError::new().call(&by_layers, &zeros).unwrap().item().unwrap();
    let plain = by_layers.array().unwrap();
    let masked = MeanSquaredError::new().masked_value(&plain, &zeros, &mask).unwrap();
    assert!((f64::from(loss) - masked).abs() < 1e-7);
    assert!(loss != MeanSquaredError::new().call(&by_layers.with_mask(None).unwrap(), &zeros).unwrap().item().unwrap());
    // What does not fit says so.
    let numbers = tape.constant(&mask).unwrap();
    assert!(words(by_layers.with_mask(Some(&numbers))).starts_with("a mask says of each step whether it counts"));
    let line: Lazy<Dense> = Lazy::new(Dense::new(1), 1);
    let given = line.call(&by_layers.with_mask(Some(&numbers.not_equal(0.0).unwrap())).unwrap()).unwrap();
    assert_eq!(given.mask().unwrap().array().unwrap(), mask);
}
