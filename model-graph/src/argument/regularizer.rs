//! What the loss includes for a weight.

use serde_json::{Value, json};

use super::object::{self, Named, ObjectClass, named};
use super::{Argument, Mismatch, OwnFunction};

/// A penalty on a weight `w`, which the loss includes, with Keras's names and defaults.
///
/// Source: <https://keras.io/api/layers/regularizers/>.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Regularizer {
    /// `l1 * sum(|w|)`
    L1 {
        /// The factor.
        l1: f64,
    },
    /// `l2 * sum(w^2)`
    L2 {
        /// The factor.
        l2: f64,
    },
    /// `l1 * sum(|w|) + l2 * sum(w^2)`
    L1L2 {
        /// The factor of the first.
        l1: f64,
        /// The factor of the second.
        l2: f64,
    },
    /// `factor` times the mean of `|cos(a, b)|` over all pairs of a matrix's rows or columns.
    Orthogonal {
        /// The factor.
        factor: f64,
        /// What is to be orthogonal.
        mode: Vectors,
    },
    /// What a function of the user's own says.
    Own(OwnFunction),
}

/// The vectors that a matrix is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vectors {
    /// Its rows.
    Rows,
    /// Its columns.
    Columns,
}

const MODES: [(&str, Vectors); 2] = [("rows", Vectors::Rows), ("columns", Vectors::Columns)];

const NAMED: [Named<Regularizer>; 4] = [
    named("l1", "L1", &["l1"], Regularizer::L1 { l1: 0.01 }),
    named("l2", "L2", &["l2"], Regularizer::L2 { l2: 0.01 }),
    named("l1l2", "L1L2", &["l1", "l2"], Regularizer::L1L2 { l1: 0.0, l2: 0.0 }),
    named(
        "orthogonal_regularizer",
        "OrthogonalRegularizer",
        &["factor", "mode"],
        Regularizer::Orthogonal { factor: 0.01, mode: Vectors::Rows },
    ),
];

const CLASSES: [ObjectClass; 4] = object::classes(&NAMED);

impl Regularizer {
    const fn named(&self) -> Option<Named<Self>> {
        match self {
            Self::L1 { .. } => Some(NAMED[0]),
            Self::L2 { .. } => Some(NAMED[1]),
            Self::L1L2 { .. } => Some(NAMED[2]),
            Self::Orthogonal { .. } => Some(NAMED[3]),
            Self::Own(_) => None,
        }
    }

    /// A function of the user's own of this name, of at most 63 bytes.
    #[must_use]
    pub fn own(name: &str) -> Option<Self> {
        OwnFunction::new(name).map(Self::Own)
    }

    /// Keras's class; `function` for one of the user's own.
    #[must_use]
    pub const fn class(&self) -> &'static str {
        match self.named() {
            Some((_, class, _)) => class.name,
            None => "function",
        }
    }
}

impl Argument for Regularizer {
    const EXPECTED: &'static str = "the name of a regularizer, such as `\"l2\"`, or a call, such as `L2(1e-4)`";
    const OBJECTS: &'static [ObjectClass] = &CLASSES;

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        if let Some(own) = OwnFunction::read(value) {
            return own.map(Self::Own);
        }
        let (&(_, _, default), rest) = object::read(value, (&NAMED, &[]), "`keras.regularizers`", Self::EXPECTED)?;
        let Some(mut rest) = rest else { return Ok(default) };
        let read = match default {
            Self::L1 { l1 } => Self::L1 { l1: rest.non_negative("l1", l1)? },
            Self::L2 { l2 } => Self::L2 { l2: rest.non_negative("l2", l2)? },
            Self::L1L2 { l1, l2 } => Self::L1L2 { l1: rest.non_negative("l1", l1)?, l2: rest.non_negative("l2", l2)? },
            Self::Orthogonal { factor, mode } => Self::Orthogonal {
                factor: rest.non_negative("factor", factor)?,
                mode: rest.choice("mode", mode, &MODES, "`\"rows\"` or `\"columns\"`")?,
            },
            own @ Self::Own(_) => own,
        };
        rest.finish()?;
        Ok(read)
    }

    fn to_value(&self) -> Value {
        let config: Vec<(&str, Value)> = match *self {
            Self::L1 { l1 } => vec![("l1", json!(l1))],
            Self::L2 { l2 } => vec![("l2", json!(l2))],
            Self::L1L2 { l1, l2 } => vec![("l1", json!(l1)), ("l2", json!(l2))],
            Self::Orthogonal { factor, mode } => {
                let mode = if mode == Vectors::Rows { "rows" } else { "columns" };
                vec![("factor", json!(factor)), ("mode", json!(mode))]
            }
            Self::Own(function) => return function.to_value(),
        };
        object::written("keras.regularizers", self.class(), config)
    }

    fn to_source(&self) -> String {
        match (self, self.named()) {
            (Self::Own(function), _) => function.to_source(),
            (_, Some((snake, class, default))) => object::source_of(self, snake, &class, &default),
            (_, None) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_regularizer_reads_back_what_it_writes() {
        for (snake, class, value) in NAMED {
            assert_eq!(Regularizer::from_value(&json!(snake)), Ok(value));
            assert_eq!(Regularizer::from_value(&json!(class.name)), Ok(value));
            assert_eq!(Regularizer::from_value(&value.to_value()), Ok(value));
            assert_eq!(value.to_source(), format!("\"{snake}\""));
        }
        let value = Regularizer::L1L2 { l1: 0.5, l2: 0.25 };
        assert_eq!(Regularizer::from_value(&value.to_value()), Ok(value));
        assert_eq!(value.to_source(), "L1L2(0.5, l2 = 0.25)");
        assert_eq!(Regularizer::L1L2 { l1: 0.0, l2: 0.25 }.to_source(), "L1L2(l2 = 0.25)");
    }

    /// What `keras.saving.serialize_keras_object` gives.
    #[test]
    fn what_is_written_is_keras_s() {
        let check = |value: Regularizer, expected: &str| assert_eq!(value.to_value().to_string(), expected);
        check(
            Regularizer::L2 { l2: 1e-4 },
            "{\"module\":\"keras.regularizers\",\"class_name\":\"L2\",\"config\":{\"l2\":0.0001},\"registered_name\":null}",
        );
        check(
            Regularizer::Orthogonal { factor: 0.5, mode: Vectors::Columns },
            "{\"module\":\"keras.regularizers\",\"class_name\":\"OrthogonalRegularizer\",\"config\":{\"factor\":0.5,\
             \"mode\":\"columns\"},\"registered_name\":null}",
        );
    }

    #[test]
    fn what_is_not_understood_is_refused_by_its_key() {
        let check = |class: &str, config: Value, expected: &str| match Regularizer::from_value(
            &json!({ "class_name": class, "config": config }),
        ) {
            Err(Mismatch::Inside { key, .. }) => assert_eq!(key, expected),
            other => panic!("{config} gives {other:?}"),
        };
        check("L2", json!({ "l2": -0.5 }), "l2");
        check("L2", json!({ "l2": "much" }), "l2");
        check("L2", json!({ "l1": 0.5 }), "l1");
        check("OrthogonalRegularizer", json!({ "mode": "planes" }), "mode");
        for unknown in ["l1_l2", "L3"] {
            assert!(matches!(Regularizer::from_value(&json!(unknown)), Err(Mismatch::Choice(_))), "as in Keras");
        }
    }
}
