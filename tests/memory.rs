//! What a training step of a compiled model takes of the heap: as much as its constants say, and nothing after the first step.
#![allow(unsafe_code)] // an allocator that counts

mod models;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use functional_model::prelude::*;
use models::ToyResnet;
use ndarray::{Array1, Array2, Array4};

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);
static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        let live = LIVE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(live, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One test, so that no other allocates meanwhile.
#[test]
fn training_takes_what_its_constants_say() -> Result<()> {
    const BATCH: usize = 32;
    let images =
        Array4::<f32>::from_shape_fn((BATCH, 32, 32, 3), |(n, i, j, c)| ((n + 3 * i + 5 * j + 7 * c) % 17) as f32 / 17.0);
    let labels = Array1::from_shape_fn(BATCH, |i| i as i32 % 10);
    let before = LIVE.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);

    let mut model = ToyResnet::new(1);
    let mut trainer = model.compile(RMSprop::new(1e-3), SparseCategoricalCrossentropy::from_logits()).metric(Accuracy);
    trainer.train_on_batch(&images, &labels)?;
    let taken = PEAK.load(Ordering::Relaxed) - before;
    // The weights, their gradients and RMSprop's velocities; and what the step works with.
    let said = size_of::<f32>() * (3 * ToyResnet::PARAMETERS + ToyResnet::TRAINING_MEMORY.elements(BATCH));
    assert!(taken.abs_diff(said) * 20 <= said, "the constants say {said} bytes, the step takes {taken}");

    let allocations = ALLOCATIONS.load(Ordering::Relaxed);
    trainer.train_on_batch(&images, &labels)?;
    assert_eq!(ALLOCATIONS.load(Ordering::Relaxed) - allocations, 0, "a second step allocates");

    let (mut predictor, mut output) = (model.predictor(), Array2::zeros((BATCH, 10)));
    predictor.predict_into(&images, &mut output)?;
    let allocations = ALLOCATIONS.load(Ordering::Relaxed);
    predictor.predict_into(&images, &mut output)?;
    assert_eq!(ALLOCATIONS.load(Ordering::Relaxed) - allocations, 0, "a second prediction allocates");
    Ok(())
}
