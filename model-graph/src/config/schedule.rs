//! The order in which a document's calls are made: in passes over its layers, as Keras does it.
//!
//! In each pass every layer, in the document's order, makes its calls in their order until one lacks an input. The same order comes from
//! the longest paths, without the passes: a call is made one pass after an input that stands later in the document.

/// A call by its layer's position in the document, and its own among the layer's.
pub(super) type Call = (usize, usize);

/// The order of calls, where each call of each layer comes with the calls that it depends on.
///
/// # Errors
/// The first call that can never be made, since it depends on itself.
pub(super) fn order(layers: &[Vec<Vec<Call>>]) -> Result<Vec<Call>, Call> {
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
    fn passes(layers: &[Vec<Vec<Call>>]) -> Vec<Call> {
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
            assert_eq!(order(&layers), Ok(passes(&layers)), "{layers:?}");
        }
    }

    #[test]
    fn a_circle_is_found() {
        assert_eq!(order(&[vec![vec![]], vec![vec![(2, 0)]], vec![vec![(1, 0)]]]), Err((1, 0)));
        assert_eq!(order(&[vec![vec![(0, 0)]]]), Err((0, 0)));
        assert_eq!(order(&[vec![vec![(0, 1)], vec![]]]), Err((0, 0)));
    }
}
