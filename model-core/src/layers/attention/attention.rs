//! Running attention of one head.

use model_graph::argument::ScoreMode;
use model_graph::layers::Attention;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run, Weight};
use crate::layers::accessors::accessors;
use crate::layers::attending::{self, Dropped, Mode};

accessors!(Attention {
    always {}
    optional {
        /// What scores are multiplied with, or in the mode `"concat"` the sums of queries and keys, `[]`, where the layer has it.
        scale, scale_mut;
        /// What scores are multiplied with in the mode `"concat"`, `[]`.
        concat_score_weight, concat_score_weight_mut;
    }
});

fn mode<'w, T: Float>(layer: &Attention, weights: &'w [Weight<T>]) -> Mode<'w, T> {
    let scale = layer.use_scale.then(|| weights[0].data[0]);
    match layer.score_mode {
        ScoreMode::Dot => Mode::Product { scale },
        ScoreMode::Concat => Mode::Sum { inner: scale.unwrap_or(T::ONE), outer: &weights[usize::from(layer.use_scale)].data },
    }
}

fn dropped(layer: &Attention) -> Dropped {
    Dropped { rate: layer.dropout.0, seed: layer.seed }
}

impl<T: Float> Run<T> for Attention {
    fn forward(&self, call: Forward<'_, T>) {
        attending::listed_forward(mode(self, call.weights), dropped(self), call);
    }

    fn backward(&self, mut call: Backward<'_, T>) {
        let (gradients, accumulate) = (std::mem::take(&mut call.gradients), call.context.accumulate);
        let mut gradients = gradients.iter_mut();
        let [of_scale, of_scores] = [self.use_scale, self.score_mode == ScoreMode::Concat]
            .map(|has_weight| if has_weight { gradients.next() } else { None });
        let mut weights = (of_scale, of_scores);
        attending::listed_backward(mode(self, call.weights), dropped(self), call, &mut |d_inner, d_outer| {
            if let Some(scale) = &mut weights.0 {
                attending::give_weight(scale, std::iter::once(d_inner), accumulate);
            }
            if let Some(scores) = &mut weights.1 {
                attending::give_weight(scores, std::iter::once(d_outer.sum()), accumulate);
            }
        });
    }
}
