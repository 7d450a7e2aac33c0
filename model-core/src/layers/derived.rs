//! How layers are differentiated where gradients are taken of gradients: what several of them share.

use model_graph::argument::{Activation, Axes};
use model_graph::layers::AnyLayer;
use model_graph::shape::DType;

use crate::error::Result;
use crate::float::Float;
use crate::variable::derive::{Derivation, Derived};
use crate::variable::{Along, Var, along};

/// How a layer is differentiated, as an expression of it and of the call.
macro_rules! derived {
    (|$layer:ident, $call:ident| $body:expr) => {
        fn derived(
            &self,
            $call: &crate::variable::derive::Derivation<'_, T>,
        ) -> crate::error::Result<crate::variable::derive::Derived<T>> {
            #[allow(unused_imports)] // of those that say what they are
            use crate::variable::derive::Derived;
            #[allow(unused_variables)] // of those that differ in nothing
            let $layer = self;
            $body
        }
    };
    // It is linear in all its inputs together.
    (linear) => {
        crate::layers::derived::derived!(|_layer, _call| Ok(Derived::Linear));
    };
    // It is linear, but for what it gives for zeros.
    (offset) => {
        crate::layers::derived::derived!(|_layer, _call| Ok(Derived::Affine));
    };
    // It is linear in each of its inputs and weights.
    (multilinear) => {
        crate::layers::derived::derived!(|_layer, _call| Ok(Derived::Multilinear));
    };
    // It is linear in its input and its kernels, behind which come a bias and an activation.
    (affine $without:expr) => {
        crate::layers::derived::derived!(|layer, call| {
            let without: fn(&mut Self) = $without;
            let mut product =
                Self { activation: model_graph::argument::Activation::Linear, activity_regularizer: None, ..layer.clone() };
            without(&mut product);
            crate::layers::derived::affine(product.into(), layer.activation, call)
        });
    };
    // It moves its elements, or what has no gradient.
    (nothing) => {
        crate::layers::derived::derived!(|_layer, _call| Ok(Derived::Inputs(Vec::new())));
    };
}
pub(super) use derived;

/// `activation(product + bias)`.
pub(super) fn affine<T: Float>(product: AnyLayer, activation: Activation, call: &Derivation<'_, T>) -> Result<Derived<T>> {
    let mut y = call.multilinear(product)?;
    if let Some(bias) = call.weight("bias") {
        let mut shape = vec![1; y.shape().len().saturating_sub(bias.shape().len())];
        shape.extend(bias.shape());
        y = y + bias.reshaped(&shape)?;
    }
    activate(&y, activation).map(|y| Derived::Outputs(vec![y]))
}

/// An activation, by the operations that variables have.
pub(super) fn activate<T: Float>(x: &Var<T>, activation: Activation) -> Result<Var<T>> {
    match activation {
        Activation::Linear => Ok(x.clone()),
        Activation::Relu => x.relu(),
        Activation::Relu6 => x.relu6(),
        Activation::LeakyRelu => x.leaky_relu(0.2),
        Activation::Elu => x.elu(1.0),
        Activation::Selu => x.selu(),
        Activation::Celu => x.celu(1.0),
        Activation::Gelu => x.gelu(false),
        Activation::Sigmoid => x.sigmoid(),
        Activation::HardSigmoid => x.hard_sigmoid(),
        Activation::LogSigmoid => x.log_sigmoid(),
        Activation::SparseSigmoid => x.sparse_sigmoid(),
        Activation::Silu => x.silu(),
        Activation::HardSilu => x.hard_silu(),
        Activation::Mish => Ok(x * x.softplus()?.tanh()?),
        Activation::Softplus => x.softplus(),
        Activation::SparsePlus => x.sparse_plus(),
        Activation::Squareplus => x.squareplus(4.0),
        Activation::Softsign => x.softsign(),
        Activation::Tanh => x.tanh(),
        Activation::TanhShrink => x.tanh_shrink(),
        Activation::HardTanh => x.hard_tanh(),
        Activation::HardShrink => x.hard_shrink(0.5),
        Activation::SoftShrink => x.soft_shrink(0.5),
        Activation::Exponential => x.exp(),
        Activation::Softmax => x.softmax(-1),
        Activation::LogSoftmax => x.log_softmax(-1),
        Activation::Sparsemax => x.sparsemax(-1),
    }
}

/// Truths as 0 and 1.
pub(super) fn number<T: Float>(truth: Result<Var<T>>) -> Result<Var<T>> {
    truth?.cast(DType::F32)
}

/// A gradient summed along the axes that a tensor was stretched along.
pub(super) fn summed_to<T: Float>(d: &Var<T>, shape: &[usize]) -> Result<Var<T>> {
    let is_stretched = |axis: &usize| shape[*axis] == 1 && d.shape()[*axis] != 1;
    let axes: Vec<i64> = (0..shape.len()).filter(is_stretched).map(|axis| axis as i64).collect();
    if axes.is_empty() { Ok(d.clone()) } else { d.sum(along(axes).keepdims()) }
}

/// The axes of a batch that are named among those of its samples.
pub(super) fn of_batch(axes: &Axes, rank: usize) -> Along {
    let axes = (0..rank).filter(|&axis| axes.contain(axis, rank));
    along(axes.map(|axis| axis as i64 + 1).collect::<Vec<_>>())
}

/// What is left along axes in the shape that it had with them, as size 1.
pub(super) fn kept<T: Float>(left: &Var<T>, whole: &[usize], axes: Option<&Axes>) -> Result<Var<T>> {
    let rank = whole.len().saturating_sub(1);
    let is_out = |axis: usize| axis > 0 && axes.is_none_or(|axes| axes.contain(axis - 1, rank));
    let shape: Vec<usize> = whole.iter().enumerate().map(|(axis, &size)| if is_out(axis) { 1 } else { size }).collect();
    left.reshaped(&shape)
}

/// What tensors come to element by element, one after the other.
pub(super) fn fold<T: Float>(tensors: &[&Var<T>], join: impl Fn(&Var<T>, &Var<T>) -> Result<Var<T>>) -> Result<Derived<T>> {
    let Some((first, others)) = tensors.split_first() else { return Ok(Derived::None) };
    let joined = others.iter().try_fold((*first).clone(), |joined, other| join(&joined, other))?;
    Ok(Derived::Outputs(vec![joined]))
}

/// `x`, of which the mean is taken away if that is asked for, over the root of the mean of its squares along axes.
pub(super) fn normalized<T: Float>(x: &Var<T>, axes: Along, is_centered: bool, epsilon: f64) -> Result<Var<T>> {
    let axes = axes.keepdims();
    let x = if is_centered { x - x.mean(axes.clone())? } else { x.clone() };
    let mean = x.square()?.mean(axes)?;
    Ok(&x * (mean + epsilon).rsqrt()?)
}

/// `x * gamma + beta`, as far as the layer has them, in the shape that is given for both.
pub(super) fn scaled<T: Float>(mut x: Var<T>, [gamma, beta]: [Option<&Var<T>>; 2], shape: &[usize]) -> Result<Derived<T>> {
    if let Some(gamma) = gamma {
        x = x * gamma.reshaped(shape)?;
    }
    if let Some(beta) = beta {
        x = x + beta.reshaped(shape)?;
    }
    Ok(Derived::Outputs(vec![x]))
}

/// A shape of 1 but for some axes.
pub(super) fn along_only(whole: &[usize], is_kept: impl Fn(usize) -> bool) -> Vec<usize> {
    whole.iter().enumerate().map(|(axis, &size)| if axis > 0 && is_kept(axis - 1) { size } else { 1 }).collect()
}
