//! What training takes of the heap: a step of a compiled model as much as its constants say, and nothing after the first; a step of one's own as much as
//! the one before.
#![allow(unsafe_code)] // an allocator that counts

mod models;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use functional_model::layers::{Dense, Dropout};
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
fn what_training_takes() -> Result<()> {
    training_takes_what_its_constants_say()?;
    code_of_ones_own_keeps_its_size()
}

/// Steps on variables, and steps of one's own within `fit`: one takes as much as the next, and all of it is given back. `STEPS=100000` makes a soak of it.
fn code_of_ones_own_keeps_its_size() -> Result<()> {
    let steps = std::env::var("STEPS").ok().and_then(|steps| steps.parse().ok()).unwrap_or(300);
    let (x, y) = (Array2::from_shape_fn((8, 4), |(i, j)| (i * 3 + j) as f32 / 28.0), Array1::from_shape_fn(8, |i| i as i32 % 3));
    let loss = SparseCategoricalCrossentropy::from_logits();
    let mut model = OwnModel::new(Small::new()?)?;
    let mut optimizer = Adam::new(1e-3).build(&model)?;
    let before = LIVE.load(Ordering::Relaxed);
    let mut tape = Tape::training(1);
    let mut step = |model: &mut OwnModel<Small>| -> Result<usize> {
        let allocations = ALLOCATIONS.load(Ordering::Relaxed);
        tape = tape.next_step();
        let output = model.output.call(&model.dropout.call(&model.hidden.call(&tape.constant(&x)?)?)?)?;
        optimizer.apply(model, &loss.call(&output, &y)?.backward()?)?;
        Ok(ALLOCATIONS.load(Ordering::Relaxed) - allocations)
    };
    for _ in 0..20 {
        step(&mut model)?;
    }
    let (size, allocations) = (LIVE.load(Ordering::Relaxed), step(&mut model)?);
    for number in 20..steps {
        let (now, own) = (step(&mut model)?, LIVE.load(Ordering::Relaxed));
        assert!(now <= allocations && own <= size, "step {number}: {now} allocations, {own} bytes, before {allocations}, {size}");
    }
    drop(tape);
    let kept = LIVE.load(Ordering::Relaxed).saturating_sub(before);
    // The optimiser has made room for what it remembers: two numbers for each.
    let remembered = 2 * size_of::<f32>() * model.graph().parameters().total.size().unwrap_or_default();
    assert!(kept <= remembered + 4096, "{kept} bytes are kept of {size}, the optimiser remembers {remembered}");

    let mut compiled = Compiled::new(1);
    let mut trainer = compiled.compile(Adam::new(1e-3), loss).train_step(["loss"], |step| {
        let output = step.model.call(&step.input()?)?;
        let loss = step.compute_loss(&output)?;
        step.apply(&loss)?;
        Ok([loss.item()?.into()])
    });
    let mut sizes = Vec::new();
    for _ in 0..3 {
        trainer.fit((&x, &y), Fit::epochs(steps / 3).verbose(Verbose::Silent))?;
        sizes.push(LIVE.load(Ordering::Relaxed));
    }
    assert!(sizes[2] <= sizes[1], "{sizes:?}");
    Ok(())
}

functional_model! {
    model Compiled(x: [4]) -> [3] {
        Dense(3)(Dropout(0.2)(Dense(16, activation = "relu")(x)))
    }
}

/// The same network, layer by layer.
#[derive(Module)]
struct Small {
    hidden: Layer<Dense>,
    dropout: Layer<Dropout>,
    output: Layer<Dense>,
}

impl Small {
    fn new() -> Result<Self> {
        let hidden = Dense::new(16).activation("relu").build(&[4], 1)?;
        Ok(Self { hidden, dropout: Dropout::new(0.2).build(&[16], 2)?, output: Dense::new(3).build(&[16], 3)? })
    }
}

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
    // The weights, their gradients and RMSprop's velocities; and what the step works with. Besides, the thread keeps room for kernels, which
    // does not grow with the batch.
    let said = size_of::<f32>() * (3 * ToyResnet::PARAMETERS + ToyResnet::TRAINING_MEMORY.elements(BATCH));
    let most = said + said / 20 + (3 << 20);
    assert!((said - said / 20..=most).contains(&taken), "the constants say {said} bytes, the step takes {taken}");

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
