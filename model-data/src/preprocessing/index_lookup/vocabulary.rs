//! Vocabularies as they are given: a list, or a file with a token in each line.

use std::borrow::Cow;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model_core::file::{FileProblem, regular};
use model_core::{Error, Result};

use super::super::{PreprocessingError, Token};

/// A vocabulary as it is given: its tokens in order, with or without those for padding and for unknown ones in front of them; or the path of
/// a file with a token in each line, without those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vocabulary<T>(pub(super) Origin<T>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin<T> {
    List(Arc<[T]>),
    File(PathBuf),
}

impl<T: Token> Vocabulary<T> {
    /// The tokens.
    pub(super) fn tokens(&self, class: &'static str) -> Result<Cow<'_, [T]>> {
        match &self.0 {
            Origin::List(tokens) => Ok(Cow::Borrowed(tokens)),
            Origin::File(path) => Ok(Cow::Owned(read(class, path)?)),
        }
    }

    /// Whether the tokens are taken as they are: a file has none for padding and for unknown ones.
    pub(super) fn is_file(&self) -> bool {
        matches!(self.0, Origin::File(_))
    }
}

fn read<T: Token>(class: &'static str, path: &Path) -> Result<Vec<T>> {
    let failed = |problem: std::io::Error| Error::File { path: path.to_owned(), problem: FileProblem::Io(problem) };
    let mut text = String::new();
    regular::open(path).and_then(|(mut file, _)| file.read_to_string(&mut text)).map_err(failed)?;
    let token = |(i, line): (usize, &str)| {
        T::of_line(line).ok_or_else(|| PreprocessingError::Line { class, path: path.to_owned(), line: i + 1 }.into())
    };
    text.lines().enumerate().map(token).collect()
}

impl<T> From<Vec<T>> for Vocabulary<T> {
    fn from(tokens: Vec<T>) -> Self {
        Self(Origin::List(tokens.into()))
    }
}

impl<T: Clone> From<&[T]> for Vocabulary<T> {
    fn from(tokens: &[T]) -> Self {
        Self(Origin::List(tokens.into()))
    }
}

impl<const N: usize> From<[i64; N]> for Vocabulary<i64> {
    fn from(tokens: [i64; N]) -> Self {
        Self(Origin::List(tokens.into()))
    }
}

impl<const N: usize> From<[&str; N]> for Vocabulary<String> {
    fn from(tokens: [&str; N]) -> Self {
        tokens.as_slice().into()
    }
}

impl From<Vec<&str>> for Vocabulary<String> {
    fn from(tokens: Vec<&str>) -> Self {
        tokens.as_slice().into()
    }
}

impl From<&[&str]> for Vocabulary<String> {
    fn from(tokens: &[&str]) -> Self {
        Self(Origin::List(tokens.iter().map(|&token| token.to_owned()).collect()))
    }
}

impl<T> From<&str> for Vocabulary<T> {
    fn from(path: &str) -> Self {
        Self(Origin::File(path.into()))
    }
}

impl<T> From<&Path> for Vocabulary<T> {
    fn from(path: &Path) -> Self {
        Self(Origin::File(path.to_owned()))
    }
}

impl<T> From<PathBuf> for Vocabulary<T> {
    fn from(path: PathBuf) -> Self {
        Self(Origin::File(path))
    }
}
