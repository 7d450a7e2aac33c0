//! The arguments that several layers share: each group stated once, with its docs, its defaults and the order that Keras has them in. A layer
//! takes one in by its name, `..kernel_and_bias`, where its own arguments stand.

/// The arguments of a group, into the declaration of a layer.
macro_rules! group {
    (activation_and_bias $into:tt) => {
        $crate::layer::layer! { @in $into
            /// The function applied to the result. Default: `"linear"`.
            activation: $crate::argument::Activation = $crate::argument::Activation::Linear,
            /// Whether a bias is added. Default: `true`.
            use_bias: bool = true,
        }
    };
    (kernel_and_bias $into:tt) => {
        $crate::layer::layer! { @in $into
            ..kernel_and_bias_penalties,
            ..activity_regularizer,
            ..kernel_and_bias_constraints,
        }
    };
    (kernel_and_bias_penalties $into:tt) => {
        $crate::layer::layer! { @in $into
            /// How the kernel starts. Default: `"glorot_uniform"`.
            kernel_initializer: $crate::argument::Initializer = $crate::argument::Initializer::GLOROT_UNIFORM,
            /// How the bias starts. Default: `"zeros"`.
            bias_initializer: $crate::argument::Initializer = $crate::argument::Initializer::ZEROS,
            /// A penalty on the kernel, which the loss includes. Default: `None`.
            kernel_regularizer: Option<$crate::argument::Regularizer> = None,
            /// A penalty on the bias, which the loss includes. Default: `None`.
            bias_regularizer: Option<$crate::argument::Regularizer> = None,
        }
    };
    (kernel_and_bias_constraints $into:tt) => {
        $crate::layer::layer! { @in $into
            /// What the kernel is made to be after every step. Default: `None`.
            kernel_constraint: Option<$crate::argument::Constraint> = None,
            /// What the bias is made to be after every step. Default: `None`.
            bias_constraint: Option<$crate::argument::Constraint> = None,
        }
    };
    // Of attention with projections, whose kernels and biases are several.
    (projections $into:tt) => {
        $crate::layer::layer! { @in $into
            /// How the kernels start. Default: `"glorot_uniform"`.
            kernel_initializer: $crate::argument::Initializer = $crate::argument::Initializer::GLOROT_UNIFORM,
            /// How the biases start. Default: `"zeros"`.
            bias_initializer: $crate::argument::Initializer = $crate::argument::Initializer::ZEROS,
            /// A penalty on each kernel, which the loss includes. Default: `None`.
            kernel_regularizer: Option<$crate::argument::Regularizer> = None,
            /// A penalty on each bias, which the loss includes. Default: `None`.
            bias_regularizer: Option<$crate::argument::Regularizer> = None,
            ..activity_regularizer,
            /// What each kernel is made to be after every step. Default: `None`.
            kernel_constraint: Option<$crate::argument::Constraint> = None,
            /// What each bias is made to be after every step. Default: `None`.
            bias_constraint: Option<$crate::argument::Constraint> = None,
            /// Whether what is attended to is multiplied by the sigmoid of another projection of the query. Default: `false`.
            use_gate: bool = false,
            ..score_seed,
        }
    };
    // How attention with projections attends.
    (attending $into:tt) => {
        $crate::layer::layer! { @in $into
            /// Each query attends only to keys that are fewer steps than this away. Default: `None`.
            sliding_window: Option<std::num::NonZeroUsize> = None,
            /// Without effect: scores are never kept as a whole unless they are asked for. Default: `None`.
            flash_attention: $crate::argument::Unneeded = $crate::argument::Unneeded,
        }
    };
    (score_seed $into:tt) => {
        $crate::layer::layer! { @in $into
            /// A number that the dropped scores follow from, besides the model's seed. Default: `None`.
            seed: Option<u64> = None,
        }
    };
    (activity_regularizer $into:tt) => {
        $crate::layer::layer! { @in $into
            /// A penalty on what the layer gives, divided by the batch, which the loss includes. Default: `None`.
            activity_regularizer: Option<$crate::argument::Regularizer> = None,
        }
    };
    // Of recurrent layers and of their cells.
    (recurrent_activations $into:tt) => {
        $crate::layer::layer! { @in $into
            /// The function applied to the new state. Default: `"tanh"`.
            activation: $crate::argument::GateActivation =
                $crate::argument::GateActivation($crate::argument::Activation::Tanh),
            /// The function applied to the gates. Default: `"sigmoid"`.
            recurrent_activation: $crate::argument::GateActivation =
                $crate::argument::GateActivation($crate::argument::Activation::Sigmoid),
        }
    };
    (recurrent_initializers $into:tt) => {
        $crate::layer::layer! { @in $into
            /// Whether a bias is added. Default: `true`.
            use_bias: bool = true,
            /// How the input's kernel starts. Default: `"glorot_uniform"`.
            kernel_initializer: $crate::argument::Initializer = $crate::argument::Initializer::GLOROT_UNIFORM,
            /// How the state's kernel starts. Default: `"orthogonal"`.
            recurrent_initializer: $crate::argument::Initializer = $crate::argument::Initializer::ORTHOGONAL,
            /// How the bias starts. Default: `"zeros"`.
            bias_initializer: $crate::argument::Initializer = $crate::argument::Initializer::ZEROS,
        }
    };
    (unit_forget_bias $into:tt) => {
        $crate::layer::layer! { @in $into
            /// Whether the bias of the forget gate starts at 1. Default: `true`.
            unit_forget_bias: bool = true,
        }
    };
    (recurrent_regularizers $into:tt) => {
        $crate::layer::layer! { @in $into
            /// A penalty on the input's kernel, which the loss includes. Default: `None`.
            kernel_regularizer: Option<$crate::argument::Regularizer> = None,
            /// A penalty on the state's kernel, which the loss includes. Default: `None`.
            recurrent_regularizer: Option<$crate::argument::Regularizer> = None,
            /// A penalty on the bias, which the loss includes. Default: `None`.
            bias_regularizer: Option<$crate::argument::Regularizer> = None,
        }
    };
    (recurrent_constraints $into:tt) => {
        $crate::layer::layer! { @in $into
            /// What the input's kernel is made to be after every step. Default: `None`.
            kernel_constraint: Option<$crate::argument::Constraint> = None,
            /// What the state's kernel is made to be after every step. Default: `None`.
            recurrent_constraint: Option<$crate::argument::Constraint> = None,
            /// What the bias is made to be after every step. Default: `None`.
            bias_constraint: Option<$crate::argument::Constraint> = None,
        }
    };
    (recurrent_dropouts $into:tt) => {
        $crate::layer::layer! { @in $into
            /// The part of each step's input that is dropped while training, from 0 to less than 1; the same in all steps. Default: `0.0`.
            dropout: $crate::argument::Rate = $crate::argument::Rate(0.0),
            /// The part of the state that is dropped before its product with the kernel while training, likewise. Default: `0.0`.
            recurrent_dropout: $crate::argument::Rate = $crate::argument::Rate(0.0),
        }
    };
    // What a recurrent layer gives of its way through a sequence.
    (sequence $into:tt) => {
        $crate::layer::layer! { @in $into
            /// Whether the output is the state after every step, not only after the last. Default: `false`.
            return_sequences: bool = false,
            /// Whether the states after the last step are given as well, behind the output. Default: `false`.
            return_state: bool = false,
            /// Whether the sequence is gone through from its end. Outputs are in the order in which they are computed. Default: `false`.
            go_backwards: bool = false,
            /// Whether the next batch begins with the states that this one ends with, sample by sample, until they are reset. Default: `false`.
            stateful: bool = false,
            /// Without effect: how Keras compiles the steps. Default: `false`.
            unroll: bool = false,
        }
    };
    (zero_output_for_mask $into:tt) => {
        $crate::layer::layer! { @in $into
            /// Whether a step that is not looked at gives zeros. Default: `false`.
            zero_output_for_mask: bool = false,
        }
    };
    // Of layers of images.
    (data_format $into:tt) => {
        $crate::layer::layer! { @in $into
            /// The order of the axes. Default: `"channels_last"`.
            data_format: $crate::argument::ChannelsLast = $crate::argument::ChannelsLast,
        }
    };
    (height_and_width $into:tt) => {
        $crate::layer::layer! { @in $into
            /// The height of the output.
            height: $crate::argument::Size,
            /// The width of the output.
            width: $crate::argument::Size,
        }
    };
    // How images are laid anew.
    (laying $into:tt) => {
        $crate::layer::layer! { @in $into
            /// What stands beyond the image's borders: `"reflect"` is `d c b a | a b c d | d c b a`, `"wrap"` is
            /// `a b c d | a b c d | a b c d`, `"nearest"` is `a a a a | a b c d | d d d d`, `"constant"` one value. Default: `"reflect"`.
            fill_mode: $crate::argument::FillMode = $crate::argument::FillMode::Reflect,
            /// `"nearest"` takes the nearest pixel, `"bilinear"` mixes the four around. Default: `"bilinear"`.
            interpolation: $crate::argument::Sampling = $crate::argument::Sampling::Bilinear,
            ..seed,
            /// The value beyond the borders where `fill_mode = "constant"`. Default: `0.0`.
            fill_value: $crate::argument::Number = $crate::argument::Number(0.0),
            ..data_format,
        }
    };
    // Of layers that choose at random, for each element or for several together.
    (noise_shape_and_seed $into:tt) => {
        $crate::layer::layer! { @in $into
            /// Where choices are made, the batch first: along an axis for each place, `None`, or once for all of them, 1. With `(None, 1, 1, 1)` all of a
            /// sample is dropped, or nothing; without it, each element by itself. Default: `None`.
            noise_shape: Option<$crate::argument::NoiseShape> = None,
            ..seed,
        }
    };
    (seed $into:tt) => {
        $crate::layer::layer! { @in $into
            /// A number that sets this layer's choices apart; the model's seed decides them too. Default: `None`.
            seed: Option<u64> = None,
        }
    };
}
pub(crate) use group;

/// How a weight of a layer starts, the penalty on it, and what it is kept by, from the arguments of a group.
macro_rules! care {
    ($layer:ident.kernel) => {
        ($layer.kernel_initializer, $layer.kernel_regularizer, $layer.kernel_constraint)
    };
    ($layer:ident.recurrent_kernel) => {
        ($layer.recurrent_initializer, $layer.recurrent_regularizer, $layer.recurrent_constraint)
    };
    ($layer:ident.bias) => {
        ($layer.bias_initializer, $layer.bias_regularizer, $layer.bias_constraint)
    };
    ($layer:ident.depthwise_kernel) => {
        ($layer.depthwise_initializer, $layer.depthwise_regularizer, $layer.depthwise_constraint)
    };
    ($layer:ident.pointwise_kernel) => {
        ($layer.pointwise_initializer, $layer.pointwise_regularizer, $layer.pointwise_constraint)
    };
    ($layer:ident.embeddings) => {
        ($layer.embeddings_initializer, $layer.embeddings_regularizer, $layer.embeddings_constraint)
    };
}
pub(crate) use care;

/// The penalty on what a layer with the argument gives.
macro_rules! activity {
    () => {
        fn activity(&self) -> Option<$crate::argument::Regularizer> {
            self.activity_regularizer
        }
    };
}
pub(crate) use activity;
