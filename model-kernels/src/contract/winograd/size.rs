//! How large the tiles of a convolution are: by its sizes alone, the batch left out, so that a sample's bits depend on nothing else.

use super::super::axis::Axis;
use super::maps::TAPS;

/// What one multiplication of the direct form costs beside one in the planes, whose products are shorter and go through memory.
const DIRECT: f64 = 0.85;
/// What the transforms cost, in multiplications for each number of a plane: from an input or back to an output.
const TRANSFORM: f64 = 5.0;
/// What the kernel costs for each number of its planes, which are read for each sample at least: from a near cache, or from memory.
const KERNEL: [f64; 2] = [5.0, 20.0];
/// So many numbers of a kernel's planes are in a near cache.
const NEAR: f64 = 5e5;
/// Of fewer channels or filters, vectors and tiles would be half empty.
const FEW: usize = 16;
/// Of larger products of channels and filters, the kernel's planes would take too much memory.
const MOST: usize = 1 << 19;

/// A cut of an image into tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    /// The outputs of a tile, to a side.
    pub outputs: usize,
    /// The tiles down and across.
    pub tiles: [usize; 2],
}

impl Size {
    /// The best size for a window over an image, from channels to filters; none where the direct form is better, or the only one.
    pub fn best(groups: usize, y: &Axis, x: &Axis, channels: usize, filters: usize) -> Option<Self> {
        let fits = |axis: &Axis| axis.taps == TAPS && axis.stride == 1 && axis.dilation == 1;
        if groups != 1 || !fits(y) || !fits(x) || channels.min(filters) < FEW || channels.saturating_mul(filters) > MOST {
            return None;
        }
        let taps = |axis: &Axis| axis.runs(0..axis.outputs).map(|(run, taps)| run.len() * taps.len()).sum::<usize>();
        let direct = taps(y) as f64 * taps(x) as f64 * channels as f64 * filters as f64;
        let sizes = [2, 3, 4].map(|outputs| {
            let size = Self { outputs, tiles: [y, x].map(|axis| axis.outputs.div_ceil(outputs)) };
            (size.cost(channels as f64, filters as f64), size)
        });
        let (cost, size) = sizes.into_iter().min_by(|a, b| a.0.total_cmp(&b.0))?;
        (cost < DIRECT * direct).then_some(size)
    }

    /// About how many multiplications a sample costs.
    fn cost(self, channels: f64, filters: f64) -> f64 {
        let tiles = self.tiles[0] as f64 * self.tiles[1] as f64;
        let each = channels * filters + TRANSFORM * (channels + filters);
        let planes = self.planes() as f64;
        let kernel = KERNEL[usize::from(planes * channels * filters > NEAR)];
        planes * (tiles * each + kernel * channels * filters)
    }

    /// The planes.
    pub fn planes(self) -> usize {
        self.side() * self.side()
    }

    /// The inputs of a tile, to a side.
    pub fn side(self) -> usize {
        self.outputs + TAPS - 1
    }

    /// The tiles of an image.
    pub fn tiles_of_image(self) -> usize {
        self.tiles[0] * self.tiles[1]
    }

    /// A tile's sample, and the first row and pixel of its outputs.
    pub fn place(self, tile: usize) -> (usize, [usize; 2]) {
        let (sample, tile) = (tile / self.tiles_of_image(), tile % self.tiles_of_image());
        (sample, [tile / self.tiles[1], tile % self.tiles[1]].map(|tile| tile * self.outputs))
    }

    /// Which of the transforms are those of this size.
    pub fn index(self) -> usize {
        self.outputs - 2
    }
}
