//! Running attention of several heads that share keys and values.

use model_graph::layers::GroupQueryAttention;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run};
use crate::layers::accessors::accessors;
use crate::layers::attending::Dropped;
use crate::layers::projected::Projected;

accessors!(GroupQueryAttention {
    always {
        /// What makes queries, `[features, num_query_heads, head_dim]`.
        query_kernel, query_kernel_mut = "query/kernel";
        /// What makes keys, `[features, num_key_value_heads, head_dim]`.
        key_kernel, key_kernel_mut = "key/kernel";
        /// What makes values, `[features, num_key_value_heads, head_dim]`.
        value_kernel, value_kernel_mut = "value/kernel";
        /// What joins the heads, `[num_query_heads, head_dim, features]`.
        attention_output_kernel, attention_output_kernel_mut = "attention_output/kernel";
    }
    optional {
        /// The bias of queries, `[num_query_heads, head_dim]`, where the layer has one.
        query_bias, query_bias_mut = "query/bias";
        /// The bias of keys, `[num_key_value_heads, head_dim]`, where the layer has one.
        key_bias, key_bias_mut = "key/bias";
        /// The bias of values, `[num_key_value_heads, head_dim]`, where the layer has one.
        value_bias, value_bias_mut = "value/bias";
        /// The bias of the output, `[features]`, where the layer has one.
        attention_output_bias, attention_output_bias_mut = "attention_output/bias";
        /// What makes the gate, `[features, num_query_heads, head_dim]`, where the layer has one.
        gate_kernel, gate_kernel_mut = "gate/kernel";
        /// The bias of the gate, `[num_query_heads, head_dim]`, where the layer has both.
        gate_bias, gate_bias_mut = "gate/bias";
    }
});

fn projected(layer: &GroupQueryAttention) -> Projected {
    Projected {
        heads: layer.num_query_heads.get(),
        key_heads: layer.num_key_value_heads.get(),
        key_dim: layer.head_dim.get(),
        value_dim: layer.head_dim.get(),
        use_bias: layer.use_bias,
        use_gate: layer.use_gate,
        window: layer.sliding_window.map(Into::into),
        dropped: Dropped { rate: layer.dropout.0, seed: layer.seed },
        activity: layer.activity_regularizer,
        outer: 0,
    }
}

impl<T: Float> Run<T> for GroupQueryAttention {
    fn forward(&self, call: Forward<'_, T>) {
        projected(self).forward(call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        projected(self).backward(call);
    }
}
