//! What the language cannot say of a graph: all of it at once.

use std::fmt;

/// Why a graph has no source. All reasons are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceError(pub Vec<Unsaid>);

/// Something that the language of `functional_model!` cannot say.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsaid {
    /// A name that is no identifier.
    #[error("the {what} `{name}` has a name that is no identifier\nhelp: rename it before, with letters, digits and `_`")]
    Name {
        /// What has the name.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// An output that is an input.
    #[error("the output `{0}` is an input\nhelp: pass it through `Identity()`")]
    Input(String),
    /// Two layers of one name.
    #[error("two layers are named `{0}`")]
    Duplicate(String),
    /// A call that is refused.
    #[error("{0}")]
    Call(String),
    /// A model that plain code runs.
    #[error("`{0}` is run by plain code, of which there is no graph")]
    Code(String),
    /// A model that would be another one.
    #[error("the source of `{model}` would be another model: {difference}")]
    Differs {
        /// The model.
        model: String,
        /// The first difference.
        difference: String,
    },
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the model cannot be written in the language of `functional_model!`")?;
        self.0.iter().try_for_each(|unsaid| write!(f, "\n- {}", unsaid.to_string().replace('\n', "\n  ")))
    }
}

impl std::error::Error for SourceError {}
