//! How a correlation is cut into tasks: by its sizes only.

use std::ops::Range;

use super::correlate::Correlation;
use super::pack::{DEPTH, panel_width};

/// Fewer multiplications than this are done by one thread: waking another takes as long.
const WORTH_SHARING: usize = 200_000;
/// A task has about this many multiplications at least.
const TASK: usize = 400_000;
/// So many tasks let threads finish together.
const MANY_TASKS: usize = 48;
/// About so many elements of the input stay in the cache that a thread has for itself.
const NEAR: usize = 160_000;
/// About so many elements stay in the cache that threads share.
const SHARED: usize = 1 << 20;
/// The most columns that are read where they lie: further apart they would fall on the same lines of the caches.
const IN_PLACE: usize = 64;

/// A cut of the outputs into a grid of tasks.
pub(crate) struct Cut {
    pub is_packed: bool,
    /// Whether tasks of the same columns follow each other rather than those of the same pixels.
    is_by_columns: bool,
    /// Groups, parts of the batch, of the rows, of the pixels in a row, panels of columns.
    counts: [usize; 5],
    sizes: [usize; 5],
    wholes: [usize; 5],
}

/// A task's part of the outputs.
pub(crate) struct Task {
    pub group: usize,
    pub columns: Range<usize>,
    pub samples: Range<usize>,
    pub rows: Range<usize>,
    pub pixels: Range<usize>,
}

impl Cut {
    pub fn new(plan: &Correlation, lanes: usize) -> Self {
        let (height, width) = (plan.y.outputs, plan.x.outputs);
        let image = height * width;
        let pixels = plan.batch * image;
        let depth = (plan.y.taps * plan.x.taps * plan.depth).max(1);
        let is_transposed = plan.kernel.column != 1;
        let is_packed = is_transposed || (plan.columns > IN_PLACE && pixels >= 32);
        let panel = panel_width(lanes);
        // Of a product of tensors there may be more than a number holds, which is many.
        let work = pixels.saturating_mul(depth).saturating_mul(plan.columns * plan.groups);

        let columns = if is_packed {
            panel
        } else if work < WORTH_SHARING {
            plan.columns
        } else if plan.columns > IN_PLACE {
            2 * panel
        } else {
            panel
        };
        let panels = plan.columns.div_ceil(columns.max(1)) * plan.groups;
        let least = (TASK / (depth * columns.min(plan.columns)).max(1)).max(if is_packed { 256 } else { 14 });
        let most = (NEAR / plan.depth.clamp(1, DEPTH)).clamp(256, 2048).max(least);
        let wanted = (pixels.saturating_mul(panels) / MANY_TASKS).clamp(least, most);
        let (samples, rows, in_row) = if work < WORTH_SHARING || wanted >= pixels {
            (plan.batch, height, width)
        } else if wanted >= image {
            (wanted / image, height, width)
        } else if wanted >= width {
            (1, height.div_ceil(height.div_ceil((wanted / width).max(1))), width)
        } else {
            (1, 1, wanted)
        };
        // A small input stays near while a large kernel is read once; otherwise each part of the input is read once.
        let input = plan.batch * plan.y.inputs * plan.x.inputs * plan.depth;
        let is_by_columns = input <= SHARED && input < depth * plan.columns;
        let wholes = [plan.groups, plan.batch, height, width, plan.columns];
        let sizes = [1, samples, rows, in_row, columns].map(|size| size.max(1));
        Self { is_packed, is_by_columns, counts: std::array::from_fn(|axis| wholes[axis].div_ceil(sizes[axis])), sizes, wholes }
    }

    pub fn tasks(&self) -> usize {
        self.counts.iter().product()
    }

    /// A task.
    pub fn task(&self, mut index: usize) -> Task {
        let mut ranges = [const { 0..0 }; 5];
        let order = if self.is_by_columns { [3, 2, 1, 4, 0] } else { [4, 3, 2, 1, 0] };
        for axis in order {
            let part = index % self.counts[axis];
            index /= self.counts[axis];
            ranges[axis] = part * self.sizes[axis]..((part + 1) * self.sizes[axis]).min(self.wholes[axis]);
        }
        let [group, samples, rows, pixels, columns] = ranges;
        Task { group: group.start, columns, samples, rows, pixels }
    }
}
