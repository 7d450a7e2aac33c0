//! What each layer is in ONNX: one form a layer, by families.

use model_graph::custom::Custom;
use model_graph::layers::AnyLayer;
use model_graph::with_layer;

use super::call::{Call, Formed};

/// Layers whose output is the input's elements under another shape.
macro_rules! reshaped {
    ($($layer:ident),*) => {
        $(impl $crate::onnx::forms::Form for $layer {
            const ONNX: &'static str = "`Reshape`";

            fn form(&self, call: &mut $crate::onnx::call::Call<'_, '_>) -> $crate::onnx::call::Formed {
                let (x, shape) = (call.x()?, call.shape());
                Ok(vec![call.reshape(&x, &shape.0)?])
            }
        })*
    };
}

mod activation;
mod attention;
mod basic;
mod convolutional;
mod merging;
mod normalization;
mod operations;
mod pooling;
mod preprocessing;
mod recurrent;
mod regularization;
mod reshaping;
mod resize;
mod wrapping;

/// The form of a layer in ONNX.
pub trait Form {
    /// What it becomes, in words: the operators of ONNX, or why there is none.
    const ONNX: &'static str;

    /// Writes it.
    fn form(&self, call: &mut Call<'_, '_>) -> Formed;
}

impl Form for Custom {
    const ONNX: &'static str = "none: it is code of the user's own";

    fn form(&self, _call: &mut Call<'_, '_>) -> Formed {
        Err("it is code of the user's own: export the models around it".into())
    }
}

/// Writes any layer.
pub fn form(any: &AnyLayer, call: &mut Call<'_, '_>) -> Formed {
    with_layer!(any, layer => layer.form(call))
}

macro_rules! rows {
    ($($family:ident { $($file:ident: $layer:ident,)* })*) => {
        &[$($( (stringify!($family), stringify!($layer), <model_graph::layers::$layer as Form>::ONNX), )*)*]
    };
}

/// What each layer becomes in ONNX, as a table in Markdown: its family, its class, and the operators or why there are none.
#[must_use]
pub fn table() -> String {
    let rows: &[(&str, &str, &str)] = model_graph::for_each_layer!(rows);
    let row = |(family, layer, form): &(&str, &str, &str)| format!("| {family} | `{layer}` | {form} |\n");
    let custom = row(&("custom", "#[layer]", <Custom as Form>::ONNX));
    "| family | layer | in ONNX |\n|---|---|---|\n".to_owned() + &rows.iter().map(row).collect::<String>() + &custom
}

/// Layers that hand on what they are given, since what they do is for training alone.
macro_rules! handed_on {
    ($($layer:ident),* $(,)?) => {
        $(impl $crate::onnx::forms::Form for model_graph::layers::$layer {
            const ONNX: &'static str = "nothing: it does something in training alone";

            fn form(&self, call: &mut $crate::onnx::call::Call<'_, '_>) -> $crate::onnx::call::Formed {
                Ok(vec![call.x()?])
            }
        })*
    };
}
pub(super) use handed_on;
