//! What Keras calls what it has: of each kind all names, whether it is here or not, and which layers are not.
//!
//! `table.rs` is made from Keras itself, so that no name is missing.

mod table;

pub use table::{ACTIVATIONS, INITIALIZERS, LAYERS, LOSSES, METRICS, OPTIMIZERS};

use crate::layers::Class;

/// All that Keras has of a kind: what it writes, and the other names that it takes for the same.
pub type Names = &'static [(&'static str, &'static [&'static str])];

/// What Keras writes for something that it takes by this name.
#[must_use]
pub fn written(names: Names, name: &str) -> Option<&'static str> {
    names.iter().find(|(own, others)| *own == name || others.contains(&name)).map(|(own, _)| *own)
}

/// A layer of Keras's that there is not (yet), by any of its names: what Keras writes.
#[must_use]
pub fn absent(name: &str) -> Option<&'static str> {
    written(LAYERS, name).filter(|own| Class::find(own).is_none())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::argument::{Activation, Argument, Initializer};
    use crate::layers::CLASSES;

    fn all(names: Names) -> impl Iterator<Item = &'static str> {
        names.iter().flat_map(|(own, others)| std::iter::once(*own).chain(others.iter().copied()))
    }

    #[test]
    fn every_layer_here_is_one_of_keras_s() {
        let foreign = CLASSES.iter().find(|class| written(LAYERS, class.name) != Some(class.name));
        assert_eq!(foreign.map(|class| class.name), None);
    }

    #[test]
    fn a_layer_is_found_by_all_of_its_names_or_absent_by_all() {
        for (own, others) in LAYERS {
            for name in others.iter().chain([own]) {
                assert_eq!(Class::find(name).map(|class| class.name), Class::find(own).map(|class| class.name), "{name}");
                assert_eq!(absent(name).is_some(), Class::find(own).is_none(), "{name}");
            }
        }
        let aliases: Vec<&str> = all(LAYERS).filter(|name| Class::find(name).is_some_and(|class| class.name != *name)).collect();
        assert_eq!(
            aliases.join(" "),
            "AvgPool1D AvgPool2D AvgPool3D Convolution1D Convolution1DTranspose Convolution2D Convolution2DTranspose Convolution3D \
             Convolution3DTranspose GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D \
             MaxPool1D MaxPool2D MaxPool3D SeparableConvolution1D SeparableConvolution2D"
        );
        assert_eq!((absent("FlaxLayer"), absent("Convolution3D"), absent("Encoder")), (Some("FlaxLayer"), None, None));
    }

    #[test]
    fn activations_and_initializers_are_read_by_all_of_their_names() {
        let absent = |read: &dyn Fn(&str) -> bool, names: Names| -> String {
            let read_alike =
                |(own, others): &(&str, &[&str])| assert!(others.iter().all(|other| read(other) == read(own)), "{own}");
            names.iter().for_each(read_alike);
            all(names).filter(|name| !read(name)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(absent(&|name| Activation::from_value(&json!(name)).is_ok(), ACTIVATIONS), "glu threshold");
        assert_eq!(absent(&|name| Initializer::from_value(&json!(name)).is_ok(), INITIALIZERS), "Initializer initializer");
    }
}
