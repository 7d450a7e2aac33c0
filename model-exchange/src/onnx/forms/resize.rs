//! Images of another size: by ONNX's operator where it has the interpolation, else by a product with a matrix of weights along each axis.

use std::f64::consts::PI;

use model_graph::argument::Interpolation;

use super::super::attribute::Attribute;
use super::super::call::{Call, Reason, few};

impl Call<'_, '_> {
    /// An image `[height, width, channels]`, all of which becomes one of another size.
    pub fn resized(
        &mut self,
        x: &str,
        from: [usize; 2],
        to: [usize; 2],
        interpolation: Interpolation,
        antialias: bool,
    ) -> Result<String, Reason> {
        to.iter().try_for_each(|&size| few(&[size]))?;
        if interpolation == Interpolation::Nearest {
            return Ok(self.nearest(x, from, to));
        }
        let is_smaller = antialias && from.iter().zip(&to).any(|(from, to)| from > to);
        if interpolation == Interpolation::Bilinear && !is_smaller {
            return Ok(self.bilinear(x, to));
        }
        few(&[from[0], to[0]])?;
        few(&[from[1], to[1]])?;
        let mut y = self.transpose(x, &[0, 3, 1, 2]);
        if to[1] != from[1] {
            let columns = matrix(from[1], to[1], interpolation, antialias);
            let columns = self.numbers(&[from[1], to[1]], &columns);
            y = self.op("MatMul", &[&y, &columns]);
        }
        if to[0] != from[0] {
            let rows = matrix(from[0], to[0], interpolation, antialias);
            let turned = super::super::weights::transposed(&rows, &[from[0], to[0]], &[1, 0]);
            let rows = self.numbers(&[to[0], from[0]], &turned);
            y = self.op("MatMul", &[&rows, &y]);
        }
        Ok(self.transpose(&y, &[0, 2, 3, 1]))
    }

    /// The element of each place's middle.
    fn nearest(&mut self, x: &str, from: [usize; 2], to: [usize; 2]) -> String {
        let mut y = x.to_owned();
        for (axis, (&from, &to)) in from.iter().zip(&to).enumerate() {
            if from != to {
                let places: Vec<i64> = (0..to).map(|place| ((2 * place + 1) * from / (2 * to.max(1))) as i64).collect();
                let places = self.longs(&places);
                y = self.op_with("Gather", &[&y, &places], &[("axis", Attribute::Int(axis as i64 + 1))]);
            }
        }
        y
    }

    /// Two elements along each axis, by how near they are to the place.
    pub fn bilinear(&mut self, x: &str, to: [usize; 2]) -> String {
        let x = self.transpose(x, &[0, 3, 1, 2]);
        let kept = self.op_with("Shape", &[&x], &[("start", Attribute::Int(0)), ("end", Attribute::Int(2))]);
        let sizes = self.longs(&to.map(|size| size as i64));
        let sizes = self.concat(&[kept, sizes], 0);
        let attributes = [("mode", Attribute::Text("linear")), ("coordinate_transformation_mode", Attribute::Text("half_pixel"))];
        let y = self.op_with("Resize", &[&x, "", "", &sizes], &attributes);
        self.transpose(&y, &[0, 2, 3, 1])
    }
}

/// How far elements count.
fn radius(interpolation: Interpolation) -> f64 {
    f64::from(interpolation.radius())
}

/// How much an element counts by its distance from the place.
fn weight(interpolation: Interpolation, x: f64) -> f64 {
    if x > radius(interpolation) {
        return 0.0;
    }
    match interpolation {
        Interpolation::Nearest => 1.0,
        Interpolation::Bilinear => 1.0 - x,
        Interpolation::Bicubic if x < 1.0 => (1.5 * x - 2.5) * x * x + 1.0,
        Interpolation::Bicubic => ((2.5 - 0.5 * x) * x - 4.0) * x + 2.0,
        Interpolation::Lanczos3 | Interpolation::Lanczos5 if x <= 1e-3 => 1.0,
        Interpolation::Lanczos3 | Interpolation::Lanczos5 => {
            let radius = radius(interpolation);
            radius * (PI * x).sin() * (PI * x / radius).sin() / (PI * PI * x * x)
        }
    }
}

/// The weights `[from, to]` by which an axis becomes one of another size; those of each place sum to 1.
fn matrix(from: usize, to: usize, interpolation: Interpolation, antialias: bool) -> Vec<f32> {
    let ratio = from as f64 / to.max(1) as f64;
    let stretch = if antialias { ratio.max(1.0) } else { 1.0 };
    let mut matrix = vec![0.0; from.saturating_mul(to)];
    for place in 0..to {
        let middle = (place as f64 + 0.5) * ratio - 0.5;
        let of = |element: usize| weight(interpolation, (middle - element as f64).abs() / stretch);
        let sum: f64 = (0..from).map(of).sum();
        for element in 0..from {
            if let Some(own) = matrix.get_mut(element * to + place) {
                *own = (of(element) / sum) as f32;
            }
        }
    }
    matrix
}
