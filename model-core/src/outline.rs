//! What the outlines of models are made of: functions of the macro's that are never called, for the compiler's warnings and for editors.

/// A value of any type, made of whatever is used. Nothing calls it.
///
/// # Panics
/// If something calls it all the same.
pub fn value<Used, T>(_used: Used) -> T {
    unreachable!("outlines are not run")
}
