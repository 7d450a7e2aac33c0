//! Operations of two tensors, or of a tensor and a number.

use std::f64::consts::PI;

use model_graph::layers::operations::arithmetic::ArithmeticFunction as F;
use model_graph::layers::{Arithmetic, Choose};
use model_graph::shape::DType;

use super::super::super::attribute::Attribute;
use super::super::super::call::{Call, Formed};
use super::Form;

impl Call<'_, '_> {
    /// The angle of a point: by the quotient, and by the side of the axes that it lies on.
    fn arctan2(&mut self, y: &str, x: &str) -> String {
        let (zero, one) = (self.number(0.0), self.number(1.0));
        let is_above = self.op("Equal", &[x, &zero]);
        let divisor = self.op("Where", &[&is_above, &one, x]);
        let quotient = self.op("Div", &[y, &divisor]);
        let angle = self.op("Atan", &[&quotient]);
        let (half, back) = (self.number(PI), self.number(-PI));
        let is_below = self.op("Less", &[y, &zero]);
        let turn = self.op("Where", &[&is_below, &back, &half]);
        let turned = self.op("Add", &[&angle, &turn]);
        let is_left = self.op("Less", &[x, &zero]);
        let angle = self.op("Where", &[&is_left, &turned, &angle]);
        let sign = self.op("Sign", &[y]);
        let upright = self.with_number("Mul", &sign, PI / 2.0);
        self.op("Where", &[&is_above, &upright, &angle])
    }

    /// What a division leaves, with the divisor's sign.
    fn modulo(&mut self, a: &str, b: &str, dtype: DType) -> String {
        if dtype == DType::I32 {
            return self.op("Mod", &[a, b]);
        }
        let rest = self.op_with("Mod", &[a, b], &[("fmod", Attribute::Int(1))]);
        let signs = self.op("Mul", &[&rest, b]);
        let zero = self.number(0.0);
        let differs = self.op("Less", &[&signs, &zero]);
        let moved = self.op("Add", &[&rest, b]);
        self.op("Where", &[&differs, &moved, &rest])
    }

    fn floor_divide(&mut self, a: &str, b: &str, dtype: DType) -> String {
        let [a, b] = [a, b].map(|x| if dtype == DType::F32 { x.to_owned() } else { self.cast_to(x, DType::F32) });
        let quotient = self.op("Div", &[&a, &b]);
        let floor = self.op("Floor", &[&quotient]);
        if dtype == DType::F32 { floor } else { self.cast_to(&floor, dtype) }
    }
}

impl Form for Arithmetic {
    const ONNX: &'static str =
        "`Add`, `Sub`, `Mul`, `Div`, `Pow`, `Max`, `Min`, `Mod`, `Equal`, `Greater`, `And`, …; what makes up the others";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let both = [&self.x1, &self.x2];
        let common = call.common(&both);
        let dtype = match self.function {
            F::Arctan2 | F::Divide | F::DivideNoNan | F::Hypot | F::Logaddexp | F::TrueDivide => DType::F32,
            F::LogicalAnd | F::LogicalOr | F::LogicalXor | F::Equal | F::NotEqual => common,
            F::Add | F::FloorDivide | F::Fmod | F::Greater | F::GreaterEqual | F::Less | F::LessEqual => common.counted(),
            F::Maximum | F::Minimum | F::Mod | F::Multiply | F::Power | F::Subtract => common.counted(),
        };
        let names = call.operands(&both, dtype)?;
        let [a, b] = names.as_slice() else { return Err("it takes two operands".into()) };
        Ok(vec![match self.function {
            F::Add => call.op("Add", &[a, b]),
            F::Arctan2 => call.arctan2(a, b),
            F::Divide | F::TrueDivide => call.op("Div", &[a, b]),
            F::DivideNoNan => {
                let zero = call.number(0.0);
                let is_nothing = call.op("Equal", &[b, &zero]);
                let quotient = call.op("Div", &[a, b]);
                call.op("Where", &[&is_nothing, &zero, &quotient])
            }
            F::Equal => call.op("Equal", &[a, b]),
            F::FloorDivide => call.floor_divide(a, b, dtype),
            F::Fmod => call.op_with("Mod", &[a, b], &[("fmod", Attribute::Int(1))]),
            F::Greater => call.op("Greater", &[a, b]),
            F::GreaterEqual => call.op("GreaterOrEqual", &[a, b]),
            F::Hypot => {
                let [a, b] = [a, b].map(|x| call.op("Mul", &[x, x]));
                let sum = call.op("Add", &[&a, &b]);
                call.op("Sqrt", &[&sum])
            }
            F::Less => call.op("Less", &[a, b]),
            F::LessEqual => call.op("LessOrEqual", &[a, b]),
            F::Logaddexp => {
                let (most, distance) = (call.op("Max", &[a, b]), call.op("Sub", &[a, b]));
                let distance = call.op("Abs", &[&distance]);
                let distance = call.op("Neg", &[&distance]);
                let more = call.op("Softplus", &[&distance]);
                call.op("Add", &[&most, &more])
            }
            F::LogicalAnd => call.op("And", &[a, b]),
            F::LogicalOr => call.op("Or", &[a, b]),
            F::LogicalXor => call.op("Xor", &[a, b]),
            F::Maximum => call.op("Max", &[a, b]),
            F::Minimum => call.op("Min", &[a, b]),
            F::Mod => call.modulo(a, b, dtype),
            F::Multiply => call.op("Mul", &[a, b]),
            F::NotEqual => {
                let is_equal = call.op("Equal", &[a, b]);
                call.op("Not", &[&is_equal])
            }
            F::Power => call.op("Pow", &[a, b]),
            F::Subtract => call.op("Sub", &[a, b]),
        }])
    }
}

/// What is true or false, as what it counts as.
trait Counted {
    fn counted(self) -> Self;
}

impl Counted for DType {
    fn counted(self) -> Self {
        if self == Self::Bool { Self::I32 } else { self }
    }
}

impl Form for Choose {
    const ONNX: &'static str = "`Where`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let both = [&self.x1, &self.x2];
        let (common, condition) = (call.common(&both), call.x()?);
        let dtype = common.counted();
        let tensors = both.iter().filter(|operand| operand.is_tensor()).count();
        let all = call.inputs.clone();
        call.inputs.drain(..all.len().saturating_sub(tensors));
        let names = call.operands(&both, dtype);
        call.inputs = all;
        let names = names?;
        let [a, b] = names.as_slice() else { return Err("it takes two operands".into()) };
        let chosen = call.op("Where", &[&condition, a, b]);
        Ok(vec![if common == dtype { chosen } else { call.cast_to(&chosen, common) }])
    }
}
