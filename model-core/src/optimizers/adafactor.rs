//! Steps by squares that are remembered for rows and columns alone.

use super::arguments::{Range, any};
use super::rule::{Kept, Of, Rule, Slot, Step, bounded, optimizer};
use crate::buffer::Buffer;
use crate::kernels::lanes;
use crate::kernels::optimizer::step;
use crate::kernels::penalty::square_sum;

optimizer! {
    /// The gradient, divided by the root of a moving average of its square that is remembered for rows and columns alone.
    ///
    /// In step `t`, with `b = 1 - t^beta_2_decay`: `r = b * r + (1 - b) * (mean of g^2 + epsilon_1 over a row)`, `c` likewise over a column,
    /// `u = g / sqrt(r / mean(r) * c)`, and `w -= max(epsilon_2, rms(w)) * min(learning_rate, 1 / sqrt(t)) * u / max(1, rms(u) / clip_threshold)`.
    /// Of weights with more than two axes the last two count; with one there is an average for each element.
    ///
    /// ```
    /// use model_core::optimizers::Adafactor;
    ///
    /// let optimizer = Adafactor::new(0.01).clip_threshold(2.0);
    /// assert_eq!(optimizer.beta_2_decay, -0.8);
    /// ```
    ///
    /// Source: Shazeer and Stern 2018, <https://arxiv.org/abs/1804.04235>; <https://keras.io/api/optimizers/adafactor/>.
    Adafactor = "adafactor", learning_rate = 0.001;
    {
        /// The power by which the averages get longer, from -10 to 0.
        beta_2_decay: f64 = -0.8, power;
        /// What is added to squares, from 1e-37 to 1.
        epsilon_1: f64 = 1e-30, small;
        /// The least size of a weight that steps are in units of, from 0 to 1.
        epsilon_2: f64 = 0.001, super::arguments::share;
        /// What root mean square a step is scaled down to, above 0 to 1000.
        clip_threshold: f64 = 1.0, threshold;
        /// Whether the rate is at most `1 / sqrt(t)`; Keras has that in any case.
        relative_step: bool = true, any;
    }
}

fn power(value: &f64) -> Range {
    ((-10.0..=0.0).contains(value), "a number from -10 to 0")
}

fn small(value: &f64) -> Range {
    ((1e-37..=1.0).contains(value), "a number from 1e-37 to 1")
}

fn threshold(value: &f64) -> Range {
    (*value > 0.0 && *value <= 1000.0, "a number above 0 to 1000")
}

/// The least average that is divided by: in `f32` the quotient of averages may be none at all.
const LEAST: f32 = 1e-37;

impl Adafactor {
    /// Remembers the squares of a matrix by its rows and columns, and writes the gradient divided by their roots.
    fn factored(&self, kept: f64, [rows, columns]: [usize; 2], gradient: &[f32], [r, c]: [&mut [f32]; 2], updates: &mut [f32]) {
        let (epsilon, keeps) = (self.epsilon_1 as f32, kept as f32);
        let (of_row, of_column) = (((1.0 - kept) / columns as f64) as f32, ((1.0 - kept) / rows as f64) as f32);
        c.iter_mut().for_each(|c| *c *= keeps);
        for (r, gradient) in r.iter_mut().zip(gradient.chunks_exact(columns)) {
            *r = keeps * *r + lanes::sum(gradient, |g| (g * g + epsilon) * of_row);
            c.iter_mut().zip(gradient).for_each(|(c, g)| *c += (g * g + epsilon) * of_column);
        }
        let share = 1.0 / rows as f32;
        let mean = lanes::sum(r, |r| r * share).max(LEAST);
        for (i, updates) in updates.chunks_exact_mut(columns).enumerate() {
            let of_row = r[i] / mean;
            for ((u, g), c) in updates.iter_mut().zip(&gradient[i * columns..]).zip(c.iter()) {
                *u = g / (of_row * c).max(LEAST).sqrt();
            }
        }
    }
}

/// The root mean square.
fn root_mean_square(values: &[f32]) -> f64 {
    (square_sum(values) / values.len().max(1) as f64).sqrt()
}

impl Rule for Adafactor {
    fn slots(&self, of: Of<'_>) -> Vec<Slot> {
        let [outer @ .., rows, columns] = of.shape else { return vec![Slot::squares("velocity", of)] };
        let slot = |name, size: usize| Slot { shape: [outer, &[size]].concat(), ..Slot::squares(name, of) };
        vec![slot("r", *rows), slot("c", *columns)]
    }

    fn kept(&self, of: Of<'_>) -> Vec<Vec<Kept>> {
        // Keras has three variables of every weight, and looks at one or two of them.
        let one = || Kept::Unused(Vec::new());
        let is_factored = of.shape.len() > 1;
        let [r, c] = [Kept::Slot("r"), Kept::Slot("c")];
        vec![if is_factored { vec![r, c, Kept::Unused(of.shape.to_vec())] } else { vec![one(), one(), Kept::Slot("velocity")] }]
    }

    fn step(&self, at: Step<'_>, gradient: &[f32], weight: &mut [f32], slots: &mut [Buffer<f32>], room: &mut Buffer<f32>) {
        let time = at.iteration as f64;
        let kept = 1.0 - libm::pow(time, self.beta_2_decay);
        let size = self.epsilon_2.max(root_mean_square(weight)) * at.rate.min(1.0 / time.sqrt());
        room.resize(gradient.len());
        match (at.shape, slots) {
            ([.., rows, columns], [r, c]) if rows * columns > 0 => {
                let (matrices, of_rows, of_columns) =
                    (gradient.chunks_exact(rows * columns), r.chunks_exact_mut(*rows), c.chunks_exact_mut(*columns));
                for (((gradient, r), c), updates) in
                    matrices.zip(of_rows).zip(of_columns).zip(room.chunks_exact_mut(rows * columns))
                {
                    self.factored(kept, [*rows, *columns], gradient, [r, c], updates);
                }
            }
            (_, [velocity]) => {
                let (keeps, rest, epsilon) = (kept as f32, (1.0 - kept) as f32, self.epsilon_1 as f32);
                step(gradient, [&mut **room, &mut **velocity], move |g, [_, v]| {
                    let v = keeps * v + rest * (g * g + epsilon);
                    [g / lanes::max(v, LEAST).sqrt(), v]
                });
            }
            _ => return,
        }
        let factor = (size / (root_mean_square(room) / self.clip_threshold).max(1.0)) as f32;
        step(room, [weight], move |u, [w]| [w - bounded(factor * u)]);
    }
}
