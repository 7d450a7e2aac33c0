//! NumPy's files, with elements of whatever type they have.

use std::path::Path;

use functional_model::DataError;
use functional_model::given::Element;
use functional_model::ndarray::{ArrayD, IxDyn};
use functional_model::npy::{self, NpyElement, NpyProblem, Npz};

use super::{Array, Wanted, unknown};
use crate::answer::Result;

/// Reads by a function that takes a type of elements, whichever fits.
macro_rules! of_any_element {
    ($read:ident $arguments:tt) => {
        of_any_element!($read $arguments: f32 f64 i8 i16 i32 i64 u8 u16 u32 u64 bool)
    };
    ($read:ident $arguments:tt: $($element:ty)*) => {'read: {
        $(match $read::<$element> $arguments {
            Err(DataError::Npy { problem: NpyProblem::Element { .. }, .. }) => {}
            read => break 'read read.map(boxed),
        })*
        $read::<f32> $arguments.map(boxed)
    }};
}

fn boxed<A: Element>(array: ArrayD<A>) -> Array {
    Box::new(array)
}

fn of_file<A: NpyElement>(path: &Path) -> Result<ArrayD<A>, DataError> {
    npy::read(path)
}

fn of_archive<A: NpyElement>(archive: &mut Npz, name: &str) -> Result<ArrayD<A>, DataError> {
    archive.read::<A, IxDyn>(name)
}

/// The array of an `.npy`.
pub fn array(path: &Path) -> Result<Array> {
    Ok(of_any_element!(of_file(path))?)
}

/// The arrays of an `.npz`: by the names of inputs or outputs, or the only one there is for the only one that is wanted.
pub fn archive(path: &Path, wanted: &[Wanted], what: &str) -> Result<Vec<(String, Array)>> {
    let mut archive = Npz::open(path)?;
    let names: Vec<String> = archive.names().into_iter().map(ToOwned::to_owned).collect();
    if let ([_], [port]) = (names.as_slice(), wanted) {
        return Ok(vec![(port.name.clone(), only(path, port)?)]);
    }
    let array = |name: String| {
        if !wanted.iter().any(|port| port.name == name) {
            return Err(unknown(&name, wanted, what).at(path));
        }
        let array = of_any_element!(of_archive(&mut archive, &name))?;
        Ok((name, array))
    };
    names.into_iter().map(array).collect()
}

/// The array of an `.npz` for one input: that of its name, or the only one.
pub fn only(path: &Path, port: &Wanted) -> Result<Array> {
    let mut archive = Npz::open(path)?;
    let name = match archive.names().as_slice() {
        [name] => (*name).to_owned(),
        _ => port.name.clone(),
    };
    Ok(of_any_element!(of_archive(&mut archive, &name))?)
}
