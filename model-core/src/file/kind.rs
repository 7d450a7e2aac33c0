//! Files of other kinds: what they are, and what can be done with them. They are known by their first bytes; nothing else in them is relied
//! on.

use super::problem::FileProblem;

/// How the bytes of a kind of file begin, and the words for it.
const KINDS: [(&[u8], &str, &str); 4] = [
    (b"\x93NUMPY", "an array of NumPy's, `.npy`", "give its numbers to the model as an `ndarray`"),
    (b"PK\x03\x04", "a ZIP archive", "expected a file that `save` has written"),
    (b"{", "a document of JSON", JSON),
    (b"[", "a document of JSON", JSON),
];

const JSON: &str = "`Model::from_config` makes a model of Keras's JSON";

/// The first entry of a ZIP archive of a kind, by how its name ends, and the words for it.
const ARCHIVES: [(&str, &str, &str); 2] = [
    ("data.pkl", "a file of PyTorch's", "write the model in `functional_model!`, and train it"),
    (".npy", "an archive of arrays of NumPy's, `.npz`", "give its numbers to the model as `ndarray`s"),
];

/// The members of an archive of Keras's, of which any may be the first.
const KERAS: [&str; 3] = ["metadata.json", "config.json", "model.weights.h5"];

/// What is wrong with a file that is none of safetensors, where its first bytes tell.
pub(crate) fn of(bytes: &[u8]) -> Option<FileProblem> {
    let text = bytes.trim_ascii_start();
    let (_, what, help) =
        KINDS.iter().find(|(start, ..)| bytes.starts_with(start) || start.len() == 1 && text.starts_with(start))?;
    let archive = first_entry(bytes).and_then(|entry| ARCHIVES.iter().find(|(end, ..)| entry.ends_with(end)));
    let (what, help) = archive.map_or((*what, *help), |(_, what, help)| (*what, *help));
    Some(FileProblem::Kind { what: what.to_owned(), help })
}

/// The bytes of a file's start that tell whether it is an archive of Keras's.
pub(super) const LONGEST_START: usize = 64;

/// Whether a file is an archive of Keras's.
pub(super) fn is_keras(bytes: &[u8]) -> bool {
    first_entry(bytes).is_some_and(|entry| KERAS.contains(&entry))
}

/// The name of the first entry of a ZIP archive.
fn first_entry(bytes: &[u8]) -> Option<&str> {
    let header = bytes.strip_prefix(b"PK\x03\x04")?;
    let length = u16::from_le_bytes(header.get(22..24)?.try_into().ok()?);
    std::str::from_utf8(header.get(26..)?.get(..length.into())?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: &str) {
        let found = of(bytes).map(|problem| problem.to_string().lines().next().unwrap_or_default().to_owned());
        assert_eq!(found.as_deref(), (!expected.is_empty()).then_some(expected));
    }

    fn zip(entry: &str) -> Vec<u8> {
        let name = u16::try_from(entry.len()).unwrap();
        [b"PK\x03\x04".as_slice(), &[0; 22], &name.to_le_bytes(), &[0; 2], entry.as_bytes()].concat()
    }

    #[test]
    fn files_of_other_kinds_are_told_by_their_first_bytes() {
        check(&zip("archive/data.pkl"), "the file is a file of PyTorch's");
        check(&zip("notes.txt"), "the file is a ZIP archive");
        check(b"\n {\"class_name\": \"Model\"}", "the file is a document of JSON");
        check(b"PK\x03\x04\xff", "the file is a ZIP archive");
        check(b"", "");
        check(b"model", "");
        assert!(is_keras(&zip("metadata.json")) && is_keras(&zip("model.weights.h5")) && !is_keras(&zip("data.json")));
    }
}
