//! What a pass through a network is run with.

use model_graph::layer::{MOST_SLOTS, Manner};

use crate::activity::Penalties;
use crate::distribution::{Seat, Watch};
use crate::initialize::mix;
use crate::layer::Prepared;
use crate::layers::reach::InReach;

/// What a pass through a network is run with.
#[derive(Clone, Copy, Debug)]
pub struct Context<'n> {
    /// The number of samples.
    pub batch: usize,
    /// The number of samples that penalties on what layers give are divided by: those of the model, where a layer counts steps as samples.
    pub samples: usize,
    /// The number of steps whose samples are in the batch, one after the other for each sample of the model: where samples of a batch depend on
    /// one another, those of a step do.
    pub steps: usize,
    /// Whether layers that differ between training and inference train.
    pub training: bool,
    /// What random choices of this pass follow from; another one for every step.
    pub seed: u64,
    /// The seed of the whole pass: that of its model, where this is one of a model inside.
    pub root: u64,
    /// Whether backward adds to the weights' gradients instead of writing them.
    pub accumulate: bool,
    /// The sizes of the graph's named dimensions, in the order of their names.
    pub named: &'n [usize],
    /// Which of the inputs are in slots, where a layer is called.
    pub manner: Manner,
    /// What the penalties on what layers give are added to, where anyone asks for them.
    pub penalties: Option<&'n Penalties>,
    /// The code of the user's own that a layer goes by, which hands it on to those that it runs inside of itself.
    pub own: Option<InReach<'n>>,
    /// What layers have made of the model's weights, where nothing changes these from pass to pass.
    pub prepared: Option<&'n Prepared>,
    /// Where layers that look at all of a batch meet the other pieces of it, in a pass of one of those that ranks share.
    pub meeting: Option<Seat<'n>>,
    /// Who is told of the gradients of weights, layer by layer, while backward goes on.
    pub watch: Option<&'n dyn Watch>,
}

impl<'n> Context<'n> {
    /// A pass that infers.
    #[must_use]
    pub const fn inference(batch: usize) -> Self {
        let manner = Manner::new([0; MOST_SLOTS]);
        Self {
            batch,
            samples: batch,
            steps: 1,
            training: false,
            seed: 0,
            root: 0,
            accumulate: false,
            named: &[],
            manner,
            penalties: None,
            own: None,
            prepared: None,
            meeting: None,
            watch: None,
        }
    }

    /// A pass that trains; random choices follow from the seed.
    #[must_use]
    pub const fn training(batch: usize, seed: u64) -> Self {
        Self { training: true, seed, root: seed, ..Self::inference(batch) }
    }

    /// This pass with these sizes of named dimensions.
    #[must_use]
    pub const fn with_named<'m>(self, named: &'m [usize]) -> Context<'m>
    where
        'n: 'm,
    {
        Context { named, ..self }
    }

    /// This pass, which adds up the penalties on what layers give.
    #[must_use]
    pub const fn summing<'m>(self, penalties: &'m Penalties) -> Context<'m>
    where
        'n: 'm,
    {
        Context { penalties: Some(penalties), ..self }
    }

    /// This pass, which goes by what layers have made of the model's weights, and adds to that. Nothing changes the weights as long as it is used.
    #[must_use]
    pub const fn preparing<'m>(self, prepared: &'m Prepared) -> Context<'m>
    where
        'n: 'm,
    {
        Context { prepared: Some(prepared), ..self }
    }

    /// This pass, for a call with inputs in slots, or one that asks for something.
    #[must_use]
    pub const fn in_manner(self, manner: Manner) -> Self {
        Self { manner, training: self.training && !manner.infers(), ..self }
    }

    /// This pass, for a call of a model that infers if it says so.
    #[must_use]
    pub const fn inferring(self, infers: bool) -> Self {
        Self { training: self.training && !infers, ..self }
    }

    /// This pass within the `call`-th call of a model: each call makes random choices of its own.
    #[must_use]
    pub const fn within(self, call: usize) -> Self {
        Self { seed: mix(self.seed, call as u64), ..self }
    }

    /// This pass for a call for each step of a sequence: all steps of all samples are the samples of one batch.
    #[must_use]
    pub const fn of_steps(self, steps: usize) -> Self {
        Self { batch: self.batch * steps, steps: self.steps * steps, ..self }
    }

    /// This pass, where backward adds to the weights' gradients if it did or if `also` says so.
    #[must_use]
    pub const fn adding(self, also: bool) -> Self {
        Self { accumulate: self.accumulate || also, ..self }
    }
}
