//! What slides over images or moves their pixels: depthwise convolutions, pooling, enlargement, borders, embeddings.

use model_kernels::border::{self, Inset};
use model_kernels::depthwise_conv2d::{self as depthwise, Geometry};
use model_kernels::float::Float;
use model_kernels::fused::Fused;
use model_kernels::pool::Windows;
use model_kernels::resize::{Axis, Filter};
use model_kernels::{concatenate, embedding, global_pool, permute, pool, transpose, up_sampling};

use super::Size::{Element, Largest, Sums};
use super::{Case, Numbers};

pub fn cases() -> Vec<Case> {
    cases![false,
        depthwise_convolution<0>, Sums, 8;
        depthwise_convolution<1>, Sums, 8;
        max_pooling, Largest, 2;
        average_pooling, Sums, 8;
        global_average_pooling, Sums, 8;
        global_max_pooling, Element(0.0), 2;
        nearest, Sums, 8;
        bilinear, Sums, 8;
        lanczos, Sums, 16;
        rows_of_a_table, Sums, 8;
        places, Element(0.0), 0;
    ]
}

fn depthwise_convolution<T: Float, const I: usize>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let g = [
        Geometry {
            input: [12, 12, 40],
            output: [12, 12, 40],
            kernel: [3, 3],
            strides: [1, 1],
            dilation: [1, 1],
            padding: [1, 1],
        },
        Geometry { input: [13, 13, 6], output: [6, 6, 12], kernel: [5, 3], strides: [2, 2], dilation: [1, 1], padding: [1, 0] },
    ][I];
    let lens @ [input, output, kernel, filters] =
        [2 * g.input_len(), 2 * g.output_len(), g.kernel[0] * g.kernel[1] * g.output[2], g.output[2]];
    let (x, w, bias, d_output) = (numbers.some(input), numbers.some(kernel), numbers.some(filters), numbers.some(output));
    let mut found = lens.map(|len| vec![T::ZERO; len]);
    let [d_input, output, d_kernel, d_bias] = &mut found;
    depthwise::forward(&g, &x, &w, Some(&bias), Fused::None, output);
    depthwise::input_gradient(&g, &d_output, &w, d_input, false);
    depthwise::weight_gradient(&g, &x, &d_output, d_kernel, Some(d_bias), false);
    found.into()
}

const POOLING: pool::Geometry =
    pool::Geometry { input: [1, 11, 11, 37], output: [1, 6, 6, 37], windows: [Windows::SINGLE, WINDOWS, WINDOWS] };

const WINDOWS: Windows = Windows::Sliding { size: 3, stride: 2, padding: 1 };

fn max_pooling<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let (x, d_y) = (numbers.some::<T>(2 * 11 * 11 * 37), numbers.some(2 * 6 * 6 * 37));
    let (mut y, mut d_x) = (d_y.clone(), x.clone());
    pool::max_forward(&POOLING, &x, &mut y);
    pool::max_backward(&POOLING, &x, &y, &d_y, &mut d_x, false);
    vec![y, d_x]
}

fn average_pooling<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let (x, d_y) = (numbers.some::<T>(2 * 11 * 11 * 37), numbers.some(2 * 6 * 6 * 37));
    let (mut y, mut d_x) = (d_y.clone(), x.clone());
    pool::average_forward(&POOLING, &x, &mut y);
    pool::average_backward(&POOLING, &d_y, &mut d_x, false);
    vec![y, d_x]
}

fn global_average_pooling<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let (x, d_y) = (numbers.some::<T>(2 * 121 * 37), numbers.some(2 * 37));
    let (mut y, mut d_x) = (d_y.clone(), x.clone());
    global_pool::average_forward(&x, &mut y, 121, 37);
    global_pool::average_backward(&d_y, &mut d_x, 121, 37, false);
    vec![y, d_x]
}

fn global_max_pooling<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let (x, d_y) = (numbers.some::<T>(2 * 121 * 37), numbers.some(2 * 37));
    let (mut y, mut d_x) = (d_y.clone(), x.clone());
    global_pool::max_forward(&x, &mut y, 121, 37);
    global_pool::max_backward(&x, &y, &d_y, &mut d_x, 37, false);
    vec![y, d_x]
}

const ENLARGEMENT: up_sampling::Geometry = up_sampling::Geometry { input: [1, 5, 7, 9], factors: [1, 2, 3] };

fn nearest<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let (x, d_y) = (numbers.some::<T>(315), numbers.some(315 * 6));
    let (mut y, mut d_x) = (d_y.clone(), x.clone());
    up_sampling::nearest_forward(&ENLARGEMENT, &x, &mut y);
    up_sampling::nearest_backward(&ENLARGEMENT, &d_y, &mut d_x, false);
    vec![y, d_x]
}

fn bilinear<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    resized(Filter::Bilinear, numbers)
}

fn lanczos<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    resized(Filter::Lanczos(3), numbers)
}

/// Twelve elements as seven, nine behind each.
fn resized<T: Float>(filter: Filter, numbers: &mut Numbers) -> Vec<Vec<T>> {
    let axis = Axis::whole(12, 7, filter, true);
    let (x, d_y) = (numbers.some::<T>(2 * 12 * 9), numbers.some(2 * 7 * 9));
    let (mut y, mut d_x, mut table) = (d_y.clone(), x.clone(), vec![T::ZERO; axis.room()]);
    axis.fill_table(&mut table);
    axis.forward(9, &table, T::ONE, &x, &mut y);
    axis.backward(9, &table, &d_y, &mut d_x, false);
    vec![y, d_x]
}

fn rows_of_a_table<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let x: Vec<T> = (0..100).map(|i| T::from_f64(f64::from(i * 7 % 10))).collect();
    let (table, d_y) = (numbers.some::<T>(10 * 24), numbers.some(100 * 24));
    let (mut y, mut d_table) = (d_y.clone(), table.clone());
    embedding::forward(&x, &table, 24, &mut y);
    embedding::backward(&x, &d_y, 24, &mut d_table, false);
    vec![y, d_table]
}

/// Whatever puts elements elsewhere puts the same there.
fn places<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let x = numbers.some::<T>(2 * 5 * 6 * 7);
    let inset = Inset { outer: [1, 8, 9, 7], inner: [1, 5, 6, 7], start: [0, 1, 2] };
    let (mut padded, mut cropped, mut permuted, mut swapped, mut joined) =
        (vec![T::ZERO; 2 * 8 * 9 * 7], x.clone(), x.clone(), x.clone(), vec![T::ZERO; 2 * x.len()]);
    border::pad(&inset, &x, &mut padded, false);
    border::crop(&inset, &padded, &mut cropped, false);
    permute::gather(&x, &[1, 42, 7], &mut permuted, &[7, 5, 6], false);
    transpose::swap(&x, &mut swapped, [6, 7]);
    concatenate::forward(&[&x, &x], &[7, 7], &mut joined);
    vec![padded, cropped, permuted, swapped, joined]
}
