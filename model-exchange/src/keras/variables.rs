//! The variables of a file, by their paths.

use std::collections::HashMap;

use super::KerasProblem;
use crate::hdf5::{self, Bytes, Group, Hdf5Problem, Object};
use crate::tensor::Tensor;

/// How deep groups lie in one another: models in models.
const DEEPEST: usize = 200;

/// How many groups and arrays a file may have.
const MOST_OBJECTS: usize = 1 << 20;

/// The arrays of a file by their paths, `layers/dense/vars/0`.
#[derive(Debug, Default)]
pub struct Variables<'b> {
    tensors: HashMap<String, Tensor<'b>>,
    /// The names of the layers whose variables a group has.
    names: HashMap<String, String>,
}

impl<'b> Variables<'b> {
    /// Reads what is in a file of HDF5.
    ///
    /// # Errors
    /// If it is none, or holds something that Keras does not write.
    pub fn read(bytes: impl Into<Bytes<'b>>) -> Result<Self, KerasProblem> {
        let bytes = bytes.into();
        let mut variables = Self::default();
        let mut open = vec![(String::new(), hdf5::open(bytes)?, 0)];
        let mut left = MOST_OBJECTS.min(usize::try_from(bytes.length() / 16).unwrap_or(MOST_OBJECTS));
        while let Some((path, group, depth)) = open.pop() {
            if depth > DEEPEST {
                return Err(Hdf5Problem::Unsupported { what: "groups within groups more than 200 deep" }.into());
            }
            variables.read_group(&path, &group, &mut |path, group| open.push((path, group, depth + 1)), &mut left)?;
        }
        Ok(variables)
    }

    fn read_group(
        &mut self,
        path: &str,
        group: &Group<'b>,
        open: &mut dyn FnMut(String, Group<'b>),
        left: &mut usize,
    ) -> Result<(), KerasProblem> {
        if let Some(name) = group.attribute("name").map_err(|problem| problem.at(path))? {
            // A name that is no text is of no use, and does no harm.
            self.names.extend(name.text().ok().map(|name| (path.to_owned(), name.to_owned())));
        }
        for name in group.names() {
            *left = left
                .checked_sub(1)
                .ok_or(Hdf5Problem::Unsupported { what: "more objects than a model has, or objects that go in a circle" })?;
            let path = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
            match group.get(name).map_err(|problem| problem.at(&path))? {
                Some(Object::Group(group)) => open(path, group),
                Some(Object::Dataset(data)) => drop(self.tensors.insert(path, data.tensor)),
                None => {}
            }
        }
        Ok(())
    }

    /// The same with bytes of their own.
    #[must_use]
    pub fn into_owned(self) -> Variables<'static> {
        let tensors = self.tensors.into_iter().map(|(path, tensor)| (path, tensor.into_owned())).collect();
        Variables { tensors, names: self.names }
    }

    /// The arrays by their paths.
    #[must_use]
    pub fn into_tensors(self) -> HashMap<String, Tensor<'b>> {
        self.tensors
    }

    /// The group whose variables are those of the layer of a name: the first of several.
    #[must_use]
    pub fn group_named(&self, name: &str) -> Option<&str> {
        self.names.iter().filter(|(_, own)| *own == name).map(|(group, _)| group.as_str()).min()
    }

    /// Whether anything is in a group.
    #[must_use]
    pub fn has_group(&self, group: &str) -> bool {
        let begins = |path: &String| path.strip_prefix(group).is_some_and(|rest| rest.starts_with('/'));
        self.tensors.keys().any(begins)
    }
}
