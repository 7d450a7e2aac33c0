//! How a weight starts.

use serde_json::{Map, Value, json};

use super::{Argument, Mismatch};

/// A weight's initial distribution, with Keras's names and defaults.
///
/// Source: <https://keras.io/api/layers/initializers/>.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initializer {
    /// All zeros.
    Zeros,
    /// All ones.
    Ones,
    /// One number everywhere.
    Constant(f64),
    /// Normal, with a mean and a standard deviation.
    RandomNormal(f64, f64),
    /// Normal, cut off at two standard deviations.
    TruncatedNormal(f64, f64),
    /// Uniform between two bounds.
    RandomUniform(f64, f64),
    /// A matrix whose rows or columns, whichever are fewer, are orthogonal and of this length.
    Orthogonal(f64),
    /// Scaled by the number of inputs, outputs or both of a unit.
    VarianceScaling {
        /// The variance, times the fan.
        scale: f64,
        /// What the variance is divided by.
        mode: FanMode,
        /// The distribution.
        distribution: Distribution,
    },
}

/// The fan that a variance is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FanMode {
    /// The number of inputs of a unit.
    In,
    /// Half the number of inputs and outputs.
    Average,
}

/// The distribution that a variance is given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distribution {
    /// Normal, cut off at two standard deviations and widened to keep its variance.
    TruncatedNormal,
    /// Uniform around zero.
    Uniform,
}

const fn scaled(scale: f64, mode: FanMode, distribution: Distribution) -> Initializer {
    Initializer::VarianceScaling { scale, mode, distribution }
}

/// Snake-case name, Keras's class, and value with Keras's defaults, of every initializer that can be named.
const NAMED: [(&str, &str, Initializer); 13] = [
    ("glorot_uniform", "GlorotUniform", scaled(1.0, FanMode::Average, Distribution::Uniform)),
    ("glorot_normal", "GlorotNormal", scaled(1.0, FanMode::Average, Distribution::TruncatedNormal)),
    ("he_uniform", "HeUniform", scaled(2.0, FanMode::In, Distribution::Uniform)),
    ("he_normal", "HeNormal", scaled(2.0, FanMode::In, Distribution::TruncatedNormal)),
    ("lecun_uniform", "LecunUniform", scaled(1.0, FanMode::In, Distribution::Uniform)),
    ("lecun_normal", "LecunNormal", scaled(1.0, FanMode::In, Distribution::TruncatedNormal)),
    ("zeros", "Zeros", Initializer::Zeros),
    ("ones", "Ones", Initializer::Ones),
    ("constant", "Constant", Initializer::Constant(0.0)),
    ("random_normal", "RandomNormal", Initializer::RandomNormal(0.0, 0.05)),
    ("random_uniform", "RandomUniform", Initializer::RandomUniform(-0.05, 0.05)),
    ("truncated_normal", "TruncatedNormal", Initializer::TruncatedNormal(0.0, 0.05)),
    ("orthogonal", "Orthogonal", Initializer::Orthogonal(1.0)),
];

/// Keras's shorter names for some of them.
const ALIASES: [(&str, &str); 2] = [("normal", "random_normal"), ("uniform", "random_uniform")];

impl Initializer {
    /// Keras's `"uniform"`, the default for embeddings.
    pub const UNIFORM: Self = Self::RandomUniform(-0.05, 0.05);

    /// Keras's default for kernels.
    pub const GLOROT_UNIFORM: Self = scaled(1.0, FanMode::Average, Distribution::Uniform);

    fn names(&self) -> (&'static str, &'static str) {
        let same = |other: &Self| match (self, other) {
            (Self::VarianceScaling { .. }, _) => self == other,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        };
        NAMED.iter().find(|(_, _, value)| same(value)).map_or(("zeros", "Zeros"), |(snake, class, _)| (*snake, *class))
    }

    /// The parameters by the names they have in Keras's configuration.
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        match *self {
            Self::Constant(value) => vec![("value", value)],
            Self::Orthogonal(gain) => vec![("gain", gain)],
            Self::RandomNormal(mean, deviation) | Self::TruncatedNormal(mean, deviation) => {
                vec![("mean", mean), ("stddev", deviation)]
            }
            Self::RandomUniform(low, high) => vec![("minval", low), ("maxval", high)],
            Self::Zeros | Self::Ones | Self::VarianceScaling { .. } => Vec::new(),
        }
    }

    fn with_parameters(self, config: &Map<String, Value>) -> Option<Self> {
        let number = |name: &str, default: f64| config.get(name).map_or(Some(default), Value::as_f64);
        Some(match self {
            Self::Constant(value) => Self::Constant(number("value", value)?),
            Self::Orthogonal(gain) => Self::Orthogonal(number("gain", gain)?),
            Self::RandomNormal(mean, deviation) => Self::RandomNormal(number("mean", mean)?, number("stddev", deviation)?),
            Self::TruncatedNormal(mean, deviation) => Self::TruncatedNormal(number("mean", mean)?, number("stddev", deviation)?),
            Self::RandomUniform(low, high) => Self::RandomUniform(number("minval", low)?, number("maxval", high)?),
            Self::Zeros | Self::Ones | Self::VarianceScaling { .. } => self,
        })
    }
}

impl Argument for Initializer {
    const EXPECTED: &'static str = "the name of an initializer, such as `\"he_normal\"`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let class = value.get("class_name");
        let name = class.unwrap_or(value).as_str().ok_or(Mismatch::Expected(Self::EXPECTED))?;
        let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, long)| long);
        let named = NAMED.iter().find(|(snake, long, _)| *snake == name || *long == name).map(|(_, _, value)| *value);
        let named = named.ok_or_else(|| Mismatch::Choice(NAMED.iter().map(|(snake, _, _)| *snake).collect()))?;
        match value.get("config").and_then(Value::as_object) {
            Some(config) => named.with_parameters(config).ok_or(Mismatch::Expected(Self::EXPECTED)),
            None => Ok(named),
        }
    }

    fn to_value(&self) -> Value {
        let mut config = Map::new();
        for (name, number) in self.parameters() {
            config.insert(name.to_owned(), json!(number));
        }
        if !matches!(self, Self::Zeros | Self::Ones | Self::Constant(_)) {
            config.insert("seed".to_owned(), Value::Null);
        }
        json!({ "module": "keras.initializers", "class_name": self.names().1, "config": config, "registered_name": null })
    }

    fn to_source(&self) -> String {
        format!("\"{}\"", self.names().0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_initializer_reads_back_what_it_writes() {
        for (snake, _, value) in NAMED {
            assert_eq!(Initializer::from_value(&json!(snake)), Ok(value));
            assert_eq!(Initializer::from_value(&value.to_value()), Ok(value));
            assert_eq!(value.to_source(), format!("\"{snake}\""));
        }
        let wide = json!({ "class_name": "RandomUniform", "config": { "minval": -1.0, "maxval": 1.0, "seed": null } });
        assert_eq!(Initializer::from_value(&wide), Ok(Initializer::RandomUniform(-1.0, 1.0)));
    }
}
