//! The functions that layers end with, and the layers that are functions.

use model_graph::argument::{Activation as Function, Axes};
use model_graph::layers::{Activation, ELU, LeakyReLU, PReLU, ReLU, Softmax};

use super::super::attribute::Attribute;
use super::super::call::{Call, Formed, Reason, longs};
use super::Form;

impl Call<'_, '_> {
    /// A function of a layer's end, of a tensor whose last axis is of this size.
    pub fn activate(&mut self, function: Function, x: &str) -> Result<String, Reason> {
        let float = Attribute::Float;
        Ok(match function {
            Function::Linear => x.to_owned(),
            Function::Relu => self.op("Relu", &[x]),
            Function::Relu6 => self.clip(x, 0.0, 6.0),
            Function::LeakyRelu => self.op_with("LeakyRelu", &[x], &[("alpha", float(0.2))]),
            Function::Elu => self.op_with("Elu", &[x], &[("alpha", float(1.0))]),
            Function::Selu => self.op("Selu", &[x]),
            Function::Celu => self.op_with("Celu", &[x], &[("alpha", float(1.0))]),
            Function::Gelu => self.gelu(x, false),
            Function::Sigmoid => self.op("Sigmoid", &[x]),
            Function::HardSigmoid => self.hard_sigmoid(x),
            Function::LogSigmoid => self.log_sigmoid(x),
            Function::SparseSigmoid => self.sparse_sigmoid(x),
            Function::Silu => self.silu(x),
            Function::HardSilu => self.op("HardSwish", &[x]),
            Function::Mish => self.mish(x),
            Function::Softplus => self.op("Softplus", &[x]),
            Function::SparsePlus => self.sparse_plus(x),
            Function::Squareplus => self.squareplus(x, 4.0),
            Function::Softsign => self.op("Softsign", &[x]),
            Function::Tanh => self.op("Tanh", &[x]),
            Function::TanhShrink => self.tanh_shrink(x),
            Function::HardTanh => self.clip(x, -1.0, 1.0),
            Function::HardShrink => self.shrink(x, 0.5, 0.0),
            Function::SoftShrink => self.shrink(x, 0.5, 0.5),
            Function::Exponential => self.op("Exp", &[x]),
            Function::Softmax => self.along("Softmax", x, -1),
            Function::LogSoftmax => self.along("LogSoftmax", x, -1),
            Function::Sparsemax => {
                let size = self.shape().0.last().cloned().unwrap_or_default();
                self.sparsemax(x, -1, &size)?
            }
        })
    }

    /// The first output through a function.
    pub fn ending(&mut self, function: Function, x: &str) -> Formed {
        self.activate(function, x).map(|x| vec![x])
    }

    /// An operator along an axis, the batch's counted.
    pub fn along(&mut self, op: &str, x: &str, axis: i64) -> String {
        self.op_with(op, &[x], &[("axis", Attribute::Int(axis))])
    }

    /// What lies between two numbers.
    pub fn clip(&mut self, x: &str, least: f64, most: f64) -> String {
        let (least, most) = (self.number(least), self.number(most));
        self.op("Clip", &[x, &least, &most])
    }

    /// A tensor and a number.
    pub fn with_number(&mut self, op: &str, x: &str, number: f64) -> String {
        let number = self.number(number);
        self.op(op, &[x, &number])
    }

    /// `x Φ(x)`, or what comes near.
    pub fn gelu(&mut self, x: &str, approximate: bool) -> String {
        let inner = if approximate {
            let cube = self.with_number("Pow", x, 3.0);
            let cube = self.with_number("Mul", &cube, 0.044_715);
            let sum = self.op("Add", &[x, &cube]);
            let scaled = self.with_number("Mul", &sum, (2.0 / std::f64::consts::PI).sqrt());
            self.op("Tanh", &[&scaled])
        } else {
            let scaled = self.with_number("Div", x, std::f64::consts::SQRT_2);
            self.op("Erf", &[&scaled])
        };
        let share = self.with_number("Add", &inner, 1.0);
        // In this order, which runtimes know.
        let twice = self.op("Mul", &[x, &share]);
        self.with_number("Mul", &twice, 0.5)
    }

    /// `relu6(x + 3) / 6`.
    pub fn hard_sigmoid(&mut self, x: &str) -> String {
        let slope = [("alpha", Attribute::Float(1.0 / 6.0)), ("beta", Attribute::Float(0.5))];
        self.op_with("HardSigmoid", &[x], &slope)
    }

    /// `-softplus(-x)`.
    pub fn log_sigmoid(&mut self, x: &str) -> String {
        let x = self.op("Neg", &[x]);
        let x = self.op("Softplus", &[&x]);
        self.op("Neg", &[&x])
    }

    /// A line between -1 and 1.
    pub fn sparse_sigmoid(&mut self, x: &str) -> String {
        let slope = [("alpha", Attribute::Float(0.5)), ("beta", Attribute::Float(0.5))];
        self.op_with("HardSigmoid", &[x], &slope)
    }

    /// `x * sigmoid(x)`.
    pub fn silu(&mut self, x: &str) -> String {
        let gate = self.op("Sigmoid", &[x]);
        self.op("Mul", &[x, &gate])
    }

    /// `x * tanh(softplus(x))`.
    pub fn mish(&mut self, x: &str) -> String {
        let gate = self.op("Softplus", &[x]);
        let gate = self.op("Tanh", &[&gate]);
        self.op("Mul", &[x, &gate])
    }

    /// 0, a parabola, and the input.
    pub fn sparse_plus(&mut self, x: &str) -> String {
        let inner = self.clip(x, -1.0, 1.0);
        let sum = self.with_number("Add", &inner, 1.0);
        let square = self.op("Mul", &[&sum, &sum]);
        let parabola = self.with_number("Mul", &square, 0.25);
        let beyond = self.with_number("Sub", x, 1.0);
        let beyond = self.op("Relu", &[&beyond]);
        self.op("Add", &[&parabola, &beyond])
    }

    /// `(x + sqrt(x^2 + b)) / 2`.
    pub fn squareplus(&mut self, x: &str, b: f64) -> String {
        let square = self.op("Mul", &[x, x]);
        let sum = self.with_number("Add", &square, b);
        let root = self.op("Sqrt", &[&sum]);
        let sum = self.op("Add", &[x, &root]);
        self.with_number("Mul", &sum, 0.5)
    }

    /// `x - tanh(x)`.
    pub fn tanh_shrink(&mut self, x: &str) -> String {
        let tanh = self.op("Tanh", &[x]);
        self.op("Sub", &[x, &tanh])
    }

    /// 0 up to a threshold, and behind it the input, which a bias brings nearer to 0.
    pub fn shrink(&mut self, x: &str, threshold: f64, bias: f64) -> String {
        let numbers = [("lambd", Attribute::Float(threshold as f32)), ("bias", Attribute::Float(bias as f32))];
        self.op_with("Shrink", &[x], &numbers)
    }

    /// The nearest numbers that sum to 1 and of which none is below 0: of the sorted, those count that are above the mean of what they have too much.
    pub fn sparsemax(&mut self, x: &str, axis: i64, size: &model_graph::dim::Dim) -> Result<String, Reason> {
        let count = self.size(size)?;
        let sorted = self.ops("TopK", &[x, &count], &[("axis", Attribute::Int(axis))], 2);
        let sorted = sorted.first().cloned().unwrap_or_default();
        let along = self.long(axis);
        let sums = self.op("CumSum", &[&sorted, &along]);
        let ones = self.op("Sub", &[x, x]);
        let ones = self.with_number("Add", &ones, 1.0);
        let places = self.op("CumSum", &[&ones, &along]);
        let scaled = self.op("Mul", &[&sorted, &places]);
        let scaled = self.with_number("Add", &scaled, 1.0);
        let counts = self.op("Greater", &[&scaled, &sums]);
        let counts = self.cast_to(&counts, model_graph::shape::DType::F32);
        let found = self.reduce("ReduceSum", &counts, &[axis], true);
        let kept = self.op("Mul", &[&sorted, &counts]);
        let sum = self.reduce("ReduceSum", &kept, &[axis], true);
        let sum = self.with_number("Sub", &sum, 1.0);
        let least = self.op("Div", &[&sum, &found]);
        let rest = self.op("Sub", &[x, &least]);
        Ok(self.op("Relu", &[&rest]))
    }
}

impl Form for Activation {
    const ONNX: &'static str = "the function's operator, `Relu`, `Softplus`, …, or several that make it up";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.x()?;
        call.ending(self.activation, &x)
    }
}

impl Form for ELU {
    const ONNX: &'static str = "`Elu`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.x()?;
        Ok(vec![call.op_with("Elu", &[&x], &[("alpha", Attribute::Float(self.alpha.0 as f32))])])
    }
}

impl Form for LeakyReLU {
    const ONNX: &'static str = "`LeakyRelu`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.x()?;
        Ok(vec![call.op_with("LeakyRelu", &[&x], &[("alpha", Attribute::Float(self.negative_slope.0 as f32))])])
    }
}

impl Form for PReLU {
    const ONNX: &'static str = "`PRelu`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let (x, alpha) = (call.x()?, call.weight("alpha")?);
        Ok(vec![call.op("PRelu", &[&x, &alpha])])
    }
}

impl Form for ReLU {
    const ONNX: &'static str = "`Relu`, `Clip` or `LeakyRelu`; `Where` with a threshold";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.x()?;
        let (slope, threshold) = (self.negative_slope.0, self.threshold.0);
        let rectified = match (slope == 0.0, threshold == 0.0, self.max_value) {
            (true, true, None) => call.op("Relu", &[&x]),
            (true, true, Some(most)) => return Ok(vec![call.clip(&x, 0.0, most.0)]),
            (false, true, _) => call.op_with("LeakyRelu", &[&x], &[("alpha", Attribute::Float(slope as f32))]),
            (_, false, _) => {
                let below = call.with_number("Sub", &x, threshold);
                let below = call.with_number("Mul", &below, slope);
                let is_above = call.with_number(if slope == 0.0 { "Greater" } else { "GreaterOrEqual" }, &x, threshold);
                call.op("Where", &[&is_above, &x, &below])
            }
        };
        Ok(vec![match self.max_value {
            Some(most) => call.with_number("Min", &rectified, most.0),
            None => rectified,
        }])
    }
}

/// The slot of a mask.
const MASK: usize = 0;

impl Form for Softmax {
    const ONNX: &'static str = "`Softmax`; `Where` before and behind with a mask";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.x()?;
        let Some(mask) = call.slot(MASK) else { return Ok(vec![call.along("Softmax", &x, self.axis.0)]) };
        Ok(vec![call.masked_softmax(&x, &mask.name, self.axis.0)])
    }
}

impl Call<'_, '_> {
    /// Shares of what a mask says to look at.
    pub fn masked_softmax(&mut self, x: &str, mask: &str, axis: i64) -> String {
        let (least, zero) = (self.number(-1e9), self.number(0.0));
        let x = self.op("Where", &[mask, x, &least]);
        let shares = self.along("Softmax", &x, axis);
        self.op("Where", &[mask, &shares, &zero])
    }

    /// Axes of a sample that an argument names, counted with the batch's.
    pub fn axes(&self, axes: &Axes, rank: usize) -> Vec<i64> {
        let found = axes.0.iter().filter_map(|&axis| model_graph::argument::Axis(axis).in_sample(rank));
        longs(&found.map(|axis| axis.saturating_add(1)).collect::<Vec<_>>())
    }
}
