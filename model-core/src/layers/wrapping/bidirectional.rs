//! Running a layer in both directions.

use std::rc::Rc;

use model_graph::argument::MergeMode;
use model_graph::layer::Manner;
use model_graph::layers::{Bidirectional, Link};

use crate::few::Few;
use crate::float::Float;
use crate::initialize::mix;
use crate::layer::{Backward, Context, Forward, Gradient, Run, View};
use crate::layers::inner;
use crate::layers::remembered::Remembered;

const STATES: usize = 0;
const MASK: usize = 1;

thread_local! {
    static LINKS: Remembered<Bidirectional, Halves> = const { Remembered::new() };
}

/// Both layers, and the shapes of what they give.
type Halves = ([Link; 2], [Vec<usize>; 2]);

fn links(layer: &Bidirectional, shape: &[usize]) -> Rc<Halves> {
    let links = || layer.links(&inner::input(shape), Manner::default()).expect("the shape rule has accepted the input");
    let make = || {
        let links = links();
        let shapes = links.each_ref().map(|link| inner::sizes(&link.outputs[0]));
        (links, shapes)
    };
    LINKS.with(|all| all.get(layer, shape, make))
}

/// How the outputs of both directions lie.
struct Rows {
    steps: usize,
    units: [usize; 2],
}

impl Rows {
    fn new(shapes: &[Vec<usize>; 2]) -> Self {
        let steps = if let [steps, _] = shapes[0][..] { steps } else { 1 };
        Self { steps, units: shapes.each_ref().map(|shape| shape.last().copied().unwrap_or_default()) }
    }

    /// For each row of the merged output the rows of the layers': what goes backwards begins with the last step.
    fn pairs(&self, batch: usize) -> impl Iterator<Item = [std::ops::Range<usize>; 2]> {
        let (steps, [first, second]) = (self.steps, self.units);
        (0..batch * steps).map(move |row| {
            let turned = row - row % steps + (steps - 1 - row % steps);
            [row * first..(row + 1) * first, turned * second..(turned + 1) * second]
        })
    }
}

/// The states of one of the layers among all that a call gives.
fn half<X>(links: &[Link; 2], place: usize, all: &[X]) -> std::ops::Range<usize> {
    let first = all.len().min(links[0].layer.states());
    if place == 0 { 0..first } else { first..all.len() }
}

/// Whether backward needs the outputs of both again.
fn keeps(layer: &Bidirectional, links: &[Link; 2]) -> bool {
    layer.keeps_outputs(links.iter().any(|link| link.needs.output))
}

impl<T: Float> Run<T> for Bidirectional {
    fn forward(&self, call: Forward<'_, T>) {
        let Forward { context, key, weights, inputs, output, more, mut saved, mut scratch, .. } = call;
        let halves = links(self, inputs[0].shape);
        let (links, shapes) = &*halves;
        let (states, mask) = (context.manner.slot(STATES, inputs), context.manner.slot(MASK, inputs).first());
        let rooms = links.each_ref().map(|link| context.batch * inner::size(&link.outputs[0]));
        let outputs = rooms.map(|room| inner::take(&mut scratch, room));
        let (mut apart, mut ends) = match (self.merge_mode, more) {
            (MergeMode::Apart, [apart, ends @ ..]) => (Some(&mut **apart), ends),
            (_, ends) => (None, ends),
        };
        let (first, second) = weights.split_at(links[0].weights.len());
        let (first_ends, second_ends) = std::mem::take(&mut ends).split_at_mut(links[0].states());
        let shares = [(first, first_ends), (second, second_ends)];
        for (place, (weights, ends)) in shares.into_iter().enumerate() {
            let link = &links[place];
            let own = states[half(links, place, states)].iter().copied();
            let (given, manner) = inner::arranged(&link.layer, inputs[0], own, mask.copied());
            let mut ends = inner::lent_all(ends);
            inner::forward(
                &link.layer,
                Forward {
                    context: Context { manner, ..inner::context::<T>(link, context) },
                    key: mix(key, place as u64),
                    weights,
                    inputs: &given,
                    output_shape: &shapes[place],
                    output: &mut *outputs[place],
                    more: &mut ends,
                    saved: inner::take_saved(&mut saved, link.rooms()[0].elements(context.batch)),
                    scratch: &mut *scratch,
                },
            );
        }
        let rows = Rows::new(shapes);
        let [units, others] = rows.units;
        let width = if self.merge_mode == MergeMode::Concat { units + others } else { units };
        for (row, [a, b]) in rows.pairs(context.batch).enumerate() {
            let (merged, a, b) = (&mut output[row * width..][..width], &outputs[0][a], &outputs[1][b]);
            match self.merge_mode {
                MergeMode::Concat => {
                    merged[..units].copy_from_slice(a);
                    merged[units..].copy_from_slice(b);
                }
                MergeMode::Sum => merged.iter_mut().zip(a.iter().zip(b)).for_each(|(y, (&a, &b))| *y = a + b),
                MergeMode::Average => {
                    merged.iter_mut().zip(a.iter().zip(b)).for_each(|(y, (&a, &b))| *y = (a + b) / T::from_f64(2.0));
                }
                MergeMode::Multiply => merged.iter_mut().zip(a.iter().zip(b)).for_each(|(y, (&a, &b))| *y = a * b),
                MergeMode::Apart => {
                    merged.copy_from_slice(a);
                    if let Some(apart) = &mut apart {
                        apart[row * others..][..others].copy_from_slice(b);
                    }
                }
            }
        }
        if !saved.is_empty() && keeps(self, links) {
            outputs.into_iter().for_each(|output| inner::take(&mut saved, output.len()).copy_from_slice(output));
        }
    }

    fn backward(&self, call: Backward<'_, T>) {
        let Backward { context, key, weights, inputs, d_output, more, d_inputs, gradients, mut saved, mut scratch, .. } = call;
        let halves = links(self, inputs[0].shape);
        let (links, shapes) = &*halves;
        let (states, mask) = (context.manner.slot(STATES, inputs), context.manner.slot(MASK, inputs).first());
        inner::no_gradients(context.manner.slot_mut(MASK, d_inputs));
        let start = context.manner.start(STATES, inputs.len());
        let rooms = links.each_ref().map(|link| context.batch * inner::size(&link.outputs[0]));
        let left = links.each_ref().map(|link| inner::take(&mut saved, link.rooms()[0].elements(context.batch)));
        let outputs: [&[T]; 2] = match keeps(self, links) {
            true => rooms.map(|room| &*inner::take(&mut saved, room)),
            false => [&[], &[]],
        };
        let [d_first, d_second] = rooms.map(|room| inner::take(&mut scratch, room));
        let (apart, ends) = match (self.merge_mode, more) {
            (MergeMode::Apart, [apart, ends @ ..]) => (Some(&**apart), ends),
            (_, ends) => (None, ends),
        };
        let rows = Rows::new(shapes);
        let [units, others] = rows.units;
        let width = if self.merge_mode == MergeMode::Concat { units + others } else { units };
        for (row, [a, b]) in rows.pairs(context.batch).enumerate() {
            let d = &d_output[row * width..][..width];
            let (d_a, d_b) = (&mut d_first[a.clone()], &mut d_second[b.clone()]);
            match self.merge_mode {
                MergeMode::Concat => {
                    d_a.copy_from_slice(&d[..units]);
                    d_b.copy_from_slice(&d[units..]);
                }
                MergeMode::Sum => {
                    d_a.copy_from_slice(d);
                    d_b.copy_from_slice(d);
                }
                MergeMode::Average => {
                    for ((d_a, d_b), &d) in d_a.iter_mut().zip(d_b).zip(d) {
                        *d_a = d / T::from_f64(2.0);
                        *d_b = *d_a;
                    }
                }
                MergeMode::Multiply => {
                    let (a, b) = (&outputs[0][a], &outputs[1][b]);
                    for (i, &d) in d.iter().enumerate() {
                        d_a[i] = d * b[i];
                        d_b[i] = d * a[i];
                    }
                }
                MergeMode::Apart => {
                    d_a.copy_from_slice(d);
                    d_b.copy_from_slice(&apart.unwrap_or_default()[row * others..][..others]);
                }
            }
        }
        let (first, second) = weights.split_at(links[0].weights.len());
        let (d_weights, d_others) = gradients.split_at_mut(links[0].weights.len());
        // States that are no outputs have no gradients.
        let (first_ends, second_ends) = ends.split_at_mut(ends.len().min(links[0].states()));
        let [first_left, second_left] = left;
        let shares =
            [(first, d_weights, first_ends, first_left, d_first), (second, d_others, second_ends, second_left, d_second)];
        for (place, (weights, gradients, ends, saved, d_output)) in shares.into_iter().enumerate() {
            let link = &links[place];
            let own = half(links, place, states);
            let (given, manner) = inner::arranged(&link.layer, inputs[0], states[own.clone()].iter().copied(), mask.copied());
            let (d_input, d_slots) = d_inputs.split_at_mut(1);
            // The layer from the end adds to what the other has written.
            let d_x = d_input[0].as_mut().map(|gradient| gradient.contribution(place == 0));
            let d_states = d_slots[start - 1..].iter_mut().skip(own.start).take(own.len()).map(inner::lent);
            let (mut d_given, _): (Few<Option<Gradient<'_, T>>>, _) =
                inner::arranged(&link.layer, d_x, d_states, mask.map(|_| None));
            let mut ends = inner::lent_all(ends);
            inner::backward(
                &link.layer,
                Backward {
                    context: Context { manner, ..inner::context::<T>(link, context) },
                    key: mix(key, place as u64),
                    weights,
                    inputs: &given,
                    output: View::new(&shapes[place], outputs[place]),
                    d_output,
                    more: &mut ends,
                    d_inputs: &mut d_given,
                    gradients,
                    saved,
                    scratch: &mut *scratch,
                },
            );
        }
    }
}
