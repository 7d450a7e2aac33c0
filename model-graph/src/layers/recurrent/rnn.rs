//! A recurrent layer of cells.

use crate::argument::{Argument, Cell, Wrapped};
use crate::layer::{Layer, Manner, Needs, Part, Slot, Through, WeightSpec, layer};
use crate::layers::chain::{self, Link, Links};
use crate::layers::recurrence;
use crate::layers::{AnyLayer, INITIAL_STATE, OwnCell, cell};
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// A recurrent layer that goes through a sequence by a cell, or by several one behind the other.
    ///
    /// `RNN(LSTMCell(8))` is `LSTM(8)`, and `RNN([LSTMCell(8), GRUCell(4)])` computes what `LSTM(8, return_sequences = true)` and `GRU(4)` behind it
    /// do. The states start as zeros, or as what the call gives, all cells' one after the other:
    /// `RNN([LSTMCell(8), GRUCell(4)])(x, initial_state = [h, c, g])`.
    ///
    /// # Shapes
    ///
    /// Input `[steps, features]`, output `[units]` of the last cell, or `[steps, units]` with `return_sequences`. With `return_state`, the states
    /// of all cells after the last step are outputs, too: `let (y, h, c) = RNN(LSTMCell(8), return_state = true)(x);`. Weights: those of the
    /// cells.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [5, 3]) -> [5, 4] {
    ///         RNN([LSTMCell(8), GRUCell(4)], return_sequences = true)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 5, 4]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// A layer of one's own is a cell if it takes a tensor and states, and gives an output and as many states, of sizes that follow from its arguments and
    /// the tensor: `#[layer(shape = "[features], [units] -> [units], [units]")]`. It is called for one step after the other; a step
    /// that is masked gives its first state again, where that is of the output's shape, as in Keras, and else the output before it. It may be one of
    /// several cells.
    ///
    /// Source: <https://keras.io/api/layers/recurrent_layers/rnn/>.
    RNN {
        /// The cell, or a list of cells one behind the other.
        cell: Cell,
        /// Whether the output is that of every step, not only of the last. Default: `false`.
        return_sequences: bool = false,
        /// Whether the states after the last step are given as well, behind the output. Default: `false`.
        return_state: bool = false,
        /// Whether the sequence is gone through from its end. Outputs are in the order in which they are computed. Default: `false`.
        go_backwards: bool = false,
        /// Whether the next batch begins with the states that this one ends with, sample by sample, until they are reset. Default: `false`.
        stateful: bool = false,
        /// Without effect: how Keras compiles the steps. Default: `false`.
        unroll: bool = false,
        /// Whether a step that is not looked at gives zeros. Default: `false`.
        zero_output_for_mask: bool = false,
    }
}

/// Which of the slots is the mask.
const MASKED: usize = 1;

impl RNN {
    /// The layers that it runs, one behind the other.
    fn series(&self) -> Vec<Wrapped> {
        let through = self.through();
        through.map_or_else(Vec::new, |through| cell::over(std::slice::from_ref(&self.cell.0), through))
    }

    /// What it runs for inputs of these types.
    ///
    /// # Errors
    /// If the inputs do not fit.
    pub fn links(&self, inputs: &[TensorType], manner: Manner) -> Result<Links, Problem> {
        let mask = manner.slot(MASKED, inputs).first();
        let first = manner.start(INITIAL_STATE, inputs.len());
        let links = chain::series(self.series(), &inputs[0], manner.slot(INITIAL_STATE, inputs), mask);
        links.map_err(|problem| {
            problem.of_inputs(|operand| match operand {
                0 => 0,
                state => first.saturating_add(state.saturating_sub(1)),
            })
        })
    }
}

/// Checks that the sizes of the states of a cell of the user's own among several are known.
fn check_kept(link: &Link) -> Result<(), Problem> {
    let AnyLayer::RNN(rnn) = &link.layer else { return Ok(()) };
    rnn.own_cell().map_or(Ok(()), |cell| OwnCell::new(cell, &link.input)?.check_kept(&link.input))
}

impl Layer for RNN {
    const SLOTS: &'static [Slot] = chain::SLOTS;

    fn mask_use(&self) -> MaskUse {
        recurrence::mask_use(self.return_sequences)
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        self.outputs(&inputs[..1], Manner::default())?.into_iter().next().ok_or(Problem::Overflow)
    }

    fn outputs(&self, inputs: &[TensorType], manner: Manner) -> Result<Vec<TensorType>, Problem> {
        if let (Some(cell), Some(through)) = (self.own_cell(), self.through()) {
            let own = OwnCell::new(cell, &inputs[0])?;
            if self.stateful {
                own.check_kept(&inputs[0])?;
            }
            return own.outputs(through, (inputs, manner));
        }
        chain::check_slots(self.states(), self.series().first().map(|first| &*first.layer), (inputs, manner))?;
        if self.go_backwards && !manner.slot(MASKED, inputs).is_empty() && self.series().len() > 1 {
            // Those behind the first would need the mask turned round.
            let (expected, found) = ("one cell to go backwards over a mask", self.cell.to_source());
            let help = "wrap each cell in an `RNN` of its own, the first with `return_sequences = true`";
            return Err(Problem::Wrapped { argument: "cell", expected, found, help });
        }
        let links = self.links(inputs, manner)?;
        if self.stateful {
            links.iter().try_for_each(check_kept)?;
        }
        let output = links.last().map(|last| last.output()).ok_or(Problem::Overflow)?; // there is a cell
        let states = links.iter().flat_map(|link| link.outputs.iter().skip(1).cloned());
        Ok(std::iter::once(output).chain(states).collect())
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        if let Some(cell) = self.own_cell() {
            return OwnCell::new(cell, &inputs[0]).map_or_else(|_| Vec::new(), |own| own.weights(&self.cell.0));
        }
        self.links(&inputs[..1], Manner::default()).map_or_else(|_| Vec::new(), |links| chain::weights(&links))
    }

    fn through(&self) -> Option<Through> {
        let Self { return_sequences, return_state, go_backwards, zero_output_for_mask, .. } = *self;
        Some(Through { return_sequences, return_state, go_backwards, zero_output_for_mask })
    }

    fn states(&self) -> usize {
        self.cell.0.layer.states()
    }

    fn states_in_lists(&self) -> Vec<usize> {
        match self.series().as_slice() {
            [_] => Vec::new(),
            several => several.iter().map(|layer| layer.layer.states()).collect(),
        }
    }

    fn keeps_states(&self) -> bool {
        self.stateful
    }

    fn kept_states(&self, inputs: &[TensorType]) -> Vec<Shape> {
        recurrence::kept_states(self.stateful, Self { stateful: false, return_state: true, ..self.clone() }, inputs)
    }

    fn keras_parts(&self) -> Vec<Part<'_>> {
        vec![Part::layer(&*self.cell.0.name, "cell", &self.cell.0.layer)]
    }

    fn inner(&self) -> Vec<&AnyLayer> {
        vec![&*self.cell.0.layer]
    }

    fn along(&self, through: Through) -> Option<AnyLayer> {
        let Through { return_sequences, return_state, go_backwards, zero_output_for_mask } = through;
        Some(Self { return_sequences, return_state, go_backwards, zero_output_for_mask, ..self.clone() }.into())
    }

    fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        let input = [TensorType::f32(inputs[0].clone())];
        if let Some(cell) = self.own_cell() {
            return OwnCell::new(cell, &input[0]).map_or_else(|_| Needs::default(), |own| own.needs());
        }
        self.links(&input, Manner::default()).map_or_else(|_| Needs::default(), |links| chain::needs_of_series(&links))
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn cells_are_layers_one_behind_the_other() {
        let cells = r#"[{"class_name": "LSTMCell", "config": {"units": 4}}, {"class_name": "GRUCell", "config": {"units": 2}}]"#;
        check_rule(
            &format!(r#"RNN {{"cell": {cells}}}"#),
            &["[5, 3]", "[words, 3]", "[3]", "[5, words]", "i32[5, 3]"],
            "[5, 3] -> [2], 176 parameters
[words, 3] -> [2], 176 parameters
[3] -> Rank
[5, words] -> Unknown
i32[5, 3] -> DType",
        );
        check_rule(
            &format!(r#"RNN {{"cell": {cells}, "return_sequences": true}}"#),
            &["[5, 3]"],
            "[5, 3] -> [5, 2], 176 parameters",
        );
    }
}
