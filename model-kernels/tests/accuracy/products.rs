//! What is made of register tiles: products, convolutions, and the gradients of both.

use model_kernels::conv2d::{self, Geometry, transposed};
use model_kernels::float::Float;
use model_kernels::fused::Fused;
use model_kernels::matmul::{dense_forward, dense_input_gradient, dense_weight_gradient};

use super::Size::Sums;
use super::{Case, Numbers};

pub fn cases() -> Vec<Case> {
    cases![true,
        dense<0>, Sums, 8;
        dense<1>, Sums, 8;
        dense<2>, Sums, 8;
        convolution<0>, Sums, 8;
        convolution<1>, Sums, 8;
        convolution<2>, Sums, 8;
        convolution<3>, Sums, 8;
        convolution<4>, Sums, 8;
        convolution<5>, Sums, 8;
        transposed_convolution<0>, Sums, 8;
        transposed_convolution<1>, Sums, 8;
    ]
}

/// Rows, inputs and outputs: a layer, a classifier's end, a long sum.
const PRODUCTS: [[usize; 3]; 3] = [[64, 300, 70], [33, 64, 10], [3, 2000, 40]];

fn dense<T: Float, const I: usize>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let sizes @ [m, k, n] = PRODUCTS[I];
    let (input, kernel, bias, d_output) = (numbers.some(m * k), numbers.some(k * n), numbers.some(n), numbers.some(m * n));
    let mut found = [m * n, m * k, k * n, n].map(|len| vec![T::ZERO; len]);
    let [output, d_input, d_kernel, d_bias] = &mut found;
    dense_forward(sizes, &input, &kernel, Some(&bias), Fused::None, output);
    dense_input_gradient(sizes, &d_output, &kernel, d_input, false);
    dense_weight_gradient(sizes, &input, &d_output, d_kernel, Some(d_bias), false);
    found.into()
}

/// Three channels; many; strides; windows of one; few columns; groups and dilation.
const CONVOLUTIONS: [Geometry; 6] = [
    geometry([20, 20, 3], [20, 20, 20], [3, 3], [1, 1], 1, 1),
    geometry([9, 9, 80], [9, 9, 40], [3, 3], [1, 1], 1, 1),
    geometry([15, 15, 12], [8, 8, 24], [3, 3], [2, 2], 1, 1),
    geometry([8, 8, 100], [8, 8, 50], [1, 1], [1, 1], 1, 1),
    geometry([8, 24, 40], [8, 24, 4], [3, 3], [1, 1], 1, 1),
    geometry([12, 12, 8], [12, 12, 16], [3, 3], [1, 1], 2, 2),
];

const fn geometry(
    input: [usize; 3],
    output: [usize; 3],
    kernel: [usize; 2],
    strides: [usize; 2],
    dilation: usize,
    groups: usize,
) -> Geometry {
    let padding = [kernel[0] / 2 * dilation, kernel[1] / 2 * dilation];
    Geometry { input, output, kernel, strides, dilation: [dilation; 2], padding, groups }
}

fn convolution<T: Float, const I: usize>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let (g, batch) = (&CONVOLUTIONS[I], 2);
    let lens @ [input, output, kernel, filters] = [batch * g.input_len(), batch * g.output_len(), g.kernel_len(), g.output[2]];
    let (x, w, bias, d_output) = (numbers.some(input), numbers.some(kernel), numbers.some(filters), numbers.some(output));
    let mut found = lens.map(|len| vec![T::ZERO; len]);
    let [d_input, output, d_kernel, d_bias] = &mut found;
    conv2d::forward(g, batch, &x, &w, Some(&bias), Fused::None, output);
    conv2d::input_gradient(g, batch, &d_output, &w, d_input, false);
    conv2d::weight_gradient(g, batch, &x, &d_output, d_kernel, Some(d_bias), false);
    found.into()
}

fn transposed_convolution<T: Float, const I: usize>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let (g, batch) = (&CONVOLUTIONS[[1, 2][I]], 2);
    let lens @ [output, input, kernel, filters] = [batch * g.input_len(), batch * g.output_len(), g.kernel_len(), g.input[2]];
    let (x, w, bias, d_output) = (numbers.some(input), numbers.some(kernel), numbers.some(filters), numbers.some(output));
    let mut found = lens.map(|len| vec![T::ZERO; len]);
    let [output, d_input, d_kernel, d_bias] = &mut found;
    transposed::forward(g, batch, &x, &w, Some(&bias), Fused::None, output);
    transposed::transposed_input_gradient(g, batch, &d_output, &w, d_input, false);
    transposed::transposed_weight_gradient(g, batch, &x, &d_output, d_kernel, Some(d_bias), false);
    found.into()
}
