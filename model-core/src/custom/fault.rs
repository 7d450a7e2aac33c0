//! A layer that returned another shape than its rule says.

use std::fmt;

/// What has the wrong shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// What `forward` or `call` returned: an output, counted from 0, with how many there are, and which of the two it was.
    Output(usize, usize, &'static str),
    /// The gradient of an input, counted from 0, that `backward` returned; with how many inputs there are.
    Input(usize, usize),
    /// The gradient of a weight that `backward` returned.
    Weight(String),
}

/// A layer of the user's own broke its shape rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapeFault {
    /// The layer's name in its model; empty where it stands alone.
    pub name: String,
    /// The layer as one would write it.
    pub layer: String,
    /// Its shape rule.
    pub rule: String,
    /// What has the wrong shape.
    pub what: Wrong,
    /// The shape that the rule says, the batch first.
    pub expected: Vec<usize>,
    /// The shape that was returned.
    pub found: Vec<usize>,
}

impl ShapeFault {
    /// The same fault, of the layer of a name.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        let name = if self.name.is_empty() { name.to_owned() } else { format!("{name}/{}", self.name) };
        Self { name, ..self }
    }
}

impl fmt::Display for ShapeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, layer, rule, what, expected, found } = self;
        let layer = if name.is_empty() { format!("`{layer}`") } else { format!("`{name}`, a layer `{layer}`,") };
        let (pass, what) = match what {
            Wrong::Output(_, 1, pass) => (*pass, "an output".to_owned()),
            Wrong::Output(output, _, pass) => (*pass, format!("an output {}", output + 1)),
            Wrong::Input(_, 1) => ("backward", "a gradient of its input".to_owned()),
            Wrong::Input(input, _) => ("backward", format!("a gradient of its input {}", input + 1)),
            Wrong::Weight(weight) => ("backward", format!("a gradient of its weight `{weight}`")),
        };
        write!(
            f,
            "{layer} returned {what} of shape {found:?} from `{pass}`: its shape rule `{rule}` says {expected:?}, the batch first\n\
             help: mend `{pass}`, or the rule in `#[layer(shape = \"..\")]`"
        )
    }
}

impl std::error::Error for ShapeFault {}
