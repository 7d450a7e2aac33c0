//! The command as users run it, on small models in folders of their own.

mod convert;
mod data;
mod diff;
mod faults;
mod look;
mod support;
