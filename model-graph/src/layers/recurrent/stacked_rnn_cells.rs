//! Cells one behind the other.

use crate::argument::{Cells, Wrapped};
use crate::layer::{Layer, Needs, Through, layer};
use crate::layers::cell;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Cells one behind the other, each of which is given what the one before it gives: [`RNN`](crate::layers::RNN) goes through a sequence by
    /// them. It is never called itself; `RNN([LSTMCell(8), GRUCell(4)])` is short for it.
    ///
    /// # Shapes
    ///
    /// Those of the `RNN` that holds it. Weights: those of all cells, one after the other.
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

impl Layer for StackedRNNCells {
    fn infer(&self, _inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let found = crate::layers::AnyLayer::from(self.clone()).source();
        Err(Problem::Wrapped { argument: "cells", expected: "`RNN` around it, which goes through a sequence by them", found })
    }

    fn states(&self) -> usize {
        self.cells.0.iter().map(|cell| cell.layer.states()).fold(0, usize::saturating_add)
    }

    fn over(&self, through: Through) -> Vec<Wrapped> {
        cell::over(&self.cells.0, through)
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs::default()
    }
}
