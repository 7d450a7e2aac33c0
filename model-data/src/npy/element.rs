//! The types of elements, as NumPy and as Rust call them.

use super::NpyProblem;

/// A type of an array's elements that files of NumPy's have: `f32`, `f64`, whole numbers of 8 to 64 bits and `bool`.
pub trait NpyElement: Copy + sealed::Sealed {
    /// The type's name in Rust.
    #[doc(hidden)]
    const NAME: &'static str;
    /// The kind and size, such as `f4`.
    #[doc(hidden)]
    const CODE: &'static str;
    /// The elements of bytes whose number is a multiple of the size.
    #[doc(hidden)]
    fn from_bytes(bytes: &[u8], is_big_endian: bool) -> Result<Vec<Self>, NpyProblem>;
    /// Adds the element's bytes, the lowest first.
    #[doc(hidden)]
    fn push_bytes(self, bytes: &mut Vec<u8>);
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! numbers {
    ($($type:ty = $code:literal),* $(,)?) => {
        $(impl sealed::Sealed for $type {}

        impl NpyElement for $type {
            const NAME: &'static str = stringify!($type);
            const CODE: &'static str = $code;

            fn from_bytes(bytes: &[u8], is_big_endian: bool) -> Result<Vec<Self>, NpyProblem> {
                let from = if is_big_endian { Self::from_be_bytes } else { Self::from_le_bytes };
                Ok(bytes.as_chunks().0.iter().map(|&element| from(element)).collect())
            }

            fn push_bytes(self, bytes: &mut Vec<u8>) {
                bytes.extend(self.to_le_bytes());
            }
        })*

        const ALL: &[(&str, &str)] = &[$(($code, stringify!($type)),)* ("b1", "bool")];
    };
}

numbers! {
    f32 = "f4", f64 = "f8", i8 = "i1", i16 = "i2", i32 = "i4", i64 = "i8", u8 = "u1", u16 = "u2", u32 = "u4", u64 = "u8",
}

impl sealed::Sealed for bool {}

impl NpyElement for bool {
    const NAME: &'static str = "bool";
    const CODE: &'static str = "b1";

    fn from_bytes(bytes: &[u8], _: bool) -> Result<Vec<Self>, NpyProblem> {
        let element = |(index, &byte)| match byte {
            0 | 1 => Ok(byte == 1),
            found => Err(NpyProblem::Boolean { index, found }),
        };
        bytes.iter().enumerate().map(element).collect()
    }

    fn push_bytes(self, bytes: &mut Vec<u8>) {
        bytes.push(u8::from(self));
    }
}

/// The Rust name of a description such as `<f4`.
pub(super) fn of(description: &str) -> Option<&'static str> {
    let (_, code) = order(description)?;
    ALL.iter().find(|(known, _)| *known == code).map(|&(_, name)| name)
}

/// Whether the highest byte comes first, and the kind and size. As NumPy writes on machines of today, `=` is `<`.
pub(super) fn order(description: &str) -> Option<(bool, &str)> {
    let mut rest = description.chars();
    match rest.next()? {
        '<' | '=' | '|' => Some((false, rest.as_str())),
        '>' => Some((true, rest.as_str())),
        _ => None,
    }
}
