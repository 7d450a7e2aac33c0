//! Layers that merge several tensors.

use model_graph::layers::{Add, Average, Concatenate, Dot, Maximum, Minimum, Multiply, Subtract};
use model_graph::shape::DType;

use super::super::call::{Call, Formed, Reason, Value, longs};
use super::Form;

impl Call<'_, '_> {
    /// An operator of two tensors, over all inputs one after the other.
    pub fn fold(&mut self, op: &str) -> Result<String, Reason> {
        let mut merged = self.x()?;
        for place in 1..self.manner.positional(&self.inputs).len() {
            let next = self.input(place)?.name;
            merged = self.op(op, &[&merged, &next]);
        }
        Ok(merged)
    }
}

macro_rules! merged {
    ($($layer:ident: $op:literal,)*) => {
        $(impl Form for $layer {
            const ONNX: &'static str = concat!("`", $op, "`");

            fn form(&self, call: &mut Call<'_, '_>) -> Formed {
                call.fold($op).map(|merged| vec![merged])
            }
        })*
    };
}

merged! {
    Add: "Add",
    Maximum: "Max",
    Minimum: "Min",
    Multiply: "Mul",
    Subtract: "Sub",
}

impl Form for Average {
    const ONNX: &'static str = "`Add` and `Mul`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let (sum, count) = (call.fold("Add")?, call.manner.positional(&call.inputs).len());
        Ok(vec![call.with_number("Div", &sum, count as f64)])
    }
}

impl Form for Concatenate {
    const ONNX: &'static str = "`Concat`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let first = call.input(0)?;
        let parts: Vec<Value> = call.manner.positional(&call.inputs).to_vec();
        let mut names = Vec::new();
        let dtype = call.outputs.first().map_or(first.ty.dtype, |ty| ty.dtype);
        for part in parts {
            names.push(if part.ty.dtype == dtype { part.name } else { call.cast_to(&part.name, dtype) });
        }
        Ok(vec![call.concat(&names, self.axis.0)])
    }
}

impl Form for Dot {
    const ONNX: &'static str = "`MatMul`, with `Transpose` before it; with `normalize`, what divides by lengths";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let mut given = Vec::new();
        for (place, axis) in self.axes.axes().into_iter().enumerate() {
            let input = call.input(place)?;
            let Some(axis) = model_graph::argument::Axis(axis).in_sample(input.ty.shape.rank()) else {
                return Err("its axes are not those of its inputs".into());
            };
            let axis = axis.saturating_add(1);
            let name = if self.normalize { call.unit(&input.name, &longs(&[axis]), 1e-12)? } else { input.name.clone() };
            let axes = input.axes();
            let labels = |base: u8| {
                (0..axes).map(move |own| match own {
                    0 => b'b',
                    own if own == axis => b'k',
                    own => base.saturating_add(u8::try_from(own).unwrap_or_default()),
                })
            };
            let labels: Vec<u8> = labels(if place == 0 { b'A' } else { b'P' }).collect();
            given.push((name, labels));
        }
        let [(x, first), (y, second)] = given.as_slice() else { return Err("it multiplies two tensors".into()) };
        let rest = first.iter().chain(second).filter(|label| !matches!(label, b'b' | b'k'));
        let mut output: Vec<u8> = std::iter::once(b'b').chain(rest.copied()).collect();
        // Vectors give one number for each sample, on an axis of size 1.
        let is_number = output.len() == 1;
        let equation = super::basic::equation(&[first.clone(), second.clone(), std::mem::take(&mut output)])?;
        let product = call.einsum(&equation, &[x, y]);
        Ok(vec![if is_number { call.unsqueeze(&product, &[1]) } else { product }])
    }
}

impl Call<'_, '_> {
    /// Vectors along axes, divided by their lengths, which are at least the root of `least`.
    pub fn unit(&mut self, x: &str, axes: &[i64], least: f64) -> Result<String, Reason> {
        let square = self.op("Mul", &[x, x]);
        let sum = self.reduce("ReduceSum", &square, axes, true);
        let least = self.number_of(DType::F32, least);
        let sum = self.op("Max", &[&sum, &least]);
        let length = self.op("Sqrt", &[&sum]);
        Ok(self.op("Div", &[x, &length]))
    }
}
