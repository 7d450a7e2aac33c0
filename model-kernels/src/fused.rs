//! The activations that a kernel applies while its result is still in registers.

/// An activation within another kernel. All others are a pass of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Fused {
    /// The identity.
    #[default]
    None,
    /// `max(x, 0)`.
    Relu,
}
