//! The elements along an axis in their order, and where they are.

use model_graph::layers::operations::places::PlacesFunction;
use model_graph::layers::operations::sorting::SortingFunction;
use model_graph::layers::operations::take::TakeFunction;
use model_graph::layers::{OneHot, Places, Sorting, Take};
use model_graph::shape::DType;

use super::super::super::attribute::Attribute;
use super::super::super::call::{Call, Formed};
use super::Form;

impl Form for Places {
    const ONNX: &'static str = "`ArgMax` or `ArgMin`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let Some(axis) = self.axis else { return Err("it names no axis".into()) };
        let (axis, _) = call.sample_axis(axis)?;
        let op = match self.function {
            PlacesFunction::Argmax => "ArgMax",
            PlacesFunction::Argmin => "ArgMin",
        };
        let x = if x.ty.dtype == DType::Bool { call.cast_to(&x.name, DType::I32) } else { x.name };
        let attributes = [("axis", Attribute::Int(axis)), ("keepdims", Attribute::Int(i64::from(self.keepdims)))];
        let places = call.op_with(op, &[&x], &attributes);
        Ok(vec![call.cast_to(&places, DType::I32)])
    }
}

impl Form for Sorting {
    const ONNX: &'static str = "`TopK`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let (axis, size) = call.sample_axis(self.axis)?;
        let is_top = self.function == SortingFunction::TopK;
        let count = call.size(if is_top { &self.k.0 } else { &size })?;
        let given = if x.ty.dtype == DType::Bool { call.cast_to(&x.name, DType::I32) } else { x.name };
        let attributes = [("axis", Attribute::Int(axis)), ("largest", Attribute::Int(i64::from(is_top)))];
        let sorted = call.ops("TopK", &[&given, &count], &attributes, 2);
        let [elements, places] = sorted.as_slice() else { return Err("it gives elements and their places".into()) };
        let of_elements = |call: &mut Call<'_, '_>| {
            if x.ty.dtype == DType::Bool { call.cast_to(elements, DType::Bool) } else { elements.clone() }
        };
        Ok(match self.function {
            SortingFunction::Argsort => vec![call.cast_to(places, DType::I32)],
            SortingFunction::Sort => vec![of_elements(call)],
            SortingFunction::TopK => vec![of_elements(call), call.cast_to(places, DType::I32)],
        })
    }
}

impl Form for Take {
    const ONNX: &'static str = "`Gather` or `GatherElements`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.x()?;
        let Some(axis) = self.axis else { return Err("it names no axis".into()) };
        let along = [("axis", Attribute::Int(call.sample_axis(axis)?.0))];
        match (self.function, &self.indices.0) {
            (TakeFunction::Take, Some(places)) => {
                let listed = match (places.is_single, places.list.as_slice()) {
                    (true, [place]) => call.long(*place),
                    (_, list) => call.longs(list),
                };
                Ok(vec![call.op_with("Gather", &[&x, &listed], &along)])
            }
            (TakeFunction::TakeAlongAxis, None) => {
                let places = call.input(1)?.name;
                Ok(vec![call.op_with("GatherElements", &[&x, &places], &along)])
            }
            (TakeFunction::Take, None) | (TakeFunction::TakeAlongAxis, Some(_)) => {
                Err("its places are not those it takes".into())
            }
        }
    }
}

impl Form for OneHot {
    const ONNX: &'static str = "`Equal` and `Cast`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let dtype = self.dtype.map_or(DType::F32, |name| name.0);
        let vectors = call.one_hot(&x.name, self.num_classes.get(), dtype)?;
        let Ok(axis) = self.sample_axis(&x.ty.shape) else { return Err("it has no such axis".into()) };
        let last = x.axes();
        let mut order: Vec<usize> = (0..last).collect();
        order.insert(axis + 1, last);
        Ok(vec![call.transpose(&vectors, &order)])
    }
}
