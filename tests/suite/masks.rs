//! Masks: which layers make them, hand them on and use them, through blocks, compiled and interpreted to the same bits.

use functional_model::prelude::*;
use ndarray::{Array2, Array3, array, s};

mod nets {
    functional_model::functional_model! {
        /// Steps to be read, and the mean of them.
        pub model Reader(x: [n, 4]) -> [n, 4] {
            let y = mixed(x);
            GRU(4, return_sequences = true)(Add()([y, x]))
        }

        fn mixed(x) {
            LayerNormalization()(Dense(4, activation = "tanh")(x))
        }

        /// Numbers of steps, before they are read.
        pub model Mixed = Reader { x -> add };
    }
}
use nets::{Mixed, Reader};

use crate::bits::check;

/// Twice what it is given, of one step.
#[layer(shape = "[n] -> [n]")]
#[derive(Clone, Debug)]
pub struct Doubled {}

impl CallLayer for Doubled {
    fn call<T: Float>(&self, call: Call<Self, T>) -> Result<Var<T>> {
        Ok(&call.inputs * 2.0)
    }
}

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

    /// Padded pages of padded words: a page counts if one of its words does.
    pub model Book(words: i32[pages, n]) -> [2] {
        let x = Embedding(12, 4, mask_zero = true)(words);
        let x = TimeDistributed(GRU(4, return_sequences = true))(x);
        let x = TimeDistributed(BatchNormalization())(TimeDistributed(Dense(3))(x));
        LSTM(2)(TimeDistributed(Bidirectional(LSTM(3)))(x))
    }

    /// Padded pages, which a model reads line by line that reads a line by itself as well.
    pub model Library(words: i32[pages, n], line: [n, 4], one: i32[n]) -> (all: [2], plain: [n, 4], known: [n, 4]) {
        let reader = Reader();
        let table = Embedding(12, 4, mask_zero = true);
        let plain = reader(line);
        let x = TimeDistributed(reader)(table(words));
        (LSTM(2)(TimeDistributed(LSTM(3))(x)), plain, reader(table(one)))
    }

    /// A layer of one's own at every step, in a model that is called with a mask.
    pub model Doubling(x: [n, 4]) -> [n, 4] {
        TimeDistributed(Doubled())(GRU(4, return_sequences = true)(x))
    }

    pub model Twice(words: i32[n]) -> [3] {
        LSTM(3)(Doubling()(Embedding(12, 4, mask_zero = true)(words)))
    }

    /// A tag for each word.
    pub model Tagger(words: i32[n]) -> [n, 3] {
        let x = embedded(words);
        let x = Bidirectional(LSTM(3, return_sequences = true))(x);
        Dense(3, activation = "softmax")(x)
    }

    /// Outputs with masks and without, two of one mask, one that is merged, and one of what a layer gave.
    pub model Several(words: i32[n], others: i32[n]) -> (a: [n, 4], b: [n, 2], c: [n, 4], d: [4], e: [n, 4]) {
        let table = Embedding(12, 4, mask_zero = true);
        let (x, y) = (table(words), table(others));
        let read = GRU(4, return_sequences = true)(x);
        let e = Masking(0.5)(Dense(4, activation = "relu")(y));
        (read, Dense(2)(x), Add()([read, y]), LSTM(4)(y), e)
    }

    /// Models that are declared elsewhere, one in another.
    pub model Two(x: [n, 4], y: [n, 4]) -> (a: [n, 8], b: [4]) {
        let both = twice(x);
        let y = BatchNormalization()(y);
        (Concatenate()([both, y]), GlobalAveragePooling1D()(LSTM(4, return_sequences = true)(both + y)))
    }

    fn twice(x) {
        let reader = Reader();
        Dropout(0.25)(reader(reader(x)))
    }

    /// Models that are called with masks, with some, and with none; one of them gives its own.
    pub model Calls(words: i32[n], others: i32[n], z: [n, 4]) -> (a: [4], b: [n, 8], c: [n, 4], d: [3], e: [4]) {
        let table = Embedding(12, 4, mask_zero = true);
        let (x, y) = (table(words), table(others));
        let reader = Reader();
        let before = reader(z);
        let read = reader(x);
        let (first, second) = Two()(x, y);
        let (some, _) = Two()(z, y);
        let (third, none) = Two(name = "plain")(z, before);
        let tags = Tagger()(words);
        (LSTM(4)(read), first, Dense(4)(some), GRU(3)(Concatenate()([tags, third])), none + second + GRU(4)(before))
    }

    /// The first half of the tagger, whose result is masked; and what a model in another one reads.
    pub model Reading = Tagger { words -> bidirectional };
    pub model Inside = Calls { words -> (tagger.bidirectional, embedding[0]) };
    pub model Mean = Behind { (words, z) -> global_average_pooling1d };

    /// A view that is called with a mask.
    pub model Through(words: i32[n]) -> [n, 4] {
        Mixed()(Embedding(12, 4, mask_zero = true)(words))
    }

    /// What has no mask counts everywhere, along time.
    pub model Behind(words: i32[n], z: [3, 4]) -> (a: [4], b: [4]) {
        let x = Concatenate(axis = 1)([z, Embedding(12, 4, mask_zero = true)(words)]);
        (LSTM(4)(x), GlobalAveragePooling1D()(Reader()(x)))
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
        check(Tagger::new(7), Tagger::config(), 3, &[words]);
        check(Several::new(7), Several::config(), 3, &[words]);
        check(Calls::new(7), Calls::config(), 3, &[words]);
        check(Through::new(7), Through::config(), 3, &[words]);
        check(Reading::new(7), Reading::config(), 3, &[words]);
        check(Behind::new(7), Behind::config(), 3, &[words]);
        check(Ways::new(7), Ways::config(), 3, &[words]);
        check(Library::new(7), Library::config(), 3, &[4, words]);
    }
}

fn tags() -> (Array2<i32>, Array2<i32>) {
    let words = array![[1, 2, 0, 0], [0, 0, 3, 0], [0, 0, 0, 0], [4, 5, 6, 7], [8, 0, 0, 0], [0, 0, 0, 0]];
    let tags = Array2::from_shape_fn(words.dim(), |(i, j)| ((i + j) % 3) as i32);
    (words, tags)
}

/// Losses and metrics look at what is not padded: what stands in the targets there changes nothing, and single sentences without padding
/// come to the same.
#[test]
fn losses_and_metrics_pass_over_what_an_output_masks() -> Result<()> {
    let (words, tags) = tags();
    let other = Array2::from_shape_fn(tags.dim(), |place| if words[place] == 0 { 2 - tags[place] } else { tags[place] });
    let scores = |tags: &Array2<i32>| -> Result<_> {
        let mut model = Tagger::new(4);
        let mut trainer = model.compile(Adam::new(0.1), SparseCategoricalCrossentropy::new()).metric(Accuracy);
        let history = trainer.fit((&words, tags), Fit::epochs(3).batch_size(2).verbose(Verbose::Silent))?;
        let scores = trainer.evaluate((&words, tags))?;
        Ok((history["loss"].to_vec(), history["accuracy"].to_vec(), scores, model.predict(&words)?))
    };
    let found = scores(&tags)?;
    assert_eq!(found, scores(&other)?);
    assert!(found.0.iter().all(|loss| loss.is_finite()) && found.0[2] < found.0[0], "{:?}", found.0);
    let (predicted, mut losses, mut right) = (&found.3, 0.0, 0);
    for (place, _) in words.indexed_iter().filter(|(_, word)| **word != 0) {
        let row = predicted.slice(ndarray::s![place.0, place.1, ..]);
        losses -= f64::from(row[tags[place] as usize].ln());
        right += usize::from(row.iter().all(|other| *other <= row[tags[place] as usize]));
    }
    assert!((found.2.loss() - losses / 8.0).abs() < 1e-6 && (found.2["accuracy"] - right as f64 / 8.0).abs() < 1e-12);
    Ok(())
}

/// The step by hand is that of `train_on_batch`, with the mask from the pass, compiled and read from a file.
#[test]
fn by_hand_the_tape_has_the_mask() -> Result<()> {
    let (words, tags) = tags();
    let loss = SparseCategoricalCrossentropy::new();
    let mut expected = Tagger::new(4);
    let value = expected.compile(SGD::new(0.5), loss).train_on_batch(&words, &tags)?;
    let mut model = Tagger::new(4);
    let mut read = Model::from_config(Tagger::config(), 4)?;
    let (mut pass, mut pass_of_read) = (Pass::new(&model, 0), Pass::new(&read, 0));
    let output = pass.forward(&model, &words)?.swap_remove(0).1;
    assert_eq!(read.forward(&mut pass_of_read, &words)?, output);
    let mask = pass.mask("dense").unwrap();
    assert_eq!((&mask, pass.mask("x")), (&words.mapv(|word| f32::from(word != 0)).into_dyn(), None));
    assert_eq!(pass_of_read.mask("dense").unwrap(), mask);
    let (found, d_output) = loss.masked_gradient(&output, &tags, &mask)?;
    assert_eq!((found, loss.masked_value(&output, &tags, &mask)?), (value, value));
    pass.backward(&model, &d_output)?;
    read.backward(&mut pass_of_read, &d_output)?;
    SGD::new(0.5).build(&model)?.apply(&mut model, &mut pass)?;
    SGD::new(0.5).build(&read)?.apply(&mut read, &mut pass_of_read)?;
    assert_eq!(model.predict(&words)?, expected.predict(&words)?);
    assert_eq!(read.predict(&words)?, expected.predict(&words)?);
    let error = loss.masked_value(&output, &tags, array![[1.0, 0.0]]).unwrap_err().to_string();
    assert!(error.contains("mask"), "{error}");
    Ok(())
}

/// A view learns from what counts, as a model does: half of the tagger towards numbers that are absurd where nothing is.
#[test]
fn a_view_with_a_masked_result_is_a_model_like_any_other() -> Result<()> {
    let (words, _) = tags();
    let target = |absurd: f32| {
        Array3::from_shape_fn((6, 4, 6), |(i, j, k)| if words[[i, j]] == 0 { absurd } else { (i + j + k) as f32 / 10.0 })
    };
    let mut losses = Vec::new();
    for absurd in [0.0, 1e6] {
        let mut model = Tagger::new(4);
        let mut view = Reading::of(&mut model);
        let mut trainer = view.compile(SGD::new(0.1), MeanSquaredError::new()).metric(MeanAbsoluteError);
        losses.push((trainer.train_on_batch(&words, target(absurd))?, trainer.evaluate((&words, target(absurd)))?));
    }
    assert_eq!(losses[0], losses[1]);
    assert!(losses[0].0 < 1.0);

    let (model, z) = (Calls::new(5), Array3::<f32>::zeros((6, 4, 4)));
    let inside = Inside::of(&model).predict(&words)?;
    assert_eq!(inside.bidirectional, Reading::of(&model.tagger).predict(&words)?);
    let behind = Behind::new(6);
    let (words, z) = (words.slice(s![.., ..3]), z.slice(s![.., ..3, ..]));
    assert_eq!(Mean::of(&behind).predict((&words, &z))?, behind.predict((&words, &z))?.b);
    Ok(())
}

/// A model that is called with masks is the model that it is without: its weights, its file, and its part of a file.
#[test]
fn a_model_that_is_called_with_masks_is_what_it_was() -> Result<()> {
    let mut model = Calls::new(3);
    model.reader = Reader::new(8);
    let steps: Array3<f32> = Array3::ones((1, 2, 4));
    assert_eq!(model.reader.predict(&steps)?, Reader::new(8).predict(&steps)?);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calls.safetensors");
    model.save(&path)?;
    let (words, z) = (array![[1, 2, 0], [0, 3, 0]], Array3::from_shape_fn((2, 3, 4), |(i, j, k)| (i + 2 * j + k) as f32 / 7.0));
    let inputs = CallsInputs { words: &words, others: &words, z: &z };
    let expected = model.predict(&inputs)?;
    assert_eq!(Calls::load(&path)?.predict(&inputs)?, expected);
    let read = Model::load(&path)?;
    assert_eq!(read.predict_all(&inputs)?[0].1, expected.a);
    assert_eq!(read.config(), Calls::config());
    Ok(())
}

/// Where a mask ends in a model of a file, the model says so, as the macro does.
#[test]
#[allow(deprecated)] // that is how the macro warns
fn masks_that_end_are_told_of_models_that_are_read() -> Result<()> {
    functional_model! {
        model Ending(words: i32[8], state: [4]) -> [4] {
            let x = Embedding(9, 4, mask_zero = true)(words);
            let y = GRU(4)(x, initial_state = state);
            y + GlobalMaxPooling1D()(Conv1D(4, 3)(x))
        }
    }
    let warnings = Model::from_config(Ending::config(), 1)?.warnings();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings[0].starts_with("`GRU(4)` does not look at the mask of `embedding`"), "{}", warnings[0]);
    assert!(warnings[1].starts_with("the mask of `embedding` ends at `Conv1D(4, 3)`"), "{}", warnings[1]);
    assert_eq!(Model::from_config(Calls::config(), 1)?.warnings(), [""; 0]);
    Ok(())
}

/// The table and the drawing say which tensors have masks, where there are any.
#[test]
fn the_table_and_the_drawing_say_what_is_masked() {
    let table = Tagger::summary();
    let row = |name: &str| table.lines().find(|line| line.contains(name)).unwrap().to_owned();
    assert!(row("Layer (type)").contains("Mask") && row("bidirectional").contains("yes"), "{table}");
    assert!(!row("words").contains("yes") && !table.contains("not_equal_1"), "{table}");
    assert!(!Reader::summary().contains("Mask"), "{}", Reader::summary());
    let drawn = |graph: &functional_model::Graph| functional_model::plot::to_dot(graph).unwrap();
    assert!(drawn(Network::graph(&Tagger::new(1))).contains("masked"));
    assert!(!drawn(Network::graph(&Reader::new(1))).contains("masked"));
}

/// One may say oneself what is padded in an output.
#[test]
fn what_is_padded_counts_for_nothing_in_an_output() {
    functional_model! {
        model Filled(words: i32[4]) -> [4, 2] {
            let x = LSTM(3, return_sequences = true)(Embedding(9, 5, mask_zero = true)(words));
            ops::where(words[.., .., None] != 0, Dense(2, activation = "sigmoid")(x), 0.0)
        }
    }
    let tags = Filled::new(3).predict(&array![[1, 2, 0, 0], [0, 0, 3, 0]]).unwrap();
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

/// A layer at every step of a model is that, also where the model is called with a mask.
#[test]
fn steps_stay_steps_where_a_mask_is_given() -> Result<()> {
    let twice = Twice::new(3);
    let off = twice.predict(array![[3, 7, 0, 0]])? - twice.predict(array![[3, 7]])?;
    assert!(off.iter().all(|off| off.abs() < 1e-6), "{off}");
    Ok(())
}

/// At each step a model is told which words count: a line is what it is by itself, whatever pads it.
#[test]
fn models_read_pages_by_their_words() -> Result<()> {
    let model = Library::new(3);
    let (line, one) = (Array3::<f32>::zeros((1, 3, 4)), array![[3, 7, 0]]);
    let all =
        |words: Array3<i32>| -> Result<_> { Ok(model.predict(LibraryInputs { words: &words, line: &line, one: &one })?.all) };
    let whole = all(array![[[3, 7, 0], [5, 0, 0]]])?;
    let off = |found: ndarray::ArrayD<f32>| (&found - &whole).iter().fold(0.0_f32, |worst, off| worst.max(off.abs()));
    assert!(off(all(array![[[3, 0, 7], [0, 0, 0], [0, 5, 0]]])?) < 1e-6);
    assert!(off(all(array![[[3, 7, 1], [5, 0, 0]]])?) > 1e-5);
    Ok(())
}

/// At each step a layer is told which words count, and behind it an empty page is no page.
#[test]
fn pages_are_read_by_their_words() -> Result<()> {
    check(Book::new(7), Book::config(), 3, &[4, 5]);
    let book = Book::new(3);
    let read = |pages: &[[i32; 3]]| book.predict(Array3::from_shape_fn((1, pages.len(), 3), |(_, page, word)| pages[page][word]));
    let whole = read(&[[3, 7, 2], [5, 1, 0]])?;
    let off = |found: ndarray::ArrayD<f32>| (&found - &whole).iter().fold(0.0_f32, |worst, off| worst.max(off.abs()));
    assert!(off(read(&[[0, 0, 0], [3, 7, 2], [0, 0, 0], [5, 1, 0], [0, 0, 0]])?) < 1e-7);
    assert!(off(book.predict(array![[[3, 7, 2, 0], [5, 1, 0, 0]]])?) < 1e-7);
    assert!(off(read(&[[9, 4, 11], [5, 1, 1]])?) > 1e-5);
    Ok(())
}
