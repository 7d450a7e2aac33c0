//! What layers of one, two and three dimensions share: the names of their axes, and the words that their arguments are documented with.

use crate::argument::PerChannel;
use crate::dim::Dim;
use crate::layers::activated::require_axes;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};
use crate::window::Window;

/// The axes of a tensor of so many dimensions besides the channels: of a sequence, an image or a volume.
const fn axes<const N: usize>() -> &'static [&'static str] {
    match N {
        1 => &["length", "channels"],
        2 => &["height", "width", "channels"],
        _ => &["depth", "height", "width", "channels"],
    }
}

/// The name of each dimension.
pub(super) fn names<const N: usize>() -> [&'static str; N] {
    std::array::from_fn(|i| axes::<N>()[i])
}

/// The size of each dimension of a tensor of floating-point numbers that has as many, and its channels.
pub(super) fn require_rank<const N: usize>(input: &TensorType) -> Result<([&Dim; N], &Dim), Problem> {
    let dims = require_axes(input, axes::<N>())?;
    let Some((channels, _)) = dims.split_last() else {
        return Err(Problem::Rank { operand: 0, expected: axes::<N>(), found: input.shape.clone() });
    };
    Ok((std::array::from_fn(|i| &dims[i]), channels))
}

/// Refuses another number of channels than there are numbers for each.
pub(super) fn require_channels(argument: &'static str, numbers: &PerChannel, shape: &Shape) -> Result<(), Problem> {
    match numbers.channels().filter(|&channels| shape.0.last() != Some(&Dim::from(channels))) {
        Some(expected) => Err(Problem::Channels { argument, expected, found: shape.clone() }),
        None => Ok(()),
    }
}

/// Images as they are.
pub(super) fn images(inputs: &[TensorType]) -> Result<TensorType, Problem> {
    require_rank::<2>(&inputs[0])?;
    Ok(inputs[0].clone())
}

/// The input with another size for each dimension, as it follows from the dimension's number and its size.
pub(super) fn resize<const N: usize>(
    input: &TensorType,
    size: impl Fn(usize, &Dim) -> Result<Dim, Problem>,
) -> Result<TensorType, Problem> {
    let (sizes, channels) = require_rank::<N>(input)?;
    let resized = sizes.into_iter().enumerate().map(|(i, dim)| size(i, dim));
    Ok(input.with_shape(Shape(resized.chain([Ok(channels.clone())]).collect::<Result<_, _>>()?)))
}

/// The input as windows leave it, one for each dimension.
pub(super) fn slide<const N: usize>(windows: &[Window; N], input: &TensorType) -> Result<TensorType, Problem> {
    resize::<N>(input, |i, size| windows[i].positions(size))
}

/// The input with each dimension so many times as large.
pub(super) fn enlarge<const N: usize>(factors: [usize; N], input: &TensorType) -> Result<TensorType, Problem> {
    resize::<N>(input, |i, size| size.mul(&Dim::from(factors[i])).ok_or(Problem::Overflow))
}

/// What the documentation of an argument calls something of 1, 2 or 3 dimensions.
macro_rules! words {
    (1 sizes) => { "The length" };
    (2 sizes) => { "Height and width" };
    (3 sizes) => { "Depth, height and width" };
    (1 along) => { "" };
    (2 along) => { " along height and width" };
    (3 along) => { " along depth, height and width" };
    (1 size) => { "length" };
    ($rank:tt size) => { "size" };
    (1 input) => { "sequence" };
    (2 input) => { "image" };
    (3 input) => { "volume" };
    (1 border) => { "ends" };
    ($rank:tt border) => { "border" };
    (1 element) => { "an element" };
    (2 element) => { "a pixel" };
    (3 element) => { "a voxel" };
    (1 kept) => { "the length is kept, as an axis" };
    (2 kept) => { "height and width are kept, as axes" };
    (3 kept) => { "depth, height and width are kept, as axes" };
    (1 windows) => { " The window along the length." };
    ($rank:tt windows) => { concat!(" The windows", $crate::layers::rank::words!($rank along), ".") };
}
pub(super) use words;
