//! Running the cutting of a tensor into several.

use model_graph::argument::Sections;
use model_graph::layers::Parts;
use model_graph::layers::operations::parts::PartsFunction;

use crate::float::Float;
use crate::kernels::operation::slice::{self, Cut};
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::along;

/// What comes before the axis, and what lies along it with all that comes behind; each part is a piece of that.
struct Pieces {
    sizes: [usize; 2],
    inner: usize,
    along: usize,
}

impl Pieces {
    fn new(layer: &Parts, shape: &[usize]) -> Self {
        let [outer, size, inner] = along(layer.axis, 1, shape);
        Self { sizes: [outer, size * inner], inner, along: size }
    }

    /// Where a part lies, of so many.
    fn cuts(&self, layer: &Parts, part: usize, parts: usize) -> [Cut; 2] {
        let (start, end) = match (layer.function, &layer.indices_or_sections) {
            (PartsFunction::Split, Sections::Before(places)) => {
                let start = part.checked_sub(1).map_or(0, |before| places[before]);
                (start, places.get(part).copied().unwrap_or(self.along))
            }
            (PartsFunction::Split, Sections::Equal(_)) | (PartsFunction::Unstack, _) => {
                let each = self.along / parts;
                (part * each, (part + 1) * each)
            }
        };
        let whole = Cut { start: 0, step: 1, count: self.sizes[0] };
        [whole, Cut { start: start * self.inner, step: 1, count: (end - start) * self.inner }]
    }
}

impl<T: Float> Run<T> for Parts {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        let Forward { inputs, output, more, .. } = call;
        let (pieces, parts) = (Pieces::new(self, inputs[0].shape), more.len() + 1);
        slice::forward(inputs[0].data, &pieces.sizes, &pieces.cuts(self, 0, parts), output);
        for (part, output) in (1..).zip(more) {
            slice::forward(inputs[0].data, &pieces.sizes, &pieces.cuts(self, part, parts), output);
        }
    }

    fn backward(&self, call: Backward<'_, T>) {
        let Backward { inputs, d_output, more, d_inputs, .. } = call;
        let (pieces, parts) = (Pieces::new(self, inputs[0].shape), more.len() + 1);
        if let Some(gradient) = &mut d_inputs[0] {
            slice::backward(d_output, &pieces.sizes, &pieces.cuts(self, 0, parts), gradient.data, gradient.accumulate);
            for (part, d_output) in (1..).zip(more) {
                slice::backward(d_output, &pieces.sizes, &pieces.cuts(self, part, parts), gradient.data, true);
            }
        }
    }
}
