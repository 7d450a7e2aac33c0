//! Attention of several heads that share keys and values.

use std::num::NonZeroUsize;

use crate::argument::{Rate, Size};
use crate::dim::Dim;
use crate::layer::{Arity, Flag, Layer, Manner, Needs, Part, Slot, WeightSpec, layer};
use crate::layers::arguments::{activity, care};
use crate::layers::attending::{self, Heads};
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Attention of several heads of queries, of which as many share each head of keys and values.
    ///
    /// ```text
    /// q, k, v = query · query/kernel, key · key/kernel, value · value/kernel    (of each head)
    /// scores = softmax(q · kᵀ / sqrt(head_dim))
    /// output = (scores · v, of all heads) · attention_output/kernel
    /// ```
    ///
    /// It is called as [`MultiHeadAttention`](super::multi_head_attention::MultiHeadAttention) is.
    ///
    /// # Shapes
    ///
    /// Query `[queries, features]`, value `[keys, features]`, key `[keys, other features]`; output `[queries, features]`. Masks: `query_mask`
    /// `[queries]`, `value_mask` and `key_mask` `[keys]`, `attention_mask` `[queries, keys]` or `[heads, queries, keys]`. Scores, where they are asked
    /// for, `[heads, queries, keys]`. Weights: `query/kernel` `[features, num_query_heads, head_dim]`, `query/bias` `[num_query_heads, head_dim]`,
    /// the same of `gate` with `use_gate`, `key/kernel` and `value/kernel` `[features, num_key_value_heads, head_dim]`, `key/bias` and `value/bias`
    /// `[num_key_value_heads, head_dim]`, `attention_output/kernel` `[num_query_heads, head_dim, features]`, `attention_output/bias` `[features]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [5, 8]) -> [5, 8] {
    ///         GroupQueryAttention(4, 6, 2)(x, x, use_causal_mask = true)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 5, 8)))?;
    /// assert_eq!(output.shape(), [1, 5, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/attention_layers/group_query_attention/>; Ainslie et al. 2023, <https://arxiv.org/abs/2305.13245>.
    GroupQueryAttention {
        /// The size of each head.
        head_dim: Size,
        /// How many heads of queries there are.
        num_query_heads: NonZeroUsize,
        /// How many heads of keys and values there are, which must divide those of queries.
        num_key_value_heads: NonZeroUsize,
        /// The share of scores that training drops. Default: `0.0`.
        dropout: Rate = Rate(0.0),
        /// Whether projections add a bias. Default: `true`.
        use_bias: bool = true,
        ..attending,
        ..projections,
    }
}

impl GroupQueryAttention {
    fn heads(&self) -> Heads<'_> {
        Heads {
            queries: Dim::from(self.num_query_heads.get()),
            keys: Dim::from(self.num_key_value_heads.get()),
            key_dim: &self.head_dim.0,
            value_dim: &self.head_dim.0,
            output: None,
            use_bias: self.use_bias,
            use_gate: self.use_gate,
            kernel: care!(self.kernel),
            bias: care!(self.bias),
            activity: self.activity_regularizer,
        }
    }
}

impl Layer for GroupQueryAttention {
    const DIFFERS_IN_TRAINING: bool = true;
    const ARITY: Arity = Arity::Each(2);
    const SLOTS: &'static [Slot] = attending::PROJECTED_SLOTS;
    const FLAGS: &'static [Flag] = attending::FLAGS;
    const POSITIONAL: &'static [&'static str] = attending::PROJECTED;

    // Keras counts what the last projection gives twice: as that projection's, and as the layer's.
    activity!();

    fn mask_use(&self) -> MaskUse {
        MaskUse::Passes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        self.outputs(inputs, Manner::default()).map(|mut outputs| outputs.swap_remove(0))
    }

    fn outputs(&self, inputs: &[TensorType], manner: Manner) -> Result<Vec<TensorType>, Problem> {
        let (queries, keys) = (self.num_query_heads.get(), self.num_key_value_heads.get());
        if !queries.is_multiple_of(keys) {
            return Err(Problem::Heads { queries, keys });
        }
        if let Some(operand) = inputs.iter().take(2).position(|input| input.shape.rank() != 2) {
            let found = inputs[operand].shape.clone();
            return Err(Problem::Rank { operand, expected: &["steps", "features"], found });
        }
        self.heads().outputs((inputs, manner), None, self.sliding_window.is_some(), true)
    }

    fn keras_parts(&self) -> Vec<Part<'_>> {
        let part = |(name, attribute)| Part::new(name, attribute);
        let parts = [("query", "_query_dense"), ("key", "_key_dense"), ("value", "_value_dense"), ("gate", "_gate_dense")];
        parts.into_iter().chain([("attention_output", "_output_dense")]).map(part).collect()
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
    fn heads_of_queries_share_those_of_keys() {
        check_rule(
            r#"GroupQueryAttention {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}"#,
            &["[5, 4] [7, 4]", "[words, 4] [6, 4]", "[5, 4] [7, 6]", "[2, 5, 4] [2, 7, 4]"],
            "[5, 4] [7, 4] -> [5, 4], 172 parameters
[words, 4] [6, 4] -> [words, 4], 172 parameters
[5, 4] [7, 6] -> InputType
[2, 5, 4] [2, 7, 4] -> Rank",
        );
        check_rule(
            r#"GroupQueryAttention {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 3}"#,
            &["[5, 4] [7, 4]"],
            "[5, 4] [7, 4] -> Heads",
        );
    }
}
