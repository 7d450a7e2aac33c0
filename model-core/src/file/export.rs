//! Models as files that other programs run.

use std::io::Write as _;
use std::path::Path;

use model_exchange::onnx;

use super::{FileProblem, atomic, ending};
use crate::error::{Error, Result};
use crate::memory;
use crate::network::Network;

/// How a model is written for other programs, which run it. Needs the feature `onnx`.
pub trait Export: Network<f32> {
    /// Writes the model as a file of ONNX, which computes what the model predicts: onnxruntime and others run it.
    ///
    /// The batch is of any size, and so are named dimensions; inputs and outputs have the model's names. What each layer becomes, and which have
    /// no form there, says [`model_exchange::onnx`].
    ///
    /// # Errors
    /// If the name ends as another format's does, layers have no form in ONNX, all of which are told, or the file cannot be written. What was there
    /// before is then still there.
    ///
    /// # Example
    ///
    /// ```
    /// use model_core::file::Export;
    /// use model_core::interpret::Model;
    ///
    /// # let graph = model_graph::config::from_json(r#"{"class_name": "Sequential", "config": {"name": "line", "layers": [
    /// #     {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 1]}},
    /// #     {"class_name": "Dense", "config": {"name": "line", "units": 1}}]}}"#).unwrap();
    /// # let model = Model::<f32>::new(graph, 42).unwrap();
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("line.onnx");
    /// model.export(&path)?;
    /// assert!(path.exists());
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/models/model_saving_apis/export/>.
    fn export(&self, path: impl AsRef<Path>) -> Result<()>
    where
        Self: Sized,
    {
        let path = path.as_ref();
        write(self, path).map_err(|problem| Error::File { path: path.to_owned(), problem })
    }
}

impl<N: Network<f32>> Export for N {}

fn write<N: Network<f32>>(model: &N, path: &Path) -> Result<(), FileProblem> {
    ending::check(path, &["onnx"])?;
    let mut elements = 0_usize;
    model.visit(&mut |weight, _| elements = elements.saturating_add(weight.data.len()));
    // The weights, their tensors, and the file put together from them.
    let bytes = memory::bytes_of::<f32>(elements).saturating_mul(3);
    memory::claim(bytes, || format!("a file of `{}`", model.graph().name))?;
    let mut weights: Vec<Vec<f32>> = Vec::new();
    model.visit(&mut |weight, _| weights.push(weight.data.to_vec()));
    let weights: Vec<&[f32]> = weights.iter().map(Vec::as_slice).collect();
    let bytes = onnx::export(model.graph(), &weights)?;
    Ok(atomic::write(path, |file| file.write_all(&bytes))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpret::Model;

    fn model(layers: &str) -> Model {
        let input = r#"{"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [2, 3, 1]}}"#;
        let document = format!(r#"{{"class_name": "Sequential", "config": {{"name": "net", "layers": [{input}, {layers}]}}}}"#);
        Model::new(model_graph::config::from_json(&document).unwrap(), 7).unwrap()
    }

    #[test]
    fn what_cannot_be_written_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("net.onnx");
        let fine = model(r#"{"class_name": "LSTM", "config": {"name": "lstm", "units": 2}}"#);
        fine.export(&path).unwrap();
        let before = std::fs::read(&path).unwrap();
        let stateful = model(r#"{"class_name": "LSTM", "config": {"name": "lstm", "units": 2, "stateful": true}}"#);
        let error = stateful.export(&path).unwrap_err().to_string();
        assert!(error.contains("`lstm`, a `LSTM`: it keeps its states"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
        let error = fine.export(folder.path().join("net.keras")).unwrap_err().to_string();
        assert!(error.contains("help: write `net.onnx`"), "{error}");
    }
}
