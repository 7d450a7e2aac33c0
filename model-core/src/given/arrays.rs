//! Several arrays: a model's inputs or its targets, by name or in the model's order.

use ndarray::{Array, ArrayBase, Data, Dimension};

use super::array::{AnyArray, Element};
use crate::tensor::{Dims, Tensor};

/// What can be seen as an array: an array, a view, a vector, a tensor, or a reference to one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an array, nor several",
    label = "expected an array: `&x`",
    note = "an array is one of `ndarray`'s, a `Tensor`, a slice or a `Vec` of numbers; the samples are its first axis",
    note = "several arrays are the record that the macro writes, `NetInputs {{ a: &a, b: &b }}`, or `(&a, &b)` in the model's order"
)]
pub trait AsArray {
    /// The array, borrowed.
    fn as_array(&self) -> AnyArray<'_>;
}

impl<S: Data<Elem: Element>, D: Dimension> AsArray for ArrayBase<S, D> {
    fn as_array(&self) -> AnyArray<'_> {
        self.into()
    }
}

impl<T: Element> AsArray for [T] {
    fn as_array(&self) -> AnyArray<'_> {
        self.into()
    }
}

impl<T: Element> AsArray for Vec<T> {
    fn as_array(&self) -> AnyArray<'_> {
        self.into()
    }
}

impl AsArray for AnyArray<'_> {
    fn as_array(&self) -> AnyArray<'_> {
        self.reborrow()
    }
}

impl<A: AsArray + ?Sized> AsArray for &A {
    fn as_array(&self) -> AnyArray<'_> {
        (**self).as_array()
    }
}

impl<S: Dims, T: Element + crate::float::Float> AsArray for Tensor<S, T> {
    fn as_array(&self) -> AnyArray<'_> {
        T::any(self.view().into_dyn())
    }
}

/// An element type that models compute in, of which there are gradients: `f32`.
#[diagnostic::on_unimplemented(
    message = "there is no gradient of an array of `{Self}`",
    label = "expected what a model gave: an array of `f32`, or a `Tensor`",
    note = "the output comes first, and the target behind it: `loss.gradient(&output, &y)`"
)]
pub trait Real: Element {}

impl Real for f32 {}

/// A batch of numbers that there can be a gradient of, `[samples, ..]`: a [`Tensor`], or an array of `f32`.
#[diagnostic::on_unimplemented(
    message = "there is no gradient of `{Self}`",
    label = "expected what a model gave: a `Tensor`, or an array of `f32`",
    note = "the output comes first, and the target behind it: `loss.gradient(&output, &y)`"
)]
pub trait FloatArray: AsArray {
    /// What a gradient of it is held in: the same, owned.
    type Gradient;

    /// A gradient of its shape, with these elements in their logical order.
    fn gradient(&self, elements: Vec<f32>) -> Self::Gradient;
}

impl<S: Data<Elem: Real>, D: Dimension> FloatArray for ArrayBase<S, D> {
    type Gradient = Array<f32, D>;

    fn gradient(&self, elements: Vec<f32>) -> Array<f32, D> {
        Array::from_shape_vec(self.raw_dim(), elements).expect("a gradient has its array's elements")
    }
}

impl<S: Dims> FloatArray for Tensor<S> {
    type Gradient = Self;

    fn gradient(&self, elements: Vec<f32>) -> Self {
        Self::from_parts(self.batch(), self.sizes(), &elements)
    }
}

/// The inputs or targets of a model.
///
/// | a model of | takes |
/// |---|---|
/// | one input | `&x` |
/// | several | the record that the macro writes, `NetInputs { title: &title, body: &body }` |
/// | several of different shapes | `(&title, &body)`, in the model's order |
/// | several | `[("body", (&body).into()), ("title", (&title).into())]`, by name, in any order |
///
/// A struct with one field for each input, such as those that the macro writes, lists its fields by name:
///
/// ```
/// use model_core::given::{AnyArray, Arrays};
/// use ndarray::{Array2, array};
///
/// struct Ticket {
///     title: Array2<f32>,
///     tags: Array2<u8>,
/// }
///
/// impl Arrays for Ticket {
///     fn visit<'a>(&'a self, visitor: &mut dyn FnMut(Option<&'a str>, AnyArray<'a>)) {
///         visitor(Some("title"), (&self.title).into());
///         visitor(Some("tags"), (&self.tags).into());
///     }
/// }
///
/// let ticket = Ticket { title: array![[0.5, 1.0]], tags: array![[1, 0, 1]] };
/// let mut seen = Vec::new();
/// ticket.visit(&mut |name, array| seen.push((name, array.shape().to_vec())));
/// assert_eq!(seen, [(Some("title"), vec![1, 2]), (Some("tags"), vec![1, 3])]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an array, nor several",
    label = "expected an array: `&x`",
    note = "an array is one of `ndarray`'s, a `Tensor`, a slice or a `Vec` of numbers; the samples are its first axis",
    note = "several arrays are the record that the macro writes, `NetInputs {{ a: &a, b: &b }}`, or `(&a, &b)` in the model's order"
)]
pub trait Arrays {
    /// Visits every array, with its name where it goes by name.
    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(Option<&'a str>, AnyArray<'a>));
}

impl<A: AsArray> Arrays for A {
    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(Option<&'a str>, AnyArray<'a>)) {
        visitor(None, self.as_array());
    }
}

impl<'n> Arrays for [(&'n str, AnyArray<'n>)] {
    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(Option<&'a str>, AnyArray<'a>)) {
        self.iter().for_each(|(name, array)| visitor(Some(name), array.reborrow()));
    }
}

impl<'n, const N: usize> Arrays for [(&'n str, AnyArray<'n>); N] {
    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(Option<&'a str>, AnyArray<'a>)) {
        self.as_slice().visit(visitor);
    }
}

impl<'n> Arrays for Vec<(&'n str, AnyArray<'n>)> {
    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(Option<&'a str>, AnyArray<'a>)) {
        self.as_slice().visit(visitor);
    }
}

/// None: the targets of a step of one's own that needs none.
impl Arrays for () {
    fn visit<'a>(&'a self, _visitor: &mut dyn FnMut(Option<&'a str>, AnyArray<'a>)) {}
}

macro_rules! tuples {
    ($(($($name:ident $place:tt),+))*) => {
        $(impl<$($name: AsArray),+> Arrays for ($($name,)+) {
            fn visit<'a>(&'a self, visitor: &mut dyn FnMut(Option<&'a str>, AnyArray<'a>)) {
                $(visitor(None, self.$place.as_array());)+
            }
        })*
    };
}

/// Writes out a macro for the tuples that can be given, with names for their types: of arrays here, and of what becomes these elsewhere.
#[doc(hidden)]
#[macro_export]
macro_rules! for_given_tuples {
    ($each:ident) => {
        $each! {
            (A 0)
            (A 0, B 1)
            (A 0, B 1, C 2)
            (A 0, B 1, C 2, D 3)
            (A 0, B 1, C 2, D 3, E 4)
            (A 0, B 1, C 2, D 3, E 4, F 5)
        }
    };
}

crate::for_given_tuples!(tuples);
