//! Models in models, wherever they are declared: beside, in another module, in another invocation, in a function's body.

#![deny(warnings, missing_docs)]

use functional_model::network::Network;
use functional_model::prelude::*;

mod nets {
    functional_model::functional_model! {
        /// Halves an image.
        pub model Encoder(img: [8, 8, 1]) -> [4, 4, 2] {
            Conv2D(2, 3, strides = 2, padding = "same", activation = "relu")(img)
        }

        /// Seen in this crate only.
        pub(crate) model Scorer(x: [32]) -> [3] {
            Dense(3)(x)
        }
    }

    /// A block that other invocations use, with those that it uses itself.
    pub mod blocks {
        functional_model::functional_model! {
            pub(crate) fn narrowed(x, units = 2) {
                Dense(units)(x ** 2)
            }

            /// Of numbers alone.
            pub fn share(units, alpha) {
                int(units * alpha)
            }
        }
    }

    use blocks::{narrowed, share};

    functional_model::functional_model! {
        /// Nothing here takes the first branch.
        pub fn head(x, is_narrow = false, alpha = 1.0) {
            if is_narrow { narrowed(x) } else { Dense(share(8, alpha), name = None)(x) }
        }

        /// By default.
        pub model Head(x: [32]) -> [8] {
            head(x)
        }
    }

    /// Models of the same names as those outside.
    pub mod deeper {
        functional_model::functional_model! {
            /// An encoder of another kind.
            pub model Encoder(x: [4]) {
                Dense(2)(x)
            }

            /// The encoder beside it.
            pub model Pair(x: [4]) {
                let encoder = Encoder();
                encoder(x) + encoder(x)
            }
        }
    }
}

use nets::{Encoder, Head, Scorer, head};

functional_model! {
    /// Through names that `use` brings.
    pub model Classifier(img: [8, 8, 1]) -> (score: [3], code: [4, 4, 2]) {
        let code = Encoder()(img);
        let score = Scorer(name = "scorer")(Flatten()(code));
        (score, code)
    }

    /// A block that holds a model.
    fn encode(img) {
        let x = Encoder()(img);
        Conv2D(2, 3, padding = "same")(x) + x
    }

    /// A model in a block.
    pub model Deep(img: [8, 8, 1]) {
        Flatten()(encode(img))
    }
}

functional_model! {
    model Unseen(x: [3]) -> [3] {
        Dense(3)(x)
    }
}

functional_model! {
    model Private(img: [8, 8, 1]) -> [3] {
        Unseen()(Dense(3)(Deep()(img)))
    }
}

fn parameters<N: Network>(model: &N) -> usize {
    let mut sum = 0;
    model.visit(&mut |weight, _| sum += weight.data.len());
    sum
}

#[test]
fn models_of_other_modules_and_invocations_are_layers() {
    let classifier = Classifier::new(1);
    assert_eq!(parameters(&classifier), Encoder::PARAMETERS + Scorer::PARAMETERS);
    assert_eq!(parameters(&classifier.scorer), Scorer::PARAMETERS);
    assert_eq!(parameters(&Private::new(1)), Private::PARAMETERS);
    assert_eq!(parameters(&Deep::new(1)), Deep::PARAMETERS);
    assert_eq!(nets::deeper::Pair::PARAMETERS, nets::deeper::Encoder::PARAMETERS);
}

#[test]
fn models_of_a_function_s_body_are_layers() {
    functional_model! {
        /// Declared in the function, public as in an example.
        pub model Local(x: [6]) -> [2] {
            Dense(2)(x)
        }
    }
    functional_model! {
        pub model Twice(x: [6]) -> [2] {
            let encoder = Local();
            widen(x) + encoder(x)
        }

        fn widen(x) {
            Local()(Dense(6)(x))
        }
    }
    functional_model! {
        model Outer(x: [6], img: [8, 8, 1]) -> [1] {
            Dense(1)(Concatenate()([Twice()(x), Scorer()(Flatten()(img_code(img)))]))
        }

        fn img_code(img) {
            nets_encoder(img)
        }

        fn nets_encoder(img) {
            Conv2D(2, 3, strides = 2, padding = "same")(img)
        }
    }
    assert_eq!(parameters(&Outer::new(3)), Outer::PARAMETERS);
    assert_eq!(Local::PARAMETERS, 14);
}

#[test]
fn blocks_bring_the_blocks_that_they_use() {
    functional_model! {
        model Narrow(x: [32]) -> [2] {
            head(x, is_narrow = true)
        }

        model Thin(x: [32]) -> [5] {
            head(x, alpha = 0.7)
        }
    }
    assert_eq!((Head::PARAMETERS, Narrow::PARAMETERS, Thin::PARAMETERS), (33 * 8, 33 * 2, 33 * 5));
}
