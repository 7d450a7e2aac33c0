//! Running attention with projections. Samples are attended to in parts, whose queries, keys and values need room for so many only.

use std::ops::Range;

use model_graph::argument::Regularizer;
use model_graph::layers::{CAUSAL, KEY, MASKS, folds, samples_at_once};

use crate::activity::Activity;
use crate::float::Float;
use crate::kernels::activation::{self, Kind};
use crate::kernels::attention::{self, Gradients, Outputs, Product, Reads, Rule, Sizes, samples_of};
use crate::kernels::elementwise::{self, Merge};
use crate::kernels::fused::Fused;
use crate::kernels::matmul::{dense_forward, dense_input_gradient, dense_weight_gradient};
use crate::layer::{Backward, Context, Forward, Gradient, View, Weight};
use crate::layers::attending::{Dropped, clear, mask};
use crate::layers::folded;
use crate::layers::inner::take;

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
pub(super) enum Part {
    Query,
    Key,
    Gate,
    Value,
    Output,
}

/// What forward leaves, before the projections where they are kept.
struct Left<'a, T> {
    attended: &'a mut [T],
    gate: &'a mut [T],
    sums: &'a mut [T],
}

/// What queries, keys and values are made of: the weights, and the inputs in this order.
struct Sources<'a, T: Float> {
    weights: &'a [Weight<T>],
    inputs: [&'a [T]; 3],
}

impl Projected {
    pub(super) fn sizes<T>(&self, batch: usize, inputs: &[View<'_, T>]) -> Sizes {
        let steps = |input: &View<'_, T>| input.shape[self.outer..input.shape.len() - 1].iter().product();
        let outer: usize = inputs[0].shape[..self.outer].iter().product();
        let (heads, key_heads, key_dim, value_dim) = (self.heads, self.key_heads, self.key_dim, self.value_dim);
        Sizes { batch: batch * outer, heads, key_heads, queries: steps(&inputs[0]), keys: steps(&inputs[1]), key_dim, value_dim }
    }

    pub(super) fn rule<'a, T: Float>(&self, context: Context<'_>, inputs: &[View<'a, T>], key: u64) -> Rule<'a, T> {
        let [queries, values, keys, both] = [0, 1, 2, 3].map(|behind| mask(context, inputs, MASKS + behind));
        Rule {
            scale: 1.0 / (self.key_dim as f64).sqrt(),
            is_causal: context.manner.flag(CAUSAL),
            window: self.window,
            queries,
            keys: [values, keys],
            both,
            dropout: self.dropped.of(context, key),
            before: 0,
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

    /// The kernel of a projection, and its bias, which is empty where there is none.
    pub(super) fn kernel<'w, T: Float>(&self, part: Part, weights: &'w [Weight<T>]) -> [&'w [T]; 2] {
        let at = self.at(part);
        [&*weights[at].data, if self.use_bias { &*weights[at + 1].data } else { &[] }]
    }

    /// The same of their gradients, to be written.
    pub(super) fn kernel_mut<'w, T: Float>(&self, part: Part, gradients: &'w mut [Weight<T>]) -> [&'w mut [T]; 2] {
        let [kernel, rest @ ..] = &mut gradients[self.at(part)..] else { return [&mut [], &mut []] };
        let bias = rest.first_mut().filter(|_| self.use_bias);
        [&mut *kernel.data, bias.map_or(&mut [], |bias| &mut *bias.data)]
    }

    /// Whether projections are folded into one another: there is nothing that looks at them, and they have many more features than their inputs.
    fn folds<T>(&self, inputs: &[View<'_, T>]) -> bool {
        let features = inputs[1].shape.last().copied().unwrap_or_default();
        let has_keys = inputs.get(2).is_some_and(|third| third.shape.len() == inputs[0].shape.len());
        !self.use_gate && self.activity.is_none() && !has_keys && folds(features, [self.key_dim, self.value_dim])
    }

    /// `output = input · kernel + bias`
    fn project<T: Float>(&self, part: Part, weights: &[Weight<T>], rows: usize, input: &[T], output: &mut [T]) {
        let [kernel, bias] = self.kernel(part, weights);
        let sizes = sizes(rows, input.len(), output.len());
        dense_forward(sizes, input, kernel, self.use_bias.then_some(bias), Fused::None, output);
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
        let [kernel, bias] = self.kernel_mut(part, gradients);
        let bias = self.use_bias.then_some(bias);
        dense_weight_gradient(sizes(rows, input.len(), d_output.len()), input, d_output, kernel, bias, accumulate);
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
            let [kernel, _] = self.kernel(part, weights);
            dense_input_gradient(sizes, d_output, kernel, data, *accumulate || !is_first);
        }
    }

    fn left<'a, T>(&self, sizes: &Sizes, room: &mut &'a mut [T]) -> Left<'a, T> {
        let gate = if self.use_gate { sizes.output() } else { 0 };
        Left { attended: take(room, sizes.output()), gate: take(room, gate), sums: take(room, sizes.rows()) }
    }

    fn sources<'a, T: Float>(context: Context<'_>, weights: &'a [Weight<T>], inputs: &[View<'a, T>]) -> Sources<'a, T> {
        let keys = context.manner.slot(KEY, inputs).first().unwrap_or(&inputs[1]);
        Sources { weights, inputs: [inputs[0].data, keys.data, inputs[1].data] }
    }

    /// The samples, in parts that are attended to at once: all where their projections are kept, or a penalty looks at them.
    fn parts(&self, sizes: &Sizes, samples: usize, is_kept: bool) -> impl Iterator<Item = Range<usize>> + use<> {
        let (all, elements) = (sizes.batch, (sizes.query() + sizes.key() + sizes.value()) / samples.max(1));
        let at_once = if is_kept || self.activity.is_some() { all } else { samples_at_once(all, elements) };
        (0..all).step_by(at_once.max(1)).map(move |first| first..all.min(first + at_once))
    }

    /// Makes queries, keys and values of some of the samples.
    fn project_part<'r, T: Float>(
        &self,
        Sources { weights, inputs }: &Sources<'_, T>,
        sizes: &Sizes,
        samples: &Range<usize>,
        mut room: &'r mut [T],
    ) -> [&'r [T]; 3] {
        let part = Sizes { batch: samples.len(), ..*sizes };
        let [query, key, value] = projections(&part, &mut room);
        let all =
            [(Part::Query, part.queries, &mut *query), (Part::Key, part.keys, &mut *key), (Part::Value, part.keys, &mut *value)];
        for ((which, steps, to), input) in all.into_iter().zip(inputs) {
            let input = &input[samples_of(sizes.batch, input.len(), samples)];
            self.project(which, weights, part.batch * steps, input, to);
        }
        [query, key, value]
    }

    pub fn forward<T: Float>(&self, call: Forward<'_, T>) {
        if self.folds(call.inputs) {
            return folded::forward(self, call);
        }
        let Forward { context, key: seed, weights, inputs, output, more, mut saved, mut scratch, .. } = call;
        let activity = self.activity.map(|regularizer| Activity::new(regularizer, context));
        let count = |given: &[T]| activity.into_iter().for_each(|activity| activity.count(&[], given)); // none of the user's own, which looks at shapes
        let sizes = self.sizes(context.batch, inputs);
        let rows = sizes.batch * sizes.queries;
        let Left { attended, gate, sums } = self.left(&sizes, if saved.is_empty() { &mut scratch } else { &mut saved });
        let passed = take(&mut scratch, gate.len());
        let is_kept = !saved.is_empty();
        let room = if is_kept { saved } else { scratch };
        let (sources, rule) = (Self::sources(context, weights, inputs), self.rule(context, inputs, seed));
        for samples in self.parts(&sizes, context.batch, is_kept) {
            let [query, key, value] = self.project_part(&sources, &sizes, &samples, &mut *room);
            [query, key, value].into_iter().for_each(count);
            let of = |elements: usize| samples_of(sizes.batch, elements, &samples);
            let [of_attended, of_sums] = [attended.len(), sums.len()].map(of);
            let scores = more.first_mut().map(|scores| {
                let own = of(scores.len());
                &mut scores[own]
            });
            let outputs = Outputs { output: &mut attended[of_attended], sums: &mut sums[of_sums], scores };
            let (part, score) = (Sizes { batch: samples.len(), ..sizes }, Product { query, key, dim: self.key_dim });
            attention::forward(&part, &score, &rule.of(&sizes, &samples), value, outputs);
        }
        if !self.use_gate {
            self.project(Part::Output, weights, rows, attended, output);
            return count(output);
        }
        self.project(Part::Gate, weights, rows, inputs[0].data, gate);
        activation::forward_in_place(Kind::Sigmoid, gate, self.value_dim);
        count(gate);
        elementwise::forward(Merge::Multiply, &[attended, gate], passed);
        self.project(Part::Output, weights, rows, passed, output);
        count(output);
    }

    pub fn backward<T: Float>(&self, call: Backward<'_, T>) {
        if self.folds(call.inputs) {
            return folded::backward(self, call);
        }
        let Backward { context, key: seed, weights, inputs, output, d_output, more, d_inputs, gradients, mut saved, scratch } =
            call;
        let activity = self.activity.map(|regularizer| Activity::new(regularizer, context));
        let penalize = |given: &[T], gradient: &mut [T]| {
            activity.into_iter().for_each(|activity| activity.add_gradient(&[], given, gradient));
        };
        penalize(output.data, d_output);
        let sizes = self.sizes(context.batch, inputs);
        let (rows, columns) = (sizes.batch * sizes.queries, sizes.batch * sizes.keys);
        let Left { attended, gate, sums } = self.left(&sizes, &mut saved);
        let kept = (!saved.is_empty()).then(|| projections(&sizes, &mut saved));
        let mut room = scratch;
        let room = &mut room;
        let [d_query, d_key, d_value] = projections(&sizes, room);
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
        let d_scores = more.first().map(|scores| &**scores);
        let (sources, rule) = (Self::sources(context, weights, inputs), self.rule(context, inputs, seed));
        for samples in self.parts(&sizes, context.batch, kept.is_some()) {
            let [query, key, value] = match &kept {
                Some(kept) => kept.each_ref().map(|kept| &**kept),
                None => self.project_part(&sources, &sizes, &samples, room),
            };
            let of = |elements: usize| samples_of(sizes.batch, elements, &samples);
            let [output, d_output] = [&*attended, &*d_attended].map(|all| &all[of(all.len())]);
            let (sums, d_scores) = (&sums[of(sums.len())], d_scores.map(|scores| &scores[of(scores.len())]));
            let [of_query, of_key, of_value] = [d_query.len(), d_key.len(), d_value.len()].map(of);
            let (d_query, d_key, d_value) = (&mut d_query[of_query], &mut d_key[of_key], &mut d_value[of_value]);
            let reads = Reads { value, output, sums, d_output, d_scores };
            let all = Gradients { query: &mut *d_query, key: &mut *d_key, value: &mut *d_value, more: &mut [] };
            let (part, score) = (Sizes { batch: samples.len(), ..sizes }, Product { query, key, dim: self.key_dim });
            attention::backward(&part, &score, &rule.of(&sizes, &samples), reads, all);
            penalize(query, d_query);
            penalize(key, d_key);
            penalize(value, d_value);
        }
        let own = context.manner.slot(KEY, inputs).first();
        let [of_query, of_key, of_value] = sources.inputs;
        derive(Part::Query, rows, (of_query, d_query));
        derive(Part::Key, columns, (of_key, d_key));
        derive(Part::Value, columns, (of_value, d_value));
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

/// Room for queries, keys and values.
fn projections<'a, T>(sizes: &Sizes, room: &mut &'a mut [T]) -> [&'a mut [T]; 3] {
    [sizes.query(), sizes.key(), sizes.value()].map(|elements| take(room, elements))
}

/// A product's sizes, by the elements of so many rows.
fn sizes(rows: usize, input: usize, output: usize) -> [usize; 3] {
    [rows, input / rows.max(1), output / rows.max(1)]
}
