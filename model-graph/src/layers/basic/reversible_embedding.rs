//! Vectors looked up by numbers, and the way back: how much a vector is like each of them.

use crate::argument::{Constraint, Initializer, Positive, Regularizer, SingleType, Size};
use crate::layer::{Flag, Layer, Manner, Needs, Space, WeightSpec, layer};
use crate::layers::arguments::{activity, care};
use crate::layers::basic::embedding;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// A vector for each of a number of things, looked up by their numbers, as of [`Embedding`](crate::layers::Embedding); and called with
    /// `reverse = true`, a score of each of the things for a vector.
    ///
    /// `output[..] = embeddings[input[..]]`; in reverse `output = input · embeddingsᵀ`, or with `tie_weights = false`,
    /// `output = input · reverse_embeddings`. With a `logit_soft_cap` of `c`, the scores become `c tanh(output / c)`.
    ///
    /// # Shapes
    ///
    /// Input `i32[..]`, numbers from 0 to less than `input_dim`; output `[.., output_dim]`. In reverse, input `[.., output_dim]`, output
    /// `[.., input_dim]`. Weights: `embeddings` `[input_dim, output_dim]`; unless they are tied, `reverse_embeddings` `[output_dim, input_dim]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::array;
    ///
    /// functional_model! {
    ///     model Net(words: i32[5]) -> [5, 100] {
    ///         let embedding = ReversibleEmbedding(100, 8);
    ///         let x = embedding(words);
    ///         let x = Dense(8, activation = "relu")(x);
    ///         embedding(x, reverse = true)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&array![[7, 0, 99, 3, 3]])?;
    /// assert_eq!(output.shape(), [1, 5, 100]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: Press and Wolf 2016, <https://arxiv.org/abs/1608.05859>; <https://keras.io/api/layers/core_layers/reversible_embedding/>.
    ReversibleEmbedding {
        /// How many things there are.
        input_dim: Size,
        /// The size of each vector.
        output_dim: Size,
        /// Whether the way back is by the same vectors. Default: `true`.
        tie_weights: bool = true,
        /// How the vectors start. Default: `"random_uniform"`.
        embeddings_initializer: Initializer = Initializer::UNIFORM,
        /// A penalty on the vectors, which the loss includes; those of the way back have none. Default: `None`.
        embeddings_regularizer: Option<Regularizer> = None,
        /// What the vectors are made to be after every step, likewise. Default: `None`.
        embeddings_constraint: Option<Constraint> = None,
        /// Whether 0 stands for no element: then what comes behind passes over it, by a mask, which ends where the way back begins. Default: `false`.
        mask_zero: bool = false,
        /// The type of numbers that the way back is computed in: that of the model. Default: `None`.
        reverse_dtype: Option<SingleType> = None,
        /// What scores are kept between, above and below zero. Default: `None`.
        logit_soft_cap: Option<Positive> = None,
        ..activity_regularizer,
    }
}

/// The flag that asks for the way back.
pub const REVERSE: usize = 0;

impl Layer for ReversibleEmbedding {
    const FLAGS: &'static [Flag] =
        &[Flag { name: "reverse", expected: "whether vectors are given, and scores of all things are asked for" }];

    activity!();

    fn mask_use(&self) -> MaskUse {
        if self.mask_zero { MaskUse::Differs(0.0) } else { MaskUse::Ends }
    }

    fn mask_use_in(&self, manner: Manner) -> MaskUse {
        if manner.flag(REVERSE) { MaskUse::Ends } else { self.mask_use() }
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        embedding::looked_up(&inputs[0], [&self.input_dim, &self.output_dim])
    }

    fn outputs(&self, inputs: &[TensorType], manner: Manner) -> Result<Vec<TensorType>, Problem> {
        if !manner.flag(REVERSE) {
            return self.infer(inputs).map(|output| vec![output]);
        }
        let before = inputs[0].shape.0.split_last().map_or(&[][..], |(_, before)| before);
        let with = |last: &Size| TensorType::f32(Shape(before.iter().cloned().chain([last.0.clone()]).collect()));
        self.input_dim.0.mul(&self.output_dim.0).ok_or(Problem::Overflow)?;
        let expected = with(&self.output_dim);
        if inputs[0] != expected {
            return Err(Problem::InputType { operand: 0, input: "inputs".to_owned(), expected, found: inputs[0].clone() });
        }
        Ok(vec![with(&self.input_dim)])
    }

    fn weights(&self, _inputs: &[TensorType]) -> Vec<WeightSpec> {
        let [things, vector] = [&self.input_dim, &self.output_dim].map(|size| size.0.clone());
        let back = (!self.tie_weights)
            .then(|| WeightSpec::trainable("reverse_embeddings", [vector.clone(), things.clone()], self.embeddings_initializer));
        let vectors = WeightSpec::cared_for("embeddings", [things, vector], care!(self.embeddings));
        std::iter::once(vectors).chain(back).collect()
    }

    fn index_bound(&self) -> Option<usize> {
        Some(self.input_dim.get())
    }

    fn needs(&self, inputs: &[Shape], output: &Shape) -> Needs {
        let is_reverse = inputs[0].rank() == output.rank();
        // The gradient of the input, which may be added to another one.
        let gradient = if is_reverse { Space::per_sample(inputs[0].count()) } else { Space::default() };
        Needs {
            inputs: true,
            output: is_reverse && self.logit_soft_cap.is_some(),
            backward_scratch: gradient,
            ..Needs::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::testing::check_rule;
    use crate::layers::{AnyLayer, Class};

    #[test]
    fn it_looks_up_vectors() {
        check_rule(
            r#"ReversibleEmbedding {"input_dim": 9, "output_dim": 4}"#,
            &["i32[5]", "i32[]", "[5, 4]"],
            "i32[5] -> [5, 4], 36 parameters
i32[] -> [4], 36 parameters
[5, 4] -> DType",
        );
        check_rule(
            r#"ReversibleEmbedding {"input_dim": 9, "output_dim": 4, "tie_weights": false}"#,
            &["i32[words]"],
            "i32[words] -> [words, 4], 72 parameters",
        );
    }

    #[test]
    fn in_reverse_it_scores_all_things() {
        let arguments = serde_json::from_str(r#"{"input_dim": 9, "output_dim": 4}"#).unwrap();
        let layer: AnyLayer = Class::find("ReversibleEmbedding").unwrap().read(&arguments).unwrap();
        let reverse = |shape: &[usize]| {
            let shape = Shape::from(shape);
            layer
                .build(&[TensorType::f32(shape)], Manner::default().with_flag(REVERSE, true))
                .map(|(outputs, _)| outputs[0].to_string())
        };
        assert_eq!(reverse(&[5, 4]), Ok("[5, 9]".to_owned()));
        assert_eq!(reverse(&[4]), Ok("[9]".to_owned()));
        assert!(matches!(reverse(&[4, 5]), Err(Problem::InputType { .. })));
        assert!(matches!(reverse(&[]), Err(Problem::InputType { .. })));
    }
}
