//! IDX files, MNIST's format: a magic number, the sizes, then the elements.
//!
//! It reads arrays of unsigned bytes, of any rank; what they mean is the caller's.

use std::path::Path;

use ndarray::{Array, ArrayD, Dimension};

use crate::DataError;
use crate::source::Source;
use model_core::memory;

const MAGIC_BYTES: u64 = 4;
const UNSIGNED_BYTES: u8 = 0x08;

/// Reads an IDX file of unsigned bytes, compressed where its name ends in `.gz`.
///
/// The rank is the type's: `read::<Ix3>` takes three dimensions only, `read::<IxDyn>` any number. The file starts with `00 00 08` and the
/// number of dimensions, then holds each size as a big-endian `u32`, then the elements, the last dimension running fastest. Memory
/// grows with what the file holds, whatever sizes it declares.
///
/// ```no_run
/// use model_data::datasets::idx;
/// use ndarray::Ix3;
///
/// let images = idx::read::<Ix3>("data/mnist/t10k-images-idx3-ubyte.gz")?;
/// assert_eq!(images.shape(), [10_000, 28, 28]);
/// # Ok::<(), model_data::datasets::DataError>(())
/// ```
///
/// # Errors
///
/// [`DataError`] where the file cannot be read, its magic is another, or it is cut short, too long or corrupted.
///
/// Source: <http://yann.lecun.com/exdb/mnist/>, "The IDX file format".
pub fn read<D: Dimension>(path: impl AsRef<Path>) -> Result<Array<u8, D>, DataError> {
    let path = path.as_ref();
    let mut source = Source::open(path)?;
    let shape = read_shape(&mut source, path, D::NDIM)?;

    let header = MAGIC_BYTES + 4 * shape.len() as u64;
    let overflow = || DataError::Shape { path: path.to_owned(), expected: "a shape that fits in memory", found: shape.clone() };
    let elements = element_count(&shape).ok_or_else(overflow)?;
    let refused = |refusal| DataError::TooLarge { path: path.to_owned(), refusal };
    memory::claim(elements, || format!("an array of shape {shape:?}")).map_err(refused)?;
    let elements_read = source.read_up_to(elements + 1)?;
    if elements_read.len() as u64 != elements {
        let expected = header + elements;
        let found = source.found_size(header + elements_read.len() as u64, expected);
        return Err(DataError::Size { path: path.to_owned(), expected, found });
    }
    ArrayD::from_shape_vec(shape.clone(), elements_read).and_then(ArrayD::into_dimensionality).map_err(|_| overflow())
}

fn read_shape(source: &mut Source, path: &Path, expected_rank: Option<usize>) -> Result<Vec<usize>, DataError> {
    let cut_short = |expected, found: usize| DataError::Header { path: path.to_owned(), expected, found: found as u64 };

    let magic = source.read_up_to(MAGIC_BYTES)?;
    let Ok(magic) = <[u8; 4]>::try_from(magic.as_slice()) else {
        return Err(cut_short(MAGIC_BYTES, magic.len()));
    };
    let rank = usize::from(magic[3]);
    if magic[..3] != [0, 0, UNSIGNED_BYTES] || expected_rank.is_some_and(|expected| expected != rank) {
        return Err(DataError::Magic { path: path.to_owned(), expected_rank, found: magic });
    }

    let sizes = source.read_up_to(4 * rank as u64)?;
    if sizes.len() != 4 * rank {
        return Err(cut_short(MAGIC_BYTES + 4 * rank as u64, magic.len() + sizes.len()));
    }
    Ok(sizes.as_chunks().0.iter().map(|&size| u32::from_be_bytes(size) as usize).collect())
}

/// The product of the sizes, where an array of them can exist. A size of zero does not excuse the others: `ndarray` counts without it.
fn element_count(shape: &[usize]) -> Option<u64> {
    let without_zeros = shape.iter().filter(|&&size| size != 0).try_fold(1usize, |product, &size| product.checked_mul(size))?;
    isize::try_from(without_zeros).ok()?;
    Some(if shape.contains(&0) { 0 } else { without_zeros as u64 })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use ndarray::{Dimension, Ix1, Ix2, Ix3, IxDyn, array};

    use super::read;
    use crate::source::testing::{folder, gzip, message};

    const TWO_BY_THREE: &[u8] = &[0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255];

    fn check_error<D: Dimension>(name: &str, bytes: &[u8], expected: &str) {
        let folder = folder(&[(name, bytes)]);
        let error = read::<D>(folder.path().join(name)).unwrap_err();
        assert_eq!(message(error, folder.path()), expected);
    }

    #[test]
    fn reads_plain_and_compressed() {
        let folder = folder(&[("plain", TWO_BY_THREE), ("small.gz", TWO_BY_THREE), ("large.GZ", &gzip(TWO_BY_THREE))]);
        for name in ["plain", "small.gz", "large.GZ"] {
            let path = folder.path().join(name);
            assert_eq!(read::<Ix2>(&path).unwrap(), array![[1, 2, 3], [4, 5, 255]]);
            assert_eq!(read::<IxDyn>(&path).unwrap().shape(), [2, 3]);
        }
    }

    #[test]
    fn reads_any_rank() {
        let cases: [(&[u8], &[usize]); 3] = [
            (&[0, 0, 8, 0, 7], &[]),
            (&[0, 0, 8, 1, 0, 0, 0, 0], &[0]),
            (&[0, 0, 8, 4, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 8, 9], &[1, 1, 2, 1]),
        ];
        for (bytes, shape) in cases {
            let folder = folder(&[("file", bytes)]);
            assert_eq!(read::<IxDyn>(folder.path().join("file")).unwrap().shape(), shape);
        }
    }

    #[test]
    fn reads_several_members_as_one() {
        let folder = folder(&[]);
        let path = folder.path().join("members.gz");
        fs::write(&path, [gzip(&TWO_BY_THREE[..9]), gzip(&TWO_BY_THREE[9..])].concat()).unwrap();
        assert_eq!(read::<Ix2>(path).unwrap(), array![[1, 2, 3], [4, 5, 255]]);
    }

    #[test]
    fn refuses_another_magic() {
        check_error::<Ix3>(
            "file",
            TWO_BY_THREE,
            "`file` starts with the wrong magic: expected `00 00 08 03` (unsigned bytes, 3 dimensions), found `00 00 08 02`",
        );
        check_error::<IxDyn>(
            "file",
            &[0, 0, 0x0d, 1, 0, 0, 0, 0],
            "`file` starts with the wrong magic: expected `00 00 08` (unsigned bytes) and the number of dimensions, found `00 00 0d 01`",
        );
    }

    #[test]
    fn refuses_a_header_cut_short() {
        check_error::<Ix1>("file", &[0, 0], "`file` is cut short in its header: expected at least 4 bytes, found 2");
        check_error::<Ix2>(
            "file.gz",
            &TWO_BY_THREE[..11],
            "`file.gz` is cut short in its header: expected at least 12 bytes, found 11",
        );
    }

    #[test]
    fn refuses_another_size() {
        let short = &TWO_BY_THREE[..17];
        let long = &[TWO_BY_THREE, &[0; 9]].concat();
        check_error::<Ix2>("file", short, "`file` has the wrong size: expected 18 bytes, found 17");
        check_error::<Ix2>("file.gz", short, "`file.gz` has the wrong size: expected 18 bytes, found 17");
        check_error::<Ix2>("file", long, "`file` has the wrong size: expected 18 bytes, found 27");
        check_error::<Ix2>("file.gz", long, "`file.gz` has the wrong size: expected 18 bytes, found more than 18");
    }

    /// Both would abort the program if memory were taken as declared.
    #[test]
    fn declared_sizes_take_no_memory() {
        let vast = &[0, 0, 8, 2, 0xff, 0xff, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xff, 1];
        let folder = folder(&[("file", vast)]);
        let error = message(read::<Ix2>(folder.path().join("file")).unwrap_err(), folder.path());
        let expected =
            "`file`: an array of shape [4294967295, 268435455] would take 1073741819.8 GiB of memory: expected at most ";
        assert!(error.starts_with(expected), "{error}");
        let vaster = [&[0, 0, 8, 9][..], &[0xff; 36], &[1]].concat();
        let max = u32::MAX;
        check_error::<IxDyn>(
            "file",
            &vaster,
            &format!("`file` has the wrong shape: expected a shape that fits in memory, found {:?}", [max; 9]),
        );
        let empty_but_vast = [&[0, 0, 8, 9, 0, 0, 0, 0][..], &[0xff; 32]].concat();
        let mut shape = [max; 9];
        shape[0] = 0;
        check_error::<IxDyn>(
            "file",
            &empty_but_vast,
            &format!("`file` has the wrong shape: expected a shape that fits in memory, found {shape:?}"),
        );
    }

    #[test]
    fn refuses_corrupted_gzip() {
        let whole = gzip(TWO_BY_THREE);
        let mut bad_checksum = whole.clone();
        let checksum = whole.len() - 8;
        bad_checksum[checksum] ^= 1;
        let cut_short = whole[..whole.len() - 9].to_vec();
        let trailing = [&whole[..], b"more"].concat();
        for bytes in [bad_checksum, cut_short, trailing, TWO_BY_THREE.to_vec(), Vec::new()] {
            let folder = folder(&[]);
            let path = folder.path().join("file.gz");
            fs::write(&path, bytes).unwrap();
            let text = message(read::<Ix2>(&path).unwrap_err(), folder.path());
            assert!(text.starts_with("`file.gz` is corrupted: expected whole gzip data, found: "), "{text}");
        }
    }

    #[test]
    fn names_a_file_that_is_not_there() {
        let folder = folder(&[]);
        let text = message(read::<Ix2>(folder.path().join("file")).unwrap_err(), folder.path());
        assert!(text.starts_with("cannot read `file`: "), "{text}");
    }
}
