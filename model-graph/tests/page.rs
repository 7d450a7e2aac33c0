//! `LAYERS.md`, the page of all layers and operations, follows from their declarations.
//!
//! To write it again: `LAYERS=overwrite cargo test -p model-graph --test page`.

use std::collections::BTreeSet;
use std::path::Path;

use model_graph::argument::{Activation, Argument, Constraint, Initializer, ObjectClass, Regularizer, Value};
use model_graph::keras::{self, ACTIVATIONS};
use model_graph::layer::{ArgumentSpec, Arity};
use model_graph::layers::{CLASSES, Class, Declaration, operations};
use model_graph::message::instead;
use model_graph::operation::Operation;

const HEAD: &str = "# Layers and operations

Made from the declarations by `LAYERS=overwrite cargo test -p model-graph --test page`, and not to be changed by hand.

Arguments have the names, the order and the defaults of Keras 3. Every layer takes `name` and `trainable` besides. The first line of a layer
shows how it is made and called: what stands behind `=` is the default; tensors by name and what a call asks for may be left out. Shapes are without
the batch. [LANGUAGE.md](LANGUAGE.md) tells the rest.
";

#[test]
fn the_page_follows_from_the_declarations() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../LAYERS.md");
    let page = page();
    if std::env::var("LAYERS").is_ok_and(|value| value == "overwrite") {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    let differs = written.lines().zip(page.lines()).find(|(written, made)| written != made);
    assert_eq!(differs.map(|(written, _)| written), differs.map(|(_, made)| made));
    assert!(written == page, "the page ends too early or too late");
}

fn page() -> String {
    let mut families: Vec<&str> = Vec::new();
    for class in CLASSES {
        if !families.contains(&class.family) {
            families.push(class.family);
        }
    }
    let layers = families.into_iter().map(|family| {
        let classes = CLASSES.iter().filter(|class| class.family == family).map(layer);
        format!("## {}{}\n\n{}", family[..1].to_uppercase(), &family[1..], classes.collect::<Vec<_>>().join("\n"))
    });
    let parts = std::iter::once(HEAD.to_owned()).chain(layers);
    parts.chain([operations_part(), values_part(), absent_part()]).collect::<Vec<_>>().join("\n")
}

/// A layer: how it is made and called, what it does, its arguments.
fn layer(class: &Class) -> String {
    let arguments = class.arguments();
    let text = described(class.doc);
    let mut part = format!("### {}\n\n{}\n{text}\n", class.name, made_and_called(class, &arguments));
    if !arguments.is_empty() {
        part.push_str("\n| argument | default | takes | |\n|---|---|---|---|\n");
        part.extend(arguments.iter().map(|spec| argument(spec, &default(spec))));
    }
    if !class.slots.is_empty() || !class.flags.is_empty() {
        part.push_str("\n| in the call | |\n|---|---|\n");
        let mut named = BTreeSet::new();
        let given = class.slots.iter().map(|slot| (slot.name, slot.expected));
        for (name, expected) in given.chain(class.flags.iter().map(|flag| (flag.name, flag.expected))) {
            let name = if named.insert(name) { format!("`{name}`") } else { String::new() };
            part.push_str(&format!("| {name} | {} |\n", escaped(expected)));
        }
    }
    part
}

/// `Dense(units, activation = "linear")(x)`, as a block of code.
fn made_and_called(class: &Class, arguments: &[ArgumentSpec]) -> String {
    let made = arguments.iter().map(|spec| match &spec.default {
        None => spec.name.to_owned(),
        Some(default) => format!("{} = {default}", spec.name),
    });
    let tensors = match class.arity {
        _ if !class.positional.is_empty() => class.positional.join(", "),
        Arity::One => "x".to_owned(),
        Arity::Each(2) => "a, b".to_owned(),
        Arity::Each(_) => "a, b, ..".to_owned(),
        Arity::Exactly(2) => "[a, b]".to_owned(),
        Arity::OrOneMore(2) => "[query, value, key]".to_owned(),
        Arity::Exactly(_) | Arity::OrOneMore(_) | Arity::AtLeast(_) => "[a, b, ..]".to_owned(),
    };
    let mut call = vec![tensors];
    let names = class.slots.iter().map(|slot| slot.name).chain(class.flags.iter().map(|flag| flag.name));
    for name in names.chain(class.differs_in_training.then_some("training")) {
        let named = format!("{name} = ..");
        if !call.contains(&named) {
            call.push(named);
        }
    }
    let made = wrapped(&format!("{}(", class.name), made.collect());
    let head = format!("{made})(");
    format!("```text\n{})\n```\n", wrapped(&head, call))
}

/// A list that goes on in the next line where a line is full.
fn wrapped(head: &str, items: Vec<String>) -> String {
    const WIDTH: usize = 120;
    let indent = head.rsplit('\n').next().unwrap_or(head).chars().count();
    let (mut text, mut width) = (head.to_owned(), indent);
    for (place, item) in items.iter().enumerate() {
        let is_full = width + item.len() > WIDTH;
        match place {
            0 => {}
            _ if is_full => text.push_str(&format!(",\n{:indent$}", "")),
            _ => text.push_str(", "),
        }
        width = if is_full { indent } else { width + 2 } + item.len();
        text.push_str(item);
    }
    text
}

/// What the documentation says, without the example, which the crate's documentation has.
fn described(doc: &[&str]) -> String {
    let lines: Vec<&str> = doc.iter().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    let end = lines.iter().position(|line| *line == "# Example").unwrap_or(lines.len());
    let source = lines.iter().position(|line| line.starts_with("Source: ")).unwrap_or(lines.len());
    let text = [&lines[..end], &lines[source..]].concat().join("\n");
    text.trim_end().replace("# Shapes\n\n", "*Shapes.* ").replace("[`", "`").replace("`]", "`")
}

fn default(spec: &ArgumentSpec) -> String {
    spec.default.as_ref().map(|default| format!("`{default}`")).unwrap_or_default()
}

/// A line of the table of arguments. That the documentation says the default as well is left out.
fn argument(spec: &ArgumentSpec, default: &str) -> String {
    let doc = spec.doc.trim();
    let doc = doc.split(" Default: ").next().unwrap_or(doc);
    format!("| `{}` | {} | {} | {} |\n", spec.name, escaped(default), escaped(spec.expected), escaped(doc))
}

/// Text in a table.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}

fn operations_part() -> String {
    let mut part = "## Operations

What `keras.ops` has. Axes are counted with the batch as 0. Of two operands one may be a number. Arithmetic, comparisons and places are also written
by operators: `x / 255.0`, `x > 0.5`, `x[.., -1]`.
"
    .to_owned();
    let mut groups: Vec<(Class, Vec<&'static Operation>)> = Vec::new();
    for operation in operations() {
        let Some(Declaration::Operation(_, class)) = Declaration::function(operation.name) else { unreachable!() };
        match groups.last_mut() {
            Some((group, members)) if group.name == class.name => members.push(operation),
            _ => groups.push((class, vec![operation])),
        }
    }
    for (class, members) in groups {
        let first = described(class.doc);
        part.push_str(&format!("\n### {}\n\n{first}\n\n| operation | |\n|---|---|\n", class.name));
        for operation in &members {
            let is_other = |name: &&str| {
                *name != operation.name && Declaration::function(name).is_some_and(|it| it.name() == operation.name)
            };
            let others = functions().filter(is_other).map(|name| format!(", `ops::{name}`")).collect::<String>();
            part.push_str(&format!("| `{}`{others} | {} |\n", written(operation, &class), escaped(operation.doc.trim())));
        }
        let own = |spec: &ArgumentSpec| members.iter().any(|operation| operation.is_own(spec.name));
        let arguments: Vec<ArgumentSpec> = class.arguments().into_iter().filter(own).collect();
        if !arguments.is_empty() {
            part.push_str("\n| argument | default | takes | |\n|---|---|---|---|\n");
            part.extend(arguments.iter().map(|spec| argument(spec, &default(spec))));
        }
    }
    part
}

/// `ops::mean(x, axis = None, keepdims = false)`.
fn written(operation: &'static Operation, class: &Class) -> String {
    let declaration = Declaration::Operation(operation, *class);
    let specs = declaration.arguments();
    let parameter = |name: &str| {
        let own = specs.iter().find(|spec| spec.name == name && operation.is_own(name));
        match own.and_then(|spec| spec.default.as_ref()) {
            Some(default) => format!("{name} = {default}"),
            None => name.to_owned(),
        }
    };
    format!("ops::{}({})", operation.name, declaration.parameters().into_iter().map(parameter).collect::<Vec<_>>().join(", "))
}

fn values_part() -> String {
    let is_activation = |name: &&str| Activation::from_value(&Value::from(*name)).is_ok();
    let activations = ACTIVATIONS.iter().map(|(name, _)| *name).filter(is_activation).map(|name| format!("`\"{name}\"`"));
    let objects = |classes: &[ObjectClass]| {
        let object = |class: &ObjectClass| format!("`{}({})`", class.name, class.parameters.join(", "));
        classes.iter().map(object).collect::<Vec<_>>().join(", ")
    };
    format!(
        "## Values by name

- **Activations**: {}.
- **Initialisers**: {}, or their names with Keras's defaults, `\"he_normal\"`.
- **Penalties on weights**: {}, or `\"l1\"`, `\"l2\"`.
- **Constraints**: {}, or their names with Keras's defaults, `\"non_neg\"`.
",
        activations.collect::<Vec<_>>().join(", "),
        objects(Initializer::OBJECTS),
        objects(Regularizer::OBJECTS),
        objects(Constraint::OBJECTS),
    )
}

/// What Keras has and this library has not.
fn absent_part() -> String {
    let mut part = "## What is left out

| layer | what to write |
|---|---|
"
    .to_owned();
    for (name, _) in keras::LAYERS.iter().filter(|(name, _)| keras::absent(name).is_some()) {
        part.push_str(&format!("| `{name}` | {} |\n", escaped(instead(name))));
    }
    let absent = functions().filter(|name| Declaration::function(name).is_none()).map(|name| format!("`{name}`"));
    part.push_str(&format!("\nOf `keras.ops`: {}.\n", absent.collect::<Vec<_>>().join(", ")));
    part
}

/// The names of all functions of `keras.ops`.
fn functions() -> impl Iterator<Item = &'static str> {
    include_str!("keras/signatures.tsv").lines().filter_map(|line| line.strip_prefix("ops.")?.split('\t').next())
}
