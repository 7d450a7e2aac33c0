//! What layers hold that does not follow from which layer they are.

use model_graph::argument::OwnFunction;
use model_graph::layer::WeightSpec;
use model_graph::shape::Shape;

use super::{Backward, Context, Forward, Weight};
use crate::buffer::bytes;
use crate::custom::{ActivityFunctions, Templates};
use crate::elements::Identity;
use crate::error::Result;
use crate::few::Few;
use crate::float::Float;
use crate::initialize::{Seeds, mix};
use crate::layers::entry::{self, AnyRun};
use crate::layers::keeping;
use crate::layers::reach::OwnCode;
use crate::profile;
use crate::states::{Kept, Turn};

/// What a layer holds beside its configuration and its weights. All that can be done here is compiled once, and not for each layer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Common<T: Float> {
    /// The number of the layer in its model, which sets its random choices apart.
    stream: u64,
    /// What tells it from all other layers.
    pub(crate) identity: Identity,
    /// What a layer of the user's own holds.
    pub(crate) templates: Templates<T>,
    /// The states that it keeps from one call to the next, if it does.
    pub(crate) kept: Option<Kept<T>>,
    /// The code of the user's own that it goes by, if it does.
    pub(crate) own: OwnCode<T>,
}

impl<T: Float> Common<T> {
    /// That of the layer with this number, which keeps no states.
    pub(super) fn new(stream: u64, activities: ActivityFunctions) -> Self {
        Self { stream, identity: Identity::new(), templates: Templates::new(), kept: None, own: OwnCode::new(activities) }
    }

    /// That of the next layer, which keeps states of these shapes and has these penalties on what it gives, with its weights as their initialisers
    /// have them. What draws nothing does not change what the layers behind it draw.
    pub(super) fn start(
        specs: Vec<WeightSpec>,
        activities: Vec<OwnFunction>,
        states: Option<Vec<Shape>>,
        draws: bool,
        seeds: &mut Seeds,
    ) -> (Vec<Weight<T>>, Self) {
        let activities = seeds.activities(activities);
        let (stream, seeds) = if draws { seeds.layer() } else { seeds.none() };
        let weights = entry::weights(&specs, seeds);
        (weights, Self { kept: states.as_deref().map(Kept::new), ..Self::new(stream, activities) })
    }

    /// A number for the random choices of one call in one pass.
    pub(crate) fn key(&self, context: Context<'_>, call: usize) -> u64 {
        mix(mix(context.seed, self.stream), call as u64)
    }

    /// See [`Layer::forward_all`](super::Layer::forward_all).
    pub(super) fn forward(&self, layer: &dyn AnyRun<T>, trainable: bool, call: Forward<'_, T>) -> Result<()> {
        let call = Forward { context: taking_part(layer, trainable, call.context), ..call };
        let run = |call: Forward<'_, T>| match self.own.is_empty() {
            true => {
                layer.forward(call);
                Ok(())
            }
            false => self.own.forward(call, &|call| layer.forward(call)),
        };
        profile::forward(
            || layer.class(),
            call,
            |call| match &self.kept {
                None => run(call),
                Some(kept) => keeping::forward(&run, kept, call),
            },
        )
    }

    /// See [`Layer::backward_all`](super::Layer::backward_all).
    pub(super) fn backward(&self, layer: &dyn AnyRun<T>, trainable: bool, call: Backward<'_, T>) -> Result<()> {
        let call = Backward { context: taking_part(layer, trainable, call.context), ..call };
        let Some(watch) = call.context.watch else { return self.run_back(layer, call) };
        let mut more: Few<&mut [T]> = call.more.iter_mut().map(|d_output| &mut **d_output).collect();
        let mut d_inputs: Few<_> =
            call.d_inputs.iter_mut().map(|d_input| d_input.as_mut().map(|d_input| d_input.contribution(true))).collect();
        let (d_output, gradients) = (&mut *call.d_output, &mut *call.gradients);
        // What runs inside of it leaves its part only.
        let context = Context { watch: None, ..call.context };
        let within = Backward { context, more: &mut more, d_inputs: &mut d_inputs, d_output, gradients, ..call };
        self.run_back(layer, within)?;
        call.gradients
            .iter()
            .filter(|gradient| !gradient.data.is_empty())
            .for_each(|gradient| watch.come_to(bytes(&gradient.data)));
        Ok(())
    }

    fn run_back(&self, layer: &dyn AnyRun<T>, call: Backward<'_, T>) -> Result<()> {
        profile::backward(
            || layer.class(),
            call,
            |call| match self.own.is_empty() {
                true => {
                    layer.backward(call);
                    Ok(())
                }
                false => self.own.backward(call, &|call| layer.backward(call)),
            },
        )
    }

    /// See [`Layer::reset_states`](super::Layer::reset_states).
    pub(super) fn reset_states(&self) {
        let _turn = Turn::of_layer(self.kept.as_ref());
        self.kept.iter().for_each(Kept::reset);
    }
}

/// A pass as a layer takes part in it.
fn taking_part<'c, T: Float>(layer: &dyn AnyRun<T>, trainable: bool, context: Context<'c>) -> Context<'c> {
    Context { training: context.training && (trainable || !layer.infers_when_frozen()), ..context }
}
