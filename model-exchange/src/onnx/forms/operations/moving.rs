//! Elements at other places.

use model_graph::argument::PadMode;
use model_graph::argument::Scalar;
use model_graph::dim::Dim;
use model_graph::layers::operations::moved::MovedFunction;
use model_graph::layers::operations::triangle::TriangleFunction;
use model_graph::layers::{Moved, Triangle};
use model_graph::shape::DType;

use super::super::super::attribute::Attribute;
use super::super::super::call::{Call, Formed, Reason, Value, few, longs};
use super::super::super::proto::tensor_proto::DataType;
use super::Form;

impl Form for Moved {
    const ONNX: &'static str = "`Expand`, `Slice`, `Pad`, `Tile`, or `Slice` and `Concat`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let rank = x.ty.shape.rank();
        let axes = self.axis.as_ref().map(|axes| call.axes(axes, rank)).unwrap_or_default();
        Ok(vec![match self.function {
            MovedFunction::BroadcastTo => {
                let shape = call.shape();
                let shape = call.batch_shape(&x.name, &shape.0)?;
                call.op("Expand", &[&x.name, &shape])
            }
            MovedFunction::Flip => axes.iter().fold(x.name, |x, &axis| call.flip(&x, axis)),
            MovedFunction::Pad => padded(self, call, &x)?,
            MovedFunction::Repeat => repeated(self, call, &x, axes.first().copied().unwrap_or(1))?,
            MovedFunction::Roll => rolled(self, call, &x)?,
            MovedFunction::Tile => {
                let times: Vec<usize> = std::iter::once(1).chain((0..rank).map(|axis| self.times(axis, rank))).collect();
                let times = call.longs(&longs(&times));
                call.op("Tile", &[&x.name, &times])
            }
        }])
    }
}

fn padded(moved: &Moved, call: &mut Call<'_, '_>, x: &Value) -> Result<String, Reason> {
    let end = |end: usize| moved.pad_width.0.iter().map(move |ends| ends.get(end).copied().unwrap_or_default());
    let mode = match moved.mode {
        PadMode::Constant => "constant",
        PadMode::Edge => "edge",
        PadMode::Reflect => "reflect",
        PadMode::Symmetric => return Ok(mirrored(moved, call, x)),
    };
    let pads = call.longs(&longs(&end(0).chain(end(1)).collect::<Vec<_>>()));
    let number = call.number_of(x.ty.dtype, moved.constant_values.map_or(0.0, Scalar::get));
    let inputs: Vec<&str> = [x.name.as_str(), &pads].into_iter().chain((mode == "constant").then_some(number.as_str())).collect();
    Ok(call.op_with("Pad", &inputs, &[("mode", Attribute::Text(mode))]))
}

/// Axes with their own ends behind them, the other way round.
fn mirrored(moved: &Moved, call: &mut Call<'_, '_>, x: &Value) -> String {
    let mut y = x.name.clone();
    for (axis, &[before, behind]) in moved.pad_width.0.iter().enumerate() {
        let axis = axis as i64;
        let mut parts = Vec::new();
        if before > 0 {
            let first = call.slice(&y, axis, 0, before as i64, 1);
            parts.push(call.flip(&first, axis));
        }
        parts.push(y.clone());
        if behind > 0 {
            let last = call.slice(&y, axis, -(behind as i64), i64::MAX, 1);
            parts.push(call.flip(&last, axis));
        }
        y = call.concat(&parts, axis);
    }
    y
}

fn repeated(moved: &Moved, call: &mut Call<'_, '_>, x: &Value, axis: i64) -> Result<String, Reason> {
    let times: Vec<usize> = moved.repeats.iter().collect();
    if let [times] = times.as_slice() {
        let apart = call.unsqueeze(&x.name, &[axis + 1]);
        let mut all = vec![1; x.axes() + 1];
        if let Some(own) = all.get_mut(usize::try_from(axis).unwrap_or_default() + 1) {
            *own = *times;
        }
        let all = call.longs(&longs(&all));
        let tiled = call.op("Tile", &[&apart, &all]);
        let shape = call.shape();
        return call.reshape(&tiled, &shape.0);
    }
    few(&[times.iter().copied().fold(0, usize::saturating_add)])?;
    let places: Vec<usize> = times.iter().enumerate().flat_map(|(place, &times)| std::iter::repeat_n(place, times)).collect();
    let places = call.longs(&longs(&places));
    Ok(call.op_with("Gather", &[&x.name, &places], &[("axis", Attribute::Int(axis))]))
}

/// What leaves an axis at its end comes in at its beginning.
fn rolled(moved: &Moved, call: &mut Call<'_, '_>, x: &Value) -> Result<String, Reason> {
    let (mut y, rank) = (x.name.clone(), x.ty.shape.rank());
    for (place, dim) in x.ty.shape.0.iter().enumerate() {
        let shift = moved.shift_of(place, rank);
        if shift == 0 {
            continue;
        }
        let cut = cut(call, dim, shift)?;
        let axis = call.longs(&[place as i64 + 1]);
        let [start, stop] = [0, i64::MAX].map(|end| call.longs(&[end]));
        let last = call.op("Slice", &[&y, &cut, &stop, &axis]);
        let first = call.op("Slice", &[&y, &start, &cut, &axis]);
        y = call.concat(&[last, first], place as i64 + 1);
    }
    Ok(y)
}

/// The place that comes first behind a shift: the size less the shift, counted round.
fn cut(call: &mut Call<'_, '_>, dim: &Dim, shift: i64) -> Result<String, Reason> {
    if let Some(size) = dim.known().filter(|size| *size > 0) {
        return Ok(call.longs(&[(-shift).rem_euclid(size)]));
    }
    let (size, back) = (call.size(dim)?, call.longs(&[shift.saturating_neg()]));
    Ok(call.op("Mod", &[&back, &size]))
}

impl Form for Triangle {
    const ONNX: &'static str = "`Trilu`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let (k, is_upper) = (call.long(self.k.0), self.function == TriangleFunction::Triu);
        // Whole numbers have 64 bits there.
        let given = if x.ty.dtype == DType::I32 { call.cast(&x.name, DataType::Int64) } else { x.name };
        let y = call.op_with("Trilu", &[&given, &k], &[("upper", Attribute::Int(i64::from(is_upper)))]);
        Ok(vec![if x.ty.dtype == DType::I32 { call.cast_to(&y, DType::I32) } else { y }])
    }
}
