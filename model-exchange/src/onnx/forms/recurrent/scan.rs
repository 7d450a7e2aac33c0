//! A loop over the steps of a sequence, with what can be computed for all steps at once before it.

use model_graph::dim::Dim;
use model_graph::shape::{DType, Shape, TensorType};
use model_graph::window::Window;

use super::super::super::attribute::Attribute;
use super::super::super::call::{Call, Formed, Reason, Value};
use super::super::super::described;
use super::super::super::proto::GraphProto;
use super::super::convolutional::window_attributes;
use super::{Cell, Recurrence};

impl Recurrence {
    /// What the steps' inputs come to, for all steps at once.
    fn projected(&self, call: &mut Call<'_, '_>, x: &Value) -> Result<String, Reason> {
        let bias = match (&self.cell, call.find("bias")) {
            (_, None) => None,
            (Cell::Gru { reset_after: true }, Some(bias)) => {
                let width = bias.sizes.last().copied().unwrap_or_default();
                Some(call.weight_of("bias", "input", &[width], |data| data.get(..width).unwrap_or_default().to_vec())?)
            }
            (_, Some(_)) => Some(call.weight("bias")?),
        };
        let projected = match &self.cell {
            Cell::ConvLstm { windows, .. } => {
                let steps = call.merge_steps(x)?;
                let first = call.channels_first(&steps);
                let mut attributes = window_attributes(windows, &steps.ty.shape.0);
                attributes.push(dilations(windows));
                let kernel = convolution_kernel(call, "kernel")?;
                let y = call.op_with("Conv", &[&first, &kernel], &attributes);
                let y = call.channels_last(&y, steps.axes());
                let state = call.state_shape(self.through.return_sequences);
                let dims: Vec<Dim> =
                    x.ty.shape.0.iter().take(1).chain(state.iter().take(state.len().saturating_sub(1))).cloned().collect();
                let all = dims.into_iter().chain([Dim::from(self.units * 4)]).collect();
                call.split_steps(&y, &TensorType::f32(Shape(all)))?
            }
            Cell::Simple | Cell::Lstm | Cell::Gru { .. } => {
                let kernel = call.weight("kernel")?;
                call.op("MatMul", &[&x.name, &kernel])
            }
        };
        Ok(match bias {
            Some(bias) => call.op("Add", &[&projected, &bias]),
            None => projected,
        })
    }

    /// Writes the loop.
    pub(super) fn by_scan(&self, call: &mut Call<'_, '_>, given: &[Value], mask: Option<Value>) -> Formed {
        let x = call.input(0)?;
        let state = call.state_shape(self.through.return_sequences);
        let projected = self.projected(call, &x)?;
        let mut carried = Vec::new();
        for place in 0..self.states() {
            carried.push(match given.get(place) {
                Some(state) => state.name.clone(),
                None => call.filled(&x.name, &state, DType::F32, 0.0)?,
            });
        }
        let scanned: Vec<String> = std::iter::once(projected).chain(mask.as_ref().map(|mask| mask.name.clone())).collect();
        let body = self.body(call, carried.len(), mask.is_some(), state.len())?;
        let inputs: Vec<&str> = carried.iter().chain(&scanned).map(String::as_str).collect();
        let all = |number: i64| Attribute::Ints(vec![number; scanned.len()]);
        let attributes = [
            ("body", Attribute::Body(Box::new(body))),
            ("num_scan_inputs", Attribute::Int(scanned.len() as i64)),
            ("scan_input_axes", all(1)),
            ("scan_input_directions", all(i64::from(self.through.go_backwards))),
            ("scan_output_axes", Attribute::Ints(vec![1])),
        ];
        let outputs = call.ops("Scan", &inputs, &attributes, carried.len() + 1);
        let states: Vec<String> = outputs.iter().take(self.states()).cloned().collect();
        let all = outputs.last().cloned().unwrap_or_default();
        let output = match (self.through.return_sequences, mask.is_some() && self.through.zero_output_for_mask) {
            (true, _) => all,
            // The last step may be one that is not looked at.
            (false, true) => {
                let last = call.long(-1);
                call.op_with("Gather", &[&all, &last], &[("axis", Attribute::Int(1))])
            }
            (false, false) => states.first().cloned().unwrap_or_default(),
        };
        Ok(self.returned(output, states))
    }

    /// The body of the loop: what a step makes of the states and of its input.
    fn body(&self, call: &mut Call<'_, '_>, carried: usize, is_masked: bool, rank: usize) -> Result<GraphProto, Reason> {
        let name = format!("{}/step", call.layer);
        let before: Vec<String> = (0..carried).map(|place| call.builder.fresh(&format!("{name}/state_{place}"))).collect();
        let x = call.builder.fresh(&format!("{name}/input"));
        let mask = call.builder.fresh(&format!("{name}/mask"));
        let outer = call.builder.begin();
        let written = self.step(call, &before, &x, is_masked.then_some(mask.as_str()), rank);
        let float = TensorType::f32(Shape::default());
        let info = |name: &String| described(name, &float, None);
        let mut input: Vec<_> = before.iter().chain([&x]).map(info).collect();
        if is_masked {
            input.push(described(&mask, &TensorType { dtype: DType::Bool, shape: Shape::default() }, None));
        }
        let outputs = written.as_ref().map(|names| names.iter().map(info).collect()).unwrap_or_default();
        let body = call.builder.end(outer, &name, input, outputs);
        written.map(|_| body)
    }
}

impl Call<'_, '_> {
    /// The shape of a state: the output's, without its steps.
    fn state_shape(&self, return_sequences: bool) -> Vec<Dim> {
        let shape = self.shape();
        shape.0.into_iter().skip(usize::from(return_sequences)).collect()
    }
}

fn dilations(windows: &[Window]) -> (&'static str, Attribute) {
    ("dilations", Attribute::Ints(windows.iter().map(|window| window.dilation as i64).collect()))
}

/// A kernel as ONNX has it: what comes out, what goes in, then the window.
pub(super) fn convolution_kernel(call: &mut Call<'_, '_>, name: &str) -> Result<String, Reason> {
    let window = call.get(name)?.sizes.len().saturating_sub(2);
    let order: Vec<usize> = [window + 1, window].into_iter().chain(0..window).collect();
    call.weight_in(name, &order, None)
}
