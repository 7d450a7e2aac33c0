//! Layers that run others.

use model_graph::argument::MergeMode;
use model_graph::layers::{Bidirectional, SpectralNormalization, TimeDistributed};
use model_graph::shape::{Shape, TensorType};

use super::super::call::{Call, Formed, Reason, Value};
use super::Form;

impl Form for Bidirectional {
    const ONNX: &'static str = "what its layer becomes, in both directions, and what merges them";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let types: Vec<TensorType> = call.inputs.iter().map(|input| input.ty.clone()).collect();
        let links = self.links(&types, call.manner).map_err(|_| Reason::from("its layers do not fit its input"))?;
        let (x, mask) = (call.input(0)?, call.slot(1));
        let given: Vec<Value> = call.manner.slot(0, &call.inputs).to_vec();
        let weights = call.weights.clone();
        let (mut weights, mut left, mut both, mut states) = (weights.as_slice(), given.as_slice(), Vec::new(), Vec::new());
        for link in &links {
            let (own, rest) = left.split_at(left.len().min(link.layer.states()));
            left = rest;
            let outputs = call.link(link, &x, own, mask.as_ref(), &mut weights)?;
            let [output, own @ ..] = outputs.as_slice() else { return Err("it has no output".into()) };
            both.push(output.clone());
            states.extend(own.iter().cloned());
        }
        let [forward, backward] = both.as_slice() else { return Err("it goes two ways".into()) };
        let is_sequence = links.first().and_then(|link| link.layer.through()).is_some_and(|through| through.return_sequences);
        let backward = if is_sequence { call.flip(backward, 1) } else { backward.clone() };
        let merged = match self.merge_mode {
            MergeMode::Concat => vec![call.concat(&[forward.clone(), backward], -1)],
            MergeMode::Apart => vec![forward.clone(), backward],
            MergeMode::Sum => vec![call.op("Add", &[forward, &backward])],
            MergeMode::Multiply => vec![call.op("Mul", &[forward, &backward])],
            MergeMode::Average => {
                let sum = call.op("Add", &[forward, &backward]);
                vec![call.with_number("Mul", &sum, 0.5)]
            }
        };
        Ok(merged.into_iter().chain(states).collect())
    }
}

impl Form for TimeDistributed {
    const ONNX: &'static str = "`Reshape`, what its layer becomes, `Reshape`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let types: Vec<TensorType> = call.inputs.iter().map(|input| input.ty.clone()).collect();
        let link = self.link(&types).map_err(|_| Reason::from("its layer does not fit its input"))?;
        let (x, mask) = (call.input(0)?, call.slot(0).filter(|_| self.takes_mask()));
        let step = call.merge_steps(&x)?;
        let mask = match mask {
            Some(mask) => Some(call.merge_steps(&mask)?),
            None => None,
        };
        let weights = call.weights.clone();
        let outputs = call.link(&link, &step, &[], mask.as_ref(), &mut weights.as_slice())?;
        let steps = x.ty.shape.0.iter().take(1).cloned();
        let (Some(output), Some(ty)) = (outputs.first(), link.outputs.first()) else { return Err("it has no output".into()) };
        let dims = Shape(steps.chain(ty.shape.0.iter().cloned()).collect());
        Ok(vec![call.split_steps(output, &ty.with_shape(dims))?])
    }
}

impl Form for SpectralNormalization {
    const ONNX: &'static str = "what its layer becomes";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let link = self.link(&x.ty).map_err(|_| Reason::from("its layer does not fit its input"))?;
        // The vector is the second weight, and only training needs it: the kernel that a model predicts with is the one that training left.
        let weights: Vec<_> = call.weights.iter().filter(|weight| weight.name != "vector_u").cloned().collect();
        call.link(&link, &x, &[], None, &mut weights.as_slice())
    }
}
