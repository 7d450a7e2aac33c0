//! Running a layer that keeps its states: it begins with those that it has, unless the call gives others, and has those behind the last step
//! afterwards. No gradient goes back to what it began with.

use model_graph::layers::INITIAL_STATE;

use crate::error::Result;
use crate::few::Few;
use crate::float::Float;
use crate::layer::{Context, Forward, View};
use crate::states::Kept;

/// Runs a layer from what a call gives.
type RunOne<'r, T> = &'r dyn Fn(Forward<'_, T>) -> Result<()>;

/// Runs a layer and moves its states.
///
/// # Errors
/// If the layer fails.
pub(crate) fn forward<T: Float>(run: RunOne<'_, T>, kept: &Kept<T>, call: Forward<'_, T>) -> Result<()> {
    let mut done = Ok(());
    let Forward { context, key, weights, inputs, output_shape, output, more, saved, scratch } = call;
    kept.run(context.batch, |begin, end| {
        let (all, context) = begun(inputs, begin, context);
        // States that are outputs are written there, and the layer keeps a copy; others are written where it keeps them.
        let first = more.len().checked_sub(end.len());
        {
            let hidden = end.iter_mut().filter(|_| first.is_none()).map(|end| &mut **end);
            let mut ends: Few<&mut [T]> = more.iter_mut().map(|other| &mut **other).chain(hidden).collect();
            let (inputs, more) = (&*all, &mut *ends);
            done = run(Forward { context, key, weights, inputs, output_shape, output, more, saved, scratch });
        }
        if let Some(first) = first {
            end.iter_mut().zip(&more[first..]).for_each(|(end, given)| end.copy_from_slice(given));
        }
    });
    done
}

/// What the call is run with: the states that it gives, or else those that are kept.
fn begun<'v, T: Float>(inputs: &[View<'v, T>], begin: &[&'v [T]], context: Context<'v>) -> (Few<View<'v, T>>, Context<'v>) {
    let manner = context.manner;
    if !manner.slot(INITIAL_STATE, inputs).is_empty() {
        return (inputs.iter().copied().collect(), context);
    }
    let (before, behind) = inputs.split_at(manner.start(INITIAL_STATE, inputs.len()));
    let kept = begin.iter().map(|state| View::new(&[], state));
    let all = before.iter().copied().chain(kept).chain(behind.iter().copied()).collect();
    let manner = begin.iter().fold(manner, |manner, _| manner.with_one(INITIAL_STATE));
    (all, Context { manner, ..context })
}
