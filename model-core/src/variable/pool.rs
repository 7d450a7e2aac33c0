//! Memory that comes back when what lies in it is gone, so that a step takes what the step before it has left.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use crate::buffer::Buffer;
use crate::elements::Elements;
use crate::error::Result;
use crate::float::Float;
use crate::memory;

/// What is free, by the number of elements.
#[derive(Debug, Default)]
pub(super) struct Pool<T: Float> {
    free: RefCell<HashMap<usize, Vec<Buffer<T>>>>,
}

/// A number of elements that is asked for often enough: of the two highest bits that follow the first, the others are zero. So steps of
/// sizes that differ use the same memory, at most a quarter more than they need.
const fn class(len: usize) -> usize {
    if len <= 64 {
        return 64;
    }
    let unit = 1 << (len.ilog2() - 2);
    len.div_ceil(unit).saturating_mul(unit)
}

impl<T: Float> Pool<T> {
    /// What tapes share that live no longer than a call, one after the other.
    pub(super) fn of_thread() -> Rc<Self> {
        thread_local!(static POOLS: RefCell<HashMap<TypeId, Rc<dyn Any>>> = RefCell::default());
        let of_type = POOLS.with_borrow_mut(|pools| {
            pools.entry(TypeId::of::<T>()).or_insert_with(|| Rc::new(Self { free: RefCell::default() })).clone()
        });
        of_type.downcast().unwrap_or_default()
    }

    /// Room for so many elements, with anything in it.
    pub(super) fn room(self: &Rc<Self>, len: usize) -> Result<Room<T>> {
        if len == 0 {
            return Ok(Room { buffer: Buffer::new(), class: 0, pool: self.clone() });
        }
        let class = class(len);
        let mut buffer = match self.free.borrow_mut().get_mut(&class).and_then(Vec::pop) {
            Some(buffer) => buffer,
            None => {
                memory::claim(memory::bytes_of::<T>(class), || format!("a tensor of {len} elements"))?;
                Buffer::zeros(class)
            }
        };
        buffer.resize(len);
        Ok(Room { buffer, class, pool: self.clone() })
    }

    /// Room with a copy of these elements.
    pub(super) fn copy(self: &Rc<Self>, elements: &[T]) -> Result<Room<T>> {
        let mut room = self.room(elements.len())?;
        room.copy_from_slice(elements);
        Ok(room)
    }
}

/// Room that goes back to its pool.
#[derive(Debug)]
pub(super) struct Room<T: Float> {
    buffer: Buffer<T>,
    class: usize,
    pool: Rc<Pool<T>>,
}

impl<T: Float> Room<T> {
    /// Takes the elements out; [`Room::put`] puts them back.
    pub(super) fn take(&mut self) -> Elements<T> {
        Elements::from(std::mem::take(&mut self.buffer))
    }

    /// Puts elements back that were taken out.
    pub(super) fn put(&mut self, elements: Elements<T>) {
        self.buffer = elements.into_buffer();
    }
}

impl<T: Float> Deref for Room<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.buffer
    }
}

impl<T: Float> DerefMut for Room<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.buffer
    }
}

impl<T: Float> Drop for Room<T> {
    fn drop(&mut self) {
        if !self.buffer.is_empty() {
            let buffer = std::mem::take(&mut self.buffer);
            self.pool.free.borrow_mut().entry(self.class).or_default().push(buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_comes_back() {
        let pool = Rc::new(Pool::<f32>::default());
        let first = pool.room(1000).unwrap();
        let place = first.as_ptr();
        drop(first);
        assert_eq!(pool.room(900).unwrap().as_ptr(), place);
        for len in 1..5000 {
            assert!(class(len) >= len && class(len) <= len.max(52) * 5 / 4, "{len}: {}", class(len));
        }
    }
}
