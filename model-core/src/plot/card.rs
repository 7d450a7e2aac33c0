//! What a card says of a layer.

use model_graph::graph::{Kind, LayerNode};
use model_graph::layer::Manner;
use model_graph::shape::{DType, TensorType};
use model_graph::summary::number;
use serde_json::Value;

/// A layer's call, an input, or an output.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Card {
    /// The layer's name.
    pub name: String,
    /// Its type, with what shapes its work: `Conv2D 3 × 3 · relu`.
    pub detail: String,
    /// The shape of what it gives.
    pub shape: String,
    /// Its parameters, where it has any.
    pub parameters: String,
    /// The family whose colour it has.
    pub family: &'static str,
    /// The frame it lies in.
    pub frame: Option<usize>,
}

impl Card {
    /// The card of an input or output.
    pub fn port(name: &str, family: &'static str, ty: &TensorType) -> Self {
        let (detail, parameters) = (String::new(), String::new());
        Self { name: name.to_owned(), detail, shape: shape(ty), parameters, family, frame: None }
    }

    /// The card of a call, with the types of what it gives and whether that is masked; `is_again` where the layer's weights have been counted on another card.
    pub fn call(layer: &LayerNode, manner: Manner, outputs: &[(&TensorType, bool)], is_again: bool) -> Self {
        let marked =
            |&(ty, is_masked): &(&TensorType, bool)| format!("{}{}", shape(ty), if is_masked { " · masked" } else { "" });
        let shapes: Vec<String> = outputs.iter().map(marked).collect();
        let family = match &layer.kind {
            Kind::Layer(any) => any.family(),
            Kind::Model(_) | Kind::Block(_) => "model",
        };
        Self {
            name: layer.called(manner).to_owned(),
            detail: if manner.is_for_each_step() { format!("{} · each step", detail(layer)) } else { detail(layer) },
            shape: shapes.join(", "),
            parameters: parameters(layer, is_again),
            family,
            frame: None,
        }
    }

    /// Whether it is an input or output, which is drawn smaller.
    pub fn is_port(&self) -> bool {
        self.detail.is_empty()
    }
}

fn shape(ty: &TensorType) -> String {
    let sizes: Vec<String> = ty.shape.0.iter().map(ToString::to_string).collect();
    let sizes = if sizes.is_empty() { "scalar".to_owned() } else { sizes.join(" × ") };
    match ty.dtype {
        DType::F32 => sizes,
        DType::I32 | DType::Bool => format!("{sizes} {}", ty.dtype),
    }
}

fn parameters(layer: &LayerNode, is_again: bool) -> String {
    let count = layer.parameters().total;
    match (count.size(), is_again, layer.trainable) {
        (Some(0), ..) => String::new(),
        (_, true, _) => "shared weights".to_owned(),
        (_, false, true) => format!("{} params", number(&count)),
        (_, false, false) => format!("{} params, frozen", number(&count)),
    }
}

/// The type, and the arguments that one asks for first.
fn detail(layer: &LayerNode) -> String {
    let Kind::Layer(any) = &layer.kind else { return "Functional".to_owned() };
    let arguments = any.write();
    let mut detail = any.class().to_owned();
    let window = arguments.get("kernel_size").or_else(|| arguments.get("pool_size")).map(sizes);
    if let Some(window) = &window {
        detail.push_str(&format!(" {window}"));
    }
    if let Some(rate) = arguments.get("rate") {
        detail.push_str(&format!(" {rate}"));
    }
    let strides = arguments.get("strides").filter(|strides| !strides.is_null()).map(sizes);
    if let Some(strides) = strides.filter(|strides| strides != "1 × 1" && Some(strides) != window.as_ref()) {
        detail.push_str(&format!(", stride {strides}"));
    }
    match arguments.get("activation").and_then(Value::as_str) {
        Some("linear") | None => detail,
        Some(activation) => format!("{detail} · {activation}"),
    }
}

/// `3 × 3` for `[3, 3]`.
fn sizes(value: &Value) -> String {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(" × ")
}
