//! What training, saving and inference need of a model, be it compiled by the macro or read from a file.

use std::borrow::BorrowMut;

use model_graph::Graph;
use model_graph::dim::Dim;
use model_graph::layer::Memory;

use crate::distribution::{Piece, Problem, RunPiece};
use crate::error::Result;
use crate::float::Float;
use crate::layer::{Context, Gradient, Weight};
use crate::penalty;
use crate::states::{Kept, Turn};

/// A model that can be run and saved.
///
/// Every method takes plain slices: batches of samples, one after the other, in the order of the graph's inputs and outputs. Callers
/// have checked their lengths.
pub trait Network<T: Float = f32> {
    /// What forward leaves for backward, and the room that both work in.
    type Tape;
    /// The room that inference works in.
    type Workspace;
    /// The gradients of all weights.
    type Gradients;
    /// The model as its passes know it: the model itself; for a view, the view that holds its model by value, however this one does.
    type Owned: Network<T>;

    /// The model's flat graph: every layer under its Keras name.
    fn graph(&self) -> &Graph;

    /// What a pass leaves, for batches of any size; it allocates when it first meets a larger one.
    fn tape(&self) -> Self::Tape;

    /// A workspace for batches of any size; it allocates when it first meets a larger one.
    fn workspace(&self) -> Self::Workspace;

    /// The elements that a pass of training or of inference works with, where the named dimensions have these sizes, which have been
    /// checked.
    fn memory(&self, training: bool, named: &[usize]) -> Memory;

    /// Gradients of zero.
    fn gradients(&self) -> Self::Gradients;

    /// Computes the outputs, as if not training.
    ///
    /// # Errors
    /// If a layer of the user's own does not do what its rule says.
    fn infer(
        &self,
        workspace: &mut Self::Workspace,
        context: Context<'_>,
        inputs: &[&[T]],
        outputs: &mut [&mut [T]],
    ) -> Result<()>;

    /// Computes the outputs and leaves on the tape what backward needs.
    ///
    /// # Errors
    /// If a layer of the user's own does not do what its rule says.
    fn forward(&self, tape: &mut Self::Tape, context: Context<'_>, inputs: &[&[T]], outputs: &mut [&mut [T]]) -> Result<()>;

    /// Computes the gradients of the weights, and of those inputs whose gradient is wanted, after a forward with the same tape, context,
    /// inputs and outputs. What `d_outputs` hold afterwards is unspecified.
    ///
    /// # Errors
    /// If a layer of the user's own does not do what its rule says.
    #[allow(clippy::too_many_arguments)] // one for each thing that backward works with
    fn backward(
        &self,
        tape: &mut Self::Tape,
        context: Context<'_>,
        inputs: &[&[T]],
        outputs: &[&[T]],
        d_outputs: &mut [&mut [T]],
        d_inputs: &mut [Option<Gradient<'_, T>>],
        gradients: &mut Self::Gradients,
    ) -> Result<()>;

    /// Visits the weights, layer by layer in the order of the graph's layers; a nested model's layers stand where the model does. Whether
    /// training changes a weight as things are follows it: not if it is a moving average, or in a layer or model that is frozen.
    fn visit(&self, visitor: &mut dyn FnMut(&Weight<T>, bool));

    /// Visits the states that layers keep from one batch to the next, `stateful = true`, in the order of the layers.
    fn visit_states(&self, _visitor: &mut dyn FnMut(&Kept<T>)) {}

    /// Whether a layer of it cannot run before it has been adapted to data.
    #[doc(hidden)]
    fn waits_for_data(&self) -> bool {
        false
    }

    /// Makes all layers with `stateful = true` begin the next batch with states of zeros, of any number of samples: what comes next is another
    /// sequence. `fit` does not do so between epochs, as Keras's does not.
    fn reset_states(&self) {
        let _turn = Turn::of(self);
        self.visit_states(&mut Kept::reset);
    }

    /// The sum of the penalties on the weights that training changes as things are, which the loss of `fit` and `evaluate` includes: those of
    /// `kernel_regularizer = L2(1e-4)` and the like.
    ///
    /// # Errors
    /// If a penalty is a function of the user's own that fails.
    fn penalty(&self) -> Result<f64> {
        let mut sum = Ok(0.0);
        self.visit(&mut |weight, is_trainable| {
            if let Ok(so_far) = sum
                && is_trainable
            {
                sum = penalty::value(weight).map(|penalty| so_far + penalty);
            }
        });
        sum
    }

    /// The table of layers, output shapes, parameters and connections, with the parameters that training changes as things are: those of
    /// layers that are frozen are not among them. `Net::summary()` is the table of what was declared.
    fn summary(&self) -> String {
        let mut trainable = 0_usize;
        self.visit(&mut |weight, is_trainable| {
            trainable = trainable.saturating_add(if is_trainable { weight.data.len() } else { 0 });
        });
        model_graph::summary_as(self.graph(), &Dim::from(trainable))
    }
}

/// How a view holds a model that it can change: the model itself, or a `&mut` to it. The view's own type stands in it, so that it is known of models of other
/// crates, too, that no `&` does.
#[doc(hidden)]
pub trait Hold<Base, View>: BorrowMut<Base> + Sync {}

/// A network whose weights can be changed: trained, loaded, frozen.
pub trait Trainable<T: Float = f32>: Network<T> {
    /// Updates what training changes by other means than gradients, such as moving averages, after a forward in training.
    fn update(&mut self, tape: &Self::Tape);

    /// Lets training change the weights of all layers, or of none: Keras's `model.trainable = False`. A frozen
    /// `BatchNormalization` behaves as if not training. The configuration keeps what was declared.
    fn set_trainable(&mut self, trainable: bool);

    /// Visits the weights in the same order, to be changed.
    fn visit_mut(&mut self, visitor: &mut dyn FnMut(&mut Weight<T>));

    /// Visits the weights with their gradients in the same order, both to be changed, and whether training changes the weight as things are.
    #[allow(clippy::type_complexity)] // a visitor is what it takes
    fn visit_with(&mut self, gradients: &mut Self::Gradients, visitor: &mut dyn FnMut(&mut Weight<T>, &mut Weight<T>, bool));

    /// Runs the passes of pieces of a batch, each on a thread of its own, where layers look at all of the batch: they meet.
    ///
    /// # Errors
    /// The first of theirs, or that no other thread can run the model.
    #[doc(hidden)]
    fn run_pieces(&self, _pieces: &mut [Piece<'_, Self, T>], _run: RunPiece<'_, Self, T>) -> Result<()> {
        Err(Problem::Unshared { what: "a layer with `synchronized = true` in a struct of one's own" }.into())
    }

    /// Adds the gradients of [`penalty`](Network::penalty) to those of the weights.
    ///
    /// # Errors
    /// If a penalty is a function of the user's own that fails.
    fn add_penalties(&mut self, gradients: &mut Self::Gradients) -> Result<()> {
        let mut result = Ok(());
        self.visit_with(gradients, &mut |weight, gradient, is_trainable| {
            if result.is_ok() && is_trainable {
                result = penalty::add_gradient(weight, gradient);
            }
        });
        result
    }
}

/// A model whose passes are `N`'s: `N` itself, or the same view of a model that is held in another way.
pub trait Of<N: Network>: Network<Owned = N, Tape = N::Tape, Gradients = N::Gradients> {}

impl<N: Network, M: Network<Owned = N, Tape = N::Tape, Gradients = N::Gradients>> Of<N> for M {}
