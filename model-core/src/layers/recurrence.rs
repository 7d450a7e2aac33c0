//! What recurrent layers share: their sizes and weights as the kernels take them, and what is dropped.

use model_graph::argument::GateActivation;
use model_graph::layers::{Dropping, INITIAL_STATE, STEPS_MASK};
use model_graph::window::Window;

use crate::float::Float;
use crate::initialize::mix;
use crate::kernels::activation::Kind;
use crate::kernels::conv3d::Geometry;
use crate::kernels::dropout;
use crate::kernels::recurrent::{self, Cell, Dropped, Gradients, Inputs, Mask, Outputs, Reads, Sizes, Weights};
use crate::layer::{Backward, Context, Forward, View, Weight};
use crate::layers::{activated, convolution, inner, noise, pass};

/// How a layer goes through its sequence.
#[derive(Clone, Copy)]
pub(super) struct Way {
    pub units: usize,
    pub returns_all: bool,
    pub is_backwards: bool,
    /// Whether steps that are not looked at give zeros.
    pub gives_zeros: bool,
    pub dropping: Dropping,
    pub seed: Option<u64>,
    /// The convolutions of the input and of the state, if there are.
    pub convolutions: Option<[Geometry; 2]>,
}

impl Way {
    fn sizes(self, batch: usize, input: &[usize]) -> Sizes {
        let Self { units, returns_all, is_backwards, convolutions, .. } = self;
        Sizes { batch, steps: input[0], features: input[input.len() - 1], units, convolutions, returns_all, is_backwards }
    }

    /// The elements of a step's input, and of a state.
    fn elements(&self, input: &[usize]) -> [usize; 2] {
        let of_states = |[_, state]: [Geometry; 2]| state.input_len();
        [input[1..].iter().product(), self.convolutions.map_or(self.units, of_states)]
    }

    /// What a call drops of the input and of the state, made in the front of the room; gives what is left of that.
    fn dropped<'a, T: Float>(
        &self,
        context: &Context<'_>,
        key: u64,
        input: &[usize],
        mut room: &'a mut [T],
    ) -> ([Option<Dropped<'a, T>>; 2], &'a mut [T]) {
        let Dropping { rates, groups } = self.dropping;
        let (elements, key) = (self.elements(input), noise::key(self.seed, key));
        let dropped = [0, 1].map(|of| {
            let rate = rates[of];
            if !context.training || rate == 0.0 {
                return None;
            }
            let len = context.batch * elements[of];
            let factors = inner::take(&mut room, groups * len);
            for (group, factors) in (0..).zip(factors.chunks_exact_mut(len.max(1))) {
                dropout::factors(factors, rate, mix(key, 2 * group + of as u64));
            }
            Some(Dropped { factors, groups })
        });
        (dropped, room)
    }

    /// The steps that a call looks at, if not all.
    fn mask<'a, T>(&self, context: &Context<'_>, inputs: &'a [View<'a, T>]) -> Option<Mask<'a, T>> {
        let given = context.manner.slot(STEPS_MASK, inputs).first();
        given.map(|mask| Mask { steps: mask.data, gives_zeros: self.gives_zeros })
    }
}

/// The kernels' form of an activation.
pub(super) const fn kind(activation: GateActivation) -> Kind {
    activated::kind(activation.0)
}

/// The weights; a bias of two rows is one for the inputs and one for the state.
fn weights<'a, T: Float>(weights: &'a [Weight<T>], dropped: [Option<Dropped<'a, T>>; 2]) -> Weights<'a, T> {
    let bias = weights.get(2);
    let rows = bias.map(|bias| match bias.shape.len() {
        2 => bias.data.split_at(bias.data.len() / 2),
        _ => (&bias.data[..], &[][..]),
    });
    let biases = [rows.map(|(first, _)| first), rows.map(|(_, second)| second).filter(|second| !second.is_empty())];
    Weights { kernel: &weights[0].data, recurrent_kernel: &weights[1].data, biases, dropped }
}

pub(super) fn forward<T: Float>(cell: &impl Cell<T>, way: Way, call: Forward<'_, T>) {
    forward_by(way, call, |sizes, weights, inputs, outputs, [saved, scratch]| {
        recurrent::forward(cell, sizes, weights, inputs, outputs, saved, scratch);
    });
}

/// Goes through the sequence by a kernel, which is given what is saved and the room to work in last.
pub(super) fn forward_by<T: Float>(
    way: Way,
    call: Forward<'_, T>,
    kernel: impl FnOnce(&Sizes, Weights<'_, T>, Inputs<'_, T>, Outputs<'_, T>, [&mut [T]; 2]),
) {
    let Forward { context, key, weights: all, inputs, output, more, saved, scratch, .. } = call;
    let sizes = way.sizes(context.batch, inputs[0].shape);
    let given = context.manner.slot(INITIAL_STATE, inputs);
    let start = [0, 1].map(|state| given.get(state).map(|state| state.data));
    let mut more = more.iter_mut().map(|end| &mut **end);
    let end = [more.next(), more.next()];
    let (dropped, scratch) = way.dropped(&context, key, inputs[0].shape, scratch);
    let mask = way.mask(&context, inputs);
    let (inputs, outputs) = (Inputs { sequence: inputs[0].data, start, mask }, Outputs { states: output, end });
    kernel(&sizes, weights(all, dropped), inputs, outputs, [saved, scratch]);
}

pub(super) fn backward<T: Float>(cell: &impl Cell<T>, way: Way, call: Backward<'_, T>) {
    backward_by(way, call, |sizes, reads, scratch, gradients| recurrent::backward(cell, sizes, reads, scratch, gradients));
}

/// Goes back through time by a kernel.
pub(super) fn backward_by<T: Float>(
    way: Way,
    call: Backward<'_, T>,
    kernel: impl FnOnce(&Sizes, Reads<'_, T>, &mut [T], Gradients<'_, T>),
) {
    let Backward { context, key, weights: all, inputs, d_output, more, d_inputs, gradients, saved, scratch, .. } = call;
    let sizes = way.sizes(context.batch, inputs[0].shape);
    let [Weight { data: of_inputs, .. }, Weight { data: recurrent_kernel, .. }, bias @ ..] = gradients else { return };
    let biases = match bias {
        [] => [None, None],
        [bias, ..] if bias.shape.len() == 2 => {
            let half = bias.data.len() / 2;
            let (first, second) = bias.data.split_at_mut(half);
            [Some(first), Some(second)]
        }
        [bias, ..] => [Some(&mut bias.data[..]), None],
    };
    pass::nothing(context.manner.slot_mut(STEPS_MASK, d_inputs));
    let first = context.manner.start(INITIAL_STATE, inputs.len());
    let states = context.manner.slot(INITIAL_STATE, inputs).len();
    let (d_sequence, d_start) = d_inputs.split_at_mut(first);
    let mut wanted = d_sequence.iter_mut().take(1).chain(d_start.iter_mut().take(states)).map(|gradient| {
        let gradient = gradient.as_mut()?;
        Some((&mut *gradient.data, gradient.accumulate))
    });
    let mut next = || wanted.next().flatten();
    let (input, start) = (next(), [next(), next()]);
    let d_end = [0, 1].map(|state| more.get(state).map(|d_end| &**d_end));
    let (dropped, scratch) = way.dropped(&context, key, inputs[0].shape, scratch);
    let mask = way.mask(&context, inputs);
    let gradients = Gradients { input, start, kernel: of_inputs, recurrent_kernel, biases, accumulate: context.accumulate };
    let reads = Reads { weights: weights(all, dropped), input: inputs[0].data, d_output, d_end, saved, mask };
    kernel(&sizes, reads, scratch, gradients);
}

/// How a layer that multiplies with matrices goes through its sequence, by the arguments that all have.
macro_rules! way {
    ($layer:expr) => {
        $crate::layers::recurrence::Way {
            units: $layer.units.get(),
            returns_all: $layer.return_sequences,
            is_backwards: $layer.go_backwards,
            gives_zeros: $layer.zero_output_for_mask,
            dropping: $layer.dropping(),
            seed: $layer.seed,
            convolutions: None,
        }
    };
}
pub(super) use way;

/// The convolutions of the input and of the state.
pub(super) fn convolutions<const N: usize>(windows: [&[Window; N]; 2], input: &[usize], filters: usize) -> [Geometry; 2] {
    let (step, [of_input, of_state]) = (&input[1..], windows);
    let mut state = [filters; MOST_AXES];
    for (axis, window) in of_input.iter().enumerate() {
        let positions = window.positions(&step[axis].into()).ok().and_then(|positions| positions.size());
        state[axis] = positions.expect("the shape rule has checked the windows");
    }
    let state = &state[..=N];
    [convolution::geometry(of_input, 1, step, state), convolution::geometry(of_state, 1, state, state)]
}

/// The axes of a volume and its channels.
const MOST_AXES: usize = 4;

/// Runs a long short-term memory that convolves.
macro_rules! conv_lstm {
    ($layer:ty) => {
        fn way(layer: &$layer, input: &[usize]) -> (crate::kernels::recurrent::Lstm, crate::layers::recurrence::Way) {
            let units = layer.filters.get();
            let [activation, gates] = [layer.activation, layer.recurrent_activation].map(crate::layers::recurrence::kind);
            let windows = [&layer.windows(), &layer.state_windows()];
            let way = crate::layers::recurrence::Way {
                units,
                returns_all: layer.return_sequences,
                is_backwards: layer.go_backwards,
                gives_zeros: layer.zero_output_for_mask,
                dropping: layer.dropping(),
                seed: layer.seed,
                convolutions: Some(crate::layers::recurrence::convolutions(windows, input, units)),
            };
            (crate::kernels::recurrent::Lstm { activation, gates, units }, way)
        }

        impl<T: crate::float::Float> crate::layer::Run<T> for $layer {
            fn forward(&self, call: crate::layer::Forward<'_, T>) {
                let (cell, way) = way(self, call.inputs[0].shape);
                crate::layers::recurrence::forward(&cell, way, call);
            }

            fn backward(&self, call: crate::layer::Backward<'_, T>) {
                let (cell, way) = way(self, call.inputs[0].shape);
                crate::layers::recurrence::backward(&cell, way, call);
            }
        }
    };
}
pub(super) use conv_lstm;
