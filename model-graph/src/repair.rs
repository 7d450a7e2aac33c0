//! Repairs of shapes that do not fit: what would make one of them the other. Each is worked out from the sizes, so that it works when it
//! is followed; where nothing simple does, there is none.

use crate::message::Operand;
use crate::shape::Shape;

/// The most elements that an edge is filled up with: more than that is no repair, but another picture.
const MOST_FILLED: i64 = 3;

/// What one would write for an operand: its name, or `..` for what has none.
#[must_use]
pub fn word(operand: &Operand) -> &str {
    let is_name = operand.label.chars().all(|c| c.is_alphanumeric() || "_[]".contains(c));
    if is_name { &operand.label } else { ".." }
}

/// The sizes of a shape, if all are known.
fn sizes(shape: &Shape) -> Option<Vec<i64>> {
    shape.0.iter().map(crate::dim::Dim::known).collect()
}

/// The call that gives one of two images or sequences the extent of the other. Whether they are to be added: then the one that shrinks is
/// also given the other's channels, and where nothing shrinks they must be the same.
#[must_use]
pub fn resized(a: &Operand, b: &Operand, is_sum: bool) -> Option<String> {
    let (first, second) = (sizes(&a.ty.shape)?, sizes(&b.ty.shape)?);
    let is_larger = |one: &[i64], other: &[i64]| one.iter().zip(other).all(|(one, other)| one >= other);
    let ((channels, small), (other, big)) = (first.split_last()?, second.split_last()?);
    let (small, big, less, more, channels) = match (small.len() == big.len(), is_larger(big, small)) {
        (false, _) => return None,
        (true, true) => (small, big, a, b, channels),
        (true, false) if is_larger(small, big) => (big, small, b, a, other),
        (true, false) => return None,
    };
    let axes = match small.len() {
        1 => "1D",
        2 => "2D",
        _ => return None,
    };
    let (less, more) = (word(less), word(more));
    let one_for_all = |step: &dyn Fn(i64, i64) -> Option<i64>| {
        let steps: Option<Vec<i64>> = small.iter().zip(big).map(|(small, big)| step(*small, *big)).collect();
        steps.filter(|steps| steps.windows(2).all(|pair| pair[0] == pair[1])).and_then(|steps| steps.first().copied())
    };
    let is_same_but_extent = !is_sum || first.last() == second.last();
    let strided = |small: i64, big: i64| (2..=big).find(|step| small > 1 && (big - 1) / step + 1 == small);
    let pooled = |small: i64, big: i64| (2..=big).find(|step| small > 1 && big / step == small);
    let repeated = |small: i64, big: i64| Some(big / small.max(1)).filter(|times| *times > 1 && times * small == big);
    let shrunk =
        one_for_all(&strided).filter(|_| is_sum).map(|step| format!("`Conv{axes}({channels}, 1, strides = {step})({more})`"));
    let grown = one_for_all(&repeated).filter(|_| is_same_but_extent).map(|times| format!("`UpSampling{axes}({times})({less})`"));
    let averaged =
        one_for_all(&pooled).filter(|_| is_same_but_extent).map(|size| format!("`AveragePooling{axes}({size})({more})`"));
    let filled = || {
        let missing: Vec<i64> = small.iter().zip(big).map(|(small, big)| big - small).collect();
        let is_little = is_same_but_extent && missing.iter().all(|missing| *missing <= MOST_FILLED);
        let pairs: Vec<String> = missing.iter().map(|missing| format!("(0, {missing})")).collect();
        let pairs = if let [pair] = pairs.as_slice() { pair.clone() } else { format!("({})", pairs.join(", ")) };
        is_little.then(|| format!("`ZeroPadding{axes}({pairs})({less})`"))
    };
    shrunk.or(grown).or(averaged).or_else(filled)
}

/// The call that repeats a vector over the places of an image or sequence with as many channels.
#[must_use]
pub fn repeated(a: &Operand, b: &Operand) -> Option<String> {
    let (vector, whole) = if a.ty.shape.rank() == 1 { (a, b) } else { (b, a) };
    let (one, all) = (sizes(&vector.ty.shape)?, sizes(&whole.ty.shape)?);
    let word = word(vector);
    match (one.as_slice(), all.as_slice()) {
        ([channels], [length, of]) if channels == of => Some(format!("`RepeatVector({length})({word})`")),
        ([channels], [height, width, of]) if channels == of => {
            let size = if height == width { height.to_string() } else { format!("[{height}, {width}]") };
            Some(format!("`UpSampling2D({size})(Reshape([1, 1, {channels}])({word}))`"))
        }
        _ => None,
    }
}

/// The call that gives a tensor so many channels.
#[must_use]
pub fn with_channels(operand: &Operand, like: &Operand) -> Option<String> {
    let channels = like.ty.shape.0.last()?.known()?;
    let word = word(operand);
    Some(if operand.ty.shape.rank() == 3 {
        format!("`Conv2D({channels}, 1)({word})`")
    } else {
        format!("`Dense({channels})({word})`")
    })
}

/// The sizes of a square image with as many elements as a vector, in grey or in colour.
#[must_use]
pub fn image_of(vector: &Shape) -> Option<String> {
    let [size] = sizes(vector)?[..] else { return None };
    let side = |area: i64| (2..=4096).find(|side| side * side >= area).filter(|side| side * side == area);
    let colour = || side(size / 3).filter(|side| side * side * 3 == size).map(|side| format!("[{side}, {side}, 3]"));
    side(size).map(|side| format!("[{side}, {side}, 1]")).or_else(colour)
}

/// The sizes of a sequence of an image's places.
#[must_use]
pub fn sequence_of(image: &Shape) -> Option<String> {
    let sizes = sizes(image)?;
    let (channels, places) = sizes.split_last()?;
    let places = places.iter().try_fold(1_i64, |product, size| product.checked_mul(*size))?;
    (sizes.len() > 2).then(|| format!("[{places}, {channels}]"))
}
