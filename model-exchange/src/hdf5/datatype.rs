//! Types of elements.

use super::bytes::Reader;
use super::{Hdf5Problem, Hdf5Result};
use crate::tensor::Dtype;

/// What the elements of data and attributes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Datatype {
    /// Numbers.
    Number(Dtype),
    /// Bytes that only who wrote them knows, so many an element.
    Opaque(u32),
    /// Texts of at most so many bytes.
    Text(u32),
    /// Texts of any length, which lie elsewhere.
    AnyText,
}

impl Datatype {
    /// How many bytes an element takes.
    pub(super) fn size(self) -> u64 {
        match self {
            Self::Number(dtype) => dtype.size() as u64,
            Self::Opaque(size) | Self::Text(size) => size.into(),
            Self::AnyText => 16,
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Hdf5Result<Self> {
        const UNKNOWN: Hdf5Problem = Hdf5Problem::Unsupported { what: "elements that are neither numbers nor texts" };
        let first = reader.u8()?;
        let bits = [reader.u8()?, reader.u8()?, reader.u8()?];
        let size = reader.u32()?;
        let is_big_endian = matches!(first & 15, 0 | 1) && (bits[0] & 1 != 0 || bits[0] & 0x40 != 0);
        if is_big_endian {
            return Err(Hdf5Problem::Unsupported { what: "numbers with the highest byte first" });
        }
        let number = match first & 15 {
            0 => {
                let (offset, precision) = (reader.u16()?, reader.u16()?);
                let is_whole = offset == 0 && u32::from(precision) == size.saturating_mul(8);
                integer(size, bits[0] & 8 != 0).filter(|_| is_whole)
            }
            1 => float(reader, size)?,
            3 => return Ok(Self::Text(size)),
            5 => return Ok(Self::Opaque(size)),
            8 if size == 1 => Some(Dtype::Bool), // an enumeration of two: h5py's bool
            9 if bits[0] & 15 == 1 && size == 16 => return Ok(Self::AnyText),
            _ => None,
        };
        number.map(Self::Number).ok_or(UNKNOWN)
    }
}

fn integer(size: u32, is_signed: bool) -> Option<Dtype> {
    match (size, is_signed) {
        (1, true) => Some(Dtype::I8),
        (1, false) => Some(Dtype::U8),
        (2, true) => Some(Dtype::I16),
        (2, false) => Some(Dtype::U16),
        (4, true) => Some(Dtype::I32),
        (4, false) => Some(Dtype::U32),
        (8, true) => Some(Dtype::I64),
        (8, false) => Some(Dtype::U64),
        _ => None,
    }
}

/// A type of floats, by the places and sizes of its exponent and mantissa.
fn float(reader: &mut Reader<'_>, size: u32) -> Hdf5Result<Option<Dtype>> {
    reader.skip(4)?; // from which bit to which
    let form = [reader.u8()?, reader.u8()?, reader.u8()?, reader.u8()?];
    let bias = reader.u32()?;
    Ok(match (size, form, bias) {
        (2, [10, 5, 0, 10], 15) => Some(Dtype::F16),
        (2, [7, 8, 0, 7], 127) => Some(Dtype::BF16),
        (4, [23, 8, 0, 23], 127) => Some(Dtype::F32),
        (8, [52, 11, 0, 52], 1023) => Some(Dtype::F64),
        _ => None,
    })
}
