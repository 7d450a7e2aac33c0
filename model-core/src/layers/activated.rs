//! What every layer shares that ends with an activation function: the one place where the graph's functions become the kernels'.

use model_graph::argument::Activation;

use crate::float::Float;
use crate::kernels::activation::{self, Kind};
use crate::kernels::fused::Fused;

/// The kernels' form of an activation that a configuration names, with Keras's parameters.
pub(super) const fn kind(activation: Activation) -> Kind {
    match activation {
        Activation::Linear => Kind::Linear,
        Activation::Relu => Kind::Relu,
        Activation::Relu6 => Kind::Relu6,
        Activation::LeakyRelu => Kind::LeakyRelu { negative_slope: 0.2 },
        Activation::Elu => Kind::Elu { alpha: 1.0 },
        Activation::Selu => Kind::Selu,
        Activation::Celu => Kind::Celu { alpha: 1.0 },
        Activation::Gelu => Kind::Gelu,
        Activation::Sigmoid => Kind::Sigmoid,
        Activation::HardSigmoid => Kind::HardSigmoid,
        Activation::LogSigmoid => Kind::LogSigmoid,
        Activation::SparseSigmoid => Kind::SparseSigmoid,
        Activation::Silu => Kind::Silu,
        Activation::HardSilu => Kind::HardSilu,
        Activation::Mish => Kind::Mish,
        Activation::Softplus => Kind::Softplus,
        Activation::SparsePlus => Kind::SparsePlus,
        Activation::Squareplus => Kind::Squareplus { b: 4.0 },
        Activation::Softsign => Kind::Softsign,
        Activation::Tanh => Kind::Tanh,
        Activation::TanhShrink => Kind::TanhShrink,
        Activation::HardTanh => Kind::HardTanh,
        Activation::HardShrink => Kind::HardShrink { threshold: 0.5 },
        Activation::SoftShrink => Kind::SoftShrink { threshold: 0.5 },
        Activation::Exponential => Kind::Exponential,
        Activation::Softmax => Kind::Softmax,
        Activation::LogSoftmax => Kind::LogSoftmax,
        Activation::Sparsemax => Kind::Sparsemax,
    }
}

/// The activation where a kernel applies it while computing.
const fn fused(activation: Activation) -> Option<Fused> {
    match kind(activation) {
        Kind::Linear => Some(Fused::None),
        Kind::Relu => Some(Fused::Relu),
        _ => None,
    }
}

/// Writes `activation(compute)`. What comes before the activation goes to `saved` if that has room.
pub(super) fn forward<T: Float>(
    activation: Activation,
    row: usize,
    saved: &mut [T],
    output: &mut [T],
    compute: impl FnOnce(Fused, &mut [T]),
) {
    match fused(activation) {
        Some(fused) => compute(fused, output),
        None if saved.is_empty() => {
            compute(Fused::None, output);
            activation::forward_in_place(kind(activation), output, row);
        }
        None => {
            let saved = &mut saved[..output.len()];
            compute(Fused::None, saved);
            activation::forward(kind(activation), saved, output, row);
        }
    }
}

/// Turns the gradient of the activation's result into that of what it was applied to, as far as the kernel that goes on does not:
/// gives what that is to do.
pub(super) fn backward<T: Float>(activation: Activation, row: usize, saved: &[T], output: &[T], d_output: &mut [T]) -> Fused {
    fused(activation).unwrap_or_else(|| {
        let saved = &saved[..d_output.len().min(saved.len())];
        activation::backward(kind(activation), saved, output, d_output, row);
        Fused::None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graph_and_kernels_agree_on_what_a_derivative_needs() {
        for &activation in Activation::ALL {
            let name = activation.name();
            assert_eq!(activation.derives_from_output(), !activation::needs_input(kind(activation)), "{name}");
        }
    }
}
