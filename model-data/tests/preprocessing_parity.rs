//! What texts and categories become, against Keras. `tests/parity/preprocessing.py` makes what is compared with; what is written is left for
//! Keras to read: `python tests/parity/preprocessing.py --read target/tmp/preprocessing`.

use std::fs;
use std::path::Path;

use model_core::Result;
use model_data::preprocessing::{CategoryEncoding, Hashing, IndexLookup, TextAxes, TextVectorization, Token, Tokens};
use model_data::utils::{ClassAxes, Pad, Side, pad_sequences, to_categorical};
use ndarray::{ArrayD, Dimension, Ix0, Ix1, Ix2, IxDyn};
use serde_json::Value;

fn keras() -> Value {
    serde_json::from_str(include_str!("keras/preprocessing.json")).unwrap()
}

fn usize_of(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

/// An array of the data, `[shape, elements]`.
fn array<E>(value: &Value, element: impl Fn(&Value) -> E) -> ArrayD<E> {
    let shape: Vec<usize> = value[0].as_array().unwrap().iter().map(usize_of).collect();
    ArrayD::from_shape_vec(IxDyn(&shape), value[1].as_array().unwrap().iter().map(element).collect()).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap()
}

fn float(value: &Value) -> f32 {
    value.as_f64().unwrap() as f32
}

fn is_text(array: &Value) -> bool {
    array[1][0].is_string()
}

/// Holds what came out to what Keras gives, or to an error where Keras has one.
fn check<E: PartialEq + std::fmt::Debug>(
    found: Result<ArrayD<E>>,
    expected: &Value,
    element: impl Fn(&Value) -> E,
    case: &Value,
) {
    match found {
        Ok(found) => assert_eq!(found, array(expected, element), "{case}"),
        Err(error) => assert!(expected.is_null(), "{error}: {case}"),
    }
}

/// The same within the rounding of what tokens weigh.
fn check_close(found: Result<ArrayD<f32>>, expected: &Value, case: &Value) {
    match found {
        Ok(found) => {
            let expected = array(expected, float);
            assert_eq!(found.shape(), expected.shape(), "{case}");
            let is_close = |(a, b): (&f32, &f32)| (a - b).abs() <= 1e-6 * b.abs().max(1.0);
            assert!(found.iter().zip(&expected).all(is_close), "{found}\n{expected}\n{case}");
        }
        Err(error) => assert!(expected.is_null(), "{error}: {case}"),
    }
}

/// A layer of a case, whatever its class.
trait Layer: Sized {
    fn read(json: &str) -> Self;
    fn written(&self) -> String;
    fn adapt(&mut self, _: &Value, _: &Value) {}
    fn check_vocabulary(&self, _: &Value) {}
    fn check_call(&self, call: &Value, case: &Value);
}

/// Holds a layer to what its case says: as it is adapted, and again when it has been saved and loaded.
fn run<L: Layer>(number: usize, case: &Value) {
    let mut layer = L::read(&case["layer"].to_string());
    layer.adapt(&case["adapt"], &case["update"]);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("preprocessing");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{number}.json")), layer.written()).unwrap();
    let again = L::read(&layer.written());
    assert_eq!(again.written(), layer.written());
    for layer in [layer, again] {
        layer.check_vocabulary(case);
        for call in case["calls"].as_array().unwrap() {
            layer.check_call(call, case);
        }
    }
}

trait Read: Token {
    fn of(value: &Value) -> Self;
}

impl Read for String {
    fn of(value: &Value) -> Self {
        text(value)
    }
}

impl Read for i64 {
    fn of(value: &Value) -> Self {
        number(value)
    }
}

impl<T: Read> Layer for IndexLookup<T>
where
    ArrayD<T>: Tokens<T, Dim = IxDyn>,
{
    fn read(json: &str) -> Self {
        Self::from_json(json).unwrap()
    }

    fn written(&self) -> String {
        self.to_json().unwrap()
    }

    fn adapt(&mut self, adapt: &Value, update: &Value) {
        if !adapt.is_null() {
            self.adapt(&array(adapt, T::of)).unwrap();
        }
        if let Some(batches) = update.as_array() {
            for batch in batches {
                self.update_state(&array(batch, T::of)).unwrap();
            }
            self.finalize_state().unwrap();
        }
    }

    fn check_vocabulary(&self, case: &Value) {
        let expected: Vec<T> = case["vocabulary"].as_array().unwrap().iter().map(T::of).collect();
        assert_eq!(self.get_vocabulary(true).unwrap(), expected, "{case}");
        assert_eq!(self.vocabulary_size().unwrap(), expected.len());
    }

    fn check_call(&self, call: &Value, case: &Value) {
        let config = &case["layer"]["config"];
        if config["invert"] == true {
            return check(self.tokens(&array(&call[0], number)), &call[1], T::of, case);
        }
        let asked = array(&call[0], T::of);
        match config["output_mode"].as_str().unwrap() {
            "int" => check(self.call(&asked), &call[1], |value| number(value) as i32, case),
            _ => check_close(self.encode(&asked), &call[1], case),
        }
    }
}

impl Layer for TextVectorization {
    fn read(json: &str) -> Self {
        Self::from_json(json).unwrap()
    }

    fn written(&self) -> String {
        self.to_json().unwrap()
    }

    fn adapt(&mut self, adapt: &Value, update: &Value) {
        if !adapt.is_null() {
            let texts = array(adapt, text);
            match texts.ndim() {
                1 => self.adapt(&texts.into_dimensionality::<Ix1>().unwrap()).unwrap(),
                _ => self.adapt(&texts.into_dimensionality::<Ix2>().unwrap()).unwrap(),
            }
        }
        if let Some(batches) = update.as_array() {
            for batch in batches {
                self.update_state(&array(batch, text).into_dimensionality::<Ix1>().unwrap()).unwrap();
            }
            self.finalize_state().unwrap();
        }
    }

    fn check_vocabulary(&self, case: &Value) {
        let expected: Vec<String> = case["vocabulary"].as_array().unwrap().iter().map(text).collect();
        assert_eq!(self.get_vocabulary(true).unwrap(), expected, "{case}");
        assert_eq!(self.vocabulary_size().unwrap(), expected.len());
    }

    fn check_call(&self, call: &Value, case: &Value) {
        let asked = array(&call[0], text);
        match asked.ndim() {
            0 => check_texts::<Ix0>(self, asked, call, case),
            1 => check_texts::<Ix1>(self, asked, call, case),
            _ => check_texts::<Ix2>(self, asked, call, case),
        }
    }
}

fn check_texts<D: TextAxes>(words: &TextVectorization, asked: ArrayD<String>, call: &Value, case: &Value) {
    let asked = asked.into_dimensionality::<D>().unwrap();
    if case["layer"]["config"]["output_mode"] == "int" {
        check(words.call(&asked).map(|rows| rows.into_dyn()), &call[1], |value| number(value) as i32, case);
    } else {
        check_close(words.encode(&asked).map(|rows| rows.into_dyn()), &call[1], case);
    }
}

impl Layer for CategoryEncoding {
    fn read(json: &str) -> Self {
        Self::from_json(json).unwrap()
    }

    fn written(&self) -> String {
        self.to_json().unwrap()
    }

    fn check_call(&self, call: &Value, case: &Value) {
        let asked = array(&call[0], number);
        let rows = if call[2].is_null() { self.call(&asked) } else { self.call_weighted(&asked, &array(&call[2], float)) };
        check_close(rows, &call[1], case);
    }
}

impl Layer for Hashing {
    fn read(json: &str) -> Self {
        Self::from_json(json).unwrap()
    }

    fn written(&self) -> String {
        self.to_json().unwrap()
    }

    fn check_call(&self, call: &Value, case: &Value) {
        let is_int = case["layer"]["config"]["output_mode"] == "int";
        let to_i32 = |value: &Value| number(value) as i32;
        match (is_int, is_text(&call[0])) {
            (true, true) => check(self.call(&array(&call[0], text)), &call[1], to_i32, case),
            (true, false) => check(self.call(&array(&call[0], number)), &call[1], to_i32, case),
            (false, true) => check(self.encode(&array(&call[0], text)), &call[1], float, case),
            (false, false) => check(self.encode(&array(&call[0], number)), &call[1], float, case),
        }
    }
}

fn check_class(class: &str, run: impl Fn(usize, &Value), least: usize) {
    let keras = keras();
    let cases = keras["cases"].as_array().unwrap().iter().enumerate().filter(|(_, case)| case["layer"]["class_name"] == class);
    assert!(cases.clone().count() >= least, "{class}");
    cases.for_each(|(number, case)| run(number, case));
}

#[test]
fn texts_are_looked_up_as_in_keras() {
    check_class("StringLookup", run::<IndexLookup<String>>, 70);
}

#[test]
fn numbers_are_looked_up_as_in_keras() {
    check_class("IntegerLookup", run::<IndexLookup<i64>>, 70);
}

#[test]
fn texts_are_taken_apart_as_in_keras() {
    check_class("TextVectorization", run::<TextVectorization>, 35);
}

#[test]
fn numbers_are_written_out_as_in_keras() {
    check_class("CategoryEncoding", run::<CategoryEncoding>, 4);
}

#[test]
fn hashes_are_keras_s() {
    check_class("Hashing", run::<Hashing>, 20);
}

#[test]
fn sequences_are_padded_as_in_keras() {
    let side = |word: &Value| if word == "pre" { Side::Pre } else { Side::Post };
    for case in keras()["pad_sequences"].as_array().unwrap() {
        let of = |sequence: &Value| sequence.as_array().unwrap().iter().map(number).collect::<Vec<_>>();
        let sequences: Vec<Vec<i64>> = case["sequences"].as_array().unwrap().iter().map(of).collect();
        let pad = Pad::new().padding(side(&case["padding"])).truncating(side(&case["truncating"])).value(number(&case["value"]));
        let pad = if case["maxlen"].is_null() { pad } else { pad.maxlen(usize_of(&case["maxlen"])) };
        let padded = pad_sequences(&sequences, pad).unwrap();
        assert_eq!(padded.into_dyn(), array(&case["output"], number), "{case}");
    }
}

#[test]
fn labels_become_rows_as_in_keras() {
    fn check_rows<D: ClassAxes>(asked: ArrayD<i64>, classes: Option<usize>, expected: &Value) {
        let rows = to_categorical(&asked.into_dimensionality::<D>().unwrap(), classes).unwrap();
        assert_eq!(rows.into_dyn(), array(expected, float));
    }
    for case in keras()["to_categorical"].as_array().unwrap() {
        let (asked, classes) = (array(&case[0], number), case[1].as_u64().map(|classes| classes as usize));
        match asked.raw_dim().ndim() {
            0 => check_rows::<Ix0>(asked, classes, &case[2]),
            1 => check_rows::<Ix1>(asked, classes, &case[2]),
            _ => check_rows::<Ix2>(asked, classes, &case[2]),
        }
    }
}
