//! What models become, to be read: `cargo insta review` shows what has changed.

use super::{TOY_RESNET, expand};
use crate::layer;

const ATTRIBUTE: &str = r#"
    shape = "[n, d], [m, d] -> [n, units]",
    weights(w("[n, units]", "random_normal"), scale("[]", "ones", trainable = false)),
    saved(mask("[n]")),
"#;

const LAYER: &str = r"
    /// A layer of one's own.
    #[derive(Clone, Debug)]
    pub struct Own {
        /// The size of the last axis.
        #[default = 32]
        units: usize,
        /// What is dropped.
        rate: Option<f64>,
    }
";

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
fn dimensions_of_any_size() {
    insta::assert_snapshot!(expand(
        r#"
        /// Tags words, in texts of any length.
        pub model Tagger(text: i32[words], speed: [words, 8]) -> [(words - 2) / 2, 3] {
            let x = Embedding(50, 8)(text) + speed;
            let x = LSTM(8, return_sequences = true)(x);
            Dense(3)(Halves()(x))
        }

        model Halves(x: [frames, 8]) -> [(frames - 2) / 2, 4] {
            MaxPooling1D(2)(Conv1D(4, 3, activation = "gelu")(x))
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

#[test]
fn blocks_whose_layers_have_computed_names() {
    insta::assert_snapshot!(expand(
        r#"
        model Net(x: [8]) {
            let mut x = x;
            for i in 1..=2 {
                x = stage(x, format!("stage{i}"));
            }
            ops::get_item(x[.., 0], name = "first")
        }

        fn stage(x, name) {
            half(x, name + "_left") + half(x, name + "_right")
        }

        fn half(x, name) {
            Dense(8, name = name)(x)
        }
        "#
    ));
}

#[test]
fn sizes_of_constants_from_outside() {
    insta::assert_snapshot!(expand(
        r"
        model Net(image: [SIZE, SIZE, 3]) -> [10] {
            let x = Conv2D(nets::WIDTH, 3)(image);
            let x = GlobalMaxPooling2D()(x) + Dense(8)(GlobalAveragePooling2D()(image));
            Dense(10)(x)
        }
        "
    ));
}

#[test]
fn a_layer_of_ones_own() {
    let expanded = layer::expand(ATTRIBUTE.parse().unwrap(), LAYER.parse().unwrap());
    insta::assert_snapshot!(prettyplease::unparse(&syn::parse2(expanded).unwrap()));
}

#[test]
fn a_model_of_layers_of_ones_own() {
    let signature = r#"{"name":"Own","package":"Custom","arguments":[{"name":"units","type":"usize","doc":"","default":32}],"shape":"[.., n] -> [.., units]","weights":[{"name":"w","shape":"[n, units]","initializer":"glorot_uniform","trainable":true}],"parts":[],"saved":[]}"#;
    insta::assert_snapshot!(expand(&format!(
        "@with Own {{ layer r#\"{signature}\"# }} model Net(x: [4]) {{ Own(3)(Own(5)(x)) }}"
    )));
}
