//! Dense layers, tables and masks.

use model_graph::layers::{Dense, EinsumDense, Embedding, Identity, Masking, ReversibleEmbedding};
use model_graph::shape::DType;

use super::super::attribute::Attribute;
use super::super::call::{Call, Formed, Reason};
use super::Form;

impl Form for Dense {
    const ONNX: &'static str = "`Gemm`, or `MatMul` and `Add` where there are more axes; the activation";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let (x, kernel) = (call.input(0)?, call.weight("kernel")?);
        let bias = call.maybe_weight("bias");
        let y = match (x.axes(), bias) {
            (2, Some(bias)) => call.op("Gemm", &[&x.name, &kernel, &bias]),
            (_, Some(bias)) => {
                let y = call.op("MatMul", &[&x.name, &kernel]);
                call.op("Add", &[&y, &bias])
            }
            (_, None) => call.op("MatMul", &[&x.name, &kernel]),
        };
        call.ending(self.activation, &y)
    }
}

/// An equation of ONNX for labels of axes, of which there may be more than letters.
pub fn equation(terms: &[Vec<u8>]) -> Result<String, Reason> {
    let mut known: Vec<u8> = Vec::new();
    let mut letter = |label: &u8| {
        let place = known.iter().position(|other| other == label).unwrap_or_else(|| {
            known.push(*label);
            known.len() - 1
        });
        let letters = (b'a'..=b'z').chain(b'A'..=b'Z');
        letters.map(char::from).nth(place).ok_or_else(|| Reason::from("its equation has more than 52 axes"))
    };
    let term = |labels: &Vec<u8>, letter: &mut dyn FnMut(&u8) -> Result<char, Reason>| {
        labels.iter().map(letter).collect::<Result<String, _>>()
    };
    let mut words = Vec::new();
    for labels in terms {
        words.push(term(labels, &mut letter)?);
    }
    let (output, inputs) = words.split_last().ok_or_else(|| Reason::from("its equation is empty"))?;
    Ok(format!("{}->{output}", inputs.join(",")))
}

impl Call<'_, '_> {
    /// A product by an equation.
    pub fn einsum(&mut self, equation: &str, inputs: &[&str]) -> String {
        let name = self.builder.fresh(&format!("{}/Einsum", self.layer));
        self.builder.nodes.push(super::super::proto::NodeProto {
            input: inputs.iter().map(|&input| input.to_owned()).collect(),
            output: vec![name.clone()],
            name: Some(name.clone()),
            op_type: Some("Einsum".to_owned()),
            attribute: vec![super::super::proto::AttributeProto {
                name: Some("equation".to_owned()),
                r#type: Some(super::super::proto::attribute_proto::AttributeType::String.into()),
                s: Some(equation.as_bytes().to_vec()),
                ..super::super::proto::AttributeProto::default()
            }],
            ..super::super::proto::NodeProto::default()
        });
        name
    }
}

impl Form for EinsumDense {
    const ONNX: &'static str = "`Einsum` and `Add`; the activation";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let (x, kernel) = (call.input(0)?, call.weight("kernel")?);
        let rank = x.ty.shape.rank();
        let [input, output] = [self.labels_of_input(rank).collect(), self.labels_of_output(rank).collect()];
        let equation = equation(&[input, self.equation.kernel.to_vec(), output])?;
        let mut y = call.einsum(&equation, &[&x.name, &kernel]);
        if let Some(bias) = call.maybe_weight("bias") {
            y = call.op("Add", &[&y, &bias]);
        }
        call.ending(self.activation, &y)
    }
}

impl Form for Embedding {
    const ONNX: &'static str = "`Gather`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let (x, table) = (call.x()?, call.weight("embeddings")?);
        Ok(vec![call.op_with("Gather", &[&table, &x], &[("axis", Attribute::Int(0))])])
    }
}

impl Form for ReversibleEmbedding {
    const ONNX: &'static str = "`Gather`; `MatMul` where it is called with `reverse = true`, and `Tanh` under a cap";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        if x.ty.dtype == DType::I32 {
            let table = call.weight("embeddings")?;
            return Ok(vec![call.op_with("Gather", &[&table, &x.name], &[("axis", Attribute::Int(0))])]);
        }
        let kernel =
            if self.tie_weights { call.weight_in("embeddings", &[1, 0], None)? } else { call.weight("reverse_embeddings")? };
        let mut logits = call.op("MatMul", &[&x.name, &kernel]);
        if let Some(cap) = self.logit_soft_cap {
            logits = call.with_number("Div", &logits, cap.0);
            logits = call.op("Tanh", &[&logits]);
            logits = call.with_number("Mul", &logits, cap.0);
        }
        Ok(vec![logits])
    }
}

impl Form for Identity {
    const ONNX: &'static str = "nothing";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        Ok(vec![call.x()?])
    }
}

impl Form for Masking {
    const ONNX: &'static str = "`Equal`, `ReduceMax` and `Mul`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.x()?;
        let is_padding = call.with_number("Equal", &x, self.mask_value.0);
        let counts = call.op("Not", &[&is_padding]);
        let counts = call.cast_to(&counts, DType::F32);
        let counts = call.reduce("ReduceMax", &counts, &[-1], true);
        Ok(vec![call.op("Mul", &[&x, &counts])])
    }
}
