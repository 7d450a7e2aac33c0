//! What the outlines of models are made of: functions of the macro's that are never called, for the compiler's warnings and for editors.

use std::marker::PhantomData;

/// A tensor of a shape, which stands for samples without the batch: `Tensor<(Const<32>, Const<32>, Const<3>)>`.
#[derive(Clone, Copy, Debug)]
pub struct Tensor<Shape>(PhantomData<Shape>);

/// A layer or model that has been made, to be called.
#[derive(Clone, Copy, Debug)]
pub struct Layer<Class>(PhantomData<Class>);

impl<Class> Layer<Class> {
    /// The layer.
    pub const MADE: Self = Self(PhantomData);
}

/// What has been used, to make something of.
#[derive(Clone, Copy, Debug)]
pub struct Used;

/// Uses whatever it is given. The type of what is made of it is named behind: while a call is half-written, its shape is unknown, and
/// an editor that completes the call finds its place by what stands before.
pub fn used<T>(_used: T) -> Used {
    Used
}

impl Used {
    /// A value of any type. Nothing calls it.
    ///
    /// # Panics
    /// If something calls it all the same.
    #[must_use]
    pub fn of<T>(self) -> T {
        unreachable!("outlines are not run")
    }
}

/// What a call gives that nothing takes.
#[must_use = "no output of the model depends on it: bind it and use it, or leave the call out"]
pub const fn output<T: Copy>(output: T) -> T {
    output
}
