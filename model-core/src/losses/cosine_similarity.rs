//! The cosine of the angle between vectors.

use super::Rule;
use crate::arguments::arguments;
use crate::error::Result;
use crate::given::Over;
use crate::variable::Var;

arguments! {
    /// The cosine of the angle between what is given and what should be, along an axis: a loss, which is minus the cosine, and a metric, which is
    /// the cosine. A vector of zeros has none, which is 0.
    ///
    /// # Shapes
    /// Outputs and targets: the same.
    ///
    /// ```
    /// use model_core::losses::CosineSimilarity;
    /// use ndarray::array;
    ///
    /// let (output, target) = (array![[2.0, 0.0], [1.0, 1.0]], array![[1.0, 0.0], [0.0, 0.0]]);
    /// assert_eq!(CosineSimilarity::new().value(&output, target)?, -0.5);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/losses/regression_losses/>.
    #[derive(Copy)]
    pub struct CosineSimilarity {
        /// The axis that the vectors lie along. The last by default.
        axis: i64 = -1,
    }
}

impl Rule for CosineSimilarity {
    const CLASS: &'static str = "CosineSimilarity";
    const NAME: &'static str = "cosine_similarity";

    fn over(&self) -> Over<'_> {
        Over::Axes(std::slice::from_ref(&self.axis))
    }

    fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        (-(truth.normalize(self.axis)? * output.normalize(self.axis)?)).sum(self.axis)
    }
}
