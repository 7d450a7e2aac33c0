use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{Array1, Array2, ArrayD, IxDyn, array};

use super::*;
use crate::source::testing::message;

/// Items and errors of a round, these in words without the folder.
fn round<T: Send + 'static>(dataset: &Dataset<T>, folder: &Path) -> Result<Vec<T>, String> {
    dataset.iter().collect::<Result<_>>().map_err(|error| message(error, folder))
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_file_has_the_items_the_bits_and_the_order_of_the_first_round() {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let folder = tempfile::tempdir().unwrap();
    let samples = || {
        let sample = |(x, y): (Array1<f32>, i64)| {
            MADE.fetch_add(1, Ordering::Relaxed);
            (x.mapv(|x| x.sqrt()), (y, format!("{y}"), vec![y == 2; y as usize], ArrayD::<usize>::zeros(IxDyn(&[1, 2, 0]))))
        };
        let x = Array2::from_shape_fn((7, 3), |(i, j)| i as f32 - j as f32); // NaN among the roots
        let samples = Dataset::from_slices((x, Array1::from_iter(0..7_i64))).shuffle(7).map(sample);
        samples.cache_file(folder.path().join("items"))
    };
    let bits = |dataset: Dataset<(Array1<f32>, _)>, seed| {
        let items = dataset.round(model_core::given::Round { seed, number: 3 }).collect::<Result<Vec<_>>>().unwrap();
        items.into_iter().map(|(x, y)| (x.mapv(f32::to_bits), y)).collect::<Vec<_>>()
    };
    let first = bits(samples(), 1);
    assert_eq!(bits(samples(), 2), first);
    assert_eq!(MADE.load(Ordering::Relaxed), 7);
    assert_eq!(samples().len(), Some(7));
}

#[test]
fn a_round_that_does_not_reach_its_end_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("items");
    let numbers = Dataset::range(0..5).cache_file(&path);
    assert_eq!(numbers.clone().take(3).iter().count(), 3);
    let failing = Dataset::range(0..5).try_map(|i| if i == 3 { Err("no 3") } else { Ok(i) }).cache_file(&path);
    assert_eq!(failing.iter().filter(Result::is_ok).count(), 4);
    assert!(names(folder.path()).is_empty());
    fs::write(folder.path().join(".saving-items-a1B2c3"), b"of a program that was killed").unwrap();
    assert_eq!(round(&numbers, folder.path()).unwrap(), [0, 1, 2, 3, 4]);
    assert_eq!(names(folder.path()), ["items"]);
}

#[test]
fn a_file_of_another_data_set_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("items");
    round(&Dataset::from_items(vec![(array![1.0_f32], 1_i32); 4]).cache_file(&path), folder.path()).unwrap();
    let other = Dataset::from_items(vec![(array![[1.0_f32]], 1_i32); 4]).cache_file(&path);
    assert_eq!(
        round(&other, folder.path()).unwrap_err(),
        "`items`: expected items of `(Array2<f32>, i32)`, found `(Array1<f32>, i32)`: the file is of another data set; give another path, or remove \
         it, and the next round writes it anew"
    );
    let shorter = Dataset::from_items(vec![(array![1.0_f32], 1_i32); 3]).cache_file(&path);
    assert_eq!(
        round(&shorter, folder.path()).unwrap_err(),
        "`items`: expected 3 items, found 4: the file is of another data set; give another path, or remove it, and the next round writes it anew"
    );
    fs::write(&path, b"labels").unwrap();
    assert_eq!(
        round(&shorter, folder.path()).unwrap_err(),
        "`items`: expected a file that `cache_file` has written, found something else; give another path"
    );
    assert_eq!(fs::read(&path).unwrap(), b"labels");
}

#[test]
fn a_file_that_is_not_as_it_was_written_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("items");
    let items = Dataset::from_items(vec!["one".to_owned(), "two".to_owned()]).cache_file(&path);
    let whole = round(&items, folder.path()).unwrap();
    let bytes = fs::read(&path).unwrap();
    for end in BEGIN.len()..bytes.len() {
        fs::write(&path, &bytes[..end]).unwrap();
        let error = round(&items, folder.path()).unwrap_err();
        assert_eq!(
            error, "`items`: expected a whole file, found the beginning of one; remove it, and the next round writes it anew",
            "{end}"
        );
    }
    for place in 0..bytes.len() {
        let mut other = bytes.clone();
        other[place] ^= 0x41;
        fs::write(&path, other).unwrap();
        let error = round(&items, folder.path()).unwrap_err();
        assert!(error.starts_with("`items`: "), "{error}");
    }
    let second = bytes.windows(3).position(|window| window == b"two").unwrap();
    let mut other = bytes.clone();
    other[second] = b'T';
    fs::write(&path, other).unwrap();
    let error = round(&items, folder.path()).unwrap_err();
    assert_eq!(error, "`items`: item 2 is not as it was written; remove it, and the next round writes it anew");
    fs::write(&path, bytes).unwrap();
    assert_eq!(round(&items, folder.path()).unwrap(), whole);
}

#[test]
fn what_cannot_be_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let error = round(&Dataset::range(0..5).cache_file(folder.path().join("none/items")), folder.path()).unwrap_err();
    assert!(
        error.starts_with("`none/items`: cannot be written: ") && error.ends_with("; make room for it, or give another path"),
        "{error}"
    );
    let error = round(&Dataset::range(0..5).repeat(None).cache_file(folder.path().join("items")), folder.path()).unwrap_err();
    assert_eq!(
        error,
        "`items`: expected a round with an end, found one that goes on for ever; put `cache_file` in front of `repeat`"
    );
    let error = round(&Dataset::range(0..5).cache_file(folder.path()), folder.path()).unwrap_err();
    assert_eq!(error, "`folder`: cannot be read: expected a regular file, found a folder");
}
