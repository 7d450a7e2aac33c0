//! What a file holds, whatever its format: a configuration, training where there is any, and tensors under the names that this library has for them.

use std::collections::HashMap;

use model_exchange::keras::canonical;
use model_exchange::{Elements, Tensor};
use model_graph::custom::Registry;
use model_graph::{Graph, config};
use serde_json::Value;

use super::difference::difference;
use super::{FileProblem, container, keras, kind, pieces};
use crate::interpret::flat;

/// The content of a file.
pub(crate) struct Content<'b> {
    /// `config`, the model's configuration, of a file of this library's; `training`, of any; `keras_version`, of one of Keras's, and whether it has a
    /// `training_config` that is not read.
    pub(crate) document: Value,
    pub(crate) tensors: HashMap<String, Tensor<'b>>,
    pub(crate) origin: Origin,
}

/// Whose file it is.
pub(crate) enum Origin {
    /// This library's.
    Own,
    /// Keras's: the model, and the names of its weights in Keras's order.
    Keras { graph: Box<Graph>, order: Vec<String> },
    /// Anybody's, with weights alone.
    Weights,
}

impl<'b> Content<'b> {
    /// Reads the bytes of a file with a model, whose own layers are registered.
    pub(crate) fn read(bytes: &'b [u8], registry: &Registry) -> Result<Self, FileProblem> {
        match () {
            () if kind::is_keras(bytes) => keras::read(bytes, registry),
            () if keras::weights::is_hdf5(bytes) => keras::old::read(bytes, registry),
            () => container::read(bytes),
        }
    }

    /// Reads the bytes of a file that has weights alone, for a model; nothing where it is another. The weights go by the layers' order in files of
    /// Keras's, or by their names.
    pub(crate) fn of_weights(bytes: &'b [u8], graph: &Graph, by_name: bool) -> Result<Option<Self>, FileProblem> {
        let tensors = if keras::weights::is_hdf5(bytes) {
            keras::weights::read(bytes, graph, by_name)?
        } else if let Some(tensors) = container::weights(bytes)? {
            keras::weights::by_path(tensors, graph)
        } else {
            return Ok(None);
        };
        Ok(Some(Self { document: Value::Null, tensors, origin: Origin::Weights }))
    }

    /// The tensor of a name.
    pub(crate) fn tensor(&self, name: &str) -> Option<&Tensor<'b>> {
        self.tensors.get(name)
    }

    /// The model's configuration.
    fn config(&self) -> Result<&Value, FileProblem> {
        let config = Some(&self.document["config"]).filter(|config| config.is_object());
        config.ok_or(FileProblem::Document { key: "config", expected: "a model's configuration" })
    }

    /// The model, whose own layers are registered. It is given once.
    pub(crate) fn take_graph(&mut self, registry: &Registry) -> Result<Graph, FileProblem> {
        match &mut self.origin {
            Origin::Keras { graph, .. } => Ok(std::mem::take(&mut **graph)),
            Origin::Own | Origin::Weights => Ok(flat(config::read_with(self.config()?, registry)?)?),
        }
    }

    /// Checks that the file is of this model. In a file of Keras's the layers may have other names: its tensors then go by those of the model.
    pub(crate) fn check_model(&mut self, model: &Graph) -> Result<(), FileProblem> {
        let own = config::write(model);
        let found = match &self.origin {
            Origin::Own | Origin::Weights => difference(&own, self.config()?),
            Origin::Keras { graph, .. } => difference(&canonical(&own), &canonical(&config::write(graph))),
        };
        if let Some((place, expected, found)) = found {
            return Err(FileProblem::OtherModel { place, expected, found });
        }
        if let Origin::Keras { order, .. } = &mut self.origin {
            let theirs = std::mem::replace(order, keras::names_in_order(&own, model));
            let pairs = theirs.iter().zip(order);
            let renamed: Vec<_> = pairs.filter_map(|(theirs, ours)| Some((ours.clone(), self.tensors.remove(theirs)?))).collect();
            self.tensors.extend(renamed);
        }
        Ok(())
    }
}

/// What every element of a file is.
pub(super) const FINITE: &str = "finite numbers";

pub(super) const NOT_FINITE: &str = "infinity or NaN";

/// Checks that the elements of a tensor are finite, and those of squares not negative. Those that lie in a file are read once: [`set_weights`] looks
/// at them as they are copied.
///
/// [`set_weights`]: super::load::set_weights
pub(crate) fn check_elements(name: &str, tensor: &Tensor<'_>, are_squares: bool) -> Result<(), FileProblem> {
    if matches!(tensor.bytes, Elements::InFile { .. }) && !are_squares {
        return Ok(());
    }
    let refuse = |expected, found| Err(FileProblem::Range { tensor: name.to_owned(), expected, found });
    let (are_finite, is_below) = pieces::look(tensor);
    match () {
        () if !are_finite => refuse(FINITE, NOT_FINITE),
        () if are_squares && is_below => refuse("numbers of at least 0", "one below"),
        () => Ok(()),
    }
}
