//! Attention whose projections have many more features than what they are made of.
//!
//! Scores are `(x·Wq)·(y·Wk)ᵀ = x·(Wq·Wkᵀ)·yᵀ`, and what attention gives is `(s·(y·Wv))·Wo = (s·y)·(Wv·Wo)`. With these two products of weights, which are
//! made once a pass, the keys and the values of all heads are `y` itself. A bias is a row more of the weights, of a feature of `y` that is one. Rounding aside
//! it comes to the same: sums of fewer products of the same sizes.

use crate::float::Float;
use crate::kernels::attention::{self, Gradients, Outputs, Product, Reads, Sizes};
use crate::kernels::fused::Fused;
use crate::kernels::matmul::{dense_forward, dense_input_gradient, dense_weight_gradient};
use crate::layer::{Backward, Forward, Gradient, View, Weight};
use crate::layers::attending::clear;
use crate::layers::inner::take;
use crate::layers::projected::{Part, Projected};

/// The sizes of a layer that folds its projections.
#[derive(Clone, Copy)]
struct Fold {
    heads: usize,
    /// How many heads of queries share one of keys and values.
    shared: usize,
    key_dim: usize,
    value_dim: usize,
    /// The features of queries, without the one of a bias.
    queries: usize,
    /// Those of keys and values, with the one of a bias.
    features: usize,
    /// The features of the output.
    outputs: usize,
    /// The rows of a bias, one or none.
    bias: usize,
}

/// What is made of the weights, head by head.
struct Folded<'r, T> {
    /// The weights of queries with their bias, `[heads, queries + bias, key_dim]`.
    query: &'r mut [T],
    /// Those of keys, `[key heads, features, key_dim]`.
    key: &'r mut [T],
    /// Those of values, `[key heads, features, value_dim]`.
    value: &'r mut [T],
    /// `Wq·Wkᵀ`, `[queries + bias, heads, features]`.
    scores: &'r mut [T],
    /// `Wv·Wo`, `[heads, features, outputs]`.
    means: &'r mut [T],
}

impl Fold {
    fn new<T: Float>(layer: &Projected, inputs: &[View<'_, T>], output: usize, sizes: &Sizes) -> Self {
        let (bias, last) = (usize::from(layer.use_bias), |input: &View<'_, T>| input.shape.last().copied().unwrap_or_default());
        Self {
            heads: layer.heads,
            shared: layer.heads / layer.key_heads,
            key_dim: layer.key_dim,
            value_dim: layer.value_dim,
            queries: last(&inputs[0]),
            features: last(&inputs[1]) + bias,
            outputs: output / (sizes.batch * sizes.queries).max(1),
            bias,
        }
    }

    /// The rows of the queries' weights.
    const fn rows(&self) -> usize {
        self.queries + self.bias
    }

    /// The sizes of attention.
    fn attending(&self, sizes: &Sizes) -> Sizes {
        Sizes { key_heads: 1, key_dim: self.features, value_dim: self.features, ..*sizes }
    }

    /// Makes weights of weights.
    fn fold<'r, T: Float>(&self, layer: &Projected, weights: &[Weight<T>], room: &mut &'r mut [T]) -> Folded<'r, T> {
        let Self { heads, shared, key_dim, value_dim, features, outputs, .. } = *self;
        let (rows, key_heads) = (self.rows(), heads / shared);
        let [query, key] = [heads * rows, key_heads * features].map(|rows| take(room, rows * key_dim));
        let value = take(room, key_heads * features * value_dim);
        let [scores, means] = [rows * heads * features, heads * features * outputs].map(|elements| take(room, elements));
        let part = take(room, rows * features);
        gather(layer.kernel(Part::Query, weights), query, key_dim, rows);
        gather(layer.kernel(Part::Key, weights), key, key_dim, features);
        gather(layer.kernel(Part::Value, weights), value, value_dim, features);
        let [of_output, _] = layer.kernel(Part::Output, weights);
        for head in 0..heads {
            let of_keys = head / shared;
            let (query, key) = (nth(query, head, heads), nth(key, of_keys, key_heads));
            dense_input_gradient([rows, features, key_dim], query, key, part, false);
            for (row, part) in part.chunks_exact(features).enumerate() {
                scores[(row * heads + head) * features..][..features].copy_from_slice(part);
            }
            let (value, of_output) = (nth(value, of_keys, key_heads), nth(of_output, head, heads));
            dense_forward([features, value_dim, outputs], value, of_output, None, Fused::None, nth_mut(means, head, heads));
        }
        Folded { query, key, value, scores, means }
    }

    /// Keys and values, which are one: the inputs, with a feature of one where there is a bias.
    fn keys<'r, T: Float>(&self, inputs: &'r [T], steps: usize, room: &mut &'r mut [T]) -> &'r [T] {
        if self.bias == 0 {
            return inputs;
        }
        let keys = take(room, steps * self.features);
        for (to, from) in keys.chunks_exact_mut(self.features).zip(inputs.chunks_exact((self.features - 1).max(1))) {
            let (features, one) = to.split_at_mut(self.features - 1);
            features.copy_from_slice(from);
            one.fill(T::ONE);
        }
        keys
    }

    /// Makes queries.
    fn project<T: Float>(&self, steps: usize, input: &[T], scores: &[T], queries: &mut [T]) {
        let columns = self.heads * self.features;
        let (kernel, bias) = scores.split_at(self.queries * columns);
        let bias = (self.bias > 0).then_some(bias);
        dense_forward([steps, self.queries, columns], input, kernel, bias, Fused::None, queries);
    }
}

/// Copies a kernel `[features, heads, dim]`, and its bias behind each head's part, to `[heads, features + bias, dim]`.
fn gather<T: Float>(of: [&[T]; 2], to: &mut [T], dim: usize, rows: usize) {
    let all = of.into_iter().flat_map(|part| part.chunks_exact(dim));
    let heads = to.len() / (rows * dim).max(1);
    for (place, from) in all.enumerate() {
        to[(place % heads * rows + place / heads) * dim..][..dim].copy_from_slice(from);
    }
}

/// The `n`-th of so many equal parts.
fn nth<T>(all: &[T], n: usize, of: usize) -> &[T] {
    let each = all.len() / of;
    &all[n * each..][..each]
}

/// The same, to be written.
fn nth_mut<T>(all: &mut [T], n: usize, of: usize) -> &mut [T] {
    let each = all.len() / of;
    &mut all[n * each..][..each]
}

pub(super) fn forward<T: Float>(layer: &Projected, call: Forward<'_, T>) {
    let Forward { context, key: seed, weights, inputs, output, more, mut saved, mut scratch, .. } = call;
    let sizes = layer.sizes(context.batch, inputs);
    let fold = Fold::new(layer, inputs, output.len(), &sizes);
    let (rows, columns) = (sizes.batch * sizes.queries, sizes.batch * sizes.keys);
    let left = if saved.is_empty() { &mut scratch } else { &mut saved };
    let (means, sums) = (take(left, rows * fold.heads * fold.features), take(left, sizes.rows()));
    let folded = fold.fold(layer, weights, &mut scratch);
    let query = take(&mut scratch, rows * fold.heads * fold.features);
    fold.project(rows, inputs[0].data, folded.scores, query);
    let keys = fold.keys(inputs[1].data, columns, &mut scratch);
    let rule = layer.rule(context, inputs, seed);
    let score = Product { query, key: keys, dim: fold.features };
    let outputs = Outputs { output: means, sums, scores: more.first_mut().map(|scores| &mut **scores) };
    attention::forward(&fold.attending(&sizes), &score, &rule, keys, outputs);
    let [_, bias] = layer.kernel(Part::Output, weights);
    let bias = (fold.bias > 0).then_some(bias);
    dense_forward([rows, fold.heads * fold.features, fold.outputs], means, folded.means, bias, Fused::None, output);
}

pub(super) fn backward<T: Float>(layer: &Projected, call: Backward<'_, T>) {
    let Backward { context, key: seed, weights, inputs, d_output, more, d_inputs, gradients, mut saved, scratch, .. } = call;
    let sizes = layer.sizes(context.batch, inputs);
    let fold = Fold::new(layer, inputs, d_output.len(), &sizes);
    let (rows, columns, width) = (sizes.batch * sizes.queries, sizes.batch * sizes.keys, fold.heads * fold.features);
    let (means, sums) = (take(&mut saved, rows * width), take(&mut saved, sizes.rows()));
    let mut room = scratch;
    let room = &mut room;
    let folded = fold.fold(layer, weights, room);
    let [query, d_query, d_means] = [(); 3].map(|()| take(room, rows * width));
    fold.project(rows, inputs[0].data, folded.scores, query);
    let keys = fold.keys(inputs[1].data, columns, room);
    let [d_key, d_value] = [(); 2].map(|()| take(room, columns * fold.features));
    dense_input_gradient([rows, width, fold.outputs], d_output, folded.means, d_means, false);
    let reads = Reads { value: keys, output: means, sums, d_output: d_means, d_scores: more.first().map(|scores| &**scores) };
    let all = Gradients { query: &mut *d_query, key: &mut *d_key, value: &mut *d_value, more: &mut [] };
    let score = Product { query, key: keys, dim: fold.features };
    attention::backward(&fold.attending(&sizes), &score, &layer.rule(context, inputs, seed), reads, all);
    let [of_scores, of_means] = [folded.scores.len(), folded.means.len()].map(|elements| take(room, elements));
    let (kernel, bias) = of_scores.split_at_mut(fold.queries * width);
    let bias = (fold.bias > 0).then_some(bias);
    dense_weight_gradient([rows, fold.queries, width], inputs[0].data, d_query, kernel, bias, false);
    let of_bias = take(room, fold.bias * fold.outputs);
    let bias = (fold.bias > 0).then_some(&mut *of_bias);
    dense_weight_gradient([rows, width, fold.outputs], means, d_output, of_means, bias, false);
    fold.unfold(layer, (weights, gradients), &folded, [of_scores, of_means, of_bias], room, context.accumulate);
    if let Some(Gradient { data, accumulate }) = &mut d_inputs[0] {
        let kernel = &folded.scores[..fold.queries * width];
        dense_input_gradient([rows, fold.queries, width], d_query, kernel, data, *accumulate);
    }
    if let Some(Gradient { data, accumulate }) = &mut d_inputs[1] {
        let of_each = d_key.chunks_exact(fold.features).zip(d_value.chunks_exact(fold.features));
        for (to, (key, value)) in data.chunks_exact_mut((fold.features - fold.bias).max(1)).zip(of_each) {
            for (to, (&key, &value)) in to.iter_mut().zip(key.iter().zip(value)) {
                *to = if *accumulate { *to + (value + key) } else { value + key };
            }
        }
    }
    clear(&mut d_inputs[2..]);
}

impl Fold {
    /// The gradients of the weights, from those of what is made of them and of the output's bias.
    fn unfold<T: Float>(
        &self,
        layer: &Projected,
        (weights, gradients): (&[Weight<T>], &mut [Weight<T>]),
        folded: &Folded<'_, T>,
        [of_scores, of_means, of_bias]: [&[T]; 3],
        room: &mut &mut [T],
        accumulate: bool,
    ) {
        let Self { heads, shared, key_dim, value_dim, features, outputs, .. } = *self;
        let (rows, key_heads) = (self.rows(), heads / shared);
        let [d_key, d_value] = [key_dim, value_dim].map(|dim| take(room, key_heads * features * dim));
        let [d_scores, d_query] = [features, key_dim].map(|columns| take(room, rows * columns));
        let [of_output, _] = layer.kernel(Part::Output, weights);
        for head in 0..heads {
            let (of_keys, is_first) = (head / shared, head % shared == 0);
            for (row, to) in d_scores.chunks_exact_mut(features).enumerate() {
                to.copy_from_slice(&of_scores[(row * heads + head) * features..][..features]);
            }
            let (query, key) = (nth(folded.query, head, heads), nth(folded.key, of_keys, key_heads));
            dense_forward([rows, features, key_dim], d_scores, key, None, Fused::None, d_query);
            scatter(layer.kernel_mut(Part::Query, gradients), d_query, key_dim, (head, heads), accumulate);
            let d_key = nth_mut(d_key, of_keys, key_heads);
            dense_weight_gradient([rows, features, key_dim], d_scores, query, d_key, None, !is_first);
            let (value, d_value) = (nth(folded.value, of_keys, key_heads), nth_mut(d_value, of_keys, key_heads));
            let (of_output, d_means) = (nth(of_output, head, heads), nth(of_means, head, heads));
            dense_input_gradient([features, value_dim, outputs], d_means, of_output, d_value, !is_first);
            let [d_output, _] = layer.kernel_mut(Part::Output, gradients);
            let d_output = nth_mut(d_output, head, heads);
            dense_weight_gradient([features, value_dim, outputs], value, d_means, d_output, None, accumulate);
        }
        for head in 0..key_heads {
            let (d_key, d_value) = (nth(d_key, head, key_heads), nth(d_value, head, key_heads));
            scatter(layer.kernel_mut(Part::Key, gradients), d_key, key_dim, (head, key_heads), accumulate);
            scatter(layer.kernel_mut(Part::Value, gradients), d_value, value_dim, (head, key_heads), accumulate);
        }
        let [_, d_bias] = layer.kernel_mut(Part::Output, gradients);
        add(d_bias, of_bias, accumulate);
    }
}

/// Puts a head's `[features + bias, dim]` to its places in a kernel's gradient `[features, heads, dim]` and that of the bias.
fn scatter<T: Float>(to: [&mut [T]; 2], from: &[T], dim: usize, (head, heads): (usize, usize), accumulate: bool) {
    let all = to.into_iter().flat_map(|part| part.chunks_exact_mut(dim)).skip(head).step_by(heads);
    all.zip(from.chunks_exact(dim)).for_each(|(to, from)| add(to, from, accumulate));
}

/// Writes, or adds to what is there.
fn add<T: Float>(to: &mut [T], from: &[T], accumulate: bool) {
    for (to, &from) in to.iter_mut().zip(from) {
        *to = if accumulate { *to + from } else { from };
    }
}
