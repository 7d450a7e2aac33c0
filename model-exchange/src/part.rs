//! A part of a file that is read where it is asked for, so that what is large in it is never held as a whole.

use std::fs::File;
use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::regular;

/// How far the blocks lie apart that are held of a file. Each is twice as long, so that what is no longer than this lies in one of them.
const BLOCK: u64 = 16 << 10;

/// How many blocks may be held of a file however short it is; of longer ones, half.
const FEWEST: u64 = 64;

/// A part of a file. What is short is held once it has been asked for, up to half of the part; what is long is copied to where it belongs.
#[derive(Debug)]
pub struct FilePart {
    file: File,
    start: u64,
    length: u64,
    blocks: Vec<OnceLock<Box<[u8]>>>,
    held: AtomicU64,
    has_failed: AtomicBool,
}

impl FilePart {
    /// So many bytes of a file, from a place on. That they are there is seen as they are read.
    #[must_use]
    pub fn new(file: File, start: u64, length: u64) -> Self {
        let blocks = usize::try_from(length.div_ceil(BLOCK)).unwrap_or(usize::MAX);
        let blocks = std::iter::repeat_with(OnceLock::new).take(blocks).collect();
        Self { file, start, length, blocks, held: AtomicU64::new(0), has_failed: AtomicBool::new(false) }
    }

    /// How many bytes it has.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// Fills all of `bytes` from a place on.
    ///
    /// # Errors
    /// If the part or the file ends before, or cannot be read.
    pub fn read(&self, place: u64, bytes: &mut [u8]) -> io::Result<()> {
        let end = place.checked_add(bytes.len() as u64).filter(|&end| end <= self.length);
        let at = end.and_then(|_| self.start.checked_add(place)).ok_or(io::ErrorKind::UnexpectedEof)?;
        regular::read_at(&self.file, bytes, at)
    }

    /// The same; where it cannot be, [`is_whole`](Self::is_whole) tells.
    pub(crate) fn copy(&self, place: u64, bytes: &mut [u8]) {
        if self.read(place, bytes).is_err() {
            self.has_failed.store(true, Ordering::Relaxed);
        }
    }

    /// Whether all that was copied out of it could be read.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.has_failed.load(Ordering::Relaxed)
    }

    /// So many bytes from a place on, held from now on: nothing where they are not there, cannot be read, or are more than is held.
    pub(crate) fn held(&self, place: u64, length: u64) -> Option<&[u8]> {
        let end = place.checked_add(length).filter(|&end| end <= self.length)?;
        if place == end {
            return Some(&[]);
        }
        let number = place / BLOCK;
        let first = number * BLOCK;
        let block = self.blocks.get(usize::try_from(number).ok()?)?;
        let block = match block.get() {
            Some(block) => block,
            None => {
                let size = (self.length - first).min(2 * BLOCK);
                let held = self.held.fetch_add(size, Ordering::Relaxed).saturating_add(size);
                if held > (self.length / 2).max(FEWEST * 2 * BLOCK) {
                    return None;
                }
                let mut bytes = vec![0; usize::try_from(size).ok()?];
                self.read(first, &mut bytes).ok()?;
                block.get_or_init(|| bytes.into())
            }
        };
        block.get(usize::try_from(place - first).ok()?..usize::try_from(end - first).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// A file of so many numbers behind seven bytes that are no part of it.
    fn part(length: u64) -> FilePart {
        let mut file = tempfile::tempfile().unwrap();
        let bytes: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
        file.write_all(&[b"outside".as_slice(), &bytes].concat()).unwrap();
        FilePart::new(file, 7, length)
    }

    #[test]
    fn what_is_asked_for_is_what_lies_there() {
        let part = part(3 * BLOCK + 5);
        for (place, length) in [(0, 1), (BLOCK - 1, 2), (BLOCK - 1, BLOCK), (3 * BLOCK, 5), (3 * BLOCK + 5, 0), (7, 0)] {
            let expected: Vec<u8> = (place..place + length).map(|i| (i % 251) as u8).collect();
            assert_eq!(part.held(place, length), Some(&expected[..]), "{length} bytes at {place}");
            let mut read = vec![0; expected.len()];
            part.read(place, &mut read).unwrap();
            assert_eq!(read, expected);
        }
        for (place, length) in [(3 * BLOCK, 6), (u64::MAX, 2), (0, 2 * BLOCK + 1), (4 * BLOCK, 1)] {
            assert_eq!(part.held(place, length), None, "{length} bytes at {place}");
        }
        assert!(part.is_whole());
        part.copy(3 * BLOCK, &mut [0; 6]);
        assert!(!part.is_whole());
    }

    #[test]
    fn no_more_is_held_than_half_of_it() {
        let length = 10 * FEWEST * BLOCK;
        let part = part(length);
        let held = (0..10 * FEWEST).filter(|block| part.held(block * BLOCK, 1).is_some()).count() as u64;
        assert_eq!(held, length / 2 / (2 * BLOCK));
        assert!(part.held(0, BLOCK).is_some(), "what is held stays");
    }

    #[test]
    fn a_file_that_ends_before_its_part_is_told() {
        let part = FilePart::new(tempfile::tempfile().unwrap(), 0, 10);
        assert_eq!(part.held(0, 4), None);
        assert!(part.read(0, &mut [0; 4]).is_err());
    }
}
