//! The bytes of a file, looked at with checked places.

use super::{Hdf5Problem, Hdf5Result};
use crate::part::FilePart;
use crate::tensor::Elements;

/// A place that is none.
pub(super) const UNDEFINED: u64 = u64::MAX;

/// The bytes of a file: all of them, or those that are read as they are asked for.
#[derive(Clone, Copy, Debug)]
pub enum Bytes<'b> {
    /// All of them.
    All(&'b [u8]),
    /// As they are asked for: all but data, which stay where they are.
    Part(&'b FilePart),
}

impl<'b> From<&'b [u8]> for Bytes<'b> {
    fn from(bytes: &'b [u8]) -> Self {
        Self::All(bytes)
    }
}

impl<'b> From<&'b FilePart> for Bytes<'b> {
    fn from(part: &'b FilePart) -> Self {
        Self::Part(part)
    }
}

impl<'b> Bytes<'b> {
    /// How many there are.
    pub(crate) const fn length(self) -> u64 {
        match self {
            Self::All(bytes) => bytes.len() as u64,
            Self::Part(part) => part.length(),
        }
    }

    /// So many bytes from a place on.
    pub(super) fn at(self, at: u64, length: u64) -> Hdf5Result<&'b [u8]> {
        let bytes = match self {
            Self::All(bytes) => {
                let range = usize::try_from(at).ok().zip(at.checked_add(length).and_then(|end| usize::try_from(end).ok()));
                range.and_then(|(start, end)| bytes.get(start..end))
            }
            Self::Part(part) => part.held(at, length),
        };
        bytes.ok_or(Hdf5Problem::Short { at, length, end: self.length() })
    }

    /// The data from a place on, which may be long.
    pub(super) fn data(self, at: u64, length: u64) -> Hdf5Result<Elements<'b>> {
        let Self::Part(part) = self else { return self.at(at, length).map(Elements::from) };
        let is_there = at.checked_add(length).is_some_and(|end| end <= part.length());
        let size = usize::try_from(length).ok().filter(|_| is_there);
        let size = size.ok_or(Hdf5Problem::Short { at, length, end: part.length() })?;
        Ok(Elements::InFile { part, place: at, size })
    }

    /// A reader from a place on, of so many bytes.
    pub(super) fn reader(self, at: u64, length: u64) -> Hdf5Result<Reader<'b>> {
        let end = at.checked_add(length).filter(|&end| end <= self.length());
        let end = end.ok_or(Hdf5Problem::Short { at, length, end: self.length() })?;
        Ok(Reader { file: self, next: at, end })
    }

    /// A reader from a place on, to the end.
    pub(super) fn from(self, at: u64) -> Hdf5Result<Reader<'b>> {
        self.reader(at, self.length().saturating_sub(at))
    }
}

/// Bytes that are read one after the other.
#[derive(Clone, Copy)]
pub(super) struct Reader<'b> {
    file: Bytes<'b>,
    /// Where the next one lies in the file, and where they end.
    next: u64,
    end: u64,
}

impl<'b> Reader<'b> {
    /// Where the next byte lies in the file.
    pub(super) fn place(self) -> u64 {
        self.next
    }

    /// How many bytes are left.
    pub(super) fn left(self) -> usize {
        usize::try_from(self.end.saturating_sub(self.next)).unwrap_or(usize::MAX)
    }

    pub(super) fn take(&mut self, length: usize) -> Hdf5Result<&'b [u8]> {
        let (at, length) = (self.next, length as u64);
        let end = at.checked_add(length).filter(|&end| end <= self.end);
        let end = end.ok_or(Hdf5Problem::Short { at, length, end: self.end })?;
        let bytes = self.file.at(at, length)?;
        self.next = end;
        Ok(bytes)
    }

    /// A reader of the next bytes alone.
    pub(super) fn part(&mut self, length: usize) -> Hdf5Result<Self> {
        let at = self.next;
        self.skip(length)?;
        Ok(Self { file: self.file, next: at, end: self.next })
    }

    pub(super) fn skip(&mut self, length: usize) -> Hdf5Result<()> {
        let (at, length) = (self.next, length as u64);
        let end = at.checked_add(length).filter(|&end| end <= self.end);
        self.next = end.ok_or(Hdf5Problem::Short { at, length, end: self.end })?;
        Ok(())
    }

    fn array<const N: usize>(&mut self) -> Hdf5Result<[u8; N]> {
        let bytes = self.take(N)?;
        bytes.try_into().map_err(|_| Hdf5Problem::Damaged { at: self.next, expected: "more bytes" })
    }

    pub(super) fn u8(&mut self) -> Hdf5Result<u8> {
        self.array().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Hdf5Result<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Hdf5Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Hdf5Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// A number of one, two, four or eight bytes.
    pub(super) fn sized(&mut self, size: u8) -> Hdf5Result<u64> {
        match size {
            1 => self.u8().map(u64::from),
            2 => self.u16().map(u64::from),
            4 => self.u32().map(u64::from),
            _ => self.u64(),
        }
    }

    /// These very bytes.
    pub(super) fn expect(&mut self, signature: &[u8], expected: &'static str) -> Hdf5Result<()> {
        let at = self.place();
        if self.take(signature.len())? == signature { Ok(()) } else { Err(Hdf5Problem::Damaged { at, expected }) }
    }

    /// One of the values that a byte can have.
    pub(super) fn version(&mut self, known: &[u8], what: &'static str) -> Hdf5Result<u8> {
        let found = self.u8()?;
        if known.contains(&found) { Ok(found) } else { Err(Hdf5Problem::Unsupported { what }) }
    }
}

/// The bytes up to the first zero.
pub(super) fn until_zero(bytes: &[u8]) -> &[u8] {
    bytes.split(|&byte| byte == 0).next().unwrap_or_default()
}
