//! Numbers that an argument takes, near one that it does not.

use serde_json::{Value, json};

/// Where the ranges of arguments end, and round numbers next to ends that are not in the range themselves.
const ENDS: [i64; 3] = [0, 1, u32::MAX as i64];
const DECIMAL_ENDS: [f64; 3] = [0.0, 1.0, 0.9];

/// A value that is accepted, as near as can be to a number, a text of a number or a list of whole numbers that is not. What is written
/// with a point stays so if it can.
#[must_use]
pub fn near(found: &Value, accepts: &dyn Fn(&Value) -> bool) -> Option<Value> {
    if let Value::Array(items) = found {
        return [0, 1].into_iter().filter_map(|least| raised(items, least)).find(|value| accepts(value));
    }
    let number = found.as_f64().or_else(|| found.as_str()?.trim().parse().ok()).filter(|number| number.is_finite())?;
    let is_whole = |number: &f64| number.fract() == 0.0 && number.abs() < 1e15;
    #[allow(clippy::cast_possible_truncation)] // it is in the range
    let whole = [number.floor(), number.ceil()].into_iter().filter(is_whole).map(|number| json!(number as i64));
    let whole = whole.chain(ENDS.map(Value::from));
    let decimal = [number].into_iter().chain(DECIMAL_ENDS).map(|number| json!(number));
    let is_decimal = found.is_f64();
    let all: Vec<Value> = if is_decimal { decimal.chain(whole).collect() } else { whole.chain(decimal).collect() };
    let distance = |value: &Value| value.as_f64().map_or(f64::INFINITY, |value| (value - number).abs());
    all.into_iter().filter(|value| accepts(value)).min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

/// A list of whole numbers of which none is less than `least`.
fn raised(items: &[Value], least: i64) -> Option<Value> {
    let item = |item: &Value| item.as_i64().map(|number| number.clamp(least, ENDS[2]));
    items.iter().map(item).collect::<Option<Vec<i64>>>().map(Value::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::argument::{Argument, Epsilon, Kernel, Rate, Size};

    fn check<T: Argument>(found: &Value, expected: &Value) {
        let near = near(found, &|value| T::from_value(value).is_ok());
        assert_eq!(near.as_ref(), Some(expected).filter(|value| !value.is_null()), "near {found}");
    }

    #[test]
    fn what_is_near_is_accepted() {
        check::<Rate>(&json!(7.0), &json!(0.9));
        check::<Rate>(&json!(-1), &json!(0));
        check::<Rate>(&json!(-0.5), &json!(0.0));
        check::<Rate>(&json!("0.5"), &json!(0.5));
        check::<Epsilon>(&json!(-1.0), &json!(0.0));
        check::<Size>(&json!(7.0), &json!(7));
        check::<Size>(&json!(7.25), &json!(7));
        check::<Size>(&json!(-4), &json!(1));
        check::<Size>(&json!("64"), &json!(64));
        check::<Size>(&json!(5_000_000_000_i64), &json!(u32::MAX));
        check::<Size>(&json!("wide"), &json!(null));
        check::<Size>(&json!(true), &json!(null));
        check::<Kernel<2>>(&json!([0, 3]), &json!([1, 3]));
        check::<Kernel<2>>(&json!([1, 2, 3]), &json!(null));
    }
}
