//! Reading models: all is checked before anything changes, and before anything is made that a file only declares.

use std::collections::HashSet;
use std::path::Path;

use model_exchange::keras::ArchiveFile;
use model_exchange::{Dtype, Tensor};
use model_graph::Graph;
use model_graph::custom::Registry;

use super::container::read_bytes;
use super::content::{Content, FINITE, NOT_FINITE, Origin, check_elements};
use super::{FileProblem, keras, kind, pieces, regular};
use crate::custom::CustomObjects;
use crate::elements::Elements;
use crate::error::{Error, Result};
use crate::initialize::Seeds;
use crate::interpret::{Model, check_functions};
use crate::memory;
use crate::network::Trainable;

/// Where an optimiser's tensors are.
pub(crate) const OPTIMIZER: &str = "optimizer/";

/// Loads the weights of a model from its file, or from one that has weights alone.
pub(crate) fn load_weights<N: Trainable<f32>>(model: &mut N, path: &Path) -> Result<(), FileProblem> {
    let graph = model.graph();
    let copied = in_archive(path, &graph.registry(), |content| {
        content.check_model(graph)?;
        copies(graph, &find_weights(graph, content)?)
    });
    if let Ok(Some(copies)) = copied {
        let mut copies = copies.into_iter();
        model.visit_mut(&mut |weight| weight.data = copies.next().expect("there is a copy for every weight"));
        return Ok(());
    }
    let bytes = read_bytes(path)?;
    let content = match Content::of_weights(&bytes, model.graph(), false)? {
        Some(weights) => weights,
        None => {
            let mut content = Content::read(&bytes, &model.graph().registry())?;
            content.check_model(model.graph())?;
            content
        }
    };
    let weights = find_weights(model.graph(), &content)?;
    set_weights(model, &weights)
}

/// In what the weights of a file differ from a model's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// The weights of the model that the file has not.
    pub missing: Vec<String>,
    /// What the file has and the model has not.
    pub unexpected: Vec<String>,
    /// What both have, but of another shape: the name, what was expected, and what was found.
    pub different: Vec<(String, String, String)>,
}

/// Loads what a file has of a model's weights by the names of its layers.
pub(crate) fn load_weights_by_name<N: Trainable<f32>>(
    model: &mut N,
    path: &Path,
    skip_mismatch: bool,
) -> Result<Differences, FileProblem> {
    let bytes = read_bytes(path)?;
    let content = match Content::of_weights(&bytes, model.graph(), true)? {
        Some(weights) => weights,
        None => Content::read(&bytes, &model.graph().registry())?,
    };
    let expected = Expected::weights(model.graph());
    let (found, differences) = expected.look_up(&content, |name| !name.starts_with(OPTIMIZER));
    if !skip_mismatch && !differences.different.is_empty() {
        let different = differences.different;
        return Err(FileProblem::Tensors { missing: Vec::new(), unexpected: Vec::new(), different });
    }
    expected.check(&found)?;
    let mut found = found.into_iter();
    model.visit_mut(&mut |weight| {
        if let Some(Some(tensor)) = found.next() {
            tensor.copy_to(&mut weight.data);
        }
    });
    Ok(differences)
}

/// A compiled model with the weights of its file.
pub(crate) fn load<N: Trainable<f32>>(path: &Path, graph: &Graph, make: fn(&mut Seeds) -> N) -> Result<N> {
    let read = || {
        content(path, &graph.registry(), |content| {
            content.check_model(graph)?;
            let weights = find_weights(graph, content)?;
            memory::claim_weights::<f32>(graph)?;
            let mut model = make(&mut Seeds::zeros());
            set_weights(&mut model, &weights)?;
            Ok(model)
        })
    };
    read().map_err(|problem| Error::File { path: path.to_owned(), problem })
}

impl Model<f32> {
    /// Makes a model from its file, without the code that it was written in.
    ///
    /// # Errors
    /// If the file is not whole, or of a model that this library cannot run.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        Self::load_with(path, &CustomObjects::new())
    }

    /// The same, of a model with layers of the user's own.
    ///
    /// # Errors
    /// As [`Model::load`]; also if such a layer is not among these.
    pub fn load_with(path: impl AsRef<Path>, custom_objects: &CustomObjects) -> Result<Self> {
        let path = path.as_ref();
        let read = || content(path, custom_objects.registry(), |content| model(content, custom_objects));
        read().map_err(|problem| Error::File { path: path.to_owned(), problem })
    }
}

/// What is made of a file's content. An archive of Keras's is read where it lies; where that cannot be, or where something in it is wrong, all of the file
/// is read first, which tells what it is.
fn content<M>(
    path: &Path,
    registry: &Registry,
    make: impl Fn(&mut Content<'_>) -> Result<M, FileProblem>,
) -> Result<M, FileProblem> {
    if let Ok(Some(made)) = in_archive(path, registry, &make) {
        return Ok(made);
    }
    make(&mut Content::read(&read_bytes(path)?, registry)?)
}

/// What is made of an archive that is read where it lies, piece by piece, so that no more is held of it than of what is made: nothing where the file
/// is another, or is damaged.
fn in_archive<M>(
    path: &Path,
    registry: &Registry,
    make: impl Fn(&mut Content<'_>) -> Result<M, FileProblem>,
) -> Result<Option<M>, FileProblem> {
    let (file, length) = regular::open(path)?;
    memory::claim(length, || "the file".to_owned())?;
    let mut start = [0; kind::LONGEST_START];
    let start = &mut start[..usize::try_from(length).map_or(kind::LONGEST_START, |length| length.min(kind::LONGEST_START))];
    regular::read_at(&file, start, 0)?;
    if !kind::is_keras(start) {
        return Ok(None);
    }
    let Some(archive) = ArchiveFile::open(file, length).map_err(FileProblem::from)? else { return Ok(None) };
    if pieces::checksum(&archive.weights)? != archive.checksum {
        return Ok(None);
    }
    let made = make(&mut keras::read_in_file(&archive, registry)?)?;
    Ok(archive.weights.is_whole().then_some(made))
}

/// The model of a file's content, with its weights. It is given once.
pub(super) fn model(content: &mut Content<'_>, custom_objects: &CustomObjects) -> Result<Model, FileProblem> {
    let graph = content.take_graph(custom_objects.registry())?;
    check_functions(&graph, custom_objects)?;
    let weights = find_weights(&graph, content)?;
    let mut model = Model::of_flat(graph, Seeds::zeros(), custom_objects)?;
    set_weights(&mut model, &weights)?;
    Ok(model)
}

/// The tensors of a model's weights, whatever the file may hold for training.
fn find_weights<'c, 'b>(graph: &Graph, content: &'c Content<'b>) -> Result<Vec<&'c Tensor<'b>>, FileProblem> {
    let has_training = !content.document["training"].is_null();
    Expected::weights(graph).find(content, |name| !(has_training && name.starts_with(OPTIMIZER)))
}

/// The tensors that a file should have.
pub(crate) struct Expected(pub(crate) Vec<ExpectedTensor>);

/// A tensor that a file should have.
#[derive(Clone)]
pub(crate) struct ExpectedTensor {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    /// Whether its elements are squares.
    pub(crate) are_squares: bool,
}

impl Expected {
    /// Those of a model's weights.
    pub(crate) fn weights(graph: &Graph) -> Self {
        let tensor = |(name, spec): (String, &model_graph::layer::WeightSpec)| ExpectedTensor {
            name,
            shape: spec.sizes(),
            are_squares: false,
        };
        Self(graph.weights().into_iter().map(tensor).collect())
    }

    /// What the file has of them, and in what it differs. Those of the file that are not expected are wrong where `matters` says so.
    fn look_up<'c, 'b>(
        &self,
        content: &'c Content<'b>,
        matters: impl Fn(&str) -> bool,
    ) -> (Vec<Option<&'c Tensor<'b>>>, Differences) {
        let (mut found, mut differences) = (Vec::new(), Differences::default());
        for ExpectedTensor { name, shape, .. } in &self.0 {
            let tensor = content.tensor(name);
            let fits = |tensor: &&Tensor<'_>| {
                tensor.shape == *shape && (tensor.dtype == Dtype::F32 || !matches!(content.origin, Origin::Own))
            };
            match tensor {
                None => differences.missing.push(name.clone()),
                Some(tensor) if !fits(&tensor) => {
                    let is = format!("{:?} of {}", tensor.shape, tensor.dtype);
                    differences.different.push((name.clone(), format!("{shape:?} of F32"), is));
                }
                Some(_) => {}
            }
            found.push(tensor.filter(fits));
        }
        let expected: HashSet<&str> = self.0.iter().map(|tensor| tensor.name.as_str()).collect();
        let names = content.tensors.keys().filter(|name| !expected.contains(name.as_str()) && matters(name));
        differences.unexpected.extend(names.cloned());
        differences.unexpected.sort();
        (found, differences)
    }

    /// The tensors in this order, with elements as they must be. Those of the file that are not expected are wrong where `matters` says so.
    pub(crate) fn find<'c, 'b>(
        &self,
        content: &'c Content<'b>,
        matters: impl Fn(&str) -> bool,
    ) -> Result<Vec<&'c Tensor<'b>>, FileProblem> {
        let (found, Differences { missing, unexpected, different }) = self.look_up(content, matters);
        if !(missing.is_empty() && unexpected.is_empty() && different.is_empty()) {
            return Err(FileProblem::Tensors { missing, unexpected, different });
        }
        self.check(&found)?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Checks the elements of what was found.
    fn check(&self, found: &[Option<&Tensor<'_>>]) -> Result<(), FileProblem> {
        let all = self.0.iter().zip(found);
        all.filter_map(|(expected, tensor)| Some((expected, (*tensor)?)))
            .try_for_each(|(ExpectedTensor { name, are_squares, .. }, tensor)| check_elements(name, tensor, *are_squares))
    }
}

/// Sets the weights to tensors of their shapes.
///
/// # Errors
/// If one is not finite. Of what is held that has been looked at before; tensors that lie in a file are for a model that is made of them.
pub(crate) fn set_weights<N: Trainable<f32>>(model: &mut N, tensors: &[&Tensor<'_>]) -> Result<(), FileProblem> {
    let mut tensors = tensors.iter();
    let mut are_finite = Vec::new();
    model.visit_mut(&mut |weight| {
        let tensor = tensors.next().expect("there is a tensor for every weight");
        are_finite.push(pieces::copy(tensor, &mut weight.data));
    });
    let bad = are_finite.iter().position(|are_finite| !are_finite);
    bad.map_or(Ok(()), |place| Err(not_finite(model.graph(), place)))
}

/// The elements of tensors that lie in a file, for the weights of a model that is changed only when all of them are known to be right.
fn copies(graph: &Graph, tensors: &[&Tensor<'_>]) -> Result<Vec<Elements<f32>>, FileProblem> {
    memory::claim_weights::<f32>(graph)?;
    let copy = |(place, tensor): (usize, &&Tensor<'_>)| {
        let mut elements = Elements::zeros(tensor.shape.iter().product());
        if pieces::copy(tensor, &mut elements) { Ok(elements) } else { Err(not_finite(graph, place)) }
    };
    tensors.iter().enumerate().map(copy).collect()
}

/// That the weight of a number is not finite.
fn not_finite(graph: &Graph, place: usize) -> FileProblem {
    FileProblem::Range { tensor: graph.weights().swap_remove(place).0, expected: FINITE, found: NOT_FINITE }
}

#[cfg(test)]
mod tests {
    use model_exchange::keras::{Archive, Checksum};

    use super::*;
    use crate::file::Save as _;
    use crate::network::Network as _;

    fn line() -> Model {
        let config = r#"{"class_name": "Sequential", "config": {"name": "line", "layers": [
            {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 3]}},
            {"class_name": "Dense", "config": {"name": "dense", "units": 2}}]}}"#;
        Model::from_config(config, 7).unwrap()
    }

    fn bits(model: &Model) -> Vec<u32> {
        let mut bits = Vec::new();
        model.visit(&mut |weight, _| bits.extend(weight.data.iter().map(|element| element.to_bits())));
        bits
    }

    /// Puts other bytes in the place of those that are there once.
    fn replace(bytes: &mut [u8], from: [u8; 4], to: [u8; 4]) {
        let places: Vec<usize> = (0..bytes.len() - 3).filter(|&place| bytes[place..place + 4] == from).collect();
        assert!(!places.is_empty());
        places.into_iter().for_each(|place| bytes[place..place + 4].copy_from_slice(&to));
    }

    #[test]
    fn an_archive_is_read_where_it_lies() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("line.keras");
        let saved = line();
        saved.save(&path).unwrap();
        let custom_objects = CustomObjects::new();
        let found = in_archive(&path, custom_objects.registry(), |content| model(content, &custom_objects)).unwrap();
        assert_eq!(found.map(|found| bits(&found)), Some(bits(&saved)));
        let mut other = line();
        other.visit_mut(&mut |weight| weight.data.fill(0.5));
        other.load_weights(&path).unwrap();
        assert_eq!(bits(&other), bits(&saved));
        // Keras's own, in which data and what says where they are lie in another order.
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/archives");
        let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let archives: Vec<_> = paths.filter(|path| path.extension().is_some_and(|ending| ending == "keras")).collect();
        assert!(!archives.is_empty());
        for path in archives {
            let found = in_archive(&path, custom_objects.registry(), |content| model(content, &custom_objects)).unwrap();
            let bytes = read_bytes(&path).unwrap();
            let held = model(&mut Content::read(&bytes, custom_objects.registry()).unwrap(), &custom_objects).unwrap();
            assert_eq!(found.map(|found| bits(&found)), Some(bits(&held)), "{}", path.display());
        }
    }

    /// One that is damaged is told as any file is, and the model stays as it was.
    #[test]
    fn an_archive_that_is_damaged_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("line.keras");
        let mut model = line();
        model.save(&path).unwrap();
        let whole = std::fs::read(&path).unwrap();
        let first = f32::from_bits(bits(&model)[0]).to_le_bytes();
        let (other, not_a_number) = (0.25_f32.to_le_bytes(), f32::NAN.to_le_bytes());
        let sum = |bytes: &[u8]| {
            let mut sum = Checksum::new();
            sum.update(&Archive::read(bytes).unwrap().weights);
            sum
        };
        let before = sum(&whole).finalize().to_le_bytes();
        let mut check = |bytes: &[u8], expected: &str| {
            std::fs::write(&path, bytes).unwrap();
            let own = bits(&model);
            for error in [model.load_weights(&path).unwrap_err(), Model::load(&path).unwrap_err()] {
                assert!(error.to_string().contains(expected), "{error}");
            }
            assert_eq!(bits(&model), own);
        };
        let mut changed = whole.clone();
        replace(&mut changed, first, other);
        check(&changed, "`model.weights.h5` in the archive is damaged: its checksum is another");
        check(&whole[..whole.len() / 2], "the archive is damaged");
        // With the checksum that belongs to it.
        let mut changed = whole.clone();
        replace(&mut changed, first, not_a_number);
        let mut bare = Archive::read(&whole).unwrap().weights.into_owned();
        replace(&mut bare, first, not_a_number);
        let mut after = Checksum::new();
        after.update(&bare);
        replace(&mut changed, before, after.finalize().to_le_bytes());
        check(&changed, "`dense/kernel`");
    }
}
