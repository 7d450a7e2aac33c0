//! Gradients of every operation, and gradients of these, against numerical ones.

mod calls;

use ndarray::{Array1, Array2, ArrayD, IxDyn, array};

use super::{Tape, Var, along, ops};
use crate::error::Result;
use crate::random::Random;

/// Numbers from 0.2 to 1.7 that are not equal, at which all functions are smooth.
fn numbers(shape: &[usize], seed: u64) -> ArrayD<f64> {
    let mut random = Random::new(seed);
    ArrayD::from_shape_simple_fn(IxDyn(shape), || random.uniform(0.2, 1.7))
}

type Function = fn(&[Var<f64>]) -> Result<Var<f64>>;
type Checked<'f> = dyn Fn(&[Var<f64>]) -> Result<Var<f64>> + 'f;
/// A function along an axis.
type Along<'f> = dyn Fn(&[Var<f64>], i64) -> Result<Var<f64>> + 'f;
/// A number, and what it follows from.
type Number = (Var<f64>, Vec<Var<f64>>);

/// Compares the gradients of a function of tensors of these shapes with what small differences say.
fn check(name: &str, shapes: &[&[usize]], function: Function) {
    check_with(name, shapes, &function);
}

fn check_with(name: &str, shapes: &[&[usize]], function: &Checked) {
    check_first(name, shapes, function);
    check_second(name, shapes, function);
}

/// Compares gradients as variables with those of `backward`, and the gradients of a function of these with what small differences of it say.
fn check_second(name: &str, shapes: &[&[usize]], function: &Checked) {
    let given: Vec<ArrayD<f64>> = shapes.iter().enumerate().map(|(i, shape)| numbers(shape, i as u64)).collect();
    let number = |given: &[ArrayD<f64>]| -> Result<Number> {
        let tape = Tape::<f64>::default();
        let inputs = given.iter().map(|array| tape.variable(array)).collect::<Result<Vec<_>>>()?;
        let output = function(&inputs)?;
        Ok(((&output * &numbers(output.shape(), 99)).sum(..)?, inputs))
    };
    // A function of all gradients; none where nothing follows from an input.
    let of_gradients = |given: &[ArrayD<f64>]| -> Result<Option<Number>> {
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

fn check_first(name: &str, shapes: &[&[usize]], function: &Checked) {
    let given: Vec<ArrayD<f64>> = shapes.iter().enumerate().map(|(i, shape)| numbers(shape, i as u64)).collect();
    let weights = |shape: &[usize]| numbers(shape, 99);
    let loss = |given: &[ArrayD<f64>]| -> Result<Number> {
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
        let along = |name: &str, function: &Along| {
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
    for _ in 0..40_000 {
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
    assert!(place.contains("variable/tests"), "{error}");
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
