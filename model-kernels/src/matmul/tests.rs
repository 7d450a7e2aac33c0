//! Products against sums in `f64`, with every instruction set, and their bits against other numbers of threads.

use super::forward::forward;
use super::input_gradient::input_gradient;
use super::weight_gradient::weight_gradient;
use super::*;
use crate::contract::table::HasTiles;
use crate::float::Float;
use crate::fused::Fused;
use crate::testing::{assert_close, values, with_threads};

const SIZES: [[usize; 3]; 12] = [
    [1, 784, 64],
    [1, 64, 10],
    [3, 5, 1],
    [64, 64, 10],
    [65, 30, 33],
    [17, 700, 100],
    [40, 1200, 70],
    [2, 9, 300],
    [128, 200, 64],
    [5, 1, 7],
    [1, 1, 1],
    [600, 20, 31],
];

fn product(m: usize, n: usize, k: usize, term: impl Fn(usize, usize, usize) -> f64) -> Vec<f64> {
    let term = &term;
    (0..m).flat_map(|i| (0..n).map(move |j| (0..k).map(|l| term(i, j, l)).sum())).collect()
}

fn check<T: Float>(tolerance: f64) {
    for sizes @ [m, k, n] in SIZES {
        let (input, kernel, bias) = (values::<T>(m * k, 1), values::<T>(k * n, 2), values::<T>(n, 3));
        let d_output = values::<T>(m * n, 4);
        let at = |slice: &[T], index: usize| slice[index].to_f64();
        let linear = product(m, n, k, |i, j, l| at(&input, i * k + l) * at(&kernel, l * n + j));
        let expected: Vec<f64> = linear.iter().enumerate().map(|(i, x)| (x + at(&bias, i % n)).max(0.0)).collect();
        let d_input = product(m, k, n, |i, j, l| at(&d_output, i * n + l) * at(&kernel, j * n + l));
        let d_kernel = product(k, n, m, |i, j, l| at(&input, l * k + i) * at(&d_output, l * n + j));
        let d_bias = product(1, n, m, |_, j, l| at(&d_output, l * n + j));
        let twice = |x: &[f64]| x.iter().map(|x| 2.0 * x).collect::<Vec<_>>();
        for tiles in T::all_tiles() {
            let mut output = vec![T::ONE; m * n];
            forward(tiles, sizes, &input, &kernel, None, Fused::None, &mut output);
            assert_close(&output, &linear, k, tolerance, &sizes);
            forward(tiles, sizes, &input, &kernel, Some(&bias), Fused::Relu, &mut output);
            assert_close(&output, &expected, k, tolerance, &sizes);
            let mut found = (vec![T::ONE; m * k], vec![T::ONE; k * n], vec![T::ONE; n]);
            input_gradient(tiles, sizes, &d_output, &kernel, &mut found.0, false);
            weight_gradient(tiles, sizes, &input, &d_output, &mut found.1, Some(&mut found.2), false);
            assert_close(&found.0, &d_input, n, tolerance, &sizes);
            assert_close(&found.1, &d_kernel, m, tolerance, &sizes);
            assert_close(&found.2, &d_bias, m, tolerance, &sizes);
            input_gradient(tiles, sizes, &d_output, &kernel, &mut found.0, true);
            weight_gradient(tiles, sizes, &input, &d_output, &mut found.1, Some(&mut found.2), true);
            assert_close(&found.0, &twice(&d_input), n, tolerance, &sizes);
            assert_close(&found.1, &twice(&d_kernel), m, tolerance, &sizes);
            assert_close(&found.2, &twice(&d_bias), m, tolerance, &sizes);
        }
    }
}

#[test]
fn products_are_those_of_f64() {
    check::<f32>(1e-5);
    check::<f64>(1e-12);
}

/// Where all round alike, sums have one order on every instruction set: what the portable tiles may differ in is one rounding alone.
#[test]
fn instruction_sets_differ_in_the_rounding_of_products_alone() {
    for sizes @ [m, k, n] in SIZES {
        let (input, kernel, d_output) = (values::<f32>(m * k, 1), values::<f32>(k * n, 2), values::<f32>(m * n, 4));
        let run = |tiles| {
            let mut found = [vec![1.0; m * n], vec![1.0; m * k], vec![1.0; k * n], vec![1.0; n]];
            let [output, d_input, d_kernel, d_bias] = &mut found;
            forward(tiles, sizes, &input, &kernel, Some(&kernel[..n]), Fused::None, output);
            input_gradient(tiles, sizes, &d_output, &kernel, d_input, true);
            weight_gradient(tiles, sizes, &input, &d_output, d_kernel, Some(d_bias), true);
            found
        };
        let fused = run(f32::fused_tiles());
        assert!(f32::all_tiles().into_iter().skip(1).all(|tiles| run(tiles) == fused), "{sizes:?}");
    }
}

#[test]
fn bits_depend_neither_on_threads_nor_on_the_batch() {
    let [m, k, n] = [64, 700, 100];
    let (input, kernel, d_output) = (values::<f32>(m * k, 1), values::<f32>(k * n, 2), values::<f32>(m * n, 4));
    let run = |threads| {
        with_threads(threads, || {
            let mut found = (vec![0.0; m * n], vec![0.0; m * k], vec![0.0; k * n], vec![0.0; n]);
            dense_forward([m, k, n], &input, &kernel, None, Fused::None, &mut found.0);
            dense_input_gradient([m, k, n], &d_output, &kernel, &mut found.1, false);
            dense_weight_gradient([m, k, n], &input, &d_output, &mut found.2, Some(&mut found.3), false);
            found
        })
    };
    let one = run(1);
    assert!(one == run(2) && one == run(3));
    let mut alone = vec![0.0; n];
    dense_forward([1, k, n], &input[5 * k..6 * k], &kernel, None, Fused::None, &mut alone);
    assert_eq!(alone, one.0[5 * n..6 * n]);
}

#[test]
fn products_with_a_packed_matrix_have_the_bits_of_those_with_the_matrix() {
    for [m, k, n] in SIZES {
        let (input, kernel, bias) = (values::<f32>(m * k, 1), values::<f32>(k * n, 2), values::<f32>(n, 3));
        let (mut room, mut expected, mut found) = (vec![f32::NAN; k * n], vec![0.0; m * n], vec![f32::NAN; m * n]);
        dense_forward([m, k, n], &input, &kernel, Some(&bias), Fused::None, &mut expected);
        Packed::new(&kernel, [k, n], false, &mut room).product(m, &input, Some(&bias), &mut found, false);
        assert!(found == expected, "{m} x {k} x {n}");

        let (d_output, mut expected, mut found) = (values::<f32>(m * n, 4), input.clone(), input);
        dense_input_gradient([m, k, n], &d_output, &kernel, &mut expected, true);
        Packed::new(&kernel, [n, k], true, &mut room).product(m, &d_output, None, &mut found, true);
        assert!(found == expected, "{m} x {k} x {n}, transposed");
    }
}
