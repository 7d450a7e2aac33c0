//! One step of all samples, and its place among all steps: `[sample][step][..]`.

use crate::elementwise;
use crate::float::Float;

/// What comes before the first step in either direction: what is given, or zeros.
pub(super) fn begin<T: Float>(own: &mut [T], given: Option<&[T]>) {
    match given {
        Some(given) => own.copy_from_slice(given),
        None => own.fill(T::ZERO),
    }
}

/// Gives what is there behind the last step in either direction, added to what is there already if so it is said.
pub(super) fn end<T: Float>(own: &[T], to: Option<(&mut [T], bool)>) {
    match to {
        Some((to, true)) => elementwise::accumulate(to, own),
        Some((to, false)) => to.copy_from_slice(own),
        None => {}
    }
}

/// Copies the row of a step of every sample from among all steps: `to[sample] = all[sample][time]`.
pub(super) fn take<T: Float>(all: &[T], [steps, row]: [usize; 2], time: usize, to: &mut [T]) {
    for (to, all) in to.chunks_exact_mut(row).zip(all.chunks_exact(steps * row)) {
        to.copy_from_slice(&all[time * row..][..row]);
    }
}

/// Copies the row of a step of every sample to its place: `all[sample][time] = from[sample]`.
pub(super) fn put<T: Float>(from: &[T], [steps, row]: [usize; 2], time: usize, all: &mut [T]) {
    for (from, all) in from.chunks_exact(row).zip(all.chunks_exact_mut(steps * row)) {
        all[time * row..][..row].copy_from_slice(from);
    }
}

/// Cuts the rows of a step into gates: `gates[gate][sample][position] = all[sample][time][position][gate]`, of so many `[steps, positions,
/// units, gates]`.
pub(super) fn split<T: Float>(all: &[T], [steps, positions, units, count]: [usize; 4], time: usize, gates: &mut [T]) {
    let row = count * units;
    let batch = all.len() / (steps * positions * row);
    for (gate, gates) in gates.chunks_exact_mut(batch * positions * units).enumerate() {
        for (sample, to) in gates.chunks_exact_mut(positions * units).enumerate() {
            let all = &all[(sample * steps + time) * positions * row..][..positions * row];
            for (to, all) in to.chunks_exact_mut(units).zip(all.chunks_exact(row)) {
                to.copy_from_slice(&all[gate * units..][..units]);
            }
        }
    }
}

/// Joins gates to rows: `rows[sample][position][gate] = gates[gate][sample][position]`.
pub(super) fn join<T: Float>(gates: &[T], [units, count]: [usize; 2], rows: &mut [T]) {
    let row = count * units;
    let each = rows.len() / row;
    for (gate, gates) in gates.chunks_exact(each * units).enumerate() {
        for (at, from) in gates.chunks_exact(units).enumerate() {
            rows[at * row + gate * units..][..units].copy_from_slice(from);
        }
    }
}
