//! What NumPy has written, read, and what is written, read back. The files are made by `tests/data/generate.py`.

use std::fs;
use std::path::{Path, PathBuf};

use ndarray::{Array2, Array3, ArrayD, Ix1, Ix2, Ix3, array, s};

use super::{NpyElement, Npz, NpzWriter, lists, read, write};
use crate::source::testing::{data, folder, message};

fn file(name: &str) -> PathBuf {
    data("npy").join(name)
}

fn check_error(path: &Path, expected: &str) {
    let error = read::<f32, Ix2>(path).unwrap_err();
    assert_eq!(message(error, path.parent().unwrap()), expected);
}

#[test]
fn reads_every_type() {
    fn check<A: NpyElement + PartialEq + std::fmt::Debug>(name: &str, expected: [A; 6]) {
        let mut archive = Npz::open(file("types.npz")).unwrap();
        let array: Array2<A> = archive.read(name).unwrap();
        assert_eq!(array, Array2::from_shape_vec((2, 3), expected.to_vec()).unwrap(), "{name}");
    }
    check::<f32>("f4", [1.0, 4.0, 7.0, 10.0, 13.0, 16.0]);
    check::<f32>("big_f4", [1.0, 4.0, 7.0, 10.0, 13.0, 16.0]);
    check::<f64>("f8", [1.0, 4.0, 7.0, 10.0, 13.0, 16.0]);
    check::<i8>("i1", [1, 4, 7, 10, 13, 16]);
    check::<i16>("i2", [1, 4, 7, 10, 13, 16]);
    check::<i32>("i4", [1, 4, 7, 10, 13, 16]);
    check::<i64>("i8", [1, 4, 7, 10, 13, 16]);
    check::<i64>("big_i8", [1, 4, 7, 10, 13, 16]);
    check::<u8>("u1", [1, 4, 7, 10, 13, 16]);
    check::<u16>("u2", [1, 4, 7, 10, 13, 16]);
    check::<u32>("u4", [1, 4, 7, 10, 13, 16]);
    check::<u64>("u8", [1, 4, 7, 10, 13, 16]);
    check::<bool>("b1", [true, false, true, false, false, true]);
}

#[test]
fn reads_orders_versions_and_compression() {
    let counted = Array3::from_shape_fn((2, 3, 4), |(i, j, k)| (12 * i + 4 * j + k) as f32);
    assert_eq!(read::<f32, Ix3>(file("fortran.npy")).unwrap(), counted);
    for version in 1..=3 {
        assert_eq!(read::<f64, Ix1>(file(&format!("version_{version}.npy"))).unwrap(), array![0.0, 1.0, 2.0, 3.0]);
    }
    assert_eq!(read::<f32, Ix2>(file("empty.npy")).unwrap().shape(), [0, 3]);
    let mut archive = Npz::open(file("compressed.npz")).unwrap();
    assert_eq!(archive.names(), ["x", "scalar"]);
    assert_eq!(archive.read::<i32, Ix2>("x").unwrap()[[9, 99]], 999);
    let scalar: ArrayD<f64> = archive.read("scalar").unwrap();
    assert_eq!((scalar.ndim(), scalar.sum()), (0, 2.5));
}

#[test]
fn what_is_written_is_read() {
    let folder = folder(&[]);
    let path = folder.path().join("x.npy");
    let x = Array2::from_shape_fn((300, 200), |(i, j)| (i * 200 + j) as i32 - 7);
    for x in [x.view(), x.t(), x.slice(s![..;2, 5..;-3]), x.slice(s![0..0, ..])] {
        write(&path, &x).unwrap();
        assert_eq!(read::<i32, Ix2>(&path).unwrap(), x);
    }
    write(&path, &array![true, false]).unwrap();
    assert_eq!(read::<bool, Ix1>(&path).unwrap(), array![true, false]);
    for writer in [NpzWriter::new(), NpzWriter::compressed()] {
        let path = folder.path().join("x.npz");
        writer.add("x", &x).unwrap().add("y", &array![1.5_f64]).unwrap().save(&path).unwrap();
        let mut archive = Npz::open(&path).unwrap();
        assert_eq!(archive.read::<i32, Ix2>("x").unwrap(), x);
        assert_eq!(archive.read::<f64, Ix1>("y").unwrap(), array![1.5]);
    }
}

#[test]
fn refuses_other_arrays() {
    let integers = data("npy").join("version_1.npy");
    check_error(&integers, "`version_1.npy`: expected elements of `f32`, found `<f8`: read it as `f64`");
    check_error(&file("float16.npy"), "`float16.npy`: expected elements of `f32`, found `<f2`");
    check_error(&file("fortran.npy"), "`fortran.npy`: expected an array of 2 axes, found shape [2, 3, 4]");
    let mut archive = Npz::open(file("compressed.npz")).unwrap();
    let error = message(archive.read::<f32, Ix1>("y").unwrap_err(), &data("npy"));
    assert_eq!(error, "`compressed.npz`, array `y`: there is no such array: expected `x`, `scalar`");
    let twice = NpzWriter::new().add("x", &array![1_u8]).unwrap().add("x", &array![2_u8]).unwrap_err();
    assert_eq!(twice.to_string(), "`an archive`, array `x`: there is an array of this name already: expected another name");
}

#[test]
fn refuses_broken_files() {
    let whole = fs::read(file("empty.npy")).unwrap();
    let header = |shape: &str| String::from_utf8_lossy(&whole[10..]).replace("(0, 3)", shape).into_bytes();
    let with = |shape: &str, elements: &[u8]| {
        let header = header(shape);
        [&whole[..8], &(header.len() as u16).to_le_bytes(), &header, elements].concat()
    };
    let short = with("(2, 3)", &[0; 23]);
    let long = with("(2, 3)", &[0; 25]);
    let vast = with("(4294967296, 4294967295)", &[0; 4]);
    let vaster = with("(18446744073709551615, 3)", &[0; 4]);
    let folder = folder(&[("short", &short), ("long", &long), ("vast", &vast), ("vaster", &vaster), ("cut", &whole[..60])]);
    let at = |name: &str| folder.path().join(name);
    check_error(&at("short"), "`short`: expected 24 bytes of elements, found 23");
    check_error(&at("long"), "`long`: expected 24 bytes of elements, found more than 24");
    check_error(&at("vaster"), "`vaster`: expected a shape that fits in memory, found [18446744073709551615, 3]");
    for (name, start) in [
        ("vast", "`vast`: expected a shape that fits in memory, found [4294967296, 4294967295]"),
        ("cut", "`cut`: expected a header such as "),
        ("none", "`none`: "),
    ] {
        let error = message(read::<f32, Ix2>(at(name)).unwrap_err(), folder.path());
        assert!(error.starts_with(start), "{error}");
    }
    let large = with("(200000, 3000000)", &[0; 4]);
    fs::write(at("large"), large).unwrap();
    let error = message(read::<f32, Ix2>(at("large")).unwrap_err(), folder.path());
    assert!(error.starts_with("`large`: an array of shape [200000, 3000000] would take "), "{error}");
}

#[test]
fn refuses_broken_archives() {
    let whole = fs::read(file("compressed.npz")).unwrap();
    let mut flipped = whole.clone();
    flipped[200] ^= 1;
    let folder = folder(&[("cut.npz", &whole[..900]), ("flipped.npz", &flipped), ("text.npz", b"no archive")]);
    for name in ["cut.npz", "text.npz"] {
        let error = message(Npz::open(folder.path().join(name)).unwrap_err(), folder.path());
        assert!(error.starts_with(&format!("`{name}`: expected an archive of NumPy's, which is a ZIP file, found: ")), "{error}");
    }
    let mut archive = Npz::open(folder.path().join("flipped.npz")).unwrap();
    let error = message(archive.read::<i32, Ix2>("x").unwrap_err(), folder.path());
    assert!(error.starts_with("`flipped.npz`, array `x`: "), "{error}");
}

#[test]
fn reads_lists_of_every_protocol() {
    for protocol in [3, 4, 5] {
        let mut archive = Npz::open(data("texts").join(format!("protocol_{protocol}.npz"))).unwrap();
        let expected = [vec![1, 300, 70_000], vec![], vec![-1, -70_000]];
        assert_eq!(archive.read_with("x", lists::read).unwrap(), expected, "{protocol}");
    }
}

#[test]
fn runs_no_objects() {
    for (name, found) in [
        ("protocol_2", "`_codecs.encode`, which is not run"),
        ("call", "`builtins.print`, which is not run"),
        ("text", "a list that holds something else"),
        ("large", "the number 1099511627776, beyond 32 bits"),
        ("twice", "a list that stands in two places"),
    ] {
        let mut archive = Npz::open(data("texts").join(format!("{name}.npz"))).unwrap();
        let error = message(archive.read_with("x", lists::read).unwrap_err(), &data("texts"));
        let expected = "expected lists of whole numbers, as Python writes them, found";
        assert_eq!(error, format!("`{name}.npz`, array `x`: {expected} {found}"));
    }
}

/// No bytes make the reader of lists panic, run on or take memory.
#[test]
fn any_bytes_are_lists_or_an_error() {
    let header = b"\x93NUMPY\x01\0\x3b\0{'descr': '|O', 'fortran_order': False, 'shape': (2,), }    \n";
    let mut state = 1_u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as usize
    };
    let codes = b"\x80\x95(KMJ\x8aN\x88\x89UC\x8cTBX]ae)\x85\x86\x87tqr\x94hjc\x93Rb.0\x01\x02\xff";
    for _ in 0..20_000 {
        let mut bytes = header.to_vec();
        bytes.extend((0..random() % 40).map(|_| codes[random() % codes.len()]));
        let _ = lists::read(&mut &bytes[..], bytes.len() as u64);
    }
}
