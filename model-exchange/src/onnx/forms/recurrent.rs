//! Recurrent layers: ONNX's own operators where they compute the same, else a `Scan` over the steps.

use model_graph::argument::Activation;
use model_graph::dim::Dim;
use model_graph::layer::{Layer as _, Manner, Through};
use model_graph::layers::{
    ConvLSTM1D, ConvLSTM2D, ConvLSTM3D, GRU, GRUCell, INITIAL_STATE, LSTM, LSTMCell, Link, RNN, STEPS_MASK, SimpleRNN, SimpleRNNCell,
    StackedRNNCells,
};
use model_graph::shape::{DType, Shape, TensorType};
use model_graph::window::Window;

use super::super::attribute::Attribute;
use super::super::call::{Call, Formed, Reason, Value};
use super::super::described;
use super::super::weights::Weight;
use super::Form;
use super::convolutional::window_attributes;

/// What a step computes.
enum Cell {
    /// `act(x + h U)`.
    Simple,
    /// With a cell beside the state.
    Lstm,
    /// With a gate that resets the state, before or after its product.
    Gru { reset_after: bool },
    /// A cell whose products are convolutions.
    ConvLstm { windows: Vec<Window>, of_state: Vec<Window> },
}

/// A recurrent layer.
struct Recurrence {
    cell: Cell,
    units: usize,
    activation: Activation,
    gate: Activation,
    through: Through,
}

impl Recurrence {
    /// How many states there are.
    fn states(&self) -> usize {
        match self.cell {
            Cell::Simple | Cell::Gru { .. } => 1,
            Cell::Lstm | Cell::ConvLstm { .. } => 2,
        }
    }

    /// Writes the way through the sequence.
    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let given: Vec<Value> = call.manner.slot(INITIAL_STATE, &call.inputs).to_vec();
        let mask = call.slot(STEPS_MASK);
        match (self.operator(), mask) {
            (Some(operator), None) => self.by_operator(call, operator, &given),
            (_, mask) => self.by_scan(call, &given, mask),
        }
    }

    /// ONNX's operator that computes the same.
    fn operator(&self) -> Option<Operator> {
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

    fn by_operator(&self, call: &mut Call<'_, '_>, operator: Operator, given: &[Value]) -> Formed {
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

    fn returned(&self, output: String, states: Vec<String>) -> Vec<String> {
        std::iter::once(output).chain(states.into_iter().filter(|_| self.through.return_state)).collect()
    }

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
                let dims: Vec<Dim> = x.ty.shape.0.iter().take(1).chain(state.iter().take(state.len().saturating_sub(1))).cloned().collect();
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

    fn by_scan(&self, call: &mut Call<'_, '_>, given: &[Value], mask: Option<Value>) -> Formed {
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
    fn body(&self, call: &mut Call<'_, '_>, carried: usize, is_masked: bool, rank: usize) -> Result<super::super::proto::GraphProto, Reason> {
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

    /// A step: the states behind it, and its output once more, each under a name of its own.
    fn step(&self, call: &mut Call<'_, '_>, before: &[String], x: &str, mask: Option<&str>, rank: usize) -> Result<Vec<String>, Reason> {
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
        let [input, forget, output] = [
            call.activate(self.gate, input)?,
            call.activate(self.gate, forget)?,
            call.activate(self.gate, output)?,
        ];
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

fn convolution_kernel(call: &mut Call<'_, '_>, name: &str) -> Result<String, Reason> {
    let window = call.get(name)?.sizes.len().saturating_sub(2);
    let order: Vec<usize> = [window + 1, window].into_iter().chain(0..window).collect();
    call.weight_in(name, &order, None)
}

/// An operator of ONNX that goes through a sequence.
struct Operator {
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
            let part = |gate: &usize| data.get(gate * units..(gate + 1) * units).map_or_else(|| vec![0.0; units], <[f32]>::to_vec);
            order.iter().flat_map(part).collect::<Vec<f32>>()
        };
        let both = |data: &[f32]| [ordered(data), ordered(data.get(width..).unwrap_or_default())].concat();
        call.weight_of("bias", "of input and state", &[1, 2 * width], both).map(Some)
    }
}

macro_rules! recurrent {
    ($($layer:ident: $words:literal, |$own:ident| $cell:expr, $gate:expr;)*) => {
        $(impl Form for $layer {
            const ONNX: &'static str = $words;

            fn form(&self, call: &mut Call<'_, '_>) -> Formed {
                let $own = self;
                let Some(through) = self.through() else { return Err("it goes through no sequence".into()) };
                let (cell, gate) = ($cell, $gate);
                Recurrence { cell, units: self.units.get(), activation: self.activation.0, gate, through }.form(call)
            }
        })*
    };
}

recurrent! {
    SimpleRNN: "`RNN`; `Scan` with a mask, or with other functions than `relu`, `tanh` and `sigmoid`", |_layer| Cell::Simple, Activation::Linear;
    LSTM: "`LSTM`; `Scan` with a mask, or with other functions than `relu`, `tanh` and `sigmoid`",
        |_layer| Cell::Lstm, _layer.recurrent_activation.0;
    GRU: "`GRU`; `Scan` with a mask, or with other functions than `relu`, `tanh` and `sigmoid`",
        |layer| Cell::Gru { reset_after: layer.reset_after }, layer.recurrent_activation.0;
}

macro_rules! convolving {
    ($($layer:ident),*) => {
        $(impl Form for $layer {
            const ONNX: &'static str = "`Conv`, and `Scan` with `Conv` in it";

            fn form(&self, call: &mut Call<'_, '_>) -> Formed {
                let Some(through) = self.through() else { return Err("it goes through no sequence".into()) };
                let cell = Cell::ConvLstm { windows: self.windows().to_vec(), of_state: self.state_windows().to_vec() };
                let (activation, gate) = (self.activation.0, self.recurrent_activation.0);
                Recurrence { cell, units: self.filters.get(), activation, gate, through }.form(call)
            }
        })*
    };
}

convolving!(ConvLSTM1D, ConvLSTM2D, ConvLSTM3D);

impl<'w> Call<'_, 'w> {
    /// A layer that this one runs, of these tensors, with the next of its weights.
    pub fn link(&mut self, link: &Link, x: &Value, states: &[Value], mask: Option<&Value>, weights: &mut &[Weight<'w>]) -> Formed {
        let (own, rest) = weights.split_at_checked(link.weights.len()).unwrap_or((weights, &[]));
        *weights = rest;
        let named = own.iter().zip(&link.weights);
        let own = named.map(|(weight, spec)| Weight { name: spec.name.to_string(), ..weight.clone() }).collect();
        let slot = |name: &str| link.layer.slots().iter().position(|slot| slot.name == name);
        let states = slot("initial_state").filter(|_| !states.is_empty()).map(|slot| (slot, states.to_vec()));
        let mask = slot("mask").zip(mask).map(|(slot, mask)| (slot, vec![mask.clone()]));
        let (inputs, manner) = Manner::arranged(vec![x.clone()], states.into_iter().chain(mask).collect());
        let mut call = self.within(&link.path, inputs, link.outputs.clone(), manner, own);
        super::form(&link.layer, &mut call)
    }

    /// Layers one behind the other: what the last gives, then the states of all.
    fn series(&mut self, links: &[Link], states: &[Value], mask: Option<&Value>) -> Formed {
        let (mut x, mut left, mut all) = (self.input(0)?, states, Vec::new());
        let weights = self.weights.clone();
        let mut weights = weights.as_slice();
        for link in links {
            let (own, rest) = left.split_at(left.len().min(link.layer.states()));
            left = rest;
            let given = self.link(link, &x, own, mask, &mut weights)?;
            let [output, states @ ..] = given.as_slice() else { return Err("it has no output".into()) };
            all.extend(states.iter().cloned());
            let ty = link.outputs.first().cloned().unwrap_or_default();
            x = Value { name: output.clone(), ty };
        }
        Ok(std::iter::once(x.name).chain(all).collect())
    }

    /// A step of a cell: a sequence of one.
    fn one_step(&mut self, links: &[Link]) -> Formed {
        let x = self.input(0)?;
        let states: Vec<Value> = self.manner.slot(0, &self.inputs).to_vec();
        let name = self.unsqueeze(&x.name, &[1]);
        let dims = std::iter::once(Dim::from(1)).chain(x.ty.shape.0.iter().cloned()).collect();
        if let Some(first) = self.inputs.first_mut() {
            *first = Value { name, ty: x.ty.with_shape(Shape(dims)) };
        }
        self.series(links, &states, None)
    }
}

/// The types of what a call is given.
fn types(call: &Call<'_, '_>) -> Vec<TensorType> {
    call.inputs.iter().map(|input| input.ty.clone()).collect()
}

impl Form for RNN {
    const ONNX: &'static str = "what its cells' layers become, one behind the other; none with a cell of the user's own";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        if self.own_cell().is_some() {
            return Err("its cell is code of the user's own".into());
        }
        let links = self.links(&types(call), call.manner).map_err(|_| Reason::from("its cells do not fit its input"))?;
        let states: Vec<Value> = call.manner.slot(INITIAL_STATE, &call.inputs).to_vec();
        let mask = call.slot(STEPS_MASK);
        let mut given = call.series(&links, &states, mask.as_ref())?;
        given.truncate(call.outputs.len());
        Ok(given)
    }
}

macro_rules! cells {
    ($($layer:ident),*) => {
        $(impl Form for $layer {
            const ONNX: &'static str = "what its layer becomes, of a sequence of one step";

            fn form(&self, call: &mut Call<'_, '_>) -> Formed {
                let rnn = RNN {
                    cell: model_graph::argument::Cell(model_graph::argument::Wrapped::new(self.clone().into(), None, true)),
                    return_sequences: false,
                    return_state: true,
                    go_backwards: false,
                    stateful: false,
                    unroll: false,
                    zero_output_for_mask: false,
                };
                let x = call.input(0)?;
                let dims = std::iter::once(Dim::from(1)).chain(x.ty.shape.0.iter().cloned()).collect();
                let sequence = x.ty.with_shape(Shape(dims));
                let links = rnn.links(&[sequence], Manner::default()).map_err(|_| Reason::from("its cell does not fit its input"))?;
                call.one_step(&links)
            }
        })*
    };
}

cells!(GRUCell, LSTMCell, SimpleRNNCell, StackedRNNCells);
