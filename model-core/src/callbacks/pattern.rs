//! Names of files with the epoch and values in them: Python's `"{epoch:02d}-{val_loss:.2f}"`.

use super::Logs;
use super::Outcome;

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(String),
    Field { name: String, format: Format },
}

/// How a field is written.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Format {
    is_padded_with_zeros: bool,
    width: usize,
    precision: Option<usize>,
    is_fixed: bool,
}

/// A pattern of a file's name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern(Vec<Piece>);

impl Pattern {
    /// Reads a pattern; `{{` and `}}` stand for braces.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let (mut pieces, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some(place) = rest.find(['{', '}']) {
            plain.push_str(&rest[..place]);
            let (brace, behind) = rest[place..].split_at(1);
            if let Some(behind) = behind.strip_prefix(brace) {
                plain.push_str(brace);
                rest = behind;
                continue;
            }
            let Some((field, behind)) = behind.split_once('}').filter(|_| brace == "{") else {
                return Err(format!("`{text}` has a brace without its other half: write `{{{{` and `}}}}` for braces"));
            };
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            let (name, format) = field.split_once(':').unwrap_or((field, ""));
            let format = Format::read(format).ok_or_else(|| {
                format!("`{{{field}}}` in `{text}` is not understood: expected a width such as `02d` or a precision such as `.2f`, found `{format}`")
            })?;
            pieces.push(Piece::Field { name: name.to_owned(), format });
            rest = behind;
        }
        plain.push_str(rest);
        pieces.push(Piece::Text(plain));
        Ok(Self(pieces))
    }

    /// Checks that every field is one of these, or `epoch` or `batch`.
    pub(super) fn check(&self, names: &[String], has_batch: bool) -> Outcome {
        let mut known = vec!["epoch".to_owned()];
        known.extend(has_batch.then(|| "batch".to_owned()));
        known.extend_from_slice(names);
        let unknown = self.0.iter().find_map(|piece| match piece {
            Piece::Field { name, .. } if !known.contains(name) => Some(name),
            Piece::Field { .. } | Piece::Text(_) => None,
        });
        let known = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        unknown.map_or(Ok(()), |name| Err(format!("there is no `{name}` for the file's name: expected one of {known}").into()))
    }

    /// The name for an epoch and a step, which count from 1 in names, and values; what was not measured is `nan`.
    pub(super) fn name(&self, epoch: usize, step: Option<usize>, logs: &Logs<'_>) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Field { name, format } => match name.as_str() {
                "epoch" => format.write((epoch + 1) as f64),
                "batch" => format.write((step.unwrap_or_default() + 1) as f64),
                name => format.write(logs.get(name).unwrap_or(f64::NAN)),
            },
        };
        self.0.iter().map(piece).collect()
    }
}

impl Format {
    /// Python's formats of numbers, of which `d`, `f` and none are known, with a width and a precision.
    fn read(text: &str) -> Option<Self> {
        let (text, kind) = match text.strip_suffix(['d', 'f']) {
            Some(rest) => (rest, &text[rest.len()..]),
            None => (text, ""),
        };
        let (width, precision) = text.split_once('.').map_or((text, None), |(width, precision)| (width, Some(precision)));
        let number = |text: &str| text.parse::<usize>().ok().filter(|&number| number <= 99);
        let precision = match precision {
            None => None,
            Some(precision) => Some(number(precision)?),
        };
        Some(Self {
            is_padded_with_zeros: width.starts_with('0'),
            width: if width.is_empty() { 0 } else { number(width)? },
            precision: precision.or((kind == "f").then_some(6)),
            is_fixed: kind == "f" || precision.is_some(),
        })
    }

    fn write(self, number: f64) -> String {
        let text = match self.precision.filter(|_| self.is_fixed) {
            Some(precision) => format!("{number:.precision$}"),
            None => number.to_string(),
        };
        let width = self.width;
        if self.is_padded_with_zeros { format!("{text:0>width$}") } else { format!("{text:>width$}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Python's `str.format` gives.
    #[test]
    fn names_are_python_s() {
        let (names, mut values) = (["val_loss".to_owned(), "accuracy".to_owned()], [Some(0.126), Some(0.5)]);
        let mut check = |pattern: &str, expected: &str| {
            let logs = Logs::new(&names, &mut values);
            assert_eq!(Pattern::read(pattern).unwrap().name(4, Some(8), &logs), expected);
        };
        check("best.safetensors", "best.safetensors");
        check("{epoch:02d}-{val_loss:.2f}.safetensors", "05-0.13.safetensors");
        check("a{epoch}b{batch:4d}c{accuracy}", "a5b   9c0.5");
        check("{{{epoch}}}-{accuracy:f}", "{5}-0.500000");
    }

    #[test]
    fn wrong_patterns_are_told() {
        let message = |pattern: &str| Pattern::read(pattern).unwrap_err();
        assert!(message("{epoch").contains("a brace without its other half"));
        assert!(message("{epoch:x}").contains("`{epoch:x}` in `{epoch:x}` is not understood"));
        let unknown = Pattern::read("{val_los}").unwrap().check(&["loss".to_owned()], false).unwrap_err();
        assert_eq!(unknown.to_string(), "there is no `val_los` for the file's name: expected one of `epoch`, `loss`");
    }
}
