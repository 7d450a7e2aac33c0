//! Keras's names: the snake case of classes, and the numbers behind names that are made up.

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, Mutex, PoisonError};

/// Keras's snake case: `MaxPooling2D` is `max_pooling2d`, `ReLU` is `re_lu`.
///
/// Source: `keras.src.utils.naming.to_snake_case`.
#[must_use]
pub fn snake_case(name: &str) -> String {
    let chars: Vec<char> = name.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
    let mut snake = String::new();
    for (i, &c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).map(|j| chars[j]);
        let starts_word = c.is_ascii_uppercase() && chars.get(i + 1).is_some_and(char::is_ascii_lowercase);
        let follows_lower = c.is_ascii_uppercase() && before.is_some_and(|b| b.is_ascii_lowercase());
        let separates = before.is_some_and(|b| b != '_') && (starts_word || follows_lower);
        if separates {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

/// A name that lives as long as the program: those of users' layers, which are declared in its source. Each is kept once.
///
/// Nothing that a file holds may come here, since a name is never let go of.
#[must_use]
pub fn intern(name: &str) -> &'static str {
    static NAMES: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return known;
    }
    let name: &'static str = Box::leak(name.into());
    names.insert(name);
    name
}

/// The name that a class of Keras's has in its own code, by which it calls layers: for one layer, that is not the one it is known by.
fn in_python(class: &str) -> &str {
    if class == "GroupQueryAttention" { "GroupedQueryAttention" } else { class }
}

/// Counts how often each name was made up.
#[derive(Clone, Debug, Default)]
pub struct Counter(HashMap<String, usize>);

impl Counter {
    /// The next name for a class: `conv2d`, `conv2d_1`, `conv2d_2`.
    pub fn next(&mut self, class: &str) -> String {
        let base = snake_case(in_python(class));
        let count = self.0.entry(base.clone()).or_insert(0);
        *count += 1;
        if *count == 1 { base } else { format!("{base}_{}", *count - 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_keras_s() {
        for (class, snake) in [
            ("Dense", "dense"),
            ("Conv2D", "conv2d"),
            ("MaxPooling2D", "max_pooling2d"),
            ("GlobalAveragePooling2D", "global_average_pooling2d"),
            ("BatchNormalization", "batch_normalization"),
            ("ReLU", "re_lu"),
            ("Conv2DTranspose", "conv2d_transpose"),
            ("LSTM", "lstm"),
            ("ToyResnet", "toy_resnet"),
            ("toy_resnet", "toy_resnet"),
        ] {
            assert_eq!(snake_case(class), snake);
        }
        let mut counter = Counter::default();
        assert_eq!(counter.next("GroupQueryAttention"), "grouped_query_attention");
        assert_eq!([counter.next("Conv2D"), counter.next("Conv2D"), counter.next("Add")], ["conv2d", "conv2d_1", "add"]);
    }
}
