//! A step of a loop: the states behind it, from those before and from its input.

use model_graph::dim::Dim;
use model_graph::shape::{Shape, TensorType};

use super::super::super::attribute::Attribute;
use super::super::super::call::{Call, Reason, Value};
use super::super::convolutional::window_attributes;
use super::scan::convolution_kernel;
use super::{Cell, Recurrence};

impl Recurrence {
    /// A step: the states behind it, and its output once more, each under a name of its own.
    pub(super) fn step(
        &self,
        call: &mut Call<'_, '_>,
        before: &[String],
        x: &str,
        mask: Option<&str>,
        rank: usize,
    ) -> Result<Vec<String>, Reason> {
        let behind = self.states_behind(call, before, x)?;
        let mut output = behind.first().cloned().unwrap_or_default();
        let mut carried = Vec::new();
        match mask {
            None => carried.extend(behind),
            Some(mask) => {
                let axes: Vec<i64> = (1..=rank as i64).collect();
                let mask = call.unsqueeze(mask, &axes);
                for (before, behind) in before.iter().zip(&behind) {
                    carried.push(call.op("Where", &[&mask, behind, before]));
                }
                // A step that is not looked at gives the first state again, or nothing.
                output = if self.through.zero_output_for_mask {
                    let zero = call.number(0.0);
                    call.op("Where", &[&mask, &output, &zero])
                } else {
                    carried.first().cloned().unwrap_or_default()
                };
            }
        }
        carried.push(output);
        Ok(carried.iter().map(|name| call.op("Identity", &[name])).collect())
    }

    fn states_behind(&self, call: &mut Call<'_, '_>, before: &[String], x: &str) -> Result<Vec<String>, Reason> {
        let h = before.first().map(String::as_str).unwrap_or_default();
        match &self.cell {
            Cell::Simple => {
                let recurrent = call.weight("recurrent_kernel")?;
                let product = call.op("MatMul", &[h, &recurrent]);
                let sum = call.op("Add", &[x, &product]);
                Ok(vec![call.activate(self.activation, &sum)?])
            }
            Cell::Lstm | Cell::ConvLstm { .. } => {
                let product = self.product(call, h)?;
                let sum = call.op("Add", &[x, &product]);
                self.lstm(call, &sum, before.get(1).map(String::as_str).unwrap_or_default())
            }
            Cell::Gru { reset_after } => self.gru(call, h, x, *reset_after),
        }
    }

    /// The state times the recurrent kernel.
    fn product(&self, call: &mut Call<'_, '_>, h: &str) -> Result<String, Reason> {
        let Cell::ConvLstm { of_state, .. } = &self.cell else {
            let recurrent = call.weight("recurrent_kernel")?;
            return Ok(call.op("MatMul", &[h, &recurrent]));
        };
        let axes = of_state.len() + 2;
        let ty = TensorType::f32(Shape(vec![Dim::from(1); axes - 1]));
        let first = call.channels_first(&Value { name: h.to_owned(), ty });
        let kernel = convolution_kernel(call, "recurrent_kernel")?;
        // The padding of a step of 1 follows from the window alone.
        let open: Vec<Dim> = of_state.iter().map(|_| Dim::named("any")).collect();
        let y = call.op_with("Conv", &[&first, &kernel], &window_attributes(of_state, &open));
        Ok(call.channels_last(&y, axes))
    }

    fn gates(&self, call: &mut Call<'_, '_>, sum: &str, count: usize) -> Vec<String> {
        let sizes = call.longs(&vec![self.units as i64; count]);
        call.ops("Split", &[sum, &sizes], &[("axis", Attribute::Int(-1))], count)
    }

    fn lstm(&self, call: &mut Call<'_, '_>, sum: &str, cell: &str) -> Result<Vec<String>, Reason> {
        let gates = self.gates(call, sum, 4);
        let [input, forget, candidate, output] = gates.as_slice() else { return Err("it has four gates".into()) };
        let [input, forget, output] =
            [call.activate(self.gate, input)?, call.activate(self.gate, forget)?, call.activate(self.gate, output)?];
        let candidate = call.activate(self.activation, candidate)?;
        let kept = call.op("Mul", &[&forget, cell]);
        let new = call.op("Mul", &[&input, &candidate]);
        let cell = call.op("Add", &[&kept, &new]);
        let active = call.activate(self.activation, &cell)?;
        Ok(vec![call.op("Mul", &[&output, &active]), cell])
    }

    fn gru(&self, call: &mut Call<'_, '_>, h: &str, x: &str, reset_after: bool) -> Result<Vec<String>, Reason> {
        let parts = self.gates(call, x, 3);
        let [x_update, x_reset, x_new] = parts.as_slice() else { return Err("it has three gates".into()) };
        let (update, reset, new) = if reset_after {
            let recurrent = call.weight("recurrent_kernel")?;
            let mut product = call.op("MatMul", &[h, &recurrent]);
            if let Some(bias) = call.find("bias") {
                let width = bias.sizes.last().copied().unwrap_or_default();
                let bias = call.weight_of("bias", "state", &[width], |data| data.get(width..).unwrap_or_default().to_vec())?;
                product = call.op("Add", &[&product, &bias]);
            }
            let of_state = self.gates(call, &product, 3);
            let [update, reset, new] = of_state.as_slice() else { return Err("it has three gates".into()) };
            (update.clone(), reset.clone(), new.clone())
        } else {
            let units = self.units;
            let columns = |from: usize, count: usize| {
                move |data: &[f32]| {
                    let rows = data.chunks(3 * units.max(1));
                    rows.flat_map(|row| row.get(from..from + count).unwrap_or_default().to_vec()).collect::<Vec<f32>>()
                }
            };
            let gates = call.weight_of("recurrent_kernel", "gates", &[units, 2 * units], columns(0, 2 * units))?;
            let product = call.op("MatMul", &[h, &gates]);
            let of_state = self.gates(call, &product, 2);
            let [update, reset] = of_state.as_slice() else { return Err("it has two gates of the state".into()) };
            let new = call.weight_of("recurrent_kernel", "new", &[units, units], columns(2 * units, units))?;
            (update.clone(), reset.clone(), new)
        };
        let update = call.op("Add", &[x_update, &update]);
        let update = call.activate(self.gate, &update)?;
        let reset = call.op("Add", &[x_reset, &reset]);
        let reset = call.activate(self.gate, &reset)?;
        let new = if reset_after {
            call.op("Mul", &[&reset, &new])
        } else {
            let kept = call.op("Mul", &[&reset, h]);
            call.op("MatMul", &[&kept, &new])
        };
        let new = call.op("Add", &[x_new, &new]);
        let new = call.activate(self.activation, &new)?;
        // `z h + (1 - z) n`.
        let change = call.op("Sub", &[h, &new]);
        let change = call.op("Mul", &[&update, &change]);
        Ok(vec![call.op("Add", &[&new, &change])])
    }
}
