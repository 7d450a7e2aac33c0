//! Lending out places: a call gets what it writes for itself while it reads others, and gives it back.

use std::mem::take;

use model_graph::plan::Place;

use crate::buffer::Buffer;
use crate::float::Float;
use crate::layer::Gradient;

/// What a call writes: a slot's buffer, or the caller's memory.
#[derive(Debug)]
pub(super) enum Lent<'o, T: Float> {
    Slot(usize, Buffer<T>),
    Outside(usize, &'o mut [T]),
}

impl<'o, T: Float> Lent<'o, T> {
    /// Takes a place's memory; `outside` is the caller's by output.
    pub fn take(place: Place, slots: &mut [Buffer<T>], outside: &mut [&'o mut [T]]) -> Self {
        match place {
            Place::Slot(slot) => Self::Slot(slot, take(&mut slots[slot])),
            Place::Output(output) => Self::Outside(output, take(&mut outside[output])),
            Place::Input(_) => unreachable!("no call writes an input"),
        }
    }

    /// The first `len` elements.
    pub fn data(&mut self, len: usize) -> &mut [T] {
        &mut self.whole()[..len]
    }

    /// All elements.
    fn whole(&mut self) -> &mut [T] {
        match self {
            Self::Slot(_, buffer) => buffer,
            Self::Outside(_, data) => data,
        }
    }

    /// Makes all elements zero.
    pub fn clear(mut self) -> Self {
        self.whole().fill(T::ZERO);
        self
    }

    /// Puts the memory back into its place.
    pub fn give_back(self, slots: &mut [Buffer<T>], outside: &mut [&'o mut [T]]) {
        match self {
            Self::Slot(slot, buffer) => slots[slot] = buffer,
            Self::Outside(output, data) => outside[output] = data,
        }
    }
}

/// The gradient of a call's input, wherever it lies.
#[derive(Debug)]
pub(super) enum LentGradient<'o, 'i, T: Float> {
    Inside { lent: Lent<'o, T>, accumulate: bool },
    Input { input: usize, gradient: Gradient<'i, T>, first: bool },
}

impl<'o, 'i, T: Float> LentGradient<'o, 'i, T> {
    /// Takes a gradient's memory; `None` if it is an input's that the caller does not want.
    pub fn take(
        (place, first): (Place, bool),
        slots: &mut [Buffer<T>],
        d_outputs: &mut [&'o mut [T]],
        d_inputs: &mut [Option<Gradient<'i, T>>],
    ) -> Option<Self> {
        match place {
            Place::Input(input) => d_inputs[input].take().map(|gradient| Self::Input { input, gradient, first }),
            place => Some(Self::Inside { lent: Lent::take(place, slots, d_outputs), accumulate: !first }),
        }
    }

    /// The gradient of so many elements, as the call sees it.
    pub fn gradient(&mut self, len: usize) -> Gradient<'_, T> {
        match self {
            Self::Inside { lent, accumulate } => Gradient { data: lent.data(len), accumulate: *accumulate },
            Self::Input { gradient, first, .. } => gradient.contribution(*first),
        }
    }

    /// The gradient of all elements, of a slot's also those that are not in use.
    pub fn whole(&mut self) -> Gradient<'_, T> {
        match self {
            Self::Inside { lent, accumulate } => Gradient { data: lent.whole(), accumulate: *accumulate },
            Self::Input { gradient, first, .. } => gradient.contribution(*first),
        }
    }

    /// Puts the memory back into its place.
    pub fn give_back(self, slots: &mut [Buffer<T>], d_outputs: &mut [&'o mut [T]], d_inputs: &mut [Option<Gradient<'i, T>>]) {
        match self {
            Self::Inside { lent, .. } => lent.give_back(slots, d_outputs),
            Self::Input { input, gradient, .. } => d_inputs[input] = Some(gradient),
        }
    }
}

/// Takes a slot's buffer, if there is one.
pub(super) fn take_slot<T: Float>(slot: Option<usize>, slots: &mut [Buffer<T>]) -> Buffer<T> {
    slot.map(|slot| take(&mut slots[slot])).unwrap_or_default()
}

/// Gives a slot's buffer back.
pub(super) fn return_slot<T: Float>(slot: Option<usize>, buffer: Buffer<T>, slots: &mut [Buffer<T>]) {
    if let Some(slot) = slot {
        slots[slot] = buffer;
    }
}
