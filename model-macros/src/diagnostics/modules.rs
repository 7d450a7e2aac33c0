//! What is wrong with a struct that derives `Module`, and with a file that is to be a model.

/// `model Net = "net.keras";` of a file that has no such model.
pub fn model_file(path: &str, problem: &str) -> String {
    let (problem, help) = problem
        .split_once("\nhelp: ")
        .unwrap_or((problem, "save the model whole, `model.save(\"net.keras\")`, or write it in the macro"));
    format!("the model of `{path}` cannot be read: {problem}\nhelp: {help}")
}

/// The same of a file that is not there.
pub fn model_file_unread(path: &str, problem: &str) -> String {
    format!("the file `{path}` cannot be read: {problem}\nhelp: the path begins at the folder that `Cargo.toml` lies in")
}

/// The derive stands before something that is no struct.
pub fn module_of_no_struct() -> &'static str {
    "`Module` is derived by a struct: expected one whose fields are layers, models and lists of them\nhelp: put what there is a choice of into \
     fields of type `Option`"
}

/// An option of `#[module(..)]` that there is not.
pub fn module_option(found: &str, is_field: bool) -> String {
    let (of, help) = if is_field {
        ("a field is `skip`", "`#[module(skip)]` leaves out a field that holds no weights")
    } else {
        (
            "a struct is `crate`",
            "it reads `#[module(crate = \"other::functional_model\")]`, where the library goes by another name",
        )
    };
    format!("there is no option `{found}`: that of {of}\nhelp: {help}")
}
