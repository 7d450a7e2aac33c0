//! Running the lookup of vectors by numbers, and the product that leads back.

use model_graph::layers::ReversibleEmbedding;
use model_graph::layers::basic::reversible_embedding::REVERSE;

use crate::float::Float;
use crate::kernels::fused::Fused;
use crate::kernels::matmul::{dense_forward, dense_input_gradient, dense_weight_gradient};
use crate::kernels::{embedding, soft_cap};
use crate::layer::{Backward, Forward, Gradient, Run};
use crate::layers::accessors::accessors;
use crate::layers::pass;

accessors!(ReversibleEmbedding {
    always {
        /// The vectors, `[input_dim, output_dim]`.
        embeddings, embeddings_mut;
    }
    optional {
        /// The vectors of the way back, `[output_dim, input_dim]`, unless they are the same.
        reverse_embeddings, reverse_embeddings_mut;
    }
});

/// Things, and numbers of each one's vector.
fn sizes(layer: &ReversibleEmbedding) -> [usize; 2] {
    [layer.input_dim.get(), layer.output_dim.get()]
}

fn cap<T: Float>(layer: &ReversibleEmbedding) -> Option<T> {
    layer.logit_soft_cap.map(|cap| T::from_f64(cap.0))
}

impl<T: Float> Run<T> for ReversibleEmbedding {
    fn forward(&self, call: Forward<'_, T>) {
        let Forward { context, weights, inputs, output, .. } = call;
        let (x, [things, vector]) = (inputs[0].data, sizes(self));
        if !context.manner.flag(REVERSE) {
            return embedding::forward(x, &weights[0].data, vector, output);
        }
        let rows = x.len() / vector;
        match weights.get(1) {
            // The product with the vectors turned, which is that of gradients of inputs.
            None => dense_input_gradient([rows, things, vector], x, &weights[0].data, output, false),
            Some(back) => dense_forward([rows, vector, things], x, &back.data, None, Fused::None, output),
        }
        if let Some(cap) = cap(self) {
            soft_cap::forward_in_place(cap, output);
        }
    }

    fn backward(&self, call: Backward<'_, T>) {
        match call.context.manner.flag(REVERSE) {
            false => backward_of_lookup(self, call),
            true => backward_of_product(self, call),
        }
    }
}

fn backward_of_lookup<T: Float>(layer: &ReversibleEmbedding, call: Backward<'_, T>) {
    let Backward { context, inputs, d_output, d_inputs, gradients, .. } = call;
    let [d_vectors, d_back @ ..] = gradients else { return };
    embedding::backward(inputs[0].data, d_output, layer.output_dim.get(), &mut d_vectors.data, context.accumulate);
    d_back.iter_mut().filter(|_| !context.accumulate).for_each(|d_back| d_back.data.fill(T::ZERO));
    pass::nothing(d_inputs);
}

fn backward_of_product<T: Float>(layer: &ReversibleEmbedding, call: Backward<'_, T>) {
    let Backward { context, weights, inputs, output, d_output, d_inputs, gradients, scratch, .. } = call;
    let (x, [things, vector]) = (inputs[0].data, sizes(layer));
    let rows = x.len() / vector;
    if let Some(cap) = cap(layer) {
        soft_cap::backward(cap, output.data, d_output);
    }
    let wanted = d_inputs[0].take();
    match (weights, gradients) {
        ([_, back], [d_vectors, d_back]) => {
            dense_weight_gradient([rows, vector, things], x, d_output, &mut d_back.data, None, context.accumulate);
            if !context.accumulate {
                d_vectors.data.fill(T::ZERO);
            }
            if let Some(Gradient { data, accumulate }) = wanted {
                dense_input_gradient([rows, vector, things], d_output, &back.data, data, accumulate);
            }
        }
        ([vectors, ..], [d_vectors, ..]) => {
            dense_weight_gradient([rows, things, vector], d_output, x, &mut d_vectors.data, None, context.accumulate);
            if wanted.is_some() {
                let d_x = &mut scratch[..x.len()];
                dense_forward([rows, things, vector], d_output, &vectors.data, None, Fused::None, d_x);
                Gradient::give(wanted, d_x);
            }
        }
        _ => {}
    }
}
