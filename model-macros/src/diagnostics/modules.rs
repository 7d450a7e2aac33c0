//! What is wrong with a struct that derives `Module`.

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
