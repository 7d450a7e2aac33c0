//! A crate that knows the library by another name, and hands it on: `#![crate = ..]` says by which.

/// Another's re-export of the library.
pub mod nets {
    pub use fm as functional_model;

    use crate::Scaled;

    fm::functional_model! {
        #![crate = ::fm]

        /// Halves a vector, by a layer of one's own.
        pub model Encoder(x: [words, 4]) -> [words, 2] {
            narrowed(Scaled(0.5)(x), 2)
        }

        /// A block for other modules.
        pub fn narrowed(x, units) {
            Dense(units, activation = "tanh")(x)
        }
    }
}

use fm::prelude::*;
use nets::{Encoder, narrowed};

/// Every number times a factor.
#[fm::layer(crate = "fm", shape = "[.., n] -> [.., n]")]
#[derive(Clone, Debug)]
pub struct Scaled {
    /// The factor.
    factor: f64,
}

impl<T: Float> CustomLayer<T> for Scaled {
    fn forward(&self, call: Forward<'_, Self, T>) -> fm::ndarray::Array2<T> {
        &call.inputs * T::from_f64(self.factor)
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        Gradients { inputs: &call.d_output * T::from_f64(self.factor), weights: () }
    }
}

nets::functional_model::functional_model! {
    #![crate = crate::nets::functional_model]

    /// A model inside, a block from elsewhere, two outputs, and a dimension of any size.
    pub model Net(left: [words, 4], right: i32[words]) -> (kind: [3], words: [words, 2]) {
        let code = Encoder()(left) + Embedding(9, 2)(right);
        (narrowed(GlobalMaxPooling1D()(code), 3), code)
    }

    /// A part of it.
    pub model Coded = Net { (left, right) -> words };
}

#[cfg(test)]
mod tests {
    use super::*;
    use fm::ndarray::{Array2, Array3};

    #[test]
    fn it_runs_and_trains_under_another_name() {
        let mut model = Net::new(1);
        let x = NetInputs { left: Array3::<f32>::ones((5, 7, 4)), right: Array2::<i32>::ones((5, 7)) };
        let y = NetOutputs { kind: Array2::<f32>::zeros((5, 3)), words: Array3::<f32>::zeros((5, 7, 2)) };
        assert_eq!(Coded::of(&model).predict(&x).unwrap(), model.predict(&x).unwrap().words);
        let losses = NetOutputs { kind: MeanSquaredError::new(), words: MeanSquaredError::new() };
        let mut trainer = model.compile(Adam::new(0.05), losses);
        let before = trainer.evaluate((&x, &y)).unwrap().loss();
        trainer.fit((&x, &y), Fit::epochs(20).verbose(Verbose::Silent)).unwrap();
        assert!(trainer.evaluate((&x, &y)).unwrap().loss() < before);
    }
}
