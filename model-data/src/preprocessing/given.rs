//! What can be given as tokens: one, several, or an array of any number of axes.

use std::borrow::Cow;

use ndarray::{Array, Array1, ArrayBase, Data, Dimension, Ix0, Ix1, arr0};

use super::Token;

/// Tokens as they are given: a text, texts in a list, a slice or an array of any number of axes; or whole numbers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not what is looked up here",
    label = "expected texts or whole numbers: `\"tea\"`, `&[\"tea\", \"milk\"]`, or an array of them",
    note = "`StringLookup` and `TextVectorization` take texts; `IntegerLookup` and `CategoryEncoding` whole numbers of up to 64 bits"
)]
pub trait Tokens<T: Token> {
    /// The axes of the array: none for a token alone.
    type Dim: Dimension;

    /// The tokens, looked at.
    #[doc(hidden)]
    fn array(&self) -> Array<Cow<'_, T::Borrowed>, Self::Dim>;
}

impl<T: Token, G: Tokens<T> + ?Sized> Tokens<T> for &G {
    type Dim = G::Dim;

    fn array(&self) -> Array<Cow<'_, T::Borrowed>, G::Dim> {
        (**self).array()
    }
}

impl Tokens<String> for str {
    type Dim = Ix0;

    fn array(&self) -> Array<Cow<'_, str>, Ix0> {
        arr0(Cow::Borrowed(self))
    }
}

impl Tokens<String> for String {
    type Dim = Ix0;

    fn array(&self) -> Array<Cow<'_, str>, Ix0> {
        arr0(Cow::Borrowed(self))
    }
}

/// Whole numbers that fit into 64 bits.
pub trait Integer: Copy {
    /// The number.
    #[doc(hidden)]
    fn wide(self) -> i64;
}

macro_rules! integers {
    ($($type:ty)*) => {
        $(impl Integer for $type {
            fn wide(self) -> i64 {
                self.into()
            }
        }

        impl Tokens<i64> for $type {
            type Dim = Ix0;

            fn array(&self) -> Array<Cow<'_, i64>, Ix0> {
                arr0(Cow::Owned(self.wide()))
            }
        })*
    };
}

integers! { i8 i16 i32 i64 u8 u16 u32 }

/// Lists of texts and of numbers.
macro_rules! lists {
    ($($list:ty, $($size:ident)?;)*) => {
        $(impl<E: AsRef<str> $(, const $size: usize)?> Tokens<String> for $list {
            type Dim = Ix1;

            fn array(&self) -> Array1<Cow<'_, str>> {
                self.iter().map(|text| Cow::Borrowed(text.as_ref())).collect()
            }
        }

        impl<E: Integer $(, const $size: usize)?> Tokens<i64> for $list {
            type Dim = Ix1;

            fn array(&self) -> Array1<Cow<'_, i64>> {
                self.iter().map(|number| Cow::Owned(number.wide())).collect()
            }
        })*
    };
}

lists! {
    [E], ;
    [E; N], N;
    Vec<E>, ;
}

impl<S: Data<Elem: AsRef<str>>, D: Dimension> Tokens<String> for ArrayBase<S, D> {
    type Dim = D;

    fn array(&self) -> Array<Cow<'_, str>, D> {
        self.map(|text| Cow::Borrowed(text.as_ref()))
    }
}

impl<S: Data<Elem: Integer>, D: Dimension> Tokens<i64> for ArrayBase<S, D> {
    type Dim = D;

    fn array(&self) -> Array<Cow<'_, i64>, D> {
        self.map(|number| Cow::Owned(number.wide()))
    }
}
