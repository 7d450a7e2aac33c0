//! A layer whose kernel is kept at a spectral norm of 1.

use std::num::NonZeroUsize;

use crate::argument::{Initializer, Start, Wrapped};
use crate::dim::Dim;
use crate::layer::{Arity, Layer, Needs, Part, Space, WeightSpec, layer};
use crate::layers::AnyLayer;
use crate::layers::chain::{Given, Link};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

layer! {
    /// A layer whose kernel is divided by its largest singular value in every step of training, which bounds how much the output can change
    /// with the input.
    ///
    /// ```text
    /// v = normalised(vector_u · kernelᵀ), u = normalised(v · kernel), σ = v · kernel · uᵀ
    /// output = layer(input) with kernel / σ in place of its kernel
    /// ```
    ///
    /// The kernel counts as a matrix whose columns are its last axis. A step of training leaves `u` as `vector_u` and `kernel / σ` as the kernel;
    /// nothing is divided when inferring. For each step of a sequence, within `TimeDistributed`, that is done once for each, one step after the other. The gradient is the kernel's, through the division, with `u` and `v` as they are.
    ///
    /// # Shapes
    ///
    /// Those of the layer. Weights: its `kernel` or `embeddings`, `vector_u` `[1, columns]`, which is not trained, and its others.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(img: [9, 9, 3]) -> [7, 7, 8] {
    ///         SpectralNormalization(Conv2D(8, 3))(img)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 9, 9, 3)))?;
    /// assert_eq!(output.shape(), [1, 7, 7, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/normalization_layers/spectral_normalization/>; Miyato et al. 2018, <https://arxiv.org/abs/1802.05957>.
    SpectralNormalization {
        /// The layer, which has a `kernel`, or `embeddings`.
        layer: Wrapped,
        /// How often `vector_u` is brought nearer to the singular vector in every step. Default: `1`.
        power_iterations: NonZeroUsize = NonZeroUsize::MIN,
    }
}

/// What `vector_u` starts from.
const START: Initializer = Initializer { start: Start::TruncatedNormal(0.0, 0.02), seed: None };

impl SpectralNormalization {
    /// What it runs for an input of this type.
    ///
    /// # Errors
    /// If the input does not fit the layer, or the layer has no kernel.
    pub fn link(&self, input: &TensorType) -> Result<Link, Problem> {
        let layer = &self.layer.layer;
        let help = "wrap a layer that has one, such as `Dense(8)` or `Conv2D(8, 3)`";
        let wrong = |expected| Problem::Wrapped { argument: "layer", expected, found: layer.source(), help };
        if layer.arity() != Arity::One || layer.states() > 0 {
            return Err(wrong("a layer with one kernel"));
        }
        let link = Link::new(&self.layer, input, Given::default())?;
        let has_kernel = link.weights.first().is_some_and(|weight| ["kernel", "embeddings"].contains(&&*weight.name));
        if !has_kernel {
            return Err(wrong("a layer with one kernel"));
        }
        Ok(link)
    }
}

impl Layer for SpectralNormalization {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        self.link(&inputs[0]).map(|link| link.output())
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let Ok(link) = self.link(&inputs[0]) else { return Vec::new() };
        let mut weights: Vec<WeightSpec> = link.weights.into_iter().map(|weight| weight.of(&link.path, link.trainable)).collect();
        if let Some(kernel) = weights.first() {
            let columns = kernel.shape.0.last().cloned().unwrap_or_default();
            weights.insert(1, WeightSpec::statistic("vector_u", [Dim::constant(1), columns], START));
        }
        weights
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

    fn keras_variables(&self) -> Option<&'static [usize]> {
        Some(&[0, 1]) // the wrapped layer's kernel, which it changes, too
    }

    fn inner(&self) -> Vec<&AnyLayer> {
        vec![&*self.layer.layer]
    }

    fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        let input = TensorType::f32(inputs[0].clone());
        let input = if self.index_bound().is_some() { TensorType { dtype: DType::I32, ..input } } else { input };
        let Ok(link) = self.link(&input) else { return Needs::default() };
        let Needs { saved, forward_scratch, backward_scratch, .. } = &link.needs;
        // What a step is given and gives, and their gradients, where samples are the steps of sequences.
        let both = Space::per_sample(link.input.shape.count()).and(&link.room());
        Needs {
            // For how many steps the kernel was divided.
            saved: saved.and(&Space::fixed(1)),
            forward_scratch: forward_scratch.and(&both),
            backward_scratch: backward_scratch.and(&both).and(&both),
            ..link.needs
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_is_the_layer_with_one_more_weight() {
        let of = |layer: &str| format!(r#"SpectralNormalization {{"layer": {layer}}}"#);
        let dense = of(r#"{"class_name": "Dense", "config": {"units": 4}}"#);
        check_rule(
            &dense,
            &["[3]", "[5, 3]", "[words]"],
            "[3] -> [4], 20 parameters\n[5, 3] -> [5, 4], 20 parameters\n[words] -> Unknown",
        );
        check_rule(&of(r#"{"class_name": "Flatten", "config": {}}"#), &["[3, 2]"], "[3, 2] -> Wrapped");
        check_rule(&of(r#"{"class_name": "LSTM", "config": {"units": 4}}"#), &["[3, 2]"], "[3, 2] -> Wrapped");
    }
}
