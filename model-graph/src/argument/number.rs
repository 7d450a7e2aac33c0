//! Arguments that are numbers, or lists of them.

use std::num::NonZeroUsize;

use serde_json::{Value, json};

use super::{Argument, Mismatch};
use crate::dim::Dim;

/// The largest size that an argument may have; everything beyond is a slip of the pen.
const LARGEST: i64 = u32::MAX as i64;

/// The most axes that a tensor may have, as in NumPy.
pub const MOST_AXES: usize = 64;

impl Argument for NonZeroUsize {
    const EXPECTED: &'static str = "a whole number of at least 1";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let number = value.as_i64().filter(|&number| number <= LARGEST).and_then(|number| usize::try_from(number).ok());
        number.and_then(Self::new).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        json!(self.get())
    }
}

impl Argument for u64 {
    const EXPECTED: &'static str = "a whole number of at least 0";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        value.as_u64().ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        json!(self)
    }
}

/// A size of a tensor: a number, or what follows from constants, `{"size": "2 * HIDDEN"}`, until the compiler fills them in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size(pub Dim);

impl Size {
    /// The number, at run time, when no size is a constant any more.
    #[must_use]
    pub fn get(&self) -> usize {
        self.0.size().unwrap_or_default()
    }
}

/// The size that a value stands for, where it follows from constants.
#[must_use]
pub fn size_of_constants(value: &Value) -> Option<Dim> {
    let text = value.as_object().filter(|object| object.len() == 1)?.get("size")?.as_str()?;
    text.parse().ok().filter(Dim::has_constants).filter(Dim::is_constant)
}

/// The value that stands for a size: a number, where it is one.
#[must_use]
pub fn size_value(dim: &Dim) -> Value {
    dim.known().map_or_else(|| json!({ "size": dim.to_string() }), Value::from)
}

impl Argument for Size {
    const EXPECTED: &'static str = NonZeroUsize::EXPECTED;

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let number = || NonZeroUsize::from_value(value).map(|number| Dim::from(number.get()));
        size_of_constants(value).map_or_else(number, Ok).map(Self)
    }

    fn to_value(&self) -> Value {
        size_value(&self.0)
    }
}

/// Axes of a sample, from 1 upwards, along which something is shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedAxes(pub Vec<i64>);

impl Argument for SharedAxes {
    const EXPECTED: &'static str = "an axis from 1 upwards, or a list of them";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let items = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        let axes: Option<Vec<i64>> = items.iter().map(Value::as_i64).collect();
        let axes = axes.filter(|axes| axes.len() <= MOST_AXES && axes.iter().all(|axis| (1..=LARGEST).contains(axis)));
        axes.map(Self).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        json!(self.0)
    }
}

/// All axes of a sample, from 1 upwards, in another order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permutation(pub Vec<usize>);

impl Argument for Permutation {
    const EXPECTED: &'static str = "a list of the axes from 1 upwards, each once";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let mismatch = Mismatch::Expected(Self::EXPECTED);
        let items = value.as_array().filter(|items| items.len() <= MOST_AXES).ok_or(mismatch.clone())?;
        let read = |item: &Value| item.as_u64().and_then(|axis| usize::try_from(axis).ok());
        let axes: Vec<usize> = items.iter().map(read).collect::<Option<_>>().ok_or(mismatch.clone())?;
        match (1..=axes.len()).all(|axis| axes.contains(&axis)) && !axes.is_empty() {
            true => Ok(Self(axes)),
            false => Err(mismatch),
        }
    }

    fn to_value(&self) -> Value {
        json!(self.0)
    }
}

/// Sizes along `N` axes, such as those of a window, of strides or of a dilation: one number for all, or one for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kernel<const N: usize>(pub [usize; N]);

impl<const N: usize> Argument for Kernel<N> {
    const EXPECTED: &'static str = match N {
        1 => NonZeroUsize::EXPECTED,
        2 => "a whole number of at least 1, or two of them",
        _ => "a whole number of at least 1, or three of them",
    };

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        for_each(value, |value| NonZeroUsize::from_value(value).ok().map(NonZeroUsize::get))
            .map(Self)
            .ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        self.0.into_iter().collect()
    }

    fn to_source(&self) -> String {
        one_or_each(&self.0)
    }
}

/// How much longer an output is along `N` axes: one number for all, or one for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extra<const N: usize>(pub [usize; N]);

impl<const N: usize> Argument for Extra<N> {
    const EXPECTED: &'static str = match N {
        1 => "a whole number of at least 0",
        2 => Ends::EXPECTED,
        _ => "a whole number of at least 0, or three of them",
    };

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        for_each(value, natural).map(Self).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        self.0.into_iter().collect()
    }

    fn to_source(&self) -> String {
        one_or_each(&self.0)
    }
}

/// What is added to or taken from the ends of each of `N` axes, which are two or three: one number for all ends, one for each axis, or a pair
/// for each axis, at its beginning and its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Border<const N: usize>(pub [[usize; 2]; N]);

impl<const N: usize> Argument for Border<N> {
    const EXPECTED: &'static str = match N {
        2 => "a whole number of at least 0, two of them, or two pairs of them",
        _ => "a whole number of at least 0, three of them, or three pairs of them",
    };

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        for_each(value, |ends| for_each(ends, natural)).map(Self).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        self.0.iter().map(|ends| json!(ends)).collect()
    }

    fn to_source(&self) -> String {
        match self.0.iter().all(|[first, last]| first == last) {
            true => one_or_each(&self.0.map(|[both, _]| both)),
            false => listed(self.0.iter().map(|[first, last]| format!("({first}, {last})"))),
        }
    }
}

/// One value for each of `N` axes, where a list gives one for each, and whatever else is for all.
fn for_each<T, const N: usize>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<[T; N]> {
    let read: Option<Vec<T>> = match value {
        Value::Array(items) if items.len() != N => None,
        Value::Array(items) => items.iter().map(read).collect(),
        single => (0..N).map(|_| read(single)).collect(),
    };
    read?.try_into().ok()
}

/// A whole number of at least 0.
fn natural(value: &Value) -> Option<usize> {
    value.as_i64().filter(|&number| number <= LARGEST).and_then(|number| usize::try_from(number).ok())
}

/// What [`for_each`] reads as these numbers, as a layer call has it.
fn one_or_each(sizes: &[usize]) -> String {
    match sizes {
        [first, others @ ..] if others.iter().all(|other| other == first) => first.to_string(),
        sizes => listed(sizes.iter().map(usize::to_string)),
    }
}

fn listed(items: impl Iterator<Item = String>) -> String {
    format!("({})", items.collect::<Vec<_>>().join(", "))
}

/// What is added to or taken from the two ends of an axis: one number for both, or two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends(pub [usize; 2]);

impl Argument for Ends {
    const EXPECTED: &'static str = "a whole number of at least 0, or two of them";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        for_each(value, natural).map(Self).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        json!(self.0)
    }

    fn to_source(&self) -> String {
        one_or_each(&self.0)
    }
}

/// An axis: from 0, the batch, upwards, or from -1, the last, downwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis(pub i64);

impl Axis {
    /// The axis in a sample's shape of a rank; `None` if it is the batch's, or there is none.
    #[must_use]
    pub fn in_sample(self, rank: usize) -> Option<usize> {
        let rank = i64::try_from(rank).ok()?;
        let resolved = if self.0 < 0 { self.0.checked_add(rank)?.checked_add(1)? } else { self.0 };
        if (1..=rank).contains(&resolved) { usize::try_from(resolved).ok()?.checked_sub(1) } else { None }
    }
}

impl Argument for Axis {
    const EXPECTED: &'static str = "an axis: a whole number, negative to count from the last";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let single = match value {
            Value::Array(items) if items.len() == 1 => &items[0], // Keras 2 wrote `[3]`
            other => other,
        };
        single.as_i64().filter(|axis| (-LARGEST..=LARGEST).contains(axis)).map(Self).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        json!(self.0)
    }
}

/// Axes, each as an [`Axis`] is written: one, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axes(pub Vec<i64>);

impl Axes {
    /// Whether an axis in a sample's shape of a rank is among them.
    #[must_use]
    pub fn contain(&self, axis: usize, rank: usize) -> bool {
        self.0.iter().any(|&written| Axis(written).in_sample(rank) == Some(axis))
    }
}

impl Argument for Axes {
    const EXPECTED: &'static str = "an axis, negative to count from the last, or a list of axes";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        };
        let read = |item: &Value| item.as_i64().filter(|axis| (-LARGEST..=LARGEST).contains(axis));
        let axes: Option<Vec<i64>> = items.iter().map(read).collect();
        axes.filter(|axes| (1..=MOST_AXES).contains(&axes.len())).map(Self).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        match self.0.as_slice() {
            [single] => json!(single),
            several => json!(several),
        }
    }
}

/// An axis of each of two tensors, as an [`Axis`] is written: one for both, or a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AxisOfEach {
    /// One for both.
    Both(i64),
    /// One for each.
    Each([i64; 2]),
}

impl AxisOfEach {
    /// The axis of each.
    #[must_use]
    pub const fn axes(self) -> [i64; 2] {
        match self {
            Self::Both(axis) => [axis, axis],
            Self::Each(axes) => axes,
        }
    }
}

impl Argument for AxisOfEach {
    const EXPECTED: &'static str = "an axis, negative to count from the last, or a pair of them";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let axis = |value: &Value| value.as_i64().filter(|axis| (-LARGEST..=LARGEST).contains(axis));
        let read = match value {
            Value::Array(_) => for_each(value, axis).map(Self::Each),
            single => axis(single).map(Self::Both),
        };
        read.ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Both(axis) => json!(axis),
            Self::Each(axes) => json!(axes),
        }
    }
}

/// Axes that Keras writes as a list, also where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedAxes(pub Axes);

impl Argument for ListedAxes {
    const EXPECTED: &'static str = Axes::EXPECTED;

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        Axes::from_value(value).map(Self)
    }

    fn to_value(&self) -> Value {
        json!(self.0.0)
    }

    fn to_source(&self) -> String {
        self.0.to_source()
    }
}

/// Axes whose places each have numbers of their own, which Keras writes as a list: none of them where one number is for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAxes(pub Axes);

impl Argument for KeptAxes {
    const EXPECTED: &'static str = "an axis, negative to count from the last, a list of axes, or `None`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Null => Ok(Self(Axes(Vec::new()))),
            Value::Array(axes) if axes.is_empty() => Ok(Self(Axes(Vec::new()))),
            some => Axes::from_value(some).map(Self).map_err(|_| Mismatch::Expected(Self::EXPECTED)),
        }
    }

    fn to_value(&self) -> Value {
        json!(self.0.0)
    }

    fn to_source(&self) -> String {
        if self.0.0.is_empty() { "None".to_owned() } else { self.0.to_source() }
    }
}

/// How many groups channels are cut into: a number, or -1 for one a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Groups(pub Option<usize>);

impl Argument for Groups {
    const EXPECTED: &'static str = "a whole number of at least 1, or -1 for one a channel";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        match value.as_i64() {
            Some(-1) => Ok(Self(None)),
            _ => NonZeroUsize::from_value(value)
                .map(|groups| Self(Some(groups.get())))
                .map_err(|_| Mismatch::Expected(Self::EXPECTED)),
        }
    }

    fn to_value(&self) -> Value {
        self.0.map_or(json!(-1), |groups| json!(groups))
    }
}

/// A shape to be given to a tensor: sizes, at most one of which is `None`, written -1, for what remains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetShape(pub Vec<Option<Dim>>);

impl Argument for TargetShape {
    const EXPECTED: &'static str = "a list of sizes of at least 1, one of which may be -1";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let mismatch = Mismatch::Expected(Self::EXPECTED);
        let items = value.as_array().filter(|items| items.len() <= MOST_AXES).ok_or(mismatch.clone())?;
        let read = |item: &Value| match item.as_i64() {
            Some(-1) => Ok(None),
            _ => Size::from_value(item).map(|size| Some(size.0)).map_err(|_| mismatch.clone()),
        };
        let sizes: Vec<Option<Dim>> = items.iter().map(read).collect::<Result<_, _>>()?;
        if sizes.iter().filter(|size| size.is_none()).count() > 1 { Err(mismatch) } else { Ok(Self(sizes)) }
    }

    fn to_value(&self) -> Value {
        self.0.iter().map(|size| size.as_ref().map_or(json!(-1), size_value)).collect()
    }
}

/// The sizes of some axes: one, or a list of them, which is how Keras writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputAxes(pub Vec<Dim>);

impl Argument for OutputAxes {
    const EXPECTED: &'static str = "a size of at least 1, or a list of them";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let read = |item: &Value| Size::from_value(item).ok().map(|size| size.0);
        let sizes: Option<Vec<Dim>> = items.iter().map(read).collect();
        sizes.filter(|sizes| (1..=MOST_AXES).contains(&sizes.len())).map(Self).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        self.0.iter().map(size_value).collect()
    }

    fn to_source(&self) -> String {
        match self.0.as_slice() {
            [single] => super::source(&size_value(single)),
            _ => super::source(&self.to_value()),
        }
    }
}

/// Declares an argument that is a number within bounds.
macro_rules! bounded {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $range:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name(pub f64);

        impl Argument for $name {
            const EXPECTED: &'static str = $expected;

            fn from_value(value: &Value) -> Result<Self, Mismatch> {
                let within: fn(f64) -> bool = $range;
                let number = value.as_f64().filter(|&number| number.is_finite() && within(number));
                number.map(Self).ok_or(Mismatch::Expected(Self::EXPECTED))
            }

            fn to_value(&self) -> Value {
                json!(self.0)
            }
        }
    };
}

bounded!(
    /// The part of the elements that is dropped: at least 0 and less than 1.
    Rate,
    "a number of at least 0 and less than 1",
    |number| (0.0..1.0).contains(&number)
);
bounded!(
    /// A weight between 0 and 1, both included.
    Fraction,
    "a number from 0 to 1",
    |number| (0.0..=1.0).contains(&number)
);
bounded!(
    /// A small number that keeps a divisor from zero; 0, where nothing does.
    Epsilon,
    "a number of at least 0",
    |number| number >= 0.0
);
bounded!(
    /// A number of at least 0.
    NonNegative,
    "a number of at least 0",
    |number| number >= 0.0
);
bounded!(
    /// A number above 0.
    Positive,
    "a number above 0",
    |number| number > 0.0
);
bounded!(
    /// Any number.
    Number,
    "a number",
    |_| true
);

/// One number for all channels, or one for each.
#[derive(Clone, Debug, PartialEq)]
pub enum PerChannel {
    /// One for all.
    All(f64),
    /// One for each; a single one is for all.
    Each(Vec<f64>),
}

impl PerChannel {
    /// How many channels there must be, where it matters.
    #[must_use]
    pub fn channels(&self) -> Option<usize> {
        match self {
            Self::Each(numbers) if numbers.len() != 1 => Some(numbers.len()),
            Self::All(_) | Self::Each(_) => None,
        }
    }

    /// The numbers: one for all, or one for each.
    #[must_use]
    pub fn numbers(&self) -> &[f64] {
        match self {
            Self::All(number) => std::slice::from_ref(number),
            Self::Each(numbers) => numbers,
        }
    }

    /// The number of a channel, of those that there must be.
    #[must_use]
    pub fn of(&self, channel: usize) -> f64 {
        let numbers = self.numbers();
        numbers.get(channel).or(numbers.last()).copied().unwrap_or_default()
    }
}

/// The numbers of a list, or of an array of NumPy as Keras writes it.
pub(super) fn numbers(value: &Value) -> Option<Vec<f64>> {
    let array = value.get("class_name").filter(|class| *class == "__numpy__").and_then(|_| value.get("config")?.get("value"));
    let items = array.unwrap_or(value).as_array()?;
    items.iter().map(|item| item.as_f64().filter(|number| number.is_finite())).collect()
}

impl Argument for PerChannel {
    const EXPECTED: &'static str = "a number, or a list of one for each channel";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let all = || value.as_f64().filter(|number| number.is_finite()).map(Self::All);
        let each = numbers(value).filter(|numbers| !numbers.is_empty()).map(Self::Each);
        each.or_else(all).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        match self {
            Self::All(number) => json!(number),
            Self::Each(numbers) => json!(numbers),
        }
    }
}
