//! The text of shape rules, read. It stands in a string, so that faults are told by what was read last.

use super::rule::{Operation, Pattern, Rule, Size};
use crate::names::intern;

/// What stops the reading of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What should be there, in words.
    pub expected: &'static str,
    /// What is there; nothing at the end of the text.
    pub found: Option<String>,
}

/// How deeply sizes may be nested: far more than anyone writes, and few enough to walk through.
const DEEPEST: usize = 32;

/// Reads `[n, d], [m, d] -> [n, m]`; of several outputs `[n] -> [n], [1]`.
///
/// # Errors
/// If it is no rule.
pub fn rule(text: &str) -> Result<Rule, Fault> {
    let mut reader = Reader::new(text);
    let inputs = reader.patterns()?;
    if !reader.takes("->") {
        return reader.fault("`->` and the shape of the output");
    }
    let outputs = reader.patterns()?;
    reader.end()?;
    Ok(Rule { inputs, outputs })
}

/// Reads `[features, units]`.
///
/// # Errors
/// If it is no shape.
pub fn pattern(text: &str) -> Result<Pattern, Fault> {
    let mut reader = Reader::new(text);
    let pattern = reader.pattern()?;
    reader.end()?;
    Ok(pattern)
}

/// Reads `2 * units`.
///
/// # Errors
/// If it is no size.
pub fn size(text: &str) -> Result<Size, Fault> {
    let mut reader = Reader::new(text);
    let size = reader.sum()?;
    reader.end()?;
    Ok(size)
}

/// How many words and signs a rule may have: far more than anyone writes.
const LONGEST: usize = 512;

struct Reader {
    tokens: Vec<String>,
    next: usize,
    depth: usize,
}

impl Reader {
    /// Reads no further than a rule may be long: what is behind is missing then.
    fn new(text: &str) -> Self {
        let mut tokens = tokens(text);
        tokens.truncate(LONGEST);
        Self { tokens, next: 0, depth: 0 }
    }

    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.next).map(String::as_str)
    }

    fn takes(&mut self, token: &str) -> bool {
        let takes = self.peek() == Some(token);
        self.next += usize::from(takes);
        takes
    }

    fn fault<T>(&self, expected: &'static str) -> Result<T, Fault> {
        Err(Fault { expected, found: self.peek().map(str::to_owned) })
    }

    fn end(&self) -> Result<(), Fault> {
        if self.next == self.tokens.len() { Ok(()) } else { self.fault("the end") }
    }

    fn patterns(&mut self) -> Result<Vec<Pattern>, Fault> {
        let mut patterns = vec![self.pattern()?];
        while self.takes(",") {
            patterns.push(self.pattern()?);
        }
        Ok(patterns)
    }

    fn pattern(&mut self) -> Result<Pattern, Fault> {
        if !self.takes("[") {
            return self.fault("a shape in brackets");
        }
        let mut pattern = Pattern { is_open: self.takes(".."), sizes: Vec::new() };
        let mut is_separated = !pattern.is_open || self.takes(",");
        while !self.takes("]") {
            if !is_separated {
                return self.fault("`,` or `]`");
            }
            if self.peek() == Some("..") {
                return self.fault("a size: `..` stands first or not at all");
            }
            pattern.sizes.push(self.sum()?);
            is_separated = self.takes(",");
        }
        Ok(pattern)
    }

    fn sum(&mut self) -> Result<Size, Fault> {
        let mut size = self.product()?;
        loop {
            let operation = match self.peek() {
                Some("+") => Operation::Add,
                Some("-") => Operation::Subtract,
                _ => return Ok(size),
            };
            self.next += 1;
            size = Size::Combined(operation, Box::new(size), Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Result<Size, Fault> {
        let mut size = self.single()?;
        loop {
            let operation = match self.peek() {
                Some("*") => Operation::Multiply,
                Some("/") => Operation::Divide,
                _ => return Ok(size),
            };
            self.next += 1;
            size = Size::Combined(operation, Box::new(size), Box::new(self.single()?));
        }
    }

    fn single(&mut self) -> Result<Size, Fault> {
        const EXPECTED: &str = "a number, the name of a dimension or the name of an argument";
        if self.depth < DEEPEST && self.takes("(") {
            self.depth += 1;
            let size = self.sum()?;
            self.depth -= 1;
            return if self.takes(")") { Ok(size) } else { self.fault("`)`") };
        }
        let Some(token) = self.peek() else { return self.fault(EXPECTED) };
        let size = match token.chars().next() {
            Some(first) if first.is_ascii_digit() => token.parse().ok().map(Size::Number),
            Some(first) if first.is_alphabetic() || first == '_' => Some(Size::Name(intern(token))),
            _ => None,
        };
        self.next += usize::from(size.is_some());
        size.map_or_else(|| self.fault(EXPECTED), Ok)
    }
}

/// Words, numbers, `..`, `->`, and single signs.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let (mut is_joined, mut was_word) = (false, false);
    for letter in text.chars() {
        let is_word = letter.is_alphanumeric() || letter == '_';
        match tokens.last_mut() {
            Some(last) if is_joined && is_word && was_word => last.push(letter),
            Some(last) if is_joined && (last == "." && letter == '.' || last == "-" && letter == '>') => last.push(letter),
            _ if letter.is_whitespace() => {}
            _ => tokens.push(letter.to_string()),
        }
        (is_joined, was_word) = (!letter.is_whitespace(), is_word);
    }
    tokens
}
