//! Batch normalisation of a piece of a batch that ranks share, by the statistics of all of it: pieces meet in the middle of the layer.

use std::borrow::Cow;

use model_graph::layers::BatchNormalization;

use crate::distribution::Seat;
use crate::float::Float;
use crate::kernels::batch_normalization::grouped::{Groups, Masked};
use crate::kernels::batch_normalization::shared::{self, Shared};
use crate::kernels::batch_normalization::{Affine, Moving, invert};
use crate::layer::Gradient;

/// A piece that is normalised so: all of it together, or the steps of sequences one after the other, each by statistics of its own.
pub(super) struct Synchronized<'a, T: Float> {
    pub layer: &'a BatchNormalization,
    pub given: Masked<'a, T>,
    pub groups: Groups,
    pub seat: Seat<'a>,
}

impl<T: Float> Synchronized<'_, T> {
    /// Normalises; `used` gets means and inverse deviations, and moving averages follow the steps, or are the statistics where there is one.
    pub fn forward(self, affine: Affine<'_, T>, moving: Moving<'_, T>, used: &mut [T], y: &mut [T]) {
        let Self { layer, groups, .. } = self;
        let (epsilon, momentum) = (layer.epsilon.0, if groups.count > 1 { layer.momentum.0 } else { 0.0 });
        let Moving { mean, variance } = moving;
        self.each(used.len() / 2, |given, group, shared| {
            shared::statistics(given, used, shared);
            let moving = Moving { mean: &mut *mean, variance: &mut *variance };
            put(groups, group, y, false, |y| shared::forward_training(given.x, affine, epsilon, momentum, moving, used, y));
        });
    }

    /// The gradients; `sums` gets those of gamma, then those of beta, of this piece, of which there is room for another.
    pub fn backward(self, gamma: Option<&[T]>, used: &mut [T], d_y: &[T], [sums, own]: [&mut [T]; 2], d_x: Gradient<'_, T>) {
        let Self { layer, groups, .. } = self;
        let mut all = vec![T::ZERO; used.len() / 2 * 3];
        sums.fill(T::ZERO);
        self.each(used.len() / 2, |given, group, shared| {
            if groups.count > 1 {
                shared::statistics(given, used, shared);
                invert(&mut used[own.len() / 2..], layer.epsilon.0);
            }
            let (d_y, accumulate) = (taken(groups, group, d_y), d_x.accumulate && groups.count == 1);
            put(groups, group, d_x.data, d_x.accumulate, |d_x| {
                shared::backward(given, used, gamma, &d_y, shared, own, &mut all, d_x, accumulate);
            });
            sums.iter_mut().zip(&*own).for_each(|(sum, &own)| *sum += own);
        });
    }

    /// Runs something for each group in turn, with what it needs of the other pieces.
    fn each(&self, channels: usize, mut run: impl FnMut(Masked<'_, T>, usize, &mut Shared<'_>)) {
        let (share, mut sums) = (|sums: &mut [f64]| self.seat.sum(sums), vec![0.0; 3 * channels]);
        for group in 0..self.groups.count {
            let [x, mask] = [Some(self.given.x), self.given.mask].map(|all| all.map(|all| taken(self.groups, group, all)));
            let given = Masked { x: x.as_deref().unwrap_or_default(), mask: mask.as_deref() };
            run(given, group, &mut Shared { share: &share, sums: &mut sums });
        }
    }
}

/// The elements of a group, one behind the other: a copy where there are several groups.
fn taken<T: Float>(groups: Groups, group: usize, all: &[T]) -> Cow<'_, [T]> {
    if groups.count == 1 { Cow::Borrowed(all) } else { Cow::Owned(groups.of(all, group).flatten().copied().collect()) }
}

/// Puts what is written for a group where it belongs, or adds it there.
fn put<T: Float>(groups: Groups, group: usize, all: &mut [T], accumulate: bool, write: impl FnOnce(&mut [T])) {
    if groups.count == 1 {
        return write(all);
    }
    let mut own = vec![T::ZERO; all.len() / groups.count];
    write(&mut own);
    let mut own = own.into_iter();
    for element in groups.of_mut(all, group).flatten() {
        let new = own.next().unwrap_or_default();
        *element = if accumulate { *element + new } else { new };
    }
}
