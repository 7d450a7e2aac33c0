//! What models become, to be read: `cargo insta review` shows what has changed.

use super::{TOY_RESNET, expand};

#[test]
fn a_stack_of_dense_layers() {
    insta::assert_snapshot!(expand(
        r#"
        /// Digits.
        pub model Mlp(x: [784]) -> [10] {
            let x = Dense(64, activation = "relu", name = "hidden")(x);
            Dense(10, activation = "softmax")(x)
        }
        "#
    ));
}

#[test]
fn the_toy_resnet() {
    insta::assert_snapshot!(expand(TOY_RESNET));
}

#[test]
fn shared_layers_nested_models_and_several_outputs() {
    insta::assert_snapshot!(expand(
        r"
        model Encoder(x: [8]) -> [4] {
            Dense(4)(x)
        }

        pub(crate) model Siamese(left: [8], right: [8]) -> (distance: [4], score: [1]) {
            let encoder = Encoder(trainable = false);
            let (left, right) = (encoder(left), encoder(right));
            let head = Dense(1);
            let distance = left - right;
            (distance, head(left) + head(right))
        }
        "
    ));
}
