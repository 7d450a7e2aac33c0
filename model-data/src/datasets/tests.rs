//! The data sets of texts and tables in small, as Keras reads them. The files and Keras's results are made by `tests/data/generate.py`.

use std::fs;

use serde_json::Value;

use super::{CaliforniaHousing, Imdb, LabelledSequences, Reuters, california_housing, imdb, reuters};
use crate::source::testing::{data, folder, message};

fn keras(case: &str) -> Value {
    let text = fs::read_to_string(data("texts").join("keras.json")).unwrap();
    let cases: Value = serde_json::from_str(&text).unwrap();
    cases[case].clone()
}

fn check((train, test): (LabelledSequences, LabelledSequences), case: &str) {
    let expected = keras(case);
    for (part, name) in [(train, "train"), (test, "test")] {
        assert_eq!(serde_json::json!(part.sequences), expected[name], "{case} {name}");
        assert_eq!(serde_json::json!(part.labels.to_vec()), expected[format!("{name}_labels")], "{case} {name}");
    }
}

#[test]
fn reviews_are_those_of_keras() {
    let options = Imdb::default();
    check(imdb(data("texts"), options.clone()).unwrap(), "imdb default");
    check(imdb(data("texts"), options.clone().num_words(100).skip_top(10)).unwrap(), "imdb num_words");
    let short = options.clone().maxlen(12).seed(7).oov_char(None).num_words(300);
    check(imdb(data("texts"), short).unwrap(), "imdb maxlen");
    let plain = options.start_char(None).index_from(0).num_words(150).seed(0);
    check(imdb(data("texts"), plain).unwrap(), "imdb plain");
}

#[test]
fn news_are_those_of_keras() {
    let options = Reuters::default();
    check(reuters(data("texts"), options.clone()).unwrap(), "reuters default");
    let options = options.test_split(0.3);
    check(reuters(data("texts"), options.clone().num_words(100).skip_top(10)).unwrap(), "reuters num_words");
    let short = options.clone().maxlen(12).seed(7).oov_char(None).num_words(300);
    check(reuters(data("texts"), short).unwrap(), "reuters maxlen");
    let plain = options.start_char(None).index_from(0).num_words(150).seed(0);
    check(reuters(data("texts"), plain).unwrap(), "reuters plain");
}

#[test]
fn houses_are_those_of_keras() {
    let split = CaliforniaHousing::default().test_split(0.33).seed(4);
    for (options, case) in [(CaliforniaHousing::default(), "housing default"), (split, "housing split")] {
        let expected = keras(case);
        let (train, test) = california_housing(data("texts"), options).unwrap();
        for ((x, y), name) in [(train, "train"), (test, "test")] {
            let rounded = |x: f32| (f64::from(x) * 1000.0).round() / 1000.0;
            let rows: Vec<Vec<f64>> = x.rows().into_iter().map(|row| row.iter().map(|&x| rounded(x)).collect()).collect();
            assert_eq!(serde_json::json!(rows), expected[name], "{case} {name}");
            let prices: Vec<f64> = y.iter().map(|&y| rounded(y)).collect();
            assert_eq!(serde_json::json!(prices), expected[format!("{name}_labels")], "{case} {name}");
        }
    }
}

#[test]
fn refuses_what_cannot_be() {
    let error = |options| imdb(data("texts"), options).unwrap_err().to_string();
    assert_eq!(
        error(Imdb::default().maxlen(2)),
        "`maxlen` leaves no sequence: expected some shorter than 2, found at least 3; raise `maxlen`"
    );
    for test_split in [1.0, -0.1, f64::NAN] {
        let error = reuters(data("texts"), Reuters::default().test_split(test_split)).unwrap_err().to_string();
        assert_eq!(error, format!("`test_split` is out of range: expected a share from 0 to less than 1, found {test_split}"));
    }
    let folder = folder(&[]);
    let lacks = |error| message(error, folder.path());
    let address = "https://storage.googleapis.com/tensorflow/tf-keras-datasets";
    for (error, name) in [
        (lacks(imdb(folder.path(), Imdb::default()).unwrap_err()), "imdb.npz"),
        (lacks(reuters(folder.path(), Reuters::default()).unwrap_err()), "reuters.npz"),
        (lacks(california_housing(folder.path(), CaliforniaHousing::default()).unwrap_err()), "california_housing.npz"),
    ] {
        assert_eq!(error, format!("`folder` lacks a file: expected `{name}`, found none; put `{address}/{name}` there"));
    }
}

#[test]
fn refuses_other_archives() {
    let housing = fs::read(data("texts").join("california_housing.npz")).unwrap();
    let folder = folder(&[("imdb.npz", &housing), ("reuters.npz", &housing)]);
    let error = message(imdb(folder.path(), Imdb::default()).unwrap_err(), folder.path());
    assert_eq!(error, "`imdb.npz`, array `x_train`: there is no such array: expected `x`, `y`");
    let error = message(reuters(folder.path(), Reuters::default()).unwrap_err(), folder.path());
    assert_eq!(error, "`reuters.npz`, array `x`: expected elements of `lists`, found `<f4`: read it as `f32`");
}
