//! Attention of one head, without projections.

use crate::argument::{Initializer, Rate, ScoreMode};
use crate::layer::{Arity, Flag, Layer, Manner, Needs, Slot, WeightSpec, layer};
use crate::layers::attending;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Attention by the products of queries and keys.
    ///
    /// ```text
    /// scores = softmax(scale * query · keyᵀ)                                   "dot"
    /// scores = softmax(concat_score_weight * sum(tanh(scale * (query + key))))   "concat"
    /// output = scores · value
    /// ```
    ///
    /// It is called with a list of query and value, or of query, value and key; without a key, the values are the keys. Masks are tensors of `bool`,
    /// in which true means "look at it", in a list of their own, whose items may be `None`:
    /// `Attention()([query, value], mask = [None, mask], use_causal_mask = true)`. The output of a query that its mask leaves out is zero, and so are
    /// the scores of one that may look at nothing.
    ///
    /// # Shapes
    ///
    /// Query `[queries, features]`, value `[keys, value features]`, key `[keys, features]`; output `[queries, value features]`. Masks: `[queries]` and
    /// `[keys]`. With `return_attention_scores = true` the scores are an output, too, `[queries, keys]`. Weights: `scale` `[]` with `use_scale`,
    /// `concat_score_weight` `[]` with `"concat"`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(query: [3, 8], value: [5, 8]) -> [3, 8] {
    ///         Attention(use_scale = true)([query, value])
    ///     }
    /// }
    ///
    /// let (query, value) = (Array::<f32, _>::ones((1, 3, 8)), Array::<f32, _>::ones((1, 5, 8)));
    /// let output = Net::new(0).predict([("query", (&query).into()), ("value", (&value).into())])?;
    /// assert_eq!(output.shape(), [1, 3, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/attention_layers/attention/>; Luong et al. 2015, <https://arxiv.org/abs/1508.04025>.
    Attention {
        /// Whether a weight multiplies what scores are made of. Default: `false`.
        use_scale: bool = false,
        /// How query and key make a score, `"dot"` or `"concat"`. Default: `"dot"`.
        score_mode: ScoreMode = ScoreMode::Dot,
        /// The share of scores that training drops. Default: `0.0`.
        dropout: Rate = Rate(0.0),
        ..score_seed,
    }
}

impl Layer for Attention {
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

    fn weights(&self, _inputs: &[TensorType]) -> Vec<WeightSpec> {
        let weight = |name| WeightSpec::trainable(name, Shape::default(), Initializer::ONES);
        let scale = self.use_scale.then(|| weight("scale"));
        let concat = (self.score_mode == ScoreMode::Concat).then(|| weight("concat_score_weight"));
        scale.into_iter().chain(concat).collect()
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
            r#"Attention {}"#,
            &[
                "[5, 4] [7, 4]",
                "[words, 4] [6, 4]",
                "[5, 4] [7, 6] [7, 4]",
                "[5, 4] [7, 6]",
                "[5, 4] [7, 6] [6, 4]",
                "[5, 4]",
                "[5] [5, 4]",
            ],
            "[5, 4] [7, 4] -> [5, 4], 0 parameters
[words, 4] [6, 4] -> [words, 4], 0 parameters
[5, 4] [7, 6] [7, 4] -> [5, 6], 0 parameters
[5, 4] [7, 6] -> InputType
[5, 4] [7, 6] [6, 4] -> InputType
[5, 4] -> Arity
[5] [5, 4] -> Rank",
        );
        check_rule(
            r#"Attention {"use_scale": true, "score_mode": "concat"}"#,
            &["[5, 4] [7, 4]"],
            "[5, 4] [7, 4] -> [5, 4], 2 parameters",
        );
    }
}
