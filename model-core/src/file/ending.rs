//! What a file's name says that the file is.

use std::path::Path;

use super::FileProblem;

/// The endings of the files that are written.
const ENDINGS: [&str; 1] = ["safetensors"];

/// Refuses a name whose ending says that the file is of another format: other programs, and people, go by it.
///
/// A name may have no ending. What follows the last dot is one if it has a letter: `net-0.25` has none.
pub(super) fn check(path: &Path) -> Result<(), FileProblem> {
    check_for(path, &ENDINGS)
}

/// The same for files that end so.
pub(super) fn check_for(path: &Path, endings: &[&str]) -> Result<(), FileProblem> {
    let Some(ending) = path.extension().map(|ending| ending.to_string_lossy()) else { return Ok(()) };
    let is_ending = ending.contains(char::is_alphabetic);
    if !is_ending || endings.iter().any(|known| ending.eq_ignore_ascii_case(known)) {
        return Ok(());
    }
    let expected = endings.iter().map(|known| format!("`.{known}`")).collect::<Vec<_>>().join(", ");
    let name = path
        .with_extension(endings.first().copied().unwrap_or_default())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    Err(FileProblem::Ending { expected, found: format!("`.{ending}`"), name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_as_what_is_written_or_not_at_all() {
        for name in ["model", "model.safetensors", "MODEL.SafeTensors", "net-0.25", "a.b/model", ".hidden", "model.", "epoch.12"]
        {
            assert!(check(Path::new(name)).is_ok(), "{name}");
        }
        for name in ["x.keras", "x.weights.h5", "x.onnx", "x.ckpt", "x.pt", "x.v2", "x.safetensors.tmp", "x.é"] {
            assert!(check(Path::new(name)).is_err(), "{name}");
        }
        assert_eq!(
            check(Path::new("out/best.keras")).unwrap_err().to_string(),
            "the name ends in `.keras`, which says another format: expected `.safetensors`, or no ending\n\
             help: write `best.safetensors`"
        );
    }
}
