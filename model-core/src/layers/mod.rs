//! How every layer runs, one file each, under the names that the list of layers gives them.

mod accessors;
mod activated;
pub(crate) mod adapted;
mod affine;
mod attending;
mod border;
mod cell;
mod contracted;
mod convolution;
pub(crate) mod derived;
pub mod entry;
mod folded;
mod geometry;
pub(crate) mod inner;
mod join;
pub(crate) mod keeping;
mod merge;
mod noise;
mod normalized;
mod own_cell;
mod pass;
mod pool;
mod projected;
pub(crate) mod reach;
mod recurrence;
mod remembered;
mod resize;
mod slopes;
mod step;
mod synchronized;
mod turn;
mod up_sampling;

macro_rules! declare {
    ($($family:ident { $($file:ident: $layer:ident,)* })*) => {
        $( mod $family { $(mod $file;)* } )*
    };
}

model_graph::for_each_layer!(declare);
