//! What acts on elements one by one: activations, merges, dropout, optimisers' steps.

use model_kernels::activation::{self, Kind, needs_input};
use model_kernels::elementwise::{self, Merge};
use model_kernels::float::Float;
use model_kernels::prelu::{self, Shapes};
use model_kernels::stretched::{self, Stretched};
use model_kernels::{dropout, optimizer};

use super::Size::{Element, Sums};
use super::{Case, Numbers};

pub fn cases() -> Vec<Case> {
    cases![false,
        of_corners, Element(1.0), 12;
        of_exponentials, Element(1.0), 16;
        of_errors, Element(1.0), 16;
        of_the_approximate_gelu, Element(1.0), 60; // its derivative is `1 - tanh^2` times a number up to thirty
        merges, Sums, 4;
        stretched_merges, Sums, 6;
        dropped, Element(0.0), 2;
        slopes, Element(0.0), 2;
        step, Element(1.0), 5;
    ]
}

/// What activations make of numbers, and their derivatives.
fn activated<T: Float>(numbers: &mut Numbers, kinds: &[Kind]) -> Vec<Vec<T>> {
    let mut found = Vec::new();
    for &kind in kinds {
        let (z, mut d) = (numbers.within::<T>(8.0, 3000), numbers.some::<T>(3000));
        let mut y = z.clone();
        activation::forward(kind, &z, &mut y, 30);
        // The derivative from one output: how its own error goes on is not the derivative's.
        let of = y.iter().map(|y| T::from_f64(f64::from(y.to_f64() as f32))).collect::<Vec<_>>();
        activation::backward(kind, if needs_input(kind) { &z } else { &[] }, &of, &mut d, 30);
        found.extend([y, d]);
    }
    found
}

fn of_corners<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let kinds = [
        Kind::Linear,
        Kind::Relu,
        Kind::GeneralRelu { negative_slope: 0.25, max_value: 3.0, threshold: 0.5 },
        Kind::Relu6,
        Kind::LeakyRelu { negative_slope: 0.25 },
        Kind::HardSigmoid,
        Kind::HardSilu,
        Kind::Softsign,
        Kind::HardTanh,
        Kind::HardShrink { threshold: 0.5 },
        Kind::SoftShrink { threshold: 0.5 },
        Kind::Threshold { threshold: 0.5, default_value: -1.0 },
        Kind::SparsePlus,
        Kind::SparseSigmoid,
        Kind::Squareplus { b: 4.0 },
    ];
    activated(numbers, &kinds)
}

fn of_exponentials<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let kinds = [
        Kind::Elu { alpha: 1.0 },
        Kind::Selu,
        Kind::Celu { alpha: 0.5 },
        Kind::Sigmoid,
        Kind::LogSigmoid,
        Kind::Silu,
        Kind::Softplus,
        Kind::Exponential,
    ];
    activated(numbers, &kinds)
}

fn of_errors<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    activated(numbers, &[Kind::Gelu, Kind::Mish, Kind::Tanh, Kind::TanhShrink])
}

fn of_the_approximate_gelu<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    activated(numbers, &[Kind::GeluApproximate])
}

fn merges<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let inputs = [(); 3].map(|()| numbers.some::<T>(5000));
    let (inputs, d) = ([&inputs[0][..], &inputs[1], &inputs[2]], numbers.some::<T>(5000));
    let mut found = Vec::new();
    for merge in [Merge::Add, Merge::Multiply, Merge::Average] {
        let (mut y, mut d_x) = (d.clone(), d.clone());
        elementwise::forward(merge, &inputs, &mut y);
        elementwise::backward(merge, &inputs, &d, 1, &mut d_x, true);
        found.extend([y, d_x]);
    }
    found
}

fn stretched_merges<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let (whole, few) = (numbers.some::<T>(3 * 8 * 9 * 10), numbers.some::<T>(3 * 10));
    let inputs = [Stretched::new(&whole, &[8, 9, 10], &[8, 9, 10]), Stretched::new(&few, &[1, 1, 10], &[8, 9, 10])];
    let d = numbers.some::<T>(whole.len());
    let (mut y, mut d_few) = (d.clone(), few.clone());
    stretched::forward(Merge::Multiply, &inputs, &mut y);
    stretched::backward(Merge::Multiply, &inputs, &d, 1, &mut d_few, false);
    vec![y, d_few]
}

fn dropped<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let x = numbers.some::<T>(5000);
    let mut y = x.clone();
    dropout::forward(&x, &mut y, 0.3, 7);
    vec![y]
}

fn slopes<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let shapes = Shapes { sample: &[10, 20], slopes: &[1, 20] };
    let (x, slopes, d) = (numbers.some::<T>(1000), numbers.some::<T>(20), numbers.some::<T>(1000));
    let (mut y, mut d_x) = (x.clone(), x.clone());
    prelu::forward(&shapes, &x, &slopes, &mut y);
    prelu::backward(&shapes, &x, &slopes, &d, &mut d_x, false);
    vec![y, d_x]
}

/// The pass over a weight, with a rule like Adam's.
fn step<T: Float>(numbers: &mut Numbers) -> Vec<Vec<T>> {
    let c = T::from_f64;
    let (gradient, mut weight) = (numbers.some::<T>(40_000), numbers.some::<T>(40_000));
    let (mut mean, mut square) = (numbers.some::<T>(40_000), numbers.positive::<T>(40_000));
    optimizer::step(&gradient, [&mut weight, &mut mean, &mut square], move |g, [w, m, v]| {
        let m = m + (g - m) * c(0.125);
        let v = v + (g * g - v) * c(0.0625);
        [w - m * c(0.25) / (v.sqrt() + c(0.125)), m, v]
    });
    vec![weight, mean, square]
}
