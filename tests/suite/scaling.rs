//! The formulas of `docs/SCALING.md`: what they come to by hand, and that constants are found again.

#[path = "../../benches/scaling/model.rs"]
mod model;

use model::{AS_IT_IS, BUCKET, Link, Mend, Step, Sum, link, step};

const LINK: Link = Link { latency: 1e-5, per_byte: 1e-9 };
const STEP: Step = Step { fixed: 1e-3, piece: 1e-4, sample: 1e-3, gradients: 4e6, outputs: 40.0 };

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-3 * expected.abs(), "{found} for {expected}");
}

#[test]
fn sums_take_what_the_formulas_say() {
    // A bucket of 4 MB over 8 ranks: 3 levels there and back, 7 / 8 of the bytes twice.
    near(Sum::Halves.time(LINK, 8, 4e6), 6.0 * 1e-5 + 1.75 * 4e6 * 1e-9);
    near(Sum::Ring.time(LINK, 8, 4e6), 14.0 * 1e-5 + 1.75 * 4e6 * 1e-9);
    near(Sum::Tree.time(LINK, 8, 4e6), 3.0 * 1e-5 + 3.0 * 4e6 * 1e-9);
    // Three buckets take three times the latencies, two ranks one level.
    near(Sum::Halves.time(LINK, 2, 3.0 * BUCKET), 6.0 * 1e-5 + 3.0 * BUCKET * 1e-9);
}

#[test]
fn a_step_takes_its_passes_and_what_is_exchanged() {
    near(STEP.time(LINK, 1, [8.0, 2.0], AS_IT_IS), 1e-3 + 2e-4 + 8e-3);
    let exchanged = 2.0 * 1e-5 + 4e6 * 1e-9 + 1e-5 + 8.0 * 40.0 * 1e-9 + 4e-5;
    near(STEP.time(LINK, 2, [8.0, 2.0], AS_IT_IS), 9.2e-3 + exchanged);
    near(STEP.efficiency(LINK, 2, 8.0, AS_IT_IS), 9.1e-3 / (9.1e-3 + exchanged));
}

#[test]
fn what_mends_a_step_makes_it_faster() {
    let slow = Link { latency: 1e-4, per_byte: 1e-8 };
    let step = Step { gradients: 6.0 * BUCKET, ..STEP };
    let of = |mend| step.efficiency(slow, 16, 8.0, mend);
    let all = [Mend { batches: 4.0, ..AS_IT_IS }, Mend { packed: 2.0, ..AS_IT_IS }];
    assert!(all.into_iter().all(|mend| of(mend) > of(AS_IT_IS)));
    let behind = Mend { overlaps: false, ..AS_IT_IS };
    assert!(of(behind) < of(AS_IT_IS));
    // Six buckets over 2 ranks, of which 9 words and halves each go beside two thirds of 8.1 ms.
    let sums = 18.0 * 1e-5 + 6.0 * BUCKET * 1e-9;
    let beside = step.time(LINK, 2, [8.0, 1.0], behind) - step.time(LINK, 2, [8.0, 1.0], AS_IT_IS);
    near(beside, sums - 6.0 * 1e-5 - (sums - 8.1e-3 * 2.0 / 3.0));
    // One bucket has nothing to go beside.
    near(STEP.time(LINK, 2, [8.0, 1.0], Mend { overlaps: false, ..AS_IT_IS }), STEP.time(LINK, 2, [8.0, 1.0], AS_IT_IS));
    assert!(step.efficiency_shared(slow, 16, 8.0) < of(AS_IT_IS));
}

#[test]
fn constants_are_found_again() {
    let sizes = [4.0, 4e4, 1e6, 1e7, 6e7];
    let sums = |ranks: usize| sizes.map(|bytes| (ranks, bytes, Sum::Halves.time(LINK, ranks, bytes)));
    let Link { latency, per_byte } = link(&[2, 4, 8].map(sums).concat());
    near(latency, LINK.latency);
    near(per_byte, LINK.per_byte);
    let runs = [[8.0, 1.0], [32.0, 1.0], [8.0, 8.0], [32.0, 8.0]];
    let found = step(&runs.map(|run| (run, STEP.time(LINK, 1, run, AS_IT_IS))), STEP.gradients, STEP.outputs);
    near(found.fixed, STEP.fixed);
    near(found.piece, STEP.piece);
    near(found.sample, STEP.sample);
}
