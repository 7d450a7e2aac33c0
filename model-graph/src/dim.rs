//! One dimension of a tensor: a number, or a polynomial over named dimensions. All arithmetic is checked.

mod text;

use std::collections::BTreeMap;

pub use text::NoDim;

/// Whether a name is that of a constant of Rust's, `HIDDEN` or `nets::HIDDEN`, and not that of a dimension, `words`.
#[must_use]
pub fn is_constant_name(name: &str) -> bool {
    name.rsplit("::").next().is_some_and(|last| last.starts_with(char::is_uppercase))
}

/// What a polynomial is made of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Atom {
    /// A named dimension, any size at run time, or a constant.
    Name(String),
    /// A polynomial divided by a positive number and rounded down.
    Floor(Dim, u64),
}

/// How many names and roundings a formula may be made of: far more than sizes of networks are, and few enough to compute with.
pub const MOST_PARTS: usize = 1024;

/// How deeply roundings may be nested: a size that is halved so often is nothing.
pub const MOST_NESTED: usize = 32;

/// A product of atoms, sorted; at least one.
type Monomial = Vec<Atom>;

/// The size of one axis, as a polynomial with whole coefficients: `32`, `words`, `2 * words - 4`, `words / 2`.
///
/// Two dimensions are equal when their polynomials are: `2 * (n - 2)` is `2 * n - 4`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Dim {
    /// The term without atoms, all that a known size has.
    constant: i64,
    /// Coefficients of the other terms by monomial; zero coefficients are left out.
    terms: BTreeMap<Monomial, i64>,
}

impl Dim {
    /// A known size.
    #[must_use]
    pub const fn constant(size: i64) -> Self {
        Self { constant: size, terms: BTreeMap::new() }
    }

    /// A dimension that is known by name: any size at run time, or a constant's, whose name [starts in upper case](is_constant_name).
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self::of_atom(Atom::Name(name.into()))
    }

    fn of_atom(atom: Atom) -> Self {
        Self { constant: 0, terms: BTreeMap::from([(vec![atom], 1)]) }
    }

    /// The size, where it is known.
    #[must_use]
    pub fn known(&self) -> Option<i64> {
        self.terms.is_empty().then_some(self.constant)
    }

    /// The size as a number of elements, where it is known and not negative.
    #[must_use]
    pub fn size(&self) -> Option<usize> {
        self.known().and_then(|size| usize::try_from(size).ok())
    }

    /// Whether the size is the number 1, and not one that may turn out to be it: of tensors that are merged, such an axis is stretched to
    /// the others' size.
    #[must_use]
    pub fn is_one(&self) -> bool {
        self.known() == Some(1)
    }

    /// Whether the size is a number, or follows from constants, whose values the compiler knows.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.known().is_some() || self.has_no_name(|name| !is_constant_name(name))
    }

    /// Whether something that constants are in is divided and rounded: in the language, where a division of constants leaves no remainder,
    /// there is no such formula.
    #[must_use]
    pub fn rounds_constants(&self) -> bool {
        let is_rounded = |part: &Part<'_>| matches!(part, Part::Floor(dim, _) if dim.has_constants());
        self.terms().iter().flat_map(|term| &term.atoms).any(is_rounded)
    }

    /// The largest number that divides all of its terms, whatever the names stand for.
    pub(crate) fn factor(&self) -> u64 {
        let greatest = |mut a: u64, mut b: u64| {
            while let Some(rest) = a.checked_rem(b) {
                (a, b) = (b, rest);
            }
            a
        };
        self.all_terms().map(|(_, coefficient)| coefficient.unsigned_abs()).fold(0, greatest).max(1)
    }

    /// The product of all that is divided by in it.
    pub(crate) fn divisors(&self) -> u64 {
        let of_part = |part: &Part<'_>| match part {
            Part::Name(_) => 1,
            Part::Floor(dim, divisor) => dim.divisors().saturating_mul(*divisor),
        };
        self.terms().iter().flat_map(|term| &term.atoms).map(of_part).max().unwrap_or(1)
    }

    /// Whether a constant is in it.
    #[must_use]
    pub fn has_constants(&self) -> bool {
        self.known().is_none() && !self.has_no_name(is_constant_name)
    }

    fn has_no_name(&self, is_it: impl Fn(&str) -> bool) -> bool {
        let mut has_none = true;
        self.visit_names(&mut |name| has_none &= !is_it(name));
        has_none
    }

    /// Whether a size is at least 1 whatever the sizes that it follows from, each of which is at least 1.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        let is_whole = |(monomial, coefficient): (&Monomial, &i64)| {
            *coefficient > 0 && monomial.iter().all(|atom| matches!(atom, Atom::Name(_)))
        };
        let least = self
            .terms
            .iter()
            .filter(|term| is_whole(*term))
            .fold(self.constant, |sum, (_, coefficient)| sum.saturating_add(*coefficient));
        least >= 1 && self.terms.values().all(|&coefficient| coefficient > 0)
    }

    /// The number of names and roundings in it, those within roundings included.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.terms.keys().flatten().map(Atom::parts).fold(0, usize::saturating_add)
    }

    /// The largest coefficient, whatever its sign: the size itself, where it is known.
    #[must_use]
    pub fn largest(&self) -> u64 {
        self.terms.values().chain([&self.constant]).map(|coefficient| coefficient.unsigned_abs()).max().unwrap_or(0)
    }

    /// How deeply roundings are nested in it.
    fn nested(&self) -> usize {
        let depth = |atom: &Atom| if let Atom::Floor(dim, _) = atom { dim.nested().saturating_add(1) } else { 0 };
        self.terms.keys().flatten().map(depth).max().unwrap_or(0)
    }

    /// This formula, unless it is too large to compute with.
    fn bounded(self) -> Option<Self> {
        (self.parts() <= MOST_PARTS && self.nested() <= MOST_NESTED).then_some(self)
    }

    /// The sum, or `None` if a coefficient overflows or the formula becomes too large.
    #[must_use]
    pub fn add(&self, other: &Self) -> Option<Self> {
        self.sum(other)?.bounded()
    }

    fn sum(&self, other: &Self) -> Option<Self> {
        let mut sum = Self { constant: self.constant.checked_add(other.constant)?, terms: self.terms.clone() };
        for (monomial, &coefficient) in &other.terms {
            sum.add_term(monomial, coefficient)?;
        }
        Some(sum)
    }

    fn add_term(&mut self, monomial: &[Atom], coefficient: i64) -> Option<()> {
        if monomial.is_empty() {
            self.constant = self.constant.checked_add(coefficient)?;
            return Some(());
        }
        let sum = self.terms.get(monomial).copied().unwrap_or(0).checked_add(coefficient)?;
        if sum == 0 {
            self.terms.remove(monomial);
        } else {
            self.terms.insert(monomial.to_vec(), sum);
        }
        Some(())
    }

    /// The terms, that without atoms among them.
    fn all_terms(&self) -> impl Iterator<Item = (&[Atom], i64)> {
        let constant = (self.constant != 0).then_some((&[][..], self.constant));
        constant.into_iter().chain(self.terms.iter().map(|(monomial, &coefficient)| (monomial.as_slice(), coefficient)))
    }

    /// The difference, or `None` if a coefficient overflows or the formula becomes too large.
    #[must_use]
    pub fn sub(&self, other: &Self) -> Option<Self> {
        self.add(&other.mul(&Self::constant(-1))?)
    }

    /// The product, or `None` if a coefficient overflows or the formula becomes too large.
    #[must_use]
    pub fn mul(&self, other: &Self) -> Option<Self> {
        if let (Some(a), Some(b)) = (self.known(), other.known()) {
            return a.checked_mul(b).map(Self::constant);
        }
        // Each term of the one is multiplied with each of the other.
        let repeated = |one: &Self, other: &Self| one.parts().saturating_mul(other.all_terms().count());
        if repeated(self, other).saturating_add(repeated(other, self)) > MOST_PARTS.saturating_mul(2) {
            return None;
        }
        let mut product = Self::default();
        for (left, a) in self.all_terms() {
            for (right, b) in other.all_terms() {
                let mut monomial = [left, right].concat();
                monomial.sort();
                product.add_term(&monomial, a.checked_mul(b)?)?;
            }
        }
        product.bounded()
    }

    /// The sum, or the largest number if there is none: for amounts of memory, whose parts have been counted.
    #[must_use]
    pub fn saturating_add(&self, other: &Self) -> Self {
        self.add(other).unwrap_or(Self::constant(i64::MAX))
    }

    /// The product, or the largest number if there is none: for amounts of memory, whose parts have been counted.
    #[must_use]
    pub fn saturating_mul(&self, other: &Self) -> Self {
        self.mul(other).unwrap_or(Self::constant(i64::MAX))
    }

    /// The quotient rounded down, or `None` if `divisor` is zero or too large, or the formula becomes too large. Terms that divide evenly leave the rounding.
    #[must_use]
    pub fn floor_div(&self, divisor: u64) -> Option<Self> {
        let signed = i64::try_from(divisor).ok().filter(|&d| d > 0)?;
        let (mut even, mut rest) = (Self::default(), Self::default());
        for (monomial, coefficient) in self.all_terms() {
            even.add_term(monomial, coefficient.div_euclid(signed))?;
            rest.add_term(monomial, coefficient.rem_euclid(signed))?;
        }
        let (even, rest) = (even.normal(), rest.normal());
        if rest.known().is_some() {
            return Some(even); // a remainder below the divisor rounds to nothing
        }
        even.add(&Self::of_atom(Atom::Floor(rest, divisor)))
    }

    /// The exact quotient of a division by another dimension, where the division is by a common constant or by an equal factor.
    #[must_use]
    pub fn exact_div(&self, divisor: &Self) -> Option<Self> {
        let by_term = |factor: &[Atom], by: i64| {
            let mut quotient = Self::default();
            for (monomial, coefficient) in self.all_terms() {
                let mut rest = monomial.to_vec();
                for atom in factor {
                    rest.remove(rest.iter().position(|candidate| candidate == atom)?);
                }
                quotient
                    .add_term(&rest, coefficient.checked_div(by).filter(|whole| whole.checked_mul(by) == Some(coefficient))?)?;
            }
            Some(quotient)
        };
        let mut terms = divisor.all_terms();
        match (terms.next(), terms.next()) {
            _ if self == divisor && *self != Self::default() => Some(Self::constant(1)),
            (Some((factor, by)), None) => by_term(factor, by),
            _ => None,
        }
    }

    /// The size once every named dimension is bound, or `None` if `bound` does not know one or the arithmetic overflows.
    pub fn evaluate(&self, bound: &impl Fn(&str) -> Option<i64>) -> Option<i64> {
        self.terms.iter().try_fold(self.constant, |sum, (monomial, &coefficient)| {
            let term = monomial.iter().try_fold(coefficient, |product, atom| product.checked_mul(atom.evaluate(bound)?))?;
            sum.checked_add(term)
        })
    }

    /// This dimension with others in the place of its names, or `None` if `meaning` does not know one or a coefficient overflows. A
    /// constant that it does not know stays.
    pub fn substitute(&self, meaning: &impl Fn(&str) -> Option<Self>) -> Option<Self> {
        let mut sum = Self::constant(self.constant);
        for (monomial, &coefficient) in &self.terms {
            let term = monomial.iter().try_fold(Self::constant(coefficient), |product, atom| {
                let factor = match atom {
                    Atom::Name(name) => meaning(name).or_else(|| is_constant_name(name).then(|| Self::named(name)))?,
                    Atom::Floor(dim, divisor) => dim.substitute(meaning)?.floor_div(*divisor)?,
                };
                product.mul(&factor)
            });
            sum = sum.add(&term?)?;
        }
        Some(sum)
    }

    /// The one name that this dimension follows from, and its size where this dimension's is `size`: `words` is `size + 2` where
    /// this is `words - 2`. `None` if there are other names, or another form; the size is `None` where no whole number fits.
    #[must_use]
    pub fn solve(&self, size: &Self) -> Option<(&str, Option<Self>)> {
        let mut terms = self.terms.iter();
        let ((monomial, &factor), None) = (terms.next()?, terms.next()) else { return None };
        let [Atom::Name(name)] = monomial.as_slice() else { return None };
        let rest = size.sub(&Self::constant(self.constant));
        Some((name, rest.and_then(|rest| rest.exact_div(&Self::constant(factor)))))
    }

    /// The name, where this dimension is a named one and nothing else.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        let (monomial, &coefficient) = self.terms.first_key_value()?;
        match monomial.as_slice() {
            [Atom::Name(name)] if self.terms.len() == 1 && coefficient == 1 && self.constant == 0 => Some(name),
            _ => None,
        }
    }

    /// Calls `visitor` with every name in this dimension, as often as it stands there.
    pub fn visit_names<'d>(&'d self, visitor: &mut dyn FnMut(&'d str)) {
        for atom in self.terms.keys().flatten() {
            match atom {
                Atom::Name(name) => visitor(name),
                Atom::Floor(dim, _) => dim.visit_names(visitor),
            }
        }
    }

    /// The sum's terms as an arithmetic expression has them: first those that are added, then those that are subtracted.
    #[must_use]
    pub fn terms(&self) -> Vec<Term<'_>> {
        // The constant comes last among its kind.
        let terms = self.terms.iter().rev().map(|(monomial, &coefficient)| (monomial.as_slice(), coefficient));
        let constant = (self.constant != 0).then_some((&[][..], self.constant));
        let term = |(atoms, coefficient): (_, i64)| Term::new(atoms, coefficient);
        let mut all: Vec<Term<'_>> = terms.chain(constant).map(term).collect();
        all.sort_by_key(|term| term.coefficient < 0);
        all
    }

    fn normal(mut self) -> Self {
        self.terms.retain(|_, coefficient| *coefficient != 0);
        self
    }
}

/// A term of a dimension.
#[derive(Clone, Debug, PartialEq)]
pub struct Term<'d> {
    /// What the product of the parts is multiplied with.
    pub coefficient: i64,
    /// The parts, none for a number alone.
    pub atoms: Vec<Part<'d>>,
}

impl<'d> Term<'d> {
    fn new(monomial: &'d [Atom], coefficient: i64) -> Self {
        Self { coefficient, atoms: monomial.iter().map(Atom::part).collect() }
    }
}

/// What terms are products of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Part<'d> {
    /// A named dimension, or a constant.
    Name(&'d str),
    /// A dimension divided by a number and rounded down. It is never negative.
    Floor(&'d Dim, u64),
}

impl Atom {
    fn parts(&self) -> usize {
        match self {
            Atom::Name(_) => 1,
            Atom::Floor(dim, _) => dim.parts().saturating_add(1),
        }
    }

    fn evaluate(&self, bound: &impl Fn(&str) -> Option<i64>) -> Option<i64> {
        match self {
            Atom::Name(name) => bound(name),
            Atom::Floor(dim, divisor) => Some(dim.evaluate(bound)?.div_euclid(i64::try_from(*divisor).ok()?)),
        }
    }

    fn part(&self) -> Part<'_> {
        match self {
            Atom::Name(name) => Part::Name(name),
            Atom::Floor(dim, divisor) => Part::Floor(dim, *divisor),
        }
    }
}

impl From<usize> for Dim {
    fn from(size: usize) -> Self {
        Self::constant(i64::try_from(size).unwrap_or(i64::MAX))
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
        assert_eq!(half.to_string(), "n / 2");
        assert_eq!(c(2).mul(&n()).unwrap().add(&c(1)).unwrap().floor_div(2).unwrap(), n());
        assert_eq!(c(7).floor_div(2).unwrap(), c(3));
        assert_eq!(c(-7).floor_div(2).unwrap(), c(-4));
        assert_eq!(half.evaluate(&|_| Some(9)), Some(4));
        assert_eq!(c(6).mul(&n()).unwrap().exact_div(&n()).unwrap(), c(6));
        assert_eq!(n().exact_div(&c(2)), None);
    }

    #[test]
    fn names_are_replaced_and_solved_for() {
        let dim: Dim = "3 * n / 2 + n".parse().unwrap();
        assert_eq!(dim.substitute(&|_| "2 * m".parse().ok()).unwrap().to_string(), "5 * m");
        let dim: Dim = "2 * n - 4".parse().unwrap();
        assert_eq!(dim.solve(&c(6)), Some(("n", Some(c(5)))));
        assert_eq!(dim.solve(&c(5)), Some(("n", None)));
        assert_eq!(dim.solve(&"2 * m".parse().unwrap()), Some(("n", Some("m + 2".parse().unwrap()))));
        assert_eq!("n * m".parse::<Dim>().unwrap().solve(&c(6)), None);
        assert_eq!("7".parse::<Dim>().unwrap().solve(&c(6)), None);
    }

    #[test]
    fn constants_are_told_from_dimensions_by_their_case() {
        let dim = |text: &str| text.parse::<Dim>().unwrap();
        for (text, is_constant, has_constants) in [
            ("4", true, false),
            ("2 * HIDDEN", true, true),
            ("nets::HIDDEN", true, true),
            ("n", false, false),
            ("n + SIZE", false, true),
        ] {
            assert_eq!((dim(text).is_constant(), dim(text).has_constants()), (is_constant, has_constants), "{text}");
        }
        assert_eq!(dim("SIZE * n").substitute(&|_| Some(dim("m"))), Some(dim("m * m")));
        assert_eq!(dim("SIZE * n").substitute(&|name| (name == "n").then(|| dim("3"))), Some(dim("3 * SIZE")));
    }

    #[test]
    fn what_divides_all_terms_is_found() {
        for (text, factor) in [("8 * n - 12", 4), ("n", 1), ("6 * n * m + 9 * (n / 2)", 3), ("7", 7), ("0", 1)] {
            assert_eq!(text.parse::<Dim>().unwrap().factor(), factor, "{text}");
        }
        assert_eq!("4 * ((n / 2 + 1) / 3) + n / 5".parse::<Dim>().unwrap().divisors(), 6);
        assert!("SIZE / 2".parse::<Dim>().unwrap().rounds_constants());
        assert!(!"SIZE * (n / 2)".parse::<Dim>().unwrap().rounds_constants());
    }

    #[test]
    fn sizes_that_are_positive_whatever_the_others_are_known_to_be() {
        for (text, expected) in [
            ("1", true),
            ("0", false),
            ("n", true),
            ("n - 1", false),
            ("n * m - 1 + 2 * n", true),
            ("n / 2", false),
            ("n / 2 + 1", true),
            ("2 * n - 1", true),
        ] {
            assert_eq!(text.parse::<Dim>().unwrap().is_positive(), expected, "{text}");
        }
    }

    #[test]
    fn terms_to_subtract_come_last() {
        let dim: Dim = "7 - m + 2 * n".parse().unwrap();
        let terms: Vec<(i64, usize)> = dim.terms().iter().map(|term| (term.coefficient, term.atoms.len())).collect();
        assert_eq!(terms, [(2, 1), (7, 0), (-1, 1)]);
    }

    #[test]
    fn overflow_is_noticed() {
        assert_eq!(c(i64::MAX).add(&c(1)), None);
        assert_eq!(c(i64::MAX).mul(&c(2)), None);
        assert_eq!(c(5).floor_div(0), None);
    }

    #[test]
    fn formulas_do_not_grow_without_end() {
        let sum = |i: i64| Dim::named(format!("a{i}")).add(&Dim::named(format!("b{i}"))).unwrap();
        let factors = (0..).map(sum).scan(c(1), |product, sum| product.mul(&sum).map(|more| product.clone_from(&more)));
        assert_eq!(factors.count(), 7); // 2^7 terms of 7 names each are the most
        let halves = std::iter::successors(Some(n()), |size| size.add(&c(1))?.floor_div(2));
        assert_eq!(halves.count(), MOST_NESTED + 1);
        let deepest = std::iter::successors(Some(n()), |size| size.add(&c(1))?.floor_div(2)).last().unwrap();
        assert_eq!(deepest.to_string().parse(), Ok(deepest));
        let names = (0..).scan(c(0), |sum, i| sum.add(&Dim::named(format!("n{i}"))).map(|more| sum.clone_from(&more)));
        assert_eq!(names.count(), MOST_PARTS);
    }
}
