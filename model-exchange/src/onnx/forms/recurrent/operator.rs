//! ONNX's operators that go through a sequence, and their weights: the gates in ONNX's order, units in rows.

use model_graph::argument::Activation;

use super::super::super::attribute::Attribute;
use super::super::super::call::{Call, Formed, Reason, Value};
use super::{Cell, Recurrence};

/// An operator of ONNX that goes through a sequence.
pub(super) struct Operator {
    name: &'static str,
    /// Which of Keras's gates stands at each place.
    order: Vec<usize>,
    functions: Vec<&'static str>,
}

impl Operator {
    /// A kernel `[from, gates * units]` as `[1, gates * units, from]`, with the gates in ONNX's order.
    fn matrix(&self, call: &mut Call<'_, '_>, name: &str, units: usize) -> Result<String, Reason> {
        let weight = call.get(name)?;
        let [from, width] = weight.sizes.as_slice() else { return Err("its kernels have two axes".into()) };
        let (from, width) = (*from, *width);
        let order = self.order.clone();
        call.weight_of(name, "gates in rows", &[1, width, from], |data| {
            let column = |column: usize| (0..from).map(move |row| data.get(row * width + column).copied().unwrap_or_default());
            order.iter().flat_map(|gate| (0..units).flat_map(move |unit| column(gate * units + unit))).collect()
        })
    }

    /// The bias of the input, then that of the state, which only some have.
    fn bias(&self, call: &mut Call<'_, '_>, units: usize) -> Result<Option<String>, Reason> {
        if call.find("bias").is_none() {
            return Ok(None);
        }
        let width = self.order.len() * units;
        let order = self.order.clone();
        let ordered = move |data: &[f32]| {
            let part =
                |gate: &usize| data.get(gate * units..(gate + 1) * units).map_or_else(|| vec![0.0; units], <[f32]>::to_vec);
            order.iter().flat_map(part).collect::<Vec<f32>>()
        };
        let both = |data: &[f32]| [ordered(data), ordered(data.get(width..).unwrap_or_default())].concat();
        call.weight_of("bias", "of input and state", &[1, 2 * width], both).map(Some)
    }
}

impl Recurrence {
    /// ONNX's operator that computes the same.
    pub(super) fn operator(&self) -> Option<Operator> {
        let (name, order, count): (_, &[usize], _) = match self.cell {
            Cell::Simple => ("RNN", &[0], 1),
            Cell::Lstm => ("LSTM", &[0, 3, 1, 2], 3),
            Cell::Gru { .. } => ("GRU", &[0, 1, 2], 2),
            Cell::ConvLstm { .. } => return None,
        };
        let word = |function: Activation| match function {
            Activation::Relu => Some("Relu"),
            Activation::Tanh => Some("Tanh"),
            Activation::Sigmoid => Some("Sigmoid"),
            _ => None,
        };
        let (gate, activation) = (word(self.gate), word(self.activation)?);
        let functions = match count {
            1 => vec![activation],
            2 => vec![gate?, activation],
            _ => vec![gate?, activation, activation],
        };
        Some(Operator { name, order: order.to_vec(), functions })
    }

    /// Writes the operator's way through the sequence.
    pub(super) fn by_operator(&self, call: &mut Call<'_, '_>, operator: Operator, given: &[Value]) -> Formed {
        let (x, units) = (call.x()?, self.units);
        let x = call.transpose(&x, &[1, 0, 2]);
        let (kernel, recurrent) = (operator.matrix(call, "kernel", units)?, operator.matrix(call, "recurrent_kernel", units)?);
        let bias = operator.bias(call, units)?.unwrap_or_default();
        let mut inputs = vec![x, kernel, recurrent, bias, String::new()];
        for state in given {
            inputs.push(call.unsqueeze(&state.name, &[0]));
        }
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let direction = if self.through.go_backwards { "reverse" } else { "forward" };
        let mut attributes = vec![
            ("hidden_size", Attribute::Int(units as i64)),
            ("direction", Attribute::Text(direction)),
            ("activations", Attribute::Texts(operator.functions.clone())),
        ];
        if let Cell::Gru { reset_after } = self.cell {
            attributes.push(("linear_before_reset", Attribute::Int(i64::from(reset_after))));
        }
        let outputs = call.ops(operator.name, &inputs, &attributes, self.states() + 1);
        let [all, states @ ..] = outputs.as_slice() else { return Err("it has no output".into()) };
        let states: Vec<String> = states.iter().map(|state| call.squeeze(state, &[0])).collect();
        let output = if self.through.return_sequences {
            let all = call.squeeze(all, &[1]);
            // ONNX gives what it found backwards in the order of the sequence, Keras in the order of the steps.
            let all = if self.through.go_backwards { call.flip(&all, 0) } else { all };
            call.transpose(&all, &[1, 0, 2])
        } else {
            states.first().cloned().unwrap_or_default()
        };
        Ok(self.returned(output, states))
    }
}
