//! What attention layers share: what is dropped, the masks as the kernels take them, and the passes of those on a list.

use model_graph::layers::{CAUSAL, MASK, RETURN_SCORES};

use crate::float::Float;
use crate::kernels::attention::{self, Additive, Gradients, Outputs, Product, Reads, Rule, Score, Sizes};
use crate::kernels::elementwise;
use crate::layer::{Backward, Context, Forward, Gradient, View, Weight};
use crate::layers::inner::take;
use crate::layers::noise;

/// The share of scores that is dropped, and the seed that the layer has of its own.
#[derive(Clone, Copy)]
pub(super) struct Dropped {
    pub rate: f64,
    pub seed: Option<u64>,
}

impl Dropped {
    /// What the kernel drops by, where the layer trains.
    pub fn of(self, context: Context<'_>, key: u64) -> Option<(f64, u64)> {
        (context.training && self.rate > 0.0).then(|| (self.rate, noise::key(self.seed, key)))
    }
}

/// The mask in a slot.
pub(super) fn mask<'a, T>(context: Context<'_>, inputs: &[View<'a, T>], slot: usize) -> Option<&'a [T]> {
    context.manner.slot(slot, inputs).first().map(|mask| mask.data)
}

/// Masks have no gradient.
pub(super) fn clear<T: Float>(gradients: &mut [Option<Gradient<'_, T>>]) {
    for gradient in gradients.iter_mut().flatten().filter(|gradient| !gradient.accumulate) {
        gradient.data.fill(T::ZERO);
    }
}

/// How a layer on a list makes scores.
#[derive(Clone, Copy)]
pub(super) enum Mode<'w, T> {
    /// By products, of queries that are multiplied with the scale first.
    Product { scale: Option<T> },
    /// By functions of sums.
    Sum { inner: T, outer: &'w [T] },
}

/// The gradients of scales, to be added or written by the layer: of what queries or sums are multiplied with, and of each feature's factor.
pub(super) type OfScales<'a, T> = &'a mut dyn FnMut(T, &mut dyn Iterator<Item = T>);

fn listed_sizes<T>(context: Context<'_>, inputs: &[View<'_, T>]) -> Sizes {
    let [query, value] = [inputs[0].shape, inputs[1].shape];
    let [queries, key_dim, keys, value_dim] = [query[0], query[1], value[0], value[1]];
    Sizes { batch: context.batch, heads: 1, key_heads: 1, queries, keys, key_dim, value_dim }
}

fn listed_rule<'a, T: Float>(dropped: Dropped, context: Context<'_>, inputs: &[View<'a, T>], key: u64) -> Rule<'a, T> {
    Rule {
        is_causal: context.manner.flag(CAUSAL),
        keys: [mask(context, inputs, MASK + 1), None],
        dropout: dropped.of(context, key),
        ..Rule::default()
    }
}

/// The rows that the mask of queries leaves out become zero.
fn leave_out<T: Float>(context: Context<'_>, inputs: &[View<'_, T>], rows: &mut [T]) {
    let Some(mask) = mask(context, inputs, MASK) else { return };
    let size = rows.len() / mask.len().max(1);
    for (row, _) in rows.chunks_exact_mut(size.max(1)).zip(mask).filter(|(_, mask)| **mask == T::ZERO) {
        row.fill(T::ZERO);
    }
}

pub(super) fn listed_forward<T: Float>(mode: Mode<'_, T>, dropped: Dropped, call: Forward<'_, T>) {
    let Forward { context, key: seed, inputs, output, more, saved, scratch, .. } = call;
    let sizes = listed_sizes(context, inputs);
    let key = context.manner.positional(inputs).get(2).unwrap_or(&inputs[1]).data;
    let mut scratch = scratch;
    let own = take(&mut scratch, sizes.rows());
    let sums = if saved.is_empty() { own } else { &mut saved[..sizes.rows()] };
    let rule = listed_rule(dropped, context, inputs, seed);
    let scores = more.first_mut().filter(|_| context.manner.flag(RETURN_SCORES)).map(|scores| &mut **scores);
    let outputs = Outputs { output: &mut *output, sums, scores };
    with_score(mode, &sizes, (inputs[0].data, key), &mut scratch, |score| match score {
        Made::Product(score) => attention::forward(&sizes, &score, &rule, inputs[1].data, outputs),
        Made::Sum(score) => attention::forward(&sizes, &score, &rule, inputs[1].data, outputs),
    });
    leave_out(context, inputs, output);
}

/// What makes scores, of either kind.
enum Made<'a, T> {
    Product(Product<'a, T>),
    Sum(Additive<'a, T>),
}

/// Hands on what makes scores; scaled queries are put into `room`.
fn with_score<T: Float>(
    mode: Mode<'_, T>,
    sizes: &Sizes,
    (query, key): (&[T], &[T]),
    room: &mut &mut [T],
    work: impl FnOnce(Made<'_, T>),
) {
    let dim = sizes.key_dim;
    match mode {
        Mode::Product { scale: None } => work(Made::Product(Product { query, key, dim })),
        Mode::Product { scale: Some(scale) } => {
            let scaled = take(room, query.len());
            elementwise::scaled(query, scale, scaled, false);
            work(Made::Product(Product { query: scaled, key, dim }));
        }
        Mode::Sum { inner, outer } => work(Made::Sum(Additive { query, key, dim, inner, outer })),
    }
}

pub(super) fn listed_backward<T: Float>(mode: Mode<'_, T>, dropped: Dropped, call: Backward<'_, T>, of_scales: OfScales<'_, T>) {
    let Backward { context, key: seed, inputs, output, d_output, more, d_inputs, scratch, saved, .. } = call;
    let sizes = listed_sizes(context, inputs);
    let positional = context.manner.positional(inputs);
    let (query, value, key) = (inputs[0].data, inputs[1].data, positional.get(2).unwrap_or(&inputs[1]).data);
    leave_out(context, inputs, d_output);
    let mut scratch = scratch;
    let room = &mut scratch;
    let (d_query, d_key, d_value) = (take(room, sizes.query()), take(room, sizes.key()), take(room, sizes.value()));
    let beside = match mode {
        Mode::Product { .. } => &mut [],
        Mode::Sum { .. } => take(room, context.batch * 2 * sizes.key_dim),
    };
    let d_scores = more.first().filter(|_| context.manner.flag(RETURN_SCORES)).map(|scores| &**scores);
    let reads = Reads { value, output: output.data, sums: &saved[..sizes.rows()], d_output, d_scores };
    let rule = listed_rule(dropped, context, inputs, seed);
    let all = Gradients { query: &mut *d_query, key: &mut *d_key, value: &mut *d_value, more: &mut *beside };
    with_score(mode, &sizes, (query, key), room, |score| match score {
        Made::Product(score) => derive(&sizes, &score, &rule, reads, all),
        Made::Sum(score) => derive(&sizes, &score, &rule, reads, all),
    });
    match mode {
        Mode::Product { scale: None } => {}
        Mode::Product { scale: Some(scale) } => {
            let d_scale = query.iter().zip(d_query.iter()).map(|(&x, &d)| x * d).sum();
            of_scales(d_scale, &mut std::iter::empty());
            d_query.iter_mut().for_each(|d| *d *= scale);
        }
        Mode::Sum { .. } => {
            let dim = sizes.key_dim;
            let sum = |feature: usize| beside.chunks_exact(2 * dim).map(|sample| sample[feature]).sum::<T>();
            let d_inner = (dim..2 * dim).map(sum).sum();
            of_scales(d_inner, &mut (0..dim).map(sum));
        }
    }
    let (first, masks) = d_inputs.split_at_mut(positional.len());
    clear(masks);
    let [of_query, of_value, of_key @ ..] = first else { return };
    Gradient::give(of_query.take(), d_query);
    match of_key {
        [of_key, ..] => Gradient::give(of_key.take(), d_key),
        [] => elementwise::accumulate(d_value, d_key),
    }
    Gradient::give(of_value.take(), d_value);
}

fn derive<T: Float>(sizes: &Sizes, score: &impl Score<T>, rule: &Rule<'_, T>, reads: Reads<'_, T>, all: Gradients<'_, T>) {
    attention::backward(sizes, score, rule, reads, all);
}

/// Writes the gradient of a weight, or adds to it.
pub(super) fn give_weight<T: Float>(weight: &mut Weight<T>, gradient: impl Iterator<Item = T>, accumulate: bool) {
    for (to, gradient) in weight.data.iter_mut().zip(gradient) {
        *to = if accumulate { *to + gradient } else { gradient };
    }
}
