//! Models as users who come from Keras write them: habits of Python that this language shares, comments and commas where people put them.

// What some models leave unused is the point of them, and silenced as users would.
#![allow(dead_code)]

use functional_model::functional_model;

functional_model! {
    /// A list of features that grows, as in `DenseNet`.
    model GrowingList(img: [16, 16, 3]) -> [10] {
        let mut features = [Conv2D(8, 3, padding = "same")(img)];
        let mut x = features[0];
        for _ in 0..3 {
            let y = Conv2D(4, 3, padding = "same")(x);
            features = features + [y];
            x = Concatenate()(features);
        }
        Dense(10)(GlobalAveragePooling2D()(x))
    }

    /// The same in a block.
    model DenseBlocks(img: [16, 16, 3]) -> [10] {
        let x = Conv2D(8, 3, padding = "same")(img);
        let x = dense_block(x, layers = 3, growth = 4);
        let x = transition(x, 10);
        let x = dense_block(x, 2, 4);
        Dense(10, "softmax")(GlobalAveragePooling2D()(x))
    }

    fn dense_block(x, layers, growth) {
        let mut features = [x];
        for i in 0..layers {
            let all = if i == 0 { x } else { Concatenate()(features) };
            let y = Conv2D(growth, 3, padding = "same")(ReLU()(BatchNormalization()(all)));
            features = features + [y];
        }
        Concatenate()(features)
    }

    fn transition(x, filters) {
        AveragePooling2D(2)(Conv2D(filters, 1)(x))
    }

    /// Arguments by position and by name, in every mixture, with commas behind the last.
    model Mixture(img: [16, 16, 3,],) -> [10,] {
        let x = Conv2D(filters = 8, kernel_size = (3, 3), strides = (1, 1), padding = "same",)(img,); // behind a call
        let x = Conv2D(8, (3, 3,), activation = "relu", name = "second",)(x);
        let x = MaxPooling2D(pool_size = (2, 2), strides = None)(x);
        let x = Flatten()(x);
        Dense(/* units: */ 10, use_bias = false,)(x,)
    }

    /// Loops in loops, over tuples in tuples, with choices.
    model Stages(img: [32, 32, 3]) -> (logits: [10]) {
        let mut x = img;
        for (i, (filters, depth)) in [(0, (8, 2)), (1, (16, 1))] {
            for j in 0..depth {
                let stride = if i > 0 && j == 0 { 2 } else { 1 };
                x = Conv2D(filters, 3, strides = stride, padding = "same")(x);
            }
            if i == 1 {
                x = Dropout(0.1 * (i + 1))(x);
            }
        }
        Dense(10)(GlobalAveragePooling2D()(x))
    }

    /// A chain of choices, one of which changes nothing.
    model ChosenByName(x: [8]) -> [4] {
        let a = activated(x, "relu");
        let b = activated(x, kind = "leaky");
        let c = activated(x, kind = "none");
        Dense(4)(Add()([a, b, c]))
    }

    fn activated(x, kind) {
        if kind == "relu" {
            ReLU()(x)
        } else if kind == "leaky" {
            LeakyReLU(negative_slope = 0.1)(x)
        } else {
            x
        }
    }

    /// Blocks that call blocks with a layer.
    model LayersHandedOn(a: [8], b: [8]) -> [1] {
        let encode = Dense(4, activation = "tanh");
        let (u, v) = both(encode, a, b);
        Dense(1)(u * v)
    }

    fn both(layer, a, b) {
        (applied(layer, a), applied(layer, b))
    }

    fn applied(layer, x) {
        layer(x)
    }

    /// Functions that give layers and sizes.
    model Factories(img: [8, 8, 3]) -> [2] {
        let first = convolution(8);
        let x = first(img);
        let x = convolution(filters = 4, size = 1)(x);
        let norm = BatchNormalization();
        let x = norm(x);
        Dense(widths()[0])(Flatten()(x))
    }

    fn convolution(filters, size = 3) {
        Conv2D(filters, size, padding = "same", activation = "relu")
    }

    fn widths() {
        [2, 3]
    }

    /// Layers in a list, called in a loop, one of them again.
    model LayersInAList(x: [8]) -> [8] {
        let layers = [Dense(8), Dense(8, activation = "relu"), Dropout(0.5)];
        let mut x = x;
        for layer in layers {
            x = layer(x);
        }
        for _ in 0..2 {
            x = layers[0](x);
        }
        x
    }

    /// Letters of other languages, and keywords of two.
    model Wörter(größe: [8], r#type: [8]) -> (class: [1]) {
        let r#loop = Dense(4)(größe);
        let naïve = Dense(4)(r#type);
        let lambda = r#loop + naïve;
        Dense(1)(lambda)
    }

    /// Attributes and documentation, on several lines.
    ///
    /// With `code`.
    #[allow(unused_variables)]
    #[derive(PartialEq)]
    pub model Documented(
        x: [8],
        y: [8],
    ) -> [1] {
        // nothing of y
        Dense(1)(x)
    }

    /// A documented block.
    pub(crate) fn documented(x) {
        Dense(3)(x)
    }

    /// A documented constant.
    pub const DOCUMENTED: usize = 3;

    /// Results of blocks that are not needed.
    model PartsOfBlocks(img: [16, 16, 3]) -> [4] {
        let (deep, _, skip) = stem(img, filters = 4);
        let (a, b) = (deep, GlobalAveragePooling2D()(skip));
        Dense(4)(Concatenate()([GlobalAveragePooling2D()(a), b]))
    }

    /// The same block, of which other results are needed.
    model OtherParts(img: [16, 16, 3]) -> [5] {
        let (_, pooled, _) = stem(img, 4);
        Dense(5)(Flatten()(pooled))
    }

    fn stem(img, filters) {
        let skip = Conv2D(filters, 1)(img);
        let x = MaxPooling2D(2)(skip);
        (Conv2D(filters, 3)(x), x, skip)
    }

    /// What feeds only what is not needed.
    model FedForNothing(x: [8]) -> [2] {
        let unseen = Dense(64)(x);
        let (seen, _) = two_sides(x, unseen);
        seen
    }

    fn two_sides(a, b) {
        (Dense(2)(a), Dense(3)(b))
    }

    /// Arithmetic of sizes, and activations from a function.
    model ComputedSizes(x: [BASE * 2]) -> [BASE / 4] {
        let widths = [BASE, BASE * 2, (BASE + 2) * 3 - 6, BASE % 7 + 1] + [BASE];
        let mut x = x;
        for i in 0..5 {
            x = Dense(widths[i], activation = activation_of(i))(x);
        }
        Dense(BASE / 4)(x)
    }

    fn activation_of(i) {
        if i == 0 { "relu" } else { "tanh" }
    }

    const BASE: usize = 16;

    /// Comparisons and their combinations.
    model Comparisons(x: [8]) -> [2] {
        let (deep, wide) = (true, false);
        let count = if deep && !wide || 3 >= 4 { 2 } else { 1 };
        let mut x = x;
        for i in 1..=count {
            if i != 1 {
                x = BatchNormalization()(x);
            } else {
                x = Dense(8, use_bias = !deep)(x);
            }
        }
        Dense(2)(x)
    }

    /// Operators among one another.
    model Operators(a: [4], b: [4], c: [4]) -> [4] {
        let m = a * b + c * a - b;
        let n = Concatenate(axis = -1)([m, a + b]);
        Dense(4)(n) + m - Subtract()([a, c])
    }

    /// `Sequential` as a value, called twice, and in a block.
    model TwinTowers(left: [8], right: [8]) -> [1] {
        let tower = Sequential([Dense(8, activation = "relu"), Dropout(0.2), Dense(4)]);
        let score = head(tower(left) - tower(right));
        score
    }

    fn head(x) {
        Sequential([Dense(4), ReLU(), Dense(1, activation = "sigmoid")])(x)
    }

    /// One model three times: named, frozen, called by the input's name.
    model Committee(x: [8]) -> [1] {
        let one = JuryMember(name = "one");
        let two = JuryMember(name = "two", trainable = false);
        Average()([one(x), two(x), JuryMember()(input = x)])
    }

    model JuryMember(input: [8]) -> [1] {
        Dense(1)(Dense(4, activation = "relu")(input))
    }

    /// Defaults, given and not given.
    model Defaults(img: [8, 8, 3]) -> [5] {
        ;
        let x = with_defaults(img);
        let x = with_defaults(x, 8, act = None);
        let x = with_defaults(x, kernel = (3, 1), filters = 2 * 4);
        Dense(5)(GlobalMaxPooling2D()(x))
    }

    fn with_defaults(x, filters = 4, kernel = 3, act = "relu") {
        Conv2D(filters, kernel, padding = "same", activation = act)(x)
    }

    /// Skip connections in a list, taken back in reverse.
    model SkipsInAList(img: [16, 16, 1]) -> [16, 16, 1] {
        let mut x = img;
        let mut skips = [];
        for f in [4, 8] {
            x = Conv2D(f, 3, padding = "same", activation = "relu")(x);
            skips = skips + [x];
            x = MaxPooling2D()(x);
        }
        x = Conv2D(16, 3, padding = "same")(x);
        for (i, f) in [(1, 8), (0, 4)] {
            x = Conv2DTranspose(f, 2, strides = 2, padding = "same")(x);
            x = Concatenate()([x, skips[i]]);
        }
        Conv2D(1, 1, activation = "sigmoid")(x)
    }

    /// A table of lists, and one of tuples with words.
    model Tables(x: [8]) -> [4] {
        let rows = [[8, 4], [4, 2]];
        let mut x = x;
        for row in rows {
            for units in row {
                x = Dense(units)(x);
            }
        }
        for (units, act, rate) in [(16, "relu", 0.1), (8, "gelu", 0.2), (4, None, 0.0)] {
            x = Dense(units, activation = act)(x);
            if rate > 0.0 {
                x = Dropout(rate)(x);
            }
        }
        x
    }

    /// Numbers as Rust and Python write them.
    model Numbers(x: i32[16]) -> [2] {
        let e = Embedding(1_000, 0x10)(x);
        let e = LayerNormalization(axis = -1, epsilon = 1e-6)(e);
        let (h) = LSTM(8)(e);
        Dense(2)(h)
    }

    /// Two inputs as a list, in order, and by name.
    model CalledInThreeWays(x: [4]) -> [2] {
        let y = Dense(4)(x);
        TwoInputs()([x, y]) + TwoInputs()(x, y) + TwoInputs()(b = x, a = y)
    }

    model TwoInputs(a: [4], b: [4]) -> [2] {
        Dense(2)(a + b)
    }

    /// Assignments with operators, of tensors and of numbers.
    model CompoundAssignments(x: [4]) -> [4] {
        let mut y = Dense(4)(x);
        y += x;
        y *= Dense(4)(x);
        let mut n = 3;
        n -= 1;
        for _ in 0..n {
            y = Dense(4)(y);
        }
        y
    }

    /// Outputs that go by the names of their bindings.
    model NamedByBindings(x: [4]) {
        let score = Dense(1)(x);
        let class = Dense(3)(x);
        (score, class,)
    }

    /// Calls in calls, over many lines.
    model CallsInCalls(img: [8, 8, 1]) -> [3] {
        Dense(3)(
            Flatten()(
                MaxPooling2D(2)(
                    Conv2D(
                        4, // filters
                        3, /* kernel */
                        activation = "relu",
                    )(img),
                ),
            ),
        )
    }

    const DEPTH: usize = 3;
    const WIDTHS: [usize; 3] = [32, 16, 8];

    /// Constants that are lists.
    model ListsAsConstants(x: [64]) -> [8] {
        let mut x = x;
        for i in 0..DEPTH {
            x = Dense(WIDTHS[i])(x);
        }
        x
    }

    /// A pair of tensors, handed on and taken apart.
    model Pairs(a: [4], b: [4]) -> [4] {
        let both = (a, b);
        combined(both) + both[0]
    }

    fn combined(both) {
        let (a, b) = both;
        Dense(4)(a) * Dense(4)(b)
    }

    /// A loop whose first and last rounds differ.
    model UnlikeRounds(x: [8]) -> [8] {
        let mut x = x;
        for (i, last) in [(0, false), (1, false), (2, true)] {
            let y = Dense(8)(x);
            x = if i > 0 { y + x } else { y };
            if last {
                x = LayerNormalization()(x);
            }
        }
        x
    }
}

/// What is not used, silenced in every way.
mod silenced {
    #![deny(unused)]

    use functional_model::functional_model;

    functional_model! {
        pub model Underscores(x: [8], _other: [3]) {
            let (a, _) = halves(x, 3);
            let _z = Dense(4)(x);
            let _ = Dense(4)(x);
            let mut y = a;
            for _ in 0..2 {
                y = Dense(4)(y);
            }
            y
        }

        fn halves(x, _units) {
            (Dense(4)(x), Dense(4)(x))
        }

        #[allow(unused)]
        pub model Allowed(x: [8], other: [3]) {
            let z = Dense(4)(x);
            Dense(4)(x);
            let mut w = x;
            for _ in 0..2 {
                w = Dense(4)(w);
            }
            w = Dense(3)(x);
            Dense(2)(x)
        }

        #[allow(dead_code)]
        fn spare(x) {
            Dense(3)(x)
        }

        #[allow(dead_code)]
        const SPARE: usize = 4;
    }
}
use silenced::{Allowed, Underscores};

pub const MODELS: &[crate::Entry] = entries![
    GrowingList,
    DenseBlocks,
    Mixture,
    Stages,
    ChosenByName,
    LayersHandedOn,
    Factories,
    LayersInAList,
    Wörter,
    Documented,
    PartsOfBlocks,
    OtherParts,
    FedForNothing,
    ComputedSizes,
    Comparisons,
    Operators,
    TwinTowers,
    Committee,
    JuryMember,
    Defaults,
    SkipsInAList,
    Tables,
    Numbers,
    CalledInThreeWays,
    TwoInputs,
    CompoundAssignments,
    NamedByBindings,
    CallsInCalls,
    ListsAsConstants,
    Pairs,
    UnlikeRounds,
    Underscores,
    Allowed,
];

#[test]
fn what_no_output_depends_on_is_neither_counted_nor_listed() {
    // As Keras counts them: two convolutions and a dense layer, one and one, and one dense layer.
    assert_eq!(PartsOfBlocks::PARAMETERS, (3 * 4 + 4) + (9 * 4 * 4 + 4) + (8 * 4 + 4));
    assert_eq!(OtherParts::PARAMETERS, (3 * 4 + 4) + (64 * 4 * 5 + 5));
    assert_eq!(FedForNothing::PARAMETERS, 8 * 2 + 2);
    assert!(!FedForNothing::summary().contains("64"), "{}", FedForNothing::summary());
    assert_eq!(OtherParts::summary().matches("(Conv2D)").count(), 1, "{}", OtherParts::summary());
}
