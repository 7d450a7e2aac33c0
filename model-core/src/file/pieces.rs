//! What is done to all bytes of a file or all elements of a tensor, in pieces on all threads.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use model_exchange::keras::Checksum;
use model_exchange::regular::read_at;
use model_exchange::{FilePart, Tensor, write_floats};

use crate::finite::first_not_finite;
use crate::kernels::chunks::each;
use crate::kernels::threads::parallel;

/// The elements of a piece: enough to be worth a task.
const PIECE: usize = 1 << 18;

/// How many bytes of a file are held at a time that is read to be looked at: as many as the nearest caches have room for.
const AT_A_TIME: usize = 64 << 10;

/// Reads a file from its start.
///
/// # Errors
/// If it cannot be read, or has fewer bytes.
pub(super) fn read(file: &File, bytes: &mut [u8]) -> io::Result<()> {
    let failed = Mutex::new(Ok(()));
    let size = PIECE * size_of::<f32>();
    each([(bytes, size)], |i, [piece]| {
        if let Err(error) = read_at(file, piece, (i * size) as u64) {
            *failed.lock().unwrap_or_else(PoisonError::into_inner) = Err(error);
        }
    });
    failed.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// The checksum of a part of a file, of which no more is held than what is being looked at.
///
/// # Errors
/// If it cannot be read.
pub(super) fn checksum(part: &FilePart) -> io::Result<u32> {
    let size = (PIECE * size_of::<f32>()) as u64;
    let pieces = usize::try_from(part.length().div_ceil(size)).map_err(|_| io::ErrorKind::OutOfMemory)?;
    let mut sums: Vec<io::Result<Checksum>> = (0..pieces).map(|_| Ok(Checksum::new())).collect();
    each([(&mut sums, 1)], |i, [sum]| {
        let start = i as u64 * size;
        sum.fill_with(|| checksum_of(part, start, (part.length() - start).min(size)));
    });
    let mut whole = Checksum::new();
    for sum in sums {
        whole.combine(&sum?);
    }
    Ok(whole.finalize())
}

/// The checksum of so many bytes of a part, from a place on.
fn checksum_of(part: &FilePart, start: u64, length: u64) -> io::Result<Checksum> {
    let mut sum = Checksum::new();
    let mut room = vec![0; AT_A_TIME.min(usize::try_from(length).unwrap_or(usize::MAX))];
    let mut done = 0;
    while done < length {
        let now = usize::try_from(length - done).unwrap_or(usize::MAX).min(room.len());
        part.read(start + done, &mut room[..now])?;
        sum.update(&room[..now]);
        done += now as u64;
    }
    Ok(sum)
}

/// Copies the elements of a tensor, and tells whether all are finite.
pub(super) fn copy(tensor: &Tensor<'_>, to: &mut [f32]) -> bool {
    let are_finite = AtomicBool::new(true);
    each([(to, PIECE)], |i, [piece]| {
        tensor.part(i * PIECE..i * PIECE + piece.len()).copy_to(piece);
        // It is in the nearest caches yet.
        are_finite.fetch_and(first_not_finite(piece).is_none(), Ordering::Relaxed);
    });
    are_finite.into_inner()
}

/// The bytes of elements.
pub(super) fn bytes(elements: &[f32]) -> Vec<u8> {
    let mut bytes = vec![0; size_of_val(elements)];
    each([(bytes.as_mut_slice(), PIECE * size_of::<f32>())], |i, [piece]| write_floats(&elements[i * PIECE..], piece));
    bytes
}

/// Whether all elements are finite.
pub(super) fn are_finite(elements: &[f32]) -> bool {
    let are_finite = AtomicBool::new(true);
    parallel(elements.len().div_ceil(PIECE), |i| {
        let piece = &elements[i * PIECE..elements.len().min((i + 1) * PIECE)];
        are_finite.fetch_and(first_not_finite(piece).is_none(), Ordering::Relaxed);
    });
    are_finite.into_inner()
}

/// Whether all elements are finite, and whether one is below 0.
pub(super) fn look(tensor: &Tensor<'_>) -> (bool, bool) {
    let count = tensor.bytes.len() / tensor.dtype.size();
    let found = Mutex::new((true, false));
    parallel(count.div_ceil(PIECE), |i| {
        let (mut are_finite, mut is_below) = (true, false);
        tensor.part(i * PIECE..(i + 1) * PIECE).visit(|element| {
            are_finite &= element.is_finite();
            is_below |= element < 0.0;
        });
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        found.0 &= are_finite;
        found.1 |= is_below;
    });
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn pieces_are_the_whole() {
        let elements: Vec<f32> = (0..2 * PIECE + 3).map(|i| i as f32).collect();
        let tensor = Tensor::floats(&[elements.len()], &elements);
        assert_eq!(*tensor.bytes.held(), bytes(&elements));
        assert_eq!(tensor, Tensor::of(&[elements.len()], &elements));
        assert!(are_finite(&elements));
        let mut copied = vec![f32::NAN; elements.len()];
        assert!(copy(&tensor, &mut copied));
        assert_eq!(copied, elements);
        assert_eq!(look(&tensor), (true, false));
        let mut others = elements;
        others[2 * PIECE + 1] = f32::NAN;
        others[7] = -1.0;
        assert!(!are_finite(&others));
        let others = Tensor::floats(&[others.len()], &others);
        assert_eq!((look(&others), copy(&others, &mut copied)), ((false, true), false));
        let mut file = tempfile::tempfile().unwrap();
        let expected = tensor.bytes.held();
        file.write_all(&expected).unwrap();
        let mut bytes = vec![0; expected.len()];
        read(&file, &mut bytes).unwrap();
        assert_eq!(bytes, *expected);
        assert!(read(&file, &mut vec![0; bytes.len() + 1]).is_err());
    }
}
