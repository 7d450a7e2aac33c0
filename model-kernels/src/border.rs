//! A smaller image inside of a larger one: padding, cropping, and the derivative of each, which is the other.

use crate::chunks::{each, rows_per_task};
use crate::float::Float;
use crate::sizes::{check, elements};

/// Where an image lies in another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inset {
    /// Height, width, channels of the larger image.
    pub outer: [usize; 3],
    /// Height, width, channels of the smaller one.
    pub inner: [usize; 3],
    /// The rows above and the columns left of the smaller one.
    pub start: [usize; 2],
}

impl Inset {
    /// Panics unless slices have the lengths that these sizes say, and the smaller image is inside of the larger one.
    fn check(&self, outer: usize, inner: usize) {
        let ([height, width, channels], [inner_height, inner_width, _]) = (self.outer, self.inner);
        let batch = outer / elements(&self.outer).max(1);
        check("a border", [("outside", outer, &[batch, height, width, channels])]);
        check("a border", [("inside", inner, &[batch, inner_height, inner_width, channels])]);
        for axis in [0, 1] {
            let end = self.start[axis].checked_add(self.inner[axis]);
            assert!(
                end.is_some_and(|end| end <= self.outer[axis]),
                "an image of {:?} is not inside of {:?}",
                self.inner,
                self.outer
            );
        }
    }
}

/// `outer = ` zeros with `inner` inside, or `outer +=` that.
pub fn pad<T: Float>(inset: &Inset, inner: &[T], outer: &mut [T], accumulate: bool) {
    inset.check(outer.len(), inner.len());
    let Inset { outer: [height, width, channels], inner: [inner_height, inner_width, _], start: [top, left] } = *inset;
    let (row, inner_row) = (width * channels, inner_width * channels);
    let rows = rows_per_task(row);
    each([(outer, rows * row)], |task, [outer]| {
        for (i, outer) in outer.chunks_exact_mut(row).enumerate() {
            let (image, y) = ((task * rows + i) / height, (task * rows + i) % height);
            if !accumulate {
                outer.fill(T::ZERO);
            }
            if let Some(y) = y.checked_sub(top).filter(|&y| y < inner_height) {
                let inner = &inner[(image * inner_height + y) * inner_row..][..inner_row];
                put(&mut outer[left * channels..][..inner_row], inner, accumulate);
            }
        }
    });
}

/// `inner = ` what `outer` has inside, or `inner +=` that.
pub fn crop<T: Float>(inset: &Inset, outer: &[T], inner: &mut [T], accumulate: bool) {
    inset.check(outer.len(), inner.len());
    let Inset { outer: [height, width, channels], inner: [inner_height, inner_width, _], start: [top, left] } = *inset;
    let row = inner_width * channels;
    let rows = rows_per_task(row);
    each([(inner, rows * row)], |task, [inner]| {
        for (i, inner) in inner.chunks_exact_mut(row).enumerate() {
            let (image, y) = ((task * rows + i) / inner_height, (task * rows + i) % inner_height);
            let first = ((image * height + top + y) * width + left) * channels;
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
    fn cropping_undoes_padding() {
        let inset = Inset { outer: [4, 5, 2], inner: [2, 3, 2], start: [1, 2] };
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
