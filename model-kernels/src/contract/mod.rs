//! Contractions: what products of matrices, convolutions and their derivatives have in common.
//!
//! `tile` is the register tile that does all their arithmetic; `correlate` cuts what has the form of a convolution into tiles
//! (`few_columns` with the roles exchanged), and `outer` what has the form of a convolution's derivative by its kernel. `winograd` does both in
//! fewer multiplications where windows are of 3 x 3.

pub(crate) mod axis;
pub(crate) mod correlate;
pub(crate) mod cut;
pub(crate) mod few_columns;
pub(crate) mod outer;
pub(crate) mod pack;
pub(crate) mod rows;
pub(crate) mod table;
pub(crate) mod tile;
pub(crate) mod transpose;
pub(crate) mod winograd;

pub(crate) use table::Tiles;

/// The elements of a line of the cache.
pub(crate) const LINE: usize = 16;

/// Cuts `whole` into parts of at most `most`, as equal as can be: the start and length of each.
pub(crate) fn even_parts(whole: usize, most: usize) -> impl Iterator<Item = (usize, usize)> {
    let parts = whole.div_ceil(most);
    let (len, longer) = (whole / parts.max(1), whole % parts.max(1));
    (0..parts).map(move |part| (part * len + part.min(longer), len + usize::from(part < longer)))
}

/// The same parts, the longer ones first: how long they are, and how many there are of each length.
pub(crate) fn equal_parts(whole: usize, most: usize) -> impl Iterator<Item = (usize, usize)> {
    let parts = whole.div_ceil(most);
    let (len, longer) = (whole / parts.max(1), whole % parts.max(1));
    [(len + 1, longer), (len, parts - longer)].into_iter().filter(|&(len, count)| len > 0 && count > 0)
}

#[cfg(test)]
mod tests {
    #[test]
    fn parts_are_even_and_cover_the_whole() {
        let parts: Vec<_> = super::even_parts(30, 14).collect();
        assert_eq!(parts, [(0, 10), (10, 10), (20, 10)]);
        assert_eq!(super::even_parts(29, 14).collect::<Vec<_>>(), [(0, 10), (10, 10), (20, 9)]);
        assert_eq!(super::even_parts(0, 14).count(), 0);
        assert_eq!(super::equal_parts(30, 14).collect::<Vec<_>>(), [(10, 3)]);
        assert_eq!(super::equal_parts(29, 14).collect::<Vec<_>>(), [(10, 2), (9, 1)]);
        assert_eq!(super::equal_parts(0, 14).count(), 0);
    }
}
