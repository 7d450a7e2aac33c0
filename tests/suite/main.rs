//! What the library does as its users see it, in one binary: a binary each would be linked with all of the library each.
//!
//! What needs the features of formats is tested where the whole workspace is, whose command asks for them.

#[path = "../bits/mod.rs"]
mod bits;
#[path = "../layers/mod.rs"]
mod layers;
#[path = "../models/mod.rs"]
mod models;
#[path = "../own/mod.rs"]
mod own;
#[path = "../recurrent/mod.rs"]
mod recurrent;
#[path = "../weights/mod.rs"]
mod weights;

mod augmentations;
mod by_hand;
mod calling;
mod calls;
mod cells;
mod companions;
mod compiled;
mod constants;
mod custom;
mod files_as_models;
mod folding;
#[cfg(feature = "tfjs")]
mod legacy;
mod masks;
mod masks_by_name;
mod modules;
mod named;
#[cfg(feature = "onnx")]
mod onnx;
mod operations;
mod overlap;
mod own_functions;
mod own_names;
mod own_steps;
mod own_train_step;
mod penalties;
mod ranks;
mod scaling;
#[cfg(feature = "source")]
mod source;
mod stateful;
mod streams;
mod typed;
mod views;
mod wrappers;
