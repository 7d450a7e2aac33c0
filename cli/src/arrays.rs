//! What models are given: arrays of NumPy's files, tables, and images, each for an input or output of the model.

mod images;
mod numpy;
mod table;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use functional_model::Graph;
use functional_model::dataset::Dataset;
use functional_model::given::{AnyArray, AsArray};
use functional_model::graph::Port;
use functional_model::ndarray::Array3;

pub use images::Pixels;

use crate::answer::{Failure, Result};
use crate::open::{self, ending};

/// An input or output of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub name: String,
    /// The sizes of a sample's axes, as far as they are numbers.
    pub shape: Vec<Option<usize>>,
}

impl Wanted {
    /// Those of a model.
    pub fn of(graph: &Graph, ports: &[Port]) -> Vec<Self> {
        let sizes = |port: &Port| graph.ty(port.tensor).shape.0.iter().map(|dim| dim.size()).collect();
        ports.iter().map(|port| Self { name: port.name.clone(), shape: sizes(port) }).collect()
    }
}

/// Images, read as they are needed.
pub type Samples = Dataset<Array3<f32>>;

/// An array of any type of elements.
pub type Array = Box<dyn AsArray>;

/// Arrays by the names of inputs or outputs.
#[derive(Default)]
pub struct Given(Vec<(String, Array)>);

impl Given {
    /// The arrays as models take them.
    pub fn arrays(&self) -> Vec<(&str, AnyArray<'_>)> {
        self.0.iter().map(|(name, array)| (name.as_str(), array.as_array())).collect()
    }

    fn add(&mut self, name: &str, array: Array) -> Result<()> {
        if self.0.iter().any(|(other, _)| other == name) {
            return Err(Failure::Told(format!("`{name}` is given twice")));
        }
        self.0.push((name.to_owned(), array));
        Ok(())
    }
}

/// A file, and the name of the input or output that it is for, where that was given.
pub type Named<'a> = (Option<&'a str>, &'a Path);

/// A file that was named, with the name of the input or output that it is for, where that was given: `image=cat.png`.
pub fn split(argument: &OsString) -> Named<'_> {
    let path = Path::new(argument);
    match argument.to_str().and_then(|text| text.split_once('=')) {
        Some((name, file)) if !path.exists() => (Some(name), Path::new(file)),
        _ => (None, path),
    }
}

/// Images for a model's only input, where these are all that it is given: their files, and what they are to be.
pub fn images_alone(files: &[Named<'_>], wanted: &[Wanted], pixels: Pixels) -> Result<Option<(Vec<PathBuf>, Samples)>> {
    let ([(name, path)], [port]) = (files, wanted) else { return Ok(None) };
    if name.is_some_and(|name| name != port.name) || !path.exists() {
        return Ok(None);
    }
    let Some(files) = images::files(path)? else { return Ok(None) };
    let samples = images::samples(&files, port, pixels)?;
    Ok(Some((files, samples)))
}

/// Reads files for inputs, or for outputs: `what` says for which.
///
/// # Errors
/// If a file cannot be read, or is for none of these.
pub fn read(files: &[Named<'_>], wanted: &[Wanted], what: &str, pixels: Pixels) -> Result<Given> {
    let mut given = Given::default();
    for (name, path) in files {
        open::find(path)?;
        if name.is_none() && ending(path) == "npz" {
            for (name, array) in numpy::archive(path, wanted, what)? {
                given.add(&name, array)?;
            }
            continue;
        }
        let port = match (name, wanted) {
            (Some(name), _) => wanted.iter().find(|port| port.name == *name).ok_or_else(|| unknown(name, wanted, what))?,
            (None, [port]) => port,
            (None, _) => return Err(several(path, wanted, what)),
        };
        given.add(&port.name, one(path, port, pixels)?)?;
    }
    Ok(given)
}

fn one(path: &Path, port: &Wanted, pixels: Pixels) -> Result<Array> {
    match ending(path).as_str() {
        "npy" => numpy::array(path),
        "npz" => numpy::only(path, port),
        "csv" => table::read(path, port),
        _ => match images::files(path)? {
            Some(files) => images::read(&files, port, pixels),
            None => {
                let help = "help: `.npy`, `.npz`, `.csv`, `.png` and `.jpg` are read, and folders of images";
                Err(Failure::of_file(path, format_args!("the name does not tell what it is\n{help}")))
            }
        },
    }
}

fn names(wanted: &[Wanted]) -> String {
    wanted.iter().map(|port| format!("`{}`", port.name)).collect::<Vec<_>>().join(", ")
}

fn unknown(name: &str, wanted: &[Wanted], what: &str) -> Failure {
    Failure::Told(format!("the model has no {what} `{name}`: expected {}", names(wanted)))
}

fn several(path: &Path, wanted: &[Wanted], what: &str) -> Failure {
    let first = wanted.first().map_or("", |port| &port.name);
    let help = format!("help: say which it is for, `{first}={}`", path.display());
    Failure::Told(format!("the model has several {what}s, {}\n{help}", names(wanted)))
}
