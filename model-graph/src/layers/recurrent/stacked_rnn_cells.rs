//! Cells one behind the other.

use crate::argument::{Cell, Cells, Wrapped};
use crate::layer::{Layer, Manner, Needs, Part, Slot, Through, WeightSpec, layer};
use crate::layers::{AnyLayer, RNN, cell};
use crate::names::Counter;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Cells one behind the other, each of which is given what the one before it gives, for [`RNN`], which goes through a
    /// sequence by them: `RNN([LSTMCell(8), GRUCell(4)])` is short for `RNN(StackedRNNCells([LSTMCell(8), GRUCell(4)]))`.
    ///
    /// It is also called by itself, for one step from the states that the call gives, all cells' one after the other:
    /// `let (y, h, c, g) = StackedRNNCells([LSTMCell(8), GRUCell(4)])(x, states = [h, c, g]);`.
    ///
    /// # Shapes
    ///
    /// Input `[features]` and states `[units]` of their cells, output `[units]` of the last cell, and the states behind the step. Weights:
    /// those of all cells, one after the other.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [5, 3]) -> [4] {
    ///         RNN(StackedRNNCells([LSTMCell(8), GRUCell(4)]))(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 4]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/recurrent_layers/stacked_rnn_cell/>.
    StackedRNNCells {
        /// The cells, the first of which is given the input.
        cells: Cells,
    }
}

impl StackedRNNCells {
    /// The layer of which a call is one step.
    #[must_use]
    pub fn one_step(&self) -> AnyLayer {
        let Through { return_sequences, return_state, go_backwards, zero_output_for_mask } = cell::ONE_STEP;
        let cell = Cell(Wrapped { layer: Box::new(self.clone().into()), name: String::new(), trainable: true });
        RNN { cell, return_sequences, return_state, go_backwards, stateful: false, unroll: false, zero_output_for_mask }.into()
    }
}

impl Layer for StackedRNNCells {
    const SLOTS: &'static [Slot] = cell::SLOTS;

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        cell::step(self.one_step(), &inputs[0], &[]).map(|step| step.output())
    }

    fn outputs(&self, inputs: &[TensorType], manner: Manner) -> Result<Vec<TensorType>, Problem> {
        cell::outputs(self.one_step(), self.states(), inputs, manner)
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        cell::weights(self.one_step(), inputs)
    }

    fn states(&self) -> usize {
        self.cells.0.iter().map(|cell| cell.layer.states()).fold(0, usize::saturating_add)
    }

    fn states_in_lists(&self) -> Vec<usize> {
        self.cells.0.iter().map(|cell| cell.layer.states()).collect()
    }

    fn over(&self, through: Through) -> Vec<Wrapped> {
        cell::over(&self.cells.0, through)
    }

    fn keras_parts(&self) -> Vec<Part<'_>> {
        let mut names = Counter::default();
        let cells = self.cells.0.iter();
        cells.map(|cell| Part::layer(&*cell.name, format!("cells/{}", names.next(cell.layer.class())), &cell.layer)).collect()
    }

    fn inner(&self) -> Vec<&AnyLayer> {
        self.cells.0.iter().map(|cell| &*cell.layer).collect()
    }

    fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        cell::needs(self.one_step(), inputs)
    }
}
