//! One dimension of a tensor: a number, or a polynomial over named dimensions. All arithmetic is checked.

use std::collections::BTreeMap;
use std::fmt;

/// What a polynomial is made of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Atom {
    /// A named dimension, any size at run time.
    Name(String),
    /// A polynomial divided by a positive number and rounded down.
    Floor(Dim, u64),
}

/// A product of atoms, sorted; empty for the constant term.
type Monomial = Vec<Atom>;

/// The size of one axis, as a polynomial with whole coefficients: `32`, `words`, `2 * words - 4`, `floor(words / 2)`.
///
/// Two dimensions are equal when their polynomials are: `2 * (n - 2)` is `2 * n - 4`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Dim {
    /// Coefficients by monomial; zero coefficients are left out.
    terms: BTreeMap<Monomial, i64>,
}

impl Dim {
    /// A known size.
    #[must_use]
    pub fn constant(size: i64) -> Self {
        Self { terms: if size == 0 { BTreeMap::new() } else { BTreeMap::from([(Vec::new(), size)]) } }
    }

    /// A named dimension.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self { terms: BTreeMap::from([(vec![Atom::Name(name.into())], 1)]) }
    }

    /// The size, where it is known.
    #[must_use]
    pub fn known(&self) -> Option<i64> {
        match self.terms.len() {
            0 => Some(0),
            1 => self.terms.get([].as_slice()).copied(),
            _ => None,
        }
    }

    /// The size as a number of elements, where it is known and not negative.
    #[must_use]
    pub fn size(&self) -> Option<usize> {
        self.known().and_then(|size| usize::try_from(size).ok())
    }

    /// The sum, or `None` if a coefficient overflows.
    #[must_use]
    pub fn add(&self, other: &Self) -> Option<Self> {
        let mut terms = self.terms.clone();
        for (monomial, &coefficient) in &other.terms {
            let sum = terms.get(monomial).copied().unwrap_or(0).checked_add(coefficient)?;
            if sum == 0 {
                terms.remove(monomial)
            } else {
                terms.insert(monomial.clone(), sum)
            };
        }
        Some(Self { terms })
    }

    /// The difference, or `None` if a coefficient overflows.
    #[must_use]
    pub fn sub(&self, other: &Self) -> Option<Self> {
        self.add(&other.mul(&Self::constant(-1))?)
    }

    /// The product, or `None` if a coefficient overflows.
    #[must_use]
    pub fn mul(&self, other: &Self) -> Option<Self> {
        let mut product = Self::default();
        for (left, &a) in &self.terms {
            for (right, &b) in &other.terms {
                let mut monomial = [left.as_slice(), right].concat();
                monomial.sort();
                product = product.add(&Self { terms: BTreeMap::from([(monomial, a.checked_mul(b)?)]) })?;
            }
        }
        Some(product)
    }

    /// The quotient rounded down, or `None` if `divisor` is zero or too large. Terms that divide evenly leave the rounding.
    #[must_use]
    pub fn floor_div(&self, divisor: u64) -> Option<Self> {
        let signed = i64::try_from(divisor).ok().filter(|&d| d > 0)?;
        let mut even = Self::default();
        let mut rest = Self::default();
        for (monomial, &coefficient) in &self.terms {
            let (quotient, remainder) = (coefficient.div_euclid(signed), coefficient.rem_euclid(signed));
            even = even.add(&Self { terms: BTreeMap::from([(monomial.clone(), quotient)]) }.normal())?;
            rest = rest.add(&Self { terms: BTreeMap::from([(monomial.clone(), remainder)]) }.normal())?;
        }
        if rest.known().is_some() {
            return Some(even); // a remainder below the divisor rounds to nothing
        }
        even.add(&Self { terms: BTreeMap::from([(vec![Atom::Floor(rest, divisor)], 1)]) })
    }

    /// The exact quotient of a division by another dimension, where the division is by a common constant or by an equal factor.
    #[must_use]
    pub fn exact_div(&self, divisor: &Self) -> Option<Self> {
        if let Some(number) = divisor.known() {
            let divides = number != 0 && self.terms.values().all(|coefficient| coefficient % number == 0);
            return divides.then(|| Self { terms: self.terms.iter().map(|(m, c)| (m.clone(), c / number)).collect() });
        }
        if self == divisor {
            return Some(Self::constant(1));
        }
        let [(factor, &by)] = divisor.terms.iter().collect::<Vec<_>>()[..] else { return None };
        let mut quotient = Self::default();
        for (monomial, coefficient) in &self.terms {
            let mut rest = monomial.clone();
            for atom in factor {
                rest.remove(rest.iter().position(|candidate| candidate == atom)?);
            }
            (coefficient % by == 0).then_some(())?;
            quotient.terms.insert(rest, coefficient / by);
        }
        Some(quotient)
    }

    /// The size once every named dimension is bound, or `None` if `bound` does not know one or the arithmetic overflows.
    pub fn evaluate(&self, bound: &impl Fn(&str) -> Option<i64>) -> Option<i64> {
        self.terms.iter().try_fold(0i64, |sum, (monomial, &coefficient)| {
            let term = monomial.iter().try_fold(coefficient, |product, atom| product.checked_mul(atom.evaluate(bound)?))?;
            sum.checked_add(term)
        })
    }

    fn normal(mut self) -> Self {
        self.terms.retain(|_, coefficient| *coefficient != 0);
        self
    }
}

impl Atom {
    fn evaluate(&self, bound: &impl Fn(&str) -> Option<i64>) -> Option<i64> {
        match self {
            Atom::Name(name) => bound(name),
            Atom::Floor(dim, divisor) => Some(dim.evaluate(bound)?.div_euclid(i64::try_from(*divisor).ok()?)),
        }
    }
}

impl From<usize> for Dim {
    fn from(size: usize) -> Self {
        Self::constant(i64::try_from(size).unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Atom::Name(name) => f.write_str(name),
            Atom::Floor(dim, divisor) => write!(f, "floor(({dim}) / {divisor})"),
        }
    }
}

impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.terms.is_empty() {
            return f.write_str("0");
        }
        for (i, (monomial, &coefficient)) in self.terms.iter().rev().enumerate() {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn n() -> Dim {
        Dim::named("n")
    }
    fn c(size: i64) -> Dim {
        Dim::constant(size)
    }

    #[test]
    fn polynomials_are_compared_symbolically() {
        let left = c(2).mul(&n().sub(&c(2)).unwrap()).unwrap();
        let right = c(2).mul(&n()).unwrap().sub(&c(4)).unwrap();
        assert_eq!(left, right);
        assert_ne!(n(), Dim::named("m"));
        assert_eq!(left.to_string(), "2 * n - 4");
    }

    #[test]
    fn divisions_keep_what_they_cannot_round() {
        let half = n().floor_div(2).unwrap();
        assert_eq!(half.to_string(), "floor((n) / 2)");
        assert_eq!(c(2).mul(&n()).unwrap().add(&c(1)).unwrap().floor_div(2).unwrap(), n());
        assert_eq!(c(7).floor_div(2).unwrap(), c(3));
        assert_eq!(c(-7).floor_div(2).unwrap(), c(-4));
        assert_eq!(half.evaluate(&|_| Some(9)), Some(4));
        assert_eq!(c(6).mul(&n()).unwrap().exact_div(&n()).unwrap(), c(6));
        assert_eq!(n().exact_div(&c(2)), None);
    }

    #[test]
    fn overflow_is_noticed() {
        assert_eq!(c(i64::MAX).add(&c(1)), None);
        assert_eq!(c(i64::MAX).mul(&c(2)), None);
        assert_eq!(c(5).floor_div(0), None);
    }
}
