//! Attention by sums, of one head.

use crate::argument::{Initializer, Rate};
use crate::layer::{Arity, Flag, Layer, Manner, Needs, Slot, WeightSpec, layer};
use crate::layers::attending;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Attention by a function of the sums of queries and keys.
    ///
    /// ```text
    /// scores = softmax(sum(scale * tanh(query + key)))
    /// output = scores · value
    /// ```
    ///
    /// It is called as [`Attention`](super::attention::Attention) is.
    ///
    /// # Shapes
    ///
    /// Query `[queries, features]`, value `[keys, value features]`, key `[keys, features]`; output `[queries, value features]`. Masks: `[queries]` and
    /// `[keys]`. With `return_attention_scores = true` the scores are an output, too, `[queries, keys]`. Weights: `scale` `[features]`, if it has one.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(query: [3, 8], value: [5, 8]) -> [3, 8] {
    ///         AdditiveAttention()([query, value])
    ///     }
    /// }
    ///
    /// let (query, value) = (Array::<f32, _>::ones((1, 3, 8)), Array::<f32, _>::ones((1, 5, 8)));
    /// let output = Net::new(0).predict([("query", (&query).into()), ("value", (&value).into())])?;
    /// assert_eq!(output.shape(), [1, 3, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/attention_layers/additive_attention/>; Bahdanau et al. 2015, <https://arxiv.org/abs/1409.0473>.
    AdditiveAttention {
        /// Whether a weight multiplies each feature before the sum. Default: `true`.
        use_scale: bool = true,
        /// The share of scores that training drops. Default: `0.0`.
        dropout: Rate = Rate(0.0),
        ..score_seed,
    }
}

impl Layer for AdditiveAttention {
    const DIFFERS_IN_TRAINING: bool = true;
    const ARITY: Arity = Arity::OrOneMore(2);
    const SLOTS: &'static [Slot] = attending::LISTED_SLOTS;
    const FLAGS: &'static [Flag] = attending::FLAGS;

    fn mask_use(&self) -> MaskUse {
        MaskUse::Passes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        self.outputs(inputs, Manner::default()).map(|mut outputs| outputs.swap_remove(0))
    }

    fn outputs(&self, inputs: &[TensorType], manner: Manner) -> Result<Vec<TensorType>, Problem> {
        attending::listed_outputs(inputs, manner)
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let features = inputs[0].shape.0.last().cloned().unwrap_or_default();
        let scale = || WeightSpec::trainable("scale", [features], Initializer::GLOROT_UNIFORM);
        self.use_scale.then(scale).into_iter().collect()
    }

    fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        attending::listed_needs(inputs)
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_has_the_query_s_steps_and_the_value_s_features() {
        check_rule(
            r#"AdditiveAttention {}"#,
            &["[5, 4] [7, 4]", "[5, 4] [7, 6] [7, 4]", "[5, 4] [7, 6]"],
            "[5, 4] [7, 4] -> [5, 4], 4 parameters
[5, 4] [7, 6] [7, 4] -> [5, 6], 4 parameters
[5, 4] [7, 6] -> InputType",
        );
    }
}
