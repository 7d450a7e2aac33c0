//! Sums over ranks that go beside the rest of the way back: the same bits, and no rank waits for one that fails.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::Duration;

use functional_model::distribution::{Collective, DataParallel, Threads};
use functional_model::prelude::*;
use ndarray::{Array1, Array2};

functional_model! {
    /// Layers that are called several times, in a block, in a model that is called twice; one whose gradient ends on the way; statistics that move.
    model Shared(x: [6], words: i32[4]) -> [3] {
        let wide = Dense(8, activation = "tanh", name = "wide");
        let first = wide(x);
        let second = wide(Concatenate()([first[.., ..4], x[.., ..2]]));
        let inner = Inner(name = "inner");
        let both = inner(first) + inner(second);
        let chosen = ops::one_hot(ops::argmax(wide(x), axis = 1), 8);
        let text = GlobalAveragePooling1D()(Embedding(20, 5)(words));
        let normal = BatchNormalization(momentum = 0.9)(both);
        Dense(3)(twice(Concatenate()([normal, text, chosen])))
    }

    model Inner(x: [8]) -> [5] {
        let narrow = Dense(5, name = "narrow");
        narrow(Dense(5, kernel_regularizer = L2(1e-2))(x)) + narrow(x[.., ..5])
    }

    fn twice(x) {
        let keep = Dense(18, activation = "sigmoid");
        keep(keep(x))
    }

    /// Two layers, of which the first does as the test says.
    model Watched(x: [3]) -> [2] {
        Dense(2)(Dense(40)(Watching()(x)))
    }
}

/// A layer that waits in backward until gradients of the layers behind it have been exchanged, and whose gradient is too long for a sample of 7.
#[layer(shape = "[n] -> [n]", weights(w("[n]", "ones")))]
#[derive(Clone, Debug)]
struct Watching;

/// Whether it waits, and how much has been exchanged by then.
static WAITS: AtomicBool = AtomicBool::new(false);
static EXCHANGED: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

impl<T: Float> CustomLayer<T> for Watching {
    fn forward(&self, call: Forward<'_, Self, T>) -> Array2<T> {
        call.inputs.to_owned()
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        if WAITS.load(Ordering::SeqCst) {
            let (exchanged, changed) = &EXCHANGED;
            let waited =
                changed.wait_timeout_while(exchanged.lock().unwrap(), Duration::from_secs(60), |exchanged| *exchanged == 0);
            assert!(!waited.unwrap().1.timed_out(), "nothing is exchanged before the way back is over");
        }
        let fails = call.inputs.iter().any(|x| *x == T::from_f64(7.0));
        let weights = WatchingWeights { w: Array1::zeros(call.weights.w.len() + usize::from(fails)) };
        Gradients { inputs: call.d_output.to_owned(), weights }
    }
}

/// Threads that count what is exchanged beside the thread of the rank.
struct Counting {
    threads: Threads,
    own: thread::ThreadId,
}

impl Collective for Counting {
    fn rank(&self) -> usize {
        self.threads.rank()
    }

    fn size(&self) -> usize {
        self.threads.size()
    }

    fn exchange(&self, with: usize, give: &[u8], take: &mut [u8]) -> Result<()> {
        self.threads.exchange(with, give, take)?;
        if thread::current().id() != self.own {
            *EXCHANGED.0.lock().unwrap() += give.len();
            EXCHANGED.1.notify_all();
        }
        Ok(())
    }
}

const SAMPLES: usize = 32;

fn trained<N: Trainable>(mut model: N, ranks: DataParallel) -> Result<(Vec<f64>, Vec<u32>)> {
    let x = Array2::from_shape_fn((SAMPLES, 6), |(n, i)| ((n * 7 + i * 3) % 11) as f32 / 5.0 - 1.0);
    let words = Array2::from_shape_fn((SAMPLES, 4), |(n, i)| ((n * 5 + i * 7) % 20) as i32);
    let y = Array1::from_shape_fn(SAMPLES, |n| (n % 3) as i32);
    let mut trainer = model.compile(Adam::new(0.01), SparseCategoricalCrossentropy::from_logits()).distribute(ranks);
    // The last batch of an epoch has fewer samples than there are pieces.
    let fit = Fit::epochs(3).batch_size(13).seed(5).verbose(Verbose::Silent);
    let history = trainer.fit(([("x", (&x).into()), ("words", (&words).into())], &y), fit)?;
    drop(trainer);
    let mut all = Vec::new();
    model.visit(&mut |weight, _| all.extend(weight.data.iter().map(|element| element.to_bits())));
    Ok((history["loss"].to_vec(), all))
}

/// Checks that buckets of any size come to what one rank does, which has none.
fn check<N: Trainable>(new: impl Fn() -> Result<N> + Sync) -> Result<()> {
    let alone = trained(new()?, DataParallel::alone())?;
    assert!(alone.0[2] < alone.0[0], "{:?}", alone.0);
    for (ranks, bytes) in [(2, 1), (2, 100), (4, 100), (8, 1000), (2, 1 << 22)] {
        let all = Threads::run(ranks, |ranks| trained(new()?, ranks.bucket_bytes(bytes)))?;
        assert!(all.iter().all(|one| *one == alone), "{ranks} ranks, buckets of {bytes} bytes");
    }
    Ok(())
}

#[test]
fn sums_beside_the_way_back_have_the_same_bits() -> Result<()> {
    check(|| Ok(Shared::new(3)))
}

#[test]
fn so_have_those_of_a_model_that_is_read() -> Result<()> {
    check(|| Model::from_config(Shared::config(), 3))
}

#[test]
fn so_have_those_of_layers_of_which_some_are_frozen() -> Result<()> {
    check(|| {
        let mut model = Model::from_config(Shared::config(), 3)?;
        model.layer_mut("wide").unwrap().set_trainable(false);
        Ok(model)
    })
}

/// What each of two ranks ends with, of samples of which the last is this.
fn watched(last: f32) -> Vec<String> {
    let train = |threads: Threads| {
        let ranks = DataParallel::new(Counting { threads, own: thread::current().id() }).pieces(2).bucket_bytes(64);
        let x = Array2::from_shape_fn((8, 3), |(n, i)| if n == 7 { last } else { i as f32 });
        let mut model = Watched::new(1);
        let mut trainer = model.compile(SGD::new(0.1), SparseCategoricalCrossentropy::from_logits()).distribute(ranks);
        let fit = Fit::epochs(2).batch_size(8).shuffle(false).verbose(Verbose::Silent);
        trainer.fit((&x, &Array1::from_elem(8, 1)), fit).map_or_else(|error| error.to_string(), |_| "well".to_owned())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = Threads::group(2).into_iter().map(|rank| scope.spawn(move || train(rank))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn gradients_set_out_before_the_way_back_is_over() {
    WAITS.store(true, Ordering::SeqCst);
    let ended = watched(1.0);
    WAITS.store(false, Ordering::SeqCst);
    assert_eq!(ended, ["well"; 2]);
    // A rank that fails with buckets under way ends the other.
    let ended = watched(7.0);
    assert!(ended[0].starts_with("rank 1 has failed: ") && ended[1].contains("`watching`"), "{ended:?}");
}
