//! Every word of other libraries and languages: a small model with it is told the line to write, and that line is no fault.

use std::str::FromStr;

use model_graph::argument::source;
use model_graph::keras;
use model_graph::layer::Arity;
use model_graph::layers::{CLASSES, Class};
use model_graph::problem::ArgumentProblem;
use proc_macro2::TokenStream;
use serde_json::{Map, Value, json};

use super::messages::reports;
use crate::words::{self, Place, Word};

/// The inputs that words may be about.
const SHAPES: [&str; 6] = ["[8]", "[9, 4]", "[12, 12, 4]", "[1, 8]", "i32[9]", "[8, 8, 8, 2]"];

fn said(source: &str) -> Vec<String> {
    let tokens = TokenStream::from_str(source).unwrap_or_else(|_| panic!("no tokens: {source}"));
    reports(tokens).into_iter().map(|(_, message)| message).collect()
}

fn model(shape: &str, body: &str) -> String {
    format!("model M(x: {shape}, img: [12, 12, 4], a: [8], b: [8], rows: [6, 6], columns: [6, 6], words: i32[9]) {{\n{body}\n}}")
}

/// The line that a message says to write.
fn line(message: &str) -> Option<&str> {
    message.split_once("help: write `")?.1.split('`').next()
}

/// Whether a line is no fault where it is a tensor, a value, or what a loop goes through.
fn is_sound(shape: &str, line: &str) -> bool {
    let bodies = [
        format!("let y = {line};\nActivation(\"linear\")(y)"),
        format!("let y = {line};\nDense(4)(a)"),
        format!("for i in {line} {{ }}\nDense(4)(a)"),
    ];
    bodies.iter().any(|body| said(&model(shape, body)).is_empty())
}

/// What is said of a text in which a word stands: whether a line was, whose use is no fault, for one of the shapes at least.
fn check_text(word: &Word, text: &str, wrong: &mut Vec<String>) -> bool {
    let (mut is_told, mut has_line) = (false, false);
    let mut last = Vec::new();
    for shape in SHAPES {
        let found = said(&model(shape, &format!("let y = {text};\nDense(4)(a)")));
        if let [message] = found.as_slice() {
            match line(message) {
                Some(line) => has_line |= is_sound(shape, line),
                None if word.line.is_empty() => is_told |= message.contains(word.note),
                // What a line needs to know is not known here.
                None => is_told |= message.contains("help: "),
            }
        }
        last = found;
        if has_line {
            break;
        }
    }
    if !is_told && !has_line {
        wrong.push(format!("{text}\n{}", last.join("\n")));
    }
    has_line
}

/// What a word is called behind: a module for those that are no names by themselves.
fn calls(word: &Word, arguments: &[String]) -> Vec<String> {
    let (name, parameters) = (word.name(), word.parameters());
    let has_module = name.contains('.');
    let plain = format!("{name}({})", arguments.join(", "));
    let method = || format!("{}.{name}({})", arguments[0], arguments[1..].join(", "));
    let merging = ["Concat", "Sum", "Merge"].contains(&name);
    let tensor = if merging { "[x, x]" } else { "x" };
    let takes_tensor = parameters.first().is_some_and(|parameter| parameter.name == "x");
    match word.place {
        Place::Layer if has_module => vec![format!("{plain}({tensor})")],
        Place::Layer => vec![format!("{plain}({tensor})"), format!("torch.nn.{plain}({tensor})")],
        Place::Absent if has_module => vec![format!("{plain}({tensor})")],
        Place::Absent => vec![format!("nn.{plain}(x)")],
        Place::Function if takes_tensor => vec![plain.clone(), method(), format!("tf.{plain}")],
        Place::Method if has_module || !takes_tensor => vec![if has_module { plain } else { format!("torch.{plain}") }],
        Place::Method => vec![method()],
        _ => vec![plain],
    }
}

#[test]
fn every_call_is_told_its_line() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for word in words::all().filter(|word| word.is_called()) {
        let parameters = word.parameters();
        let needed: Vec<String> =
            parameters.iter().filter(|parameter| !parameter.is_optional).map(|parameter| parameter.example.to_owned()).collect();
        let optional = parameters.iter().filter(|parameter| parameter.is_optional && !parameter.name.starts_with('_'));
        let more =
            optional.map(|parameter| [needed.clone(), vec![format!("{} = {}", parameter.name, parameter.example)]].concat());
        let mut has_line = word.line.is_empty();
        for arguments in std::iter::once(needed.clone()).chain(more) {
            for text in calls(word, &arguments) {
                has_line |= check_text(word, &text, &mut wrong);
                count += 1;
            }
        }
        if !has_line {
            wrong.push(format!("{}: no line", word.written));
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n\n"));
}

/// Arguments with which a layer of each class can be made.
fn needed(class: &Class) -> Map<String, Value> {
    let examples = [
        ("units", json!(4)),
        ("height", json!(4)),
        ("width", json!(4)),
        ("filters", json!(4)),
        ("kernel_size", json!(3)),
        ("pool_size", json!(2)),
        ("input_dim", json!(8)),
        ("output_dim", json!(4)),
        ("rate", json!(0.5)),
        ("activation", json!("relu")),
        ("scale", json!(2.0)),
        ("factor", json!(0.1)),
        ("height_factor", json!(0.1)),
        ("width_factor", json!(0.1)),
        ("n", json!(2)),
        ("dims", json!([2, 1])),
        ("target_shape", json!([2, 4])),
        ("num_heads", json!(2)),
        ("key_dim", json!(4)),
        ("head_dim", json!(4)),
        ("num_query_heads", json!(2)),
        ("num_key_value_heads", json!(2)),
    ];
    let missing = class.read(&Map::new()).err().unwrap_or_default();
    let is_missing = |name: &&(&str, Value)| {
        missing.iter().any(|problem| matches!(problem, ArgumentProblem::Missing { argument, .. } if *argument == name.0))
    };
    examples.iter().filter(is_missing).map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

/// A call of a layer, with a part of its arguments as it is.
fn made(class: &Class, given: &Map<String, Value>, text: &str) -> String {
    let named = given.iter().map(|(name, value)| format!("{name} = {}", source(value)));
    let arguments: Vec<String> = named.chain((!text.is_empty()).then(|| text.to_owned())).collect();
    let operand = match class.arity {
        arity if arity.is_list() => "[x, x]",
        Arity::Each(2) => "x, x",
        _ => "x",
    };
    format!("{}({})({operand})", class.name, arguments.join(", "))
}

#[test]
fn every_argument_is_told_its_name() {
    let mut wrong = Vec::new();
    for word in words::all().filter(|word| word.place == Place::Argument) {
        let fits = |class: &&Class| {
            let valid: Vec<&str> = class.arguments().iter().map(|spec| spec.name).collect();
            !valid.contains(&word.name())
                && words::argument_for(class.name, &valid, word.name()).is_some_and(|found| std::ptr::eq(found, word))
        };
        let Some(class) = CLASSES.iter().find(fits) else {
            wrong.push(format!("{} is an argument of no layer", word.written));
            continue;
        };
        let mut given = needed(class);
        given.remove(word.line.split(" = ").next().unwrap_or_default());
        let said: Vec<Vec<String>> = SHAPES.iter().map(|shape| said(&model(shape, &made(class, &given, word.written)))).collect();
        let message = said.iter().find_map(|found| if let [message] = found.as_slice() { Some(message) } else { None });
        let is_right = message.is_some_and(|message| {
            let line = line(message).filter(|_| !word.line.is_empty()).unwrap_or_default();
            message.contains(&format!("has no argument `{}`", word.name()))
                && message.contains(word.note)
                && line.is_empty() == word.line.is_empty()
                && SHAPES.iter().any(|shape| is_sound(shape, &made(class, &given, line)))
        });
        if !is_right {
            wrong.push(format!("{}: {said:?}", made(class, &given, word.written)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_value_is_told_its_name() {
    for word in words::all().filter(|word| word.place == Place::Value) {
        let (class, argument) = match word.line {
            "same" => ("Conv2D", "padding"),
            "bilinear" => ("UpSampling2D", "interpolation"),
            line if line.contains("uniform") || line.contains("normal") || line.contains("zeros") || line.contains("ones") => {
                ("Dense", "kernel_initializer")
            }
            _ => ("Dense", "activation"),
        };
        let class = Class::find(class).unwrap();
        let with = |value: &str| made(class, &needed(class), &format!("{argument} = {value}"));
        let shape = if class.name == "Dense" { "[8]" } else { "[12, 12, 4]" };
        assert_eq!(said(&model(shape, &with(&format!("\"{}\"", word.line)))), [""; 0]);
        let written = word.written;
        let mut forms = vec![written.to_owned(), format!("F.{written}"), format!("Kind::{written}")];
        if class.name == "Dense" {
            forms.push(format!("nn.{written}()"));
        }
        for written in forms {
            let found = said(&model(shape, &with(&written)));
            let line = format!("help: write `{argument} = \"{}\"`", word.line);
            assert!(found.len() == 1 && found[0].contains(&line), "{written}: {found:?}");
        }
    }
}

#[test]
fn every_name_and_operator_is_told_its_line() {
    let mut wrong = Vec::new();
    for word in words::all().filter(|word| matches!(word.place, Place::Name | Place::Operator(..))) {
        if !check_text(word, word.written, &mut wrong) && !word.line.is_empty() {
            wrong.push(format!("{}: no line", word.written));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_keyword_is_told_what_to_do() {
    let mut wrong = Vec::new();
    for word in words::all().filter(|word| word.place == Place::Keyword) {
        let body = match word.name() {
            "for" | "if" => format!("Dense({})(a)", word.written),
            "as" => format!("Dense(4 {})(a)", word.written),
            "let" => format!("if {} {{ }}\nDense(4)(a)", word.written.trim_end_matches(';')),
            "elif" | "elseif" | "elsif" => format!("if true {{ }} {}\nDense(4)(a)", word.written),
            _ => format!("{}\nDense(4)(a)", word.written),
        };
        let found = said(&model("[8]", &body));
        if !(found.len() == 1 && found[0].contains(&format!("`{}`", word.name())) && found[0].contains(word.note)) {
            wrong.push(format!("{body}\n{}", found.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn what_notes_show_is_no_fault() {
    let mut wrong = Vec::new();
    for word in words::all() {
        let shown = word.note.split('`').skip(1).step_by(2).chain((!word.line.contains(['{', '<', '='])).then_some(word.line));
        let is_call = |text: &&str| {
            text.starts_with(char::is_uppercase) && text.contains(")(") && !text.contains("..") && !text.contains("length")
        };
        for text in shown.filter(is_call) {
            if !SHAPES.iter().any(|shape| is_sound(shape, text)) {
                wrong.push(format!("{}: {text}: {:?}", word.written, said(&model("[8]", text))));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_word_is_one_of_this_language() {
    for word in words::all().filter(|word| word.is_called() && !word.name().contains('.')) {
        assert!(Class::find(word.name()).is_none(), "{} is a layer here", word.name());
        assert!(keras::absent(word.name()).is_none(), "{} is in Keras's table", word.name());
    }
    let mut seen: Vec<(&str, bool)> = Vec::new();
    for word in words::all().filter(|word| word.is_called()) {
        assert!(!seen.contains(&(word.name(), true)), "{} stands there twice", word.name());
        seen.push((word.name(), true));
    }
}
