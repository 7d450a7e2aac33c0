//! The arithmetic of cells of the user's own: the layer that a model holds has it, and what runs inside of that finds it in the context of its call. What
//! goes wrong in a cell goes back the same way: layers of the library do not fail.

use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

use model_graph::layers::{AnyLayer, RNN};

use crate::custom::{CustomObjects, Declared, Runs};
use crate::error::{Error, Result};
use crate::few::Few;
use crate::float::Float;
use crate::layer::{Backward, Context, Forward, Gradient};
use crate::layers::inner;

/// How each of the cells runs that a layer goes by: its configuration does not have their arithmetic.
#[derive(Clone, Debug)]
pub(crate) struct OwnCells<T: Float>(Vec<(Declared, Arc<dyn Runs<T>>)>);

impl<T: Float> OwnCells<T> {
    /// Those of a layer of the library; nothing if one of them is not among these.
    pub(crate) fn of(layer: &AnyLayer, custom_objects: &CustomObjects<T>) -> Option<Self> {
        let mut cells = Self::default();
        for cell in layer.own().into_iter().filter(|_| layer.signature().is_none()) {
            cells.add(cell, custom_objects.cell(cell)?);
        }
        Some(cells)
    }

    /// Adds one.
    pub(crate) fn add(&mut self, cell: &Declared, runs: Arc<dyn Runs<T>>) {
        self.0.push((cell.clone(), runs));
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Runs a layer with these in reach.
    ///
    /// # Errors
    /// If one of them fails.
    pub(crate) fn forward(&self, call: Forward<'_, T>, run: &dyn Fn(Forward<'_, T>)) -> Result<()> {
        let Forward { context, key, weights, inputs, output_shape, output, more, saved, scratch } = call;
        let fault = Mutex::new(None);
        let context = Context { cells: Some(InReach { cells: &self.0, fault: &fault }), ..context };
        let mut more = inner::lent_all(more);
        run(Forward { context, key, weights, inputs, output_shape, output, more: &mut more, saved, scratch });
        told(&fault)
    }

    /// Goes back through a layer with these in reach.
    ///
    /// # Errors
    /// If one of them fails.
    pub(crate) fn backward(&self, call: Backward<'_, T>, run: &dyn Fn(Backward<'_, T>)) -> Result<()> {
        let Backward { context, key, weights, inputs, output, d_output, more, d_inputs, gradients, saved, scratch } = call;
        let fault = Mutex::new(None);
        let context = Context { cells: Some(InReach { cells: &self.0, fault: &fault }), ..context };
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

impl<T: Float> Default for OwnCells<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// Layers are compared by their configuration, which names the cells.
impl<T: Float> PartialEq for OwnCells<T> {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

/// The cells that a call has in reach, and the place for what goes wrong in them.
#[derive(Clone, Copy, Debug)]
pub struct InReach<'n> {
    /// Those of an [`OwnCells`], whose type of numbers the call has.
    cells: &'n (dyn Any + Send + Sync),
    fault: &'n Mutex<Option<Error>>,
}

impl InReach<'_> {
    /// Runs what goes by the cell of an `RNN`, unless a cell has failed before.
    pub(super) fn run<T: Float>(reached: Option<Self>, rnn: &RNN, run: impl FnOnce(&dyn Runs<T>) -> Result<()>) {
        let Self { cells, fault } = reached.expect("a layer that goes by a cell of the user's own has it in reach");
        let mut fault = fault.lock().unwrap_or_else(PoisonError::into_inner);
        if fault.is_some() {
            return;
        }
        let cells = cells.downcast_ref::<Vec<(Declared, Arc<dyn Runs<T>>)>>();
        let found = cells.into_iter().flatten().find(|(cell, _)| Some(cell) == rnn.own_cell());
        let (_, cell) = found.expect("a layer that goes by a cell of the user's own has its arithmetic");
        *fault = run(&**cell).err();
    }
}
