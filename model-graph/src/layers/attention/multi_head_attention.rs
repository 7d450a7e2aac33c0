//! Attention of several heads.

use crate::argument::{ListedAxes, OutputAxes, Rate, Size};
use crate::layer::{Arity, Flag, Layer, Manner, Needs, Part, Slot, WeightSpec, layer};
use crate::layers::arguments::care;
use crate::layers::attending::{self, Heads};
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Attention of several heads: each looks at the values by how well its queries meet its keys.
    ///
    /// ```text
    /// q, k, v = query · query/kernel, key · key/kernel, value · value/kernel    (of each head)
    /// scores = softmax(q · kᵀ / sqrt(key_dim))
    /// output = (scores · v, of all heads) · attention_output/kernel
    /// ```
    ///
    /// It is called with query and value; the keys are the values unless the call gives others. Masks are tensors of `bool`, in which true means
    /// "look at it": `MultiHeadAttention(2, 16)(query, value, key = key, value_mask = mask, use_causal_mask = true)`. All that are given
    /// must hold. A query that may look at nothing has scores of zero.
    ///
    /// # Shapes
    ///
    /// Query `[queries, features]`, value `[keys, features]`, key `[keys, features]`; output `[queries, features]` with the query's features.
    /// Several axes of steps are attended over together. Masks: `query_mask` `[queries]`, `value_mask` and `key_mask` `[keys]`,
    /// `attention_mask` `[queries, keys]` or `[heads, queries, keys]`. With `return_attention_scores = true` the scores are an output, too,
    /// `[heads, queries, keys]`: `let (y, scores) = MultiHeadAttention(2, 16)(x, x, return_attention_scores = true);`. Weights: `query/kernel`
    /// `[features, heads, key_dim]`, `query/bias` `[heads, key_dim]`, the same of `key`, of `value` and, with `use_gate`, of `gate` with `value_dim`,
    /// `attention_output/kernel` `[heads, value_dim, features]`, `attention_output/bias` `[features]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [5, 8]) -> [5, 8] {
    ///         MultiHeadAttention(2, 4)(x, x, use_causal_mask = true)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 5, 8)))?;
    /// assert_eq!(output.shape(), [1, 5, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/attention_layers/multi_head_attention/>; Vaswani et al. 2017, <https://arxiv.org/abs/1706.03762>;
    /// block by block: Dao et al. 2022, <https://arxiv.org/abs/2205.14135>; the gate: Qiu et al. 2025, <https://arxiv.org/abs/2505.06708>.
    MultiHeadAttention {
        /// How many heads there are.
        num_heads: Size,
        /// The size of each head's queries and keys.
        key_dim: Size,
        /// The size of each head's values; that of its keys unless given. Default: `None`.
        value_dim: Option<Size> = None,
        /// The share of scores that training drops. Default: `0.0`.
        dropout: Rate = Rate(0.0),
        /// Whether projections add a bias. Default: `true`.
        use_bias: bool = true,
        /// The axes of the output in the place of the query's features, a size or a list of them. Default: `None`.
        output_shape: Option<OutputAxes> = None,
        /// The axes that are attended over, the last ones before the features; all unless given. Default: `None`.
        attention_axes: Option<ListedAxes> = None,
        ..attending,
        ..projections,
    }
}

impl MultiHeadAttention {
    fn heads(&self) -> Heads<'_> {
        Heads {
            queries: self.num_heads.0.clone(),
            keys: self.num_heads.0.clone(),
            key_dim: &self.key_dim.0,
            value_dim: self.value_size(),
            output: self.output_shape.as_ref().map(|axes| axes.0.as_slice()),
            use_bias: self.use_bias,
            use_gate: self.use_gate,
            kernel: care!(self.kernel),
            bias: care!(self.bias),
            activity: self.activity_regularizer,
        }
    }

    /// The size of each head's values.
    #[must_use]
    pub fn value_size(&self) -> &crate::dim::Dim {
        &self.value_dim.as_ref().unwrap_or(&self.key_dim).0
    }

    /// How many of the query's axes are not attended over, of a shape that the rule has accepted.
    #[must_use]
    pub fn outer_axes(&self, query: &Shape) -> usize {
        attending::outer_axes(self.attention_axes.as_ref(), query).unwrap_or_default()
    }
}

impl Layer for MultiHeadAttention {
    const DIFFERS_IN_TRAINING: bool = true;
    const ARITY: Arity = Arity::Each(2);
    const SLOTS: &'static [Slot] = attending::PROJECTED_SLOTS;
    const FLAGS: &'static [Flag] = attending::FLAGS;
    const POSITIONAL: &'static [&'static str] = attending::PROJECTED;

    fn mask_use(&self) -> MaskUse {
        MaskUse::Passes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        self.outputs(inputs, Manner::default()).map(|mut outputs| outputs.swap_remove(0))
    }

    fn outputs(&self, inputs: &[TensorType], manner: Manner) -> Result<Vec<TensorType>, Problem> {
        self.heads().outputs((inputs, manner), self.attention_axes.as_ref(), self.sliding_window.is_some(), false)
    }

    fn keras_parts(&self) -> Vec<Part<'_>> {
        let part = |(name, attribute)| Part::new(name, attribute);
        let parts = [("query", "query_dense"), ("key", "key_dense"), ("value", "value_dense"), ("gate", "_gate_dense")];
        parts.into_iter().chain([("attention_output", "output_dense")]).map(part).collect()
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        self.heads().weights(inputs)
    }

    fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        self.heads().needs(inputs)
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_query_s_shape() {
        check_rule(
            r#"MultiHeadAttention {"num_heads": 2, "key_dim": 3}"#,
            &[
                "[5, 4] [7, 6]",
                "[words, 4] [6, 4]",
                "[2, 3, 4] [5, 7, 4]",
                "[5, 4] [7]",
                "[5, 4] [2, 7, 4]",
                "[5, words] [7, 4]",
                "i32[5, 4] [5, 4]",
            ],
            "[5, 4] [7, 6] -> [5, 4], 142 parameters
[words, 4] [6, 4] -> [words, 4], 118 parameters
[2, 3, 4] [5, 7, 4] -> [2, 3, 4], 118 parameters
[5, 4] [7] -> Rank
[5, 4] [2, 7, 4] -> Rank
[5, words] [7, 4] -> Unknown
i32[5, 4] [5, 4] -> DType",
        );
        check_rule(
            r#"MultiHeadAttention {"num_heads": 2, "key_dim": 3, "value_dim": 5, "output_shape": [2, 3], "use_bias": false, "use_gate": true}"#,
            &["[5, 4] [7, 6]"],
            "[5, 4] [7, 6] -> [5, 2, 3], 220 parameters",
        );
        check_rule(
            r#"MultiHeadAttention {"num_heads": 2, "key_dim": 3, "attention_axes": [2]}"#,
            &["[2, 3, 4] [2, 7, 4]", "[2, 3, 4] [5, 7, 4]", "[5, 4] [7, 6]"],
            "[2, 3, 4] [2, 7, 4] -> [2, 3, 4], 118 parameters
[2, 3, 4] [5, 7, 4] -> InputType
[5, 4] [7, 6] -> Axis",
        );
        check_rule(
            r#"MultiHeadAttention {"num_heads": 2, "key_dim": 3, "attention_axes": [1]}"#,
            &["[2, 3, 4] [2, 7, 4]", "[5, 4] [7, 6]"],
            "[2, 3, 4] [2, 7, 4] -> InnerAxes\n[5, 4] [7, 6] -> [5, 4], 142 parameters",
        );
    }
}
