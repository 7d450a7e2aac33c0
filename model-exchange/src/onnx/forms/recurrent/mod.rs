//! Recurrent layers: ONNX's own operators where they compute the same, else a `Scan` over the steps.

use model_graph::argument::Activation;
use model_graph::layer::{Layer as _, Through};
use model_graph::layers::{ConvLSTM1D, ConvLSTM2D, ConvLSTM3D, GRU, INITIAL_STATE, LSTM, STEPS_MASK, SimpleRNN};
use model_graph::window::Window;

use super::super::call::{Call, Formed, Value};
use super::Form;

mod cells;
mod operator;
mod scan;
mod step;

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

    /// The output, and the states where they are asked for.
    fn returned(&self, output: String, states: Vec<String>) -> Vec<String> {
        std::iter::once(output).chain(states.into_iter().filter(|_| self.through.return_state)).collect()
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
