//! Patterns of weights' paths, as Keras has regular expressions: text, in which `.*` stands for anything.

use super::problem::Problem;

/// Whether a path has a part that a pattern describes.
pub(super) fn is_in(pattern: &str, path: &str) -> bool {
    let mut rest = path;
    pattern.split(".*").all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

/// Whether a pattern describes the whole of a path.
pub(super) fn is_whole(pattern: &str, path: &str) -> bool {
    let parts: Vec<&str> = pattern.split(".*").collect();
    let [first, middle @ .., last] = parts.as_slice() else { return pattern == path };
    let Some(rest) = path.strip_prefix(first) else { return false };
    let Some(mut rest) = rest.strip_suffix(last) else { return false };
    middle.iter().all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

/// Checks that a pattern has nothing of regular expressions but `.*`.
pub(super) fn check(argument: &'static str, pattern: &str) -> Result<(), Problem> {
    let plain = pattern.replace(".*", "");
    match plain.chars().find(|c| r".^$*+?{}[]\|()".contains(*c)) {
        Some(at) => Err(Problem::Pattern { argument, pattern: pattern.to_owned(), at }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_text_with_anything_between() {
        let check = |pattern, path, found, whole| {
            assert_eq!((is_in(pattern, path), is_whole(pattern, path)), (found, whole), "{pattern} in {path}");
        };
        check("dense/kernel", "dense/kernel", true, true);
        check("dense", "dense/kernel", true, false);
        check("encoder/.*", "encoder/dense/kernel", true, true);
        check("encoder/.*", "decoder/dense/kernel", false, false);
        check(".*kernel", "a/kernel", true, true);
        check("a.*b.*c", "abc", true, true);
        check("a.*b.*c", "acb", false, false);
        check("ab.*ba", "aba", false, false);
        check("", "a", true, false);
    }

    #[test]
    fn other_expressions_are_refused() {
        assert!(super::check("exclude_layers", "out.*/bias").is_ok());
        let error = super::check("exclude_layers", "dense_[12]").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`dense_[12]` in `exclude_layers` is not understood at `[`: expected a part of a path, in which `.*` stands for anything"
        );
    }
}
