//! What is done to all bytes of a file or all elements of a tensor, in pieces on all threads.

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::sync::{Mutex, PoisonError};

use model_exchange::{Dtype, Tensor, write_floats};

use crate::kernels::chunks::each;
use crate::kernels::threads::parallel;

/// The elements of a piece: enough to be worth a task.
const PIECE: usize = 1 << 18;

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

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], place: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, place)
}

#[cfg(not(unix))]
fn read_at(file: &File, bytes: &mut [u8], place: u64) -> io::Result<()> {
    use std::io::{Read, Seek, SeekFrom};

    // The place is that of all who hold the file.
    static PLACE: Mutex<()> = Mutex::new(());
    let _turn = PLACE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut file = file;
    file.seek(SeekFrom::Start(place))?;
    file.read_exact(bytes)
}

/// Copies the elements of a tensor.
pub(super) fn copy(tensor: &Tensor<'_>, to: &mut [f32]) {
    each([(to, PIECE)], |i, [piece]| tensor.part(i * PIECE..i * PIECE + piece.len()).copy_to(piece));
}

/// A tensor of these elements.
pub(super) fn tensor(shape: &[usize], elements: &[f32]) -> Tensor<'static> {
    let mut bytes = vec![0; size_of_val(elements)];
    each([(bytes.as_mut_slice(), PIECE * size_of::<f32>())], |i, [piece]| write_floats(&elements[i * PIECE..], piece));
    Tensor { dtype: Dtype::F32, shape: shape.to_vec(), bytes: Cow::Owned(bytes) }
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
        let tensor = tensor(&[elements.len()], &elements);
        assert_eq!(tensor, Tensor::floats(&[elements.len()], &elements));
        let mut copied = vec![f32::NAN; elements.len()];
        copy(&tensor, &mut copied);
        assert_eq!(copied, elements);
        assert_eq!(look(&tensor), (true, false));
        let mut others = elements;
        others[2 * PIECE + 1] = f32::NAN;
        others[7] = -1.0;
        assert_eq!(look(&Tensor::floats(&[others.len()], &others)), (false, true));
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&tensor.bytes).unwrap();
        let mut bytes = vec![0; tensor.bytes.len()];
        read(&file, &mut bytes).unwrap();
        assert_eq!(bytes, *tensor.bytes);
        assert!(read(&file, &mut vec![0; bytes.len() + 1]).is_err());
    }
}
