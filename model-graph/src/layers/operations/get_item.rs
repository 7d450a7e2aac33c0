//! Parts of a tensor: places and slices along its axes.

use serde_json::{Value, json};

use crate::argument::{Argument, MOST_AXES, Mismatch};
use crate::dim::Dim;
use crate::layer::{Layer, layer};
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

operations! {
    /// The operations that take parts.
    GetItemFunction of ["x", "key"] {
        /// Places and slices along the axes: `x[.., -1]`.
        GetItem "get_item" in numpy;
    }
}

/// What is taken along an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// One place, counted from the end where it is negative; the axis goes.
    At(i64),
    /// Every `step`-th place from `start` to before `stop`, as Python counts them.
    Slice {
        /// The first place.
        start: Option<i64>,
        /// The place behind the last.
        stop: Option<i64>,
        /// From each place to the next.
        step: Option<i64>,
    },
    /// A new axis of size 1.
    New,
    /// All of as many axes as there are more.
    Rest,
}

impl Part {
    /// All of an axis.
    pub const ALL: Self = Self::Slice { start: None, stop: None, step: None };

    /// As Keras's configuration has it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::At(place) => json!(place),
            Self::Slice { start, stop, step } => {
                json!({ "class_name": "__slice__", "config": { "start": start, "stop": stop, "step": step } })
            }
            Self::New => Value::Null,
            Self::Rest => json!({ "class_name": "__ellipsis__", "config": {} }),
        }
    }

    fn from_value(value: &Value) -> Option<Self> {
        if value.is_null() {
            return Some(Self::New);
        }
        if let Some(place) = value.as_i64() {
            return Some(Self::At(place));
        }
        let object = value.as_object()?;
        match object.get("class_name")?.as_str()? {
            "__ellipsis__" => Some(Self::Rest),
            "__slice__" => {
                let config = object.get("config")?.as_object()?;
                let end = |key: &str| match config.get(key) {
                    None | Some(Value::Null) => Some(None),
                    Some(number) => number.as_i64().map(Some),
                };
                Some(Self::Slice { start: end("start")?, stop: end("stop")?, step: end("step")? })
            }
            _ => None,
        }
    }

    /// As one would write it.
    fn source(&self) -> String {
        let number = |number: &Option<i64>| number.map_or_else(String::new, |number| number.to_string());
        match self {
            Self::At(place) => place.to_string(),
            Self::Slice { start: None, stop: None, step: None } => "..".to_owned(),
            Self::Slice { start, stop, step: None } => format!("{}:{}", number(start), number(stop)),
            Self::Slice { start, stop, step } => format!("{}:{}:{}", number(start), number(stop), number(step)),
            Self::New => "None".to_owned(),
            Self::Rest => "...".to_owned(),
        }
    }
}

/// What is taken along all axes, the batch's first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(pub Vec<Part>);

impl Argument for Key {
    const EXPECTED: &'static str = "places and slices, the batch's first";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        };
        let parts: Option<Vec<Part>> = items.iter().map(Part::from_value).collect();
        let parts = parts.filter(|parts| parts.len() <= MOST_AXES);
        let is_one_rest = |parts: &Vec<Part>| parts.iter().filter(|part| **part == Part::Rest).count() <= 1;
        parts.filter(is_one_rest).map(Self).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        match self.0.as_slice() {
            [single] => single.to_value(),
            parts => parts.iter().map(Part::to_value).collect(),
        }
    }

    fn to_source(&self) -> String {
        self.0.iter().map(Part::source).collect::<Vec<_>>().join(", ")
    }
}

/// What is taken along an axis of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The first place.
    pub start: usize,
    /// From each place to the next.
    pub step: i64,
    /// How many there are.
    pub count: Dim,
}

layer! {
    /// Places and slices along a tensor's axes, as in NumPy: `x[.., -1]`, `x[.., ::2]`.
    ///
    /// The first stands for the batch, of which all is taken: `..`. A place takes its axis away, `None` makes a new one of size 1, and `...`
    /// stands for all axes that are not mentioned.
    GetItem {
        /// Which.
        function: GetItemFunction,
        /// What is taken along the axes, the batch's first.
        key: Key,
    }
}

impl GetItem {
    /// What is taken along every axis of a sample of this shape, and the shape of what is taken.
    ///
    /// # Errors
    /// If a place is outside of its axis, a slice is empty, more axes are mentioned than there are, or a part of the batch is asked for.
    pub fn taken(&self, shape: &Shape) -> Result<(Vec<Taken>, Shape), Problem> {
        let parts = &self.key.0;
        let takes = |part: &&Part| matches!(part, Part::At(_) | Part::Slice { .. });
        let found = parts.iter().filter(takes).count();
        let all = shape.rank().saturating_add(1);
        let missing = all.checked_sub(found).ok_or_else(|| Problem::Places { found, shape: shape.clone() })?;
        let mut given: Vec<Part> = Vec::new();
        for part in parts {
            match part {
                Part::Rest => given.extend(std::iter::repeat_n(Part::ALL, missing)),
                other => given.push(other.clone()),
            }
        }
        if !parts.contains(&Part::Rest) {
            given.extend(std::iter::repeat_n(Part::ALL, missing));
        }
        let Some((Part::Slice { start: None | Some(0), stop: None, step: None | Some(1) }, given)) = given.split_first() else {
            return Err(Problem::BatchPlace);
        };
        let (mut taken, mut left, mut axes) = (Vec::new(), Vec::new(), shape.0.iter().enumerate());
        for part in given {
            if *part == Part::New {
                left.push(Dim::from(1));
                continue;
            }
            let Some((axis, dim)) = axes.next() else { break };
            let own = along(part, axis, dim, shape)?;
            if !matches!(part, Part::At(_)) {
                left.push(own.count.clone());
            }
            taken.push(own);
        }
        Ok((taken, Shape(left)))
    }
}

impl GetItem {
    /// What is taken along each axis of a sample of a shape that has been accepted: the first place, the distance from each to the next, and
    /// how many there are.
    pub fn places(&self, sizes: &[usize]) -> impl Iterator<Item = (usize, i64, usize)> {
        let parts = &self.key.0;
        let takes = |part: &&Part| matches!(part, Part::At(_) | Part::Slice { .. });
        let missing = sizes.len().saturating_add(1).saturating_sub(parts.iter().filter(takes).count());
        let rest = if parts.contains(&Part::Rest) { 0 } else { missing };
        let written = parts.iter().flat_map(move |part| match part {
            Part::Rest => std::iter::repeat_n(&Part::ALL, missing),
            other => std::iter::repeat_n(other, 1),
        });
        let all = written.chain(std::iter::repeat_n(&Part::ALL, rest)).filter(|part| **part != Part::New);
        let along = |(part, &size): (&Part, &usize)| {
            let size = i64::try_from(size).ok()?;
            match part {
                Part::At(place) => Some((usize::try_from(place.checked_rem_euclid(size)?).ok()?, 1, 1)),
                Part::Slice { start, stop, step } => places(*start, *stop, step.unwrap_or(1), size),
                Part::New | Part::Rest => None,
            }
        };
        all.skip(1).zip(sizes).map(move |pair| along(pair).unwrap_or_default())
    }
}

/// What is taken along an axis of a sample, counted from 0.
fn along(part: &Part, axis: usize, dim: &Dim, shape: &Shape) -> Result<Taken, Problem> {
    let whole = || Taken { start: 0, step: 1, count: dim.clone() };
    let number = axis.saturating_add(1); // with the batch's
    if let Part::Slice { start: None | Some(0), stop: None, step: None | Some(1) } = part {
        return Ok(whole());
    }
    let size = dim.size().and_then(|size| i64::try_from(size).ok());
    if size.is_none()
        && let Some(count) = of_any_size(part, dim)
    {
        return Ok(Taken { start: 0, step: 1, count }); // where it starts is worked out once the size is known
    }
    let size = size.ok_or_else(|| Problem::Unknown { operand: 0, axis, shape: shape.clone() })?;
    match part {
        Part::At(place) => {
            let from_start = if *place < 0 { place.checked_add(size) } else { Some(*place) };
            let inside = from_start.filter(|found| (0..size).contains(found)).and_then(|found| usize::try_from(found).ok());
            let start =
                inside.ok_or_else(|| Problem::Place { place: *place, axis: number, size: dim.clone(), shape: shape.clone() })?;
            Ok(Taken { start, step: 1, count: Dim::from(1) })
        }
        Part::Slice { start, stop, step } => {
            let empty = || Problem::EmptySlice { slice: part.source(), axis: number, size: dim.clone() };
            let (start, step, count) = places(*start, *stop, step.unwrap_or(1), size).ok_or_else(empty)?;
            Ok(Taken { start, step, count: Dim::from(count) })
        }
        Part::New | Part::Rest => Ok(whole()),
    }
}

/// How many places there are of an axis of any size, where that follows from the size: a place at either end, a slice that ends at an end.
fn of_any_size(part: &Part, dim: &Dim) -> Option<Dim> {
    match *part {
        Part::At(0 | -1) => Some(Dim::from(1)),
        Part::Slice { start: None, stop: None, step: Some(-1) } => Some(dim.clone()),
        Part::Slice { start: None | Some(0), stop: None, step: Some(step) } if step > 0 => {
            dim.add(&Dim::constant(step.checked_sub(1)?))?.floor_div(u64::try_from(step).ok()?)
        }
        Part::Slice { start, stop, step: None | Some(1) } => {
            let (before, behind) = (start.unwrap_or(0), stop.unwrap_or(0).checked_neg()?);
            if before < 0 || behind < 0 { None } else { dim.sub(&Dim::constant(before.checked_add(behind)?)) }
        }
        _ => None,
    }
}

/// The places of a slice of an axis, as Python has them: the first, the distance and how many; nothing if there are none.
fn places(start: Option<i64>, stop: Option<i64>, step: i64, size: i64) -> Option<(usize, i64, usize)> {
    let is_back = step < 0;
    let (least, most) = if is_back { (-1, size.checked_sub(1)?) } else { (0, size) };
    let end = |place: Option<i64>, default: i64| match place {
        None => Some(default),
        Some(place) if place < 0 => Some(place.checked_add(size)?.clamp(least, most)),
        Some(place) => Some(place.clamp(least, most)),
    };
    let (first, behind) = if is_back { (most, -1) } else { (0, size) };
    let (start, stop) = (end(start, first)?, end(stop, behind)?);
    let distance = if is_back { start.checked_sub(stop)? } else { stop.checked_sub(start)? };
    let stride = step.checked_abs().filter(|stride| *stride > 0)?;
    let count = distance.checked_add(stride)?.checked_sub(1)?.checked_div(stride)?;
    let count = usize::try_from(count).ok().filter(|&count| count > 0)?;
    Some((usize::try_from(start).ok()?, step, count))
}

impl Layer for GetItem {
    const OPERATIONS: &'static [Operation] = GetItemFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        self.taken(&inputs[0].shape).map(|(_, shape)| inputs[0].with_shape(shape))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_python_s() {
        for (start, stop, step, size, want) in [
            (None, None, 2, 5, Some((0, 2, 3))),
            (None, None, -1, 5, Some((4, -1, 5))),
            (Some(1), Some(4), 1, 5, Some((1, 1, 3))),
            (Some(-2), None, 1, 5, Some((3, 1, 2))),
            (Some(4), Some(0), -2, 5, Some((4, -2, 2))),
            (Some(3), Some(3), 1, 5, None),
            (Some(0), Some(99), 1, 5, Some((0, 1, 5))),
            (None, None, 0, 5, None),
            (Some(i64::MIN), None, 1, 5, Some((0, 1, 5))),
        ] {
            assert_eq!(places(start, stop, step, size), want, "{start:?}:{stop:?}:{step} of {size}");
        }
    }
}
