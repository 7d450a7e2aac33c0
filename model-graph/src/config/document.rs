//! A document of JSON that is about to be written: it borrows the names of the graph, so that a large graph is written without a copy of
//! it in between. It knows nothing of what is written.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// A value of JSON.
pub(super) enum Document<'g> {
    Null,
    Flag(bool),
    Number(usize),
    Text(Cow<'g, str>),
    List(Vec<Self>),
    /// The keys are all different.
    Object(Vec<(Cow<'g, str>, Self)>),
    /// What is written already.
    Written(Value),
}

/// An object, or the entries of one, as it will read: `object!({ "name": port.name, "sparse": false })`.
macro_rules! object {
    ({ $($key:literal: $value:expr),* $(,)? }) => { Document::Object(object!([ $($key: $value),* ])) };
    ([ $($key:literal: $value:expr),* ]) => {
        vec![$((std::borrow::Cow::Borrowed($key), Document::from($value))),*]
    };
}
pub(super) use object;

impl Document<'_> {
    /// The document as a value of its own.
    pub fn into_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Flag(flag) => flag.into(),
            Self::Number(number) => number.into(),
            Self::Text(text) => text.into(),
            Self::List(items) => items.into_iter().map(Self::into_value).collect(),
            Self::Object(entries) => {
                let entries = entries.into_iter().map(|(key, value)| (key.into_owned(), value.into_value()));
                Value::Object(entries.collect::<Map<_, _>>())
            }
            Self::Written(value) => value,
        }
    }

    /// The document with so many samples in the place of any number, which shapes begin with; what is written already has none.
    pub fn of_batches(self, samples: usize, is_shape: bool) -> Self {
        match self {
            Self::List(mut items) if is_shape && matches!(items.first(), Some(Self::Null)) => {
                items.splice(..1, [Self::Number(samples)]);
                Self::List(items)
            }
            Self::List(items) => Self::List(items.into_iter().map(|item| item.of_batches(samples, is_shape)).collect()),
            Self::Object(entries) => {
                let mut entries = entries;
                for (key, value) in &mut entries {
                    let is_shape = key.ends_with("shape");
                    *value = std::mem::replace(value, Self::Null).of_batches(samples, is_shape);
                }
                Self::Object(entries)
            }
            other => other,
        }
    }

    /// The document with texts of its own.
    pub fn owned(self) -> Document<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        match self {
            Self::Null => Document::Null,
            Self::Flag(flag) => Document::Flag(flag),
            Self::Number(number) => Document::Number(number),
            Self::Text(text) => Document::Text(owned(text)),
            Self::List(items) => Document::List(items.into_iter().map(Self::owned).collect()),
            Self::Object(entries) => {
                Document::Object(entries.into_iter().map(|(key, value)| (owned(key), value.owned())).collect())
            }
            Self::Written(value) => Document::Written(value),
        }
    }
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(entries) => serializer.collect_map(entries.iter().map(|(key, value)| (key, value))),
            Self::Written(value) => value.serialize(serializer),
        }
    }
}

impl From<bool> for Document<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl<'g> From<Cow<'g, str>> for Document<'g> {
    fn from(text: Cow<'g, str>) -> Self {
        Self::Text(text)
    }
}

impl From<usize> for Document<'_> {
    fn from(number: usize) -> Self {
        Self::Number(number)
    }
}

impl<'g> From<&'g str> for Document<'g> {
    fn from(text: &'g str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Document<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'g, T> From<Option<T>> for Document<'g>
where
    Self: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

impl<'g> From<Vec<Self>> for Document<'g> {
    fn from(items: Vec<Self>) -> Self {
        Self::List(items)
    }
}
