//! How far calls are from a model's outputs, by which Keras orders a model's layers and runs its calls.
//!
//! Source: `map_graph` in `keras/src/ops/function.py`.

use std::cmp::Reverse;

/// A call of a layer.
pub struct Call {
    /// The layer, by its number.
    pub layer: usize,
    /// The calls whose results it takes, by their numbers, in the order in which it takes them.
    pub inputs: Vec<usize>,
}

/// The depths of calls and layers: 0 is nearest to the outputs. What no output follows from has none.
pub struct Depths {
    /// Of each call. Those of one layer are at least as deep as the ones that are come across behind them.
    pub calls: Vec<Option<usize>>,
    /// Of each layer: the greatest of its calls.
    pub layers: Vec<Option<usize>>,
    /// When each layer is come across on the way from the outputs to the inputs.
    pub met: Vec<Option<usize>>,
    /// The calls that have a depth, in the order in which Keras runs them.
    pub run: Vec<usize>,
}

/// The depths of the calls that these outputs follow from, and of so many layers.
#[must_use]
pub fn depths(calls: &[Call], layers: usize, outputs: &[usize]) -> Depths {
    let mut found =
        Depths { calls: vec![None; calls.len()], layers: vec![None; layers], met: vec![None; layers], run: Vec::new() };
    for &call in back_from_outputs(calls, outputs, &mut found.met).iter().rev() {
        let Some(Call { layer, inputs }) = calls.get(call) else { continue };
        let depth = found.calls.get(call).copied().flatten().max(found.layers.get(*layer).copied().flatten()).unwrap_or(0);
        found.deepen(call, depth);
        found.layers.get_mut(*layer).into_iter().for_each(|of_layer| *of_layer = Some(depth));
        inputs.iter().for_each(|&input| found.deepen(input, depth.saturating_add(1)));
    }
    let Depths { calls, run, .. } = &mut found;
    run.sort_by_key(|&call| Reverse(calls.get(call).copied().flatten()));
    found
}

impl Depths {
    /// Puts a call at least as deep. Calls of one depth run in the order in which they come here first.
    fn deepen(&mut self, call: usize, depth: usize) {
        let Some(of_call) = self.calls.get_mut(call) else { return };
        if of_call.is_none() {
            self.run.push(call);
        }
        *of_call = (*of_call).max(Some(depth));
    }
}

/// The calls that outputs follow from, each behind those that it follows from.
fn back_from_outputs(calls: &[Call], outputs: &[usize], met: &mut [Option<usize>]) -> Vec<usize> {
    let (mut sorted, mut seen, mut count) = (Vec::new(), vec![false; calls.len()], 0_usize);
    for &output in outputs {
        let mut open = vec![(output, 0_usize)];
        while let Some((call, next)) = open.pop() {
            let (Some(Call { layer, inputs }), Some(seen)) = (calls.get(call), seen.get_mut(call)) else { continue };
            if next == 0 {
                if std::mem::replace(seen, true) {
                    continue;
                }
                if let Some(place @ None) = met.get_mut(*layer) {
                    *place = Some(count);
                    count = count.saturating_add(1);
                }
            }
            match inputs.get(next) {
                None => sorted.push(call),
                Some(&input) => open.extend([(call, next.saturating_add(1)), (input, 0)]),
            }
        }
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(calls: &[(usize, &[usize])], output: usize) -> Vec<usize> {
        let calls: Vec<Call> = calls.iter().map(|&(layer, inputs)| Call { layer, inputs: inputs.to_vec() }).collect();
        depths(&calls, calls.len(), &[output]).run
    }

    /// What Keras 3.15.1 does, as the averages of a shared `BatchNormalization` show it.
    #[test]
    fn calls_run_as_keras_runs_them() {
        // Subtract()([d(bn(a)), d(bn(b))])
        assert_eq!(run(&[(0, &[]), (0, &[]), (1, &[0]), (1, &[1]), (2, &[2, 3])], 4), [1, 0, 2, 3, 4]);
        // Concatenate()([bn(a), bn(r(a)), bn(r(r(a)))])
        assert_eq!(run(&[(0, &[]), (1, &[]), (0, &[1]), (1, &[1]), (0, &[3]), (2, &[0, 2, 4])], 5), [1, 3, 0, 2, 4, 5]);
        // Add()([bn(a), d(bn(d(a)))])
        assert_eq!(run(&[(0, &[]), (1, &[]), (0, &[1]), (1, &[2]), (2, &[0, 3])], 4), [1, 0, 2, 3, 4]);
    }
}
