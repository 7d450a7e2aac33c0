//! Sums over the pieces of a rank, in the order that all ranks together have.

use crate::buffer::Buffer;
use crate::kernels::elementwise::accumulate;

/// Adds up vectors that come one after the other, a power of two of them: neighbours first, then neighbours of these.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    /// Sums that wait for a neighbour, each with how often vectors have been put together in it.
    waiting: Vec<(u32, Buffer<f32>)>,
    free: Vec<Buffer<f32>>,
}

impl Sums {
    /// Begins anew.
    pub(crate) fn clear(&mut self) {
        self.free.extend(self.waiting.drain(..).map(|(_, sum)| sum));
    }

    /// Adds a vector of so many elements, which `fill` writes.
    pub(crate) fn add<E>(&mut self, elements: usize, fill: impl FnOnce(&mut [f32]) -> Result<(), E>) -> Result<(), E> {
        let (mut sum, mut height) = (self.free.pop().unwrap_or_default(), 0);
        sum.resize(elements);
        fill(&mut sum)?;
        while let Some((_, mut lower)) = self.waiting.pop_if(|(other, _)| *other == height) {
            accumulate(&mut lower, &sum);
            self.free.push(std::mem::replace(&mut sum, lower));
            height += 1;
        }
        self.waiting.push((height, sum));
        Ok(())
    }

    /// Adds the last vector: `fill` writes it and adds to it what those before have come to, in the order in which that stands there.
    pub(crate) fn add_last<E>(
        &mut self,
        elements: usize,
        fill: impl FnOnce(&mut [f32], &[&[f32]]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut sum = self.free.pop().unwrap_or_default();
        sum.resize(elements);
        let before: Vec<&[f32]> = self.waiting.iter().rev().map(|(_, before)| &**before).collect();
        fill(&mut sum, &before)?;
        self.clear();
        self.waiting.push((0, sum));
        Ok(())
    }

    /// The sum of all.
    pub(crate) fn sum(&mut self) -> &mut [f32] {
        self.waiting.last_mut().map_or(&mut [], |(_, sum)| sum)
    }
}
