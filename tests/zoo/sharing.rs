//! Models that share layers, take several inputs, or give several outputs.

use functional_model::functional_model;

functional_model! {
    /// A digit's embedding.
    pub model Embedder(img: [28, 28, 1]) -> [10] {
        let x = BatchNormalization()(img);
        let x = Conv2D(4, (5, 5), activation = "tanh")(x);
        let x = AveragePooling2D(pool_size = (2, 2))(x);
        let x = Conv2D(16, (5, 5), activation = "tanh")(x);
        let x = AveragePooling2D(pool_size = (2, 2))(x);
        let x = BatchNormalization()(Flatten()(x));
        Dense(10, activation = "tanh")(x)
    }

    /// Bromley and others 1993: whether two digits are the same.
    pub model Siamese(left: [28, 28, 1], right: [28, 28, 1]) -> [1] {
        let embedding = Embedder(name = "embedding");
        let difference = embedding(left) - embedding(right);
        Dense(1, activation = "sigmoid")(BatchNormalization()(difference * difference))
    }

    /// An anchor, something like it, and something else.
    pub model Triplet(anchor: [28, 28, 1], positive: [28, 28, 1], negative: [28, 28, 1]) -> (near: [10], far: [10]) {
        let embedding = Embedder();
        let a = embedding(anchor);
        let near = a - embedding(positive);
        let far = a - embedding(negative);
        (near, far)
    }

    /// Users and films, each with a tower.
    pub model TwoTowers(user: [40], film: [60]) -> [1] {
        let a = tower(user);
        let b = tower(film);
        Dense(1, use_bias = false)(a * b)
    }

    fn tower(x) {
        let mut x = x;
        for units in [64, 32] {
            x = Dense(units, activation = "relu")(x);
        }
        Dense(16)(x)
    }

    /// Cheng and others 2016.
    pub model WideAndDeep(wide: [100], deep: [20]) -> [1] {
        let hidden = Dense(32, activation = "relu")(Dense(64, activation = "relu")(deep));
        Dense(1, activation = "sigmoid")(Concatenate()([wide, hidden]))
    }

    /// Wang and others 2017: each layer multiplies with the input.
    pub model DeepAndCross(x0: [24]) -> [1] {
        let mut x = x0;
        for _ in 0..3 {
            x = x0 * Dense(24)(x) + x;
        }
        let deep = Dense(16, activation = "relu")(Dense(32, activation = "relu")(x0));
        Dense(1)(Concatenate()([x, deep]))
    }

    /// A picture and a table on one subject.
    pub model PictureAndTable(picture: [32, 32, 3], table: [12]) -> (price: [1], kind: [6]) {
        let p = GlobalMaxPooling2D()(Conv2D(16, 3, activation = "relu")(picture));
        let t = Dense(16, activation = "relu")(table);
        let x = Maximum()([p, t]);
        (Dense(1, name = "price")(x), Dense(6, activation = "softmax", name = "kind")(x))
    }

    /// Heads on a shared trunk, each a call of one block.
    pub model ManyTasks(x: [32]) -> (age: [1], income: [1], region: [8], home: [2]) {
        let trunk = Dropout(0.2)(Dense(64, activation = "selu")(x));
        let age = head(trunk, 1);
        let income = head(trunk, 1);
        let region = head(trunk, 8, "softmax");
        let home = head(trunk, 2, activation = "softmax");
        (age, income, region, home)
    }

    fn head(x, units, activation = "linear") {
        Dense(units, activation = activation)(Dense(16, activation = "relu")(x))
    }

    /// Experts, weighed by a gate.
    pub model MixtureOfExperts(x: [16]) -> [4] {
        let gate = Dense(3, activation = "softmax")(x);
        let mut sum = weighed(x, gate, 0);
        for i in 1..3 {
            sum += weighed(x, gate, i);
        }
        sum
    }

    fn weighed(x, gate, number) {
        let part = Cropping1D((number, 2 - number))(Reshape([3, 1])(gate));
        let weight = Flatten()(RepeatVector(4)(Flatten()(part)));
        weight * Dense(4)(x)
    }

    /// Schroff's kind of verification on features of a frozen network.
    pub model FrozenFeatures(a: [28, 28, 1], b: [28, 28, 1]) -> [2] {
        let features = Embedder(trainable = false);
        let c = Average()([features(a), features(b)]);
        let d = Minimum()([features(a), features(b)]);
        Dense(2, activation = "softmax")(Concatenate()([c, d]))
    }

    /// Mnih and others' actor and critic.
    pub model ActorCritic(observation: [8]) -> (policy: [4], value: [1]) {
        let common = Dense(128, activation = "relu")(observation);
        (Dense(4, activation = "softmax")(common), Dense(1)(common))
    }
}

pub const MODELS: &[crate::Entry] = entries![
    Embedder,
    Siamese,
    Triplet,
    TwoTowers,
    WideAndDeep,
    DeepAndCross,
    PictureAndTable,
    ManyTasks,
    MixtureOfExperts,
    FrozenFeatures,
    ActorCritic,
];
