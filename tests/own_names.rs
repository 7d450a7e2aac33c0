//! Layers of one's own that are called as layers of Keras's which there are not: the user's go first.

use functional_model::prelude::*;
use ndarray::{Array2, Array3};

macro_rules! halves {
    ($(#[doc = $doc:literal] $name:ident)*) => { $(
        #[doc = $doc]
        #[layer(shape = "[.., n] -> [.., n]")]
        #[derive(Clone, Debug)]
        pub struct $name {}

        impl<T: Float> CustomLayer<T> for $name {
            fn forward(&self, call: Forward<'_, Self, T>) -> Array2<T> {
                &call.inputs * T::from_f64(0.5)
            }

            fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
                Gradients { inputs: &call.d_output * T::from_f64(0.5), weights: () }
            }
        }
    )* };
}

/// Another module's.
mod elsewhere {
    use super::*;

    halves! {
        /// Half of what it is given.
        UnitNormalization
        /// The same, for a branch that is not taken.
        Sideways
    }
}

use elsewhere::{Sideways, UnitNormalization};

halves! {
    /// Half of what it is given.
    Attention
}

functional_model! {
    /// A quarter of what it is given.
    pub model Quarter(x: [3, 4]) -> [3, 4] {
        let mut x = UnitNormalization()(Attention()(x));
        if false {
            x = Sideways()(x);
        }
        for _ in 0..0 {
            x = Sideways()(x);
        }
        x
    }

    /// Nobody calls it here.
    pub fn aside(x) {
        Sideways()(x)
    }
}

#[test]
fn the_user_s_own_go_first() {
    let found = Quarter::new(1).predict(Array3::<f32>::ones((2, 3, 4))).unwrap();
    assert_eq!(found, Array3::from_elem((2, 3, 4), 0.25).into_dyn());
}
