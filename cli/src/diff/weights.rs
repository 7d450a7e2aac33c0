//! Weights, compared one by one.

use std::collections::HashMap;

use functional_model::exchange::Tensor;
use functional_model::network::Network;
use functional_model::prelude::Model;
use serde_json::{Value, json};

use crate::table::short;

/// A weight of a file.
pub struct Weight {
    pub path: String,
    shape: Vec<usize>,
    elements: Vec<f32>,
}

impl Weight {
    pub fn of_tensor((path, tensor): &(String, Tensor<'_>)) -> Self {
        Self { path: path.clone(), shape: tensor.shape.clone(), elements: tensor.to_vec() }
    }
}

/// The weights of a model by their paths.
pub fn of_model(model: &Model) -> Vec<Weight> {
    let mut paths = model.graph().weights().into_iter().map(|(path, _)| path);
    let mut weights = Vec::new();
    model.visit(&mut |weight, _| {
        let path = paths.next().unwrap_or_default();
        weights.push(Weight { path, shape: weight.shape.to_vec(), elements: weight.data.to_vec() });
    });
    weights
}

/// A weight of one file beside that of the other.
pub struct Compared {
    before: Option<String>,
    after: Option<String>,
    found: Found,
}

enum Found {
    /// The largest difference of two elements; infinite where one is NaN and the other is not.
    Apart(f64),
    Shapes(Vec<usize>, Vec<usize>),
    OnlyBefore,
    OnlyAfter,
}

/// Compares weights by pairs of paths, the worst first.
pub fn compare(before: Vec<Weight>, after: Vec<Weight>, pairs: &[(String, String)]) -> Vec<Compared> {
    let others: HashMap<&str, &str> = pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let mut after: Vec<Option<Weight>> = after.into_iter().map(Some).collect();
    let places: HashMap<String, usize> =
        after.iter().flatten().enumerate().map(|(place, weight)| (weight.path.clone(), place)).collect();
    let mut compared: Vec<Compared> = Vec::new();
    for weight in before {
        let other = others.get(weight.path.as_str()).and_then(|other| places.get(*other)).and_then(|&place| after[place].take());
        compared.push(match other {
            Some(other) => {
                let found = found(&weight, &other);
                Compared { before: Some(weight.path), after: Some(other.path), found }
            }
            None => Compared { before: Some(weight.path), after: None, found: Found::OnlyBefore },
        });
    }
    let rest = after.into_iter().flatten();
    compared.extend(rest.map(|weight| Compared { before: None, after: Some(weight.path), found: Found::OnlyAfter }));
    compared.sort_by(|a, b| b.distance().total_cmp(&a.distance()));
    compared
}

fn found(a: &Weight, b: &Weight) -> Found {
    if a.shape != b.shape {
        return Found::Shapes(a.shape.clone(), b.shape.clone());
    }
    let apart = |(&a, &b): (&f32, &f32)| match () {
        () if a == b || (a.is_nan() && b.is_nan()) => 0.0,
        () if a.is_nan() || b.is_nan() => f64::INFINITY,
        () => (f64::from(a) - f64::from(b)).abs(),
    };
    Found::Apart(a.elements.iter().zip(&b.elements).map(apart).fold(0.0, f64::max))
}

impl Compared {
    /// How far the weights are apart: infinitely, where there is nothing to compare.
    fn distance(&self) -> f64 {
        if let Found::Apart(distance) = self.found { distance } else { f64::INFINITY }
    }

    /// Whether all elements are so close.
    pub fn is_within(&self, tolerance: f64) -> bool {
        self.distance() <= tolerance
    }

    /// The path, or both where they differ.
    pub fn name(&self) -> String {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) if before != after => format!("{before} -> {after}"),
            (Some(path), _) | (None, Some(path)) => path.clone(),
            (None, None) => String::new(),
        }
    }

    /// What has been found, in words.
    pub fn told(&self) -> String {
        match &self.found {
            Found::Apart(distance) => short(*distance),
            Found::Shapes(before, after) => format!("{before:?} -> {after:?}"),
            Found::OnlyBefore => "only in the first".to_owned(),
            Found::OnlyAfter => "only in the second".to_owned(),
        }
    }

    /// The same for programs.
    pub fn json(&self, tolerance: f64) -> Value {
        let mut json = json!({ "before": self.before, "after": self.after, "same": self.is_within(tolerance) });
        match &self.found {
            Found::Apart(distance) => json["largest_difference"] = (*distance).into(),
            Found::Shapes(before, after) => json["shapes"] = json!([before, after]),
            Found::OnlyBefore | Found::OnlyAfter => {}
        }
        json
    }
}
