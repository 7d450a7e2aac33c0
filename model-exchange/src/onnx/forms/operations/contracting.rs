//! Products that are summed along axes, and gates.

use model_graph::layers::{Contract, Gate};

use super::super::super::attribute::Attribute;
use super::super::super::call::{Call, Formed};
use super::super::basic::equation;
use super::Form;

impl Form for Contract {
    const ONNX: &'static str = "`MatMul` or `Einsum`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let (a, b) = (call.input(0)?, call.input(1)?);
        let Some(terms) = &self.subscripts else { return Ok(vec![call.op("MatMul", &[&a.name, &b.name])]) };
        let equation = if terms.is_open {
            // What stands before the letters, the batch among it, is stretched.
            let terms: Vec<String> = equation(&terms.letters)?.split("->").map(|side| side.replace(',', ",...")).collect();
            format!("...{}", terms.join("->..."))
        } else {
            let batch = |letters: &Vec<u8>| std::iter::once(0).chain(letters.iter().copied()).collect();
            equation(&terms.letters.iter().map(batch).collect::<Vec<_>>())?
        };
        Ok(vec![call.einsum(&equation, &[&a.name, &b.name])])
    }
}

impl Form for Gate {
    const ONNX: &'static str = "`Split`, `Sigmoid` and `Mul`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let (x, (axis, _)) = (call.x()?, call.sample_axis(self.axis)?);
        let halves = call.ops("Split", &[&x], &[("axis", Attribute::Int(axis)), ("num_outputs", Attribute::Int(2))], 2);
        let [first, second] = halves.as_slice() else { return Err("it has two halves".into()) };
        let gate = call.op("Sigmoid", &[second]);
        Ok(vec![call.op("Mul", &[first, &gate])])
    }
}
