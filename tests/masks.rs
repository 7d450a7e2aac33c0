//! Masks: which layers make them, hand them on and use them, through blocks, compiled and interpreted to the same bits.

use functional_model::prelude::*;
use ndarray::array;

mod bits;

use bits::check;

functional_model! {
    /// Masks that are made, merged, joined and used.
    pub model Steps(x: [5, 2], y: [5, 2]) -> (a: [3], b: [4], c: [2]) {
        let (x, y) = (Masking(0.5)(x), Masking()(y));
        let a = LSTM(3)(Dense(4, activation = "tanh")(x));
        let both = BatchNormalization()(Concatenate()([x, y]));
        let b = GlobalAveragePooling1D()(x - y + Dense(2)(both));
        let c = GRU(2)(Concatenate(axis = 1)([x, y]));
        (a, Concatenate()([b, b * 2]), c)
    }

    /// Padded text, through a block that makes the mask, one that hands it on, and one that uses it.
    pub model Text(words: i32[n], others: i32[n]) -> (a: [4], b: [3]) {
        let table = Embedding(12, 4, mask_zero = true);
        let x = deeper(table(words));
        let (_, h, c) = LSTM(4, return_sequences = true, return_state = true)(x);
        let y = read(table(others), others != 0, h, c);
        (y, read_twice(embedded(others)))
    }

    /// Both directions, layers at each step, and attention.
    pub model Ways(words: i32[n], x: [4, 3]) -> (a: [6], b: [4], c: [4]) {
        let table = Embedding(12, 4, mask_zero = true);
        let y = Bidirectional(LSTM(3, return_sequences = true))(table(words));
        let y = TimeDistributed(Dense(4, activation = "tanh"))(y);
        let read = MultiHeadAttention(2, 3)(y, y, use_causal_mask = true);
        let seen = Attention()([read, y]);
        let x = Masking()(x);
        let c = RNN([LSTMCell(3), GRUCell(4)])(x);
        (Bidirectional(GRU(3), merge_mode = "concat")(x), GRU(4)(AdditiveAttention()([seen, y])), c)
    }

    fn embedded(words) {
        Dropout(0.3)(Embedding(12, 3, mask_zero = true)(words))
    }

    fn deeper(x) {
        let y = SimpleRNN(4, return_sequences = true)(x);
        Add()([LayerNormalization()(y), x])
    }

    fn read(x, mask, h, c) {
        LSTM(4)(x, initial_state = [h, c], mask = mask)
    }

    fn read_twice(x) {
        GRU(3, go_backwards = true)(deep(deep(x)))
    }

    fn deep(x) {
        GRU(3, return_sequences = true)(x)
    }
}

#[test]
fn compiled_code_does_what_the_configuration_says() {
    check(Steps::new(7), Steps::config(), 3, &[]);
    for words in [1, 6] {
        check(Text::new(7), Text::config(), 3, &[words]);
        check(Ways::new(7), Ways::config(), 3, &[words]);
    }
}

/// What the compiler says to write where an output has a mask.
#[test]
fn what_is_padded_counts_for_nothing_in_an_output() {
    functional_model! {
        model Tagger(words: i32[4]) -> [4, 2] {
            let x = LSTM(3, return_sequences = true)(Embedding(9, 5, mask_zero = true)(words));
            ops::where(words[.., .., None] != 0, Dense(2, activation = "sigmoid")(x), 0.0)
        }
    }
    let tags = Tagger::new(3).predict(&array![[1, 2, 0, 0], [0, 0, 3, 0]]).unwrap();
    for (place, tag) in tags.indexed_iter() {
        assert_eq!(*tag == 0.0, [[2, 3].as_slice(), &[0, 1, 3]][place[0]].contains(&place[1]), "{place:?}");
    }
}

/// What is padded changes nothing, whatever stands there.
#[test]
fn padding_is_passed_over() {
    functional_model! {
        model Short(x: [2, 2]) -> (a: [3], b: [2]) {
            let x = Masking(9.0)(x);
            (LSTM(3)(x), GlobalAveragePooling1D()(x))
        }

        model Long(x: [4, 2]) -> (a: [3], b: [2]) {
            let x = Masking(9.0)(x);
            (LSTM(3)(x), GlobalAveragePooling1D()(x))
        }
    }
    let (short, mut long) = (Short::new(1), Long::new(2));
    for (own, other) in long.lstm.all_mut().iter_mut().zip(short.lstm.all()) {
        own.data.copy_from_slice(&other.data);
    }
    let short = short.predict(&array![[[1.0_f32, 2.0], [3.0, 4.0]]]).unwrap();
    let long = long.predict(&array![[[9.0_f32, 9.0], [1.0, 2.0], [3.0, 4.0], [9.0, 9.0]]]).unwrap();
    assert_eq!((short.a, short.b), (long.a, long.b));
}
