//! Writes the model of every case of `tests/parity` as an ONNX file into a folder, for `model-exchange/tests/onnx/check.py` to run.
//!
//! `cargo run -p model-exchange --features onnx --example export_parity -- <folder>`; a second folder has other cases, those of
//! `model-exchange/tests/onnx/cases.py`.

use std::path::Path;

use model_exchange::onnx::export;
use model_graph::config;
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let folder = std::env::args().nth(1).ok_or("which folder? `export_parity <folder>`")?;
    std::fs::create_dir_all(&folder)?;
    let parity = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/parity");
    let cases = std::env::args().nth(2).map_or_else(parity, Into::into);
    let mut paths: Vec<_> = std::fs::read_dir(cases)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "safetensors"));
    paths.sort();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match written(&path) {
            Ok(None) => {}
            Ok(Some(bytes)) => std::fs::write(Path::new(&folder).join(format!("{name}.onnx")), bytes)?,
            Err(error) => println!("{name}: {error}"),
        }
    }
    Ok(())
}

/// A case's model as a file, if it is a model's and none in training.
fn written(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let bytes = std::fs::read(path)?;
    let (_, header) = SafeTensors::read_metadata(&bytes)?;
    let Some(case) = header.metadata().as_ref().and_then(|metadata| metadata.get("case")) else { return Ok(None) };
    let case: Value = serde_json::from_str(case)?;
    if case["kind"] != "model" || case["training"] == true {
        return Ok(None);
    }
    let file = SafeTensors::deserialize(&bytes)?;
    let graph = config::read(&case["config"])?.flat()?;
    let mut weights = Vec::new();
    for (path, _) in graph.weights() {
        weights.push(weight(&file, &path)?);
    }
    let weights: Vec<&[f32]> = weights.iter().map(Vec::as_slice).collect();
    Ok(Some(export(&graph, &weights)?))
}

/// A weight's elements: Keras's paths have no names of models around a layer.
fn weight(file: &SafeTensors<'_>, path: &str) -> Result<Vec<f32>, Failure> {
    let mut rest = path;
    loop {
        if let Ok(tensor) = file.tensor(&format!("weight/{rest}")) {
            let elements = tensor.data().chunks_exact(4);
            return match tensor.dtype() {
                Dtype::F32 => Ok(elements.map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).collect()),
                Dtype::I32 => {
                    Ok(elements.map(|bytes| i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as f32).collect())
                }
                other => Err(format!("`{path}` is of {other:?}").into()),
            };
        }
        rest = rest.split_once('/').map(|(_, inner)| inner).ok_or_else(|| format!("there is no weight `{path}`"))?;
    }
}
