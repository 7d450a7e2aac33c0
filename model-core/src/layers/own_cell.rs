//! Going through a sequence by a cell of the user's own, one step after the other, and back through time.

use std::fmt;
use std::sync::Arc;

use model_graph::layer::{Layer as _, Manner, Through};
use model_graph::layers::{INITIAL_STATE, OwnCell, RNN, STEPS_MASK};
use model_graph::shape::{Shape, TensorType};

use crate::custom::Runs;
use crate::error::Result;
use crate::float::Float;
use crate::initialize::mix;
use crate::layer::{Backward, Context, Forward, Gradient, View};
use crate::layers::inner::{self, take};
use crate::layers::step::Step;

/// How an `RNN` of a cell of the user's own runs: its configuration does not have the cell's arithmetic. What users' crates compile again of it is a call.
#[derive(Clone, Debug)]
pub(crate) struct OwnRnn<T: Float>(Arc<dyn Goes<T>>);

impl<T: Float> OwnRnn<T> {
    pub(crate) fn new(rnn: RNN, cell: Arc<dyn Runs<T>>) -> Self {
        Self(Arc::new(Going { rnn, cell }))
    }

    /// See [`Goes::forward`].
    pub(crate) fn forward(&self, call: Forward<'_, T>) -> Result<()> {
        self.0.forward(call)
    }

    /// See [`Goes::backward`].
    pub(crate) fn backward(&self, call: Backward<'_, T>) -> Result<()> {
        self.0.backward(call)
    }
}

/// Layers are compared by their configuration, which names the cell.
impl<T: Float> PartialEq for OwnRnn<T> {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

/// What goes through a sequence.
trait Goes<T: Float>: fmt::Debug + Send + Sync {
    /// Computes the outputs. A step that is masked leaves the states, and gives the first of them, or where that is of another shape than an output, the
    /// output before it, or zeros, if they are asked for.
    fn forward(&self, call: Forward<'_, T>) -> Result<()>;

    /// Goes back through time. What a masked step gives again gets its gradient: a state, or the output of an earlier step.
    fn backward(&self, call: Backward<'_, T>) -> Result<()>;
}

/// An `RNN` with the arithmetic of its cell.
#[derive(Debug)]
struct Going<T: Float> {
    rnn: RNN,
    cell: Arc<dyn Runs<T>>,
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

impl<T: Float> Goes<T> for Going<T> {
    fn forward(&self, call: Forward<'_, T>) -> Result<()> {
        let Forward { context, key, weights, inputs, output, more, saved, mut scratch, .. } = call;
        let sizes = Sizes::new(&self.rnn, context.batch, inputs[0].shape);
        let (given, mask) = (context.manner.slot(INITIAL_STATE, inputs), context.manner.slot(STEPS_MASK, inputs).first());
        let x = take(&mut scratch, sizes.of_input());
        let [y, last] = [(); 2].map(|()| take(&mut scratch, sizes.of_output()));
        let [mut now, mut next] = [(); 2].map(|()| sizes.states(&mut scratch));
        for (i, now) in now.iter_mut().enumerate() {
            match given.get(i) {
                Some(given) => now.copy_from_slice(given.data),
                None => now.fill(T::ZERO),
            }
        }
        last.fill(T::ZERO);
        let context = Context { manner: Manner::default(), ..context };
        for number in 0..sizes.steps {
            let step = sizes.step(number);
            sizes.place(step, x.len()).take(inputs[0].data, x);
            let (mut before, own, left) = sizes.left(saved, number);
            before.iter_mut().zip(&now).for_each(|(before, now)| before.copy_from_slice(now));
            let pass = (context, mix(key, number as u64));
            self.cell.run_with(weights, pass, &sizes.views(x, &now), &sizes.output, y, &mut next, own)?;
            if !left.is_empty() {
                left.copy_from_slice(y);
            }
            let counts = counts(mask, &sizes, step);
            for (sample, &counts) in counts.iter().enumerate() {
                let of_output = sizes.sample(y.len(), sample);
                if counts {
                    last[of_output.clone()].copy_from_slice(&y[of_output]);
                    for (now, next) in now.iter_mut().zip(&next) {
                        let own = sizes.sample(now.len(), sample);
                        now[own.clone()].copy_from_slice(&next[own]);
                    }
                } else if sizes.repeats_state() {
                    last[of_output.clone()].copy_from_slice(&now[0][of_output]);
                }
            }
            if sizes.through.return_sequences || number + 1 == sizes.steps {
                y.copy_from_slice(last);
                for (sample, _) in counts.iter().enumerate().filter(|(_, counts)| !**counts && sizes.through.zero_output_for_mask)
                {
                    y[sizes.sample(last.len(), sample)].fill(T::ZERO);
                }
                match sizes.through.return_sequences {
                    true => sizes.place(number, y.len()).put(y, output),
                    false => output.copy_from_slice(y),
                }
            }
        }
        more.iter_mut().zip(&now).for_each(|(end, now)| end.copy_from_slice(now));
        Ok(())
    }

    fn backward(&self, call: Backward<'_, T>) -> Result<()> {
        let Backward { context, key, weights, inputs, d_output, more, d_inputs, gradients, saved, mut scratch, .. } = call;
        let sizes = Sizes::new(&self.rnn, context.batch, inputs[0].shape);
        let (manner, mask) = (context.manner, context.manner.slot(STEPS_MASK, inputs).first());
        inner::no_gradients(manner.slot_mut(STEPS_MASK, d_inputs));
        let [x, d_x] = [(); 2].map(|()| take(&mut scratch, sizes.of_input()));
        let [d_y, later] = [(); 2].map(|()| take(&mut scratch, sizes.of_output()));
        let [mut d_now, mut d_step, mut d_before] = [(); 3].map(|()| sizes.states(&mut scratch));
        for (i, d_now) in d_now.iter_mut().enumerate() {
            match more.get(i) {
                Some(given) => d_now.copy_from_slice(given),
                None => d_now.fill(T::ZERO),
            }
        }
        later.fill(T::ZERO);
        for number in (0..sizes.steps).rev() {
            let (step, is_last) = (sizes.step(number), number + 1 == sizes.steps);
            match sizes.through.return_sequences {
                true => sizes.place(number, d_y.len()).take(d_output, d_y),
                false if is_last => d_y.copy_from_slice(d_output),
                false => d_y.fill(T::ZERO),
            }
            d_step.iter_mut().zip(&d_now).for_each(|(d_step, d_now)| d_step.copy_from_slice(d_now));
            let counts = counts(mask, &sizes, step);
            for (sample, &counts) in counts.iter().enumerate() {
                let own = sizes.sample(d_y.len(), sample);
                if !counts && sizes.repeats_state() && !sizes.through.zero_output_for_mask {
                    d_now[0][own.clone()].iter_mut().zip(&d_y[own.clone()]).for_each(|(d_now, &d_y)| *d_now += d_y);
                    d_y[own.clone()].fill(T::ZERO);
                }
                for (d_y, later) in d_y[own.clone()].iter_mut().zip(&mut later[own]) {
                    match (counts, sizes.through.zero_output_for_mask) {
                        (true, _) => (*d_y, *later) = (*d_y + *later, T::ZERO),
                        (false, false) => (*d_y, *later) = (T::ZERO, *d_y + *later),
                        (false, true) => *d_y = T::ZERO,
                    }
                }
                for d_step in d_step.iter_mut().filter(|_| !counts) {
                    let own = sizes.sample(d_step.len(), sample);
                    d_step[own].fill(T::ZERO);
                }
            }
            sizes.place(step, x.len()).take(inputs[0].data, x);
            let (before, own, left) = sizes.left(saved, number);
            {
                let wanted = |data| Some(Gradient { data, accumulate: false });
                let d_states = d_before.iter_mut().map(|d_before| wanted(&mut **d_before));
                let mut d_given: Vec<_> = std::iter::once(wanted(&mut *d_x)).chain(d_states).collect();
                let context = Context { manner: Manner::default(), ..context.adding(!is_last) };
                let (pass, views) = ((context, mix(key, number as u64)), sizes.views(x, &before));
                let output = View::new(&sizes.output, left);
                self.cell.run_back_with(weights, pass, &views, output, d_y, &mut d_step, &mut d_given, gradients, own)?;
            }
            for (sample, _) in counts.iter().enumerate().filter(|(_, counts)| **counts) {
                for (d_now, d_before) in d_now.iter_mut().zip(&d_before) {
                    let own = sizes.sample(d_now.len(), sample);
                    d_now[own.clone()].copy_from_slice(&d_before[own]);
                }
            }
            match &mut d_inputs[0] {
                Some(Gradient { data, accumulate: true }) => sizes.place(step, d_x.len()).add(d_x, data),
                Some(Gradient { data, accumulate: false }) => sizes.place(step, d_x.len()).put(d_x, data),
                None => {}
            }
        }
        let given = manner.slot_mut(INITIAL_STATE, d_inputs);
        given.iter_mut().zip(&d_now).for_each(|(given, d_now)| Gradient::give(inner::lent(given), d_now));
        Ok(())
    }
}
