//! The one place that knows how many steps a window takes, and how much padding that needs: convolution and pooling alike.

use crate::argument::Padding;
use crate::dim::Dim;
use crate::problem::Problem;

/// A window that moves along one axis.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// The argument that a user gave the window by.
    pub argument: &'static str,
    /// The axis it moves along.
    pub axis: &'static str,
    /// Its number of taps.
    pub size: usize,
    /// The step.
    pub stride: usize,
    /// The distance between taps.
    pub dilation: usize,
    /// What happens at the border.
    pub padding: Padding,
}

impl Window {
    /// The extent from the first to the last tap.
    #[must_use]
    pub const fn extent(&self) -> usize {
        self.size.saturating_sub(1).saturating_mul(self.dilation).saturating_add(1)
    }

    /// The number of positions: `floor((size - extent) / stride) + 1` within the input, `ceil(size / stride)` with padding.
    ///
    /// # Errors
    /// If the window is larger than the input, or the arithmetic overflows.
    pub fn positions(&self, size: &Dim) -> Result<Dim, Problem> {
        let stride = self.stride as u64;
        if self.padding != Padding::Valid {
            let sum = size.add(&Dim::from(self.stride.saturating_sub(1)));
            return sum.and_then(|sum| sum.floor_div(stride)).ok_or(Problem::Overflow);
        }
        if size.known().is_some_and(|size| size < i64::try_from(self.extent()).unwrap_or(i64::MAX)) {
            return Err(self.too_large(self.extent(), size));
        }
        let steps = size.sub(&Dim::from(self.extent())).and_then(|room| room.floor_div(stride));
        steps.and_then(|steps| steps.add(&Dim::constant(1))).ok_or(Problem::Overflow)
    }

    fn too_large(&self, window: usize, size: &Dim) -> Problem {
        let Self { argument, axis, dilation, .. } = *self;
        Problem::Window { argument, axis, window, dilation, size: size.clone() }
    }

    /// The size that a transposed convolution makes of an input's, with `padding` elements more at its end.
    ///
    /// Without padding, that is as if every position left its whole window; with it, the input's size times the step.
    ///
    /// # Errors
    /// If there is no input, or the arithmetic overflows.
    pub fn spread(&self, size: &Dim, padding: Option<usize>) -> Result<Dim, Problem> {
        let (stride, extent) = (Dim::from(self.stride), Dim::from(self.extent()));
        let last = || size.sub(&Dim::constant(1)).and_then(|steps| steps.mul(&stride));
        let spread = match (self.padding, padding) {
            (Padding::Same | Padding::Causal, None) => size.mul(&stride),
            (Padding::Same | Padding::Causal, Some(more)) => {
                last().and_then(|last| last.add(&Dim::from((self.extent() % 2).saturating_add(more))))
            }
            (Padding::Valid, None) => last().and_then(|last| last.add(&Dim::from(self.extent().max(self.stride)))),
            (Padding::Valid, Some(more)) => last().and_then(|last| last.add(&extent)?.add(&Dim::from(more))),
        };
        let spread = spread.ok_or(Problem::Overflow)?;
        match spread.known() {
            Some(..=0) => Err(self.too_large(2, size)),
            Some(1..) | None => Ok(spread),
        }
    }

    /// How many elements before the first of its output a transposed convolution would write, and leaves out.
    ///
    /// Source: `keras.src.backend.common.backend_utils`.
    #[must_use]
    pub const fn cropped_before(&self, padding: Option<usize>) -> usize {
        let extent = self.extent();
        let whole = match (self.padding, padding) {
            (Padding::Valid, _) => return 0,
            (Padding::Same | Padding::Causal, None) => self.stride.saturating_add(extent).saturating_sub(2),
            (Padding::Same | Padding::Causal, Some(more)) => {
                extent.saturating_add(extent % 2).saturating_add(more).saturating_sub(2)
            }
        };
        extent.saturating_sub(1).saturating_sub(whole.div_ceil(2))
    }

    /// The padding before the first element of an axis of known size. The odd one goes behind the last, as in TensorFlow.
    #[must_use]
    pub const fn padding_before(&self, size: usize, positions: usize) -> usize {
        match self.padding {
            Padding::Valid => 0,
            Padding::Causal => self.extent().saturating_sub(1),
            Padding::Same => {
                let reach = positions.saturating_sub(1).saturating_mul(self.stride).saturating_add(self.extent());
                reach.saturating_sub(size) / 2
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(size: usize, stride: usize, dilation: usize, padding: Padding) -> Window {
        Window { argument: "kernel_size", axis: "height", size, stride, dilation, padding }
    }

    #[test]
    fn positions_and_padding_are_keras_s() {
        use Padding::{Same, Valid};
        for (size, kernel, stride, dilation, padding, positions, before) in [
            (32, 3, 1, 1, Valid, 30, 0),
            (32, 3, 2, 1, Valid, 15, 0),
            (32, 3, 2, 1, Same, 16, 0),
            (33, 3, 2, 1, Same, 17, 1),
            (7, 3, 1, 2, Valid, 3, 0),
            (7, 2, 1, 1, Same, 7, 0),
            (28, 3, 3, 1, Valid, 9, 0),
            (3, 3, 1, 1, Valid, 1, 0),
        ] {
            let window = window(kernel, stride, dilation, padding);
            assert_eq!(window.positions(&Dim::from(size)).unwrap().size(), Some(positions), "{window:?} over {size}");
            assert_eq!(window.padding_before(size, positions), before, "{window:?} over {size}");
        }
    }

    #[test]
    fn causal_padding_is_before_the_first_element() {
        for (kernel, stride, dilation, positions, before) in [(3, 1, 1, 7, 2), (3, 1, 2, 7, 4), (2, 2, 1, 4, 1), (9, 3, 1, 3, 8)]
        {
            let window = window(kernel, stride, dilation, Padding::Causal);
            assert_eq!(window.positions(&Dim::from(7)).unwrap().size(), Some(positions), "{window:?}");
            assert_eq!(window.padding_before(7, positions), before, "{window:?}");
        }
    }

    #[test]
    fn a_window_larger_than_its_input_is_refused() {
        assert!(matches!(window(5, 1, 1, Padding::Valid).positions(&Dim::from(4)), Err(Problem::Window { window: 5, .. })));
        assert!(matches!(window(3, 1, 2, Padding::Valid).positions(&Dim::from(4)), Err(Problem::Window { window: 5, .. })));
        assert_eq!(window(5, 1, 1, Padding::Same).positions(&Dim::from(4)), Ok(Dim::from(4)));
    }

    #[test]
    fn a_named_size_stays_a_formula() {
        let words = Dim::named("words");
        assert_eq!(window(3, 1, 1, Padding::Valid).positions(&words).unwrap().to_string(), "words - 2");
        assert_eq!(window(3, 1, 1, Padding::Same).positions(&words).unwrap(), words);
    }
}
