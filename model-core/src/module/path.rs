//! Where a part stands in a struct, without allocating for it.

use std::fmt::{self, Display};

/// Where a part stands: the names of fields and the numbers in lists on the way to it, `blocks/0/attention`.
#[derive(Clone, Copy, Debug)]
pub struct Path<'p> {
    before: Option<&'p Path<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'p> {
    Root,
    Field(&'p str),
    Item(usize),
}

impl Path<'_> {
    /// The whole.
    #[must_use]
    pub const fn root() -> Self {
        Self { before: None, step: Step::Root }
    }

    /// A field of what stands here.
    #[must_use]
    pub const fn field<'p>(&'p self, name: &'p str) -> Path<'p> {
        Path { before: Some(self), step: Step::Field(name) }
    }

    /// What has this number in what stands here.
    #[must_use]
    pub const fn item(&self, number: usize) -> Path<'_> {
        Path { before: Some(self), step: Step::Item(number) }
    }
}

impl Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(before) = self.before.filter(|before| !matches!(before.step, Step::Root)) {
            write!(f, "{before}/")?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Field(name) => f.write_str(name),
            Step::Item(number) => write!(f, "{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_stand_behind_one_another() {
        let (root, check) = (Path::root(), |path: Path<'_>, expected: &str| assert_eq!(path.to_string(), expected));
        check(root, "");
        check(root.field("encoder"), "encoder");
        check(root.field("blocks").item(2).field("attention"), "blocks/2/attention");
    }
}
