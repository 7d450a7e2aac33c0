//! Variables whose shapes are types: what the compiler checks where plain Rust puts models together.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::panic::Location;

use super::callable::Callable;
use super::fault::Fault;
use super::inputs::Inputs;
use super::var::Var;
use crate::error::Result;
use crate::float::Float;
use crate::tensor::Dims;

/// A variable whose samples have the shape `S`, which has been checked once: [`Var::typed`] gives it, and so do calls of compiled models,
/// `encoder.call_typed(&images)?`. It is used as the variable that it is.
///
/// ```
/// use model_core::shape;
/// use model_core::variable::{Tape, Typed};
/// use ndarray::array;
///
/// let tape = Tape::new();
/// let x: Typed<shape![3]> = tape.constant(&array![[1.0_f32, 2.0, 3.0]])?.typed()?;
/// assert_eq!(x.sum(..)?.item()?, 6.0);
/// assert!(x.typed::<shape![4]>().is_err());
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// Another shape does not compile:
///
/// ```compile_fail
/// use model_core::{shape, variable::Typed};
/// fn decode(code: &Typed<shape![32]>) {}
/// fn seam(image: &Typed<shape![28, 28]>) {
///     decode(image);
/// }
/// ```
pub struct Typed<S: Dims, T: Float = f32> {
    variable: Var<T>,
    shape: PhantomData<fn() -> S>,
}

impl<T: Float> Var<T> {
    /// The same variable, whose samples the compiler knows to have this shape: `x.typed::<shape![32]>()?`, and `_` for an axis of any size.
    ///
    /// # Errors
    /// If they have another, or arithmetic before has failed.
    #[track_caller]
    pub fn typed<S: Dims>(&self) -> Result<Typed<S, T>> {
        let found = self.sample_type()?.shape;
        let fits = |(known, found): (&Option<usize>, Option<usize>)| known.is_none() || found.is_none() || *known == found;
        if found.rank() == S::SIZES.len() && S::SIZES.iter().zip(found.0.iter().map(|dim| dim.size())).all(fits) {
            return Ok(Typed { variable: self.clone(), shape: PhantomData });
        }
        let made = self.made().map_or_else(String::new, |node| {
            let by = node.call().map_or_else(String::new, |call| format!(" by {call}, the batch first,"));
            format!("\nit was computed{by} at {}:{}", node.place.file(), node.place.line())
        });
        Err(Fault::Typed { expected: written::<S>(), found: found.to_string(), made }.here())
    }
}

/// `[32, _]`
fn written<S: Dims>() -> String {
    let sizes = S::SIZES.iter().map(|size| size.map_or_else(|| "_".to_owned(), |size| size.to_string()));
    format!("[{}]", sizes.collect::<Vec<_>>().join(", "))
}

impl<S: Dims, T: Float> Typed<S, T> {
    /// The variable itself.
    #[must_use]
    pub fn into_inner(self) -> Var<T> {
        self.variable
    }

    /// The next of a compiled model's outputs, which has the shape that the macro has worked out.
    #[doc(hidden)]
    #[track_caller]
    pub fn next_of(outputs: &mut impl Iterator<Item = Var<T>>) -> Result<Self> {
        match outputs.next() {
            Some(output) => output.typed(),
            None => Err(Fault::Nothing { call: "call_typed".to_owned() }.here()),
        }
    }
}

/// All outputs of a compiled model, for variables in the order of its inputs.
#[doc(hidden)]
#[track_caller]
pub fn call_typed<N: Callable<f32>>(model: &N, inputs: Vec<Var>) -> Result<std::vec::IntoIter<Var>> {
    model.run(Inputs::from(inputs).at(Location::caller())).map(Vec::into_iter)
}

impl<S: Dims, T: Float> Deref for Typed<S, T> {
    type Target = Var<T>;

    fn deref(&self) -> &Var<T> {
        &self.variable
    }
}

impl<S: Dims, T: Float> Clone for Typed<S, T> {
    fn clone(&self) -> Self {
        Self { variable: self.variable.clone(), shape: PhantomData }
    }
}

impl<S: Dims, T: Float> fmt::Debug for Typed<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.variable.fmt(f)
    }
}

impl<S: Dims, T: Float> From<&Typed<S, T>> for Inputs<T> {
    fn from(typed: &Typed<S, T>) -> Self {
        Self::from(&typed.variable)
    }
}
