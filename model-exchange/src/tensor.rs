//! Arrays on their way between formats.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::ops::Range;

use crate::part::FilePart;

/// What the elements of an array are in a file, lowest byte first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the field's")]
pub enum Dtype {
    F16,
    BF16,
    F32,
    F64,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    Bool,
}

impl Dtype {
    /// How many bytes an element takes.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::I8 | Self::U8 | Self::Bool => 1,
            Self::F16 | Self::BF16 | Self::I16 | Self::U16 => 2,
            Self::F32 | Self::I32 | Self::U32 => 4,
            Self::F64 | Self::I64 | Self::U64 => 8,
        }
    }

    /// Whether its numbers are floats.
    #[must_use]
    pub const fn is_float(self) -> bool {
        matches!(self, Self::F16 | Self::BF16 | Self::F32 | Self::F64)
    }

    /// Hands on the numbers that bytes are, those of other types as the nearest `f32`.
    fn visit(self, bytes: &[u8], visit: &mut impl FnMut(f32)) {
        macro_rules! elements {
            ($type:ty) => {{
                let (elements, _) = bytes.as_chunks();
                elements.iter().for_each(|&bytes| visit(<$type>::from_le_bytes(bytes) as f32));
            }};
        }
        match self {
            Self::F32 => elements!(f32),
            Self::F64 => elements!(f64),
            Self::F16 => {
                let (elements, _) = bytes.as_chunks();
                elements.iter().for_each(|&bytes| visit(half(u16::from_le_bytes(bytes))));
            }
            Self::BF16 => {
                let (elements, _) = bytes.as_chunks();
                elements.iter().for_each(|&bytes| visit(f32::from_bits(u32::from(u16::from_le_bytes(bytes)) << 16)));
            }
            Self::I8 => elements!(i8),
            Self::I16 => elements!(i16),
            Self::I32 => elements!(i32),
            Self::I64 => elements!(i64),
            Self::U8 | Self::Bool => elements!(u8),
            Self::U16 => elements!(u16),
            Self::U32 => elements!(u32),
            Self::U64 => elements!(u64),
        }
    }
}

impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// How many bytes of an array that is not held are copied at a time: as many as the nearest caches have room for.
const AT_A_TIME: usize = 64 << 10;

/// The bytes of an array's elements.
#[derive(Clone, Debug)]
pub enum Elements<'b> {
    /// They are held.
    Held(Cow<'b, [u8]>),
    /// They are those of numbers that are held.
    Floats(&'b [f32]),
    /// They lie in a file, and are read as they are looked at. What cannot be read counts as any numbers, and [`FilePart::is_whole`] tells.
    InFile {
        /// The part of the file that they lie in.
        part: &'b FilePart,
        /// Where in it.
        place: u64,
        /// How many they are.
        size: usize,
    },
}

impl Default for Elements<'_> {
    fn default() -> Self {
        Self::Held(Cow::Borrowed(&[]))
    }
}

impl PartialEq for Elements<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.held() == other.held()
    }
}

impl<'b> From<&'b [u8]> for Elements<'b> {
    fn from(bytes: &'b [u8]) -> Self {
        Self::Held(bytes.into())
    }
}

impl From<Vec<u8>> for Elements<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Held(bytes.into())
    }
}

impl Elements<'_> {
    /// How many bytes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Held(bytes) => bytes.len(),
            Self::Floats(numbers) => size_of_val(*numbers),
            Self::InFile { size, .. } => *size,
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them, read if they lie in a file, and written if they are numbers.
    #[must_use]
    pub fn held(&self) -> Cow<'_, [u8]> {
        match *self {
            Self::Held(ref bytes) => Cow::Borrowed(bytes),
            Self::Floats(numbers) => {
                let mut bytes = vec![0; size_of_val(numbers)];
                write_floats(numbers, &mut bytes);
                Cow::Owned(bytes)
            }
            Self::InFile { part, place, size } => {
                let mut bytes = vec![0; size];
                part.copy(place, &mut bytes);
                Cow::Owned(bytes)
            }
        }
    }

    /// Some of them, where they are; none behind their end. Of numbers these are whole ones.
    #[must_use]
    pub fn part(&self, bytes: Range<usize>) -> Elements<'_> {
        let end = bytes.end.min(self.len());
        let start = bytes.start.min(end);
        match *self {
            Self::Held(ref bytes) => Elements::from(bytes.get(start..end).unwrap_or_default()),
            Self::Floats(numbers) => Elements::Floats(numbers.get(start / 4..end / 4).unwrap_or_default()),
            Self::InFile { part, place, .. } => {
                Elements::InFile { part, place: place.saturating_add(start as u64), size: end - start }
            }
        }
    }

    /// Hands them on, whole elements at a time.
    fn each(&self, mut visit: impl FnMut(&[u8])) {
        let Ok(()) = self.try_each(|bytes| {
            visit(bytes);
            Ok::<(), Infallible>(())
        });
    }

    /// Hands them on, whole elements at a time: at once where they are held, and a few after the other where they are not.
    ///
    /// # Errors
    /// The first of what they are handed to.
    pub fn try_each<E>(&self, mut visit: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut room = match self {
            Self::Held(bytes) => return visit(bytes),
            Self::Floats(_) | Self::InFile { .. } => vec![0; self.len().min(AT_A_TIME)],
        };
        match *self {
            Self::Held(_) => {}
            Self::Floats(numbers) => {
                for numbers in numbers.chunks(AT_A_TIME / size_of::<f32>()) {
                    let (bytes, _) = room.split_at_mut(size_of_val(numbers));
                    write_floats(numbers, bytes);
                    visit(bytes)?;
                }
            }
            Self::InFile { part, mut place, size } => {
                let mut left = size;
                while left > 0 {
                    let now = left.min(AT_A_TIME);
                    let (bytes, _) = room.split_at_mut(now);
                    part.copy(place, bytes);
                    visit(bytes)?;
                    place = place.saturating_add(now as u64);
                    left -= now;
                }
            }
        }
        Ok(())
    }
}

/// An array of a file: its bytes, which may lie in the file, as many as shape and type say.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor<'b> {
    /// What its elements are.
    pub dtype: Dtype,
    /// The sizes of its axes.
    pub shape: Vec<usize>,
    /// Its elements, the last axis first.
    pub bytes: Elements<'b>,
}

impl<'b> Tensor<'b> {
    /// An array of these `f32`, as many as the shape has.
    #[must_use]
    pub fn of(shape: &[usize], elements: &'b [f32]) -> Self {
        Self { dtype: Dtype::F32, shape: shape.to_vec(), bytes: Elements::Floats(elements) }
    }
}

impl Tensor<'_> {
    /// An array of copies of these `f32`, as many as the shape has.
    #[must_use]
    pub fn floats(shape: &[usize], elements: &[f32]) -> Tensor<'static> {
        let mut bytes = vec![0; size_of_val(elements)];
        write_floats(elements, &mut bytes);
        Tensor { dtype: Dtype::F32, shape: shape.to_vec(), bytes: bytes.into() }
    }

    /// One `i32`.
    #[must_use]
    pub fn integer(number: i32) -> Tensor<'static> {
        Tensor { dtype: Dtype::I32, shape: Vec::new(), bytes: number.to_le_bytes().to_vec().into() }
    }

    /// Hands on its elements one after the other, those of other types as the nearest `f32`.
    pub fn visit(&self, mut visit: impl FnMut(f32)) {
        self.bytes.each(|bytes| self.dtype.visit(bytes, &mut visit));
    }

    /// The whole number that it is, if it is one that is not negative.
    #[must_use]
    pub fn whole_number(&self) -> Option<u64> {
        let mut bytes = [0; 8];
        let is_whole = !self.dtype.is_float() && self.bytes.len() == self.dtype.size();
        let own = if is_whole { self.bytes.held() } else { return None };
        bytes.get_mut(..own.len())?.copy_from_slice(&own);
        let is_signed = matches!(self.dtype, Dtype::I8 | Dtype::I16 | Dtype::I32 | Dtype::I64);
        let is_negative = is_signed && own.last().is_some_and(|&byte| byte > 127);
        (!is_negative).then_some(u64::from_le_bytes(bytes))
    }

    /// Its elements.
    #[must_use]
    pub fn to_vec(&self) -> Vec<f32> {
        let mut elements = Vec::with_capacity(self.bytes.len() / self.dtype.size());
        self.visit(|element| elements.push(element));
        elements
    }

    /// Some of its elements, by their places, as an array of one axis; none behind its end.
    #[must_use]
    pub fn part(&self, elements: Range<usize>) -> Tensor<'_> {
        let size = self.dtype.size();
        let bytes = self.bytes.part(elements.start.saturating_mul(size)..elements.end.saturating_mul(size));
        Tensor { dtype: self.dtype, shape: vec![bytes.len() / size], bytes }
    }

    /// Copies its elements, as many as there is room for.
    pub fn copy_to(&self, to: &mut [f32]) {
        if self.dtype == Dtype::F32 {
            let mut rest = to;
            return self.bytes.each(|bytes| {
                let (elements, _) = bytes.as_chunks();
                let room = std::mem::take(&mut rest);
                let (now, behind) = room.split_at_mut(elements.len().min(room.len()));
                now.iter_mut().zip(elements).for_each(|(to, &bytes)| *to = f32::from_le_bytes(bytes));
                rest = behind;
            });
        }
        let mut to = to.iter_mut();
        self.visit(|element| {
            if let Some(to) = to.next() {
                *to = element;
            }
        });
    }

    /// The same, with the bytes where they are.
    #[must_use]
    pub fn borrowed(&self) -> Tensor<'_> {
        Tensor { dtype: self.dtype, shape: self.shape.clone(), bytes: self.bytes.part(0..usize::MAX) }
    }

    /// The same with bytes of its own.
    #[must_use]
    pub fn into_owned(self) -> Tensor<'static> {
        Tensor { dtype: self.dtype, shape: self.shape, bytes: self.bytes.held().into_owned().into() }
    }
}

/// Writes elements as a file has them, as many as there is room for.
pub fn write_floats(elements: &[f32], bytes: &mut [u8]) {
    let (words, _) = bytes.as_chunks_mut();
    words.iter_mut().zip(elements).for_each(|(word, element)| *word = element.to_le_bytes());
}

/// A number of IEEE's binary16.
fn half(bits: u16) -> f32 {
    let (sign, exponent, fraction) = (u32::from(bits >> 15) << 31, u32::from(bits >> 10 & 31), u32::from(bits & 1023));
    match exponent {
        0 => f32::from_bits(sign | ((fraction as f32) * 2.0_f32.powi(-24)).to_bits()),
        31 => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_what_they_are() {
        for (bits, value) in [
            (0, 0.0),
            (1, 5.960_464_5e-8),
            (0x0400, 6.103_515_6e-5),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x7c00, f32::INFINITY),
        ] {
            assert_eq!(half(bits), value, "{bits:#x}");
        }
        assert!(half(0x7e00).is_nan());
    }
}
