//! Repairs of shapes that do not fit: what would make one of them the other. Each is worked out from the sizes, so that it works when it
//! is followed; where nothing simple does, there is none.

use crate::dim::Dim;
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
    shape.0.iter().map(Dim::known).collect()
}

/// Sizes as `Reshape` takes them: a dimension of any size is what remains, and there can be one of these.
#[must_use]
pub fn written<'d>(dims: impl IntoIterator<Item = &'d Dim>) -> Option<String> {
    let text = |dim: &Dim| if dim.is_constant() { dim.to_string() } else { "-1".to_owned() };
    let texts: Vec<String> = dims.into_iter().map(text).collect();
    (texts.iter().filter(|text| *text == "-1").count() < 2).then(|| format!("[{}]", texts.join(", ")))
}

/// The call that gives one of two images or sequences, `like` and `odd`, the extent of the other. Whether they are to be added: then the
/// one that shrinks is also given the other's channels, and where nothing shrinks they must be the same. Whether the odd one alone may
/// change.
#[must_use]
pub fn resized(like: &Operand, odd: &Operand, is_sum: bool, is_alone: bool) -> Option<String> {
    let (a, b) = (like, odd);
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
    let may_change = |operand: &Operand| !is_alone || std::ptr::eq(operand, odd);
    let (may_grow, may_shrink) = (may_change(less), may_change(more));
    let (less, more) = (word(less), word(more));
    let one_for_all = |step: &dyn Fn(i64, i64) -> Option<i64>| {
        let steps: Option<Vec<i64>> = small.iter().zip(big).map(|(small, big)| step(*small, *big)).collect();
        steps.filter(|steps| steps.windows(2).all(|pair| pair[0] == pair[1])).and_then(|steps| steps.first().copied())
    };
    let is_same_but_extent = !is_sum || first.last() == second.last();
    let strided = |small: i64, big: i64| step(big.checked_sub(1)?, small.checked_sub(1)?);
    let pooled = |small: i64, big: i64| step(big, small).filter(|_| small > 1);
    let repeated = |small: i64, big: i64| big.checked_div(small).filter(|times| *times > 1 && big.checked_rem(small) == Some(0));
    let shrunk = || {
        let step = one_for_all(&strided).filter(|_| is_sum && may_shrink)?;
        Some(format!("`Conv{axes}({channels}, 1, strides = {step})({more})`"))
    };
    let grown = || {
        let times = one_for_all(&repeated).filter(|_| is_same_but_extent && may_grow)?;
        Some(format!("`UpSampling{axes}({times})({less})`"))
    };
    let averaged = || {
        let size = one_for_all(&pooled).filter(|_| is_same_but_extent && may_shrink)?;
        Some(format!("`AveragePooling{axes}({size})({more})`"))
    };
    let edged = |layer: &str, word: &str| {
        let missing: Vec<i64> = small.iter().zip(big).map(|(small, big)| big.saturating_sub(*small)).collect();
        let is_little = is_same_but_extent && missing.iter().all(|missing| *missing <= MOST_FILLED);
        let pairs: Vec<String> = missing.iter().map(|missing| format!("(0, {missing})")).collect();
        let pairs = if let [pair] = pairs.as_slice() { pair.clone() } else { format!("({})", pairs.join(", ")) };
        is_little.then(|| format!("`{layer}{axes}({pairs})({word})`"))
    };
    let filled = || if may_grow { edged("ZeroPadding", less) } else { edged("Cropping", more) };
    shrunk().or_else(grown).or_else(averaged).or_else(filled)
}

/// The least step of at least 2 that goes so often into a size.
fn step(size: i64, times: i64) -> Option<i64> {
    let least = size.checked_div(times.checked_add(1)?)?.checked_add(1)?.max(2);
    (times > 0 && size.checked_div(least) == Some(times)).then_some(least)
}

/// The call that repeats a vector for every place of an image or sequence.
#[must_use]
pub fn repeated(vector: &Operand, whole: &Operand) -> Option<String> {
    let (one, all) = (sizes(&vector.ty.shape)?, sizes(&whole.ty.shape)?);
    let word = word(vector);
    match (one.as_slice(), all.as_slice()) {
        ([_], [length, _]) => Some(format!("`RepeatVector({length})({word})`")),
        ([channels], [height, width, _]) => {
            let size = if height == width { height.to_string() } else { format!("[{height}, {width}]") };
            Some(format!("`UpSampling2D({size})(Reshape([1, 1, {channels}])({word}))`"))
        }
        _ => None,
    }
}

/// The call that gives a tensor as many axes as another has, so that it is stretched over them: a vector for all places, with as many
/// channels, or a number for each place.
#[must_use]
pub fn stretched(small: &Operand, big: &Operand) -> Option<String> {
    let (own, all) = (&small.ty.shape.0, &big.ty.shape.0);
    let more = all.len().checked_sub(own.len()).filter(|_| !own.is_empty())?;
    let ones = vec![Dim::constant(1); more];
    let word = word(small);
    if all.ends_with(own) {
        return written(ones.iter().chain(own)).map(|sizes| format!("`Reshape({sizes})({word})`"));
    }
    if all.starts_with(own) {
        return written(own.iter().chain(&ones)).map(|sizes| format!("`Reshape({sizes})({word})`"));
    }
    let ([size], Some(channels)) = (own.as_slice(), all.last()) else { return None };
    let sizes = written(ones.iter().chain([channels])).filter(|_| size.is_constant() && channels.is_constant())?;
    Some(format!("`Reshape({sizes})(Dense({channels})({word}))`"))
}

/// The calls that make a vector of an image or sequence.
#[must_use]
pub fn pooled(operand: &Operand) -> Option<String> {
    let axes = match operand.ty.shape.rank() {
        2 => "1D",
        3 => "2D",
        _ => return None,
    };
    let word = word(operand);
    let pooling = format!("`GlobalAveragePooling{axes}()({word})`");
    // Of any size, it would be too much for weights.
    let is_constant = operand.ty.shape.0.iter().all(Dim::is_constant);
    let flattening = if is_constant { format!(", or flatten it, `Flatten()({word})`") } else { String::new() };
    Some(format!("pool the larger one, {pooling}{flattening}"))
}

/// The call that gives a tensor so many channels.
#[must_use]
pub fn with_channels(operand: &Operand, like: &Operand) -> Option<String> {
    let channels = like.ty.shape.0.last().filter(|channels| channels.is_constant())?;
    operand.ty.shape.0.last().filter(|channels| channels.is_constant())?;
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
    let side = |area: i64| {
        let side = area.checked_isqrt()?;
        ((2..=4096).contains(&side) && side.checked_mul(side) == Some(area)).then_some(side)
    };
    let of_one_colour = || if size.checked_rem(3) == Some(0) { size.checked_div(3) } else { None };
    let colour = || of_one_colour().and_then(side).map(|side| format!("[{side}, {side}, 3]"));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::TensorType;

    fn image(sizes: [usize; 3]) -> Operand {
        Operand { label: "x".to_owned(), ty: TensorType::f32(sizes), origin: None, kept: None, is_input: true }
    }

    /// What trying every step would find.
    fn tried(size: i64, times: i64) -> Option<i64> {
        (2..=size).find(|step| times > 0 && size / step == times)
    }

    #[test]
    fn steps_are_the_least_that_would_be_found_by_trying() {
        for (size, times) in (0..60).flat_map(|size| (0..60).map(move |times| (size, times))) {
            assert_eq!(step(size, times), tried(size, times), "{size} in {times}");
        }
    }

    #[test]
    fn the_largest_sizes_are_repaired_at_once() {
        let (a, b) = (image([4_294_967_294, 4_294_967_294, 1]), image([4_294_967_290, 4_294_967_290, 1]));
        assert_eq!(resized(&a, &b, true, false), None);
        let half = image([2_147_483_647, 2_147_483_647, 1]);
        assert_eq!(resized(&a, &half, true, false).as_deref(), Some("`Conv2D(1, 1, strides = 2)(x)`"));
        assert_eq!(image_of(&[16_777_216].into()).as_deref(), Some("[4096, 4096, 1]"));
        assert_eq!(image_of(&[2352].into()).as_deref(), Some("[28, 28, 3]"));
        assert_eq!(image_of(&[2353].into()), None);
    }
}
