//! The elements of weights, which copies share, and what tells one weight from another.

use std::ops::{Deref, DerefMut, Range};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::buffer::Buffer;
use crate::float::Float;

/// The elements of a weight. A copy costs nothing: it shares them until one of the two is changed, which then gets its own.
#[derive(Clone, Debug, Default)]
pub struct Elements<T: Float> {
    all: Arc<Buffer<T>>,
    /// The rows that are not zero, where that is known: whoever writes in another way than by [`Elements::add_rows`] makes it unknown.
    rows: Option<Rows>,
}

impl<T: Float> Elements<T> {
    /// So many zeros.
    #[must_use]
    pub fn zeros(len: usize) -> Self {
        Self { rows: Some(Rows::default()), ..Self::from(Buffer::zeros(len)) }
    }

    /// The elements by themselves, copied if others share them.
    pub(crate) fn into_buffer(self) -> Buffer<T> {
        Arc::try_unwrap(self.all).unwrap_or_else(|shared| (*shared).clone())
    }

    /// The rows outside of which all is zero, where that is known.
    pub(crate) const fn rows(&self) -> Option<&Rows> {
        self.rows.as_ref()
    }

    /// Lets `add` add to rows of so many elements, to what there is or to zeros: it is told whether it finds zeros or what there is, or has to
    /// make all else zero.
    pub(crate) fn add_rows(
        &mut self,
        size: usize,
        rows: impl Iterator<Item = usize>,
        accumulate: bool,
        add: impl FnOnce(&mut [T], bool),
    ) {
        let known = self.rows.take().filter(|known| known.size == size || known.size == 0);
        let all = Arc::<Buffer<T>>::make_mut(&mut self.all);
        let is_known = known.is_some();
        let mut known = known.unwrap_or_default();
        if !accumulate {
            known.ranges().for_each(|row| all[row].fill(T::ZERO));
            known.clear();
        }
        known.fit(size, all.len());
        add(all, accumulate || is_known);
        if is_known || !accumulate {
            rows.for_each(|row| known.mark(row));
            self.rows = Some(known);
        }
    }
}

/// Rows of a table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    /// The elements of a row.
    size: usize,
    /// A bit for each row of the table.
    marks: Vec<u64>,
}

impl Rows {
    fn fit(&mut self, size: usize, elements: usize) {
        self.size = size;
        self.marks.resize((elements / size.max(1)).div_ceil(u64::BITS as usize), 0);
    }

    fn clear(&mut self) {
        self.marks.fill(0);
    }

    fn mark(&mut self, row: usize) {
        self.marks[row / u64::BITS as usize] |= 1 << (row % u64::BITS as usize);
    }

    /// Where each row has its elements, in their order.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = Range<usize>> + Clone {
        self.ranges_from(0)
    }

    /// The elements of a range that are in no row, in their order.
    pub(crate) fn outside(&self, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let Range { start: mut from, end } = range;
        let rows = self.ranges_from(from / self.size.max(1) / u64::BITS as usize).take_while(move |row| row.start < end);
        rows.chain(std::iter::once(end..end)).filter_map(move |row| {
            let gap = from..row.start;
            from = from.max(row.end);
            (!gap.is_empty()).then_some(gap)
        })
    }

    /// Where each row has its elements, from this word of marks on.
    fn ranges_from(&self, first: usize) -> impl Iterator<Item = Range<usize>> + Clone {
        let rows = self.marks.iter().enumerate().skip(first).flat_map(|(word, &marks)| {
            let rest = |marks: &u64| Some(marks & (marks - 1)).filter(|rest| *rest != 0);
            let each = std::iter::successors(Some(marks).filter(|marks| *marks != 0), rest);
            each.map(move |marks| word * u64::BITS as usize + marks.trailing_zeros() as usize)
        });
        rows.map(|row| row * self.size..(row + 1) * self.size)
    }

    /// The elements of one.
    pub(crate) const fn size(&self) -> usize {
        self.size
    }

    /// The number of their elements.
    pub(crate) fn elements(&self) -> usize {
        self.marks.iter().map(|marks| marks.count_ones() as usize).sum::<usize>() * self.size
    }
}

/// Elements are compared by themselves.
impl<T: Float> PartialEq for Elements<T> {
    fn eq(&self, other: &Self) -> bool {
        self.all == other.all
    }
}

impl<T: Float> From<Buffer<T>> for Elements<T> {
    fn from(buffer: Buffer<T>) -> Self {
        Self { all: Arc::new(buffer), rows: None }
    }
}

impl<T: Float> Deref for Elements<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.all
    }
}

impl<T: Float> DerefMut for Elements<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.rows = None;
        Arc::<Buffer<T>>::make_mut(&mut self.all)
    }
}

/// What tells a weight from all others, wherever it is kept. A copy of a weight is another weight.
#[derive(Debug)]
pub(crate) struct Identity(u64);

impl Identity {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// The number that no other has.
    pub(crate) const fn number(&self) -> u64 {
        self.0
    }

    /// That of a weight as a tape keeps it: the same weight as it was.
    pub(crate) const fn kept(&self) -> Self {
        Self(self.0)
    }
}

impl Clone for Identity {
    fn clone(&self) -> Self {
        Self::new()
    }
}

/// Weights are compared by what they are made of.
impl PartialEq for Identity {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_share_until_one_changes() {
        let one = Elements::<f32>::from(Buffer::from_slice(&[1.0, 2.0]));
        let mut other = one.clone();
        assert_eq!(one.as_ptr(), other.as_ptr());
        other[0] = 3.0;
        assert_eq!((&one[..], &other[..]), (&[1.0, 2.0][..], &[3.0, 2.0][..]));
        let alone = other.as_ptr();
        other[1] = 4.0;
        assert_eq!(other.as_ptr(), alone);
    }

    #[test]
    fn rows_are_known_until_others_write() {
        let mut elements = Elements::<f32>::zeros(6);
        let add = |row: usize| {
            move |all: &mut [f32], keeps: bool| {
                if !keeps {
                    all.fill(0.0);
                }
                all[2 * row] += 1.0;
            }
        };
        let ranges = |elements: &Elements<f32>| {
            elements.rows().map(|rows| rows.ranges().map(|row| (row.start, row.end)).collect::<Vec<_>>())
        };
        elements.add_rows(2, [2].into_iter(), false, add(2));
        elements.add_rows(2, [0].into_iter(), true, add(0));
        assert_eq!((&elements[..], ranges(&elements)), (&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0][..], Some(vec![(0, 2), (4, 6)])));
        elements.add_rows(2, [1].into_iter(), false, add(1));
        assert_eq!((&elements[..], ranges(&elements)), (&[0.0, 0.0, 1.0, 0.0, 0.0, 0.0][..], Some(vec![(2, 4)])));
        assert_eq!(elements.rows().map(Rows::elements), Some(2));
        let outside = |range: Range<usize>| {
            elements.rows().map(|rows| rows.outside(range).map(|gap| (gap.start, gap.end)).collect::<Vec<_>>())
        };
        assert_eq!(outside(0..6), Some(vec![(0, 2), (4, 6)]));
        assert_eq!(outside(1..3), Some(vec![(1, 2)]));
        assert_eq!(outside(3..5), Some(vec![(4, 5)]));
        assert_eq!(outside(2..4), Some(vec![]));
        elements[5] = 1.0;
        elements.add_rows(2, [1].into_iter(), true, add(1));
        assert_eq!((elements[5], ranges(&elements)), (1.0, None));
        elements.add_rows(2, [1].into_iter(), false, add(1));
        assert_eq!((&elements[..], ranges(&elements)), (&[0.0, 0.0, 1.0, 0.0, 0.0, 0.0][..], Some(vec![(2, 4)])));
    }

    #[test]
    fn a_copy_of_a_weight_is_another() {
        let one = Identity::new();
        assert_ne!(one.number(), one.clone().number());
        assert_eq!(one.number(), one.kept().number());
    }
}
