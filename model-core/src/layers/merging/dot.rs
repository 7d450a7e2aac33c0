//! Running products that are summed along an axis.

use model_graph::layers::Dot;
use model_graph::shape::Shape;

use crate::few::Few;
use crate::float::Float;
use crate::kernels::einsum::{Contraction, Labelled, cosine};
use crate::layer::{Backward, Forward, Run, View};
use crate::layers::contracted::wanted;
use crate::layers::derived::derived;
use crate::layers::geometry::around;

/// The label of the batch, that of what is summed along, and the first of each input's others.
const BATCH: u8 = 0;
const SUMMED: u8 = u8::MAX;
const FIRST: [u8; 2] = [1, 100];

/// The labels and sizes of both inputs, and of the output.
struct Axes {
    labels: [Few<u8>; 3],
    shapes: [Few<usize>; 3],
    /// What lies around the axes that are summed along.
    around: [[usize; 3]; 2],
}

impl Axes {
    fn new<T>(layer: &Dot, batch: usize, inputs: &[View<'_, T>]) -> Self {
        let shapes = [0, 1].map(|i| inputs[i].shape);
        let axes =
            layer.sample_axes([&Shape::from(shapes[0]), &Shape::from(shapes[1])]).expect("the shape rule has checked the axes");
        let labels = |i: usize| {
            let label = move |(place, own): (usize, u8)| if place == axes[i] { SUMMED } else { own };
            (0..shapes[i].len()).zip(FIRST[i]..SUMMED).map(label)
        };
        let others = |i: usize| labels(i).zip(shapes[i]).filter(|(label, _)| *label != SUMMED);
        let whole =
            |i: usize| ([BATCH].into_iter().chain(labels(i)).collect(), [batch].iter().chain(shapes[i]).copied().collect());
        let [(a, of_a), (b, of_b)] = [0, 1].map(whole);
        let result = || others(0).chain(others(1));
        Self {
            labels: [a, b, [BATCH].into_iter().chain(result().map(|(label, _)| label)).collect()],
            shapes: [of_a, of_b, [batch].into_iter().chain(result().map(|(_, &size)| size)).collect()],
            around: [0, 1].map(|i| around(batch, shapes[i], axes[i])),
        }
    }

    fn contraction(&self) -> Contraction<'_> {
        let [a, b, output] = [0, 1, 2].map(|i| Labelled { labels: &self.labels[i], shape: &self.shapes[i] });
        Contraction { a, b, output }
    }

    /// How many vectors each input has.
    fn vectors(&self) -> [usize; 2] {
        self.around.map(|[outer, _, inner]| outer * inner)
    }

    /// Samples, and the vectors of both inputs in each.
    fn products(&self, batch: usize) -> [usize; 3] {
        let [a, b] = self.vectors();
        [batch, a / batch.max(1), b / batch.max(1)]
    }

    /// One over the length of each vector of both inputs.
    fn lengths<T: Float>(&self, inputs: &[View<'_, T>], [a, b]: [&mut [T]; 2]) {
        cosine::inverse_lengths(inputs[0].data, self.around[0], a);
        cosine::inverse_lengths(inputs[1].data, self.around[1], b);
    }
}

/// Room for a number for each vector of the first and of the second input, and what is left.
fn split<T>(room: &mut [T], [a, b]: [usize; 2]) -> ([&mut [T]; 2], &mut [T]) {
    let (first, room) = room.split_at_mut(a);
    let (second, room) = room.split_at_mut(b);
    ([first, second], room)
}

impl<T: Float> Run<T> for Dot {
    derived!(|layer, _call| Ok(if layer.normalize { Derived::None } else { Derived::Multilinear }));

    fn forward(&self, call: Forward<'_, T>) {
        let Forward { context, inputs, output, scratch, .. } = call;
        let axes = Axes::new(self, context.batch, inputs);
        let numbers = if self.normalize { axes.vectors() } else { [0, 0] };
        let ([a, b], room) = split(scratch, numbers);
        axes.contraction().forward(inputs[0].data, inputs[1].data, output, room);
        if self.normalize {
            axes.lengths(inputs, [a, b]);
            cosine::scale(output, a, b, axes.products(context.batch));
        }
    }

    fn backward(&self, call: Backward<'_, T>) {
        let Backward { context, inputs, output, d_output, d_inputs, scratch, .. } = call;
        let axes = Axes::new(self, context.batch, inputs);
        let numbers = if self.normalize { axes.vectors() } else { [0, 0] };
        let ([a, b], room) = split(scratch, numbers);
        let ([sums_a, sums_b], room) = split(room, numbers);
        if self.normalize {
            let products = axes.products(context.batch);
            axes.lengths(inputs, [&mut *a, &mut *b]);
            cosine::sums(output.data, d_output, products, sums_a, sums_b);
            cosine::scale(d_output, a, b, products);
        }
        let [d_a, d_b] = d_inputs else { return };
        let all = [wanted(d_a), wanted(d_b)];
        axes.contraction().backward([inputs[0].data, inputs[1].data], d_output, all, room);
        if self.normalize {
            for (i, gradient, inverse, sums) in [(0, d_a, a, sums_a), (1, d_b, b, sums_b)] {
                if let Some(gradient) = gradient {
                    cosine::through_lengths(inputs[i].data, axes.around[i], inverse, sums, gradient.data);
                }
            }
        }
    }
}
