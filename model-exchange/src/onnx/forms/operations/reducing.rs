//! What is made of the elements along axes.

use model_graph::argument::{Axes, NormOrder};
use model_graph::layers::operations::extreme::ExtremeFunction;
use model_graph::layers::operations::reduction::ReductionFunction as F;
use model_graph::layers::operations::running::RunningFunction;
use model_graph::layers::operations::shares::SharesFunction;
use model_graph::layers::{Extreme, Moments, Reduction, Running, Scaled, Shares};
use model_graph::shape::{DType, Shape, TensorType};

use super::super::super::attribute::Attribute;
use super::super::super::call::{Call, Formed, Value};
use super::super::super::described;
use super::Form;

impl Call<'_, '_> {
    /// The axes that an argument names; all of a sample has been named.
    fn named_axes(&self, axes: Option<&Axes>, x: &Value) -> Vec<i64> {
        axes.map(|axes| self.axes(axes, x.ty.shape.rank())).unwrap_or_default()
    }

    /// The mean, and the mean of the squares of what elements differ from it.
    fn moments(&mut self, x: &str, axes: &[i64], keepdims: bool) -> [String; 2] {
        let mean = self.reduce("ReduceMean", x, axes, true);
        let centred = self.op("Sub", &[x, &mean]);
        let square = self.op("Mul", &[&centred, &centred]);
        let variance = self.reduce("ReduceMean", &square, axes, keepdims);
        let mean = if keepdims { mean } else { self.reduce("ReduceMean", x, axes, false) };
        [mean, variance]
    }

    /// 1 where something is true, or not 0.
    fn counts(&mut self, x: &Value) -> String {
        if x.ty.dtype == DType::Bool {
            return self.cast_to(&x.name, DType::I32);
        }
        let zero = self.number_of(x.ty.dtype, 0.0);
        let is_nothing = self.op("Equal", &[&x.name, &zero]);
        let is_something = self.op("Not", &[&is_nothing]);
        self.cast_to(&is_something, DType::I32)
    }

    /// The length of vectors along axes, by a power.
    fn norm(&mut self, x: &str, power: f64, axes: &[i64], keepdims: bool) -> String {
        if power == 2.0 || power == 1.0 {
            let op = if power == 2.0 { "ReduceL2" } else { "ReduceL1" };
            return self.reduce(op, x, axes, keepdims);
        }
        let size = self.op("Abs", &[x]);
        let powers = self.with_number("Pow", &size, power);
        let sum = self.reduce("ReduceSum", &powers, axes, keepdims);
        self.with_number("Pow", &sum, 1.0 / power)
    }
}

impl Form for Reduction {
    const ONNX: &'static str = "`ReduceSum`, `ReduceMean`, `ReduceMax`, `ReduceMin`, `ReduceProd`, `ReduceLogSumExp`, `ReduceL2`; what makes up the others";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let axes = call.named_axes(self.axis.as_ref(), &x);
        let (axes, keeps) = (axes.as_slice(), self.keepdims);
        let float =
            |call: &mut Call<'_, '_>| if x.ty.dtype == DType::F32 { x.name.clone() } else { call.cast_to(&x.name, DType::F32) };
        Ok(vec![match self.function {
            F::All | F::Any => {
                let counts = call.counts(&x);
                let op = if self.function == F::All { "ReduceMin" } else { "ReduceMax" };
                let all = call.reduce(op, &counts, axes, keeps);
                call.cast_to(&all, DType::Bool)
            }
            F::Amax => call.reduce("ReduceMax", &x.name, axes, keeps),
            F::Amin => call.reduce("ReduceMin", &x.name, axes, keeps),
            F::Average | F::Mean => {
                let x = float(call);
                call.reduce("ReduceMean", &x, axes, keeps)
            }
            F::CountNonzero => {
                let counts = call.counts(&x);
                call.reduce("ReduceSum", &counts, axes, keeps)
            }
            F::Logsumexp => call.reduce("ReduceLogSumExp", &x.name, axes, keeps),
            F::Norm => call.norm(&x.name, self.ord.map_or(2.0, NormOrder::power), axes, keeps),
            F::Prod => call.reduce("ReduceProd", &x.name, axes, keeps),
            F::Std => {
                let [_, variance] = call.moments(&x.name, axes, keeps);
                call.op("Sqrt", &[&variance])
            }
            F::Sum => {
                let x = if x.ty.dtype == DType::Bool { call.cast_to(&x.name, DType::I32) } else { x.name.clone() };
                call.reduce("ReduceSum", &x, axes, keeps)
            }
            F::Var => {
                let [_, variance] = call.moments(&x.name, axes, keeps);
                variance
            }
        }])
    }
}

impl Form for Extreme {
    const ONNX: &'static str = "`ReduceMax` or `ReduceMin`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let axes = call.named_axes(self.axis.as_ref(), &x);
        let op = match self.function {
            ExtremeFunction::Max => "ReduceMax",
            ExtremeFunction::Min => "ReduceMin",
        };
        Ok(vec![call.reduce(op, &x.name, &axes, self.keepdims)])
    }
}

impl Form for Moments {
    const ONNX: &'static str = "`ReduceMean`, `Sub`, `Mul` and `ReduceMean`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let axes = call.named_axes(Some(&self.axes.0), &x);
        Ok(call.moments(&x.name, &axes, self.keepdims).to_vec())
    }
}

impl Form for Running {
    const ONNX: &'static str = "`CumSum`; `Scan` for products";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let Some(axis) = self.axis else { return Err("it names no axis".into()) };
        let (axis, _) = call.sample_axis(axis)?;
        match self.function {
            RunningFunction::Cumsum => {
                let axis = call.long(axis);
                Ok(vec![call.op("CumSum", &[&x.name, &axis])])
            }
            RunningFunction::Cumprod => running_product(call, &x, axis),
        }
    }
}

/// The product of the elements up to each, step by step.
fn running_product(call: &mut Call<'_, '_>, x: &Value, axis: i64) -> Formed {
    let place = usize::try_from(axis).unwrap_or_default().saturating_sub(1);
    let dims: Vec<_> = x.ty.shape.0.iter().enumerate().filter(|(own, _)| *own != place).map(|(_, dim)| dim.clone()).collect();
    let ones = call.filled(&x.name, &dims, x.ty.dtype, 1.0)?;
    let name = format!("{}/product", call.layer);
    let [before, element] = ["before", "element"].map(|part| call.builder.fresh(&format!("{name}/{part}")));
    let outer = call.builder.begin();
    let product = call.op("Mul", &[&before, &element]);
    let again = call.op("Identity", &[&product]);
    let ty = TensorType { dtype: x.ty.dtype, shape: Shape::default() };
    let info = |name: &String| described(name, &ty, None);
    let body = call.builder.end(outer, &name, vec![info(&before), info(&element)], vec![info(&product), info(&again)]);
    let attributes = [
        ("body", Attribute::Body(Box::new(body))),
        ("num_scan_inputs", Attribute::Int(1)),
        ("scan_input_axes", Attribute::Ints(vec![axis])),
        ("scan_output_axes", Attribute::Ints(vec![axis])),
    ];
    Ok(call.ops("Scan", &[&ones, &x.name], &attributes, 2).into_iter().skip(1).collect())
}

impl Form for Scaled {
    const ONNX: &'static str = "`ReduceL2`, `Max` and `Div`; other lengths by `Pow`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let (x, (axis, _)) = (call.x()?, call.sample_axis(self.axis)?);
        let length = call.norm(&x, self.order.get() as f64, &[axis], true);
        let least = self.epsilon.map_or(1e-7, |epsilon| epsilon.0);
        let length = call.with_number("Max", &length, least);
        Ok(vec![call.op("Div", &[&x, &length])])
    }
}

impl Form for Shares {
    const ONNX: &'static str = "`Softmax`, `LogSoftmax`; `TopK`, `CumSum` and what makes up the rest for `sparsemax`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let (x, (axis, size)) = (call.x()?, call.sample_axis(self.axis)?);
        Ok(vec![match self.function {
            SharesFunction::LogSoftmax => call.along("LogSoftmax", &x, axis),
            SharesFunction::Softmax => call.along("Softmax", &x, axis),
            SharesFunction::Sparsemax => call.sparsemax(&x, axis, &size)?,
        }])
    }
}
