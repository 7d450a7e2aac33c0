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
        JaxLayer
        /// The same, for a branch that is not taken.
        Sideways
    }
}

use elsewhere::{JaxLayer, Sideways};

halves! {
    /// Half of what it is given.
    AugMix
}

functional_model! {
    /// A quarter of what it is given.
    pub model Quarter(x: [3, 4]) -> [3, 4] {
        let mut x = JaxLayer()(AugMix()(x));
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

/// Names that the expansion has for itself, as those of the user's.
mod meeting {
    #![allow(dead_code, non_camel_case_types)]
    use functional_model::prelude::*;

    /// Nothing here is what the expansion means by these names.
    pub trait Clone {}
    pub trait Debug {}
    pub trait FnMut {}
    pub trait Into {}
    pub trait ToString {}
    pub trait ToOwned {}
    pub trait FromIterator {}
    pub struct Vec;
    pub struct String;
    pub struct Option;

    functional_model! {
        pub model Net(x: [4]) -> [4] {
            Dense(4)(x)
        }

        pub model Tape(x: [4]) -> [4] {
            Dense(4)(Net(name = "slots")(x))
        }

        pub model WholeModel(x: [4]) -> [4] {
            let y = Dense(4)(x);
            Dense(4)(y)
        }

        pub model Whole = WholeModel { x -> y };

        pub model Batches(a: [batch, 4], b: [batch_, 4]) -> (shared: [batch, 4], other: [batch_, 4]) {
            let shared = Dense(4);
            (shared(a), shared(b))
        }

        pub fn slots(x) {
            Dense(4)(x)
        }

        pub model Calls(x: [4]) -> [4] {
            let a = Net();
            let a_call_1 = Dense(4);
            let tape = Net();
            let gradients = slots(x);
            a_call_1(a(a(tape(gradients))))
        }
    }
}

#[test]
fn a_name_of_the_user_s_meets_none_of_the_expansion_s() {
    use meeting::{Batches, Calls, Net, Tape, WholeModel};

    let x = Array2::<f32>::ones((3, 4));
    let mut model = Calls::new(1);
    let mut model = model.compile(Adam::new(1e-3), MeanSquaredError);
    model.fit((&x, &x), Fit::epochs(1).verbose(Verbose::Silent)).unwrap();
    assert_eq!(Tape::new(1).predict(&x).unwrap().shape(), [3, 4]);
    assert_eq!(Net::new(1).predict(&x).unwrap().shape(), [3, 4]);
    assert_eq!(WholeModel::new(1).predict(&x).unwrap().shape(), [3, 4]);
    let found = Batches::new(1).predict_all((&Array3::<f32>::ones((2, 5, 4)), &Array3::<f32>::ones((2, 6, 4)))).unwrap();
    assert_eq!(found.iter().map(|(_, array)| array.shape()).collect::<Vec<_>>(), [[2, 5, 4], [2, 6, 4]]);
}
