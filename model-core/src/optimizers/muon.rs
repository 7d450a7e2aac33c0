//! Steps of matrices whose directions all have one length.

use super::adam::{Moments, adam};
use super::arguments::{Names, Range, any, epsilon, factor, share_below_one, signed_factor};
use super::common::decay;
use super::pattern;
use super::rule::{Of, Rule, Slot, Step, optimizer, within};
use crate::buffer::Buffer;
use crate::error::Result;
use crate::kernels::fused::Fused;
use crate::kernels::matmul::{dense_forward, dense_input_gradient};
use crate::kernels::optimizer::{change, step};
use crate::kernels::penalty::square_sum;
use crate::kernels::transpose::swap;

optimizer! {
    /// Momentum whose steps of matrices are made to have one length in all directions, and Adam for all other weights.
    ///
    /// `m = momentum * m + g`, `x = g + momentum * m` (`m` without `nesterov`), divided by its norm; then `ns_steps` times, with `A = x x^T`,
    /// `x = muon_a * x + (muon_b * A + muon_c * A A) x`; and `w -= learning_rate * sqrt(max(rows, columns)) * rms_rate * x`.
    ///
    /// Weights that are no matrices, embeddings, and those that [`exclude_layers`](Self::exclude_layers) names move as by
    /// [`Adam`](super::Adam), at `adam_lr_ratio` times the learning rate.
    ///
    /// ```
    /// use model_core::optimizers::Muon;
    ///
    /// let optimizer = Muon::new(1e-3).exclude_layers(["output/"]).adam_lr_ratio(0.1);
    /// assert_eq!(optimizer.ns_steps, 5);
    /// ```
    ///
    /// Source: Jordan 2024, <https://github.com/KellerJordan/Muon>; Liu et al. 2025, <https://arxiv.org/abs/2502.16982>;
    /// <https://keras.io/api/optimizers/muon/>.
    Muon = "muon", learning_rate = 0.001, weight_decay = 0.004;
    {
        /// What Adam's average of the gradients keeps at each step, from 0 to below 1.
        adam_beta_1: f64 = 0.9, share_below_one;
        /// What Adam's average of their squares keeps at each step, from 0 to below 1.
        adam_beta_2: f64 = 0.999, share_below_one;
        /// What weights that move by Adam lose before each step, from 0 to 100.
        adam_weight_decay: Option<f64> = Some(0.004), decay, from impl Into<Option<f64>>;
        /// What Adam adds to the root, from 1e-16 to 1.
        epsilon: f64 = 1e-7, epsilon;
    }
    {
        /// Which weights move by Adam: parts of their paths, in which `.*` stands for anything.
        exclude_layers: Names = Names::default(), any, from impl Into<Names>;
        /// Whether weights with `embedding` in their paths move by Adam.
        exclude_embeddings: bool = true, any;
        /// The first coefficient, from -100 to 100.
        muon_a: f64 = 3.4445, signed_factor;
        /// The second coefficient, from -100 to 100.
        muon_b: f64 = -4.775, signed_factor;
        /// The third coefficient, from -100 to 100.
        muon_c: f64 = 2.0315, signed_factor;
        /// What the learning rate is multiplied by for Adam, from 0 to 100.
        adam_lr_ratio: f64 = 1.0, factor;
        /// What is kept of the last steps, from 0 to below 1.
        momentum: f64 = 0.95, share_below_one;
        /// How often lengths are brought nearer to one, at most 20.
        ns_steps: u64 = 5, few;
        /// Whether to look ahead.
        nesterov: bool = true, any;
        /// The root mean square of a step of size 1, from 0 to 100; without it, its lengths are left as they are.
        rms_rate: Option<f64> = Some(0.2), size, from impl Into<Option<f64>>;
    }
}

fn few(value: &u64) -> Range {
    (*value <= 20, "a whole number from 0 to 20")
}

fn size(value: &Option<f64>) -> Range {
    (value.is_none_or(|value| (0.0..=100.0).contains(&value)), "a number from 0 to 100")
}

/// Elements of `x` are far below one, unless coefficients are none that bring lengths nearer to one; from here on products stay finite.
const LARGEST: f64 = 1e3;

impl Muon {
    /// Whether a weight moves by Adam.
    fn is_for_adam(&self, of: Of<'_>) -> bool {
        of.shape.len() != 2
            || self.exclude_embeddings && of.path.to_lowercase().contains("embedding")
            || self.exclude_layers.0.iter().any(|pattern| pattern::is_in(pattern, of.path))
    }

    /// Makes the lengths of a matrix in all directions about one, in room for `x`, for its product with another, and for two squares.
    fn orthogonalize(&self, [rows, columns]: [usize; 2], x: &mut [f32], y: &mut [f32], squares: [&mut [f32]; 2]) {
        let ([a, b], [of_x, of_a, of_square]) = (squares, [self.muon_a, self.muon_b, self.muon_c].map(|factor| factor as f32));
        let inverse = 1.0 / (square_sum(x).sqrt() + 1e-7);
        change(x, move |x| (f64::from(x) * inverse) as f32);
        for _ in 0..self.ns_steps {
            dense_input_gradient([rows, rows, columns], x, x, a, false);
            dense_forward([rows, rows, rows], a, a, None, Fused::None, b);
            step(a, [&mut *b], move |a, [square]| [of_a * a + of_square * square]);
            dense_forward([rows, rows, columns], b, x, None, Fused::None, y);
            step(y, [&mut *x], move |y, [x]| [within(of_x * x + y, LARGEST)]);
        }
    }

    /// A step of a matrix.
    fn move_matrix(&self, at: Step<'_>, gradient: &[f32], weight: &mut [f32], momentums: &mut [f32], room: &mut Buffer<f32>) {
        let [rows, columns] = [at.shape[0], at.shape[1]];
        let (less, more) = (rows.min(columns), rows.max(columns));
        let (all, square) = (rows * columns, less * less);
        room.resize(2 * (all + square));
        let (x, rest) = room.split_at_mut(all);
        let (y, rest) = rest.split_at_mut(all);
        let (a, b) = rest.split_at_mut(square);
        let (momentum, is_nesterov) = (self.momentum as f32, self.nesterov);
        step(gradient, [momentums, &mut *x], move |g, [m, _]| {
            let m = m + (g + m * (momentum - 1.0));
            [m, if is_nesterov { g + momentum * m } else { m }]
        });
        let is_tall = rows > columns;
        if is_tall {
            y.copy_from_slice(x);
            swap(y, x, [rows, columns]);
        }
        self.orthogonalize([less, more], x, y, [a, b]);
        if is_tall {
            y.copy_from_slice(x);
            swap(y, x, [columns, rows]);
        }
        let factor = (at.rate * self.rms_rate.map_or(1.0, |rate| rate * (more as f64).sqrt())) as f32;
        step(x, [weight], move |x, [w]| [w - factor * x]);
    }
}

impl Rule for Muon {
    fn slots(&self, of: Of<'_>) -> Vec<Slot> {
        let mut slots = vec![Slot::new("momentum", of)];
        slots.extend(self.is_for_adam(of).then(|| Slot::squares("velocity", of)));
        slots
    }

    fn step(&self, at: Step<'_>, gradient: &[f32], weight: &mut [f32], slots: &mut [Buffer<f32>], room: &mut Buffer<f32>) {
        match slots {
            [momentums, velocities] => {
                let &Self { adam_beta_1: beta_1, adam_beta_2: beta_2, epsilon, .. } = self;
                let (rule, rate) = (Moments { beta_1, beta_2, epsilon, amsgrad: false }, at.rate * self.adam_lr_ratio);
                adam(&rule, at.iteration, rate, gradient, weight, [momentums, velocities, &mut []]);
            }
            [momentums] => self.move_matrix(at, gradient, weight, momentums, room),
            _ => {}
        }
    }

    fn weight_decay(&self, slots: &[Buffer<f32>]) -> Option<f64> {
        if slots.len() == 2 { self.adam_weight_decay } else { self.common.weight_decay }
    }

    fn check_patterns(&self) -> Result<()> {
        Ok(self.exclude_layers.0.iter().try_for_each(|pattern| pattern::check("exclude_layers", pattern))?)
    }
}
