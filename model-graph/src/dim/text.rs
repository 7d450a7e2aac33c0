//! Sizes as texts, written and read: `2 * words - 4`, as the language has them.

use std::fmt;
use std::str::FromStr;

use super::{Dim, Part, Term};

impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let terms = self.terms();
        if terms.is_empty() {
            return f.write_str("0");
        }
        for (i, term) in terms.iter().enumerate() {
            match (i, term.coefficient < 0) {
                (0, true) => f.write_str("-")?,
                (0, false) => {}
                (_, true) => f.write_str(" - ")?,
                (_, false) => f.write_str(" + ")?,
            }
            f.write_str(&product(term))?;
        }
        Ok(())
    }
}

/// A term without its sign. A division within a product stands in parentheses, and so does one that is subtracted.
fn product(term: &Term<'_>) -> String {
    if let ([Part::Floor(dim, divisor)], 1) = (term.atoms.as_slice(), term.coefficient) {
        return quotient(dim, *divisor);
    }
    let number = Some(term.coefficient.unsigned_abs()).filter(|number| *number != 1 || term.atoms.is_empty());
    let factor = |part: &Part<'_>| match part {
        Part::Name(name) => (*name).to_owned(),
        Part::Floor(dim, divisor) => format!("({})", quotient(dim, *divisor)),
    };
    let factors: Vec<String> = number.iter().map(u64::to_string).chain(term.atoms.iter().map(factor)).collect();
    factors.join(" * ")
}

fn quotient(dim: &Dim, divisor: u64) -> String {
    if dim.terms().len() == 1 { format!("{dim} / {divisor}") } else { format!("({dim}) / {divisor}") }
}

/// A text that is no dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoDim;

/// Reads what `Display` writes, and sums, products and quotients with parentheses; also `floor(n / 2)`, which files once had.
impl FromStr for Dim {
    type Err = NoDim;

    fn from_str(text: &str) -> Result<Self, NoDim> {
        let mut reader = Reader { rest: text, depth: 0 };
        let dim = reader.sum().ok_or(NoDim)?;
        if reader.rest.trim().is_empty() { Ok(dim) } else { Err(NoDim) }
    }
}

/// How deep parentheses may be nested in a text: a rounding once had two.
const DEEPEST: usize = 80;

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
}

impl<'t> Reader<'t> {
    fn takes(&mut self, sign: char) -> bool {
        let rest = self.rest.trim_start().strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn word(&mut self) -> Option<&'t str> {
        let text = self.rest.trim_start();
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }

    fn sum(&mut self) -> Option<Dim> {
        let mut sum = Dim::default();
        let mut is_negative = self.takes('-');
        loop {
            let product = self.product()?;
            sum = if is_negative { sum.sub(&product)? } else { sum.add(&product)? };
            is_negative = self.takes('-');
            if !is_negative && !self.takes('+') {
                return Some(sum);
            }
        }
    }

    fn product(&mut self) -> Option<Dim> {
        let mut product = self.factor()?;
        loop {
            if self.takes('*') {
                product = product.mul(&self.factor()?)?;
            } else if self.takes('/') {
                product = product.floor_div(self.word()?.parse().ok()?)?;
            } else {
                return Some(product);
            }
        }
    }

    fn factor(&mut self) -> Option<Dim> {
        if self.takes('(') {
            return self.enclosed(Self::sum);
        }
        let word = self.word()?;
        if word == "floor" && self.takes('(') {
            return self.enclosed(Self::product);
        }
        match word.parse() {
            Ok(number) => Some(Dim::constant(number)),
            Err(_) => word.starts_with(|c: char| c.is_alphabetic() || c == '_').then(|| Dim::named(word)),
        }
    }

    fn enclosed(&mut self, read: impl Fn(&mut Self) -> Option<Dim>) -> Option<Dim> {
        let depth = self.depth;
        self.depth = depth.saturating_add(1);
        let dim = if depth >= DEEPEST { None } else { read(self) };
        self.depth = depth;
        dim.filter(|_| self.takes(')'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_as_they_are_written() {
        for text in [
            "0",
            "32",
            "words",
            "2 * n - 4",
            "m - n",
            "-n",
            "n / 2 + 3",
            "(n / 2 + 1) / 2",
            "n / 2 / 3",
            "n - (n / 2)",
            "-(n / 2)",
        ] {
            let dim: Dim = text.parse().unwrap();
            assert_eq!(dim.to_string(), text);
        }
        for text in ["-n + m", "3 * ((2 * m + n) / 5) * n - 1", "2 * (n / 2) * (m / 3) + 3 * n / 4"] {
            let dim: Dim = text.parse().unwrap();
            assert_eq!(dim.to_string().parse(), Ok(dim.clone()), "{text} is {dim}");
        }
        let dim = |text: &str| text.parse::<Dim>().unwrap();
        assert_eq!(dim("3 * n / 2").evaluate(&|_| Some(5)), Some(7));
        assert_eq!(dim("3 * (n / 2)").evaluate(&|_| Some(5)), Some(6));
        assert_eq!(dim("3 * floor((n + 1) / 2)"), dim("3 * ((n + 1) / 2)"));
        assert_eq!("2 * (n - 2)".parse(), Ok(Dim::constant(2).mul(&Dim::named("n")).unwrap().sub(&Dim::constant(4)).unwrap()));
        for text in ["", "n +", "2n", "(n", "n)", "n /", "n / m", "n / 0", "9223372036854775808", &"(".repeat(99)] {
            assert_eq!(text.parse::<Dim>(), Err(NoDim), "{text}");
        }
    }
}
