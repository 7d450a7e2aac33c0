//! How fast the kernels are, each beside the machine's peak measured at the same moment: one line of JSON a figure.
//!
//! `cargo bench -p model-kernels --bench kernels [-- part of a name]`
mod peak;

use std::hint::black_box;
use std::time::{Duration, Instant};

use model_kernels::attention::{self, Product};
use model_kernels::buffer::Buffer;
use model_kernels::conv2d::{self, Geometry};
use model_kernels::fused::Fused;
use model_kernels::matmul;
use model_kernels::threads::{self, parallel, set_threads, threads};
use peak::{now, peak};

/// How long each figure is measured.
const TIME: Duration = Duration::from_millis(300);

fn main() {
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let most = threads();
    for count in if most > 1 { vec![1, most] } else { vec![1] } {
        set_threads(count);
        let bench = Bench { filter: &filter };
        convolutions(&bench);
        products(&bench);
        attentions(&bench);
        if "region".contains(&filter) {
            let seconds = median(|| parallel(2, |i| _ = black_box(i)));
            println!(r#"{{"work":"region","threads":{count},"us":{:.2}}}"#, seconds * 1e6);
        }
    }
}

/// What is measured: the works whose names contain the filter.
struct Bench<'a> {
    filter: &'a str,
}

impl Bench<'_> {
    /// Measures a work of so many floating-point operations alternately with the peak and prints the medians, and the
    /// best of the work beside the best of the peak, for machines on which others work too.
    fn run(&self, name: &str, operations: f64, mut work: impl FnMut()) {
        if !name.contains(self.filter) {
            return;
        }
        work();
        let (mut seconds, mut peaks, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        let start = Instant::now();
        let mut times = 1_u32;
        while start.elapsed() < TIME || seconds.len() < 5 {
            let peak = peak();
            let begin = now();
            (0..times).for_each(|_| work());
            let taken = now() - begin;
            if taken < Duration::from_millis(1) {
                times *= 2;
                continue;
            }
            let second = taken.as_secs_f64() / f64::from(times);
            seconds.push(second);
            peaks.push(peak);
            ratios.push(operations / second / peak);
        }
        let best = seconds.iter().copied().fold(f64::INFINITY, f64::min);
        let most = peaks.iter().copied().fold(0.0, f64::max);
        let [second, peak, ratio] = [seconds, peaks, ratios].map(|mut all| {
            all.sort_by(f64::total_cmp);
            all[all.len() / 2]
        });
        println!(
            r#"{{"work":"{name}","threads":{},"us":{:.1},"gflops":{:.1},"peak":{:.1},"ratio":{ratio:.3},"best_us":{:.1},"best_ratio":{:.3}}}"#,
            threads(),
            second * 1e6,
            operations / second / 1e9,
            peak / 1e9,
            best * 1e6,
            operations / best / most
        );
    }
}

fn median(mut work: impl FnMut()) -> f64 {
    let mut all: Vec<f64> = (0..2000)
        .map(|_| {
            let begin = Instant::now();
            work();
            begin.elapsed().as_secs_f64()
        })
        .collect();
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn numbers(len: usize) -> Buffer<f32> {
    let mut buffer = Buffer::zeros(len);
    buffer.iter_mut().enumerate().for_each(|(i, x)| *x = ((i * 7919 % 1000) as f32 - 500.0) / 500.0);
    buffer
}

fn square(size: usize, channels: usize, filters: usize, same: bool) -> Geometry {
    let out = if same { size } else { size - 2 };
    let padding = if same { [1, 1] } else { [0, 0] };
    Geometry {
        input: [size, size, channels],
        output: [out, out, filters],
        kernel: [3, 3],
        strides: [1, 1],
        dilation: [1, 1],
        padding,
        groups: 1,
    }
}

/// The toy ResNet's convolutions, and VGG19's.
fn convolutions(bench: &Bench) {
    for (size, channels, filters, same) in [(32, 3, 32, false), (30, 32, 64, false), (9, 64, 64, true), (9, 64, 64, false)] {
        convolution(bench, &square(size, channels, filters, same), 64);
        convolution(bench, &square(size, channels, filters, same), 1);
    }
    for (size, channels, filters) in
        [(224, 3, 64), (224, 64, 64), (112, 128, 128), (56, 256, 256), (28, 512, 512), (14, 512, 512)]
    {
        convolution(bench, &square(size, channels, filters, true), 1);
    }
    let halved = |size: usize, channels, filters, kernel, padding| Geometry {
        input: [size, size, channels],
        output: [size / 2, size / 2, filters],
        kernel: [kernel, kernel],
        strides: [2, 2],
        dilation: [1, 1],
        padding: [padding, padding],
        groups: 1,
    };
    convolution(bench, &halved(224, 3, 64, 7, 3), 4);
    convolution(bench, &halved(56, 128, 128, 3, 1), 4);
    convolution(bench, &halved(56, 256, 512, 1, 0), 4);
    convolution(
        bench,
        &Geometry {
            input: [14, 14, 1024],
            output: [14, 14, 256],
            kernel: [1, 1],
            strides: [1, 1],
            dilation: [1, 1],
            padding: [0, 0],
            groups: 1,
        },
        4,
    );
}

fn convolution(bench: &Bench, geometry: &Geometry, batch: usize) {
    let [height, width, channels] = geometry.input;
    let [out_height, out_width, filters] = geometry.output;
    let [kernel_height, kernel_width] = geometry.kernel;
    let name = |pass: &str| {
        let same = if geometry.padding[0] > 0 { "same" } else { "valid" };
        let strides = geometry.strides[0];
        format!("conv2d.{pass} {batch} x {height}x{width}x{channels}->{filters} k{kernel_height} s{strides} {same}")
    };
    let names = ["forward", "input_gradient", "weight_gradient"].map(name);
    if !names.iter().any(|name| name.contains(bench.filter)) {
        return;
    }
    let (input, kernel, bias) = (numbers(batch * geometry.input_len()), numbers(geometry.kernel_len()), numbers(filters));
    let mut output = numbers(batch * geometry.output_len());
    let d_output = numbers(batch * geometry.output_len());
    let mut d_input = numbers(batch * geometry.input_len());
    let (mut d_kernel, mut d_bias) = (numbers(geometry.kernel_len()), numbers(filters));
    let operations = 2.0 * (batch * out_height * out_width * kernel_height * kernel_width * channels * filters) as f64;
    bench.run(&names[0], operations, || conv2d::forward(geometry, batch, &input, &kernel, Some(&bias), Fused::Relu, &mut output));
    if let Some(prepared) = conv2d::prepare(geometry, &kernel) {
        bench.run(&name("forward_prepared"), operations, || {
            conv2d::forward_prepared(geometry, batch, &input, &prepared, Some(&bias), Fused::Relu, &mut output);
        });
    }
    bench.run(&names[1], operations, || conv2d::input_gradient(geometry, batch, &d_output, &kernel, &mut d_input, false));
    bench.run(&names[2], operations, || {
        conv2d::weight_gradient(geometry, batch, &input, &d_output, &mut d_kernel, Some(&mut d_bias), false);
    });
}

/// Dense layers: those of a small perceptron, and VGG19's.
fn products(bench: &Bench) {
    for batch in [1, 64] {
        perceptron(bench, batch);
    }
    for [m, k, n] in [[1, 784, 64], [1, 64, 64], [1, 64, 10], [64, 784, 64], [64, 64, 64], [64, 64, 10]] {
        product(bench, [m, k, n]);
    }
    for [m, k, n] in [[1, 4096, 4096], [64, 4096, 4096], [64, 25088, 4096], [1024, 4096, 4096]] {
        product(bench, [m, k, n]);
    }
}

fn product(bench: &Bench, sizes @ [m, k, n]: [usize; 3]) {
    let name = |pass: &str| format!("dense.{pass} {m} x {k}->{n}");
    let names = ["forward", "input_gradient", "weight_gradient"].map(name);
    if !names.iter().any(|name| name.contains(bench.filter)) {
        return;
    }
    let (input, kernel, bias, d_output) = (numbers(m * k), numbers(k * n), numbers(n), numbers(m * n));
    let (mut output, mut d_input, mut d_kernel, mut d_bias) = (numbers(m * n), numbers(m * k), numbers(k * n), numbers(n));
    let operations = 2.0 * (m * k * n) as f64;
    bench.run(&names[0], operations, || matmul::dense_forward(sizes, &input, &kernel, Some(&bias), Fused::Relu, &mut output));
    bench.run(&names[1], operations, || matmul::dense_input_gradient(sizes, &d_output, &kernel, &mut d_input, false));
    bench.run(&names[2], operations, || {
        matmul::dense_weight_gradient(sizes, &input, &d_output, &mut d_kernel, Some(&mut d_bias), false);
    });
}

/// 784 -> 64 -> 64 -> 10, forward alone and with all gradients but the input's.
fn perceptron(bench: &Bench, batch: usize) {
    let sizes = [784, 64, 64, 10];
    let kernels: Vec<_> = sizes.windows(2).map(|pair| numbers(pair[0] * pair[1])).collect();
    let biases: Vec<_> = sizes[1..].iter().map(|&n| numbers(n)).collect();
    let mut values: Vec<_> = sizes.iter().map(|&n| numbers(batch * n)).collect();
    let mut gradients: Vec<_> = sizes.iter().map(|&n| numbers(batch * n)).collect();
    let (mut d_kernels, mut d_biases) = (kernels.clone(), biases.clone());
    let operations =
        |passes: [usize; 3]| 2.0 * (batch * (784 * 64 * passes[0] + 64 * 64 * passes[1] + 64 * 10 * passes[2])) as f64;
    let forward = |values: &mut Vec<Buffer<f32>>| {
        for layer in 0..3 {
            let (before, after) = values.split_at_mut(layer + 1);
            let fused = if layer < 2 { Fused::Relu } else { Fused::None };
            let shape = [batch, sizes[layer], sizes[layer + 1]];
            matmul::dense_forward(shape, &before[layer], &kernels[layer], Some(&biases[layer]), fused, &mut after[0]);
        }
    };
    bench.run(&format!("perceptron.forward {batch}"), operations([1, 1, 1]), || forward(&mut values));
    bench.run(&format!("perceptron.step {batch}"), operations([2, 3, 3]), || {
        forward(&mut values);
        for layer in (0..3).rev() {
            let shape = [batch, sizes[layer], sizes[layer + 1]];
            let (before, after) = gradients.split_at_mut(layer + 1);
            let (d_kernel, d_bias) = (&mut d_kernels[layer], &mut d_biases[layer]);
            matmul::dense_weight_gradient(shape, &values[layer], &after[0], d_kernel, Some(d_bias), false);
            if layer > 0 {
                matmul::dense_input_gradient(shape, &after[0], &kernels[layer], &mut before[layer], false);
            }
        }
    });
}

/// Four heads of 64 features. Forward takes two products of scores' size, backward five, one of which forward has made, too.
fn attentions(bench: &Bench) {
    const DIM: usize = 64;
    for (batch, steps) in [(8, 128), (1, 128), (8, 512), (1, 512)] {
        let names = ["forward", "backward"].map(|pass| format!("attention.{pass} {batch} x {steps}"));
        if !names.iter().any(|name| name.contains(bench.filter)) {
            continue;
        }
        let sizes = attention::Sizes { batch, heads: 4, key_heads: 4, queries: steps, keys: steps, key_dim: DIM, value_dim: DIM };
        let tensors = || numbers(sizes.output());
        let (query, key, value, d_output) = (tensors(), tensors(), tensors(), tensors());
        let (mut output, mut sums) = (tensors(), numbers(sizes.rows()));
        let (mut d_query, mut d_key, mut d_value) = (tensors(), tensors(), tensors());
        let score = Product { query: &query, key: &key, dim: DIM };
        let rule = attention::Rule { scale: 0.125, ..attention::Rule::default() };
        let product = 2.0 * (sizes.rows() * steps * DIM) as f64;
        bench.run(&names[0], 2.0 * product, || {
            let outputs = attention::Outputs { output: &mut output, sums: &mut sums, scores: None };
            attention::forward(&sizes, &score, &rule, &value, outputs);
        });
        bench.run(&names[1], 5.0 * product, || {
            let reads = attention::Reads { value: &value, output: &output, sums: &sums, d_output: &d_output, d_scores: None };
            let gradients = attention::Gradients { query: &mut d_query, key: &mut d_key, value: &mut d_value, more: &mut [] };
            attention::backward(&sizes, &score, &rule, reads, gradients);
        });
    }
}
