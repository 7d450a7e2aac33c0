//! A model of one layer, written and read: what comes back must be the same, to the bit.

use model_graph::Graph;
use model_graph::config;
use model_graph::constants::Equation;
use model_graph::graph::Kind;
use model_graph::shape::DType;

use super::{BATCH, Subject};
use crate::file::Save;
use crate::interpret::Model;
use crate::layer::Context;
use crate::network::Network;

/// Writes a model with the layer as a configuration and as a file, and reads both.
pub(super) fn check_files(subject: &Subject) {
    let Subject { config, types, manner, single, what, .. } = subject;
    let mut graph = Graph::new("checked");
    let inputs: Vec<_> = types.iter().enumerate().map(|(i, ty)| graph.input(format!("input_{i}"), ty.clone())).collect();
    let layer = graph.layer(Kind::Layer(config.clone()), Some("layer".to_owned()));
    let called = graph.call_assuming(layer, &inputs, *manner, Equation::open);
    let (outputs, _) = called.unwrap_or_else(|error| panic!("{what}: {error}"));
    for (i, &output) in outputs.iter().enumerate() {
        graph.output(if i == 0 { "layer".to_owned() } else { format!("layer_{i}") }, output);
    }
    let read = config::from_json_with(&config::to_json(&graph), single.registry());
    let read = read.unwrap_or_else(|error| panic!("{what}: the configuration must be read as it was written: {error}"));
    assert_eq!(read.layers[0].kind, graph.layers[0].kind, "{what}: the configuration must be read as it was written");

    let model = Model::with_custom_objects(graph, 1, single).unwrap_or_else(|error| panic!("{what}: {error}"));
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{what}: no folder to save to: {error}"));
    let path = folder.path().join("checked.safetensors");
    let loaded = model.save(&path).and_then(|()| Model::load_with(&path, single));
    let loaded = loaded.unwrap_or_else(|error| panic!("{what}: a model must be saved and loaded: {error}"));
    assert_eq!(infer(&model, what), infer(&loaded, what), "{what}: a model that was saved and loaded must give the same bits");
}

/// What a model gives for numbers of all sizes, for zeros where they are the numbers of something, and for what is true or false.
fn infer(model: &Model, what: &str) -> Vec<Vec<f32>> {
    let graph = model.graph();
    let elements = |port: &model_graph::graph::Port| {
        let sizes = graph.ty(port.tensor).shape.sizes().unwrap_or_default();
        BATCH * sizes.iter().product::<usize>()
    };
    let numbers = |port: &model_graph::graph::Port| {
        let number = |i: usize| match graph.ty(port.tensor).dtype {
            DType::F32 => (i as f32 * 0.37).rem_euclid(3.0) - 1.48,
            DType::I32 => 0.0,
            DType::Bool => {
                if i.is_multiple_of(3) {
                    0.0
                } else {
                    1.0
                }
            }
        };
        (0..elements(port)).map(number).collect()
    };
    let inputs: Vec<Vec<f32>> = graph.inputs.iter().map(numbers).collect();
    let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
    let mut outputs: Vec<Vec<f32>> = graph.outputs.iter().map(|output| vec![0.0; elements(output)]).collect();
    let mut written: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
    let done = model.infer(&mut model.workspace(), Context::inference(BATCH), &inputs, &mut written);
    done.unwrap_or_else(|error| panic!("{what}: {error}"));
    outputs
}
