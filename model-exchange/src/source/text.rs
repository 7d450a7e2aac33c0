//! Bodies as text: tensors get names, and calls become lines.

use std::collections::{HashMap, HashSet};

use super::names;
use super::unit::{Argument, Block, Body, Head, Loop, Operand, Place, Unit, Value};

/// How long a line may be.
const WIDTH: usize = 119;

/// Writes bodies, which may call these blocks.
pub struct Text<'b> {
    pub blocks: &'b [Block],
    /// Names that no tensor gets.
    pub reserved: HashSet<String>,
    /// The names of tensors that have names outside: outputs.
    pub given: HashMap<usize, String>,
}

/// What is written so far of a body.
struct Lines {
    /// What names stand for.
    names: HashMap<String, usize>,
    /// The lines of this body that bind names, by the names.
    bound: HashMap<String, usize>,
    /// Names of the loop around, which are assigned to.
    mutable: HashSet<String>,
    lines: Vec<String>,
    indent: usize,
}

impl Text<'_> {
    /// The lines of a body whose inputs have these names.
    pub fn body(&self, body: &Body, inputs: &[(usize, String)], indent: usize) -> Vec<String> {
        let names = inputs.iter().map(|(tensor, name)| (name.clone(), *tensor)).collect();
        let mut lines = Lines { names, bound: HashMap::new(), mutable: HashSet::new(), lines: Vec::new(), indent };
        let is_last = |unit: &Unit| unit.outputs == body.results && !matches!(unit.head, Head::Loop(_));
        let (units, last) = match body.units.split_last() {
            Some((last, units)) if is_last(last) => (units, Some(last)),
            _ => (body.units.as_slice(), None),
        };
        let mut needed = Needed::new(&body.units, body.results.iter().copied());
        for (i, unit) in units.iter().enumerate() {
            needed.at = i;
            self.unit(unit, &needed, &mut lines);
        }
        if let Some(last) = last {
            lines.bind_layer(self, last);
            let call = self.call(last, &lines.texts(), indent, 0);
            lines.push(&call);
        } else {
            let results: Vec<String> = body.results.iter().map(|result| lines.name(*result)).collect();
            let room = WIDTH.saturating_sub(indent.saturating_mul(4));
            let text = if let [one] = results.as_slice() { one.clone() } else { format!("({})", results.join(", ")) };
            lines.push(&if text.len() > room { broken("", &results, "", indent) } else { text });
        }
        lines.lines
    }

    fn unit(&self, unit: &Unit, needed: &Needed, lines: &mut Lines) {
        lines.names.retain(|_, tensor| needed.needs_now(*tensor));
        if let Head::Loop(repetition) = &unit.head {
            return self.repetition(unit, repetition, needed, lines);
        }
        lines.bind_layer(self, unit);
        let texts = lines.texts();
        let names: Vec<String> = unit
            .outputs
            .iter()
            .enumerate()
            .map(|(i, &output)| match needed.needs(output) {
                true => self.bind(lines, output, if i == 0 { &unit.hint } else { "state" }, needed),
                false => "_".to_owned(),
            })
            .collect();
        let pattern = if let [one] = names.as_slice() { one.clone() } else { format!("({})", names.join(", ")) };
        let call = self.call(unit, &texts, lines.indent, pattern.len().saturating_add("let  = ;".len()));
        lines.bound.extend(names.into_iter().map(|name| (name, lines.lines.len())));
        lines.push(&format!("let {pattern} = {call};"));
    }

    /// Gives a tensor a name: its own, or `x`, `y` or `z`, where one of them is free.
    fn bind(&self, lines: &mut Lines, tensor: usize, hint: &str, needed: &Needed) -> String {
        let is_taken = |name: &str| {
            let is_live = lines.names.get(name).is_some_and(|&bound| needed.needs(bound) && bound != tensor);
            is_live || self.reserved.contains(name) || lines.mutable.contains(name)
        };
        let given = self.given.get(&tensor).map(String::as_str).filter(|name| names::is_word(name));
        let free = given.into_iter().chain(["x", "y", "z"]).find(|name| !is_taken(name));
        let name = names::free(free.unwrap_or(hint), is_taken);
        lines.names.insert(name.clone(), tensor);
        name
    }

    fn repetition(&self, unit: &Unit, repetition: &Loop, needed: &Needed, lines: &mut Lines) {
        let (Some(&first), Some(&output)) = (unit.inputs().first(), unit.outputs.first()) else { return };
        let begun = lines.name(first);
        let is_kept = needed.needs(first) || unit.inputs().iter().skip(1).any(|&other| other == first);
        let name = match lines.bound.get(&begun).copied().filter(|_| !is_kept) {
            Some(line) => {
                if let Some(line) = lines.lines.get_mut(line) {
                    *line = mutable(line, &begun);
                }
                begun
            }
            None => {
                let name = if is_kept { self.bind(lines, output, &unit.hint, needed) } else { begun.clone() };
                lines.push(&format!("let mut {name} = {begun};"));
                name
            }
        };
        let (from, to) = repetition.carried;
        let mut inner = Lines {
            names: lines.names.clone(),
            bound: HashMap::new(),
            mutable: HashSet::from([name.clone()]),
            lines: Vec::new(),
            indent: lines.indent.saturating_add(1),
        };
        inner.names.retain(|_, tensor| *tensor != from);
        inner.names.insert(name.clone(), from);
        lines.header(repetition);
        // What is needed behind the loop, and again in its next round.
        let behind = needed.behind().chain(unit.inputs().into_iter().skip(1)).chain([to]);
        let mut within = Needed::new(&repetition.units, behind);
        for (i, unit) in repetition.units.iter().enumerate() {
            within.at = i;
            if i.saturating_add(1) < repetition.units.len() {
                self.unit(unit, &within, &mut inner);
                continue;
            }
            let call = self.call(unit, &inner.texts(), inner.indent, name.len().saturating_add(4));
            inner.push(&format!("{name} = {call};"));
        }
        lines.lines.append(&mut inner.lines);
        lines.push("}");
        lines.names.insert(name, output);
    }

    /// A call as it is written, broken into lines where it is too long behind so many letters.
    fn call(&self, unit: &Unit, names: &HashMap<usize, String>, indent: usize, before: usize) -> String {
        let arguments = made_with(&unit.arguments);
        let operands: Vec<String> = unit.operands.iter().map(|operand| self::operand(operand, names)).collect();
        let (maker, inner, behind) = match &unit.head {
            Head::Operator(sign) => {
                return match operands.as_slice() {
                    [left, right] => format!("{left} {sign} {right}"),
                    _ => format!("{sign}{}", operands.concat()),
                };
            }
            Head::Subscript(key) if arguments.is_empty() => return format!("{}[{key}]", operands.concat()),
            Head::Subscript(key) => {
                ("ops::get_item".to_owned(), [vec![format!("{}[{key}]", operands.concat())], arguments].concat(), String::new())
            }
            Head::Bound(name) => (name.clone(), operands, String::new()),
            // Where nothing is said of the layer, it is the call that is long.
            Head::Made(name) if arguments.is_empty() && !operands.is_empty() => (format!("{name}()"), operands, String::new()),
            Head::Made(name) => (name.clone(), arguments, called(unit, operands)),
            Head::Stepped(name, around) => {
                let inner = format!("{name}({})", arguments.join(", "));
                ("TimeDistributed".to_owned(), [vec![inner], made_with(around)].concat(), called(unit, operands))
            }
            Head::Operation(name) => {
                let leading = unit.arguments.iter().filter(|argument| argument.place == Place::Leading);
                let leading: Vec<String> = leading.map(|argument| argument.value.text()).collect();
                (format!("ops::{name}"), [leading, operands, arguments].concat(), String::new())
            }
            Head::Block(number) => {
                let name = self.blocks.get(*number).map_or("", |block| block.name.as_str());
                (name.to_owned(), [operands, arguments].concat(), String::new())
            }
            Head::Loop(_) => return String::new(),
        };
        let line = format!("{maker}({}){behind}", inner.join(", "));
        let room = WIDTH.saturating_sub(indent.saturating_mul(4)).saturating_sub(before);
        if line.len() <= room || inner.is_empty() { line } else { broken(&maker, &inner, &behind, indent) }
    }
}

/// Until when tensors are needed: the last call that uses each.
struct Needed {
    last: HashMap<usize, usize>,
    /// The call that is written.
    at: usize,
}

impl Needed {
    /// With what is needed behind all calls.
    fn new(units: &[Unit], results: impl IntoIterator<Item = usize>) -> Self {
        let uses = (0..).zip(units).flat_map(|(i, unit): (usize, _)| unit.inputs().into_iter().map(move |input| (input, i)));
        let last = uses.chain(results.into_iter().map(|result| (result, usize::MAX))).collect();
        Self { last, at: 0 }
    }

    /// Whether a tensor is needed behind the call.
    fn needs(&self, tensor: usize) -> bool {
        self.last.get(&tensor).is_some_and(|last| *last > self.at)
    }

    /// Whether the call itself, or one behind it, needs a tensor.
    fn needs_now(&self, tensor: usize) -> bool {
        self.last.get(&tensor).is_some_and(|last| *last >= self.at)
    }

    /// What is needed behind all calls and those from the next on.
    fn behind(&self) -> impl Iterator<Item = usize> {
        self.last.iter().filter(|(_, last)| **last > self.at).map(|(tensor, _)| *tensor)
    }
}

impl Lines {
    fn push(&mut self, text: &str) {
        let indent = "    ".repeat(self.indent);
        self.lines.push(format!("{indent}{text}"));
    }

    fn name(&self, tensor: usize) -> String {
        self.names.iter().find(|(_, bound)| **bound == tensor).map_or_else(|| "_".to_owned(), |(name, _)| names::written(name))
    }

    fn texts(&self) -> HashMap<usize, String> {
        let mut texts: Vec<(&String, &usize)> = self.names.iter().collect();
        texts.sort_unstable();
        texts.into_iter().rev().map(|(name, tensor)| (*tensor, names::written(name))).collect()
    }

    fn bind_layer(&mut self, text: &Text<'_>, unit: &Unit) {
        if let Some((name, made)) = &unit.binds {
            let maker = text.call(made, &HashMap::new(), self.indent, name.len().saturating_add("let  = ;".len()));
            self.push(&format!("let {name} = {maker};"));
        }
    }

    /// `for filters in [64, 128] {`
    fn header(&mut self, Loop { variables, rounds, .. }: &Loop) {
        let pattern = if let [one] = variables.as_slice() { one.clone() } else { format!("({})", variables.join(", ")) };
        if variables.is_empty() {
            return self.push(&format!("for _ in 0..{} {{", rounds.len()));
        }
        let item = |round: &Vec<Value>| {
            let values: Vec<String> = round.iter().map(Value::text).collect();
            if let [one] = values.as_slice() { one.clone() } else { format!("({})", values.join(", ")) }
        };
        let items: Vec<String> = rounds.iter().map(item).collect();
        let line = format!("for {pattern} in [{}] {{", items.join(", "));
        if line.len().saturating_add(self.indent.saturating_mul(4)) <= WIDTH {
            return self.push(&line);
        }
        self.push(&format!("for {pattern} in ["));
        items.iter().for_each(|item| self.push(&format!("    {item},")));
        self.push("] {");
    }
}

/// `let x` as `let mut x`, and that name alone of several.
fn mutable(line: &str, name: &str) -> String {
    let (pattern, rest) = line.split_once(" = ").unwrap_or((line, ""));
    let marked: Vec<String> = pattern
        .split_inclusive([' ', '(', ','])
        .map(|word| if word.trim_end_matches([',', ')', ' ']) == name { format!("mut {word}") } else { word.to_owned() })
        .collect();
    if pattern.contains(&format!("mut {name}")) { line.to_owned() } else { format!("{} = {rest}", marked.concat()) }
}

/// The parentheses behind what makes a layer; there are none where it is bound.
fn called(unit: &Unit, operands: Vec<String>) -> String {
    if unit.operands.is_empty() { String::new() } else { format!("({})", operands.join(", ")) }
}

/// The arguments that are not their defaults, but for those before operands.
fn made_with(arguments: &[Argument]) -> Vec<String> {
    let (mut texts, mut is_behind) = (Vec::new(), false);
    for argument in arguments.iter().filter(|argument| argument.place != Place::Leading) {
        if argument.is_default() {
            is_behind = true;
            continue;
        }
        is_behind |= argument.place == Place::Named;
        texts.push(match is_behind {
            true => format!("{} = {}", argument.name, argument.value.text()),
            false => argument.value.text(),
        });
    }
    texts
}

fn operand(operand: &Operand, names: &HashMap<usize, String>) -> String {
    let name = |tensor: &usize| names.get(tensor).cloned().unwrap_or_else(|| "_".to_owned());
    match operand {
        Operand::Tensor(tensor) => name(tensor),
        Operand::List(tensors) => {
            let items = tensors.iter().map(|tensor| tensor.as_ref().map_or_else(|| "None".to_owned(), name));
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
        Operand::Named(word, inner) => format!("{word} = {}", self::operand(inner, names)),
        Operand::Text(text) => text.clone(),
    }
}

/// A call with one argument a line. One that is too long for its line and makes a layer is broken in the same way.
fn broken(maker: &str, inner: &[String], behind: &str, indent: usize) -> String {
    let (outer, within) = ("    ".repeat(indent), "    ".repeat(indent.saturating_add(1)));
    let room = WIDTH.saturating_sub(within.len()).saturating_sub(",".len());
    let line = |argument: &String| {
        let parts = if argument.len() > room { made(argument) } else { None };
        let text = parts.map(|(maker, inner)| broken(maker, &inner, "", indent.saturating_add(1)));
        format!("{within}{},\n", text.as_ref().unwrap_or(argument))
    };
    format!("{maker}(\n{}{outer}){behind}", inner.iter().map(line).collect::<String>())
}

/// What makes a layer, and its arguments: `GRU(2, use_bias = false)`.
fn made(text: &str) -> Option<(&str, Vec<String>)> {
    let (maker, arguments) = text.strip_suffix(')')?.split_once('(')?;
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let (mut depth, mut is_text, mut all) = (0_usize, false, vec![String::new()]);
    let mut is_escaped = false;
    for c in arguments.chars() {
        match c {
            '"' if !is_escaped => is_text = !is_text,
            '(' | '[' if !is_text => depth = depth.saturating_add(1),
            // What has an end before its beginning is two calls.
            ')' | ']' if !is_text => depth = depth.checked_sub(1)?,
            ',' if !is_text && depth == 0 => {
                all.push(String::new());
                continue;
            }
            _ => {}
        }
        is_escaped = c == '\\' && !is_escaped;
        all.last_mut()?.push(c);
    }
    let arguments = all.iter().map(|argument| argument.trim().to_owned()).filter(|argument| !argument.is_empty());
    maker.chars().all(is_name).then(|| (maker, arguments.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_in_a_layer_is_broken_where_it_is_too_long() {
        let long = format!("GRU(2, kernel_initializer = Constant(0.3), name = \"a, ({}\")", "b".repeat(80));
        let expected = format!(
            "Bidirectional(\n    GRU(\n        2,\n        kernel_initializer = Constant(0.3),\n        name = \"a, ({}\",\n    ),\n    name = \"both\",\n)(x)",
            "b".repeat(80)
        );
        assert_eq!(broken("Bidirectional", &[long, "name = \"both\"".to_owned()], "(x)", 0), expected);
        assert_eq!(made("dense(x)(y)"), None);
        assert_eq!(made("[1, 2]"), None);
    }
}
