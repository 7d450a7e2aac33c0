//! Functions of one tensor, element by element.

use std::f64::consts::{LN_2, LN_10, PI};

use model_graph::argument::Scalar;
use model_graph::layers::operations::filled::FilledFunction;
use model_graph::layers::operations::pointwise::PointwiseFunction as F;
use model_graph::layers::operations::tuned::TunedFunction as T;
use model_graph::layers::{Cast, Filled, Pointwise, Tuned};
use model_graph::shape::DType;

use super::super::super::attribute::Attribute;
use super::super::super::call::{Call, Formed};
use super::Form;

impl Form for Pointwise {
    const ONNX: &'static str = "`Abs`, `Exp`, `Sqrt`, `Erf`, `Tanh`, …; what makes up the others";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.x()?;
        let x = x.as_str();
        Ok(vec![match self.function {
            F::Absolute => call.op("Abs", &[x]),
            F::Arccos => call.op("Acos", &[x]),
            F::Arccosh => call.op("Acosh", &[x]),
            F::Arcsin => call.op("Asin", &[x]),
            F::Arcsinh => call.op("Asinh", &[x]),
            F::Arctan => call.op("Atan", &[x]),
            F::Arctanh => call.op("Atanh", &[x]),
            F::Cbrt => {
                let (sign, size) = (call.op("Sign", &[x]), call.op("Abs", &[x]));
                let root = call.with_number("Pow", &size, 1.0 / 3.0);
                call.op("Mul", &[&sign, &root])
            }
            F::Ceil => call.op("Ceil", &[x]),
            F::Cos => call.op("Cos", &[x]),
            F::Cosh => call.op("Cosh", &[x]),
            F::Deg2rad => call.with_number("Mul", x, PI / 180.0),
            F::Erf => call.op("Erf", &[x]),
            F::Exp => call.op("Exp", &[x]),
            F::Exp2 => {
                let two = call.number(2.0);
                call.op("Pow", &[&two, x])
            }
            F::Expm1 => {
                // `(e^x + 1) tanh(x / 2)`, which is accurate near 0.
                let exp = call.op("Exp", &[x]);
                let sum = call.with_number("Add", &exp, 1.0);
                let half = call.with_number("Mul", x, 0.5);
                let tanh = call.op("Tanh", &[&half]);
                call.op("Mul", &[&sum, &tanh])
            }
            F::Floor => call.op("Floor", &[x]),
            F::HardSigmoid => call.hard_sigmoid(x),
            F::HardSilu => call.op("HardSwish", &[x]),
            F::HardTanh => call.clip(x, -1.0, 1.0),
            F::IsFinite => {
                let (is_infinite, is_none) = (call.op("IsInf", &[x]), call.op("IsNaN", &[x]));
                let either = call.op("Or", &[&is_infinite, &is_none]);
                call.op("Not", &[&either])
            }
            F::IsInf => call.op("IsInf", &[x]),
            F::IsNan => call.op("IsNaN", &[x]),
            F::Log => call.op("Log", &[x]),
            F::Log1p => {
                let sum = call.with_number("Add", x, 1.0);
                call.op("Log", &[&sum])
            }
            F::Log2 => {
                let log = call.op("Log", &[x]);
                call.with_number("Div", &log, LN_2)
            }
            F::Log10 => {
                let log = call.op("Log", &[x]);
                call.with_number("Div", &log, LN_10)
            }
            F::LogSigmoid => call.log_sigmoid(x),
            F::LogicalNot => call.op("Not", &[x]),
            F::Negative => call.op("Neg", &[x]),
            F::Rad2deg => call.with_number("Mul", x, 180.0 / PI),
            F::Reciprocal => call.op("Reciprocal", &[x]),
            F::Relu => call.op("Relu", &[x]),
            F::Relu6 => call.clip(x, 0.0, 6.0),
            F::Rsqrt => {
                let root = call.op("Sqrt", &[x]);
                call.op("Reciprocal", &[&root])
            }
            F::Selu => call.op("Selu", &[x]),
            F::Sigmoid => call.op("Sigmoid", &[x]),
            F::Sign => call.op("Sign", &[x]),
            F::Silu => call.silu(x),
            F::Sin => call.op("Sin", &[x]),
            F::Sinh => call.op("Sinh", &[x]),
            F::Softplus => call.op("Softplus", &[x]),
            F::Softsign => call.op("Softsign", &[x]),
            F::SparsePlus => call.sparse_plus(x),
            F::SparseSigmoid => call.sparse_sigmoid(x),
            F::Sqrt => call.op("Sqrt", &[x]),
            F::Square => call.op("Mul", &[x, x]),
            F::StopGradient => x.to_owned(),
            F::Tan => call.op("Tan", &[x]),
            F::Tanh => call.op("Tanh", &[x]),
            F::TanhShrink => call.tanh_shrink(x),
            F::Trunc => {
                let (sign, size) = (call.op("Sign", &[x]), call.op("Abs", &[x]));
                let floor = call.op("Floor", &[&size]);
                call.op("Mul", &[&sign, &floor])
            }
        }])
    }
}

impl Form for Tuned {
    const ONNX: &'static str = "`Celu`, `Clip`, `Elu`, `LeakyRelu`, `Shrink`, `Round`, …; what makes up the others";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let input = call.input(0)?;
        let (x, dtype) = (input.name.as_str(), input.ty.dtype);
        let alpha = |number: Scalar| [("alpha", Attribute::Float(number.get() as f32))];
        Ok(vec![match self.function {
            T::Celu => call.op_with("Celu", &[x], &alpha(self.alpha)),
            T::Clip => {
                let [least, most] = [self.x_min, self.x_max].map(|end| call.number_of(dtype, end.get()));
                call.op("Clip", &[x, &least, &most])
            }
            T::Elu => call.op_with("Elu", &[x], &alpha(self.alpha)),
            T::Gelu => call.gelu(x, self.approximate),
            T::HardShrink => call.shrink(x, self.threshold.get(), 0.0),
            T::LeakyRelu => call.op_with("LeakyRelu", &[x], &alpha(self.negative_slope)),
            T::NanToNum => self.numbered(call, x),
            T::Round => self.rounded(call, x, dtype),
            T::SoftShrink => call.shrink(x, self.threshold.get(), self.threshold.get()),
            T::Squareplus => call.squareplus(x, self.b.get()),
            T::Threshold => {
                let (threshold, default) = (call.number(self.threshold.get()), call.number(self.default_value.get()));
                let is_above = call.op("Greater", &[x, &threshold]);
                call.op("Where", &[&is_above, x, &default])
            }
        }])
    }
}

/// What is done to a tensor by numbers.
trait ByNumbers {
    fn numbered(&self, call: &mut Call<'_, '_>, x: &str) -> String;
    fn rounded(&self, call: &mut Call<'_, '_>, x: &str, dtype: DType) -> String;
}

impl ByNumbers for Tuned {
    fn numbered(&self, call: &mut Call<'_, '_>, x: &str) -> String {
        let or = |number: Option<Scalar>, default: f32| number.map_or(f64::from(default), Scalar::get);
        let is_none = call.op("IsNaN", &[x]);
        let number = call.number(self.nan.get());
        let mut x = call.op("Where", &[&is_none, &number, x]);
        for (sides, number) in [([1, 0], or(self.posinf, f32::MAX)), ([0, 1], or(self.neginf, f32::MIN))] {
            let [positive, negative] = sides.map(Attribute::Int);
            let is_it = call.op_with("IsInf", &[&x], &[("detect_positive", positive), ("detect_negative", negative)]);
            let number = call.number(number);
            x = call.op("Where", &[&is_it, &number, &x]);
        }
        x
    }

    fn rounded(&self, call: &mut Call<'_, '_>, x: &str, dtype: DType) -> String {
        let decimals = self.decimals.0;
        if dtype == DType::I32 && decimals >= 0 {
            return x.to_owned();
        }
        let given = if dtype == DType::F32 { x.to_owned() } else { call.cast_to(x, DType::F32) };
        let power = 10.0_f64.powi(i32::try_from(decimals.abs()).unwrap_or(i32::MAX));
        let [there, back] = if decimals < 0 { ["Div", "Mul"] } else { ["Mul", "Div"] };
        let mut y = if decimals == 0 { given } else { call.with_number(there, &given, power) };
        y = call.op("Round", &[&y]);
        if decimals != 0 {
            y = call.with_number(back, &y, power);
        }
        if dtype == DType::F32 { y } else { call.cast_to(&y, dtype) }
    }
}

impl Form for Cast {
    const ONNX: &'static str = "`Cast`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        Ok(vec![if x.ty.dtype == self.dtype.0 { x.name } else { call.cast_to(&x.name, self.dtype.0) }])
    }
}

impl Form for Filled {
    const ONNX: &'static str = "`Shape` and `Expand`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let number = match self.function {
            FilledFunction::FullLike => self.fill_value.number().unwrap_or_default(),
            FilledFunction::OnesLike => 1.0,
            FilledFunction::ZerosLike => 0.0,
        };
        let dtype = self.dtype.map_or(x.ty.dtype, |name| name.0);
        let number = call.number_of(dtype, number);
        let shape = call.op("Shape", &[&x.name]);
        Ok(vec![call.op("Expand", &[&number, &shape])])
    }
}
