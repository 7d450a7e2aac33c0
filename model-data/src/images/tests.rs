//! Images of every kind as Pillow and Keras read and resize them. The files and results are made by `tests/data/generate.py`.

use std::fs;
use std::path::Path;

use ndarray::{Array3, Axis, Ix3, s};

use super::resize::{Size, resize};
use super::*;
use crate::npy::Npz;
use crate::source::testing::{data, folder, message};

fn expected() -> Npz {
    Npz::open(data("images").join("expected.npz")).unwrap()
}

const MODES: [(ColorMode, &str); 3] = [(ColorMode::Grayscale, "grayscale"), (ColorMode::Rgb, "rgb"), (ColorMode::Rgba, "rgba")];

const SIZES: [(&str, (usize, usize)); 3] = [("small", (4, 3)), ("large", (11, 12)), ("mixed", (3, 9))];

#[test]
fn colours_are_those_of_pillow() {
    for file in ["L", "LA", "P", "RGB", "RGBA"] {
        for (mode, name) in MODES {
            let image = load_img(data("images").join(format!("{file}.png")), LoadImg::default().color_mode(mode)).unwrap();
            let expected: Array3<u8> = expected().read(&format!("{file}_{name}")).unwrap();
            assert_eq!(image, expected, "{file} {name}");
        }
    }
}

#[test]
fn jpegs_are_near_what_was_written() {
    let image = load_img(data("images").join("smooth.jpg"), LoadImg::default()).unwrap();
    let expected: Array3<u8> = expected().read("smooth").unwrap();
    let away = image.iter().zip(&expected).map(|(x, y)| x.abs_diff(*y)).max().unwrap();
    // Decoders round in ways of their own, and draw colours of half the size out in others.
    assert!(away <= 12, "{away}");
}

#[test]
fn sizes_are_those_of_pillow() {
    let methods = [
        (Interpolation::Nearest, "nearest", 0),
        (Interpolation::Bilinear, "bilinear", 1),
        (Interpolation::Bicubic, "bicubic", 1),
        (Interpolation::Lanczos3, "lanczos", 1),
        (Interpolation::Box, "box", 1),
        (Interpolation::Hamming, "hamming", 1),
    ];
    for (interpolation, method, most) in methods {
        for ((name, size), keep) in SIZES.into_iter().flat_map(|size| [(size, false), (size, true)]) {
            let options = LoadImg::default().target_size(size).interpolation(interpolation).keep_aspect_ratio(keep);
            let image = load_img(data("images").join("RGB.png"), options).unwrap();
            let case = format!("load_{method}_{name}_{}", if keep { "True" } else { "False" });
            let expected: Array3<u8> = expected().read(&case).unwrap();
            assert_eq!(image.dim(), expected.dim());
            let away = image.iter().zip(&expected).map(|(x, y)| x.abs_diff(*y)).max().unwrap();
            assert!(away <= most, "{case}: {away}"); // Pillow counts in whole numbers
        }
    }
}

#[test]
fn sizes_are_those_of_keras() {
    let image = img_to_array(&load_img(data("images").join("RGB.png"), LoadImg::default()).unwrap());
    let error = smart_resize(&image, (3, 3), Interpolation::Box).unwrap_err().to_string();
    assert!(error.ends_with("`Lanczos3` or `Lanczos5`, found `Box`, which `load_img` has"), "{error}");
    let methods = [
        (Interpolation::Nearest, "nearest"),
        (Interpolation::Bilinear, "bilinear"),
        (Interpolation::Bicubic, "bicubic"),
        (Interpolation::Lanczos3, "lanczos3"),
        (Interpolation::Lanczos5, "lanczos5"),
    ];
    for (interpolation, method) in methods {
        for (name, pair) in SIZES {
            let size = Size::new("size", pair).unwrap();
            let plain = resize(image.view(), size, interpolation);
            let cut = smart_resize(&image, pair, interpolation).unwrap();
            let padded = resize(size.pad(image.view()).view(), size, interpolation);
            for (resized, way) in [(plain, "plain"), (cut, "crop"), (padded, "pad")] {
                let case = format!("resize_{method}_{name}_{way}");
                let expected = expected().read::<f32, Ix3>(&case).unwrap();
                assert_eq!(resized.dim(), expected.dim());
                let away = (&resized - &expected).mapv(f32::abs).fold(0.0, |most: f32, &x| most.max(x));
                assert!(away < 1e-3, "{case}: {away}");
            }
        }
    }
}

#[test]
fn what_is_saved_is_loaded() {
    let folder = folder(&[]);
    let x = Array3::from_shape_fn((6, 5, 4), |(i, j, k)| (i * 40 + j * 8 + k) as f32);
    for (channels, mode) in [(1, ColorMode::Grayscale), (3, ColorMode::Rgb), (4, ColorMode::Rgba)] {
        let path = folder.path().join("x.png");
        let x = x.slice(s![.., .., ..channels]).to_owned();
        save_img(&path, &x, false).unwrap();
        assert_eq!(img_to_array(&load_img(&path, LoadImg::default().color_mode(mode)).unwrap()), x);
    }
    let grey = Array3::from_elem((16, 16, 1), 130.0);
    save_img(folder.path().join("x.JPG"), &grey, false).unwrap();
    let loaded = load_img(folder.path().join("x.JPG"), LoadImg::default()).unwrap();
    assert!(loaded.iter().all(|&x| x.abs_diff(130) <= 1));
}

#[test]
fn refuses_what_is_no_image() {
    let folder = folder(&[("text.png", b"no image at all"), ("empty.jpg", b""), ("a.gif", b"GIF89a......................")]);
    let whole = fs::read(data("images").join("RGB.png")).unwrap();
    fs::write(folder.path().join("cut.png"), &whole[..whole.len() / 2]).unwrap();
    let load = |name: &str| message(load_img(folder.path().join(name), LoadImg::default()).unwrap_err(), folder.path());
    assert_eq!(load("text.png"), "`text.png`: expected an image in PNG or JPEG, found something else");
    assert_eq!(load("empty.jpg"), "`empty.jpg`: expected an image in PNG or JPEG, found an empty file");
    assert_eq!(load("a.gif"), "`a.gif`: expected an image in PNG or JPEG, found Gif");
    assert!(load("cut.png").starts_with("`cut.png`: expected a whole image: "), "{}", load("cut.png"));
    assert!(load("none.png").starts_with("`none.png`: "));
    let target = load_img(folder.path().join("cut.png"), LoadImg::default().target_size((0, 3))).unwrap_err().to_string();
    assert_eq!(target, "`target_size` is out of range: expected a height and a width from 1 to 65536, found (0, 3)");
}

#[test]
fn refuses_arrays_that_are_no_images() {
    let error = |x: Array3<f32>, scale, name: &str| save_img(Path::new("none").join(name), &x, scale).unwrap_err().to_string();
    let shape = "expected an array [height, width, channels] with 1, 3 or 4 channels and at least one pixel, found";
    assert_eq!(error(Array3::zeros((2, 2, 2)), true, "x.png"), format!("`none/x.png`: {shape} [2, 2, 2]"));
    assert_eq!(error(Array3::zeros((0, 2, 3)), true, "x.png"), format!("`none/x.png`: {shape} [0, 2, 3]"));
    let range = "expected numbers from 0 to 255, or `scale` to bring them there, found some from -1 to -1";
    assert_eq!(error(Array3::from_elem((1, 1, 1), -1.0), false, "x.png"), format!("`none/x.png`: {range}"));
    assert_eq!(
        error(Array3::from_elem((1, 1, 1), f32::NAN), true, "x.png"),
        "`none/x.png`: expected finite numbers, found others"
    );
    let ending = "expected a name that ends in `.png`, `.jpg` or `.jpeg`";
    assert_eq!(error(Array3::zeros((1, 1, 1)), true, "x.bmp"), format!("`none/x.bmp`: {ending}"));
    let transparent = "expected 1 or 3 channels for JPEG, found 4; write a `.png`, or leave out the fourth";
    assert_eq!(error(Array3::zeros((1, 1, 4)), true, "x.jpg"), format!("`none/x.jpg`: {transparent}"));
}

/// Images of one shade each, which tells them apart, `[daisy, rose, tulip]` of 2, 3 and 1.
fn flowers() -> tempfile::TempDir {
    let flowers = folder(&[("notes.txt", b"of no class"), (".hidden/x.png", b"of no class")]);
    let files = ["rose/1.png", "rose/more/2.PNG", "rose/10.png", "daisy/b.png", "daisy/a.jpeg", "tulip/x.png"];
    for (shade, name) in files.into_iter().enumerate() {
        let path = flowers.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let image = Array3::from_elem((3, 4, 3), shade as f32 * 10.0);
        save_img(path.with_extension("png"), &image, false).unwrap();
        fs::rename(path.with_extension("png"), path).unwrap();
    }
    flowers
}

fn shades<Y: Send + 'static>(dataset: &crate::dataset::Dataset<(ndarray::Array4<f32>, Y)>) -> Vec<i32> {
    let batches: Vec<_> = dataset.iter().map(|batch| batch.unwrap().0).collect();
    batches.iter().flat_map(|batch| batch.axis_iter(Axis(0)).map(|image| image[[0, 0, 0]] as i32).collect::<Vec<_>>()).collect()
}

#[test]
fn a_folder_is_sorted_as_keras_sorts_it() {
    let flowers = flowers();
    let options = ImageDataset::default().image_size((2, 2)).shuffle(false).batch_size(4);
    let found = image_dataset_from_directory(flowers.path(), options.clone()).unwrap();
    assert_eq!(found.class_names, ["daisy", "rose", "tulip"]);
    let names: Vec<_> =
        found.file_paths.iter().map(|path| path.strip_prefix(flowers.path()).unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["daisy/a.jpeg", "daisy/b.png", "rose/1.png", "rose/10.png", "rose/more/2.PNG", "tulip/x.png"]);
    let batches: Vec<_> = found.int().unwrap().iter().map(Result::unwrap).collect();
    assert_eq!(batches[0].0.shape(), [4, 2, 2, 3]);
    assert_eq!((batches[0].1.to_vec(), batches[1].1.to_vec()), (vec![0, 0, 1, 1], vec![1, 2]));
    assert_eq!(shades(&found.int().unwrap()), [40, 30, 0, 20, 10, 50]);
    let (_, rows) = found.categorical().unwrap().iter().next().unwrap().unwrap();
    assert_eq!(rows.row(2).to_vec(), [0.0, 1.0, 0.0]);
    assert_eq!(found.images().iter().next().unwrap().unwrap().shape(), [4, 2, 2, 3]);
    let two = image_dataset_from_directory(flowers.path(), options.class_names(["tulip", "daisy"])).unwrap();
    assert_eq!(two.labels, [0, 1, 1]);
    assert_eq!(two.binary().unwrap().iter().next().unwrap().unwrap().1, ndarray::array![[0.0], [1.0], [1.0]]);
}

/// NumPy's `RandomState(3)` mixes 6 places to 3, 5, 4, 1, 0, 2.
#[test]
fn parts_are_those_of_keras_and_do_not_overlap() {
    let flowers = flowers();
    let options = ImageDataset::default().image_size((2, 2)).validation_split(0.34).seed(3);
    let part = |subset| image_dataset_from_directory(flowers.path(), options.clone().subset(subset)).unwrap();
    let (train, validation) = (part(Subset::Training), part(Subset::Validation));
    let sorted = [40, 30, 0, 20, 10, 50];
    let mut train_shades = shades(&train.int().unwrap());
    let mut validation_shades = shades(&validation.int().unwrap());
    train_shades.sort_unstable();
    validation_shades.sort_unstable();
    let order = [3, 5, 4, 1, 0, 2];
    let part = |places: &[usize]| {
        let mut shades: Vec<i32> = places.iter().map(|&place| sorted[place]).collect();
        shades.sort_unstable();
        shades
    };
    assert_eq!((train_shades, validation_shades), (part(&order[..4]), part(&order[4..])));
}

#[test]
fn every_round_is_mixed_and_the_same_for_the_same_round() {
    let flowers = flowers();
    let found = image_dataset_from_directory(flowers.path(), ImageDataset::default().image_size((1, 1))).unwrap();
    let dataset = found.int().unwrap();
    assert_eq!(shades(&dataset), shades(&dataset));
    let round = |number| {
        let round = model_core::given::Round { number, ..model_core::given::Round::default() };
        dataset.round(round).map(|batch| batch.unwrap().1.to_vec()).collect::<Vec<_>>()
    };
    assert!((1..9).any(|number| round(number) != round(0)));
    assert_eq!(round(5), round(5));
}

#[test]
fn given_labels_go_by_the_order_of_paths() {
    let flowers = flowers();
    let options = ImageDataset::default().image_size((1, 1)).shuffle(false);
    // Hidden folders are looked into where they are no classes, as Keras does.
    fs::remove_dir_all(flowers.path().join(".hidden")).unwrap();
    let given =
        |labels: &[i32]| image_dataset_from_directory(flowers.path(), options.clone().labels(Labels::Given(labels.to_vec())));
    let found = given(&[7, 0, 7, 0, 0, 0]).unwrap();
    assert_eq!((&found.class_names[..], &found.labels[..]), (&["0".to_owned(), "7".to_owned()][..], &[7, 0, 7, 0, 0, 0][..]));
    let check =
        |error: crate::DataError, expected: &str| assert_eq!(message(error, flowers.path()), format!("`folder`: {expected}"));
    check(found.categorical().unwrap_err(), "expected labels from 0 to 1, found 7");
    check(found.binary().unwrap_err(), "expected labels from 0 to 1, found 7");
    check(given(&[1, 2]).unwrap_err(), "expected a label for each of 6 images, found 2");
    check(given(&[1, 2, 3, 4, 5, -1]).unwrap_err(), "expected labels of at least 0, found -1");
    let none = image_dataset_from_directory(flowers.path(), options.clone().labels(Labels::None)).unwrap();
    assert_eq!((none.class_names.len(), none.labels.len(), none.file_paths.len()), (0, 0, 6));
    check(none.int().unwrap_err(), "the images have no labels: write `images()`");
    assert_eq!(none.images().iter().next().unwrap().unwrap().shape(), [6, 1, 1, 3]);
}

#[test]
fn says_what_is_wrong_with_a_folder() {
    let check = |files: &[(&str, &[u8])], options: ImageDataset, expected: &str| {
        let folder = folder(files);
        let error = image_dataset_from_directory(folder.path(), options).unwrap_err();
        assert_eq!(message(error, folder.path()), format!("`folder`: {expected}"));
    };
    let plain = ImageDataset::default;
    let loose: &[(&str, &[u8])] = &[("a.png", b""), ("b.txt", b"")];
    check(&[], plain(), "expected a folder for each class, found none");
    let instead = "for images without classes, write `labels: Labels::None`";
    check(loose, plain(), &format!("expected a folder for each class, found none but 1 images; {instead}"));
    check(&loose[1..], plain().labels(Labels::None), "expected images whose names end in `.png`, `.jpg` or `.jpeg`, found none");
    let classes: &[(&str, &[u8])] = &[("a/1.png", b""), ("b/1.txt", b"")];
    let remove = "remove the folder, or leave it out of `class_names`";
    check(classes, plain(), &format!("expected images of every class, found none in `b`; {remove}"));
    check(classes, plain().class_names(["a", "c"]), "there is no folder `c`: expected classes among `a`, `b`");
    check(classes, plain().class_names(["a", "a"]), "expected each class once in `class_names`, found `a` twice");
    let split = plain().class_names(["a"]).validation_split(0.5).subset(Subset::Training);
    check(classes, split, "expected at least one image in each part, found 1 images of which 0 are for validation");
    let none = folder(&[]);
    let error = image_dataset_from_directory(none.path().join("none"), plain()).unwrap_err();
    assert!(message(error, none.path()).starts_with("cannot read `none`: "));
}

#[test]
fn says_what_is_wrong_with_arguments() {
    let check = |options: ImageDataset, expected: &str| {
        let error = image_dataset_from_directory("none", options).unwrap_err();
        assert_eq!(error.to_string(), expected);
    };
    let plain = ImageDataset::default;
    check(plain().batch_size(0), "`batch_size` is out of range: expected at least 1, found 0");
    let split = "`validation_split` is out of range: expected a share between 0 and 1, found";
    check(plain().validation_split(1.0).subset(Subset::Training), &format!("{split} 1"));
    let both = "`subset` is out of range: expected `validation_split` and `subset` together, found";
    check(plain().subset(Subset::Training), &format!("{both} `subset` alone"));
    check(plain().validation_split(0.5), &format!("{both} `validation_split` alone"));
    let ways = "`pad_to_aspect_ratio` is out of range: expected to cut or to pad, or neither, found both";
    check(plain().crop_to_aspect_ratio(true).pad_to_aspect_ratio(true), ways);
    let size = "`image_size` is out of range: expected a height and a width from 1 to 65536, found (3, 0)";
    check(plain().image_size((3, 0)), size);
    let names = "`class_names` is out of range: expected names of folders with `Labels::Inferred`, found other labels";
    check(plain().class_names(["a"]).labels(Labels::None), names);
}

#[test]
fn a_broken_image_is_named_in_its_place() {
    let flowers = flowers();
    fs::write(flowers.path().join("rose/10.png"), b"no image").unwrap();
    let options = ImageDataset::default().image_size((1, 1)).shuffle(false).batch_size(1);
    let found = image_dataset_from_directory(flowers.path(), options).unwrap();
    let batches: Vec<_> = found.int().unwrap().iter().collect();
    let error = message(batches[3].as_ref().unwrap_err(), flowers.path());
    assert_eq!(error, "`rose/10.png`: expected an image in PNG or JPEG, found something else");
    assert_eq!(batches.iter().filter(|batch| batch.is_ok()).count(), 5);
}

#[cfg(unix)]
#[test]
fn links_are_followed_where_they_are_asked_for_and_not_in_circles() {
    let flowers = flowers();
    std::os::unix::fs::symlink(flowers.path().join("rose"), flowers.path().join("daisy/link")).unwrap();
    std::os::unix::fs::symlink(flowers.path().join("daisy"), flowers.path().join("daisy/circle")).unwrap();
    let images = |follow_links| {
        let options = ImageDataset::default().class_names(["daisy"]).follow_links(follow_links);
        image_dataset_from_directory(flowers.path(), options).unwrap().file_paths.len()
    };
    assert_eq!((images(false), images(true)), (2, 5));
}
