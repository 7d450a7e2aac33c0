//! Short lists that need no allocation: what a step hands to a network, one item for each of its few inputs or outputs.

use std::ops::{Deref, DerefMut};

/// So many items lie in the list itself.
const IN_PLACE: usize = 16;

/// A list that allocates for more items than lie in place.
pub(crate) struct Few<T> {
    first: [T; IN_PLACE],
    len: usize,
    /// All items, once there are more than fit in place.
    all: Vec<T>,
}

impl<T: Default> Few<T> {
    pub(crate) fn new() -> Self {
        Self { first: std::array::from_fn(|_| T::default()), len: 0, all: Vec::new() }
    }

    pub(crate) fn push(&mut self, item: T) {
        if self.len < IN_PLACE {
            self.first[self.len] = item;
        } else {
            if self.all.is_empty() {
                self.all.extend(self.first.iter_mut().map(std::mem::take));
            }
            self.all.push(item);
        }
        self.len += 1;
    }
}

impl<T: Default> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut few = Self::new();
        items.into_iter().for_each(|item| few.push(item));
        few
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        if self.len <= IN_PLACE { &self.first[..self.len] } else { &self.all }
    }
}

impl<T> DerefMut for Few<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        if self.len <= IN_PLACE { &mut self.first[..self.len] } else { &mut self.all }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_keep_their_order_in_place_and_beyond() {
        for len in 0..40 {
            let mut few: Few<usize> = (0..len).collect();
            assert_eq!(*few, (0..len).collect::<Vec<_>>());
            few.iter_mut().for_each(|item| *item += 1);
            assert_eq!(few.iter().sum::<usize>(), (1..=len).sum::<usize>());
        }
    }
}
