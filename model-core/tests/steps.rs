//! A training step of a batch size that was met before allocates nothing. On its own, since it counts every allocation of the program.
#![allow(unsafe_code)] // an allocator

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use model_core::interpret::Model;
use model_core::layer::Context;
use model_core::network::{Network, Trainable};
use model_graph::config;

struct Counting;

static COUNT: AtomicUsize = AtomicUsize::new(0);

// SAFETY: it is the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn step(model: &mut Model, tape: &mut <Model as Network>::Tape, gradients: &mut <Model as Network>::Gradients, batch: usize) {
    let graph = model.graph();
    let sizes = |port: &model_graph::graph::Port| graph.ty(port.tensor).shape.sizes().unwrap().iter().product::<usize>() * batch;
    let inputs: Vec<Vec<f32>> = graph.inputs.iter().map(|port| vec![0.5; sizes(port)]).collect();
    let mut outputs: Vec<Vec<f32>> = graph.outputs.iter().map(|port| vec![0.0; sizes(port)]).collect();
    let mut cotangents: Vec<Vec<f32>> = outputs.iter().map(|output| vec![0.1; output.len()]).collect();
    let read: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
    let mut written: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
    let mut d_outputs: Vec<&mut [f32]> = cotangents.iter_mut().map(Vec::as_mut_slice).collect();
    let mut d_inputs: Vec<_> = inputs.iter().map(|_| None).collect();
    let context = Context::training(batch, 1);

    let before = COUNT.load(Ordering::Relaxed);
    Network::forward(model, tape, context, &read, &mut written).unwrap();
    let forward = COUNT.load(Ordering::Relaxed) - before;
    let written: Vec<&[f32]> = written.iter().map(|output| &**output).collect();
    let before = COUNT.load(Ordering::Relaxed);
    Network::backward(model, tape, context, &read, &written, &mut d_outputs, &mut d_inputs, gradients).unwrap();
    model.update(tape);
    STEP.store(forward + COUNT.load(Ordering::Relaxed) - before, Ordering::Relaxed);
}

/// The allocations of the last step.
static STEP: AtomicUsize = AtomicUsize::new(0);

#[test]
fn a_step_of_a_known_batch_size_allocates_nothing() {
    for name in ["mlp", "nested", "multiple", "normalized", "shared", "toy_resnet"] {
        let path = format!("{}/../tests/parity/config/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let graph = config::from_json(&std::fs::read_to_string(path).unwrap()).unwrap();
        let mut model = Model::<f32>::new(graph, 0).unwrap();
        let (mut tape, mut gradients) = (model.tape(), model.gradients());
        for batch in [4, 4, 2] {
            step(&mut model, &mut tape, &mut gradients, batch);
        }
        // What allocates does so in every step; the test's own harness may do so beside one of them.
        let counts = [4, 4, 4].map(|batch| {
            step(&mut model, &mut tape, &mut gradients, batch);
            STEP.load(Ordering::Relaxed)
        });
        assert!(counts.contains(&0), "{name}: {counts:?}");
    }
}
