//! Heaps: where names of a group lie, and texts of any length.

use super::bytes::Bytes;
use super::{Hdf5Problem, Hdf5Result};

/// The names of one group.
#[derive(Clone, Copy)]
pub(super) struct LocalHeap<'b>(&'b [u8]);

impl<'b> LocalHeap<'b> {
    pub(super) fn at(file: Bytes<'b>, at: u64) -> Hdf5Result<Self> {
        let mut header = file.from(at)?;
        header.expect(b"HEAP\0", "the names of a group")?;
        header.skip(3)?;
        let (size, _free, place) = (header.u64()?, header.u64()?, header.u64()?);
        file.at(place, size).map(Self)
    }

    /// What lies from a place in it on.
    pub(super) fn from(self, at: u64) -> Hdf5Result<&'b [u8]> {
        let rest = usize::try_from(at).ok().and_then(|at| self.0.get(at..));
        rest.ok_or(Hdf5Problem::Short { at, length: 1, end: self.0.len() as u64 })
    }
}

/// The object of a number in the collection at a place.
pub(super) fn object(file: Bytes<'_>, at: u64, number: u32) -> Hdf5Result<&[u8]> {
    let mut header = file.from(at)?;
    header.expect(b"GCOL\x01", "texts of any length")?;
    header.skip(3)?;
    let size = header.u64()?;
    let mut rest = file.reader(header.place(), size.saturating_sub(16))?;
    while rest.left() >= 16 {
        let found = rest.u16()?;
        rest.skip(6)?;
        let length = rest.u64()?;
        let damaged = Hdf5Problem::Damaged { at, expected: "a text" };
        let length = usize::try_from(length).ok().filter(|&length| length <= rest.left()).ok_or(damaged)?;
        match found {
            0 => break, // what is free
            _ if u32::from(found) == number => return rest.take(length),
            _ => rest.skip(length.next_multiple_of(8).min(rest.left()))?,
        }
    }
    Err(Hdf5Problem::Damaged { at, expected: "a text of the number that is asked for" })
}
