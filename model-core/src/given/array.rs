//! One array as a user has it: any element type, any rank, any memory layout, borrowed.

use std::borrow::Cow;

use model_graph::shape::DType;
use ndarray::{ArrayBase, ArrayView1, ArrayViewD, Data, Dimension};

use crate::float::Float;
use crate::memory::{self, TooLarge};
use crate::tensor::{Dims, Tensor};

/// An element that is not the number of a class: its place, and itself.
pub(crate) type NoClass = (usize, i64);

/// An element type that arrays may be given in.
#[diagnostic::on_unimplemented(
    message = "elements of type `{Self}` cannot be given to a model",
    label = "expected floats, integers or `bool`",
    note = "convert the array, `x.mapv(|element| ..)`; rows that are vectors of their own make an `ndarray::Array2`"
)]
pub trait Element: Copy + 'static {
    /// Rust's name of the type.
    const NAME: &'static str;

    /// The array as one of the types that a model can be given.
    fn any(view: ArrayViewD<'_, Self>) -> AnyArray<'_>
    where
        Self: Sized;

    /// The nearest `f32`.
    fn to_f32(self) -> f32;

    /// The nearest `f64`, which is the element itself unless that is very large.
    fn to_f64(self) -> f64;

    /// The number of a class, for the types that can be one.
    fn to_label(self) -> Option<i64>;
}

macro_rules! elements {
    ($($(#[doc = $doc:literal])* $variant:ident($type:ident): $to_f32:expr, $to_f64:expr, $to_label:expr;)*) => {
        /// A borrowed array of any of the element types that a model can be given.
        ///
        /// It is made from a reference to an array or view of any rank and layout, or to a slice.
        ///
        /// ```
        /// use model_core::given::AnyArray;
        /// use ndarray::array;
        ///
        /// let words = array![[1_i64, 2], [3, 4]];
        /// let words = AnyArray::from(&words);
        /// assert_eq!(words.shape(), [2, 2]);
        /// assert_eq!(words.element(), "i64");
        /// ```
        #[derive(Clone, Debug)]
        pub enum AnyArray<'a> {
            $($(#[doc = $doc])* $variant(ArrayViewD<'a, $type>),)*
        }

        $(impl Element for $type {
            const NAME: &'static str = stringify!($type);
            fn any(view: ArrayViewD<'_, Self>) -> AnyArray<'_> {
                AnyArray::$variant(view)
            }
            fn to_f32(self) -> f32 {
                $to_f32(self)
            }
            fn to_f64(self) -> f64 {
                $to_f64(self)
            }
            fn to_label(self) -> Option<i64> {
                $to_label(self)
            }
        })*

        impl<'a> AnyArray<'a> {
            /// The shape, the batch first.
            #[must_use]
            pub fn shape(&self) -> &[usize] {
                match self { $(Self::$variant(view) => view.shape(),)* }
            }

            /// Rust's name of the element type.
            #[must_use]
            pub fn element(&self) -> &'static str {
                match self { $(Self::$variant(_) => <$type>::NAME,)* }
            }

            /// The same array, borrowed from this one.
            #[must_use]
            pub fn reborrow(&self) -> AnyArray<'_> {
                match self { $(Self::$variant(view) => AnyArray::$variant(view.view()),)* }
            }

            /// The elements in their logical order as `f32`: borrowed where they are that already, otherwise converted.
            pub(crate) fn floats(&self) -> Result<Cow<'a, [f32]>, TooLarge> {
                if let Self::F32(view) = self
                    && view.is_standard_layout()
                {
                    return Ok(Cow::Borrowed(view.to_slice().expect("the layout is the standard one")));
                }
                self.claim::<f32>()?;
                Ok(match self {
                    $(Self::$variant(view) => view.iter().map(|&element| element.to_f32()).collect(),)*
                })
            }

            /// The elements in their logical order as `f64`.
            pub(crate) fn doubles(&self) -> Result<Vec<f64>, TooLarge> {
                self.claim::<f64>()?;
                Ok(match self {
                    $(Self::$variant(view) => view.iter().map(|&element| Element::to_f64(element)).collect(),)*
                })
            }

            /// Writes the elements in their logical order.
            pub(crate) fn write<T: Float>(&self, to: &mut [T]) {
                match self {
                    $(Self::$variant(view) => {
                        to.iter_mut().zip(view).for_each(|(to, &element)| *to = T::from_f64(Element::to_f64(element)));
                    })*
                }
            }

            /// Lets the elements be copied as others of a type. A view may have far more elements than lie in memory.
            fn claim<T>(&self) -> Result<(), TooLarge> {
                let what = || format!("a copy of the array of shape {:?} as `{}`", self.shape(), std::any::type_name::<T>());
                memory::claim(memory::bytes_of_array::<T>(self.shape()), what)
            }

            /// The first element that a test in `f64` fails, with its place.
            pub(crate) fn first_failing(&self, passes: impl Fn(f64) -> bool) -> Option<(usize, f64)> {
                match self {
                    $(Self::$variant(view) => {
                        view.iter().map(|&element| Element::to_f64(element)).enumerate().find(|&(_, element)| !passes(element))
                    })*
                }
            }

            /// The elements in their logical order as numbers that pass a test: borrowed where they are `i32` already. `None` if this type is
            /// not for class numbers.
            pub(crate) fn labels(
                &self,
                passes: impl Fn(i64) -> bool + Copy,
            ) -> Result<Option<Result<Cow<'a, [i32]>, NoClass>>, TooLarge> {
                if let Self::I32(view) = self
                    && view.is_standard_layout()
                {
                    let labels = view.to_slice().expect("the layout is the standard one");
                    return Ok(Some(check_labels(labels, passes).map(|()| Cow::Borrowed(labels))));
                }
                self.claim::<i32>()?;
                Ok(match self {
                    $(Self::$variant(view) => class_numbers(view, passes),)*
                })
            }
        }
    };
}

elements! {
    /// 32-bit floating point, what models compute in.
    F32(f32): |x| x, f64::from, |_| None;
    /// 64-bit floating point.
    F64(f64): |x| x as f32, |x| x, |_| None;
    /// Truth values.
    Bool(bool): |x| f32::from(u8::from(x)), |x| f64::from(u8::from(x)), |x| Some(i64::from(x));
    /// 8-bit integers.
    I8(i8): f32::from, f64::from, |x| Some(i64::from(x));
    /// 16-bit integers.
    I16(i16): f32::from, f64::from, |x| Some(i64::from(x));
    /// 32-bit integers.
    I32(i32): |x| x as f32, f64::from, |x| Some(i64::from(x));
    /// 64-bit integers.
    I64(i64): |x| x as f32, |x| x as f64, Some;
    /// 8-bit whole numbers.
    U8(u8): f32::from, f64::from, |x| Some(i64::from(x));
    /// 16-bit whole numbers.
    U16(u16): f32::from, f64::from, |x| Some(i64::from(x));
    /// 32-bit whole numbers.
    U32(u32): |x| x as f32, f64::from, |x| Some(i64::from(x));
    /// 64-bit whole numbers.
    U64(u64): |x| x as f32, |x| x as f64, |x| Some(i64::try_from(x).unwrap_or(i64::MAX));
    /// Whole numbers of the machine's width.
    Usize(usize): |x| x as f32, |x| x as f64, |x| Some(i64::try_from(x).unwrap_or(i64::MAX));
}

/// The number of a class, if it passes the test.
fn class_number(place: usize, label: i64, passes: impl Fn(i64) -> bool) -> Result<i32, NoClass> {
    i32::try_from(label).ok().filter(|_| passes(label)).ok_or((place, label))
}

fn check_labels(labels: &[i32], passes: impl Fn(i64) -> bool + Copy) -> Result<(), NoClass> {
    labels.iter().enumerate().try_for_each(|(place, &label)| class_number(place, i64::from(label), passes).map(|_| ()))
}

fn class_numbers<'a, T: Element>(
    view: &ArrayViewD<'_, T>,
    passes: impl Fn(i64) -> bool + Copy,
) -> Option<Result<Cow<'a, [i32]>, NoClass>> {
    let numbers = view.iter().enumerate().map(|(place, element)| Some(class_number(place, element.to_label()?, passes)));
    numbers.collect()
}

impl<'a, S: Data<Elem: Element>, D: Dimension> From<&'a ArrayBase<S, D>> for AnyArray<'a> {
    fn from(array: &'a ArrayBase<S, D>) -> Self {
        S::Elem::any(array.view().into_dyn())
    }
}

impl<'a, S: Dims, T: Element + crate::float::Float> From<&'a Tensor<S, T>> for AnyArray<'a> {
    fn from(tensor: &'a Tensor<S, T>) -> Self {
        T::any(tensor.view().into_dyn())
    }
}

impl<'a, T: Element> From<&'a [T]> for AnyArray<'a> {
    fn from(elements: &'a [T]) -> Self {
        T::any(ArrayView1::from(elements).into_dyn())
    }
}

impl<'a, T: Element> From<&'a Vec<T>> for AnyArray<'a> {
    fn from(elements: &'a Vec<T>) -> Self {
        Self::from(elements.as_slice())
    }
}

impl AnyArray<'_> {
    /// What its elements are to a model.
    pub(crate) const fn dtype(&self) -> DType {
        match self {
            AnyArray::F32(_) | AnyArray::F64(_) => DType::F32,
            AnyArray::Bool(_) => DType::Bool,
            AnyArray::I8(_)
            | AnyArray::I16(_)
            | AnyArray::I32(_)
            | AnyArray::I64(_)
            | AnyArray::U8(_)
            | AnyArray::U16(_)
            | AnyArray::U32(_)
            | AnyArray::U64(_)
            | AnyArray::Usize(_) => DType::I32,
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn floats_are_borrowed_where_they_can_be() {
        let standard = array![[1.0_f32, 2.0], [3.0, 4.0]];
        assert!(matches!(AnyArray::from(&standard).floats(), Ok(Cow::Borrowed([1.0, 2.0, 3.0, 4.0]))));
        let transposed = standard.t();
        assert_eq!(AnyArray::from(&transposed).floats(), Ok(Cow::<[f32]>::Owned(vec![1.0, 3.0, 2.0, 4.0])));
        assert_eq!(*AnyArray::from(&array![1_u8, 255]).floats().unwrap(), [1.0, 255.0]);
        assert_eq!(*AnyArray::from(&[true, false][..]).floats().unwrap(), [1.0, 0.0]);
    }

    #[test]
    fn a_view_of_more_than_fits_is_not_copied() {
        let one = array![1.0_f32];
        let many = one.broadcast(1 << 60).unwrap();
        let refusal = AnyArray::from(&many).floats().unwrap_err();
        assert!(refusal.what.starts_with("a copy of the array of shape [1152921504606846976] as `f32`"), "{refusal}");
        let labels = array![0_u8];
        assert!(AnyArray::from(&labels.broadcast(1 << 60).unwrap()).labels(|label| label < 3).is_err());
    }

    #[test]
    fn labels_are_whole_numbers_in_range() {
        let check = |array: AnyArray<'_>| {
            array.labels(|label| (0..3).contains(&label)).unwrap().map(|labels| labels.map(Cow::into_owned))
        };
        assert_eq!(check((&array![0, 2]).into()), Some(Ok(vec![0, 2])));
        assert_eq!(check((&array![[0_u8], [2]]).into()), Some(Ok(vec![0, 2])));
        assert_eq!(check((&array![0, 3]).into()), Some(Err((1, 3))));
        assert_eq!(check((&array![-1_i64]).into()), Some(Err((0, -1))));
        assert_eq!(check((&array![u64::MAX]).into()), Some(Err((0, i64::MAX))));
        assert_eq!(check((&array![0.0]).into()), None);
    }
}
