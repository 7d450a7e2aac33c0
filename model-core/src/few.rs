//! Short lists that need no memory: what a call reads and writes is listed anew in every step, which allocates nothing.

use std::ops::{Deref, DerefMut};

/// How many elements fit without memory. Lists of more elements allocate.
const INLINE: usize = 16;

/// A list, usually of a few elements.
#[derive(Debug)]
pub struct Few<T> {
    inline: [T; INLINE],
    len: usize,
    many: Vec<T>,
}

impl<T: Default> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut few = Self { inline: std::array::from_fn(|_| T::default()), len: 0, many: Vec::new() };
        for item in items {
            few.push(item);
        }
        few
    }
}

impl<T: Default> Few<T> {
    /// Adds an element at the end.
    pub fn push(&mut self, item: T) {
        if self.len == INLINE && self.many.is_empty() {
            self.many.extend(self.inline.iter_mut().map(std::mem::take));
        }
        match self.inline.get_mut(self.len) {
            Some(place) => *place = item,
            None => self.many.push(item),
        }
        self.len += 1;
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        if self.many.is_empty() { &self.inline[..self.len] } else { &self.many }
    }
}

impl<T> DerefMut for Few<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        if self.many.is_empty() { &mut self.inline[..self.len] } else { &mut self.many }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_any_number() {
        for n in [0, 1, INLINE, INLINE + 1, 100] {
            assert_eq!(*(0..n).collect::<Few<usize>>(), *(0..n).collect::<Vec<usize>>());
        }
    }
}
