//! A difference of two architectures, and the words for it.

use std::fmt;

use serde_json::{Value, json};

/// The most letters of a value that people are shown.
const MOST: usize = 60;

/// In what two architectures differ.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A layer is in the first only.
    Removed { layer: String, class: String },
    /// A layer is in the second only.
    Added { layer: String, class: String },
    /// An argument of a layer has another value.
    Argument { layer: String, argument: String, before: Value, after: Value },
    /// A layer is called with something else.
    Inputs { layer: String, before: Vec<String>, after: Vec<String> },
    /// The model has other inputs or outputs.
    Ends { what: &'static str, before: Vec<String>, after: Vec<String> },
}

impl Change {
    /// The same for programs.
    pub fn json(&self) -> Value {
        match self {
            Self::Removed { layer, class } => json!({ "change": "removed", "layer": layer, "class": class }),
            Self::Added { layer, class } => json!({ "change": "added", "layer": layer, "class": class }),
            Self::Argument { layer, argument, before, after } => {
                json!({ "change": "argument", "layer": layer, "argument": argument, "before": before, "after": after })
            }
            Self::Inputs { layer, before, after } => {
                json!({ "change": "inputs", "layer": layer, "before": before, "after": after })
            }
            Self::Ends { what, before, after } => json!({ "change": what, "before": before, "after": after }),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Removed { layer, class } => write!(f, "- `{layer}` ({class})"),
            Self::Added { layer, class } => write!(f, "+ `{layer}` ({class})"),
            Self::Argument { layer, argument, before, after } => {
                write!(f, "  `{layer}`: {argument} = {} -> {}", short(before), short(after))
            }
            Self::Inputs { layer, before, after } => {
                write!(f, "  `{layer}`: is called with {} -> {}", before.join(", "), after.join(", "))
            }
            Self::Ends { what, before, after } => write!(f, "  {what}: {} -> {}", before.join(", "), after.join(", ")),
        }
    }
}

/// A value in one line, short enough to be read.
fn short(value: &Value) -> String {
    let text = shown(value);
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}..", &text[..end]),
        None => text,
    }
}

/// A value as one writes it in Python: an object of Keras's as the call that makes it, `L2(l2=0.01)`.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Array(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => match (entries.get("class_name").and_then(Value::as_str), entries.get("config")) {
            (Some(class), Some(Value::Object(config))) => {
                let arguments = config.iter().map(|(name, value)| format!("{name}={}", shown(value)));
                format!("{class}({})", arguments.collect::<Vec<_>>().join(", "))
            }
            _ => value.to_string(),
        },
        _ => value.to_string(),
    }
}
