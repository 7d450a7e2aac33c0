//! How a weight starts.

use serde_json::{Value, json};

use super::object::{self, Named, ObjectClass, Rest, inside, named};
use super::stft::Stft;
use super::{Argument, Mismatch, OwnFunction};

/// How a weight starts, with Keras's names and defaults.
///
/// Source: <https://keras.io/api/layers/initializers/>.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Initializer {
    /// What the weight's numbers are.
    pub start: Start,
    /// What random numbers follow from, where it is not the model's seed.
    pub seed: Option<u32>,
}

/// What a weight's numbers are at first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Start {
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
    /// A matrix with this number on its diagonal, and zeros elsewhere.
    Identity(f64),
    /// The waves that a short-time Fourier transform compares a signal with, `[frame, 1, frequencies]`.
    Stft(Stft),
    /// Scaled by the number of inputs, outputs or both of a unit.
    VarianceScaling {
        /// The variance, times the fan.
        scale: f64,
        /// What the variance is divided by.
        mode: FanMode,
        /// The distribution.
        distribution: Distribution,
    },
    /// What a function of the user's own fills it with.
    Own(OwnFunction),
}

/// The fan that a variance is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FanMode {
    /// The number of inputs of a unit.
    In,
    /// The number of outputs of a unit.
    Out,
    /// Half the number of inputs and outputs.
    Average,
}

/// The distribution that a variance is given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distribution {
    /// Normal, cut off at two standard deviations and widened to keep its variance.
    TruncatedNormal,
    /// Normal.
    UntruncatedNormal,
    /// Uniform around zero.
    Uniform,
}

const MODES: [(&str, FanMode); 3] = [("fan_in", FanMode::In), ("fan_out", FanMode::Out), ("fan_avg", FanMode::Average)];

/// Keras's names; what it writes comes first.
const DISTRIBUTIONS: [(&str, Distribution); 4] = [
    ("truncated_normal", Distribution::TruncatedNormal),
    ("untruncated_normal", Distribution::UntruncatedNormal),
    ("uniform", Distribution::Uniform),
    ("normal", Distribution::TruncatedNormal),
];

const fn scaled(scale: f64, mode: FanMode, distribution: Distribution) -> Start {
    Start::VarianceScaling { scale, mode, distribution }
}

const SEED: &[&str] = &["seed"];

/// The class that the others of its kind are cases of.
const SCALED: Named<Start> = named(
    "variance_scaling",
    "VarianceScaling",
    &["scale", "mode", "distribution", "seed"],
    scaled(1.0, FanMode::In, Distribution::TruncatedNormal),
);

/// Every initializer; the class that others are cases of is the last.
const NAMED: [Named<Start>; 16] = [
    named("glorot_uniform", "GlorotUniform", SEED, scaled(1.0, FanMode::Average, Distribution::Uniform)),
    named("glorot_normal", "GlorotNormal", SEED, scaled(1.0, FanMode::Average, Distribution::TruncatedNormal)),
    named("he_uniform", "HeUniform", SEED, scaled(2.0, FanMode::In, Distribution::Uniform)),
    named("he_normal", "HeNormal", SEED, scaled(2.0, FanMode::In, Distribution::TruncatedNormal)),
    named("lecun_uniform", "LecunUniform", SEED, scaled(1.0, FanMode::In, Distribution::Uniform)),
    named("lecun_normal", "LecunNormal", SEED, scaled(1.0, FanMode::In, Distribution::TruncatedNormal)),
    named("zeros", "Zeros", &[], Start::Zeros),
    named("ones", "Ones", &[], Start::Ones),
    named("constant", "Constant", &["value"], Start::Constant(0.0)),
    named("random_normal", "RandomNormal", &["mean", "stddev", "seed"], Start::RandomNormal(0.0, 0.05)),
    named("random_uniform", "RandomUniform", &["minval", "maxval", "seed"], Start::RandomUniform(-0.05, 0.05)),
    named("truncated_normal", "TruncatedNormal", &["mean", "stddev", "seed"], Start::TruncatedNormal(0.0, 0.05)),
    named("orthogonal", "Orthogonal", &["gain", "seed"], Start::Orthogonal(1.0)),
    named("identity", "Identity", &["gain"], Start::Identity(1.0)),
    named("stft", "STFT", &["side", "window", "scaling", "periodic"], Start::Stft(Stft::DEFAULT)),
    SCALED,
];

/// Their classes, for layer calls.
const CLASSES: [ObjectClass; NAMED.len()] = object::classes(&NAMED);

/// Keras's other names for some of them.
const ALIASES: [(&str, &str); 7] = [
    ("normal", "random_normal"),
    ("uniform", "random_uniform"),
    ("zero", "zeros"),
    ("one", "ones"),
    ("OrthogonalInitializer", "orthogonal"),
    ("IdentityInitializer", "identity"),
    ("STFTInitializer", "stft"),
];

impl Initializer {
    /// All zeros.
    pub const ZEROS: Self = Self::of(Start::Zeros);

    /// All ones.
    pub const ONES: Self = Self::of(Start::Ones);

    /// Keras's `"uniform"`, the default for embeddings.
    pub const UNIFORM: Self = Self::of(Start::RandomUniform(-0.05, 0.05));

    /// Keras's default for kernels.
    pub const GLOROT_UNIFORM: Self = Self::of(scaled(1.0, FanMode::Average, Distribution::Uniform));

    /// Keras's default for recurrent kernels.
    pub const ORTHOGONAL: Self = Self::of(Start::Orthogonal(1.0));

    /// A function of the user's own of this name, of at most 63 bytes.
    #[must_use]
    pub fn own(name: &str) -> Option<Self> {
        OwnFunction::new(name).map(|own| Self::of(Start::Own(own)))
    }

    /// A start that follows from the model's seed.
    #[must_use]
    pub const fn of(start: Start) -> Self {
        Self { start, seed: None }
    }
}

impl Start {
    /// What it is written by.
    fn named(&self) -> &'static Named<Start> {
        let is_same = |other: &Self| match (self, other) {
            (Self::VarianceScaling { .. }, _) => self == other,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        };
        NAMED.iter().find(|(_, _, value)| is_same(value)).unwrap_or(&SCALED)
    }

    /// Whether it draws random numbers, and has a seed in Keras.
    const fn is_random(&self) -> bool {
        !matches!(self, Self::Zeros | Self::Ones | Self::Constant(_) | Self::Identity(_) | Self::Stft(_) | Self::Own(_))
    }

    /// The arguments by the names they have in Keras's configuration, of one that is written under this class.
    fn arguments(&self, class: &str) -> Vec<(&'static str, Value)> {
        match *self {
            Self::Constant(value) => vec![("value", json!(value))],
            Self::Orthogonal(gain) => vec![("gain", json!(gain))],
            // Keras writes none, and so loses it.
            Self::Identity(gain) => {
                if gain == 1.0 {
                    Vec::new()
                } else {
                    vec![("gain", json!(gain))]
                }
            }
            Self::Stft(stft) => stft.arguments(),
            Self::RandomNormal(mean, deviation) | Self::TruncatedNormal(mean, deviation) => {
                vec![("mean", json!(mean)), ("stddev", json!(deviation))]
            }
            Self::RandomUniform(low, high) => vec![("minval", json!(low)), ("maxval", json!(high))],
            Self::VarianceScaling { scale, mode, distribution } if class == "VarianceScaling" => {
                vec![
                    ("scale", json!(scale)),
                    ("mode", json!(written(&MODES, mode))),
                    ("distribution", json!(written(&DISTRIBUTIONS, distribution))),
                ]
            }
            Self::Zeros | Self::Ones | Self::VarianceScaling { .. } | Self::Own(_) => Vec::new(),
        }
    }
}

fn written<T: PartialEq>(names: &[(&'static str, T)], value: T) -> &'static str {
    names.iter().find(|(_, other)| *other == value).map_or("", |(name, _)| name)
}

impl Rest {
    /// A start of this class, with the arguments that are given.
    fn start(&mut self, class: &str, start: Start) -> Result<Start, Mismatch> {
        if let Start::Stft(default) = start {
            return Stft::read(self, default).map(Start::Stft);
        }
        let any = |_: f64| true;
        let mut number = |key, default| self.number(key, default, "a number", any);
        Ok(match start {
            Start::Constant(value) => Start::Constant(number("value", value)?),
            Start::Orthogonal(gain) => Start::Orthogonal(number("gain", gain)?),
            Start::Identity(gain) => Start::Identity(number("gain", gain)?),
            Start::RandomUniform(low, high) => Start::RandomUniform(number("minval", low)?, number("maxval", high)?),
            Start::RandomNormal(mean, deviation) => Start::RandomNormal(number("mean", mean)?, self.deviation(deviation)?),
            Start::TruncatedNormal(mean, deviation) => Start::TruncatedNormal(number("mean", mean)?, self.deviation(deviation)?),
            Start::VarianceScaling { scale, mode, distribution } if class == "VarianceScaling" => Start::VarianceScaling {
                scale: self.number("scale", scale, "a number above 0", |scale| scale > 0.0)?,
                mode: self.choice("mode", mode, &MODES, "`fan_in`, `fan_out` or `fan_avg`")?,
                distribution: self.choice(
                    "distribution",
                    distribution,
                    &DISTRIBUTIONS,
                    "`truncated_normal`, `untruncated_normal` or `uniform`",
                )?,
            },
            Start::Zeros | Start::Ones | Start::Stft(_) | Start::VarianceScaling { .. } | Start::Own(_) => start,
        })
    }

    fn deviation(&mut self, default: f64) -> Result<f64, Mismatch> {
        self.non_negative("stddev", default)
    }

    /// The axes that fans are counted by, which are none but the last two.
    fn axes(&mut self) -> Result<(), Mismatch> {
        for key in ["input_axes", "output_axes"] {
            if let Some(value) = self.0.remove(key).filter(|value| !value.is_null()) {
                return Err(inside(key, "null: fans are counted by the last two axes", value));
            }
        }
        Ok(())
    }

    /// The seed: a number, or nothing where it follows from the model's.
    fn seed(&mut self) -> Result<Option<u32>, Mismatch> {
        match self.0.remove("seed") {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                let seed = value.as_u64().and_then(|seed| u32::try_from(seed).ok());
                seed.map(Some).ok_or_else(|| inside("seed", "null, or a whole number from 0 to 4294967295", value))
            }
        }
    }
}

impl Argument for Initializer {
    const EXPECTED: &'static str = "the name of an initializer, such as `\"he_normal\"`";
    const OBJECTS: &'static [ObjectClass] = &CLASSES;

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        if let Some(own) = OwnFunction::read(value) {
            return own.map(|own| Self::of(Start::Own(own)));
        }
        let ((_, class, start), rest) = object::read(value, (&NAMED, &ALIASES), "`keras.initializers`", Self::EXPECTED)?;
        let Some(mut rest) = rest else { return Ok(Self::of(*start)) };
        let start = rest.start(class.name, *start)?;
        let seed = if start.is_random() { rest.seed()? } else { None };
        if matches!(start, Start::VarianceScaling { .. }) {
            rest.axes()?;
        }
        rest.finish()?;
        Ok(Self { start, seed })
    }

    fn to_value(&self) -> Value {
        let Self { start, seed } = self;
        if let Start::Own(function) = start {
            return function.to_value();
        }
        let class = start.named().1.name;
        let mut config = Vec::new();
        if start.is_random() {
            config.push(("seed", json!(seed)));
        }
        config.extend(start.arguments(class));
        if matches!(start, Start::VarianceScaling { .. }) {
            config.extend(["input_axes", "output_axes"].map(|name| (name, Value::Null)));
        }
        object::written("keras.initializers", class, config)
    }

    fn to_source(&self) -> String {
        if let Start::Own(function) = self.start {
            return function.to_source();
        }
        let (snake, class, start) = self.start.named();
        object::source_of(self, snake, class, &Self::of(*start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_initializer_reads_back_what_it_writes() {
        for (snake, _, start) in NAMED {
            let value = Initializer::of(start);
            assert_eq!(Initializer::from_value(&json!(snake)), Ok(value));
            assert_eq!(Initializer::from_value(&value.to_value()), Ok(value));
            let is_case = snake == "variance_scaling"; // as it is by default, `lecun_normal` is its name
            assert!(is_case || value.to_source() == format!("\"{snake}\""));
        }
        for start in [Start::RandomUniform(-1.0, 1.0), scaled(2.0, FanMode::Out, Distribution::UntruncatedNormal)] {
            let value = Initializer { start, seed: Some(7) };
            assert_eq!(Initializer::from_value(&value.to_value()), Ok(value));
        }
    }

    /// What `keras.saving.serialize_keras_object` gives.
    #[test]
    fn what_is_written_is_keras_s() {
        let check = |start, seed, expected: &str| assert_eq!(Initializer { start, seed }.to_value().to_string(), expected);
        check(
            scaled(2.0, FanMode::Out, Distribution::TruncatedNormal),
            None,
            "{\"module\":\"keras.initializers\",\"class_name\":\"VarianceScaling\",\"config\":{\"seed\":null,\"scale\":2.0,\
             \"mode\":\"fan_out\",\"distribution\":\"truncated_normal\",\"input_axes\":null,\"output_axes\":null},\
             \"registered_name\":null}",
        );
        check(
            Start::RandomNormal(0.0, 0.05),
            Some(3),
            "{\"module\":\"keras.initializers\",\"class_name\":\"RandomNormal\",\"config\":{\"seed\":3,\"mean\":0.0,\
             \"stddev\":0.05},\"registered_name\":null}",
        );
        check(
            Start::Zeros,
            None,
            "{\"module\":\"keras.initializers\",\"class_name\":\"Zeros\",\"config\":{},\"registered_name\":null}",
        );
    }

    #[test]
    fn what_is_not_understood_is_refused_by_its_key() {
        let check = |value: Value, expected: &str| match Initializer::from_value(&value) {
            Err(Mismatch::Inside { key, .. }) => assert_eq!(key, expected, "{value}"),
            other => panic!("{value} gives {other:?}"),
        };
        let glorot = |config: Value| json!({ "class_name": "GlorotUniform", "config": config });
        check(glorot(json!({ "gain": 2.0 })), "gain");
        check(glorot(json!({ "scale": 2.0 })), "scale");
        check(glorot(json!({ "input_axes": [0] })), "input_axes");
        check(glorot(json!({ "seed": "now" })), "seed");
        check(glorot(json!(3)), "config");
        check(json!({ "class_name": "Zeros", "config": { "seed": 3 } }), "seed");
        check(json!({ "class_name": "Zeros", "config": {}, "module": "mine" }), "module");
        check(json!({ "class_name": "Zeros", "config": {}, "registered_name": "mine>Zeros" }), "registered_name");
        check(json!({ "class_name": "VarianceScaling", "config": { "mode": "fan_max" } }), "mode");
        check(json!({ "class_name": "VarianceScaling", "config": { "scale": 0.0 } }), "scale");
        check(json!({ "class_name": "RandomNormal", "config": { "stddev": -1.0 } }), "stddev");
        assert!(matches!(Initializer::from_value(&json!("GlorotUniforn")), Err(Mismatch::Choice(_))));
    }
}
