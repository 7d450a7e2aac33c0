//! Whole models of one's own: a struct of layers and models, which plain code calls, trained, saved and shown as any other model.

mod held;
mod network;
mod own_model;
mod path;

pub use held::Held;
pub use network::Trace;
pub use own_model::OwnModel;
pub use path::Path;

use std::collections::BTreeMap;

use crate::any::AnyLayer;
use crate::float::Float;
use crate::layer::Layer;
use crate::network::Trainable;
use crate::variable::Lazy;

/// What holds weights: layers, models, and structs of them, which derive it.
///
/// ```
/// # use functional_model::prelude::*;
/// # use functional_model::layers::Dense;
/// /// Encodes, and says how sure it is.
/// #[derive(Clone, Module)]
/// struct Judge {
///     layers: Vec<Layer<Dense>>,
///     verdict: Layer<Dense>,
///     /// Numbers hold no weights.
///     threshold: f64,
///     #[module(skip)]
///     seen: std::collections::HashSet<u64>,
/// }
///
/// let layers = vec![Dense::new(8).build(&[4], 1)?, Dense::new(8).build(&[8], 2)?];
/// let judge = Judge { layers, verdict: Dense::new(1).build(&[8], 3)?, threshold: 0.5, seen: Default::default() };
/// let judge = OwnModel::new(judge)?;
/// let paths: Vec<String> = judge.graph().weights().into_iter().map(|(path, _)| path).collect();
/// assert_eq!(paths[..3], ["layers/0/kernel", "layers/0/bias", "layers/1/kernel"]);
/// # Ok::<(), functional_model::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not known to hold weights",
    label = "expected a layer, a model, or a struct of them",
    note = "a struct of layers and models derives it, `#[derive(Module)]`; a field that holds no weights is left out, `#[module(skip)]`"
)]
pub trait Module<T: Float = f32> {
    /// Visits the layers and models in it, in the order of the fields, each with its path behind the one that is given.
    fn parts(&self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, &dyn Held<T>));

    /// Visits them in the same order, to be changed.
    fn parts_mut(&mut self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, &mut dyn Held<T>));
}

/// Layers and models, which are parts themselves, for each type of elements: others might be a model with elements of their own.
macro_rules! modules {
    ($float:ty) => {
        impl<N: Trainable<$float>> Module<$float> for N {
            modules! { @self $float }
        }

        impl<L: Clone> Module<$float> for Layer<L, $float>
        where
            AnyLayer<$float>: From<Self>,
        {
            modules! { @self $float }
        }

        impl Module<$float> for AnyLayer<$float> {
            modules! { @self $float }
        }

        impl<L: Clone> Module<$float> for Lazy<L, $float>
        where
            AnyLayer<$float>: From<Layer<L, $float>>,
        {
            modules! { @self $float }
        }
    };
    (@self $float:ty) => {
        fn parts(&self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, &dyn Held<$float>)) {
            visitor(path, self);
        }

        fn parts_mut(&mut self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, &mut dyn Held<$float>)) {
            visitor(path, self);
        }
    };
}

modules! { f32 }
modules! { f64 }

/// Several of a kind, each under its number.
macro_rules! several {
    ($($several:ty $(, $count:ident)?;)*) => {$(
        impl<T: Float, M: Module<T> $(, const $count: usize)?> Module<T> for $several {
            fn parts(&self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, &dyn Held<T>)) {
                self.iter().enumerate().for_each(|(i, own)| own.parts(path.item(i), visitor));
            }

            fn parts_mut(&mut self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, &mut dyn Held<T>)) {
                self.iter_mut().enumerate().for_each(|(i, own)| own.parts_mut(path.item(i), visitor));
            }
        }
    )*};
}

several! {
    Vec<M>;
    [M; N], N;
}

impl<T: Float, M: Module<T>> Module<T> for Option<M> {
    fn parts(&self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, &dyn Held<T>)) {
        self.iter().for_each(|own| own.parts(path, visitor));
    }

    fn parts_mut(&mut self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, &mut dyn Held<T>)) {
        self.iter_mut().for_each(|own| own.parts_mut(path, visitor));
    }
}

impl<T: Float, M: Module<T>> Module<T> for BTreeMap<String, M> {
    fn parts(&self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, &dyn Held<T>)) {
        self.iter().for_each(|(name, own)| own.parts(path.field(name), visitor));
    }

    fn parts_mut(&mut self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, &mut dyn Held<T>)) {
        self.iter_mut().for_each(|(name, own)| own.parts_mut(path.field(name), visitor));
    }
}

/// What a struct may have beside, which holds no weights.
macro_rules! weightless {
    ($($plain:ty),*) => {$(
        impl<T: Float> Module<T> for $plain {
            fn parts(&self, _path: Path<'_>, _visitor: &mut dyn FnMut(Path<'_>, &dyn Held<T>)) {}

            fn parts_mut(&mut self, _path: Path<'_>, _visitor: &mut dyn FnMut(Path<'_>, &mut dyn Held<T>)) {}
        }
    )*};
}

weightless! { (), bool, char, u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, f32, f64, String, &'static str }
