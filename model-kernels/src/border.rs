//! A smaller volume inside of a larger one: padding, cropping, and the derivative of each, which is the other. Images are volumes of one
//! plane, sequences images of one row.

use crate::chunks::{each, rows_per_task};
use crate::float::Float;
use crate::sizes::{check, elements};

/// Where a volume lies in another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inset {
    /// Depth, height, width, channels of the larger volume.
    pub outer: [usize; 4],
    /// Depth, height, width, channels of the smaller one.
    pub inner: [usize; 4],
    /// The planes before, the rows above and the columns left of the smaller one.
    pub start: [usize; 3],
}

impl Inset {
    /// Panics unless slices have the lengths that these sizes say, and the smaller volume is inside of the larger one.
    fn check(&self, outer: usize, inner: usize) {
        let ([depth, height, width, channels], [inner_depth, inner_height, inner_width, _]) = (self.outer, self.inner);
        let batch = outer / elements(&self.outer).max(1);
        check("a border", [("outside", outer, &[batch, depth, height, width, channels])]);
        check("a border", [("inside", inner, &[batch, inner_depth, inner_height, inner_width, channels])]);
        for axis in [0, 1, 2] {
            let end = self.start[axis].checked_add(self.inner[axis]);
            assert!(
                end.is_some_and(|end| end <= self.outer[axis]),
                "a volume of {:?} is not inside of {:?}",
                self.inner,
                self.outer
            );
        }
    }

    /// The row of the smaller volumes that a row of the larger ones holds, both counted through all samples.
    fn inner_row(&self, row: usize) -> Option<usize> {
        let ([depth, height, ..], [inner_depth, inner_height, ..], [front, top, _]) = (self.outer, self.inner, self.start);
        let (sample, plane, y) = (row / height / depth, row / height % depth, row % height);
        let plane = plane.checked_sub(front).filter(|&plane| plane < inner_depth)?;
        let y = y.checked_sub(top).filter(|&y| y < inner_height)?;
        Some((sample * inner_depth + plane) * inner_height + y)
    }

    /// The row of the larger volumes that holds a row of the smaller ones, both counted through all samples.
    const fn outer_row(&self, row: usize) -> usize {
        let ([depth, height, ..], [inner_depth, inner_height, ..], [front, top, _]) = (self.outer, self.inner, self.start);
        let (sample, plane, y) = (row / inner_height / inner_depth, row / inner_height % inner_depth, row % inner_height);
        (sample * depth + front + plane) * height + top + y
    }
}

/// `outer = ` zeros with `inner` inside, or `outer +=` that.
pub fn pad<T: Float>(inset: &Inset, inner: &[T], outer: &mut [T], accumulate: bool) {
    inset.check(outer.len(), inner.len());
    let Inset { outer: [.., width, channels], inner: [.., inner_width, _], start: [.., left] } = *inset;
    let (row, inner_row) = (width * channels, inner_width * channels);
    let rows = rows_per_task(row);
    each([(outer, rows * row)], |task, [outer]| {
        for (i, outer) in outer.chunks_exact_mut(row).enumerate() {
            if !accumulate {
                outer.fill(T::ZERO);
            }
            if let Some(source) = inset.inner_row(task * rows + i) {
                put(&mut outer[left * channels..][..inner_row], &inner[source * inner_row..][..inner_row], accumulate);
            }
        }
    });
}

/// `inner = ` what `outer` has inside, or `inner +=` that.
pub fn crop<T: Float>(inset: &Inset, outer: &[T], inner: &mut [T], accumulate: bool) {
    inset.check(outer.len(), inner.len());
    let Inset { outer: [.., width, channels], inner: [.., inner_width, _], start: [.., left] } = *inset;
    let row = inner_width * channels;
    let rows = rows_per_task(row);
    each([(inner, rows * row)], |task, [inner]| {
        for (i, inner) in inner.chunks_exact_mut(row).enumerate() {
            let first = (inset.outer_row(task * rows + i) * width + left) * channels;
            put(inner, &outer[first..][..row], accumulate);
        }
    });
}

fn put<T: Float>(target: &mut [T], source: &[T], accumulate: bool) {
    match accumulate {
        true => target.iter_mut().zip(source).for_each(|(target, &source)| *target += source),
        false => target.copy_from_slice(source),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_rows_and_columns_are_where_they_belong() {
        let inset = Inset { outer: [3, 2, 4, 1], inner: [2, 1, 2, 1], start: [1, 0, 2] };
        let (inner, mut outer) = ([1.0_f32, 2.0, 3.0, 4.0], [9.0; 24]);
        pad(&inset, &inner, &mut outer, false);
        let found: Vec<(usize, f32)> = outer.into_iter().enumerate().filter(|(_, x)| *x != 0.0).collect();
        assert_eq!(found, [(10, 1.0), (11, 2.0), (18, 3.0), (19, 4.0)]);
    }

    #[test]
    fn cropping_undoes_padding() {
        let inset = Inset { outer: [1, 4, 5, 2], inner: [1, 2, 3, 2], start: [0, 1, 2] };
        let inner: Vec<f32> = (1..25).map(|x| x as f32).collect();
        let (mut outer, mut back) = (vec![9.0; 2 * 40], vec![1.0; 24]);
        pad(&inset, &inner, &mut outer, false);
        assert_eq!(outer.iter().sum::<f32>(), inner.iter().sum::<f32>());
        assert_eq!(outer[40 + (5 + 2) * 2], 13.0);
        crop(&inset, &outer, &mut back, true);
        assert!(back.iter().zip(&inner).all(|(back, inner)| *back == inner + 1.0));
        pad(&inset, &inner, &mut outer, true);
        crop(&inset, &outer, &mut back, false);
        assert!(back.iter().zip(&inner).all(|(back, inner)| *back == 2.0 * inner));
    }
}
