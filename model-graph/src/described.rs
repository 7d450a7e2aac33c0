//! Layers described in plain Rust: `Dense::new(32).activation("relu")`.

use std::marker::PhantomData;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::layer::LayerArguments;
use crate::layers::AnyLayer;
use crate::message::ArgumentError;

/// A layer with the arguments that it was given, which are looked at when it is first called.
///
/// A copy is another layer: what is built of it has weights of its own.
///
/// ```
/// use model_graph::layers::Conv2D;
///
/// let layer = Conv2D::new(64, 3).activation("relu").padding("same").name("stem");
/// assert_eq!(layer.read().unwrap().filters.0.size(), Some(64));
/// assert!(Conv2D::new(64, 3).padding("sane").read().is_err());
/// ```
#[derive(Debug)]
pub struct Described<L> {
    name: Option<String>,
    given: Map<String, Value>,
    identity: Arc<()>,
    layer: PhantomData<fn() -> L>,
}

impl<L> Clone for Described<L> {
    fn clone(&self) -> Self {
        Self { name: self.name.clone(), given: self.given.clone(), identity: Arc::new(()), layer: PhantomData }
    }
}

/// What an argument of a layer is given: a number, a word, `true` or `false`, a list of these, or a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Given(pub(crate) Value);

impl<L: LayerArguments> Described<L> {
    /// A layer with these arguments.
    #[must_use]
    pub fn of(given: impl IntoIterator<Item = (&'static str, Given)>) -> Self {
        let given = given.into_iter().map(|(name, Given(value))| (name.to_owned(), value)).collect();
        Self { name: None, given, identity: Arc::new(()), layer: PhantomData }
    }

    /// The same with another argument, in place of what it was given before.
    #[must_use]
    pub fn with(mut self, argument: &str, value: impl Into<Given>) -> Self {
        self.given.insert(argument.to_owned(), value.into().0);
        self
    }

    /// The same under a name of its own in the model.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The name that it was given.
    #[must_use]
    pub fn given_name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What tells it from all other layers.
    #[must_use]
    pub fn identity(&self) -> &Arc<()> {
        &self.identity
    }

    /// The layer.
    ///
    /// # Errors
    /// All that is wrong with its arguments.
    pub fn read(&self) -> Result<L, Vec<ArgumentError>> {
        let known: Vec<&'static str> = L::specs().into_iter().map(|spec| spec.name).collect();
        let error = |problem| ArgumentError { class: L::CLASS.to_owned(), problem };
        let unknown = self.given.keys().filter(|name| !known.contains(&name.as_str()));
        let mut problems: Vec<ArgumentError> = unknown
            .map(|name| error(crate::problem::ArgumentProblem::Unknown { argument: name.clone(), valid: known.clone() }))
            .collect();
        match L::read(&self.given) {
            Ok(layer) if problems.is_empty() => Ok(layer),
            Ok(_) => Err(problems),
            Err(others) => {
                problems.extend(others.into_iter().map(error));
                Err(problems)
            }
        }
    }
}

macro_rules! given {
    ($($type:ty),*) => {
        $(impl From<$type> for Given {
            fn from(value: $type) -> Self {
                Self(json!(value))
            }
        })*
    };
}

given!(bool, i32, i64, u32, u64, usize, f32, f64, &str, String, Value);

impl<G: Into<Self>> From<Option<G>> for Given {
    fn from(value: Option<G>) -> Self {
        Self(value.map_or(Value::Null, |value| value.into().0))
    }
}

impl<G: Into<Self>, const N: usize> From<[G; N]> for Given {
    fn from(items: [G; N]) -> Self {
        Self(items.into_iter().map(|item| item.into().0).collect())
    }
}

impl<G: Into<Self>> From<Vec<G>> for Given {
    fn from(items: Vec<G>) -> Self {
        Self(items.into_iter().map(|item| item.into().0).collect())
    }
}

impl<A: Into<Self>, B: Into<Self>> From<(A, B)> for Given {
    fn from((a, b): (A, B)) -> Self {
        Self(Value::Array(vec![a.into().0, b.into().0]))
    }
}

/// A layer in a layer: `Bidirectional::new(LSTM::new(8))`. What is wrong with its arguments is told with those of the outer one.
impl<L: LayerArguments + Into<AnyLayer>> From<Described<L>> for Given {
    fn from(layer: Described<L>) -> Self {
        let mut config = layer.given;
        config.extend(layer.name.map(|name| ("name".to_owned(), Value::from(name))));
        Self(json!({ "module": "keras.layers", "class_name": L::CLASS, "config": config, "registered_name": null }))
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::{Bidirectional, Conv2D, Dense, LSTM};

    #[test]
    fn arguments_are_checked_when_they_are_read() {
        let layer = Conv2D::new(8, (3, 1)).strides([2, 1]).use_bias(false).activation(None::<&str>);
        assert_eq!(crate::layer::LayerArguments::source(&layer.read().unwrap()), "8, (3, 1), strides = (2, 1), use_bias = false");
        let errors = Dense::new(0).activation("rely").read().unwrap_err();
        assert_eq!(errors.len(), 2);
        assert!(Bidirectional::new(LSTM::new(4).return_sequences(true)).read().is_ok());
        assert!(Bidirectional::new(LSTM::new(-4)).read().is_err());
    }
}
