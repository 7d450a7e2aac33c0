//! Weights by themselves: those of another file, for a model that is converted, and those of a model as arrays of NumPy's.

use std::path::Path;

use functional_model::file::{Differences, FileProblem};
use functional_model::ndarray::ArrayD;
use functional_model::network::{Network, Trainable};
use functional_model::npy::{Npz, NpzWriter};
use functional_model::prelude::{Model, Save};
use functional_model::{DataError, Error};

use crate::answer::{Failure, Result};
use crate::open;

/// How weights of another file go with a model's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// All of them, in the way of the file.
    Model,
    /// Those of layers with the same names.
    Names {
        /// Whether those of other shapes stay as they are.
        skip_mismatch: bool,
    },
}

/// Takes weights of a file, and gives what was not taken, in words.
///
/// # Errors
/// If the file is not there, is not whole, or its weights do not go with the model's.
pub fn take(model: &mut Model, from: &Path, by: By) -> Result<Vec<String>> {
    open::find(from)?;
    let taken = match by {
        _ if open::ending(from) == "npz" => take_arrays(model, from, by),
        By::Model => model.load_weights(from).map(|()| Differences::default()),
        By::Names { skip_mismatch } => model.load_weights_by_name(from, skip_mismatch),
    };
    match taken {
        Ok(differences) => Ok(words(&differences, from)),
        Err(error @ Error::File { problem: FileProblem::Tensors { .. }, .. }) if by != By::Model => {
            Err(Failure::Told(format!("{error}\nhelp: `--skip-mismatch` leaves weights of another shape as they are")))
        }
        Err(error) => Err(error.into()),
    }
}

/// The same of an archive of NumPy's, with an array for each weight under its path.
fn take_arrays(model: &mut Model, from: &Path, by: By) -> functional_model::Result<Differences> {
    let refused = |problem| Err(Error::File { path: from.to_owned(), problem });
    let (found, differences) = find_arrays(model, from)?;
    let Differences { missing, unexpected, different } = differences.clone();
    match by {
        By::Model if differences != Differences::default() => {
            return refused(FileProblem::Tensors { missing, unexpected, different });
        }
        By::Names { skip_mismatch: false } if !different.is_empty() => {
            return refused(FileProblem::Tensors { missing: Vec::new(), unexpected: Vec::new(), different });
        }
        _ => {}
    }
    if let Some((path, _)) = found.iter().flatten().find(|(_, array)| !array.iter().all(|element| element.is_finite())) {
        let (tensor, expected, found) = (path.clone(), "finite numbers", "infinity or NaN");
        return refused(FileProblem::Range { tensor, expected, found });
    }
    let mut found = found.into_iter();
    model.visit_mut(&mut |weight| {
        if let Some((_, array)) = found.next().flatten() {
            weight.data.iter_mut().zip(&array).for_each(|(element, &found)| *element = found);
        }
    });
    Ok(differences)
}

/// The arrays of an archive for a model's weights, in their order, where they are there and of their shapes.
type Found = Vec<Option<(String, ArrayD<f32>)>>;

fn find_arrays(model: &Model, from: &Path) -> functional_model::Result<(Found, Differences)> {
    let mut archive = Npz::open(from)?;
    let mut left: Vec<String> = archive.names().into_iter().map(ToOwned::to_owned).collect();
    let (mut found, mut differences) = (Vec::new(), Differences::default());
    for (path, spec) in model.graph().weights() {
        let Some(place) = left.iter().position(|name| *name == path) else {
            differences.missing.push(path);
            found.push(None);
            continue;
        };
        left.remove(place);
        let (array, shape): (ArrayD<f32>, _) = (archive.read(&path)?, spec.sizes());
        let fits = array.shape() == shape;
        if !fits {
            differences.different.push((path.clone(), format!("{shape:?}"), format!("{:?}", array.shape())));
        }
        found.push(fits.then_some((path, array)));
    }
    differences.unexpected = left;
    Ok((found, differences))
}

/// What was not taken.
fn words(Differences { missing, unexpected, different }: &Differences, from: &Path) -> Vec<String> {
    let from = from.display();
    let missing = missing.iter().map(|name| format!("`{name}` is not in `{from}`, and stays as it is"));
    let other = |(name, expected, found): &(String, String, String)| {
        format!("`{name}` stays as it is: expected {expected}, found {found} in `{from}`")
    };
    let unexpected = unexpected.iter().map(|name| format!("`{name}` of `{from}` is not in the model"));
    missing.chain(different.iter().map(other)).chain(unexpected).collect()
}

/// Writes weights as arrays of NumPy's, each under its path, `numpy.load(file)["dense/kernel"]`.
pub fn write_arrays(model: &Model, to: &Path) -> Result<(), DataError> {
    let mut arrays = Vec::new();
    model.visit(&mut |weight, _| arrays.push(weight.view().to_owned()));
    let mut weights = model.graph().weights().into_iter().zip(&arrays);
    weights.try_fold(NpzWriter::new(), |archive, ((path, _), array)| archive.add(&path, array))?.save(to)
}
