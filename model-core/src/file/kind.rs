//! Files of other kinds: what they are, what wrote them, and what can be done with them. They are known by their first bytes; nothing else in
//! them is relied on.

use super::problem::FileProblem;

/// How the bytes of a kind of file begin, and the words for it.
const KINDS: [(&[u8], &str, &str); 5] = [
    (b"\x89HDF\r\n\x1a\n", "HDF5, as Keras's `.h5`", KERAS),
    (b"\x93NUMPY", "an array of NumPy's, `.npy`", "give its numbers to the model as an `ndarray`"),
    (b"PK\x03\x04", "a ZIP archive", SAVED),
    (b"{", "a document of JSON", "`Model::from_config` makes a model of Keras's JSON"),
    (b"[", "a document of JSON", "`Model::from_config` makes a model of Keras's JSON"),
];

/// The first entry of a ZIP archive of a kind, by how its name begins and ends, and the words for it.
const ARCHIVES: [(&str, &str, &str, &str); 5] = [
    ("metadata", ".json", ARCHIVE, KERAS),
    ("config", ".json", ARCHIVE, KERAS),
    ("model.weights", ".h5", ARCHIVE, KERAS),
    ("", "data.pkl", "a file of PyTorch's", "write the model in `functional_model!`, and train it"),
    ("", ".npy", "an archive of arrays of NumPy's, `.npz`", "give its numbers to the model as `ndarray`s"),
];

/// What an archive of Keras is called.
const ARCHIVE: &str = "an archive of Keras 3, `.keras`";

const KERAS: &str =
    "load it in Keras 3, and give what `model.to_json()` gives there to `Model::from_config`; its weights cannot be read yet";

const SAVED: &str = "expected a file that `save` has written";

/// What is wrong with a file that is none of safetensors, where its first bytes tell.
pub(crate) fn of(bytes: &[u8]) -> Option<FileProblem> {
    let text = bytes.trim_ascii_start();
    let (_, what, help) =
        KINDS.iter().find(|(start, ..)| bytes.starts_with(start) || start.len() == 1 && text.starts_with(start))?;
    let (what, help) = match first_entry(bytes) {
        Some(entry) => archive(entry).unwrap_or((what, help)),
        None => (*what, *help),
    };
    let version = version(bytes).map(|version| format!(", written by version {version}")).unwrap_or_default();
    Some(FileProblem::Kind { what: format!("{what}{version}"), help })
}

/// Whether a ZIP archive is one of Keras's.
pub(super) fn is_keras(bytes: &[u8]) -> bool {
    first_entry(bytes).and_then(archive).is_some_and(|(what, _)| what == ARCHIVE)
}

/// The name of the first entry of a ZIP archive.
fn first_entry(bytes: &[u8]) -> Option<&str> {
    let header = bytes.strip_prefix(b"PK\x03\x04")?;
    let length = u16::from_le_bytes(header.get(22..24)?.try_into().ok()?);
    std::str::from_utf8(header.get(26..)?.get(..length.into())?).ok()
}

fn archive(entry: &str) -> Option<(&'static str, &'static str)> {
    let found = ARCHIVES.iter().find(|(start, end, ..)| entry.starts_with(start) && entry.ends_with(end));
    found.map(|(.., what, help)| (*what, *help))
}

/// Keras's version, which it writes without compressing: the first that stands behind its name.
fn version(bytes: &[u8]) -> Option<&str> {
    const NAME: &[u8] = b"keras_version";
    const LONGEST: usize = 20;
    let at = bytes.windows(NAME.len()).position(|window| window == NAME)?;
    let is_sign = |byte: &u8| byte.is_ascii_alphanumeric() || b".-+".contains(byte);
    let is_version = |word: &&str| {
        let mut numbers = word.split('.');
        let mut is_number =
            || numbers.next().is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
        word.len() <= LONGEST && is_number() && is_number()
    };
    let words = bytes.get(at + NAME.len()..)?.split(|byte| !is_sign(byte));
    words.filter_map(|word| std::str::from_utf8(word).ok()).find(is_version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: &str) {
        let found = of(bytes).map(|problem| problem.to_string().lines().next().unwrap_or_default().to_owned());
        assert_eq!(found.as_deref(), (!expected.is_empty()).then_some(expected));
    }

    fn zip(entry: &str, content: &str) -> Vec<u8> {
        let (name, size) = (u16::try_from(entry.len()).unwrap(), u32::try_from(content.len()).unwrap());
        let header = [b"PK\x03\x04".as_slice(), &[0; 14], &size.to_le_bytes(), &size.to_le_bytes(), &name.to_le_bytes(), &[0; 2]];
        [&header.concat(), entry.as_bytes(), content.as_bytes()].concat()
    }

    #[test]
    fn files_of_other_kinds_are_told_by_their_first_bytes() {
        let metadata = r#"{"keras_version": "3.15.1", "date_saved": "2026-11-28@05:50:46"}"#;
        check(&zip("metadata.json", metadata), "the file is an archive of Keras 3, `.keras`, written by version 3.15.1");
        check(&zip("archive/data.pkl", ""), "the file is a file of PyTorch's");
        check(&zip("notes.txt", ""), "the file is a ZIP archive");
        // As it lies there: the attribute's name, the place of its text, the text elsewhere.
        let h5 = b"\x89HDF\r\n\x1a\n\0\0keras_version\0\0\0\x19\x01\0\0\x10\0\x06\0\0\0\0\x08\0\0GCOL\x01\0\0\x003.15.1\0\0{\"epsilon\": 0.001}";
        check(h5, "the file is HDF5, as Keras's `.h5`, written by version 3.15.1");
        check(b"\x89HDF\r\n\x1a\n", "the file is HDF5, as Keras's `.h5`");
        check(b"\n {\"class_name\": \"Model\"}", "the file is a document of JSON");
        check(b"PK\x03\x04\xff", "the file is a ZIP archive");
        check(b"", "");
        check(b"model", "");
    }
}
