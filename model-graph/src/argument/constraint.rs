//! What holds of a weight after every step.

use serde_json::{Value, json};

use super::object::{self, Named, ObjectClass, Rest, inside, named};
use super::{Argument, Mismatch, OwnFunction};

/// What a weight is made to be after every step, with Keras's names and defaults.
///
/// Source: <https://keras.io/api/layers/constraints/>.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constraint {
    /// No norm along the axes is above `max_value`.
    MaxNorm {
        /// The most that a norm may be.
        max_value: f64,
        /// What norms are taken along.
        axis: ConstraintAxes,
    },
    /// Norms along the axes go from where they are to between the bounds.
    MinMaxNorm {
        /// The least that a norm should be.
        min_value: f64,
        /// The most that a norm should be.
        max_value: f64,
        /// How much of the way is gone: 1 for all of it.
        rate: f64,
        /// What norms are taken along.
        axis: ConstraintAxes,
    },
    /// Nothing is below 0.
    NonNeg,
    /// Every norm along the axes is 1.
    UnitNorm {
        /// What norms are taken along.
        axis: ConstraintAxes,
    },
    /// What a function of the user's own makes of it.
    Own(OwnFunction),
}

/// The most axes that may be listed.
const MOST: usize = 8;

/// The axes that a norm is taken along, those from the end below 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstraintAxes {
    /// All there are.
    All,
    /// One.
    One(i8),
    /// The first so many of these.
    Listed([i8; MOST], usize),
}

impl ConstraintAxes {
    fn written(&self) -> &[i8] {
        match self {
            Self::All => &[],
            Self::One(axis) => std::slice::from_ref(axis),
            Self::Listed(axes, count) => axes.get(..*count).unwrap_or_default(),
        }
    }

    /// Whether a norm is taken along an axis, of so many.
    #[must_use]
    pub fn contains(&self, axis: usize, rank: usize) -> bool {
        let is_it = |written: &i8| place(*written, rank) == Some(axis);
        matches!(self, Self::All) || self.written().iter().any(is_it)
    }

    /// The first axis that there is not where there are so many, or that is named twice.
    #[must_use]
    pub fn unfit(&self, rank: usize) -> Option<i64> {
        let axes = self.written();
        let is_unfit = |(i, written): &(usize, &i8)| {
            let found = place(**written, rank);
            found.is_none() || axes.iter().take(*i).any(|before| place(*before, rank) == found)
        };
        axes.iter().enumerate().find(is_unfit).map(|(_, axis)| i64::from(*axis))
    }

    fn read(rest: &mut Rest) -> Result<Self, Mismatch> {
        const EXPECTED: &str = "an axis, or a list of axes";
        let axis = |value: &Value| value.as_i64().and_then(|axis| i8::try_from(axis).ok());
        let list = |items: &Vec<Value>| {
            let read: Vec<i8> = items.iter().map(axis).collect::<Option<_>>()?;
            let mut axes = [0; MOST];
            axes.get_mut(..read.len()).filter(|axes| !axes.is_empty())?.copy_from_slice(&read);
            Some(Self::Listed(axes, read.len()))
        };
        match rest.0.remove("axis") {
            None => Ok(Self::One(0)),
            Some(Value::Null) => Ok(Self::All),
            Some(value) => {
                let read = value.as_array().map_or_else(|| axis(&value).map(Self::One), list);
                read.ok_or_else(|| inside("axis", EXPECTED, value))
            }
        }
    }

    fn to_value(self) -> Value {
        match self {
            Self::All => Value::Null,
            Self::One(axis) => json!(axis),
            Self::Listed(..) => json!(self.written()),
        }
    }
}

/// The place that an axis stands for, of so many.
fn place(axis: i8, rank: usize) -> Option<usize> {
    let distance = usize::from(axis.unsigned_abs());
    if axis < 0 { rank.checked_sub(distance) } else { Some(distance).filter(|&place| place < rank) }
}

const FIRST: ConstraintAxes = ConstraintAxes::One(0);

const NAMED: [Named<Constraint>; 4] = [
    named("max_norm", "MaxNorm", &["max_value", "axis"], Constraint::MaxNorm { max_value: 2.0, axis: FIRST }),
    named(
        "min_max_norm",
        "MinMaxNorm",
        &["min_value", "max_value", "rate", "axis"],
        Constraint::MinMaxNorm { min_value: 0.0, max_value: 1.0, rate: 1.0, axis: FIRST },
    ),
    named("non_neg", "NonNeg", &[], Constraint::NonNeg),
    named("unit_norm", "UnitNorm", &["axis"], Constraint::UnitNorm { axis: FIRST }),
];

const CLASSES: [ObjectClass; 4] = object::classes(&NAMED);

impl Constraint {
    const fn named(&self) -> Option<Named<Self>> {
        match self {
            Self::MaxNorm { .. } => Some(NAMED[0]),
            Self::MinMaxNorm { .. } => Some(NAMED[1]),
            Self::NonNeg => Some(NAMED[2]),
            Self::UnitNorm { .. } => Some(NAMED[3]),
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

    /// What norms are taken along, where they are.
    #[must_use]
    pub const fn axes(&self) -> Option<ConstraintAxes> {
        match self {
            Self::MaxNorm { axis, .. } | Self::MinMaxNorm { axis, .. } | Self::UnitNorm { axis } => Some(*axis),
            Self::NonNeg | Self::Own(_) => None,
        }
    }
}

impl Argument for Constraint {
    const EXPECTED: &'static str = "the name of a constraint, such as `\"non_neg\"`, or a call, such as `MaxNorm(2)`";
    const OBJECTS: &'static [ObjectClass] = &CLASSES;

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        if let Some(own) = OwnFunction::read(value) {
            return own.map(Self::Own);
        }
        let (&(_, _, default), rest) = object::read(value, (&NAMED, &[]), "`keras.constraints`", Self::EXPECTED)?;
        let Some(mut rest) = rest else { return Ok(default) };
        let read = match default {
            Self::MaxNorm { max_value, .. } => {
                Self::MaxNorm { max_value: rest.non_negative("max_value", max_value)?, axis: ConstraintAxes::read(&mut rest)? }
            }
            Self::MinMaxNorm { min_value, max_value, rate, .. } => {
                let min_value = rest.non_negative("min_value", min_value)?;
                let max_value = rest.non_negative("max_value", max_value)?;
                if max_value < min_value {
                    return Err(inside("max_value", "a number of at least `min_value`", json!(max_value)));
                }
                let rate = rest.number("rate", rate, "a number from 0 to 1", |rate| (0.0..=1.0).contains(&rate))?;
                Self::MinMaxNorm { min_value, max_value, rate, axis: ConstraintAxes::read(&mut rest)? }
            }
            Self::NonNeg => Self::NonNeg,
            Self::UnitNorm { .. } => Self::UnitNorm { axis: ConstraintAxes::read(&mut rest)? },
            own @ Self::Own(_) => own,
        };
        rest.finish()?;
        Ok(read)
    }

    fn to_value(&self) -> Value {
        let config: Vec<(&str, Value)> = match *self {
            Self::MaxNorm { max_value, axis } => vec![("max_value", json!(max_value)), ("axis", axis.to_value())],
            Self::MinMaxNorm { min_value, max_value, rate, axis } => vec![
                ("min_value", json!(min_value)),
                ("max_value", json!(max_value)),
                ("rate", json!(rate)),
                ("axis", axis.to_value()),
            ],
            Self::NonNeg => Vec::new(),
            Self::Own(function) => return function.to_value(),
            Self::UnitNorm { axis } => vec![("axis", axis.to_value())],
        };
        object::written("keras.constraints", self.class(), config)
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
    fn every_constraint_reads_back_what_it_writes() {
        for (snake, class, value) in NAMED {
            assert_eq!(Constraint::from_value(&json!(snake)), Ok(value));
            assert_eq!(Constraint::from_value(&json!(class.name)), Ok(value));
            assert_eq!(Constraint::from_value(&value.to_value()), Ok(value));
            assert_eq!(value.to_source(), format!("\"{snake}\""));
        }
        let listed = ConstraintAxes::Listed([0, 1, -1, 0, 0, 0, 0, 0], 3);
        for axis in [ConstraintAxes::All, ConstraintAxes::One(-1), listed] {
            let value = Constraint::MaxNorm { max_value: 3.0, axis };
            assert_eq!(Constraint::from_value(&value.to_value()), Ok(value));
        }
        assert_eq!(Constraint::MaxNorm { max_value: 3.0, axis: listed }.to_source(), "MaxNorm(3.0, axis = [0, 1, -1])");
    }

    #[test]
    fn axes_are_those_that_there_are_each_once() {
        let listed = |axes: [i8; 2]| ConstraintAxes::Listed([axes[0], axes[1], 0, 0, 0, 0, 0, 0], 2);
        assert_eq!(listed([0, -1]).unfit(2), None);
        assert_eq!(listed([0, -2]).unfit(2), Some(-2));
        assert_eq!(ConstraintAxes::One(2).unfit(2), Some(2));
        assert_eq!(ConstraintAxes::One(-3).unfit(2), Some(-3));
        assert!(listed([0, -1]).contains(2, 3) && !listed([0, -1]).contains(1, 3));
    }

    #[test]
    fn what_is_not_understood_is_refused_by_its_key() {
        let check = |class: &str, config: Value, expected: &str| match Constraint::from_value(
            &json!({ "class_name": class, "config": config }),
        ) {
            Err(Mismatch::Inside { key, .. }) => assert_eq!(key, expected),
            other => panic!("{config} gives {other:?}"),
        };
        check("MaxNorm", json!({ "max_value": -1 }), "max_value");
        check("MaxNorm", json!({ "axis": 0.5 }), "axis");
        check("MaxNorm", json!({ "axis": [] }), "axis");
        check("MaxNorm", json!({ "axis": [0, 1, 2, 3, 4, 5, 6, 7, 8] }), "axis");
        check("MinMaxNorm", json!({ "min_value": 2 }), "max_value");
        check("MinMaxNorm", json!({ "rate": 1.5 }), "rate");
        check("NonNeg", json!({ "axis": 0 }), "axis");
        assert!(matches!(Constraint::from_value(&json!("maxnorm")), Err(Mismatch::Choice(_))), "as in Keras");
    }
}
