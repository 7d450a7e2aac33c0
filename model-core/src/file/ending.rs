//! What a file's name says that the file is.

use std::borrow::Cow;
use std::path::Path;

use super::FileProblem;

/// The formats of models that are written and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// This library's own.
    Safetensors,
    /// Keras's.
    Keras,
}

/// The endings of these files. A name without an ending is of the first format.
const ENDINGS: [(&str, Format); 2] = [("safetensors", Format::Safetensors), ("keras", Format::Keras)];

/// The format of a name. One whose ending says that the file is of another format is refused: other programs, and people, go by it.
///
/// A name may have no ending. What follows the last dot is one if it has a letter: `net-0.25` has none.
pub(super) fn format(path: &Path) -> Result<Format, FileProblem> {
    let Some(ending) = ending(path) else { return Ok(ENDINGS[0].1) };
    let known = ENDINGS.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known));
    known.map(|(_, format)| *format).ok_or_else(|| refused(path, &ENDINGS.map(|(known, _)| known)))
}

/// Refuses a name whose ending is none of these.
pub(super) fn check(path: &Path, endings: &[&str]) -> Result<(), FileProblem> {
    let is_known = |ending: Cow<'_, str>| endings.iter().any(|known| ending.eq_ignore_ascii_case(known));
    if ending(path).is_none_or(is_known) { Ok(()) } else { Err(refused(path, endings)) }
}

/// The ending of a name, if it has one.
fn ending(path: &Path) -> Option<Cow<'_, str>> {
    path.extension().map(|ending| ending.to_string_lossy()).filter(|ending| ending.contains(char::is_alphabetic))
}

fn refused(path: &Path, endings: &[&str]) -> FileProblem {
    let expected = endings.iter().map(|known| format!("`.{known}`")).collect::<Vec<_>>().join(", ");
    let name = path.with_extension(endings.first().copied().unwrap_or_default());
    let name = name.file_name().unwrap_or_default().to_string_lossy().into_owned();
    FileProblem::Ending { expected, found: format!("`.{}`", ending(path).unwrap_or_default()), name }
}

/// Whether a name is one that Keras has for files of weights: `model.weights.h5`.
pub(super) fn is_weights_of_keras(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().to_ascii_lowercase().ends_with(".weights.h5"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_as_what_is_written_or_not_at_all() {
        for name in ["model", "model.safetensors", "MODEL.SafeTensors", "net-0.25", "a.b/model", ".hidden", "model.", "epoch.12"]
        {
            assert_eq!(format(Path::new(name)).ok(), Some(Format::Safetensors), "{name}");
        }
        assert_eq!(format(Path::new("a/Model.Keras")).ok(), Some(Format::Keras));
        for name in ["x.h5", "x.onnx", "x.ckpt", "x.pt", "x.v2", "x.safetensors.tmp", "x.é"] {
            assert!(format(Path::new(name)).is_err(), "{name}");
        }
        assert_eq!(
            format(Path::new("out/best.pt")).unwrap_err().to_string(),
            "the name ends in `.pt`, which says another format: expected `.safetensors`, `.keras`, or no ending\n\
             help: write `best.safetensors`"
        );
    }
}
