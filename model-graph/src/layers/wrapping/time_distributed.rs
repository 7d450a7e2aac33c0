//! A layer at every step of a sequence.

use crate::argument::Wrapped;
use crate::layer::{Arity, Layer, Manner, Needs, Part, Slot, Space, WeightSpec, layer};
use crate::layers::AnyLayer;
use crate::layers::chain::{Given, Link, weights};
use crate::layers::masked::{self, MASK};
use crate::layers::steps;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

layer! {
    /// A layer that is called with every step of a sequence by itself, with the same weights.
    ///
    /// ```text
    /// output[step] = layer(input[step])
    /// ```
    ///
    /// The layer may be a model, `TimeDistributed(Encoder())(x)`, or a layer of one's own; such a one is called itself, so that its weights stand
    /// under its own name, and another call of it shares them.
    ///
    /// Random choices are made for every element of every step. Statistics of the batch are those of one step, and moving averages move once
    /// for each, one step after the other.
    ///
    /// A layer that takes a mask is given what the mask has of its step: for `TimeDistributed(LSTM(4))` the mask is `[steps, words]`, as that is which `x` has from
    /// an `Embedding` of `[steps, words]`. Behind the layer, a step counts if one of its words does.
    ///
    /// # Shapes
    ///
    /// Input `[steps, ..]`, of which the layer is given `[..]`; output `[steps, ..]` of what it gives. Weights: those of the layer.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(video: [5, 9, 9, 3]) -> [5, 7, 7, 8] {
    ///         TimeDistributed(Conv2D(8, 3))(video)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 5, 9, 9, 3)))?;
    /// assert_eq!(output.shape(), [1, 5, 7, 7, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/recurrent_layers/time_distributed/>.
    TimeDistributed {
        /// The layer or model, of one input and one output.
        layer: Wrapped,
    }
}

impl TimeDistributed {
    /// Whether the layer is told what to look at in a step.
    #[must_use]
    pub fn takes_mask(&self) -> bool {
        self.layer.layer.slots().iter().any(|slot| slot.name == masked::SLOT.name)
    }

    /// What it runs for an input of this type, and a mask if there is one, on one step.
    ///
    /// # Errors
    /// If the input has no steps, or they do not fit the layer.
    pub fn link(&self, inputs: &[TensorType]) -> Result<Link, Problem> {
        let (steps, part) = steps::split_features(&inputs[0])?;
        let layer = &self.layer.layer;
        let wrong = |expected, help| Problem::Wrapped { argument: "layer", expected, found: layer.source(), help };
        if layer.arity() != Arity::One {
            return Err(wrong("a layer of one input", "merge the tensors before, and wrap what comes behind"));
        }
        if layer.keeps_states() {
            return Err(wrong(
                "a layer that keeps no states",
                "leave `stateful` out: the steps are samples of one batch, none of which comes before another",
            ));
        }
        let mask = inputs.get(1).filter(|_| self.takes_mask());
        let of_step = mask.map(|mask| mask.with_shape(Shape(mask.shape.0.iter().skip(1).cloned().collect())));
        let link = Link::new(&self.layer, &part, Given { mask: of_step.as_ref(), ..Given::default() });
        let link = link.map_err(|problem| match (problem, mask) {
            (Problem::InputType { input, expected, .. }, Some(found)) if input == masked::SLOT.name => {
                Problem::InputType { operand: 1, input, expected: steps::joined(steps, &expected), found: found.clone() }
            }
            (problem, _) => steps::within(layer.source(), layer.class(), part, problem),
        })?;
        if link.outputs.len() == 1 { Ok(link) } else { Err(wrong("a layer of one output", "leave `return_state` out")) }
    }
}

impl Layer for TimeDistributed {
    const SLOTS: &'static [Slot] = masked::SLOTS;

    fn mask_use(&self) -> MaskUse {
        MaskUse::Steps
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let output = self.link(inputs)?.output();
        Ok(steps::joined(steps::split(&inputs[0])?.0, &output))
    }

    /// A mask of the steps says which of them count to what comes behind: at each the layer does the same. A layer that takes a mask is given what the
    /// mask has of its step.
    fn outputs(&self, inputs: &[TensorType], manner: Manner) -> Result<Vec<TensorType>, Problem> {
        if !self.takes_mask() || manner.has_no_slots() {
            let axes = manner.slot(MASK, inputs).first().map_or(1, |mask| mask.shape.rank().max(1));
            masked::check(inputs, manner, MASK, Shape(inputs[0].shape.0.iter().take(axes).cloned().collect()))?;
        }
        Ok(vec![self.infer(inputs)?])
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        self.link(&inputs[..1]).map_or_else(|_| Vec::new(), |link| weights(&[link]))
    }

    fn index_bound(&self) -> Option<usize> {
        self.layer.layer.index_bound()
    }

    fn mixes_samples(&self) -> bool {
        self.layer.layer.mixes_samples()
    }

    fn keras_parts(&self) -> Vec<Part<'_>> {
        vec![Part::layer(&*self.layer.name, "layer", &self.layer.layer)]
    }

    fn inner(&self) -> Vec<&AnyLayer> {
        vec![&*self.layer.layer]
    }

    fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        let input = match self.index_bound() {
            Some(_) => TensorType { dtype: DType::I32, ..TensorType::f32(inputs[0].clone()) },
            None => TensorType::f32(inputs[0].clone()),
        };
        let mask = inputs.get(1).map(|mask| TensorType { dtype: DType::Bool, shape: mask.clone() });
        let types: Vec<TensorType> = std::iter::once(input).chain(mask).collect();
        let Ok(link) = self.link(&types) else { return Needs::default() };
        let steps = inputs[0].0.first().cloned().unwrap_or_default();
        let Needs { inputs: reads_inputs, output, saved, forward_scratch, backward_scratch } = &link.needs;
        if !self.mixes_samples() {
            return link.needs.times(&steps);
        }
        // One step after the other, each in a place of its own: how many steps there were, in two numbers, and what each leaves.
        let kept = Space { fixed: saved.fixed.saturating_mul(&steps), ..saved.times(&steps) }.and(&Space::fixed(2));
        let part = |ty: &TensorType| Space::per_sample(ty.shape.count());
        let (input, output_room) = (part(&link.input), link.room());
        let both = input.and(&output_room);
        let mask = inputs.get(1).filter(|_| self.takes_mask());
        let mask = mask.map_or(Space::NONE, |mask| Space::per_sample(Shape(mask.0.iter().skip(1).cloned().collect()).count()));
        Needs {
            inputs: *reads_inputs,
            output: *output,
            saved: if *saved == Space::NONE { Space::NONE } else { kept },
            forward_scratch: forward_scratch.and(&both).and(&mask),
            // What a step was given and gave, and their gradients.
            backward_scratch: backward_scratch.and(&both).and(&both).and(&mask),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn every_step_is_the_layers_input() {
        check_rule(
            r#"TimeDistributed {"layer": {"class_name": "Dense", "config": {"units": 4}}}"#,
            &["[5, 3]", "[words, 3]", "[3]", "[5, words]", "i32[5, 3]"],
            "[5, 3] -> [5, 4], 16 parameters
[words, 3] -> [words, 4], 16 parameters
[3] -> Rank
[5, words] -> Inside
i32[5, 3] -> Inside",
        );
        let conv = r#"{"class_name": "Conv2D", "config": {"filters": 4, "kernel_size": 3}}"#;
        check_rule(
            &format!(r#"TimeDistributed {{"layer": {conv}}}"#),
            &["[5, 9, 9, 3]", "[9, 9, 3]"],
            "[5, 9, 9, 3] -> [5, 7, 7, 4], 112 parameters
[9, 9, 3] -> Inside",
        );
        let states = r#"{"class_name": "GRU", "config": {"units": 4, "return_state": true}}"#;
        check_rule(&format!(r#"TimeDistributed {{"layer": {states}}}"#), &["[5, 9, 3]"], "[5, 9, 3] -> Wrapped");
        check_rule(r#"TimeDistributed {"layer": {"class_name": "Add", "config": {}}}"#, &["[5, 9]"], "[5, 9] -> Wrapped");
        check_rule(
            r#"TimeDistributed {"layer": {"class_name": "Embedding", "config": {"input_dim": 9, "output_dim": 2}}}"#,
            &["i32[5, 9]"],
            "i32[5, 9] -> [5, 9, 2], 18 parameters",
        );
    }
}
