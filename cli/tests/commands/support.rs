//! A folder with models whose numbers can be computed in one's head, and the command run in it.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use functional_model::ndarray::array;
use functional_model::network::Trainable;
use functional_model::prelude::{Adam, Fit, MeanSquaredError, Model, Save, Train, Verbose};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What the command has done.
#[derive(Debug, PartialEq, Eq)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Its JSON, where all went well.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.err, "");
        serde_json::from_str(&self.out).unwrap()
    }
}

/// A folder that the command runs in.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// The command with these arguments.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_functional-model"));
        command.current_dir(self.0.path()).args(arguments.split(' ')).stdin(Stdio::null());
        command
    }

    /// Runs the command with arguments, which spaces separate.
    pub fn run(&self, arguments: &str) -> Ran {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: status.code(), out: text(stdout), err: text(stderr) }
    }

    /// Checks what a command prints that goes well.
    #[track_caller]
    pub fn check(&self, arguments: &str, out: &str) {
        assert_eq!(self.run(arguments), Ran { code: Some(0), out: out.to_owned(), err: String::new() });
    }

    /// Checks how a command fails.
    #[track_caller]
    pub fn check_error(&self, arguments: &str, err: &str) {
        let ran = self.run(arguments);
        assert_eq!((ran.code, ran.err.as_str()), (Some(2), err));
        assert_eq!(ran.out, "");
    }
}

/// A dense layer of a configuration.
pub fn dense(name: &str, units: usize) -> Value {
    json!({ "class_name": "Dense", "config": { "name": name, "units": units } })
}

/// A model of layers in a row.
pub fn sequential(name: &str, input: Value, layers: &[Value]) -> Model {
    let input = json!({ "class_name": "InputLayer", "config": { "name": "x", "batch_shape": input } });
    let layers: Vec<&Value> = std::iter::once(&input).chain(layers).collect();
    let document = json!({ "class_name": "Sequential", "config": { "name": name, "layers": layers } });
    Model::from_config(&document.to_string(), 7).unwrap()
}

/// The same model with these weights, one behind the other.
pub fn with_weights(mut model: Model, weights: &[f32]) -> Model {
    let mut weights = weights.iter();
    model.visit_mut(&mut |weight| weight.data.iter_mut().for_each(|element| *element = *weights.next().unwrap()));
    assert_eq!(weights.next(), None);
    model
}

/// `x -> x[0] + 2 * x[1] + 0.5`.
pub fn line() -> Model {
    with_weights(sequential("line", json!([null, 2]), &[dense("dense", 1)]), &[1.0, 2.0, 0.5])
}

/// The line, after two steps of Adam.
pub fn save_trained(folder: &Folder, name: &str) {
    let mut model = line();
    let mut trainer = model.compile(Adam::new(0.125), MeanSquaredError::new()).metric("mae");
    let fit = Fit { epochs: 2, verbose: Verbose::Silent, ..Fit::default() };
    trainer.fit((&array![[1.0, 2.0]], &array![0.0]), fit).unwrap();
    trainer.save(folder.path(name)).unwrap();
}

/// A folder with the line in `line.keras`.
pub fn folder() -> Folder {
    let folder = Folder::new();
    line().save(folder.path("line.keras")).unwrap();
    folder
}
