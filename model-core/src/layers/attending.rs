//! What attention layers share: their sizes and masks as the kernels take them, the projections, and the passes.

use model_graph::argument::Regularizer;
use model_graph::layers::{CAUSAL, KEY, MASK, MASKS, RETURN_SCORES};

use crate::activity::Activity;
use crate::float::Float;
use crate::kernels::activation::{self, Kind};
use crate::kernels::attention::{self, Additive, Gradients, Outputs, Product, Reads, Rule, Score, Sizes};
use crate::kernels::elementwise::{self, Merge};
use crate::kernels::fused::Fused;
use crate::kernels::matmul::{dense_forward, dense_input_gradient, dense_weight_gradient};
use crate::layer::{Backward, Context, Forward, Gradient, View, Weight};
use crate::layers::noise;

/// The share of scores that is dropped, and the seed that the layer has of its own.
#[derive(Clone, Copy)]
pub(super) struct Dropped {
    pub rate: f64,
    pub seed: Option<u64>,
}

impl Dropped {
    /// What the kernel drops by, where the layer trains.
    fn of(self, context: Context<'_>, key: u64) -> Option<(f64, u64)> {
        (context.training && self.rate > 0.0).then(|| (self.rate, noise::key(self.seed, key)))
    }
}

/// A layer with projections.
#[derive(Clone, Copy)]
pub(super) struct Projected {
    pub heads: usize,
    pub key_heads: usize,
    pub key_dim: usize,
    pub value_dim: usize,
    pub use_bias: bool,
    pub use_gate: bool,
    pub window: Option<usize>,
    pub dropped: Dropped,
    /// The penalty on what each projection gives.
    pub activity: Option<Regularizer>,
    /// How many of the query's axes are not attended over.
    pub outer: usize,
}

/// A projection, in the order of the layer's weights.
#[derive(Clone, Copy)]
enum Part {
    Query,
    Key,
    Gate,
    Value,
    Output,
}

/// What forward leaves.
struct Left<'a, T> {
    query: &'a mut [T],
    key: &'a mut [T],
    value: &'a mut [T],
    attended: &'a mut [T],
    gate: &'a mut [T],
    sums: &'a mut [T],
    /// What is behind them.
    rest: &'a mut [T],
}

/// Takes so many elements from the front.
fn take<'a, T>(room: &mut &'a mut [T], elements: usize) -> &'a mut [T] {
    let (front, rest) = std::mem::take(room).split_at_mut(elements);
    *room = rest;
    front
}

/// The mask in a slot.
fn mask<'a, T>(context: Context<'_>, inputs: &[View<'a, T>], slot: usize) -> Option<&'a [T]> {
    context.manner.slot(slot, inputs).first().map(|mask| mask.data)
}

/// Masks have no gradient.
fn clear<T: Float>(gradients: &mut [Option<Gradient<'_, T>>]) {
    for gradient in gradients.iter_mut().flatten().filter(|gradient| !gradient.accumulate) {
        gradient.data.fill(T::ZERO);
    }
}

impl Projected {
    fn sizes<T>(&self, batch: usize, inputs: &[View<'_, T>]) -> Sizes {
        let steps = |input: &View<'_, T>| input.shape[self.outer..input.shape.len() - 1].iter().product();
        let outer: usize = inputs[0].shape[..self.outer].iter().product();
        let (heads, key_heads, key_dim, value_dim) = (self.heads, self.key_heads, self.key_dim, self.value_dim);
        Sizes { batch: batch * outer, heads, key_heads, queries: steps(&inputs[0]), keys: steps(&inputs[1]), key_dim, value_dim }
    }

    fn rule<'a, T: Float>(&self, context: Context<'_>, inputs: &[View<'a, T>], key: u64) -> Rule<'a, T> {
        let [queries, values, keys, both] = [0, 1, 2, 3].map(|behind| mask(context, inputs, MASKS + behind));
        Rule {
            scale: 1.0 / (self.key_dim as f64).sqrt(),
            is_causal: context.manner.flag(CAUSAL),
            window: self.window,
            queries,
            keys: [values, keys],
            both,
            dropout: self.dropped.of(context, key),
        }
    }

    /// Where the weights of a projection are.
    fn at(&self, part: Part) -> usize {
        let gate = usize::from(self.use_gate);
        let place = match part {
            Part::Query => 0,
            Part::Key => 1,
            Part::Gate => 2,
            Part::Value => 2 + gate,
            Part::Output => 3 + gate,
        };
        place * (1 + usize::from(self.use_bias))
    }

    /// `output = input · kernel + bias`
    fn project<T: Float>(&self, part: Part, weights: &[Weight<T>], rows: usize, input: &[T], output: &mut [T]) {
        let at = self.at(part);
        let bias = self.use_bias.then(|| &*weights[at + 1].data);
        let sizes = sizes(rows, input.len(), output.len());
        dense_forward(sizes, input, &weights[at].data, bias, Fused::None, output);
    }

    /// The gradients of a projection's weights.
    fn derive<T: Float>(
        &self,
        part: Part,
        gradients: &mut [Weight<T>],
        rows: usize,
        (input, d_output): (&[T], &[T]),
        accumulate: bool,
    ) {
        let [kernel, rest @ ..] = &mut gradients[self.at(part)..] else { return };
        let bias = if self.use_bias { rest.first_mut().map(|bias| &mut *bias.data) } else { None };
        dense_weight_gradient(sizes(rows, input.len(), d_output.len()), input, d_output, &mut kernel.data, bias, accumulate);
    }

    /// The gradient of a projection's input, where it is wanted.
    fn give<T: Float>(
        &self,
        part: Part,
        weights: &[Weight<T>],
        rows: usize,
        d_output: &[T],
        (gradient, is_first): (&mut Option<Gradient<'_, T>>, bool),
    ) {
        if let Some(Gradient { data, accumulate }) = gradient {
            let sizes = sizes(rows, data.len(), d_output.len());
            dense_input_gradient(sizes, d_output, &weights[self.at(part)].data, data, *accumulate || !is_first);
        }
    }

    fn left<'a, T>(&self, sizes: &Sizes, mut room: &'a mut [T]) -> Left<'a, T> {
        let room = &mut room;
        let gate = if self.use_gate { sizes.output() } else { 0 };
        let (query, key, value) = (take(room, sizes.query()), take(room, sizes.key()), take(room, sizes.value()));
        let (attended, gate, sums) = (take(room, sizes.output()), take(room, gate), take(room, sizes.rows()));
        Left { query, key, value, attended, gate, sums, rest: std::mem::take(room) }
    }

    pub fn forward<T: Float>(&self, call: Forward<'_, T>) {
        let Forward { context, key: seed, weights, inputs, output, more, saved, scratch, .. } = call;
        let activity = self.activity.map(|regularizer| Activity::new(regularizer, context));
        let count = |given: &[T]| activity.into_iter().for_each(|activity| activity.count(&[], given)); // none of the user's own, which looks at shapes
        let sizes = self.sizes(context.batch, inputs);
        let (rows, columns) = (sizes.batch * sizes.queries, sizes.batch * sizes.keys);
        // What is not kept lies in the room to work in, before what the gate lets through.
        let (room, behind) = if saved.is_empty() { (scratch, &mut [][..]) } else { (saved, scratch) };
        let Left { query, key, value, attended, gate, sums, rest } = self.left(&sizes, room);
        let keys = context.manner.slot(KEY, inputs).first().unwrap_or(&inputs[1]);
        self.project(Part::Query, weights, rows, inputs[0].data, query);
        self.project(Part::Key, weights, columns, keys.data, key);
        self.project(Part::Value, weights, columns, inputs[1].data, value);
        [&*query, key, value].into_iter().for_each(count);
        let score = Product { query, key, dim: self.key_dim };
        let scores = more.first_mut().map(|scores| &mut **scores);
        let rule = self.rule(context, inputs, seed);
        attention::forward(&sizes, &score, &rule, value, Outputs { output: attended, sums, scores });
        if !self.use_gate {
            self.project(Part::Output, weights, rows, attended, output);
            return count(output);
        }
        self.project(Part::Gate, weights, rows, inputs[0].data, gate);
        activation::forward_in_place(Kind::Sigmoid, gate, self.value_dim);
        count(gate);
        let passed = &mut if behind.is_empty() { rest } else { behind }[..sizes.output()];
        elementwise::forward(Merge::Multiply, &[attended, gate], passed);
        self.project(Part::Output, weights, rows, passed, output);
        count(output);
    }

    pub fn backward<T: Float>(&self, call: Backward<'_, T>) {
        let Backward { context, key: seed, weights, inputs, output, d_output, more, d_inputs, gradients, saved, scratch } = call;
        let activity = self.activity.map(|regularizer| Activity::new(regularizer, context));
        let penalize = |given: &[T], gradient: &mut [T]| {
            activity.into_iter().for_each(|activity| activity.add_gradient(&[], given, gradient));
        };
        penalize(output.data, d_output);
        let sizes = self.sizes(context.batch, inputs);
        let (rows, columns) = (sizes.batch * sizes.queries, sizes.batch * sizes.keys);
        let Left { query, key, value, attended, gate, sums, .. } = self.left(&sizes, saved);
        let mut room = scratch;
        let room = &mut room;
        let (d_query, d_key, d_value) = (take(room, sizes.query()), take(room, sizes.key()), take(room, sizes.value()));
        let d_attended = take(room, sizes.output());
        let accumulate = context.accumulate;
        let mut derive = |part, rows, of: (&[T], &[T])| self.derive(part, gradients, rows, of, accumulate);
        let d_gate = if self.use_gate { take(room, sizes.output()) } else { &mut [] };
        if self.use_gate {
            let passed = take(room, sizes.output());
            elementwise::forward(Merge::Multiply, &[attended, gate], passed);
            derive(Part::Output, rows, (passed, d_output));
            // The gradient of what passed, of which the gate and what is attended to get theirs.
            self.give(Part::Output, weights, rows, d_output, (&mut Some(Gradient { data: passed, accumulate: false }), true));
            elementwise::forward(Merge::Multiply, &[passed, gate], d_attended);
            elementwise::forward(Merge::Multiply, &[passed, attended], d_gate);
            penalize(gate, d_gate);
            activation::backward(Kind::Sigmoid, &[], gate, d_gate, self.value_dim);
            derive(Part::Gate, rows, (inputs[0].data, d_gate));
        } else {
            derive(Part::Output, rows, (attended, d_output));
            self.give(Part::Output, weights, rows, d_output, (&mut Some(Gradient { data: d_attended, accumulate: false }), true));
        }
        let score = Product { query, key, dim: self.key_dim };
        let d_scores = more.first().map(|scores| &**scores);
        let reads = Reads { value, output: attended, sums, d_output: d_attended, d_scores };
        let rule = self.rule(context, inputs, seed);
        let all = Gradients { query: d_query, key: d_key, value: d_value, more: &mut [] };
        attention::backward(&sizes, &score, &rule, reads, all);
        penalize(query, d_query);
        penalize(key, d_key);
        penalize(value, d_value);
        let own = context.manner.slot(KEY, inputs).first();
        derive(Part::Query, rows, (inputs[0].data, d_query));
        derive(Part::Key, columns, (own.unwrap_or(&inputs[1]).data, d_key));
        derive(Part::Value, columns, (inputs[1].data, d_value));
        self.give(Part::Query, weights, rows, d_query, (&mut d_inputs[0], true));
        if self.use_gate {
            self.give(Part::Gate, weights, rows, d_gate, (&mut d_inputs[0], false));
        }
        self.give(Part::Value, weights, columns, d_value, (&mut d_inputs[1], true));
        let to = if own.is_some() { context.manner.start(KEY, inputs.len()) } else { 1 };
        self.give(Part::Key, weights, columns, d_key, (&mut d_inputs[to], own.is_some()));
        clear(&mut d_inputs[2 + usize::from(own.is_some())..]);
    }
}

/// A product's sizes, by the elements of so many rows.
fn sizes(rows: usize, input: usize, output: usize) -> [usize; 3] {
    [rows, input / rows.max(1), output / rows.max(1)]
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
