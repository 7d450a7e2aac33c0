//! The parts of lines that follow from several of a call's: how borders are kept, which axes are meant, what sizes remain without the batch.

use model_graph::shape::Shape;
use serde_json::Value;

use super::line::{Bound, Given, numbers};

/// What is said where a call moves, joins or counts the batch.
const BATCH: &str = "the batch stays the first axis, and is not written: name the axes behind it";

/// Works out a part of a line, or what to say where there is none.
pub fn computed(what: &str, call: &Bound) -> Result<String, &'static str> {
    match what {
        "same" => Ok(if borders(call) == Borders::Same { ", padding = \"same\"".to_owned() } else { String::new() }),
        "before1" => Ok(zeros(call, "ZeroPadding1D")),
        "before2" => Ok(zeros(call, "ZeroPadding2D")),
        "before3" => Ok(zeros(call, "ZeroPadding3D")),
        "enlarged" => enlarged(call),
        "behind" => cropped(call),
        "channels" => Ok(joined(call)),
        "target" => target(call),
        "order" => order(call),
        "swapped" => swapped(call),
        "longer" => longer(call),
        "shorter" => shorter(call),
        "zeros" => surrounded(call),
        "adaptiveAverage1" => adaptive(call, "Average", "1D"),
        "adaptiveAverage2" => adaptive(call, "Average", "2D"),
        "adaptiveAverage3" => adaptive(call, "Average", "3D"),
        "adaptiveMax3" => adaptive(call, "Max", "3D"),
        "adaptiveMax1" => adaptive(call, "Max", "1D"),
        "adaptiveMax2" => adaptive(call, "Max", "2D"),
        "pooled" => pooled(call),
        "sides" => sides(call),
        "times" => times(call),
        "stacked" => stacked(call),
        "dropped" => dropped(call),
        "merging" => merging(call),
        "second" => second(call),
        "power" => power(call),
        "length" => length(call),
        "reversed" => reversed(call),
        "epsilon" => Ok(call.get("eps").map_or_else(|| "1e-5".to_owned(), |given| given.text.clone())),
        "rate" => Ok(call.get("p").map_or_else(|| "0.5".to_owned(), |given| given.text.clone())),
        "range" => Ok(range(call)),
        "turns" => turns(call),
        "plane" => Ok(plane(call)),
        _ => Ok(String::new()),
    }
}

/// How a window's borders are filled up.
#[derive(PartialEq)]
enum Borders {
    /// Not at all.
    Valid,
    /// So that the size stays.
    Same,
    /// With so much on each side.
    Zeros(String),
}

fn borders(call: &Bound) -> Borders {
    let Some(given) = call.get("padding") else { return Borders::Valid };
    match given.value.as_str().map(str::to_lowercase).as_deref() {
        Some("same") => return Borders::Same,
        Some(_) => return Borders::Valid,
        None => {}
    }
    let Some(padding) = numbers(&given.value) else { return Borders::Zeros(given.text.clone()) };
    if padding.iter().all(|side| *side == 0) {
        return Borders::Valid;
    }
    let kernel = call.numbers("kernel_size");
    let one = || Some(vec![1]);
    let strides = if call.get("stride").is_some() {
        call.numbers("stride")
    } else if call.is_pooling {
        kernel.clone()
    } else {
        one()
    };
    let dilation = if call.get("dilation").is_some() { call.numbers("dilation") } else { one() };
    if let (Some(kernel), Some(strides), Some(dilation)) = (kernel, strides, dilation)
        && keeps(&padding, &kernel, &strides, &dilation)
    {
        return Borders::Same;
    }
    Borders::Zeros(given.text.clone())
}

/// Whether so much padding keeps a size, as `"same"` does.
pub fn keeps(padding: &[i64], kernel: &[i64], strides: &[i64], dilation: &[i64]) -> bool {
    let axes = [padding, kernel, strides, dilation].map(<[i64]>::len).into_iter().max().unwrap_or(0);
    let at = |sizes: &[i64], axis: usize| sizes.get(axis).or(sizes.first()).copied().unwrap_or(0);
    (0..axes).all(|axis| {
        let covered = at(kernel, axis).saturating_sub(1).saturating_mul(at(dilation, axis));
        at(strides, axis) == 1 && at(padding, axis).saturating_mul(2) == covered
    })
}

/// Zeros around an image: as many everywhere, or left, right, above and below.
fn surrounded(call: &Bound) -> Result<String, &'static str> {
    match call.numbers("padding").as_deref() {
        Some([left, right, top, bottom]) => Ok(format!("ZeroPadding2D([[{top}, {bottom}], [{left}, {right}]])")),
        _ => call.get("padding").map(|given| format!("ZeroPadding2D({})", given.text)).ok_or("write `ZeroPadding2D(1)(img)`"),
    }
}

fn zeros(call: &Bound, layer: &str) -> String {
    if let Borders::Zeros(text) = borders(call) { format!("{layer}({text})") } else { String::new() }
}

/// A transposed convolution's padding is what is cut off: evenly, as `"same"` does it, or by a layer behind.
fn cut(call: &Bound) -> Option<(i64, i64, i64)> {
    let one = |name: &str, default: i64| match call.get(name) {
        None => Some(default),
        Some(_) => call.numbers(name).filter(|sizes| sizes.iter().all(|size| Some(size) == sizes.first()))?.first().copied(),
    };
    let (kernel, stride) = (one("kernel_size", 1)?, one("stride", 1)?);
    Some((one("padding", 0)?, one("output_padding", 0)?, kernel.saturating_sub(stride)))
}

fn enlarged(call: &Bound) -> Result<String, &'static str> {
    match cut(call) {
        Some((padding, 0, overlap)) if padding > 0 && padding.saturating_mul(2) == overlap => {
            Ok(", padding = \"same\"".to_owned())
        }
        Some((_, _, overlap)) if overlap >= 0 => Ok(String::new()),
        _ => Err("write `Conv2DTranspose(..)(x)`, and `Cropping2D(..)` behind it for what `padding` cuts off"),
    }
}

fn cropped(call: &Bound) -> Result<String, &'static str> {
    let Some((padding, more, overlap)) = cut(call) else { return Ok(String::new()) };
    if more == 0 && (padding == 0 || padding.saturating_mul(2) == overlap) {
        return Ok(String::new());
    }
    let end = padding.saturating_sub(more);
    if end < 0 {
        return Err("write `ZeroPadding2D(..)` behind `Conv2DTranspose(..)(x)` for what `output_padding` adds");
    }
    Ok(if end == padding {
        format!("Cropping2D({padding})")
    } else {
        format!("Cropping2D([[{padding}, {end}], [{padding}, {end}]])")
    })
}

/// The axis that tensors are joined along: what is axis 1 of an image with channels first, is the last here.
fn joined(call: &Bound) -> String {
    let is_image = call.shape().is_some_and(|shape| shape.rank() == 3);
    match call.number("dim") {
        None | Some(0 | -1) => String::new(),
        Some(1) if is_image => String::new(),
        Some(axis) => format!("axis = {axis}"),
    }
}

/// The sizes that are given one by one, or in a list.
fn listed(given: &[Given]) -> Vec<(Option<i64>, String)> {
    let one = |given: &Given| (given.value.as_i64(), given.text.clone());
    match given {
        [only] if only.value.is_array() => {
            numbers(&only.value).into_iter().flatten().map(|size| (Some(size), size.to_string())).collect()
        }
        [only] if only.text.starts_with(['(', '[']) => {
            let inner = only.text.trim_matches(['(', ')', '[', ']']);
            inner
                .split(',')
                .map(|text| (text.trim().parse().ok(), text.trim().to_owned()))
                .filter(|(_, text)| !text.is_empty())
                .collect()
        }
        several => several.iter().map(one).collect(),
    }
}

/// How many elements these are, if that is known.
fn count(sizes: &[(Option<i64>, String)]) -> Option<i64> {
    sizes.iter().try_fold(1_i64, |product, (size, _)| product.checked_mul((*size).filter(|size| *size > 0)?))
}

/// A tensor's elements, if they are a number.
fn elements(call: &Bound) -> Option<i64> {
    call.shape()?.elements()?.known()
}

/// The sizes that a tensor is brought to, without the batch's.
fn target(call: &Bound) -> Result<String, &'static str> {
    let sizes = listed(call.rest("sizes"));
    let (all, behind) = (elements(call), sizes.get(1..).unwrap_or_default());
    let is_batch = match sizes.first() {
        Some((Some(-1), _)) => {
            !behind.is_empty() && (all.is_some() && count(behind) == all || behind.iter().any(|(size, _)| *size == Some(-1)))
        }
        Some((Some(_), _)) => {
            !(all.is_some() && count(&sizes) == all || all.is_none() && !sizes.iter().any(|(size, _)| *size == Some(-1)))
        }
        Some((None, _)) => true,
        None => return Ok("Flatten()".to_owned()),
    };
    let kept: Vec<&str> = (if is_batch { behind } else { &sizes }).iter().map(|(_, text)| text.as_str()).collect();
    Ok(match kept.as_slice() {
        [] | ["-1"] => "Flatten()".to_owned(),
        kept => format!("Reshape([{}])", kept.join(", ")),
    })
}

/// The order of a tensor's axes, without the batch, which is first.
fn order(call: &Bound) -> Result<String, &'static str> {
    let given = listed(call.rest("order"));
    let order: Vec<i64> = given.iter().map(|(axis, _)| *axis).collect::<Option<_>>().ok_or(BATCH)?;
    let is_of = |order: &[i64], first: i64| {
        let mut sorted = order.to_vec();
        sorted.sort_unstable();
        !order.is_empty() && sorted.iter().zip(first..).all(|(axis, expected)| *axis == expected)
    };
    let rank = call.shape().map(Shape::rank);
    let axes: Vec<i64> = match order.split_first() {
        Some((0, behind)) if is_of(behind, 1) => behind.to_vec(),
        _ if is_of(&order, 1) => order,
        _ if is_of(&order, 0) && rank == Some(order.len()) => order.iter().map(|axis| axis.saturating_add(1)).collect(),
        _ => return Err(BATCH),
    };
    Ok(permuted(&axes))
}

fn permuted(axes: &[i64]) -> String {
    let axes: Vec<String> = axes.iter().map(ToString::to_string).collect();
    format!("Permute([{}])", axes.join(", "))
}

/// The axis that a number counts, the batch being 0; it is none behind the last.
fn axis(number: i64, rank: usize) -> Option<usize> {
    let axes = i64::try_from(rank).ok()?.checked_add(1)?;
    let place = if number < 0 { number.checked_add(axes)? } else { number };
    usize::try_from(place).ok().filter(|place| *place <= rank)
}

/// Two axes that change their places.
fn swapped(call: &Bound) -> Result<String, &'static str> {
    if call.rest("order").len() == 1 {
        return order(call);
    }
    let axes = listed(call.rest("order"));
    let rank = call.shape().map_or(2, Shape::rank);
    let [a, b] = [0, 1].map(|i| axes.get(i).and_then(|(number, _)| axis((*number)?, rank)));
    let (Some(a @ 1..), Some(b @ 1..)) = (a, b) else {
        return if axes.is_empty() && rank == 2 { Ok("Permute([2, 1])".to_owned()) } else { Err(BATCH) };
    };
    let swap = |place: usize| {
        if place == a {
            b
        } else if place == b {
            a
        } else {
            place
        }
    };
    let order: Vec<i64> = (1..=rank).map(swap).filter_map(|place| i64::try_from(place).ok()).collect();
    Ok(permuted(&order))
}

/// `Reshape` to these sizes, of which one may be unknown.
fn reshaped(sizes: &[String]) -> Result<String, &'static str> {
    let is_number = |size: &&String| size.parse::<u64>().is_ok();
    if sizes.iter().filter(|size| !is_number(size)).count() > 1 {
        return Err("`Reshape([..])(x)` takes the sizes, without the batch's");
    }
    let sizes: Vec<&str> = sizes.iter().map(|size| if is_number(&size) { size.as_str() } else { "-1" }).collect();
    Ok(format!("Reshape([{}])", sizes.join(", ")))
}

fn sizes_of(shape: &Shape) -> Vec<String> {
    shape.0.iter().map(ToString::to_string).collect()
}

/// A new axis of size 1.
fn longer(call: &Bound) -> Result<String, &'static str> {
    let Some(shape) = call.shape() else {
        return Err("`Reshape([..])(x)` makes axes of size 1: write the sizes, without the batch's");
    };
    let place = axis(call.number("dim").unwrap_or(-1), shape.rank().saturating_add(1)).filter(|place| *place > 0).ok_or(BATCH)?;
    let mut sizes = sizes_of(shape);
    sizes.insert(place.saturating_sub(1).min(sizes.len()), "1".to_owned());
    reshaped(&sizes)
}

/// An axis of size 1 less, or all of them.
fn shorter(call: &Bound) -> Result<String, &'static str> {
    let Some(shape) = call.shape() else {
        return Err("`Reshape([..])(x)` takes axes of size 1 away: write the sizes, without the batch's");
    };
    let given = call.number("dim");
    let place = given.and_then(|number| axis(number, shape.rank()));
    if given.is_some() && place.is_none_or(|place| place == 0) {
        return Err(BATCH);
    }
    let sizes = sizes_of(shape).into_iter().enumerate();
    let sizes: Vec<String> = sizes
        .filter(|(i, size)| size != "1" || place.is_some_and(|place| place.checked_sub(1) != Some(*i)))
        .map(|(_, size)| size)
        .collect();
    if sizes.is_empty() { Ok("Flatten()".to_owned()) } else { reshaped(&sizes) }
}

/// Poolings that are told the size they give: over everything, or by windows that follow from it.
fn adaptive(call: &Bound, kind: &str, axes: &str) -> Result<String, &'static str> {
    const UNKNOWN: &str = "say what size it gives: `AdaptiveAveragePooling2D(7)(x)`";
    let given = call.get("output_size").ok_or(UNKNOWN)?;
    let is_all = numbers(&given.value).is_some_and(|sizes| !sizes.is_empty() && sizes.iter().all(|size| *size == 1));
    Ok(match is_all {
        true => format!("Global{kind}Pooling{axes}(keepdims = true)"),
        false => format!("Adaptive{kind}Pooling{axes}({})", given.text),
    })
}

/// One number for each axis but the last that follows from its size, all of them as an argument.
fn multiples(call: &Bound, number: impl Fn(i64, usize) -> Option<i64>) -> Option<String> {
    let axes = call.shape()?.0.split_last()?.1;
    let sizes = axes.iter().map(|size| size.known());
    let found: Vec<String> = sizes.enumerate().map(|(i, size)| Some(number(size?, i)?.to_string())).collect::<Option<_>>()?;
    let first = found.first()?;
    Some(if found.iter().all(|text| text == first) { first.clone() } else { format!("[{}]", found.join(", ")) })
}

/// How often one number is another, if that is a whole number.
fn quotient(number: i64, divisor: i64) -> Option<i64> {
    number.checked_rem(divisor).filter(|rest| *rest == 0)?;
    number.checked_div(divisor).filter(|times| *times > 0)
}

/// What a mean or maximum over axes is: that over all places of an image or sequence.
fn pooled(call: &Bound) -> Result<String, &'static str> {
    const NONE: &str = "`GlobalAveragePooling2D()(img)` and `GlobalMaxPooling2D()(img)` go over an image, `Average()([a, b])` and `Maximum()([a, b])` over tensors";
    let rank = call.shape().map(Shape::rank).ok_or(NONE)?;
    let mut axes = call
        .numbers("dim")
        .unwrap_or_default()
        .into_iter()
        .map(|number| axis(number, rank))
        .collect::<Option<Vec<_>>>()
        .ok_or(NONE)?;
    axes.sort_unstable();
    let kept = call.get("keepdim").and_then(|given| given.value.as_bool()).unwrap_or(false);
    let keepdims = if kept { "keepdims = true" } else { "" };
    match (rank, axes.as_slice()) {
        (3, [1, 2] | [2, 3]) => Ok(format!("2D({keepdims})")),
        (2, [1]) => Ok(format!("1D({keepdims})")),
        _ => Err(NONE),
    }
}

/// The zeros on each side of the last axes, the last axis first.
fn sides(call: &Bound) -> Result<String, &'static str> {
    match call.numbers("pad").unwrap_or_default().as_slice() {
        [left, right, top, bottom] => Ok(format!("ZeroPadding2D([[{top}, {bottom}], [{left}, {right}]])")),
        [start, end] => Ok(format!("ZeroPadding1D([{start}, {end}])")),
        _ => Err("`ZeroPadding2D([[1, 1], [2, 2]])(img)` puts zeros around images, `ZeroPadding1D([1, 1])(x)` around sequences"),
    }
}

/// How many times larger an image becomes.
fn times(call: &Bound) -> Result<String, &'static str> {
    const UNKNOWN: &str = "`UpSampling2D(2)(img)` makes an image twice as large: say how many times";
    if let Some(factor) = call.get("scale_factor") {
        let number = factor.value.as_f64();
        return match number {
            Some(number) if number.fract() != 0.0 || number < 1.0 => {
                Err("`UpSampling2D(2)(img)` enlarges by whole numbers, `AveragePooling2D(2)(img)` shrinks")
            }
            Some(number) => Ok(format!("{number:.0}")),
            None => Ok(factor.text.clone()),
        };
    }
    let wanted = call.numbers("size").filter(|sizes| !sizes.is_empty()).ok_or(UNKNOWN)?;
    multiples(call, |size, i| quotient(*wanted.get(i).or(wanted.first())?, size)).ok_or(UNKNOWN)
}

/// Tensors side by side along a new axis.
fn stacked(call: &Bound) -> Result<String, &'static str> {
    const UNKNOWN: &str =
        "give each tensor an axis of size 1 with `Reshape([..])`, and join them, `Concatenate(axis = 1)([a, b])`";
    let (shape, given) = (call.shape().ok_or(UNKNOWN)?, call.get("tensors").ok_or(UNKNOWN)?);
    let place = axis(call.number("dim").unwrap_or(0), shape.rank().saturating_add(1)).ok_or(UNKNOWN)?;
    if place == 0 {
        return Err(BATCH);
    }
    let mut sizes = sizes_of(shape);
    sizes.insert(place.saturating_sub(1).min(sizes.len()), "1".to_owned());
    let (layer, inner) = (reshaped(&sizes)?, given.text.trim_matches(['[', ']', '(', ')']));
    if inner.contains(['(', '[']) {
        return Err(UNKNOWN);
    }
    let parts: Vec<String> = inner.split(',').map(|name| format!("{layer}({})", name.trim())).collect();
    Ok(format!("Concatenate(axis = {place})([{}])", parts.join(", ")))
}

/// A share that is kept, as the share that is dropped.
fn dropped(call: &Bound) -> Result<String, &'static str> {
    let kept = call.get("value").and_then(|given| given.value.as_f64()).filter(|kept| (0.0..=1.0).contains(kept));
    let dropped = kept.map(|kept| ((1.0 - kept) * 1e9).round() / 1e9);
    dropped
        .map(|dropped| dropped.to_string())
        .ok_or("`Dropout(0.5)(x)` takes the share that is dropped, not the one that is kept")
}

/// The layer that merges tensors in a way which Keras 1 has a word for.
fn merging(call: &Bound) -> Result<String, &'static str> {
    let mode = call.get("mode").and_then(|given| given.value.as_str()).unwrap_or("sum");
    let modes =
        [("sum", "Add"), ("add", "Add"), ("mul", "Multiply"), ("concat", "Concatenate"), ("ave", "Average"), ("max", "Maximum")];
    let found = modes.into_iter().find(|(word, _)| *word == mode).map(|(_, layer)| layer.to_owned());
    found.ok_or("tensors are merged by `Add`, `Multiply`, `Average`, `Maximum` and `Concatenate`: `Concatenate()([a, b])`")
}

/// The channels that a layer gives, of those that it takes and gives.
fn second(call: &Bound) -> Result<String, &'static str> {
    match call.numbers("channels").as_deref() {
        Some([_, given]) => Ok(given.to_string()),
        _ => Err("write `Conv2D(64, 3)(img)`: the channels that it takes are inferred"),
    }
}

/// A power as a product.
fn power(call: &Bound) -> Result<String, &'static str> {
    const NONE: &str = "`x * x` multiplies by itself, which is all there is of powers";
    let (base, exponent) = (call.get("a").ok_or(NONE)?, call.number("b"));
    let times = exponent.and_then(|times| usize::try_from(times).ok()).filter(|times| (1..=4).contains(times)).ok_or(NONE)?;
    let is_plain = base.text.chars().all(|c| c.is_alphanumeric() || c == '_');
    if is_plain { Ok(vec![base.text.as_str(); times].join(" * ")) } else { Err(NONE) }
}

/// How many items a list has.
fn length(call: &Bound) -> Result<String, &'static str> {
    let items = call.get("x").and_then(|given| given.value.as_array()).map(Vec::len);
    items.map(|items| items.to_string()).ok_or("write the number itself: every list is known while compiling")
}

/// A list of data in the other order.
fn reversed(call: &Bound) -> Result<String, &'static str> {
    const UNKNOWN: &str = "ranges and lists go upwards: write the items in the other order, or count down with `3 - i`";
    let items = call.get("x").and_then(|given| given.value.as_array()).filter(|items| items.len() < 20).ok_or(UNKNOWN)?;
    let items: Vec<String> = items.iter().rev().map(model_graph::argument::source).collect();
    Ok(format!("[{}]", items.join(", ")))
}

/// Degrees, one number or two, as parts of a full turn.
fn turns(call: &Bound) -> Result<String, &'static str> {
    let value = call.get("degrees").map(|given| given.value.clone()).unwrap_or_default();
    let turn = |degrees: &Value| degrees.as_f64().map(|degrees| format!("{:?}", (degrees / 360.0 * 1e4).round() / 1e4));
    let turns: Option<Vec<String>> = match &value {
        Value::Array(items) => items.iter().map(turn).collect(),
        single => turn(single).map(|turn| vec![turn]),
    };
    match turns.as_deref() {
        Some([one]) => Ok(one.clone()),
        Some([low, high]) => Ok(format!("({low}, {high})")),
        _ => Err("write the angle in full turns: `RandomRotation(0.1)(img)` is up to 36 degrees, either way"),
    }
}

/// Height and width: one size for both, or two.
fn plane(call: &Bound) -> String {
    match (call.numbers("size").as_deref(), call.get("size")) {
        (Some([height, width]), _) => format!("{height}, {width}"),
        (_, Some(given)) => format!("{0}, {0}", given.text),
        (_, None) => "height, width".to_owned(),
    }
}

/// The numbers of a Python `range`.
fn range(call: &Bound) -> String {
    let given = call.rest("ends");
    let text = |i: usize| given.get(i).map_or("n", |given| given.text.as_str());
    let ends: Vec<Option<i64>> = given.iter().map(|given| given.value.as_i64()).collect();
    match (ends.as_slice(), given.len()) {
        (_, 1) => format!("0..{}", text(0)),
        ([Some(from), Some(to), Some(step)], _)
            if *step != 0 && to.saturating_sub(*from).saturating_abs() / step.saturating_abs().max(1) < 20 =>
        {
            let mut items = Vec::new();
            let mut item = *from;
            while (*step > 0 && item < *to || *step < 0 && item > *to) && items.len() < 20 {
                items.push(item.to_string());
                item = item.saturating_add(*step);
            }
            format!("[{}]", items.join(", "))
        }
        _ => format!("{}..{}", text(0), text(1)),
    }
}
