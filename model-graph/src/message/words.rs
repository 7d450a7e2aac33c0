//! What messages are put together from: numbers of tensors, lists of names, the nearest of them.

use std::borrow::Cow;

use serde_json::Value;

use super::Operand;
use crate::layer::Arity;
use crate::repair::word;

/// The length from which names are not compared: that takes time and room for each pair of their letters.
const LONGEST: usize = 100;

/// The most names that are listed.
const MOST_LISTED: usize = 100;

/// More names than these are no help beside the one that is meant.
const MOST_NAMES: usize = 32;

/// The name nearest to what was written, and then all that there are if they are few; a right name in a wrong form is told its form.
#[must_use]
pub fn choices(written: &str, valid: &[&str]) -> String {
    match nearest(written, valid) {
        Some(name) if plain(name) == plain(written) => format!("it is written `{name}`"),
        Some(name) if valid.len() == 1 || valid.len() > MOST_NAMES => format!("did you mean `{name}`?"),
        Some(name) => format!("did you mean `{name}`? {}", there_are(valid)),
        None => there_are(valid),
    }
}

/// All names that there are.
#[must_use]
pub fn there_are(names: &[&str]) -> String {
    match names {
        [] => "there are none".to_owned(),
        [name] => format!("there is `{name}`"),
        names => format!("there are {}", list(names)),
    }
}

/// A name without its form: case and underscores.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
}

/// The valid name that is nearest to what was written, if it is near enough to be meant.
#[must_use]
pub fn nearest<'a>(written: &str, valid: &[&'a str]) -> Option<&'a str> {
    let written = plain(written);
    let length = written.chars().count();
    let limit = match length {
        0..=2 => 0,
        LONGEST.. => return None,
        length => 1.max(length / 3),
    };
    let near = valid.iter().filter_map(|name| {
        let other = plain(name);
        let is_comparable = other.chars().count().abs_diff(length) <= limit;
        is_comparable.then(|| (strsim::damerau_levenshtein(&written, &other), *name))
    });
    let (distance, name) = near.min_by_key(|(distance, _)| *distance)?;
    (distance <= limit).then_some(name)
}

/// Whether what was written is most likely this name, but for a letter or its form, and no name of its own. Names that are numbered
/// in different ways are different names.
#[must_use]
pub fn is_slip(written: &str, name: &str) -> bool {
    let (written, name) = (plain(written), plain(name));
    let distance = strsim::damerau_levenshtein(&written, &name);
    let most = if name.len() < 9 { 1 } else { 2 };
    let unnumbered = |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    distance == 0 || distance <= most && !written.contains(&name) && unnumbered(&written) != unnumbered(&name)
}

pub(super) fn arity(arity: Arity) -> String {
    match arity {
        Arity::One => "one tensor".to_owned(),
        Arity::Each(exact) => tensors(exact),
        Arity::Exactly(2) => "a list of two tensors".to_owned(),
        Arity::Exactly(exact) => format!("a list of {exact} tensors"),
        Arity::AtLeast(least) => format!("a list of at least {least} tensors"),
        Arity::OrOneMore(least) => format!("a list of {least} or {} tensors", least.saturating_add(1)),
    }
}

/// `no tensor`, `one tensor`, `3 tensors`.
#[must_use]
pub fn tensors(count: usize) -> String {
    match count {
        0 => "none".to_owned(),
        1 => "one tensor".to_owned(),
        _ => format!("{count} tensors"),
    }
}

pub(super) fn shapes(operands: &[Operand]) -> String {
    let texts: Vec<String> = operands.iter().map(|operand| format!("`{}` is {}", operand.label, operand.ty)).collect();
    texts.join(", ")
}

pub(super) fn labels(operands: &[Operand]) -> String {
    operands.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// A text as far as its first letters.
pub(crate) fn cut(text: &str, longest: usize) -> Cow<'_, str> {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}..", &text[..end]).into(),
        None => text.into(),
    }
}

/// A value as far as it fits a line.
#[must_use]
pub fn brief(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(items) if items.len() > 8 || items.iter().any(|item| item.is_array() || item.is_object()) => {
            format!("a list of {}", items.len())
        }
        Value::String(text) => Value::from(&*short(text)).to_string(),
        other => other.to_string(),
    }
}

/// A name as far as it fits a line.
#[must_use]
pub fn short(name: &str) -> Cow<'_, str> {
    cut(name, 60)
}

/// Names in backticks, with commas.
#[must_use]
pub fn list(names: &[impl AsRef<str>]) -> String {
    let listed = names.iter().take(MOST_LISTED).map(|name| format!("`{}`", cut(name.as_ref(), LONGEST)));
    let more = names.len().checked_sub(MOST_LISTED).filter(|more| *more > 0).map(|more| format!("{more} more"));
    listed.chain(more).collect::<Vec<_>>().join(", ")
}
