//! Sizes as texts, written and read: `2 * words - 4`.

use std::fmt;
use std::str::FromStr;

use super::{Atom, Dim};

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Atom::Name(name) => f.write_str(name),
            Atom::Floor(dim, divisor) if dim.terms().len() == 1 => write!(f, "floor({dim} / {divisor})"),
            Atom::Floor(dim, divisor) => write!(f, "floor(({dim}) / {divisor})"),
        }
    }
}

impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let terms = self.terms.iter().rev().map(|(monomial, &coefficient)| (monomial.as_slice(), coefficient));
        let constant = (self.constant != 0 || self.terms.is_empty()).then_some((&[][..], self.constant));
        for (i, (monomial, coefficient)) in terms.chain(constant).enumerate() {
            match (i, coefficient < 0) {
                (0, true) => f.write_str("-")?,
                (0, false) => {}
                (_, true) => f.write_str(" - ")?,
                (_, false) => f.write_str(" + ")?,
            }
            let mut factors: Vec<String> = monomial.iter().map(Atom::to_string).collect();
            if coefficient.unsigned_abs() != 1 || factors.is_empty() {
                factors.insert(0, coefficient.unsigned_abs().to_string());
            }
            f.write_str(&factors.join(" * "))?;
        }
        Ok(())
    }
}

/// A text that is no dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoDim;

/// Reads what `Display` writes, and sums and products with parentheses.
impl FromStr for Dim {
    type Err = NoDim;

    fn from_str(text: &str) -> Result<Self, NoDim> {
        let mut reader = Reader { rest: text, depth: 0 };
        let dim = reader.sum().ok_or(NoDim)?;
        if reader.rest.trim().is_empty() { Ok(dim) } else { Err(NoDim) }
    }
}

/// How deep parentheses may be nested in a text: a rounding has two.
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
        while self.takes('*') {
            product = product.mul(&self.factor()?)?;
        }
        Some(product)
    }

    fn factor(&mut self) -> Option<Dim> {
        if self.takes('(') {
            return self.enclosed(Self::sum);
        }
        let word = self.word()?;
        if word == "floor" && self.takes('(') {
            return self.enclosed(|reader| {
                let dim = reader.product()?;
                reader.takes('/').then_some(())?;
                dim.floor_div(reader.word()?.parse().ok()?)
            });
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
        for text in ["0", "32", "words", "2 * n - 4", "-n + m", "floor(n / 2) + 3", "3 * floor((2 * m + n) / 5) * n - 1"] {
            let dim: Dim = text.parse().unwrap();
            assert_eq!(dim.to_string().parse(), Ok(dim.clone()), "{text} is {dim}");
        }
        assert_eq!("2 * (n - 2)".parse(), Ok(Dim::constant(2).mul(&Dim::named("n")).unwrap().sub(&Dim::constant(4)).unwrap()));
        for text in ["", "n +", "2n", "(n", "n)", "floor(n)", "floor(n / 0)", "9223372036854775808", &"(".repeat(99)] {
            assert_eq!(text.parse::<Dim>(), Err(NoDim), "{text}");
        }
    }
}
