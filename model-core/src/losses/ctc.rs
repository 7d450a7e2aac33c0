//! The loss of connectionist temporal classification.

use ndarray::{ArrayD, IxDyn};

use super::{Complaint, Rule};
use crate::arguments::arguments;
use crate::error::Result;
use crate::given::{Over, Port, TargetForm};
use crate::kernels::loss::{Ctc, ctc, ctc_gradient};
use crate::variable::{Var, ops};

arguments! {
    /// Connectionist temporal classification: how unlikely it is that the classes of the steps, with repeats and blanks taken out, are the labels.
    ///
    /// `-ln(sum of the probabilities of all ways to write the labels over the steps)`. Class 0 is the blank.
    ///
    /// # Shapes
    /// Outputs: `[samples, steps, classes]`, logits; targets: integers `[samples, labels]` with no more labels than steps. Rows that are shorter
    /// than others end with 0.
    ///
    /// ```
    /// use model_core::losses::CTC;
    /// use ndarray::{Array3, array};
    ///
    /// // One label over two steps of two classes: three of four ways write it.
    /// let loss = CTC.value(&Array3::<f32>::zeros((1, 2, 2)), array![[1]])?;
    /// assert!((loss - -(0.75_f64.ln())).abs() < 1e-6);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/losses/probabilistic_losses/>, after Graves et al., 2006.
    pub struct CTC;
}

impl Rule for CTC {
    const CLASS: &'static str = "CTC";
    const NAME: &'static str = "ctc";

    fn form(&self) -> TargetForm {
        TargetForm::Sequences
    }

    fn over(&self) -> Over<'_> {
        Over::Axes(&[-1, -2])
    }

    fn values(&self, labels: &Var, output: &Var) -> Result<Var> {
        let (samples, steps, classes) = (output.shape()[0], output.shape()[1], output.shape()[2]);
        let sizes = Ctc { samples, steps, classes };
        let labels: Vec<i32> = labels.elements()?.iter().map(|&label| label as i32).collect();
        let logits = output.elements()?.to_vec();
        let losses = ArrayD::from_shape_vec(IxDyn(&[samples]), ctc(sizes, &labels, &logits)).expect("a loss for each sample");
        let whole = IxDyn(output.shape());
        ops::custom("ctc", &[output], losses, move |d_losses| {
            let d_losses: Vec<f32> = d_losses.iter().copied().collect();
            let d_output = ctc_gradient(sizes, &labels, &logits, &d_losses);
            vec![Some(ArrayD::from_shape_vec(whole, d_output).expect("a gradient for each logit"))]
        })
    }

    fn complaint(&self, port: &Port) -> Option<Complaint> {
        let is_suitable = port.rank() == 2 && port.nominal_row() >= 2;
        (!is_suitable).then_some(("[samples, steps, classes] with at least 2 classes", "class 0 is the blank"))
    }
}
