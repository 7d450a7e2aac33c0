//! What a call on variables is given.

use std::panic::Location;

use model_graph::layer::{Flag, Manner, Slot};

use super::fault::Fault;
use super::var::{Known, Var};
use crate::error::Result;
use crate::float::Float;

/// What a layer or model is called with: tensors by position, tensors by name, and what the call asks for.
///
/// A variable, a tuple or a list of them are the tensors by position.
///
/// ```
/// use model_core::variable::{Inputs, Tape};
/// use ndarray::array;
///
/// let tape = Tape::new();
/// let (x, h) = (tape.constant(&array![[[1.0_f32]]])?, tape.constant(&array![[0.5_f32]])?);
/// let _ = Inputs::from(&x).with("initial_state", &h);
/// # Ok::<(), model_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Inputs<T: Float = f32> {
    positional: Vec<Var<T>>,
    named: Vec<(String, Vec<Var<T>>)>,
    flags: Vec<(String, bool)>,
    /// Where the call stands.
    place: Option<&'static Location<'static>>,
}

impl<T: Float> Inputs<T> {
    /// The same with tensors of this name: `initial_state`, `mask`.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, tensors: impl Into<Self>) -> Self {
        self.named.push((name.into(), tensors.into().positional));
        self
    }

    /// The same, and the call asks for this, or does not: `use_causal_mask`, `training`.
    #[must_use]
    pub fn flag(mut self, name: impl Into<String>, value: bool) -> Self {
        self.flags.push((name.into(), value));
        self
    }

    /// The tensors by position, of a call that has so many and nothing else that was not taken: what a model of one's own begins with.
    ///
    /// # Errors
    /// If there is another number, a tensor by name, or something that the call asks for.
    pub fn take<const N: usize>(self) -> Result<[Var<T>; N]> {
        let place = self.place();
        let names = self.named.iter().map(|(name, _)| name).chain(self.flags.iter().map(|(name, _)| name));
        if let Some(name) = names.into_iter().next() {
            return Err(Fault::NotTaken { name: name.clone() }.at(place));
        }
        let found = self.positional.len();
        self.positional.try_into().map_err(|_| Fault::Taken { expected: N, found }.at(place))
    }

    /// Takes the tensors of this name, where the call has some.
    pub fn take_named(&mut self, name: &str) -> Option<Vec<Var<T>>> {
        let at = self.named.iter().position(|(own, _)| own == name)?;
        Some(self.named.remove(at).1)
    }

    /// Takes what the call asks for under this name, where it says so: whether it does.
    pub fn take_flag(&mut self, name: &str) -> Option<bool> {
        let at = self.flags.iter().position(|(own, _)| own == name)?;
        Some(self.flags.remove(at).1)
    }

    /// The same, of a call at this place of the code.
    pub(crate) fn at(self, place: &'static Location<'static>) -> Self {
        Self { place: Some(place), ..self }
    }

    /// Where the call stands, as errors say it.
    #[track_caller]
    pub(crate) fn place(&self) -> &'static Location<'static> {
        self.place.unwrap_or_else(Location::caller)
    }

    /// Those by position.
    pub(super) fn positional(&self) -> &[Var<T>] {
        &self.positional
    }

    /// The same, taken out.
    pub(crate) fn into_positional(self) -> Vec<Var<T>> {
        self.positional
    }

    /// The masks of what a model is called with, taken out.
    pub(super) fn take_masks(&mut self) -> Vec<Var<T>> {
        let is_mask = |(name, _): &(String, Vec<Var<T>>)| name == "mask";
        let place = self.named.iter().position(is_mask);
        place.map(|place| self.named.swap_remove(place).1).unwrap_or_default()
    }

    /// The same, where these are the masks of the first tensors.
    pub(super) fn masked(mut self, masks: &[Var<T>], place: &'static Location<'static>) -> Result<Self> {
        for (tensor, mask) in self.positional.iter_mut().zip(masks) {
            *tensor = tensor.masked_at(mask, place)?;
        }
        Ok(self)
    }

    /// Whether one of the tensors is of a model to be.
    pub(super) fn has_symbol(&self) -> bool {
        self.positional
            .iter()
            .chain(self.named.iter().flat_map(|(_, tensors)| tensors))
            .any(|tensor| tensor.as_symbol().is_some())
    }

    /// The tensors as a layer takes them that has these slots and flags, and the manner of the call.
    pub(super) fn arranged(
        self,
        slots: &[Slot],
        flags: &[Flag],
        call: &dyn Fn() -> String,
        place: &'static Location<'static>,
    ) -> Result<(Vec<Known<T>>, Manner)> {
        let (tensors, manner) = self.placed(slots, flags, call, place)?;
        let known = tensors.iter().map(|tensor| tensor.known().cloned()).collect::<Result<Vec<_>>>()?;
        Ok((known, manner))
    }

    /// The same tensors, whatever they are.
    pub(super) fn placed(
        self,
        slots: &[Slot],
        flags: &[Flag],
        call: &dyn Fn() -> String,
        place: &'static Location<'static>,
    ) -> Result<(Vec<Var<T>>, Manner)> {
        let unknown = |name: &str| {
            let mut known: Vec<&str> = slots.iter().map(|slot| slot.name).chain(flags.iter().map(|flag| flag.name)).collect();
            known.dedup();
            Fault::Unknown { call: call(), name: name.to_owned(), known: model_graph::message::there_are(&known) }.at(place)
        };
        let mut given = Vec::new();
        for (name, tensors) in self.named {
            let own: Vec<usize> = (0..slots.len()).filter(|&slot| slots[slot].name == name).collect();
            match own.as_slice() {
                [] => return Err(unknown(&name)),
                [slot] => given.push((*slot, tensors)),
                // Slots of one name take a tensor each.
                several => given.extend(several.iter().copied().zip(tensors.into_iter().map(|tensor| vec![tensor]))),
            }
        }
        let (tensors, mut manner) = Manner::arranged(self.positional, given);
        for (name, value) in self.flags {
            manner = match (flags.iter().position(|flag| flag.name == name), name.as_str(), value) {
                (Some(flag), ..) => manner.with_flag(flag, value),
                (None, "training", false) => manner.inferring(),
                (None, "training", true) => manner,
                (None, ..) => return Err(unknown(&name)),
            };
        }
        Ok((tensors, manner))
    }
}

impl<T: Float> From<Vec<Var<T>>> for Inputs<T> {
    fn from(positional: Vec<Var<T>>) -> Self {
        Self { positional, named: Vec::new(), flags: Vec::new(), place: None }
    }
}

impl<T: Float> From<&[Var<T>]> for Inputs<T> {
    fn from(tensors: &[Var<T>]) -> Self {
        Self::from(tensors.to_vec())
    }
}

impl<T: Float> From<&Vec<Var<T>>> for Inputs<T> {
    fn from(tensors: &Vec<Var<T>>) -> Self {
        Self::from(tensors.clone())
    }
}

impl<T: Float> From<&[&Var<T>]> for Inputs<T> {
    fn from(tensors: &[&Var<T>]) -> Self {
        Self::from(tensors.iter().map(|&tensor| tensor.clone()).collect::<Vec<_>>())
    }
}

impl<T: Float> From<&Var<T>> for Inputs<T> {
    fn from(tensor: &Var<T>) -> Self {
        Self::from(vec![tensor.clone()])
    }
}

impl<T: Float> From<Var<T>> for Inputs<T> {
    fn from(tensor: Var<T>) -> Self {
        Self::from(vec![tensor])
    }
}

impl<T: Float, const N: usize> From<[&Var<T>; N]> for Inputs<T> {
    fn from(tensors: [&Var<T>; N]) -> Self {
        Self::from(tensors.map(Var::clone).to_vec())
    }
}

/// Tuples of variables.
macro_rules! tuples {
    ($(($($name:ident),*);)*) => {$(
        impl<T: Float> From<($(tuples!(@ & $name),)*)> for Inputs<T> {
            fn from(($($name,)*): ($(tuples!(@ & $name),)*)) -> Self {
                Self::from(vec![$($name.clone()),*])
            }
        }

        impl<T: Float> From<($(tuples!(@ $name),)*)> for Inputs<T> {
            fn from(($($name,)*): ($(tuples!(@ $name),)*)) -> Self {
                Self::from(vec![$($name),*])
            }
        }
    )*};
    (@ & $name:ident) => { &Var<T> };
    (@ $name:ident) => { Var<T> };
}

tuples! {
    (a, b);
    (a, b, c);
    (a, b, c, d);
    (a, b, c, d, e);
    (a, b, c, d, e, f);
}
