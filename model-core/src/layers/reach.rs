//! Code of the user's own that layers of the library go by, the arithmetic of cells and penalties on what is given: the layer that a model holds has it, and what runs
//! inside of that finds it in the context of its call. What goes wrong in it goes back the same way: layers of the library do not fail.

use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

use model_graph::layers::{AnyLayer, RNN};

use crate::custom::{ActivityFunctions, CustomObjects, Declared, Runs};
use crate::error::{Error, Result};
use crate::few::Few;
use crate::float::Float;
use crate::layer::{Backward, Context, Forward, Gradient};
use crate::layers::inner;

/// The arithmetic of cells, by what they are declared to be.
pub(crate) type Cells<T> = Vec<(Declared, Arc<dyn Runs<T>>)>;

/// The arithmetic of each of the cells of a layer of the library; nothing if one of them is not among these.
pub(crate) fn cells<T: Float>(layer: &AnyLayer, custom_objects: &CustomObjects<T>) -> Option<Cells<T>> {
    let own = layer.own().into_iter().filter(|_| layer.signature().is_none());
    own.map(|cell| Some((cell.clone(), custom_objects.cell(cell)?))).collect()
}

/// What a layer goes by that its configuration does not have.
#[derive(Clone, Debug)]
pub(crate) struct OwnCode<T: Float> {
    /// How each of its cells runs.
    pub(crate) cells: Cells<T>,
    /// The penalties on what it gives, and on what those within it give.
    pub(crate) activities: ActivityFunctions,
}

impl<T: Float> OwnCode<T> {
    /// A layer's that has these penalties, and no cell yet.
    pub(crate) const fn new(activities: ActivityFunctions) -> Self {
        Self { cells: Vec::new(), activities }
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.cells.is_empty() && self.activities.is_empty()
    }

    fn in_reach<'n>(&'n self, fault: &'n Mutex<Option<Error>>) -> Option<InReach<'n>> {
        Some(InReach { cells: &self.cells, activities: &self.activities, fault })
    }

    /// Runs a layer with this in reach.
    ///
    /// # Errors
    /// If some of it fails.
    pub(crate) fn forward(&self, call: Forward<'_, T>, run: &dyn Fn(Forward<'_, T>)) -> Result<()> {
        let Forward { context, key, weights, inputs, output_shape, output, more, saved, scratch } = call;
        let fault = Mutex::new(None);
        let context = Context { own: self.in_reach(&fault), ..context };
        let mut more = inner::lent_all(more);
        run(Forward { context, key, weights, inputs, output_shape, output, more: &mut more, saved, scratch });
        told(&fault)
    }

    /// Goes back through a layer with this in reach.
    ///
    /// # Errors
    /// If some of it fails.
    pub(crate) fn backward(&self, call: Backward<'_, T>, run: &dyn Fn(Backward<'_, T>)) -> Result<()> {
        let Backward { context, key, weights, inputs, output, d_output, more, d_inputs, gradients, saved, scratch } = call;
        let fault = Mutex::new(None);
        let context = Context { own: self.in_reach(&fault), ..context };
        let mut more = inner::lent_all(more);
        let mut d_inputs: Few<Option<Gradient<'_, T>>> = d_inputs.iter_mut().map(inner::lent).collect();
        let (more, d_inputs) = (&mut *more, &mut *d_inputs);
        run(Backward { context, key, weights, inputs, output, d_output, more, d_inputs, gradients, saved, scratch });
        told(&fault)
    }
}

/// What has gone wrong, if anything has.
fn told(fault: &Mutex<Option<Error>>) -> Result<()> {
    fault.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
}

/// Layers are compared by their configuration, which names all of it.
impl<T: Float> PartialEq for OwnCode<T> {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

/// What a call has in reach, and the place for what goes wrong in it.
#[derive(Clone, Copy, Debug)]
pub struct InReach<'n> {
    /// The [`Cells`] of the type of numbers that the call has.
    cells: &'n (dyn Any + Send + Sync),
    activities: &'n ActivityFunctions,
    fault: &'n Mutex<Option<Error>>,
}

impl InReach<'_> {
    /// Runs what goes by the cell of an `RNN`, unless something has failed before.
    pub(super) fn run<T: Float>(reached: Option<Self>, rnn: &RNN, run: impl FnOnce(&dyn Runs<T>) -> Result<()>) {
        let reached = reached.expect("a layer that goes by a cell of the user's own has it in reach");
        let cells = reached.cells.downcast_ref::<Cells<T>>();
        let found = cells.into_iter().flatten().find(|(cell, _)| Some(cell) == rnn.own_cell());
        let (_, cell) = found.expect("a layer that goes by a cell of the user's own has its arithmetic");
        reached.unless_failed(|| run(&**cell));
    }

    /// Asks a penalty of the user's own, unless something has failed before.
    pub(crate) fn ask(reached: Option<Self>, ask: impl FnOnce(&ActivityFunctions) -> Result<()>) {
        let reached = reached.expect("a layer with a penalty of the user's own has it in reach");
        reached.unless_failed(|| ask(reached.activities));
    }

    fn unless_failed(self, run: impl FnOnce() -> Result<()>) {
        let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        if fault.is_none() {
            *fault = run().err();
        }
    }
}
