//! A model that is walked, with the weights of another: where a call goes through another graph than the other's own.

use model_graph::Graph;

use crate::custom::CustomObjects;
use crate::elements::{Elements, Identity};
use crate::float::Float;
use crate::initialize::Seeds;
use crate::interpret::{Model, ModelError, Part};
use crate::network::Network;

/// A weight of the other model.
struct Given<T: Float> {
    identity: Identity,
    data: Elements<T>,
    is_trained: bool,
}

/// A model of a flat graph, whose layers are another model's in their order: it shares their weights, which go by the same identities, and a layer
/// is frozen as it is there.
///
/// # Errors
/// If a layer is the user's own, which only the other model can make.
pub(super) fn walked<T: Float>(graph: Graph, model: &impl Network<T>) -> Result<Model<T>, ModelError> {
    let mut walked = Model::of_flat(graph, Seeds::zeros(), &CustomObjects::new())?;
    let mut given = Vec::new();
    model.visit(&mut |weight, is_trained| {
        given.push(Given { identity: weight.identity.kept(), data: weight.data.clone(), is_trained });
    });
    adopt(&mut walked, &mut given.into_iter());
    Ok(walked)
}

fn adopt<T: Float>(model: &mut Model<T>, given: &mut impl Iterator<Item = Given<T>>) {
    for part in model.parts_mut() {
        let layer = match part {
            Part::Layer(layer) => layer,
            Part::Model(model) => {
                adopt(model, given);
                continue;
            }
        };
        let mut is_trained = None;
        for weight in layer.weights_mut() {
            let Some(Given { identity, data, is_trained: is }) = given.next() else { return };
            debug_assert_eq!(weight.data.len(), data.len(), "{}", weight.name);
            if weight.trainable {
                is_trained = Some(is);
            }
            (weight.identity, weight.data) = (identity, data);
        }
        if let Some(is_trained) = is_trained {
            layer.set_trainable(is_trained);
        }
    }
}
