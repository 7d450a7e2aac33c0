//! How a batch is cut: by its length and the number of pieces alone, so that it is cut alike however many ranks share it.

use std::ops::Range;

/// A batch that ranks share: consecutive samples in pieces of sizes as equal as can be, of which each rank has as many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pieces {
    pub(crate) samples: usize,
    pub(crate) count: usize,
    pub(crate) rank: usize,
    pub(crate) ranks: usize,
}

impl Pieces {
    /// The samples of a piece, of which there may be none.
    pub(crate) const fn piece(self, piece: usize) -> Range<usize> {
        self.start(piece)..self.start(piece + 1)
    }

    /// The numbers of this rank's pieces.
    pub(crate) const fn own(self) -> Range<usize> {
        let each = self.count / self.ranks;
        self.rank * each..(self.rank + 1) * each
    }

    /// The first sample of a rank; of the rank behind the last, how many there are.
    pub(crate) const fn first(self, rank: usize) -> usize {
        self.start(rank * (self.count / self.ranks))
    }

    /// The samples of this rank.
    pub(crate) const fn samples(self) -> Range<usize> {
        self.first(self.rank)..self.first(self.rank + 1)
    }

    /// How many pieces have samples.
    pub(crate) fn filled(self) -> usize {
        self.count.min(self.samples)
    }

    // Sizes of batches and numbers of pieces are far from the end of the numbers: the product is in 128 bits all the same.
    const fn start(self, piece: usize) -> usize {
        (piece as u128 * self.samples as u128 / self.count as u128) as usize
    }
}

/// The sum of a number for each piece, of which there are a power of two: neighbours first, then neighbours of these.
pub(crate) fn tree(numbers: &[f64]) -> f64 {
    match numbers {
        [] => 0.0,
        [only] => *only,
        _ => {
            let (lower, upper) = numbers.split_at(numbers.len() / 2);
            tree(lower) + tree(upper)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_consecutive_and_the_same_for_any_number_of_ranks() {
        for samples in [0, 1, 5, 8, 13, 64] {
            let cut = |ranks, rank| Pieces { samples, count: 8, rank, ranks };
            let alone: Vec<_> = cut(1, 0).own().map(|piece| cut(1, 0).piece(piece)).collect();
            for ranks in [1, 2, 4, 8] {
                let of = |rank| {
                    let cut = cut(ranks, rank);
                    let pieces: Vec<_> = cut.own().map(|piece| cut.piece(piece)).collect();
                    assert_eq!((pieces[0].start, pieces[pieces.len() - 1].end), (cut.samples().start, cut.samples().end));
                    pieces
                };
                assert_eq!((0..ranks).flat_map(of).collect::<Vec<_>>(), alone);
            }
            let sizes: Vec<usize> = alone.iter().map(|piece| piece.len()).collect();
            assert_eq!(sizes.iter().sum::<usize>(), samples);
            assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1);
            assert_eq!(sizes.iter().filter(|&&size| size > 0).count(), cut(1, 0).filled());
        }
    }
}
