//! The bytes of a file, looked at with checked places.

use super::{Hdf5Problem, Hdf5Result};

/// A place that is none.
pub(super) const UNDEFINED: u64 = u64::MAX;

/// The bytes of a file from a base on, which places count from.
#[derive(Clone, Copy)]
pub(super) struct Bytes<'b>(pub(super) &'b [u8]);

impl<'b> Bytes<'b> {
    /// So many bytes from a place on.
    pub(super) fn at(self, at: u64, length: u64) -> Hdf5Result<&'b [u8]> {
        let range = usize::try_from(at).ok().zip(at.checked_add(length).and_then(|end| usize::try_from(end).ok()));
        let bytes = range.and_then(|(start, end)| self.0.get(start..end));
        bytes.ok_or(Hdf5Problem::Short { at, length, end: self.0.len() as u64 })
    }

    /// A reader from a place on, of so many bytes.
    pub(super) fn reader(self, at: u64, length: u64) -> Hdf5Result<Reader<'b>> {
        Ok(Reader { bytes: self.at(at, length)?, at, next: 0 })
    }

    /// A reader from a place on, to the end.
    pub(super) fn from(self, at: u64) -> Hdf5Result<Reader<'b>> {
        self.reader(at, (self.0.len() as u64).saturating_sub(at))
    }
}

/// Bytes that are read one after the other.
#[derive(Clone, Copy)]
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    /// Where they lie in the file.
    at: u64,
    next: usize,
}

impl<'b> Reader<'b> {
    /// Where the next byte lies in the file.
    pub(super) fn place(self) -> u64 {
        self.at.saturating_add(self.next as u64)
    }

    /// How many bytes are left.
    pub(super) fn left(self) -> usize {
        self.bytes.len().saturating_sub(self.next)
    }

    pub(super) fn take(&mut self, length: usize) -> Hdf5Result<&'b [u8]> {
        let short = || Hdf5Problem::Short {
            at: self.place(),
            length: length as u64,
            end: self.at.saturating_add(self.bytes.len() as u64),
        };
        let end = self.next.checked_add(length).ok_or_else(short)?;
        let bytes = self.bytes.get(self.next..end).ok_or_else(short)?;
        self.next = end;
        Ok(bytes)
    }

    /// A reader of the next bytes alone.
    pub(super) fn part(&mut self, length: usize) -> Hdf5Result<Self> {
        let at = self.place();
        Ok(Self { bytes: self.take(length)?, at, next: 0 })
    }

    pub(super) fn skip(&mut self, length: usize) -> Hdf5Result<()> {
        self.take(length).map(|_| ())
    }

    fn array<const N: usize>(&mut self) -> Hdf5Result<[u8; N]> {
        let bytes = self.take(N)?;
        bytes.try_into().map_err(|_| Hdf5Problem::Damaged { at: self.at, expected: "more bytes" })
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
