//! Variables in other shapes, and parts of them.

use std::ops::{Bound, RangeBounds};
use std::panic::Location;

use serde_json::json;

use crate::error::Result;
use crate::float::Float;
use crate::variable::fault::Fault;
use crate::variable::operate::{form_along, from_front, one};
use crate::variable::var::{Form, Var};

/// Other shapes, and parts.
impl<T: Float> Var<T> {
    /// The elements in another shape; one size may be -1, which follows from the others.
    ///
    /// # Errors
    /// If the shape has another number of elements.
    #[track_caller]
    pub fn reshape<const N: usize>(&self, shape: [i64; N]) -> Result<Self> {
        self.reshape_at(&shape, Location::caller())
    }

    /// The elements in another shape.
    #[track_caller]
    pub(crate) fn reshaped(&self, shape: &[usize]) -> Result<Self> {
        let shape: Vec<i64> = shape.iter().map(|&size| i64::try_from(size).unwrap_or(i64::MAX)).collect();
        self.reshape_at(&shape, Location::caller())
    }

    pub(in crate::variable) fn reshape_at(&self, shape: &[i64], place: &'static Location<'static>) -> Result<Self> {
        if self.as_symbol().is_some() {
            return one("reshape", &[("newshape", json!(shape))], &[self], Form::Samples, place);
        }
        let known = self.known()?;
        let refusal = || Fault::Reshape { from: known.value.shape.to_vec(), to: shape.to_vec() }.at(place);
        let given = shape.iter().filter(|&&size| size != -1);
        let given = given.map(|&size| usize::try_from(size).ok()).try_fold(1_usize, |all, size| all.checked_mul(size?));
        let (elements, given) = (known.value.data.len(), given.filter(|&given| given > 0).ok_or_else(refusal)?);
        let open = shape.iter().filter(|&&size| size == -1).count();
        if open > 1 || elements % given != 0 || open == 0 && elements != given {
            return Err(refusal());
        }
        let size = |&size: &i64| if size == -1 { i64::try_from(elements / given).unwrap_or(i64::MAX) } else { size };
        let shape: Vec<i64> = shape.iter().map(size).collect();
        let batch = known.value.shape.first().and_then(|&batch| i64::try_from(batch).ok());
        let keeps_batch = batch.is_some() && shape.first().copied() == batch;
        let (form, sample) = if keeps_batch { (Form::Samples, &shape[1..]) } else { (Form::One, &shape[..]) };
        let target: Vec<i64> = std::iter::once(-1).chain(sample.iter().copied()).collect();
        one("reshape", &[("newshape", json!(target))], &[self], form, place)
    }

    /// The axes in another order.
    ///
    /// # Errors
    /// If these are not all axes, each once.
    #[track_caller]
    pub fn transpose<const N: usize>(&self, axes: [usize; N]) -> Result<Self> {
        self.transpose_at(&axes, Location::caller())
    }

    pub(in crate::variable) fn transpose_at(&self, axes: &[usize], place: &'static Location<'static>) -> Result<Self> {
        let (form, axes) = match axes.first() {
            _ if self.as_symbol().is_some() => (Form::Samples, axes.to_vec()),
            Some(0) => (Form::Samples, axes.to_vec()),
            _ => (Form::One, std::iter::once(0).chain(axes.iter().map(|axis| axis.saturating_add(1))).collect()),
        };
        one("transpose", &[("axes", json!(axes))], &[self], form, place)
    }

    /// The tensor with a new axis of size 1 at this place.
    ///
    /// # Errors
    /// If there is no such place.
    #[track_caller]
    pub fn expand_dims(&self, axis: i64) -> Result<Self> {
        let (rank, place) = (self.rank()?, Location::caller());
        let (form, axis) = form_along("expand_dims", axis, self, rank.saturating_add(1), place)?;
        one("expand_dims", &[("axis", json!([axis]))], &[self], form, place)
    }

    /// The tensor without an axis of size 1.
    ///
    /// # Errors
    /// If there is no such axis, or its size is another.
    #[track_caller]
    pub fn squeeze(&self, axis: i64) -> Result<Self> {
        let (rank, place) = (self.rank()?, Location::caller());
        let (form, axis) = form_along("squeeze", axis, self, rank, place)?;
        one("squeeze", &[("axis", json!([axis]))], &[self], form, place)
    }

    /// One place of an axis, which goes: `x.at(1, -1)` is the last step of each sample.
    ///
    /// # Errors
    /// If there is no such axis or place.
    #[track_caller]
    pub fn at(&self, axis: i64, place: i64) -> Result<Self> {
        self.part(axis, json!(place), Location::caller())
    }

    /// A slice of an axis: `x.slice(1, ..5)`, `x.slice(0, -1..)`; negative places count from the end.
    ///
    /// # Errors
    /// If there is no such axis, or nothing in the slice.
    #[track_caller]
    pub fn slice(&self, axis: i64, places: impl RangeBounds<i64>) -> Result<Self> {
        let start = match places.start_bound() {
            Bound::Included(&start) => Some(start),
            Bound::Excluded(&start) => Some(start.saturating_add(1)),
            Bound::Unbounded => None,
        };
        let stop = match places.end_bound() {
            // Behind the last is the end.
            Bound::Included(-1) | Bound::Unbounded => None,
            Bound::Included(&stop) => Some(stop.saturating_add(1)),
            Bound::Excluded(&stop) => Some(stop),
        };
        self.part(axis, slice_of(start, stop, None), Location::caller())
    }

    /// Each `step`-th place of an axis from one up to another.
    pub(crate) fn strided(&self, axis: i64, [start, stop, step]: [i64; 3]) -> Result<Self> {
        self.part(axis, slice_of(Some(start), Some(stop), Some(step)), Location::caller())
    }

    fn part(&self, axis: i64, part: serde_json::Value, place: &'static Location<'static>) -> Result<Self> {
        let rank = self.rank()?;
        let whole = slice_of(None, None, None);
        let axis = usize::try_from(from_front("get_item", axis, rank, place)?).unwrap_or_default();
        let (form, before) = if axis == 0 && self.as_symbol().is_none() { (Form::One, 1) } else { (Form::Samples, axis) };
        let key: Vec<serde_json::Value> = std::iter::repeat_n(whole, before).chain([part]).collect();
        one("get_item", &[("key", json!(key))], &[self], form, place)
    }
}

/// A slice as configurations have it.
fn slice_of(start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> serde_json::Value {
    json!({ "class_name": "__slice__", "config": { "start": start, "stop": stop, "step": step } })
}
