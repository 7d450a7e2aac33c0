//! A recurrent layer in both directions.

use crate::argument::{Absent, Argument, BackwardLayer, ForwardLayer, MergeMode, Wrapped};
use crate::dim::Dim;
use crate::layer::{Layer, Manner, Needs, Part, Slot, Space, WeightSpec, layer};
use crate::layers::chain::{self, Given, Link};
use crate::layers::recurrence;
use crate::layers::{AnyLayer, INITIAL_STATE};
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// A recurrent layer from the beginning of a sequence and another one from its end, whose outputs become one.
    ///
    /// ```text
    /// output = [layer(input), reversed(backward_layer(input))]
    /// ```
    ///
    /// What goes backwards is a copy of the layer with weights of its own, or a layer that is given. Where outputs are those of all steps, they
    /// are turned round, so that both are about the same step. The states start as zeros, or as what the call gives, those of the layer and
    /// then those of the other: `Bidirectional(LSTM(8))(x, initial_state = [h, c, h_back, c_back])`.
    ///
    /// # Shapes
    ///
    /// Input `[steps, features]`, output `[2 * units]`, or `[steps, 2 * units]` where the layer returns sequences; with another `merge_mode` than
    /// `"concat"` it is `units` in place of `2 * units`. With `merge_mode = None` there are two outputs. Where the layer returns its states, they
    /// are outputs, too: `let (y, h, c, h_back, c_back) = Bidirectional(LSTM(8, return_state = true))(x);`. Weights: those of the layer, then
    /// those of the other.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [5, 3]) -> [5, 16] {
    ///         Bidirectional(LSTM(8, return_sequences = true))(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 5, 16]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/recurrent_layers/bidirectional/>; Schuster and Paliwal 1997.
    Bidirectional {
        /// The recurrent layer that starts at the beginning.
        layer: ForwardLayer,
        /// How both outputs become one: `"concat"`, `"sum"`, `"ave"`, `"mul"`, or `None` for two outputs. Default: `"concat"`.
        merge_mode: MergeMode = MergeMode::Concat,
        /// Not supported.
        weights: Absent = Absent,
        /// The recurrent layer that starts at the end; a copy of the other where it is `None`. Default: `None`.
        backward_layer: Option<BackwardLayer> = None,
    }
}

/// Which of the slots is the mask.
const MASKED: usize = 1;

impl Bidirectional {
    /// Both layers.
    fn halves(&self) -> Option<[Wrapped; 2]> {
        let forward = &self.layer.0;
        let mut backward = match &self.backward_layer {
            Some(BackwardLayer(backward)) => backward.clone(),
            None => self.layer.turned()?,
        };
        if backward.name == forward.name {
            backward.name.push_str("_1");
        }
        Some([forward.clone(), backward])
    }

    /// What it runs for inputs of these types.
    ///
    /// # Errors
    /// If the inputs do not fit.
    pub fn links(&self, inputs: &[TensorType], manner: Manner) -> Result<[Link; 2], Problem> {
        let [forward, backward] = self.halves().ok_or(Problem::Overflow)?; // a recurrent layer has another direction
        let (mask, given) = (manner.slot(MASKED, inputs).first(), manner.slot(INITIAL_STATE, inputs));
        let (first, own) = (manner.start(INITIAL_STATE, inputs.len()), given.len().min(forward.layer.states()));
        let (states, others) = given.split_at(own);
        let link = |wrapped: &Wrapped, states: &[TensorType], before: usize| {
            let link = Link::new(wrapped, &inputs[0], Given { states, mask });
            link.map_err(|problem| {
                problem.of_inputs(|operand| match operand {
                    0 => 0,
                    state => first.saturating_add(before).saturating_add(state.saturating_sub(1)),
                })
            })
        };
        Ok([link(&forward, states, 0)?, link(&backward, others, own)?])
    }

    /// Refuses layers that do not give what goes together.
    fn check_halves(&self) -> Result<(), Problem> {
        let Some([forward, backward]) = self.halves() else { return Ok(()) };
        let (Some(first), Some(second)) = (forward.layer.through(), backward.layer.through()) else { return Ok(()) };
        let expected = match () {
            () if first.return_sequences != second.return_sequences => "a layer of the same `return_sequences`",
            () if first.return_state != second.return_state => "a layer of the same `return_state`",
            () if forward.layer.keeps_states() != backward.layer.keeps_states() => "a layer of the same `stateful`",
            () => return Ok(()),
        };
        let found = BackwardLayer(backward).to_source();
        let help = match expected {
            "a layer of the same `stateful`" => "write both layers with the same `stateful`",
            _ => "write both layers with the same `return_sequences` and `return_state`",
        };
        Err(Problem::Wrapped { argument: "backward_layer", expected, found, help })
    }
}

impl Layer for Bidirectional {
    const SLOTS: &'static [Slot] = chain::SLOTS;

    fn mask_use(&self) -> MaskUse {
        recurrence::mask_use(self.layer.0.layer.through().is_some_and(|through| through.return_sequences))
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        self.outputs(&inputs[..1], Manner::default())?.into_iter().next().ok_or(Problem::Overflow)
    }

    fn outputs(&self, inputs: &[TensorType], manner: Manner) -> Result<Vec<TensorType>, Problem> {
        self.check_halves()?;
        chain::check_slots(self.states(), Some(&*self.layer.0.layer), (inputs, manner))?;
        let links = self.links(inputs, manner)?;
        let [forward, backward] = links.each_ref().map(Link::output);
        let outputs = match self.merge_mode {
            MergeMode::Concat => {
                let mut shape = forward.shape.clone();
                let both = |first: &Dim| first.add(backward.shape.0.last()?);
                let last = shape.0.last_mut().ok_or(Problem::Overflow)?; // a recurrent layer's output has units
                *last = both(last).ok_or(Problem::Overflow)?;
                vec![forward.with_shape(shape)]
            }
            MergeMode::Apart => vec![forward, backward],
            MergeMode::Sum | MergeMode::Average | MergeMode::Multiply if forward == backward => vec![forward],
            MergeMode::Sum | MergeMode::Average | MergeMode::Multiply => {
                let found = self.backward_layer.as_ref().map(Argument::to_source).unwrap_or_default();
                let expected = "a layer of as many `units`";
                let help = "write both with the same `units`, or `merge_mode = \"concat\"`";
                return Err(Problem::Wrapped { argument: "backward_layer", expected, found, help });
            }
        };
        let states = links.iter().flat_map(|link| link.outputs.iter().skip(1).cloned());
        Ok(outputs.into_iter().chain(states).collect())
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        self.links(&inputs[..1], Manner::default()).map_or_else(|_| Vec::new(), |links| chain::weights(&links))
    }

    fn states(&self) -> usize {
        let states = self.halves().map(|halves| halves.map(|half| half.layer.states()));
        states.map_or(0, |[first, second]| first.saturating_add(second))
    }

    fn keeps_states(&self) -> bool {
        self.layer.0.layer.keeps_states()
    }

    fn kept_states(&self, inputs: &[TensorType]) -> Vec<Shape> {
        let links = self.links(&inputs[..1], Manner::default());
        links.map_or_else(|_| Vec::new(), |links| links.iter().flat_map(Link::kept_states).collect())
    }

    fn states_in_lists(&self) -> Vec<usize> {
        let halves = self.halves().into_iter().flatten().map(|half| half.layer);
        let lists = |layer: Box<AnyLayer>| match layer.states_in_lists() {
            // Each of its states stands alone.
            lists if lists.is_empty() => vec![1; layer.states()],
            lists => lists,
        };
        let lists: Vec<usize> = halves.flat_map(lists).collect();
        if lists.iter().all(|&states| states == 1) { Vec::new() } else { lists }
    }

    fn keras_parts(&self) -> Vec<Part<'_>> {
        let Some([forward, backward]) = self.halves() else { return Vec::new() };
        // The other half is of the same class where none is given.
        let other = self.backward_layer.as_ref().map_or(&*self.layer.0.layer, |BackwardLayer(backward)| &*backward.layer);
        vec![Part::layer(forward.name, "forward_layer", &self.layer.0.layer), Part::layer(backward.name, "backward_layer", other)]
    }

    fn inner(&self) -> Vec<&AnyLayer> {
        let backward = self.backward_layer.iter().map(|backward| &*backward.0.layer);
        std::iter::once(&*self.layer.0.layer).chain(backward).collect()
    }

    fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        let input = [TensorType::f32(inputs[0].clone())];
        let Ok(links) = self.links(&input, Manner::default()) else { return Needs::default() };
        let [forward, backward] = &links;
        let outputs = forward.room().and(&backward.room());
        let derives_from_output = links.iter().any(|link| link.needs.output);
        // Both outputs are put together when both are there; a product's gradient needs them again.
        let kept = if self.keeps_outputs(derives_from_output) { outputs.clone() } else { Space::NONE };
        Needs {
            inputs: links.iter().any(|link| link.needs.inputs),
            output: false,
            saved: forward.needs.saved.and(&backward.needs.saved).and(&kept),
            forward_scratch: forward.needs.forward_scratch.or(&backward.needs.forward_scratch).and(&outputs),
            backward_scratch: forward.needs.backward_scratch.or(&backward.needs.backward_scratch).and(&outputs),
        }
    }
}

impl Bidirectional {
    /// Whether the outputs of both are kept for backward.
    #[must_use]
    pub fn keeps_outputs(&self, derives_from_output: bool) -> bool {
        self.merge_mode == MergeMode::Multiply || derives_from_output
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_merges_two_directions() {
        let lstm = r#"{"class_name": "LSTM", "config": {"units": 4, "return_sequences": true}}"#;
        check_rule(
            &format!(r#"Bidirectional {{"layer": {lstm}}}"#),
            &["[5, 3]", "[words, 3]", "[3]", "[5, words]", "i32[5, 3]"],
            "[5, 3] -> [5, 8], 256 parameters
[words, 3] -> [words, 8], 256 parameters
[3] -> Rank
[5, words] -> Unknown
i32[5, 3] -> DType",
        );
        check_rule(
            &format!(r#"Bidirectional {{"layer": {lstm}, "merge_mode": "sum"}}"#),
            &["[5, 3]"],
            "[5, 3] -> [5, 4], 256 parameters",
        );
        let gru = |arguments: &str| format!(r#"{{"class_name": "GRU", "config": {{"go_backwards": true, {arguments}}}}}"#);
        for (mode, arguments, expected) in [
            ("concat", r#""units": 2, "return_sequences": true"#, "[5, 3] -> [5, 6], 170 parameters"),
            ("mul", r#""units": 2, "return_sequences": true"#, "[5, 3] -> Wrapped"),
            ("concat", r#""units": 4"#, "[5, 3] -> Wrapped"),
        ] {
            let layer =
                format!(r#"Bidirectional {{"layer": {lstm}, "merge_mode": "{mode}", "backward_layer": {}}}"#, gru(arguments));
            check_rule(&layer, &["[5, 3]"], expected);
        }
    }
}
