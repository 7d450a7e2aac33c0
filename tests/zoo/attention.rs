//! Transformers.

use functional_model::functional_model;

functional_model! {
    /// Reads so far, and says what comes next.
    pub model DecoderOnly(words: i32[32], places: i32[32]) -> [32, 100] {
        let x = Embedding(100, 48)(words) + Embedding(32, 48)(places);
        let x = looking_back(x, 4);
        let x = looking_back(x, 4);
        Dense(100)(LayerNormalization(epsilon = 1e-5)(x))
    }

    /// An image in patches, each of which looks at all others.
    pub model VisionTransformer(img: [32, 32, 3], places: i32[16]) -> [10] {
        let patches = Conv2D(48, 8, strides = 8)(img);
        let mut x = Reshape([16, 48])(patches) + Embedding(16, 48)(places);
        for _ in 0..2 {
            let y = LayerNormalization(epsilon = 1e-5)(x);
            x = x + GroupQueryAttention(12, 4, 2, dropout = 0.1)(y, y);
            x = x + feed_forward(x, 48);
        }
        Dense(10)(GlobalAveragePooling1D()(LayerNormalization(epsilon = 1e-5)(x)))
    }

    fn looking_back(x, heads) {
        let y = LayerNormalization(epsilon = 1e-5)(x);
        let x = x + MultiHeadAttention(heads, 12, dropout = 0.1)(y, y, use_causal_mask = true);
        x + feed_forward(x, 48)
    }

    fn feed_forward(x, features) {
        let x = LayerNormalization(epsilon = 1e-5)(x);
        let x = Dense(4 * features, activation = "gelu")(x);
        Dropout(0.1)(Dense(features)(x))
    }
}

pub const MODELS: &[crate::Entry] = entries![DecoderOnly, VisionTransformer,];

/// The next words of a sequence that counts are learnt.
#[test]
fn what_comes_next_is_learnt() {
    use functional_model::prelude::*;
    use ndarray::Array2;

    let at = |(i, j): (usize, usize), by: usize| i32::try_from((3 * i + j + by) % 7).unwrap();
    let words = Array2::from_shape_fn((8, 32), |place| at(place, 0));
    let next = Array2::from_shape_fn((8, 32), |place| at(place, 1));
    let places = Array2::from_shape_fn((8, 32), |(_, j)| i32::try_from(j).unwrap());
    let mut model = DecoderOnly::new(1);
    let examples = DecoderOnlyInputs { words: &words, places: &places };
    let mut trainer = model.compile(Adam::new(1e-2), SparseCategoricalCrossentropy::from_logits());
    let fit = Fit { batch_size: 8, epochs: 12, verbose: Verbose::Silent, ..Fit::default() };
    let history = trainer.fit((&examples, &next), fit).unwrap();
    let losses = &history["loss"];
    assert!(losses[11] < 0.5 * losses[0], "{losses:?}");
}
