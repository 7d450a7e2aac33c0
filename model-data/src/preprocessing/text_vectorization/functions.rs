//! Functions that files name.

use super::{Split, Standardize};

/// The functions of one's own that a document may name, where one is read.
///
/// ```
/// use model_data::preprocessing::{Functions, Standardize, TextVectorization};
///
/// let without_tags = |text: &str| text.replace("<br />", " ").to_lowercase();
/// let words = TextVectorization::new().standardize(Standardize::own("without_tags", without_tags)).vocabulary(["tea"]);
/// let functions = Functions::new().standardize("without_tags", without_tags);
/// let same = TextVectorization::from_json_with(&words.to_json()?, &functions)?;
/// assert_eq!(same.call(&["Tea<br />Tea"])?, words.call(&["Tea<br />Tea"])?);
/// # Ok::<(), model_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Functions {
    pub(super) standardize: Vec<(String, Standardize)>,
    pub(super) split: Vec<(String, Split)>,
}

impl Functions {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What is done to a text, by the name of [`Standardize::own`].
    #[must_use]
    pub fn standardize(mut self, name: impl Into<String>, function: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        let name = name.into();
        self.standardize.push((name.clone(), Standardize::own(name, function)));
        self
    }

    /// What takes a text apart, by the name of [`Split::own`].
    #[must_use]
    pub fn split(mut self, name: impl Into<String>, function: impl Fn(&str) -> Vec<String> + Send + Sync + 'static) -> Self {
        let name = name.into();
        self.split.push((name.clone(), Split::own(name, function)));
        self
    }
}
