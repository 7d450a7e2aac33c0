//! The order in which a document's calls are made: in passes over its layers, as Keras makes them, but those of one layer as Keras runs them.
//!
//! In each pass every layer, in the document's order, makes its calls until one lacks an input. The same order comes from the longest
//! paths, without the passes: a call is made one pass after an input that stands later in the document.
//!
//! What a layer keeps of its calls, as the averages of `BatchNormalization`, depends on which of them comes first. Keras makes them as the document
//! counts them, and runs them by their depths.

use crate::depth::{self, depths};

/// A call by its layer's position in the document, and its own among the layer's.
pub(super) type Call = (usize, usize);

/// The order of calls, where each call of each layer comes with the calls that it takes results of, in order, and outputs follow from these.
///
/// # Errors
/// The first call that can never be made, since it depends on itself.
pub(super) fn order(layers: &[Vec<Vec<Call>>], outputs: &[Call]) -> Result<Vec<Call>, Call> {
    let made = passes(layers)?;
    if layers.iter().all(|calls| calls.len() < 2) {
        return Ok(made);
    }
    let runs = runs(layers, outputs);
    let mut places: Vec<Vec<usize>> = layers.iter().map(|calls| vec![0; calls.len()]).collect();
    for (layer, calls) in runs.iter().enumerate() {
        calls
            .iter()
            .enumerate()
            .for_each(|(place, &call)| get(&mut places, (layer, call)).into_iter().for_each(|of_call| *of_call = place));
    }
    let place = |&(layer, call): &Call| Some((layer, *places.get(layer)?.get(call)?));
    let renumbered: Vec<Vec<Vec<Call>>> = layers
        .iter()
        .zip(&runs)
        .map(|(calls, run)| run.iter().filter_map(|&call| Some(calls.get(call)?.iter().filter_map(place).collect())).collect())
        .collect();
    let call = |(layer, place): Call| Some((layer, *runs.get(layer)?.get(place)?));
    Ok(passes(&renumbered)?.into_iter().filter_map(call).collect())
}

/// The calls of each layer in the order in which Keras runs them; behind these, those that no output follows from.
fn runs(layers: &[Vec<Vec<Call>>], outputs: &[Call]) -> Vec<Vec<usize>> {
    let firsts: Vec<usize> = layers.iter().scan(0, |next, calls| Some(std::mem::replace(next, *next + calls.len()))).collect();
    let number = |&(layer, call): &Call| firsts.get(layer).map(|first| first + call);
    let numbers = |calls: &[Call]| calls.iter().filter_map(number).collect::<Vec<_>>();
    let calls: Vec<depth::Call> = layers
        .iter()
        .enumerate()
        .flat_map(|(layer, calls)| calls.iter().map(move |inputs| (layer, inputs)))
        .map(|(layer, inputs)| depth::Call { layer, inputs: numbers(inputs) })
        .collect();
    let mut ranks = vec![usize::MAX; calls.len()];
    for (rank, call) in depths(&calls, layers.len(), &numbers(outputs)).run.into_iter().enumerate() {
        ranks.get_mut(call).into_iter().for_each(|of_call| *of_call = rank);
    }
    let sorted = |(layer, calls): (usize, &Vec<Vec<Call>>)| {
        let mut calls: Vec<usize> = (0..calls.len()).collect();
        calls.sort_by_key(|&call| number(&(layer, call)).and_then(|number| ranks.get(number)).copied());
        calls
    };
    layers.iter().enumerate().map(sorted).collect()
}

/// The order of the passes, in which a layer's calls are made as they are counted.
fn passes(layers: &[Vec<Vec<Call>>]) -> Result<Vec<Call>, Call> {
    let mut waiting: Vec<Vec<usize>> = layers.iter().map(|calls| calls.iter().map(Vec::len).collect()).collect();
    let mut passes: Vec<Vec<usize>> = layers.iter().map(|calls| vec![0; calls.len()]).collect();
    let mut dependents: Vec<Vec<Vec<Call>>> = layers.iter().map(|calls| vec![Vec::new(); calls.len()]).collect();
    for call in all(layers) {
        let before = call.1.checked_sub(1).map(|before| (call.0, before));
        if let (Some(_), Some(count)) = (before, get(&mut waiting, call)) {
            *count += 1;
        }
        let inputs = layers.get(call.0).and_then(|calls| calls.get(call.1)).into_iter().flatten().copied();
        for input in inputs.chain(before) {
            if let Some(list) = get(&mut dependents, input) {
                list.push(call);
            }
        }
    }
    let mut ready: Vec<Call> = all(layers).filter(|&call| get(&mut waiting, call).is_some_and(|count| *count == 0)).collect();
    let mut done = Vec::new();
    while let Some(call) = ready.pop() {
        let pass = get(&mut passes, call).map_or(0, |pass| *pass);
        done.push((pass, call));
        for dependent in get(&mut dependents, call).map(std::mem::take).unwrap_or_default() {
            if let (Some(at), Some(count)) = (get(&mut passes, dependent), get(&mut waiting, dependent)) {
                *at = (*at).max(if call.0 <= dependent.0 { pass } else { pass + 1 });
                *count -= 1;
                if *count == 0 {
                    ready.push(dependent);
                }
            }
        }
    }
    let stuck = all(layers).find(|&call| get(&mut waiting, call).is_some_and(|count| *count > 0));
    done.sort_unstable();
    stuck.map_or_else(|| Ok(done.into_iter().map(|(_, call)| call).collect()), Err)
}

fn all(layers: &[Vec<Vec<Call>>]) -> impl Iterator<Item = Call> {
    layers.iter().enumerate().flat_map(|(layer, calls)| (0..calls.len()).map(move |call| (layer, call)))
}

fn get<T>(table: &mut [Vec<T>], (layer, call): Call) -> Option<&mut T> {
    table.get_mut(layer)?.get_mut(call)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The passes as they are told, one after the other.
    fn one_by_one(layers: &[Vec<Vec<Call>>]) -> Vec<Call> {
        let mut done = Vec::new();
        loop {
            let before = done.len();
            for (layer, calls) in layers.iter().enumerate() {
                let mut next = done.iter().filter(|(other, _)| *other == layer).count();
                while calls.get(next).is_some_and(|inputs| inputs.iter().all(|input| done.contains(input))) {
                    done.push((layer, next));
                    next += 1;
                }
            }
            if done.len() == before {
                return done;
            }
        }
    }

    #[test]
    fn the_order_is_that_of_the_passes() {
        for layers in [
            vec![vec![vec![]], vec![vec![(0, 0)]], vec![vec![(1, 0)]]],
            vec![vec![vec![(1, 0)]], vec![vec![(2, 0)]], vec![vec![]]],
            vec![vec![vec![], vec![(1, 0)]], vec![vec![(0, 0)], vec![(0, 1)]]],
            vec![vec![vec![(2, 0)], vec![]], vec![vec![(0, 0), (0, 1)]], vec![vec![]], vec![vec![(0, 1)], vec![]]],
            vec![vec![vec![], vec![(0, 0)], vec![(0, 1)]], vec![vec![(0, 2)]]],
        ] {
            assert_eq!(passes(&layers), Ok(one_by_one(&layers)), "{layers:?}");
        }
    }

    #[test]
    fn a_circle_is_found() {
        assert_eq!(order(&[vec![vec![]], vec![vec![(2, 0)]], vec![vec![(1, 0)]]], &[(0, 0)]), Err((1, 0)));
        assert_eq!(order(&[vec![vec![(0, 0)]]], &[(0, 0)]), Err((0, 0)));
        assert_eq!(order(&[vec![vec![(0, 1)], vec![]]], &[(0, 0)]), Err((0, 0)));
    }

    #[test]
    fn calls_of_one_layer_are_made_as_keras_runs_them() {
        // Subtract()([dense(norm(a)), dense(norm(b))])
        let layers = [vec![vec![], vec![]], vec![vec![(0, 0)], vec![(0, 1)]], vec![vec![(1, 0), (1, 1)]]];
        assert_eq!(order(&layers, &[(2, 0)]), Ok(vec![(0, 1), (0, 0), (1, 0), (1, 1), (2, 0)]));
        // What nothing follows from comes last.
        assert_eq!(order(&layers, &[(1, 1)]), Ok(vec![(0, 1), (0, 0), (1, 1), (1, 0), (2, 0)]));
    }
}
