//! Running attention of several heads.

use model_graph::layers::MultiHeadAttention;
use model_graph::shape::Shape;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run};
use crate::layers::accessors::accessors;
use crate::layers::attending::Dropped;
use crate::layers::projected::Projected;

accessors!(MultiHeadAttention {
    always {
        /// What makes queries, `[features, heads, key_dim]`.
        query_kernel, query_kernel_mut = "query/kernel";
        /// What makes keys, `[features, heads, key_dim]`.
        key_kernel, key_kernel_mut = "key/kernel";
        /// What makes values, `[features, heads, value_dim]`.
        value_kernel, value_kernel_mut = "value/kernel";
        /// What joins the heads, `[heads, value_dim, features]`.
        attention_output_kernel, attention_output_kernel_mut = "attention_output/kernel";
    }
    optional {
        /// The bias of queries, `[heads, key_dim]`, where the layer has one.
        query_bias, query_bias_mut = "query/bias";
        /// The bias of keys, `[heads, key_dim]`, where the layer has one.
        key_bias, key_bias_mut = "key/bias";
        /// The bias of values, `[heads, value_dim]`, where the layer has one.
        value_bias, value_bias_mut = "value/bias";
        /// The bias of the output, where the layer has one.
        attention_output_bias, attention_output_bias_mut = "attention_output/bias";
        /// What makes the gate, `[features, heads, value_dim]`, where the layer has one.
        gate_kernel, gate_kernel_mut = "gate/kernel";
        /// The bias of the gate, `[heads, value_dim]`, where the layer has both.
        gate_bias, gate_bias_mut = "gate/bias";
    }
});

fn projected(layer: &MultiHeadAttention, query: &[usize]) -> Projected {
    Projected {
        heads: layer.num_heads.get(),
        key_heads: layer.num_heads.get(),
        key_dim: layer.key_dim.get(),
        value_dim: layer.value_dim.as_ref().unwrap_or(&layer.key_dim).get(),
        use_bias: layer.use_bias,
        use_gate: layer.use_gate,
        window: layer.sliding_window.map(Into::into),
        dropped: Dropped { rate: layer.dropout.0, seed: layer.seed },
        activity: layer.activity_regularizer,
        outer: if layer.attention_axes.is_some() { layer.outer_axes(&Shape::from(query)) } else { 0 },
    }
}

impl<T: Float> Run<T> for MultiHeadAttention {
    fn forward(&self, call: Forward<'_, T>) {
        projected(self, call.inputs[0].shape).forward(call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        projected(self, call.inputs[0].shape).backward(call);
    }
}
