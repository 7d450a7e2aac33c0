//! Sums over ranks that set out while backward still runs.
//!
//! Backward comes to the last layers first. Their gradients are final as soon as every call of their layer has been gone through; a bucket of such is handed to
//! a thread beside, which sums it up over the ranks. Which numbers share a bucket does not change their sums.

use std::fmt;
use std::sync::mpsc::Sender;
use std::sync::{Mutex, MutexGuard, PoisonError};

use model_graph::Graph;
use model_graph::graph::Kind;

use crate::buffer::{bytes, bytes_mut};
use crate::kernels::elementwise::accumulate;

/// What is told where backward has come to.
#[doc(hidden)]
pub trait Watch: fmt::Debug + Sync {
    /// A call of a layer has been gone through, which has left its part of this gradient of a weight.
    fn come_to(&self, gradient: &[u8]);
}

/// Where the last piece of this rank puts its gradients, and where they go from there.
pub(crate) struct Overlap<'s> {
    state: Mutex<State<'s>>,
}

struct State<'s> {
    /// The gradients that are waited for, in the order of their addresses.
    places: Vec<Place>,
    /// The buckets that have not set out, of which the last one is the next.
    buckets: Vec<Bucket<'s>>,
    /// What the pieces before have come to, in the order in which it is added.
    before: &'s [&'s [f32]],
    sender: Sender<&'s mut [f32]>,
}

/// A gradient that is waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Where it lies in memory.
    pub address: usize,
    /// The first of its elements among those of all gradients.
    pub start: usize,
    /// How many calls of its layer are still to come.
    pub calls: usize,
}

struct Bucket<'s> {
    /// The first of its elements among those of all gradients.
    start: usize,
    numbers: &'s mut [f32],
    /// How many of them are not there yet.
    missing: usize,
}

impl<'s> Overlap<'s> {
    /// That of gradients which lie one behind the other in `sum`, in buckets of so many.
    pub(crate) fn new(
        mut places: Vec<Place>,
        sum: &'s mut [f32],
        bucket: usize,
        before: &'s [&'s [f32]],
        sender: Sender<&'s mut [f32]>,
    ) -> Self {
        places.sort_unstable_by_key(|place| place.address);
        let buckets = sum.chunks_mut(bucket).zip((0..).step_by(bucket));
        let buckets = buckets.map(|(numbers, start)| Bucket { start, missing: numbers.len(), numbers }).collect();
        Self { state: Mutex::new(State { places, buckets, before, sender }) }
    }

    /// Puts a gradient that nobody has told of, at the end of all.
    pub(crate) fn put_rest(&self, start: usize, gradient: &[f32]) {
        let mut state = self.lock();
        if let Some(found) = state.places.iter().position(|place| place.start == start) {
            state.places.remove(found);
            state.put(start, bytes(gradient));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<'s>> {
        // Calls of a pass run one after the other.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch for Overlap<'_> {
    fn come_to(&self, gradient: &[u8]) {
        let mut state = self.lock();
        let address = gradient.as_ptr().addr();
        let Ok(found) = state.places.binary_search_by_key(&address, |place| place.address) else { return };
        let Place { start, calls, .. } = &mut state.places[found];
        if *calls > 1 {
            *calls -= 1;
        } else if *calls == 1 {
            let start = *start;
            state.places.remove(found);
            state.put(start, gradient);
        }
    }
}

impl State<'_> {
    /// Copies a gradient to its buckets, and sends those that are whole, in their order.
    fn put(&mut self, start: usize, gradient: &[u8]) {
        let range = start..start + gradient.len() / size_of::<f32>();
        for bucket in &mut self.buckets {
            let (from, to) = (range.start.max(bucket.start), range.end.min(bucket.start + bucket.numbers.len()));
            if from < to {
                let given = &gradient[size_of::<f32>() * (from - start)..size_of::<f32>() * (to - start)];
                bytes_mut(&mut bucket.numbers[from - bucket.start..to - bucket.start]).copy_from_slice(given);
                bucket.missing -= to - from;
            }
        }
        while let Some(Bucket { start, numbers, .. }) = self.buckets.pop_if(|bucket| bucket.missing == 0) {
            for before in self.before {
                accumulate(numbers, &before[start..start + numbers.len()]);
            }
            // Whoever takes them may have failed, which it tells itself.
            let _ = self.sender.send(numbers);
        }
    }
}

impl fmt::Debug for Overlap<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overlap").finish_non_exhaustive()
    }
}

/// How many calls a pass makes of the layer of each weight, in the order in which weights are visited.
pub(crate) fn calls(graph: &Graph) -> Vec<usize> {
    let mut all = Vec::new();
    count(graph, 1, &mut all);
    all
}

fn count(graph: &Graph, times: usize, all: &mut Vec<usize>) {
    let mut calls = vec![0; graph.layers.len()];
    graph.nodes.iter().for_each(|node| calls[node.layer.0] += times);
    for (layer, times) in graph.layers.iter().zip(calls) {
        match &layer.kind {
            Kind::Layer(_) => all.extend(layer.weights.iter().map(|_| times)),
            Kind::Model(inner) | Kind::Block(inner) => count(inner, times, all),
        }
    }
}
