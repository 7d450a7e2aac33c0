//! Elements at other places: turned, shifted, repeated, padded and stretched.

use crate::argument::{Axes, PadMode, PadWidth, Repeats, Scalar, StretchedShape, Wholes};
use crate::dim::Dim;
use crate::layer::{Layer, layer};
use crate::layers::activated::{of_sample, resolve_axes};
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

operations! {
    /// The operations that put elements at other places.
    MovedFunction of ["x"] {
        /// The tensor in a larger shape: an axis of size 1 is stretched, axes before are new.
        BroadcastTo "broadcast_to" in numpy needs [shape];
        /// The elements along axes the other way round.
        Flip "flip" in numpy with [axis];
        /// The tensor with more around it.
        Pad "pad" in numpy needs [pad_width] with [mode, constant_values] by [constant_values];
        /// Each element along an axis several times.
        Repeat "repeat" in numpy needs [repeats] with [axis];
        /// The elements along axes further on; those that leave at the end come in at the beginning.
        Roll "roll" in numpy needs [shift] with [axis];
        /// The tensor several times, one behind the other.
        Tile "tile" in numpy needs [repeats];
    }
}

layer! {
    /// Elements at other places: `ops::flip(x, axis = 1)`, `ops::pad(x, [[0, 0], [1, 1], [0, 0]])`.
    Moved {
        /// Which.
        function: MovedFunction,
        /// The new shape, the batch first, which is `None`.
        shape: StretchedShape = StretchedShape(Vec::new()),
        /// How much is put before and behind each axis, the batch's `[0, 0]` first.
        pad_width: PadWidth = PadWidth(Vec::new()),
        /// What is put there: `"constant"`, `"edge"`, `"reflect"` or `"symmetric"`. Default: `"constant"`.
        mode: PadMode = PadMode::Constant,
        /// The number that is put there, if it is a constant; 0, if `None`.
        constant_values: Option<Scalar> = None,
        /// How often: of each element one number, or one for each; of a tensor one for each axis, from the last backwards.
        repeats: Repeats = Repeats(Wholes { list: Vec::new(), is_single: true }),
        /// How far.
        shift: Wholes = Wholes { list: Vec::new(), is_single: true },
        /// The axes, of which the batch is 0. They must be named: what moves in a whole batch mixes its samples.
        axis: Option<Axes> = None,
    }
}

impl Moved {
    fn axes(&self, shape: &Shape) -> Result<Vec<usize>, Problem> {
        resolve_axes("axis", &of_sample(self.axis.as_ref(), shape)?.0, shape)
    }

    /// How far the elements along an axis of a sample move, of a shape that has been accepted.
    #[must_use]
    pub fn shift_of(&self, axis: usize, rank: usize) -> i64 {
        let axes = self.axis.as_ref().map_or(&[][..], |axes| axes.0.as_slice());
        let is_it = |written: &i64| crate::argument::Axis(*written).in_sample(rank) == Some(axis);
        let found = axes.iter().position(is_it);
        found.and_then(|place| self.shift.list.get(place).or(self.shift.list.first())).copied().unwrap_or(0)
    }

    /// How often a tensor stands along an axis of a sample, of a shape that has been accepted.
    #[must_use]
    pub fn times(&self, axis: usize, rank: usize) -> usize {
        let from_last = rank.saturating_sub(axis).saturating_sub(1);
        let given = self.repeats.0.list.len();
        given.checked_sub(from_last.saturating_add(1)).and_then(|place| self.repeats.iter().nth(place)).unwrap_or(1)
    }

    /// Checks that there is one of something for each axis, or for each that is named.
    fn check_count(argument: &'static str, found: usize, expected: usize, shape: &Shape) -> Result<(), Problem> {
        if found == expected { Ok(()) } else { Err(Problem::Count { argument, expected, found, shape: shape.clone() }) }
    }

    fn padded(&self, shape: &Shape) -> Result<Shape, Problem> {
        Self::check_count("pad_width", self.pad_width.0.len(), shape.rank().saturating_add(1), shape)?;
        if self.pad_width.0.first() != Some(&[0, 0]) {
            return Err(Problem::OfBatch { argument: "pad_width", expected: "[0, 0]" });
        }
        let mut dims = Vec::new();
        for (axis, (dim, &[before, behind])) in shape.0.iter().zip(self.pad_width.0.iter().skip(1)).enumerate() {
            let most = before.max(behind);
            let reach = match self.mode {
                PadMode::Constant | PadMode::Edge => 0,
                PadMode::Reflect => most.saturating_add(usize::from(most > 0)),
                PadMode::Symmetric => most,
            };
            match dim.size() {
                _ if reach == 0 => {}
                None => return Err(Problem::Unknown { operand: 0, axis, shape: shape.clone() }),
                Some(size) if size < reach => {
                    let more = usize::from(self.mode == PadMode::Reflect);
                    let most = Dim::from(size.saturating_sub(more));
                    let found = Dim::from(reach.saturating_sub(more));
                    return Err(Problem::Beyond { argument: "pad_width", found, most, shape: shape.clone() });
                }
                Some(_) => {}
            }
            dims.push(dim.add(&Dim::from(before)).and_then(|dim| dim.add(&Dim::from(behind))).ok_or(Problem::Overflow)?);
        }
        Ok(Shape(dims))
    }

    fn repeated(&self, shape: &Shape) -> Result<Shape, Problem> {
        let &[axis] = self.axes(shape)?.as_slice() else {
            let found = self.axis.as_ref().map_or(0, |axes| axes.0.len());
            return Err(Problem::Count { argument: "axis", expected: 1, found, shape: shape.clone() });
        };
        let size = &shape.0[axis];
        let [times] = self.repeats.0.list.as_slice() else {
            let Some(size) = size.size() else { return Err(Problem::Unknown { operand: 0, axis, shape: shape.clone() }) };
            Self::check_count("repeats", self.repeats.0.list.len(), size, shape)?;
            let all = self.repeats.iter().fold(0, usize::saturating_add);
            return Ok(shape.with(axis, Dim::from(all)));
        };
        Ok(shape.with(axis, size.mul(&Dim::constant(*times)).ok_or(Problem::Overflow)?))
    }

    fn tiled(&self, shape: &Shape) -> Result<Shape, Problem> {
        let axes = shape.rank().saturating_add(1);
        let times: Vec<usize> = self.repeats.iter().collect();
        if times.len() > axes {
            return Err(Problem::Count { argument: "repeats", expected: axes, found: times.len(), shape: shape.clone() });
        }
        if times.len() == axes && times.first() != Some(&1) {
            return Err(Problem::OfBatch { argument: "repeats", expected: "1" });
        }
        let dims = shape.0.iter().enumerate().map(|(axis, dim)| dim.mul(&Dim::from(self.times(axis, shape.rank()))));
        dims.collect::<Option<_>>().map(Shape).ok_or(Problem::Overflow)
    }

    fn stretched(&self, shape: &Shape) -> Result<Shape, Problem> {
        let whole = &self.shape.0;
        // New axes would stand before the batch, as NumPy has it.
        let is_fit = whole.len() == shape.rank() && shape.0.iter().zip(whole).all(|(own, all)| own == all || own.is_one());
        match is_fit {
            true => Ok(Shape(whole.clone())),
            false => Err(Problem::Stretch { from: shape.clone(), to: Shape(whole.clone()) }),
        }
    }
}

impl Layer for Moved {
    const OPERATIONS: &'static [Operation] = MovedFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let shape = &inputs[0].shape;
        if self.function == MovedFunction::Pad && inputs[0].dtype != DType::F32 {
            let constant = self.constant_values.map_or(0.0, Scalar::get);
            if constant != 0.0 && (inputs[0].dtype == DType::Bool || constant.fract() != 0.0) {
                return Err(Problem::DType { operand: 0, expected: DType::F32, found: inputs[0].dtype });
            }
        }
        let shape = match self.function {
            MovedFunction::BroadcastTo => self.stretched(shape)?,
            MovedFunction::Flip => self.axes(shape).map(|_| shape.clone())?,
            MovedFunction::Pad => self.padded(shape)?,
            MovedFunction::Repeat => self.repeated(shape)?,
            MovedFunction::Roll => {
                let axes = self.axes(shape)?.len();
                if !self.shift.is_single {
                    Self::check_count("shift", self.shift.list.len(), axes, shape)?;
                }
                shape.clone()
            }
            MovedFunction::Tile => self.tiled(shape)?,
        };
        Ok(inputs[0].with_shape(shape))
    }
}
