//! What a model computes, bit for bit: the macro's code against the interpreter.

use functional_model::layer::{Context, Gradient};
use functional_model::prelude::*;

/// The bits of two training steps and of an inference: outputs, gradients of all weights, and the weights afterwards.
fn bits<N: Trainable>(model: &mut N, batch: usize, named: &[usize]) -> Vec<u32> {
    let names = model.graph().names();
    let ports = |ports: &[functional_model::graph::Port], graph: &functional_model::Graph| -> Vec<usize> {
        let size = |name: &str| functional_model::named::size(&names, named, name);
        ports.iter().map(|port| batch * graph.ty(port.tensor).shape.count().evaluate(&size).unwrap() as usize).collect()
    };
    let (inputs, outputs) = (ports(&model.graph().inputs, model.graph()), ports(&model.graph().outputs, model.graph()));
    let mut number = 0u32;
    let mut next = || {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (number >> 8) as f32 / 8_388_608.0 - 1.0
    };
    let mut number = |dtype: &str| match dtype {
        "i32" => (2.0 * next() + 2.0).floor(),
        "bool" => (next() + 1.3).floor().min(1.0),
        _ => next(),
    };
    let dtype = |port: &functional_model::graph::Port| {
        let ty = model.graph().ty(port.tensor).to_string();
        ty.split('[').next().unwrap_or_default().to_owned()
    };
    let numbers = model.graph().inputs.iter().map(dtype).zip(&inputs);
    let inputs: Vec<Vec<f32>> = numbers.map(|(dtype, &len)| (0..len).map(|_| number(&dtype)).collect()).collect();
    let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
    let (mut tape, mut workspace, mut gradients) = (model.tape(), model.workspace(), model.gradients());
    let mut bits = Vec::new();
    for step in 0..2 {
        let context = Context::training(batch, step).with_named(named);
        let mut results: Vec<Vec<f32>> = outputs.iter().map(|&len| vec![f32::NAN; len]).collect();
        model.forward(&mut tape, context, &inputs, &mut results.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>()).unwrap();
        bits.extend(results.iter().flatten().map(|x| x.to_bits()));
        let mut d_outputs: Vec<Vec<f32>> = outputs.iter().map(|&len| (0..len).map(|_| next()).collect()).collect();
        let mut d_inputs: Vec<Vec<f32>> = inputs.iter().map(|input| vec![0.0; input.len()]).collect();
        let results: Vec<&[f32]> = results.iter().map(Vec::as_slice).collect();
        let mut wanted: Vec<Option<Gradient<'_, f32>>> =
            d_inputs.iter_mut().map(|data| Some(Gradient { data, accumulate: step == 1 })).collect();
        let mut slices: Vec<&mut [f32]> = d_outputs.iter_mut().map(Vec::as_mut_slice).collect();
        model.backward(&mut tape, context, &inputs, &results, &mut slices, &mut wanted, &mut gradients).unwrap();
        bits.extend(d_inputs.iter().flatten().map(|x| x.to_bits()));
        model.update(&tape);
        model.visit_with(&mut gradients, &mut |weight, gradient, is_trainable| {
            bits.extend(gradient.data.iter().map(|x| x.to_bits()));
            if is_trainable {
                weight.data.iter_mut().zip(gradient.data.iter()).for_each(|(w, g)| *w -= 0.01 * g);
            }
            bits.extend(weight.data.iter().map(|x| x.to_bits()));
        });
    }
    let mut results: Vec<Vec<f32>> = outputs.iter().map(|&len| vec![f32::NAN; len]).collect();
    model
        .infer(
            &mut workspace,
            Context::inference(batch).with_named(named),
            &inputs,
            &mut results.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>(),
        )
        .unwrap();
    bits.extend(results.iter().flatten().map(|x| x.to_bits()));
    bits
}

/// The compiled model and the one rebuilt from its configuration do the same, bit for bit, at these sizes of named dimensions.
#[allow(dead_code)] // of models without layers of one's own
pub fn check<N: Trainable>(compiled: N, configuration: &str, batch: usize, named: &[usize]) {
    agree(compiled, Model::new(functional_model::config::from_json(configuration).unwrap(), 7).unwrap(), batch, named);
}

/// The same of a model that has been rebuilt.
pub fn agree<N: Trainable>(mut compiled: N, mut rebuilt: Model, batch: usize, named: &[usize]) {
    assert_eq!(rebuilt.graph(), compiled.graph());
    let (compiled, rebuilt) = (bits(&mut compiled, batch, named), bits(&mut rebuilt, batch, named));
    let differing = compiled.iter().zip(&rebuilt).position(|(a, b)| a != b);
    assert_eq!((compiled.len(), differing), (rebuilt.len(), None));
    assert!(compiled.iter().all(|&x| f32::from_bits(x).is_finite()));
}
