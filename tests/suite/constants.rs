//! Constants of the code around as sizes: a model that is written with them is, to the bit, the one that is written with their values.

use functional_model::prelude::*;
use ndarray::{Array2, Array3, Array4};

use crate::bits::check;

/// The sizes that both programs are written with.
const SIZE: usize = 12;
const WIDTH: usize = 4;

mod sizes {
    pub const WORDS: usize = 9;
    pub const HIDDEN: usize = 2 * super::WIDTH;
}

/// A densely connected layer without a bias.
#[layer(shape = "[.., features] -> [.., units]", weights(w("[features, units]")))]
#[derive(Clone, Debug)]
pub struct Matrix {
    units: usize,
}

impl<T: Float> CustomLayer<T> for Matrix {
    fn forward(&self, call: Forward<'_, Self, T>) -> Array2<T> {
        call.inputs.dot(&call.weights.w)
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        let weights = MatrixWeights { w: call.inputs.t().dot(&call.d_output) };
        Gradients { inputs: call.d_output.dot(&call.weights.w.t()), weights }
    }
}

/// The same models with sizes that are written as they are given.
macro_rules! models {
    ($module:ident: $size:tt, $width:tt, ($($words:tt)*), ($($hidden:tt)*)) => {
        mod $module {
            #[allow(unused_imports)]
            use super::{Matrix, SIZE, WIDTH, sizes};
            use functional_model::prelude::*;

            functional_model! {
                /// Every layer whose weights or results have a size of their own.
                pub model Net(image: [$size, $size, 3], text: i32[$($words)*]) -> (kind: [10], code: [$($hidden)*], map: [6, 6, $width]) {
                    let x = Conv2D($width, 3, activation = "relu", padding = "same")(image);
                    let x = BatchNormalization()(MaxPooling2D(2)(x));
                    let y = SeparableConv2D(2 * $width, 3, strides = 2, activation = "silu")(x);
                    let y = DepthwiseConv2D(2, padding = "same")(y);
                    let map = Conv2DTranspose($width, 2, strides = 3)(y);
                    let x = residual(residual(x, $width), $width);
                    let table = Embedding($($words)* + 1, $($hidden)*);
                    let z = LayerNormalization()(table(text));
                    let z = PReLU()(Conv1D($($hidden)*, 3, activation = "gelu")(z));
                    let z = GRU($($hidden)*, return_sequences = true)(SimpleRNN($width, return_sequences = true)(z));
                    let code = LSTM($($hidden)*)(z);
                    let w = RepeatVector($width)(code);
                    let w = Dense($size - 2)(Reshape([$width * ($($hidden)*)])(w));
                    let x = Dropout(0.25)(Dense($size - $width)(Flatten()(x)));
                    let x = Concatenate()([x, w, code]);
                    (Dense(10)(x), code, map)
                }

                /// Keeps the shape.
                fn residual(x, filters) {
                    let y = Conv2D(filters, 3, padding = "same", activation = "relu")(x);
                    y * Activation("sigmoid")(GlobalAveragePooling2D(keepdims = true)(y)) + x
                }

                /// Of any length.
                pub model Tags(x: [steps, $width]) -> [steps - 2, $width + 1] {
                    Dense($width + 1)(Conv1D($width, 3, activation = "tanh")(x))
                }

                /// A layer of one's own.
                pub model Own(x: [$width]) -> [$size - $width] {
                    Matrix($size - $width)(x)
                }

                /// What the image becomes.
                pub model Map = Net { image -> map };
            }
        }
    };
}

models!(written: 12, 4, (9), (8));
models!(named: SIZE, WIDTH, (sizes::WORDS), (sizes::HIDDEN));

#[test]
fn a_model_of_constants_is_that_of_their_values() {
    assert_eq!(named::Net::config(), written::Net::config());
    assert_eq!(named::Net::summary(), written::Net::summary());
    assert_eq!(named::Net::PARAMETERS, written::Net::PARAMETERS);
    assert_eq!(named::Net::TRAINABLE_PARAMETERS, written::Net::TRAINABLE_PARAMETERS);
    assert_eq!(named::Map::config(), written::Map::config());
    assert_eq!(named::Tags::config(), written::Tags::config());
    assert_eq!(named::Tags::PARAMETERS, written::Tags::PARAMETERS);
}

#[test]
fn it_computes_the_same() {
    check(named::Net::new(7), named::Net::config(), 3, &[]);
    check(named::Tags::new(7), named::Tags::config(), 3, &[5]);
    let image = Array4::from_shape_fn((2, SIZE, SIZE, 3), |(b, i, j, c)| (b + 2 * i + 3 * j + c) as f32 / 60.0);
    assert_eq!(named::Map::new(3).predict(&image).unwrap(), written::Map::new(3).predict(&image).unwrap());
    let row = Array2::from_elem((1, WIDTH), 0.5f32);
    assert_eq!(named::Own::new(3).predict(&row).unwrap(), written::Own::new(3).predict(&row).unwrap());
    let mut both = [Vec::new(), Vec::new()];
    written::Net::new(3).visit(&mut |weight, _| both[0].push(weight.data.to_vec()));
    named::Net::new(3).visit(&mut |weight, _| both[1].push(weight.data.to_vec()));
    assert_eq!(both[0], both[1]);
}

/// Models that are declared elsewhere and made of constants that are not seen here.
mod nested {
    use functional_model::prelude::*;

    use super::named::{Map, Net, Tags};

    functional_model! {
        pub model Twice(a: [12, 12, 3], b: [12, 12, 3], text: i32[9]) -> (kind: [10], sum: [6, 6, 4]) {
            let net = Net();
            let (kind, _, map) = net(a, text);
            let (_, _, other) = net(b, text);
            (kind, map + other)
        }

        pub model Seen(image: [12, 12, 3]) -> [2] {
            Dense(2)(Flatten()(Map(trainable = false)(image)))
        }

        pub model Tagged(x: [words, 4]) -> [words - 4, 3] {
            let x = Dense(4)(Tags()(x));
            Dense(3)(Conv1D(2, 3)(x))
        }

        pub model Code = Net { text -> code };
        pub model Features = Code { text -> embedding };
    }
}

/// Two crates away, as it were: what is handed on twice.
mod outermost {
    use functional_model::prelude::*;

    use super::nested::Twice;

    const TEN: usize = 10;

    functional_model! {
        pub model Whole(a: [12, 12, 3], text: i32[9]) -> [TEN] {
            let (kind, sum) = Twice()(a, a, text);
            kind + Dense(TEN)(Flatten()(sum))
        }
    }
}

#[test]
fn models_elsewhere_are_made_of_their_own_constants() {
    check(nested::Twice::new(7), nested::Twice::config(), 2, &[]);
    check(nested::Tagged::new(7), nested::Tagged::config(), 2, &[7]);
    assert_eq!(nested::Features::PARAMETERS, (sizes::WORDS + 1) * sizes::HIDDEN);
    check(outermost::Whole::new(7), outermost::Whole::config(), 2, &[]);
    assert_eq!(nested::Twice::PARAMETERS, named::Net::PARAMETERS);
    assert_eq!(nested::Seen::PARAMETERS - nested::Seen::TRAINABLE_PARAMETERS, named::Map::PARAMETERS);
}

/// Constants that are called as other things are in emitted code, and constants within that are made of them.
mod called {
    use functional_model::prelude::*;

    const SIZES: usize = 5;
    const GRAPH: usize = 2;
    const N: usize = 3;
    const T0: usize = 4;
    const PARAMETERS: usize = 6;

    functional_model! {
        pub model Net(x: [N, GRAPH], y: [SIZES]) -> (a: [TWICE], b: [PARAMETERS / 2, T0 - 2]) {
            let x = skip(x, GRAPH);
            let z = Dense(TWICE)(Concatenate()([Flatten()(x), y]));
            (z, Reshape([N, 2])(Dense(PARAMETERS)(z)))
        }

        pub model Mlp(x: [SIZES]) -> [N] = Sequential([Dense(units = TWICE, activation = "relu"), Dense(N)]);

        const TWICE: usize = 2 * T0;

        fn skip(x, units = GRAPH) {
            let mut x = x;
            for wide in [N, units] {
                x = x + Dense(units)(Dense(wide)(x));
            }
            x
        }
    }
}

#[test]
fn tensors_are_typed_by_the_same_constants() {
    let model = named::Tags::new(1);
    let (mut tape, x) =
        (Pass::new(&model, 3), Tensor::<shape![_, WIDTH]>::from_array(&Array3::<f32>::ones((2, 5, WIDTH))).unwrap());
    let tags: Tensor<shape![_, WIDTH + 1]> = model.forward(&mut tape, &x).unwrap();
    assert_eq!(tags.view().shape(), [2, 3, 5]);

    let model = called::Mlp::new(1);
    let y: Tensor<shape![3]> = model.forward(&mut Pass::new(&model, 3), &Tensor::<shape![2 * 2 + 1]>::zeros(4));
    assert_eq!(y.batch(), 4);
}

#[test]
fn constants_may_have_any_name() {
    check(called::Net::new(7), called::Net::config(), 2, &[]);
    check(called::Mlp::new(7), called::Mlp::config(), 2, &[]);
    assert_eq!(called::Net::PARAMETERS, (2 * 3 + 3) + (3 * 2 + 2) + 2 * (2 * 2 + 2) + (11 * 8 + 8) + (8 * 6 + 6));
}

#[test]
fn constants_of_a_function_are_seen() {
    const UNITS: usize = 3;
    functional_model! {
        model Local(x: [UNITS]) -> [3] {
            x + Dense(UNITS)(x)
        }
    }
    assert_eq!(Local::PARAMETERS, 12);
    check(Local::new(7), Local::config(), 2, &[]);
}
