//! The functions that a layer may end with.

use serde_json::Value;

use super::{Argument, Mismatch};

/// Declares the activations with their names; the first is the default.
macro_rules! activations {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// An activation function, under Keras's names.
        ///
        /// Source: <https://keras.io/api/layers/activations/>.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
        pub enum Activation {
            $($(#[$doc])* $variant,)*
        }

        impl Activation {
            /// Every activation, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Keras's name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

activations! {
    /// `x`
    #[default]
    Linear = "linear",
    /// `max(x, 0)`
    Relu = "relu",
    /// `min(max(x, 0), 6)`
    Relu6 = "relu6",
    /// `x` above zero, `0.2 x` below
    LeakyRelu = "leaky_relu",
    /// `x` above zero, `e^x - 1` below
    Elu = "elu",
    /// `elu` scaled so that layers keep mean and variance
    Selu = "selu",
    /// `max(x, 0) + min(e^x - 1, 0)`
    Celu = "celu",
    /// `x Φ(x)` with the normal distribution's Φ, exactly
    Gelu = "gelu",
    /// `1 / (1 + e^-x)`
    Sigmoid = "sigmoid",
    /// `relu6(x + 3) / 6`
    HardSigmoid = "hard_sigmoid",
    /// `log(sigmoid(x))`
    LogSigmoid = "log_sigmoid",
    /// 0 below -1, 1 above 1, `(x + 1) / 2` between
    SparseSigmoid = "sparse_sigmoid",
    /// `x sigmoid(x)`
    Silu = "silu",
    /// `x hard_sigmoid(x)`
    HardSilu = "hard_silu",
    /// `x tanh(softplus(x))`
    Mish = "mish",
    /// `log(1 + e^x)`
    Softplus = "softplus",
    /// 0 below -1, `x` above 1, `(x + 1)^2 / 4` between
    SparsePlus = "sparse_plus",
    /// `(x + sqrt(x^2 + 4)) / 2`
    Squareplus = "squareplus",
    /// `x / (1 + |x|)`
    Softsign = "softsign",
    /// The hyperbolic tangent
    Tanh = "tanh",
    /// `x - tanh(x)`
    TanhShrink = "tanh_shrink",
    /// `min(max(x, -1), 1)`
    HardTanh = "hard_tanh",
    /// `x` where `|x| > 0.5`, else 0
    HardShrink = "hard_shrink",
    /// `x` moved 0.5 towards zero, 0 within
    SoftShrink = "soft_shrink",
    /// `e^x`
    Exponential = "exponential",
    /// `e^x` over its sum along the last axis
    Softmax = "softmax",
    /// The logarithm of `softmax`
    LogSoftmax = "log_softmax",
    /// The nearest point of the simplex, along the last axis
    Sparsemax = "sparsemax",
}

/// Keras's other names for the same functions.
const ALIASES: [(&str, Activation); 2] = [("swish", Activation::Silu), ("hard_swish", Activation::HardSilu)];

impl Activation {
    /// Whether the function looks at the whole last axis, not at one element at a time.
    #[must_use]
    pub const fn is_along_axis(self) -> bool {
        matches!(self, Self::Softmax | Self::LogSoftmax | Self::Sparsemax)
    }
}

impl Argument for Activation {
    const EXPECTED: &'static str = "the name of an activation, such as `\"relu\"`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        if value.is_null() {
            return Ok(Self::Linear);
        }
        let name = value.as_str().ok_or(Mismatch::Expected(Self::EXPECTED))?;
        let named = Self::ALL.iter().copied().find(|activation| activation.name() == name);
        let alias = || ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, activation)| *activation);
        named.or_else(alias).ok_or_else(|| Mismatch::Choice(Self::ALL.iter().map(|activation| activation.name()).collect()))
    }

    fn to_value(&self) -> Value {
        Value::from(self.name())
    }
}

/// An activation within a recurrent layer, which goes back through time by the function's values: one whose derivative follows from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateActivation(pub Activation);

impl Argument for GateActivation {
    const EXPECTED: &'static str = Activation::EXPECTED;

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let known = || Activation::ALL.iter().copied().filter(|activation| activation.derives_from_output());
        match Activation::from_value(value) {
            Ok(activation) if activation.derives_from_output() => Ok(Self(activation)),
            Ok(_) | Err(Mismatch::Choice(_)) => Err(Mismatch::Choice(known().map(Activation::name).collect())),
            Err(other) => Err(other),
        }
    }

    fn to_value(&self) -> Value {
        self.0.to_value()
    }
}
