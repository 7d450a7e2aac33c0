//! Items as bytes of a file.

use ndarray::{Array, ArrayD, Dimension, IxDyn};

use crate::npy::NpyElement;

/// What a file can hold of a data set's items, see [`cache_file`](super::Dataset::cache_file): numbers, `bool`, texts, arrays and lists of such, and tuples of all these.
///
/// A type of one's own is stored by what it is made of:
///
/// ```
/// use model_data::dataset::{Dataset, Stored};
///
/// struct Word { text: String, count: u32 }
///
/// impl Stored for Word {
///     fn kind() -> String {
///         format!("Word {}", <(String, u32)>::kind())
///     }
///
///     fn store(&self, bytes: &mut Vec<u8>) {
///         self.text.store(bytes);
///         self.count.store(bytes);
///     }
///
///     fn restore(bytes: &mut &[u8]) -> Option<Self> {
///         Some(Self { text: String::restore(bytes)?, count: u32::restore(bytes)? })
///     }
/// }
///
/// let folder = tempfile::tempdir().unwrap();
/// let texts = Dataset::from_items(vec!["a", "b"]);
/// let words = texts.map(|text| Word { text: text.to_owned(), count: 1 }).cache_file(folder.path().join("words"));
/// assert_eq!((words.iter().count(), words.iter().count()), (2, 2));
/// ```
#[diagnostic::on_unimplemented(
    message = "items of type `{Self}` cannot be kept in a file",
    label = "expected numbers, texts, arrays, lists, or tuples of such",
    note = "a type of one's own implements `Stored`; `.cache()` keeps items of any type in memory"
)]
pub trait Stored: Sized {
    /// What the type is, in words for messages. A file that says otherwise is of another data set.
    fn kind() -> String;

    /// Adds its bytes.
    fn store(&self, bytes: &mut Vec<u8>);

    /// Takes its bytes from the front of others; nothing where they cannot be its own.
    fn restore(bytes: &mut &[u8]) -> Option<Self>;

    /// The same of so many, one behind the other. Each has a byte at least, so that no more is asked for than there are bytes.
    #[doc(hidden)]
    fn restore_all(length: usize, bytes: &mut &[u8]) -> Option<Vec<Self>> {
        if length > bytes.len() {
            return None;
        }
        (0..length).map(|_| Self::restore(bytes)).collect()
    }
}

impl<E: NpyElement> Stored for E {
    fn kind() -> String {
        E::NAME.to_owned()
    }

    fn store(&self, bytes: &mut Vec<u8>) {
        self.push_bytes(bytes);
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        Self::restore_all(1, bytes)?.pop()
    }

    fn restore_all(length: usize, bytes: &mut &[u8]) -> Option<Vec<Self>> {
        let own = bytes.split_off(..length.checked_mul(size_of::<E>())?)?;
        E::from_bytes(own, false).ok()
    }
}

/// Places and sizes have 64 bits in every file.
impl Stored for usize {
    fn kind() -> String {
        "usize".to_owned()
    }

    fn store(&self, bytes: &mut Vec<u8>) {
        (*self as u64).store(bytes);
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        u64::restore(bytes)?.try_into().ok()
    }
}

impl Stored for String {
    fn kind() -> String {
        "String".to_owned()
    }

    fn store(&self, bytes: &mut Vec<u8>) {
        self.len().store(bytes);
        bytes.extend_from_slice(self.as_bytes());
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        let length = usize::restore(bytes)?;
        Self::from_utf8(bytes.split_off(..length)?.to_vec()).ok()
    }
}

impl<E: Stored> Stored for Vec<E> {
    fn kind() -> String {
        format!("Vec<{}>", E::kind())
    }

    fn store(&self, bytes: &mut Vec<u8>) {
        self.len().store(bytes);
        self.iter().for_each(|element| element.store(bytes));
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        let length = usize::restore(bytes)?;
        E::restore_all(length, bytes)
    }
}

impl<E: Stored, D: Dimension> Stored for Array<E, D> {
    fn kind() -> String {
        D::NDIM.map_or_else(|| format!("ArrayD<{}>", E::kind()), |axes| format!("Array{axes}<{}>", E::kind()))
    }

    fn store(&self, bytes: &mut Vec<u8>) {
        self.shape().to_vec().store(bytes);
        self.iter().for_each(|element| element.store(bytes));
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        let shape = Vec::<usize>::restore(bytes)?;
        let length = shape.iter().try_fold(1_usize, |length, &size| length.checked_mul(size))?;
        let array = ArrayD::from_shape_vec(IxDyn(&shape), E::restore_all(length, bytes)?).ok()?;
        array.into_dimensionality().ok()
    }
}

macro_rules! tuples {
    ($(($($name:ident $place:tt),+))*) => {
        $(impl<$($name: Stored),+> Stored for ($($name,)+) {
            fn kind() -> String {
                format!("({})", [$($name::kind()),+].join(", "))
            }

            fn store(&self, bytes: &mut Vec<u8>) {
                $(self.$place.store(bytes);)+
            }

            fn restore(bytes: &mut &[u8]) -> Option<Self> {
                Some(($($name::restore(bytes)?,)+))
            }
        })*
    };
}

model_core::for_given_tuples!(tuples);
