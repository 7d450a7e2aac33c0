//! What reduces rows or columns: softmaxes, normalisations, losses, sums.

use model_kernels::activation::{self, Kind};
use model_kernels::columns::column_sums;
use model_kernels::float::Float;
use model_kernels::loss::{binary_crossentropy, categorical_crossentropy, mean_squared_error, sparse_categorical_crossentropy};
use model_kernels::{batch_normalization as batch, normalization as rows, softmax_axis};

use super::Size::{Largest, Sums};
use super::{Case, Numbers};

pub fn cases() -> Vec<Case> {
    cases![false,
        sums_of_columns, Sums, 1;
        softmax, Largest, 8;
        logarithm_of_softmax, Largest, 6;
        sparsemax, Largest, 6;
        softmax_along_an_axis, Largest, 8;
        batch_normalization, Largest, 6;
        batch_normalization_in_use, Largest, 3;
        layer_normalization, Largest, 6;
        squares, Largest, 3;
        crossentropies_of_logits, Largest, 8;
        crossentropies_of_probabilities, Largest, 10;
    ]
}

fn sums_of_columns<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let x = numbers.some::<T>(3000 * 40);
    let mut sums = vec![T::ZERO; 40];
    column_sums(&x, &mut sums, false);
    vec![sums]
}

/// A function of rows, and its derivative.
fn along_rows<T: Float>(numbers: &mut Numbers, kind: Kind) -> Vec<Vec<T>> {
    let (z, mut d) = (numbers.within::<T>(4.0, 50 * 100), numbers.some::<T>(50 * 100));
    let mut y = z.clone();
    activation::forward(kind, &z, &mut y, 100);
    activation::backward(kind, &[], &y, &mut d, 100);
    vec![y, d]
}

fn softmax<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    along_rows(numbers, Kind::Softmax)
}

fn logarithm_of_softmax<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    along_rows(numbers, Kind::LogSoftmax)
}

fn sparsemax<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    along_rows(numbers, Kind::Sparsemax)
}

fn softmax_along_an_axis<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let (x, mut d) = (numbers.within::<T>(4.0, 20 * 30 * 10), numbers.some::<T>(20 * 30 * 10));
    let mut y = x.clone();
    softmax_axis::forward(&x, &mut y, 30, 10);
    softmax_axis::backward(&y, &mut d, 30, 10);
    vec![y, d]
}

fn batch_normalization<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let (x, d_y, gamma, beta) = (numbers.some::<T>(900 * 20), numbers.some::<T>(900 * 20), numbers.some(20), numbers.some(20));
    let (mut mean, mut variance, mut saved, mut sums) =
        (numbers.some(20), numbers.positive(20), vec![T::ZERO; 40], vec![T::ZERO; 40]);
    let (mut y, mut d_x) = (x.clone(), x.clone());
    let affine = batch::Affine { gamma: Some(&gamma), beta: Some(&beta) };
    let moving = batch::Moving { mean: &mut mean, variance: &mut variance };
    batch::forward_training(&x, affine, 1e-3, 0.9, moving, &mut saved, &mut y);
    batch::backward(&x, &saved, Some(&gamma), &d_y, &mut sums, &mut d_x, false);
    vec![y, d_x, sums, mean, variance]
}

fn batch_normalization_in_use<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let (x, gamma, beta) = (numbers.some::<T>(900 * 20), numbers.some(20), numbers.some(20));
    let (mean, variance) = (numbers.some::<T>(20), numbers.positive::<T>(20));
    let mut y = x.clone();
    let affine = batch::Affine { gamma: Some(&gamma), beta: Some(&beta) };
    batch::forward_inference(&x, affine, 0.125, &mean, &variance, &mut y);
    vec![y]
}

fn layer_normalization<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let (x, mut d_y, gamma, beta) =
        (numbers.some::<T>(200 * 70), numbers.some::<T>(200 * 70), numbers.some(70), numbers.some(70));
    let (mut normal, mut inverse, mut y, mut d_x) = (x.clone(), vec![T::ZERO; 200], x.clone(), x.clone());
    let affine = rows::Affine { gamma: Some(&gamma), beta: Some(&beta), inner: 1 };
    let by = rows::Divisor::Deviation { epsilon: 1e-3 };
    rows::forward(&x, 70, affine, by, [&mut normal, &mut inverse], &mut y);
    let (mut d_gamma, mut d_beta) = (gamma.clone(), beta.clone());
    rows::affine_gradient(&normal, &d_y, [70, 1], |j, gamma, beta| (d_gamma[j], d_beta[j]) = (gamma, beta));
    rows::backward([&normal, &inverse], 70, affine, by, &mut d_y, &mut d_x, false);
    vec![y, d_x, d_gamma, d_beta]
}

fn squares<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let (t, y) = (numbers.some::<T>(5000), numbers.some::<T>(5000));
    let mut d = y.clone();
    let loss = mean_squared_error(&t, &y, None, &mut d);
    vec![vec![T::from_f64(loss)], d]
}

/// The losses of one form of predictions, and their gradients.
fn crossentropies<T: Float>(numbers: &mut Numbers, y: &[T], from_logits: bool) -> Vec<Vec<T>> {
    let t = numbers.positive::<T>(y.len());
    let classes: Vec<i32> = (0..y.len() / 10).map(|i| (i * 7 % 10) as i32).collect();
    let mut found = [y.to_vec(), y.to_vec(), y.to_vec()];
    let [of_rows, of_classes, of_elements] = &mut found;
    let losses = [
        categorical_crossentropy(&t, y, 10, from_logits, 0.125, None, of_rows),
        sparse_categorical_crossentropy(&classes, y, 10, from_logits, None, of_classes),
        binary_crossentropy(&t, y, from_logits, 0.0, None, of_elements),
    ];
    found.into_iter().chain(losses.map(|loss| vec![T::from_f64(loss)])).collect()
}

fn crossentropies_of_logits<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let y = numbers.within(8.0, 5000);
    crossentropies(numbers, &y, true)
}

fn crossentropies_of_probabilities<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let y: Vec<T> = numbers.positive::<T>(5000).into_iter().map(|p| p * T::from_f64(0.75) + T::from_f64(0.125)).collect();
    crossentropies(numbers, &y, false)
}
