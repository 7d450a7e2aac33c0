//! What the crate does, in one binary: a binary each would be linked with all of the library each.

#[path = "../common/mod.rs"]
mod common;
#[path = "../../../tests/layers/mod.rs"]
mod layers;

mod adapt;
mod affine;
mod archives;
mod callback_signatures;
mod callbacks;
mod files;
mod fit_parity;
mod gradient_penalty;
mod integers;
mod keras_files;
mod loss_signatures;
mod losses_by_word;
mod losses_parity;
mod on_batch;
mod optimizer_parity;
mod optimizer_signatures;
mod optimizers;
mod own_functions;
mod parity;
mod penalties;
mod stateful;
mod training;
mod training_parity;
mod weight_precision;
