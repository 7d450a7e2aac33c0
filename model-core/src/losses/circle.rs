//! The circle loss of embeddings.

use std::iter::zip;

use ndarray::Array2;

use super::{Complaint, Rule, argument};
use crate::arguments::arguments;
use crate::error::Result;
use crate::given::{Judged, Port, Target, TargetForm};
use crate::variable::{Var, ops};

arguments! {
    /// The circle loss: embeddings of samples of one label come near to each other, and those of others far.
    ///
    /// With `d = 1 - cos` for each pair of samples of a batch, each sample has `softplus(logsumexp(p) + logsumexp(n))`, where `p` is over those of
    /// its label, `-gamma * (margin + d) * (margin - d)`, and `n` over the others, `gamma * max(1 + margin - d, 0) * (1 - margin - d)`. The loss is
    /// the mean over the samples that have more than 0.
    ///
    /// # Shapes
    /// Outputs: `[samples, features]`, vectors of length 1; targets: integers `[samples]` or `[samples, 1]`, which tell the samples that belong
    /// together.
    ///
    /// ```
    /// use model_core::losses::Circle;
    /// use ndarray::array;
    ///
    /// let (near, far) = (array![[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], array![[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]);
    /// let labels = array![7, 7, 9];
    /// assert!(Circle::new().value(&near, &labels)? < Circle::new().value(&far, &labels)?);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/losses/metric_learning_losses/>, after [Sun et al., 2020](https://arxiv.org/abs/2002.10857).
    #[derive(Copy)]
    pub struct Circle {
        /// The scale of similarities. 80 by default.
        gamma: f64 = 80.0,
        /// How near samples of one label should be. 0.4 by default.
        margin: f64 = 0.4,
        /// Whether a sample is none of its own label's. By default it is not.
        remove_diagonal: bool = true,
    }
}

/// What a logarithm of a sum leaves out: so small that nothing is left of it, and finite, so that it has a gradient.
const NOTHING: f32 = -1e30;

impl Circle {
    /// The pairs of one label, and those of two, as ones.
    fn pairs(&self, labels: &[f32]) -> [Array2<f32>; 2] {
        let samples = labels.len();
        let is_near = |(i, j): (usize, usize)| labels[i] == labels[j];
        let near = |pair: (usize, usize)| f32::from(u8::from(is_near(pair) && !(self.remove_diagonal && pair.0 == pair.1)));
        let far = |pair| f32::from(u8::from(!is_near(pair)));
        [Array2::from_shape_fn((samples, samples), near), Array2::from_shape_fn((samples, samples), far)]
    }
}

impl Rule for Circle {
    const CLASS: &'static str = "Circle";
    const NAME: &'static str = "circle";

    fn form(&self) -> TargetForm {
        TargetForm::Identities
    }

    fn values(&self, labels: &Var, output: &Var) -> Result<Var> {
        let (tape, margin) = (output.tape()?, self.margin);
        let [near, far] = self.pairs(labels.elements()?);
        let [near, far] = [tape.constant(&near)?, tape.constant(&far)?];
        let distances = (1.0 - ops::matmul(output, &output.transpose([1, 0])?)?).maximum(0.0)?;
        let near_weights = ((&distances + margin) * &near).maximum(0.0)?;
        let far_weights = ((1.0 + margin - &distances) * &far).maximum(0.0)?;
        let near_values = near_weights * (margin - &distances) * -self.gamma;
        let far_values = far_weights * (1.0 - margin - &distances) * self.gamma;
        let samples = output.shape()[0];
        let nothing = tape.constant(Array2::from_elem((samples, samples), NOTHING))?;
        let near_sum = ops::where_(&near.greater(0.0)?, &near_values, &nothing)?.logsumexp(1)?;
        let far_sum = ops::where_(&far.greater(0.0)?, &far_values, &nothing)?.logsumexp(1)?;
        (near_sum + far_sum).softplus()
    }

    /// A sample with nothing to lose counts for nothing.
    fn counting(&self, judged: &Judged<'_>) -> Result<Option<Vec<f32>>> {
        let Target::Labels(_) = judged.target else { return Ok(None) };
        let values = judged.values_of(|labels, output| Rule::values(self, labels, output))?;
        let ones = vec![1.0; values.len()];
        let counts = |(&value, &weight): (&f32, &f32)| if value > 0.0 { weight } else { 0.0 };
        Ok(Some(zip(&values, judged.mask.unwrap_or(&ones)).map(counts).collect()))
    }

    fn complaint(&self, port: &Port) -> Option<Complaint> {
        (port.rank() != 1).then_some(("one vector a sample, `[samples, features]`", "flatten the output first"))
    }

    fn check(&self) -> Result<()> {
        argument(Self::CLASS, "gamma", self.gamma, 0.0..f64::INFINITY, "a number of at least 0")?;
        argument(Self::CLASS, "margin", self.margin, 0.0..=1.0, "a number from 0 to 1")
    }
}
