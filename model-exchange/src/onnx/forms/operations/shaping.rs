//! Elements in another shape, and parts of tensors.

use model_graph::layers::operations::get_item::Part;
use model_graph::layers::operations::join::JoinFunction;
use model_graph::layers::operations::parts::PartsFunction;
use model_graph::layers::{Axes, Differences, Form as Formation, GetItem, Join, Order, Parts};
use model_graph::shape::{Shape, TensorType};

use super::super::super::attribute::Attribute;
use super::super::super::call::{Call, Formed};
use super::Form;

reshaped!(Axes, Formation);

impl Form for Order {
    const ONNX: &'static str = "`Transpose`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let rank = x.ty.shape.rank();
        let order: Vec<usize> = std::iter::once(0).chain((0..rank).map(|place| self.axis_at(place, rank) + 1)).collect();
        Ok(vec![call.transpose(&x.name, &order)])
    }
}

impl Form for Join {
    const ONNX: &'static str = "`Concat`; `Unsqueeze` before it where the axis is new";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let first = call.input(0)?;
        let Ok(axis) = self.sample_axis(&first.ty.shape) else { return Err("it has no such axis".into()) };
        let axis = axis as i64 + 1;
        let mut parts: Vec<String> = call.inputs.iter().map(|input| input.name.clone()).collect();
        if self.function == JoinFunction::Stack {
            parts = parts.iter().map(|part| call.unsqueeze(part, &[axis])).collect();
        }
        Ok(vec![call.concat(&parts, axis)])
    }
}

impl Form for Parts {
    const ONNX: &'static str = "`Split`; `Squeeze` behind it where the axis goes";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let (x, (axis, _)) = (call.x()?, call.sample_axis(self.axis)?);
        let place = usize::try_from(axis - 1).unwrap_or_default();
        let along = [("axis", Attribute::Int(axis))];
        let is_apart = self.function == PartsFunction::Unstack;
        let mut sizes = Vec::new();
        for ty in call.outputs.clone() {
            let one = model_graph::dim::Dim::from(1);
            let size = if is_apart { &one } else { ty.shape.0.get(place).unwrap_or(&one) };
            sizes.push(call.size(size)?);
        }
        let count = sizes.len();
        if count == 1 && !is_apart {
            return Ok(vec![x]);
        }
        let known: Option<Vec<i64>> =
            call.outputs.iter().map(|ty| if is_apart { Some(1) } else { ty.shape.0.get(place)?.known() }).collect();
        let sizes = match known {
            Some(known) => call.longs(&known),
            None => call.concat(&sizes, 0),
        };
        let parts = call.ops("Split", &[&x, &sizes], &along, count);
        Ok(if is_apart { parts.iter().map(|part| call.squeeze(part, &[axis])).collect() } else { parts })
    }
}

/// The most times that differences are written one behind the other.
const MOST_DIFFERENCES: usize = 256;

impl Form for Differences {
    const ONNX: &'static str = "`Slice` twice and `Sub`, as often as is asked for";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let (mut x, (axis, _)) = (call.x()?, call.sample_axis(self.axis)?);
        if self.n.get() > MOST_DIFFERENCES {
            return Err("it takes differences more than 256 times".into());
        }
        for _ in 0..self.n.get() {
            let behind = call.slice(&x, axis, 1, i64::MAX, 1);
            let before = call.slice(&x, axis, 0, -1, 1);
            x = call.op("Sub", &[&behind, &before]);
        }
        Ok(vec![x])
    }
}

impl Form for GetItem {
    const ONNX: &'static str = "`Slice`; `Gather` for a place, `Unsqueeze` for a new axis";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let parts = self.parts(&x.ty);
        let mut given = x.name;
        let (mut starts, mut stops, mut axes, mut steps, mut places, mut new) = (vec![], vec![], vec![], vec![], vec![], vec![]);
        let (mut axis, mut left) = (0_i64, 0_i64);
        for part in &parts {
            match part {
                Part::Slice { start, stop, step } => {
                    let step = step.unwrap_or(1);
                    let ends = if step < 0 { [i64::MAX, i64::MIN] } else { [0, i64::MAX] };
                    if start.is_some() || stop.is_some() || step != 1 {
                        starts.push(start.unwrap_or(ends[0]));
                        stops.push(stop.unwrap_or(ends[1]));
                        axes.push(axis);
                        steps.push(step);
                    }
                }
                Part::At(place) => places.push((axis, *place)),
                Part::New => new.push(left),
                Part::Rest => {}
            }
            axis += i64::from(*part != Part::New);
            left += i64::from(!matches!(part, Part::At(_)));
        }
        if !axes.is_empty() {
            let [starts, stops, axes, steps] = [&starts, &stops, &axes, &steps].map(|numbers| call.longs(numbers));
            given = call.op("Slice", &[&given, &starts, &stops, &axes, &steps]);
        }
        // From the last axis on, so that those before keep their numbers.
        for (axis, place) in places.into_iter().rev() {
            let place = call.long(place);
            given = call.op_with("Gather", &[&given, &place], &[("axis", Attribute::Int(axis))]);
        }
        Ok(vec![if new.is_empty() { given } else { call.unsqueeze(&given, &new) }])
    }
}

/// What is taken along every axis, the batch's first.
trait AllParts {
    fn parts(&self, ty: &TensorType) -> Vec<Part>;
}

impl AllParts for GetItem {
    fn parts(&self, ty: &TensorType) -> Vec<Part> {
        let Shape(dims) = &ty.shape;
        let takes = |part: &&Part| matches!(part, Part::At(_) | Part::Slice { .. });
        let missing = (dims.len() + 1).saturating_sub(self.key.0.iter().filter(takes).count());
        let rest = if self.key.0.contains(&Part::Rest) { 0 } else { missing };
        let written = self.key.0.iter().flat_map(|part| match part {
            Part::Rest => vec![Part::ALL; missing],
            other => vec![other.clone()],
        });
        written.chain(std::iter::repeat_n(Part::ALL, rest)).collect()
    }
}
