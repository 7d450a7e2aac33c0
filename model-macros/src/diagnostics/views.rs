//! Views into models.

use model_graph::message::{choices, list};

/// A view of something that is no model.
pub fn view_base(name: &str, known: &[&str]) -> String {
    format!("there is no model called `{name}` to look into\nhelp: {}", choices(name, known))
}

/// A path through a model that is called for each step.
pub fn view_steps(base: &str, name: &str, model: &str) -> String {
    format!(
        "`{name}` is called for each step of a sequence: what is in it is no tensor of `{base}`\nhelp: look into the model itself, `{model} {{ .. }}`, and call that view for each step"
    )
}

/// A path through something that is no model.
pub fn view_model(base: &str, path: &str, valid: &[String]) -> String {
    let valid: Vec<&str> = valid.iter().map(String::as_str).collect();
    let last = path.rsplit('.').next().unwrap_or_default();
    let help = if valid.contains(&last) {
        format!("`{path}` is a layer or a tensor, with nothing inside: name it alone")
    } else {
        choices(last, &valid)
    };
    format!("`{base}` has no model `{path}` in it\nhelp: {help}")
}

/// A tensor that a model does not have.
pub fn view_tensor(base: &str, path: &str, valid: &[String]) -> String {
    let valid: Vec<&str> = valid.iter().map(String::as_str).collect();
    let last = path.rsplit('.').next().unwrap_or_default();
    format!("`{base}` has no tensor `{path}`\nhelp: {}", choices(last, &valid))
}

/// A layer that is called several times, or less often than was written.
pub fn view_calls(path: &str, count: usize) -> String {
    let (plural, last) = (if count == 1 { "" } else { "s" }, count.saturating_sub(1));
    format!("`{path}` is called {count} time{plural}\nhelp: write which call is meant, from `{path}[0]` to `{path}[{last}]`")
}

/// A view whose outputs depend on more than its inputs.
pub fn view_needs(view: &str, missing: &[String]) -> String {
    format!(
        "what `{view}` gives also depends on {}\nhelp: take it in as well, `{{ (.., {here}) -> .. }}`, or start there instead, `{{ {here} -> .. }}`",
        list(missing),
        here = missing.join(", ")
    )
}

/// A tensor that is named twice.
pub fn view_twice(name: &str) -> String {
    format!("the tensor `{name}` is named twice\nhelp: keep one of them")
}

/// An input that no output of a view depends on.
pub fn view_unread(view: &str, input: &str) -> String {
    format!("nothing that `{view}` gives depends on `{input}`\nhelp: leave it out, or give an output that is computed from it")
}
