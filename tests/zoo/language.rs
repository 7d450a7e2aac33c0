//! Small models, each of which uses the language in a way in which a false alarm could be raised.

use functional_model::functional_model;

/// What other modules bring.
mod nets {
    functional_model::functional_model! {
        const UNITS: usize = 8;

        /// A block with a constant of its own, a default, and a block beside.
        pub fn activated(x, units = UNITS, activation = "relu") {
            inner(x, units, activation)
        }

        fn inner(x, units, activation) {
            Dense(units, activation = activation)(x)
        }

        /// Two results.
        pub fn pair(x) {
            (Dense(UNITS)(x), Dense(UNITS / 2)(x))
        }

        /// A model that this module alone would not use.
        pub(super) model Scaled(x: [4]) -> [4] {
            Rescaling(0.5)(x)
        }
    }
}
use nets::{Scaled, activated, pair};

functional_model! {
    /// One name, bound again and again, also in loops and branches.
    pub model Shadowing(x: [4]) -> [4] {
        let x = Dense(5)(x);
        let (x, y) = (Dense(4)(x), x);
        let mut x = x;
        for x_ in [1, 2] {
            let y = Dense(4 * x_)(x);
            x = Dense(4)(y);
        }
        x + Dense(4)(y)
    }
}

functional_model! {
    /// Loops of no round, and of one.
    pub model EmptyLoops(x: [4]) -> [4] {
        let mut x = x;
        for _ in 0..0 {
            x = Dense(9)(x);
        }
        for units in [] {
            x = Dense(units)(x);
        }
        for _ in 3..=3 {
            x = Dense(4)(x);
        }
        x
    }

    /// What is not taken does not have to fit.
    pub model DeadBranches(x: [4]) -> [2] {
        let is_image = false;
        let x = if is_image { Flatten()(Conv2D(2, 3)(x)) } else { x };
        let x = if !is_image || 1 / 1 > 2 { x } else { MaxPooling2D()(x) };
        if is_image {
            GlobalAveragePooling2D()(x)
        } else if 3 < 2 {
            Dense(100)(x)
        } else {
            Dense(2)(x)
        }
    }

    /// Everything that can be computed.
    pub model Arithmetic(x: [2 * 3]) -> [12 / 4 + 1, -(-3)] {
        let a = 7 % 4;
        let b = (2 + 3) * a - 1;
        let c = if a == 3 && b != 15 && !(a > b) && 1.5 < 2 { b } else { 0 };
        let rate = 1 / 2.0;
        let x = Dropout(rate * 0.5)(Dense(c - 2)(x));
        Reshape([4, -1])(x)
    }

    const LAST: usize = 2 * FIRST;
    const FIRST: usize = 3;
    const ACTIVATION: &str = "tanh";
    const KERNEL: (usize, usize) = (FIRST, 1);

    /// Constants before and behind their use, in shapes, defaults and arguments.
    pub model Constants(img: [LAST, LAST, 1]) -> [LAST, LAST, FIRST] {
        constant_default(img)
    }

    fn constant_default(x, filters = FIRST, kernel_size = KERNEL) {
        Conv2D(filters, kernel_size, activation = ACTIVATION, padding = "same")(x)
    }

    /// Names that generated code could use for itself, or that are Rust's.
    pub model OddNames(tape: [3], r#type: [3], slots: [3]) -> (output: [3], d_output: [3], graph: [3]) {
        let model = Dense(3, name = "forward")(tape);
        let self_ = Dense(3, name = "new")(r#type);
        let input = Dense(3, name = "match")(slots);
        let weights = Dense(3, name = "Weights")(model + input);
        let seeds = Dense(3, name = "d_output_0")(weights);
        (seeds, self_, weights)
    }

    /// One tensor as both operands, as both inputs, and as two outputs' source.
    pub model SameTensor(x: [4]) -> (a: [4], b: [8], c: [4]) {
        let y = Dense(4)(x);
        let a = Add()([y, y]) * y + y;
        let b = Concatenate()([y, y]);
        (a, b, y)
    }

    /// A layer called many times, on its own output too.
    pub model Recurrent(x: [4], h: [4]) -> [4] {
        let step = Dense(4, activation = "tanh");
        let mut h = h;
        for _ in 0..5 {
            h = step(h + x);
        }
        h
    }

    /// Layers as values: bound twice, handed to blocks, called from inside of loops.
    pub model LayersAsValues(x: [4]) -> [4] {
        let norm = LayerNormalization();
        let same = norm;
        let x = around(x, norm, same);
        around(x, Dense(4), Sequential([Dense(8, activation = "relu"), Dense(4)]))
    }

    fn around(x, first, second) {
        let mut y = x;
        for layer in [1, 2] {
            if layer == 1 {
                y = first(y);
            } else {
                y = second(y);
            }
        }
        x + y
    }

    /// Sequences in sequences, of one layer, shared, and holding models.
    pub model Sequences(x: [4]) -> [4] {
        let body = Sequential([Dense(6), Sequential([ReLU(), Dense(4)]), Sequential([Dropout(0.1)])]);
        let x = body(body(x));
        Sequential([Small(), Dense(4)])(x)
    }

    /// A model that is declared behind its use, used as one layer twice and as another once.
    pub model Instances(x: [4]) -> [4] {
        let shared = Small();
        let x = shared(shared(x));
        Small(name = "own")(x)
    }

    pub(crate) model Small(x: [4]) -> [4] {
        Dense(4)(x)
    }

    /// Models in models in models, and one from another module.
    pub model Deep(x: [4]) -> [4] {
        Scaled()(Instances()(Small()(x)))
    }

    /// Blocks of another module, with their defaults and without.
    pub model Elsewhere(x: [4]) -> [4] {
        let x = activated(x);
        let x = activated(x, 6);
        let x = activated(x, activation = None);
        let (large, small) = pair(x);
        small + Dense(4)(large)
    }

    /// Lists of tensors: made, indexed, looped over, handed to blocks.
    pub model Lists(a: [4], b: [4], c: [4]) -> [4] {
        let all = [a, b, c];
        let mut sum = all[0];
        for (x, units) in [(all[1], 4), (c, 4)] {
            sum += Dense(units)(x);
        }
        merged([sum, b, Dense(4)(all[2])])
    }

    fn merged(tensors) {
        Maximum()(tensors) - Average()([tensors[0], tensors[1]])
    }

    /// Blocks with several results, some of which are not needed.
    pub model SeveralResults(x: [4]) -> [4] {
        let (left, right, both) = split(x, 4);
        let (left, _, _) = split(Dense(3)(left), size = 4);
        left + right - Dense(4)(both)
    }

    fn split(x, size) {
        let both = Dense(2 * size)(x);
        let parts = Reshape([2, size])(both);
        (Flatten()(Cropping1D((0, 1))(parts)), Flatten()(Cropping1D((1, 0))(parts)), both)
    }
}

functional_model! {
    /// The smallest images, and windows that only just fit.
    pub model Boundaries(pixel: [1, 1, 1], img: [5, 4, 2]) -> [1] {
        let exact = Flatten()(Conv2D(1, (5, 4))(img));
        let pooled = Flatten()(MaxPooling2D((5, 4))(img));
        let far = Flatten()(Conv2D(1, 1, strides = 9)(img));
        let wide = Flatten()(MaxPooling2D(7, strides = 5, padding = "same")(img));
        let even = Flatten()(AveragePooling2D(2, strides = 5, padding = "same")(Conv2D(2, 4, padding = "same")(img)));
        let dilated = Flatten()(Conv2D(1, 2, dilation_rate = (4, 3))(img));
        let grown = Flatten()(Conv2D(3, 2, padding = "same")(UpSampling2D((1, 3))(pixel)));
        Dense(1)(Concatenate()([exact, pooled, far, wide, even, dilated, grown]))
    }

    // Comments, trailing commas, parentheses, attributes, and lines as one likes.
    #[allow(unused_variables)]
    #[doc = "Formatted in odd ways."]
    pub model Formatting(
        x: [
            4,
            4, // height and width
            1,
        ],
    ) -> (
        a: [16],
        b: [4, 4, 1],
    ) {
        let unused = 3;
        let _kept = 4;
        let (y) = (Conv2D(/* filters */ 1, (3, 3,), padding = ("same"),))(x,);
        ;
        let layer = (Flatten());
        (
            (layer)((y)),
            (y + (x)),
        )
    }

    /// Texts, booleans and `None` compared, and handed on.
    pub model Choices(x: [4]) -> [4] {
        let x = chosen(x, "dense", None, true);
        let x = chosen(x, "norm", "relu", bias = false);
        chosen(x, kind = "neither", activation = None, bias = true)
    }

    fn chosen(x, kind, activation, bias) {
        let is_known = kind == "dense" || kind == "norm";
        if !is_known {
            x
        } else if kind == "dense" && bias {
            Dense(4, activation = activation, use_bias = bias)(x)
        } else if activation != None {
            LayerNormalization(center = bias)(Activation(activation)(x))
        } else {
            Dense(100)(x)
        }
    }

    /// Axes counted from either end.
    pub model Axes(x: [3, 4, 5]) -> [3, 4, 10] {
        let a = Concatenate(axis = 1)([x, x]);
        let a = Cropping2D(((3, 0), (0, 0)))(a);
        let b = Concatenate(-2)([a, x]);
        let b = Cropping2D(((0, 0), (0, 4)))(b);
        let c = BatchNormalization(axis = 2)(b);
        let d = LayerNormalization(axis = [-1])(Softmax(axis = -1)(c));
        Concatenate()([c, PReLU(shared_axes = [1, 2])(d)])
    }

    /// Assignments of every form.
    pub model Assignments(x: [4]) -> [4] {
        let (mut a, mut b) = (Dense(4)(x), Dense(4)(x));
        (a, b) = (b, a);
        a += b;
        a -= x;
        a *= a;
        let mut width = 2;
        width += 1;
        width *= 2;
        b = Dense(width - 2)(b);
        a * b
    }

    /// Outputs on the way to others, and one with its parts.
    pub model OnTheWay(x: [4]) -> (first: [3], last: [1], second: [2]) {
        let first = Dense(3)(x);
        let second = Dense(2)(first);
        let last = Dense(1)(second);
        (first, last, second)
    }

    /// A view into the middle.
    pub model Middle = OnTheWay { first -> second };

    /// A view of one tensor only.
    pub model Last = OnTheWay { x -> (last) };

    /// A view of a view of a model with blocks, calls and models inside.
    pub model ViewOfView = WholeView { x -> (dense, shared_1) };
    pub model WholeView = Whole { (x, y) -> (sum, small.dense, shared[1], shared[2]) };
    pub model Whole(x: [4], y: [4]) -> [4] {
        let shared = Dense(4, name = "shared");
        let once = shared(Small(name = "small")(x));
        let sum = shared(once) + shared(y);
        Dense(4)(sum)
    }

    /// Nothing is declared of outputs, here and in sequence.
    pub model Undeclared(x: [4]) {
        let a = Dense(2)(x);
        let b = Dense(3)(a);
        (a, b)
    }
    pub model UndeclaredSequence(x: [4]) = Sequential([Dense(2, name = "first"), Small4()]);
    model Small4(x: [2]) = Sequential([Activation("relu")]);

    /// Layers that do nothing to the size.
    pub model Nothing(x: [4]) -> [4] {
        Activation("linear")(Dropout(0.0)(Reshape([4])(Flatten()(ReLU()(x)))))
    }

    /// Sixty layers in one expression's depth.
    pub model Tall(x: [4]) -> [4] {
        let mut x = x;
        for i in 0..3 {
            for j in i..2 * i + 4 {
                x = if (i + j) % 2 == 0 { double_dense(x) } else { Sequential([Dense(4), ELU(), Dense(4)])(x) };
            }
        }
        Dense(4)(Dense(4)(Dense(4)(Dense(4)(Dense(4)(Dense(4)(Dense(4)(Dense(4)(x))))))))
    }

    fn double_dense(x) {
        let x = Dense(4)(x);
        Dense(4)(x)
    }
}

/// Models named as what the prelude of Rust, or generated code, has.
mod taken_names {
    functional_model::functional_model! {
        pub model Option(x: [2]) -> [2] { Dense(2)(x) }
        pub model Vec(x: [2]) -> [2] { Option()(x) }
        pub model Result(x: [2]) -> [2] { some(x) }
        pub model Tensor(x: [2], y: [2]) -> (ok: [2], err: [2]) { (Dense(2)(x), Some()(y)) }
        pub model Some(x: [2]) -> [2] = Sequential([Dense(2), Vec(), Result()]);
        pub model Default = Tensor { x -> ok };
        pub model Clone(usize: [2], f32: [2], String: [2]) -> [2] { Add()([usize, f32, String]) }

        fn some(x) {
            let core = Dense(2)(x);
            let std = Dense(2)(core);
            let functional_model = std + core;
            functional_model
        }
    }

    pub const MODELS: &[crate::Entry] = entries![Option, Vec, Result, Tensor, Some, Default, Clone,];
}

/// A model in a function's body, with a block and a constant.
fn local() -> usize {
    functional_model! {
        const UNITS: usize = 3;

        model Local(x: [4]) -> [UNITS] {
            local_block(x)
        }

        fn local_block(x) {
            Dense(UNITS)(x)
        }
    }
    Local::PARAMETERS
}

pub const TAKEN_NAMES: &[crate::Entry] = taken_names::MODELS;

pub const MODELS: &[crate::Entry] = entries![
    Shadowing,
    EmptyLoops,
    DeadBranches,
    Arithmetic,
    Constants,
    OddNames,
    SameTensor,
    Recurrent,
    LayersAsValues,
    Sequences,
    Instances,
    Deep,
    Elsewhere,
    Lists,
    SeveralResults,
    Boundaries,
    Formatting,
    Choices,
    Axes,
    Assignments,
    OnTheWay,
    Middle,
    Last,
    ViewOfView,
    WholeView,
    Whole,
    Undeclared,
    UndeclaredSequence,
    Nothing,
    Tall,
];

#[test]
fn models_of_a_body_are_counted_too() {
    assert_eq!(local(), 15);
}
