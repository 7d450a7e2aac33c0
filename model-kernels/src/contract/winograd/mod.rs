//! Convolutions of 3 x 3 with a stride of one in fewer multiplications: Winograd's minimal filtering.
//!
//! An image is cut into tiles of `m` x `m` outputs. Each tile's inputs, `m + 2` to a side, and the kernel are brought to `(m + 2)²`
//! planes, in which the convolution is a product of matrices, `tiles x channels` times `channels x filters`; the sum over channels is
//! brought back to the outputs. A tile takes `(m + 2)²` multiplications a channel and filter where the definition takes `9 m²`: 2.25 times
//! fewer for two outputs to a side, 3.24 for three, 4 for four. (Lavin, Gray: "Fast Algorithms for Convolutional Neural Networks", 2015,
//! arXiv:1509.09308.)
//!
//! * `maps`: the transforms along one axis, and the points that they come from;
//! * `transform`: patches of images to planes and back, in each instruction set;
//! * `size`: how large tiles are, and whether they are worth it;
//! * `correlate`: correlations, which are the output and the gradient of the input;
//! * `outer`: the gradient of the kernel.
//!
//! Errors: the transforms add and subtract multiples of their operands, so that results differ from the true ones by more than a direct sum
//! does: for two, three and four outputs to a side by up to 8, 16 and 32 halves of the last place of the largest result, where that is a sum
//! over up to 512 channels (`tests` holds them to it). In `f32` the last is 2e-6 of the largest. What is not finite in an input makes all
//! outputs of its tile NaN.

mod correlate;
mod maps;
pub(super) mod outer;
mod size;
#[cfg(test)]
mod tests;
pub(super) mod transform;

pub(crate) use correlate::Winograd;
pub(super) use size::Size;
