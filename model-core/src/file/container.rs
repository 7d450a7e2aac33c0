//! The bytes of a file: safetensors with one metadata key, and a checksum over everything.
//!
//! The checksum is the SHA-256 of the whole file with zeros in the place of the checksum's digits.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::path::Path;

use model_exchange::architecture::OWN;
use model_exchange::{self as exchange, Tensor};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, View};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::content::{Content, FINITE, NOT_FINITE, Origin};
use super::kind;
use super::problem::FileProblem;
use super::{pieces, regular};
use crate::elements::Elements;
use crate::memory;

/// The version of the document, for readers to come.
const FORMAT: u64 = 1;

/// What stands before the checksum's digits in a header, where the document is a string.
const BEFORE_CHECKSUM: &[u8] = br#"\"checksum\":\""#;

/// The number of the checksum's digits.
const DIGITS: usize = 64;

/// A tensor to be written.
pub(crate) struct Written {
    shape: Vec<usize>,
    elements: Elements<f32>,
}

impl Written {
    /// A tensor of a name, which reading will ask what writing asks.
    pub(crate) fn new(name: &str, shape: &[usize], elements: Elements<f32>) -> Result<Self, FileProblem> {
        check_floats(name, &elements)?;
        Ok(Self { shape: shape.to_vec(), elements })
    }

    /// The tensor.
    pub(crate) fn tensor(&self) -> Tensor<'_> {
        Tensor::of(&self.shape, &self.elements)
    }
}

/// Checks that elements of a name are finite.
pub(crate) fn check_floats(name: &str, elements: &[f32]) -> Result<(), FileProblem> {
    if pieces::are_finite(elements) {
        return Ok(());
    }
    Err(FileProblem::Range { tensor: name.to_owned(), expected: FINITE, found: NOT_FINITE })
}

impl View for &Written {
    fn dtype(&self) -> Dtype {
        Dtype::F32
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Owned(pieces::bytes(&self.elements))
    }

    fn data_len(&self) -> usize {
        size_of_val(&*self.elements)
    }
}

/// The bytes of a file with these tensors and this document.
pub(crate) fn write(tensors: &[(String, Written)], document: &Value) -> Result<Vec<u8>, FileProblem> {
    let mut whole = serde_json::json!({ "format": FORMAT, "checksum": "0".repeat(DIGITS) });
    for (key, value) in document.as_object().into_iter().flatten() {
        whole[key] = value.clone();
    }
    let metadata = HashMap::from([(OWN.to_owned(), whole.to_string())]);
    let tensors = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor));
    let mut bytes = safetensors::serialize(tensors, Some(metadata)).map_err(|error| FileProblem::Format(error.to_string()))?;
    let place = checksum_place(&bytes).ok_or(FileProblem::Foreign)?;
    let checksum = checksum(&bytes, place);
    bytes[place..place + DIGITS].copy_from_slice(checksum.as_bytes());
    Ok(bytes)
}

/// Where the checksum's digits start.
fn checksum_place(bytes: &[u8]) -> Option<usize> {
    let before = bytes.windows(BEFORE_CHECKSUM.len()).position(|window| window == BEFORE_CHECKSUM)?;
    let place = before + BEFORE_CHECKSUM.len();
    (bytes.len() >= place + DIGITS).then_some(place)
}

fn checksum(bytes: &[u8], place: usize) -> String {
    let mut digest = Sha256::new();
    digest.update(&bytes[..place]);
    digest.update([b'0'; DIGITS]);
    digest.update(&bytes[place + DIGITS..]);
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of a file, no more than it says it has.
pub(crate) fn read_bytes(path: &Path) -> Result<Vec<u8>, FileProblem> {
    let (file, length) = regular::open(path)?;
    memory::claim(length, || "the file".to_owned())?;
    let length = usize::try_from(length).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
    let mut bytes = vec![0; length];
    pieces::read(&file, &mut bytes)?;
    Ok(bytes)
}

/// Reads the bytes of a file, after they have been found to be what was written.
pub(crate) fn read(bytes: &[u8]) -> Result<Content<'_>, FileProblem> {
    let tensors = SafeTensors::deserialize(bytes)
        .map_err(|error| kind::of(bytes).or_else(|| short(bytes)).unwrap_or(FileProblem::Format(error.to_string())))?;
    let (header, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| FileProblem::Format(error.to_string()))?;
    let text = metadata.metadata().as_ref().and_then(|metadata| metadata.get(OWN)).ok_or(FileProblem::Foreign)?;
    let document: Value = serde_json::from_str(text).map_err(|error| FileProblem::Format(error.to_string()))?;
    let no_checksum = FileProblem::Document { key: "checksum", expected: "64 hexadecimal digits" };
    let expected = document["checksum"].as_str().ok_or(no_checksum)?.to_owned();
    let place = checksum_place(&bytes[..bytes.len().min(header + size_of::<u64>())]);
    let place = place.ok_or(FileProblem::Document { key: "checksum", expected: "64 hexadecimal digits" })?;
    let found = checksum(bytes, place);
    if expected != found {
        return Err(FileProblem::Checksum { expected, found });
    }
    if document["format"] != FORMAT {
        return Err(FileProblem::Document { key: "format", expected: "1" });
    }
    Ok(Content { document, tensors: all(&tensors)?, origin: Origin::Own })
}

/// The tensors of a file of safetensors that another program has written; nothing where it is another file, or one of this library's.
pub(crate) fn weights(bytes: &[u8]) -> Result<Option<HashMap<String, Tensor<'_>>>, FileProblem> {
    let Ok((_, metadata)) = SafeTensors::read_metadata(bytes) else { return Ok(None) };
    if metadata.metadata().as_ref().is_some_and(|metadata| metadata.contains_key(OWN)) {
        return Ok(None);
    }
    let Ok(tensors) = SafeTensors::deserialize(bytes) else { return Ok(None) };
    all(&tensors).map(Some)
}

/// The bytes of a file with these tensors and nothing else.
pub(crate) fn write_weights(tensors: &[(String, Written)]) -> Result<Vec<u8>, FileProblem> {
    let tensors = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor));
    safetensors::serialize(tensors, None).map_err(|error| FileProblem::Format(error.to_string()))
}

fn all<'b>(tensors: &SafeTensors<'b>) -> Result<HashMap<String, Tensor<'b>>, FileProblem> {
    tensors.tensors().into_iter().map(|(name, view)| Ok((name, tensor(&view)?))).collect()
}

fn tensor<'b>(view: &TensorView<'b>) -> Result<Tensor<'b>, FileProblem> {
    let dtype = match view.dtype() {
        Dtype::BOOL => exchange::Dtype::Bool,
        Dtype::U8 => exchange::Dtype::U8,
        Dtype::I8 => exchange::Dtype::I8,
        Dtype::I16 => exchange::Dtype::I16,
        Dtype::U16 => exchange::Dtype::U16,
        Dtype::F16 => exchange::Dtype::F16,
        Dtype::BF16 => exchange::Dtype::BF16,
        Dtype::I32 => exchange::Dtype::I32,
        Dtype::U32 => exchange::Dtype::U32,
        Dtype::F32 => exchange::Dtype::F32,
        Dtype::F64 => exchange::Dtype::F64,
        Dtype::I64 => exchange::Dtype::I64,
        Dtype::U64 => exchange::Dtype::U64,
        other => return Err(FileProblem::Format(format!("a tensor of {other}"))),
    };
    Ok(Tensor { dtype, shape: view.shape().to_vec(), bytes: view.data().into() })
}

/// What is wrong with a file whose header is whole but whose tensors end elsewhere.
fn short(bytes: &[u8]) -> Option<FileProblem> {
    let (length, rest) = bytes.split_at_checked(size_of::<u64>())?;
    let length = usize::try_from(u64::from_le_bytes(length.try_into().ok()?)).ok()?;
    let header: Value = serde_json::from_slice(rest.get(..length)?).ok()?;
    let end = |info: &Value| info["data_offsets"][1].as_u64();
    let ends = header.as_object()?.iter().filter_map(|(name, info)| Some((end(info)?, name)));
    let (end, tensor) = ends.max()?;
    let expected = end.checked_add(length as u64)?.checked_add(size_of::<u64>() as u64)?;
    let found = bytes.len() as u64;
    (found < expected).then(|| FileProblem::Short { tensor: tensor.clone(), expected, found })
}
