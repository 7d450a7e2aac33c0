//! The layers and models that a layer of the user's own holds, as its `call` has them.

use std::fmt;
use std::sync::{Arc, OnceLock};

use model_graph::custom::BuiltPart;
use model_graph::layers::AnyLayer as Config;

use super::CustomObjects;
use crate::any::AnyLayer;
use crate::error::Result;
use crate::float::Float;
use crate::initialize::Seeds;
use crate::interpret::Model;
use crate::layer::Weight;
use crate::network::{Network, Trainable};
use crate::variable::{self, Callable, Inputs, Var};

/// A layer or model that a layer of the user's own holds: it is called like any other.
#[derive(Clone)]
pub struct Part<T: Float = f32>(Kind<T>);

#[derive(Clone)]
enum Kind<T: Float> {
    Layer(Box<AnyLayer<T>>),
    Model(Box<Model<T>>),
}

/// What a part is made from, whatever its weights have become.
struct Template<T: Float> {
    name: &'static str,
    /// How many weights it has.
    weights: usize,
    kind: TemplateKind<T>,
}

enum TemplateKind<T: Float> {
    Layer(Box<Config>),
    Model(Box<Model<T>>),
}

/// The templates of a layer's parts, made when they are first needed.
pub(crate) struct Templates<T: Float>(OnceLock<Arc<[Template<T>]>>);

impl<T: Float> Templates<T> {
    /// Nothing yet.
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    fn get(&self, built: impl FnOnce() -> Vec<(&'static str, BuiltPart)>) -> &[Template<T>] {
        self.0.get_or_init(|| built().into_iter().map(|(name, part)| Template::new(name, part)).collect())
    }

    /// The parts with these weights, which lie one behind the other; none is trained of a layer that is frozen.
    pub(super) fn parts(
        &self,
        weights: &[Weight<T>],
        trainable: bool,
        built: impl FnOnce() -> Vec<(&'static str, BuiltPart)>,
    ) -> Vec<Part<T>> {
        let mut rest = weights;
        let part = |(place, template): (usize, &Template<T>)| {
            let (own, others) = rest.split_at(template.weights);
            rest = others;
            let own = own.iter().map(|weight| weight.kept_within(template.name));
            Part(match &template.kind {
                TemplateKind::Layer(config) => {
                    Kind::Layer(Box::new(AnyLayer::holding(config, own.collect(), place as u64, trainable)))
                }
                TemplateKind::Model(model) => Kind::Model(Box::new(holding(model, own, trainable))),
            })
        };
        self.get(built).iter().enumerate().map(part).collect()
    }
}

impl<T: Float> Template<T> {
    fn new(name: &'static str, part: BuiltPart) -> Self {
        let weights = part.count();
        let kind = match part {
            BuiltPart::Layer(config, _) => TemplateKind::Layer(config),
            BuiltPart::Model(graph) => {
                let model = Model::of_flat((*graph).clone(), Seeds::zeros(), &CustomObjects::new());
                TemplateKind::Model(Box::new(model.expect("the declaration of a part is a model that can be run")))
            }
        };
        Self { name, weights, kind }
    }
}

/// A model with these weights, which are the same as those they are taken from.
fn holding<T: Float>(model: &Model<T>, mut weights: impl Iterator<Item = Weight<T>>, trainable: bool) -> Model<T> {
    let mut model = model.clone();
    model.visit_mut(&mut |weight| {
        if let Some(Weight { data, identity, .. }) = weights.next() {
            (weight.data, weight.identity) = (data, identity);
        }
    });
    if !trainable {
        model.set_trainable(false);
    }
    model
}

impl<T: Float> Callable<T> for Part<T> {
    fn describe(&self) -> String {
        match &self.0 {
            Kind::Layer(layer) => layer.config().source(),
            Kind::Model(model) => model.graph().name.clone(),
        }
    }

    fn run(&self, inputs: Inputs<T>) -> Result<Vec<Var<T>>> {
        match &self.0 {
            Kind::Layer(layer) => variable::call_any(layer, inputs),
            Kind::Model(model) => variable::call_whole(&**model, inputs),
        }
    }
}

impl<T: Float> fmt::Debug for Part<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({})", Callable::describe(self))
    }
}

impl<T: Float> Clone for Templates<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// They follow from what a layer is declared to be, by which layers are compared.
impl<T: Float> PartialEq for Templates<T> {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl<T: Float> fmt::Debug for Templates<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Templates")
    }
}
