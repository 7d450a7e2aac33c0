//! Going through a sequence by a cell of the user's own, one step after the other, and back through time.

use model_graph::layer::{Layer as _, Manner, Through};
use model_graph::layers::{INITIAL_STATE, OwnCell, RNN, STEPS_MASK};
use model_graph::shape::{Shape, TensorType};

use crate::custom::{Pass, Returning, Runs, Written};
use crate::error::Result;
use crate::float::Float;
use crate::initialize::mix;
use crate::layer::{Backward, Context, Forward, Gradient, View};
use crate::layers::inner::{self, take};
use crate::layers::reach::InReach;
use crate::layers::step::Step;

/// An `RNN` with the arithmetic of its cell.
struct Going<'c, T: Float> {
    rnn: &'c RNN,
    cell: &'c dyn Runs<T>,
}

/// The sizes that a pass goes by.
struct Sizes {
    batch: usize,
    steps: usize,
    /// The shapes of a step's input and of its output.
    input: Vec<usize>,
    output: Vec<usize>,
    states: Vec<Vec<usize>>,
    /// What the cell leaves of a step of each sample.
    saved: usize,
    through: Through,
}

impl Sizes {
    fn new(rnn: &RNN, batch: usize, sequence: &[usize]) -> Self {
        let cell = rnn.own_cell().and_then(|cell| OwnCell::new(cell, &TensorType::f32(Shape::from(sequence))).ok());
        let cell = cell.expect("the shape rule has accepted the input");
        let through = rnn.through().expect("an `RNN` goes through a sequence");
        let saved = cell.saved.size().unwrap_or_default();
        let [input, output] = [&cell.step, &cell.output].map(inner::sizes);
        Self { batch, steps: sequence[0], input, output, states: cell.states.iter().map(inner::sizes).collect(), saved, through }
    }

    fn of_input(&self) -> usize {
        self.batch * self.input.iter().product::<usize>()
    }

    fn of_output(&self) -> usize {
        self.batch * self.output.iter().product::<usize>()
    }

    /// The elements of each state.
    fn of_states(&self) -> Vec<usize> {
        self.states.iter().map(|state| self.batch * state.iter().product::<usize>()).collect()
    }

    /// Room for all states.
    fn states<'a, T>(&self, room: &mut &'a mut [T]) -> Vec<&'a mut [T]> {
        self.of_states().into_iter().map(|elements| take(room, elements)).collect()
    }

    /// What the `number`-th step that is gone through leaves: the states before it, what the cell leaves, and its output.
    fn left<'a, T>(&self, saved: &'a mut [T], number: usize) -> (Vec<&'a mut [T]>, &'a mut [T], &'a mut [T]) {
        if saved.is_empty() {
            return (Vec::new(), &mut [], &mut []);
        }
        let all = self.of_states().iter().sum::<usize>() + self.batch * self.saved + self.of_output();
        let mut rest = &mut saved[number * all..][..all];
        let states = self.states(&mut rest);
        let own = take(&mut rest, self.batch * self.saved);
        (states, own, rest)
    }

    /// The step of the sequence that is the `number`-th to be gone through.
    fn step(&self, number: usize) -> usize {
        if self.through.go_backwards { self.steps - 1 - number } else { number }
    }

    fn place(&self, number: usize, elements: usize) -> Step {
        Step { step: number, steps: self.steps, size: elements / self.batch.max(1) }
    }

    /// A step's input and the states before it, as the cell is handed them.
    fn views<'a, T>(&'a self, x: &'a [T], states: &'a [&mut [T]]) -> Vec<View<'a, T>> {
        let states = self.states.iter().zip(states).map(|(shape, state)| View::new(shape, state));
        std::iter::once(View::new(&self.input, x)).chain(states).collect()
    }

    /// Whether the first state stands for the output of a step that is masked, as Keras has it: it is of the output's shape.
    fn repeats_state(&self) -> bool {
        self.states.first() == Some(&self.output)
    }

    /// What a sample has of a tensor of the batch.
    fn sample(&self, elements: usize, sample: usize) -> std::ops::Range<usize> {
        let size = elements / self.batch.max(1);
        sample * size..(sample + 1) * size
    }
}

/// Which samples count in a step.
fn counts<T: Float>(mask: Option<&View<'_, T>>, sizes: &Sizes, step: usize) -> Vec<bool> {
    let counts = |sample: usize| mask.is_none_or(|mask| mask.data[sample * sizes.steps + step] != T::ZERO);
    (0..sizes.batch).map(counts).collect()
}

/// Where a pass forward is.
struct Ahead<'a, T> {
    sizes: &'a Sizes,
    /// The states before the step, and behind it.
    now: Vec<&'a mut [T]>,
    next: Vec<&'a mut [T]>,
    /// What the step gives, and what one gives that is masked.
    y: &'a mut [T],
    last: &'a mut [T],
}

impl<'a, T: Float> Ahead<'a, T> {
    fn new(sizes: &'a Sizes, given: &[View<'_, T>], room: &mut &'a mut [T]) -> Self {
        let [y, last] = [(); 2].map(|()| take(room, sizes.of_output()));
        let [mut now, next] = [(); 2].map(|()| sizes.states(room));
        begin(&mut now, given.iter().map(|given| given.data));
        last.fill(T::ZERO);
        Self { sizes, now, next, y, last }
    }

    /// Goes on to the next step with the samples that count in this one.
    fn go_on(&mut self, counts: &[bool]) {
        for (sample, &counts) in counts.iter().enumerate() {
            let of_output = self.sizes.sample(self.y.len(), sample);
            if counts {
                self.last[of_output.clone()].copy_from_slice(&self.y[of_output]);
                copy_sample(self.sizes, sample, &self.next, &mut self.now);
            } else if self.sizes.repeats_state() {
                self.last[of_output.clone()].copy_from_slice(&self.now[0][of_output]);
            }
        }
    }

    /// Writes what the `number`-th step has given.
    fn give(&mut self, number: usize, counts: &[bool], output: &mut [T]) {
        let through = self.sizes.through;
        if !through.return_sequences && number + 1 < self.sizes.steps {
            return;
        }
        self.y.copy_from_slice(self.last);
        for (sample, _) in counts.iter().enumerate().filter(|(_, counts)| !**counts && through.zero_output_for_mask) {
            self.y[self.sizes.sample(self.last.len(), sample)].fill(T::ZERO);
        }
        match through.return_sequences {
            true => self.sizes.place(number, self.y.len()).put(self.y, output),
            false => output.copy_from_slice(self.y),
        }
    }
}

/// Where a pass back through time is.
struct Back<'a, T> {
    sizes: &'a Sizes,
    /// The gradients of the states behind the step, what of them it is handed, and those of the states before it.
    d_now: Vec<&'a mut [T]>,
    d_step: Vec<&'a mut [T]>,
    d_before: Vec<&'a mut [T]>,
    /// The gradient of the step's output, and of what later steps give of it again.
    d_y: &'a mut [T],
    later: &'a mut [T],
}

impl<'a, T: Float> Back<'a, T> {
    fn new(sizes: &'a Sizes, given: &[&mut [T]], room: &mut &'a mut [T]) -> Self {
        let [d_y, later] = [(); 2].map(|()| take(room, sizes.of_output()));
        let [mut d_now, d_step, d_before] = [(); 3].map(|()| sizes.states(room));
        begin(&mut d_now, given.iter().map(|given| &**given));
        later.fill(T::ZERO);
        Self { sizes, d_now, d_step, d_before, d_y, later }
    }

    /// Takes the gradient of what the `number`-th step gave.
    fn begin(&mut self, number: usize, d_output: &[T]) {
        let is_last = number + 1 == self.sizes.steps;
        match self.sizes.through.return_sequences {
            true => self.sizes.place(number, self.d_y.len()).take(d_output, self.d_y),
            false if is_last => self.d_y.copy_from_slice(d_output),
            false => self.d_y.fill(T::ZERO),
        }
        self.d_step.iter_mut().zip(&self.d_now).for_each(|(d_step, d_now)| d_step.copy_from_slice(d_now));
    }

    /// Takes from the step what it is not to be handed, of the samples that do not count in it, and adds what later steps gave again.
    fn hand(&mut self, counts: &[bool]) {
        let (sizes, zeros) = (self.sizes, self.sizes.through.zero_output_for_mask);
        for (sample, &counts) in counts.iter().enumerate() {
            let own = sizes.sample(self.d_y.len(), sample);
            let (d_y, later) = (&mut self.d_y[own.clone()], &mut self.later[own.clone()]);
            match counts {
                true => d_y.iter_mut().zip(&*later).for_each(|(d_y, &later)| *d_y += later),
                false if zeros => {}
                false if sizes.repeats_state() => {
                    self.d_now[0][own].iter_mut().zip(&*d_y).for_each(|(d_now, &d_y)| *d_now += d_y)
                }
                false => later.iter_mut().zip(&*d_y).for_each(|(later, &d_y)| *later += d_y),
            }
            if counts {
                later.fill(T::ZERO);
                continue;
            }
            d_y.fill(T::ZERO);
            for d_step in &mut self.d_step {
                let own = sizes.sample(d_step.len(), sample);
                d_step[own].fill(T::ZERO);
            }
        }
    }

    /// Goes on to the step before with the samples that count in this one.
    fn go_on(&mut self, counts: &[bool]) {
        for (sample, _) in counts.iter().enumerate().filter(|(_, counts)| **counts) {
            copy_sample(self.sizes, sample, &self.d_before, &mut self.d_now);
        }
    }
}

/// Begins with what is given, or with zeros.
fn begin<'g, T: Float>(all: &mut [&mut [T]], mut given: impl Iterator<Item = &'g [T]>) {
    for state in all {
        match given.next() {
            Some(given) => state.copy_from_slice(given),
            None => state.fill(T::ZERO),
        }
    }
}

/// Copies what a sample has of all states.
fn copy_sample<T: Float>(sizes: &Sizes, sample: usize, from: &[&mut [T]], to: &mut [&mut [T]]) {
    for (from, to) in from.iter().zip(to) {
        let own = sizes.sample(from.len(), sample);
        to[own.clone()].copy_from_slice(&from[own]);
    }
}

impl<T: Float> Going<'_, T> {
    /// Computes the outputs. A step that is masked leaves the states, and gives the first of them, or where that is of another shape than an output, the
    /// output before it, or zeros, if they are asked for.
    fn forward(&self, call: Forward<'_, T>) -> Result<()> {
        let Forward { context, key, weights, inputs, output, more, saved, mut scratch, .. } = call;
        let sizes = Sizes::new(self.rnn, context.batch, inputs[0].shape);
        let (given, mask) = (context.manner.slot(INITIAL_STATE, inputs), context.manner.slot(STEPS_MASK, inputs).first());
        let x = take(&mut scratch, sizes.of_input());
        let mut ahead = Ahead::new(&sizes, given, &mut scratch);
        let context = Context { manner: Manner::default(), ..context };
        for number in 0..sizes.steps {
            let step = sizes.step(number);
            sizes.place(step, x.len()).take(inputs[0].data, x);
            let (mut before, own, left) = sizes.left(saved, number);
            before.iter_mut().zip(&ahead.now).for_each(|(before, now)| before.copy_from_slice(now));
            let views = sizes.views(x, &ahead.now);
            let pass = Pass { context, key: mix(key, number as u64), weights, inputs: &views, standing: None };
            let written = Written { shape: &sizes.output, output: ahead.y, more: &mut ahead.next, saved: own };
            self.cell.run_with(pass, written)?;
            if !left.is_empty() {
                left.copy_from_slice(ahead.y);
            }
            let counts = counts(mask, &sizes, step);
            ahead.go_on(&counts);
            ahead.give(number, &counts, output);
        }
        more.iter_mut().zip(&ahead.now).for_each(|(end, now)| end.copy_from_slice(now));
        Ok(())
    }

    /// Goes back through time. What a masked step gives again gets its gradient: a state, or the output of an earlier step.
    fn backward(&self, call: Backward<'_, T>) -> Result<()> {
        let Backward { context, key, weights, inputs, d_output, more, d_inputs, gradients, saved, mut scratch, .. } = call;
        let sizes = Sizes::new(self.rnn, context.batch, inputs[0].shape);
        let (manner, mask) = (context.manner, context.manner.slot(STEPS_MASK, inputs).first());
        inner::no_gradients(manner.slot_mut(STEPS_MASK, d_inputs));
        let [x, d_x] = [(); 2].map(|()| take(&mut scratch, sizes.of_input()));
        let mut back = Back::new(&sizes, more, &mut scratch);
        for number in (0..sizes.steps).rev() {
            let step = sizes.step(number);
            let counts = counts(mask, &sizes, step);
            back.begin(number, d_output);
            back.hand(&counts);
            sizes.place(step, x.len()).take(inputs[0].data, x);
            let (before, own, left) = sizes.left(saved, number);
            {
                let wanted = |data| Some(Gradient { data, accumulate: false });
                let d_states = back.d_before.iter_mut().map(|d_before| wanted(&mut **d_before));
                let mut d_given: Vec<_> = std::iter::once(wanted(&mut *d_x)).chain(d_states).collect();
                let context = Context { manner: Manner::default(), ..context.adding(number + 1 < sizes.steps) };
                let views = sizes.views(x, &before);
                let pass = Pass { context, key: mix(key, number as u64), weights, inputs: &views, standing: None };
                let (output, d_output, more) = (View::new(&sizes.output, left), &mut *back.d_y, &mut back.d_step);
                let d_inputs = &mut d_given;
                self.cell.run_back_with(pass, Returning { output, d_output, more, d_inputs, gradients, saved: own })?;
            }
            back.go_on(&counts);
            match &mut d_inputs[0] {
                Some(Gradient { data, accumulate: true }) => sizes.place(step, d_x.len()).add(d_x, data),
                Some(Gradient { data, accumulate: false }) => sizes.place(step, d_x.len()).put(d_x, data),
                None => {}
            }
        }
        let given = manner.slot_mut(INITIAL_STATE, d_inputs);
        given.iter_mut().zip(&back.d_now).for_each(|(given, d_now)| Gradient::give(inner::lent(given), d_now));
        Ok(())
    }
}

/// Goes through a sequence by the cell that is in reach.
pub(super) fn forward<T: Float>(rnn: &RNN, call: Forward<'_, T>) {
    InReach::run(call.context.own, rnn, |cell| Going { rnn, cell }.forward(call));
}

/// Goes back through a sequence by the cell that is in reach.
pub(super) fn backward<T: Float>(rnn: &RNN, call: Backward<'_, T>) {
    InReach::run(call.context.own, rnn, |cell| Going { rnn, cell }.backward(call));
}
