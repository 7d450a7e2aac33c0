//! Masks that calls give to models: `encoder(x, mask = m)`, by the macro, from a file, and on variables.
#![allow(deprecated)] // that is how the macro warns of masks that end

use functional_model::prelude::*;
use functional_model::variable::Inputs;
use ndarray::{Array2, Array3, array};

mod nets {
    functional_model::functional_model! {
        /// Steps that are read, and told apart.
        pub model Reader(x: [n, 4]) -> [n, 4] {
            Dense(4)(GRU(4, return_sequences = true)(x))
        }

        /// What two sequences come to.
        pub model Pair(x: [n, 4], y: [m, 4]) -> [3] {
            LSTM(3)(x) + LSTM(3)(y)
        }
    }
}
use nets::{Pair, Reader};

functional_model! {
    /// Masks of one input, of some, and of all.
    pub model Calls(x: [5, 4], y: [6, 4], m: bool[5], n: bool[6]) -> (a: [2], b: [3], c: [3], d: [5, 4], e: [3], f: [2]) {
        let reader = Reader();
        let pair = Pair(name = "pair");
        let a = GRU(2)(reader(x, mask = m));
        let (b, c) = (pair(x, y, mask = [m, None]), pair([x, y], mask = [m, n]));
        (a, b, c, reader(x), pair(y = y, x = x, mask = [None, n]), read(x, m))
    }

    fn read(x, m) {
        let mut x = x;
        for i in 0..2 {
            x = if i == 0 { Reader()(x, mask = m) } else { LSTM(2)(x, mask = m) };
        }
        x
    }

    /// A mask instead of one that there is, which stays what it was for all else.
    pub model Instead(words: i32[k], m: bool[k]) -> (a: [2], b: [2], c: [k, 4], d: [2]) {
        let x = Embedding(9, 4, mask_zero = true)(words);
        let reader = Reader();
        let a = GRU(2)(reader(x, mask = m));
        (a, LSTM(2)(x, mask = m), reader(x), GRU(2)(x))
    }

    /// A model in which models are called with masks of their own, called with one itself.
    pub model Deep(words: i32[k], x: [k, 4]) -> (a: [2], b: [2]) {
        let instead = Instead(name = "instead");
        let (a, b, _, _) = instead(words, words > 2);
        let m = x[.., .., 0] > 0;
        let y = Within()(Masking()(x), mask = m);
        (a + b, LSTM(2)(y))
    }

    pub model Within(x: [k, 4]) -> [k, 4] {
        Reader()(x, mask = x[.., .., 1] > 0) + GRU(4, return_sequences = true)(x)
    }

    /// Layers one after the other, which are told at their beginning.
    pub model Sequence(x: [k, 4], m: bool[k]) -> (a: [2], b: [2]) {
        let layers = Sequential([Dense(3), Dropout(0.5), LSTM(2)]);
        (layers(x, mask = m), Sequential([Reader(), GRU(2)])(x, mask = m))
    }

    /// Wrappers, which take masks as what they hold does.
    pub model Wrapped(x: [k, 4], m: bool[k]) -> (a: [4], b: [2], c: [2], d: [2]) {
        let rnn = RNN([LSTMCell(3), GRUCell(2)]);
        let a = Bidirectional(LSTM(2))(x, mask = m);
        let mut all = [rnn(x, mask = m)];
        for units in [2, 2] {
            all = all + [SimpleRNN(units)(BatchNormalization()(x, mask = m), mask = m)];
        }
        (a, all[0], all[1], all[2])
    }
}

#[test]
fn compiled_code_does_what_the_configuration_says() {
    crate::bits::check(Calls::new(7), Calls::config(), 3, &[]);
    for k in [1, 5] {
        crate::bits::check(Instead::new(7), Instead::config(), 3, &[k]);
        crate::bits::check(Deep::new(7), Deep::config(), 3, &[k]);
        crate::bits::check(Sequence::new(7), Sequence::config(), 3, &[k]);
        crate::bits::check(Wrapped::new(7), Wrapped::config(), 3, &[k]);
    }
}

fn numbers<const N: usize>(shape: [usize; 3], from: [u8; N]) -> (Array3<f32>, Array2<f32>) {
    let x = Array3::from_shape_fn(shape, |(i, j, k)| ((3 * i + 5 * j + 7 * k) % 11) as f32 / 11.0 - 0.4);
    let m = Array2::from_shape_fn((shape[0], shape[1]), |(i, j)| f32::from(from[(i * shape[1] + j) % N]));
    (x, m)
}

/// What a model is given is what its layers look at.
#[test]
fn a_mask_that_is_given_is_looked_at() -> Result<()> {
    let (x, m) = numbers([2, 5, 4], [1, 1, 0, 1, 0, 0, 1]);
    let (y, n) = numbers([2, 6, 4], [0, 1, 1]);
    let model = Calls::new(3);
    let (masked, bools) = (|mask: &Array2<f32>| mask.mapv(|one| one as i32), (&m, &n));
    let found = model.predict(CallsInputs { x: &x, y: &y, m: &masked(bools.0), n: &masked(bools.1) })?;
    let all = |mask: &Array2<f32>| Array2::<i32>::ones(mask.dim());
    let none = model.predict(CallsInputs { x: &x, y: &y, m: &all(&m), n: &all(&n) })?;
    assert_ne!(found.a, none.a);
    assert_ne!(found.b, found.c);
    assert_ne!(found.e, none.e);
    assert_eq!(found.d, none.d);
    Ok(())
}

/// A mask instead of another changes nothing for what is not given it.
#[test]
fn a_mask_instead_of_another() -> Result<()> {
    let words = array![[1, 0, 3, 4], [5, 6, 0, 0]];
    let model = Instead::new(5);
    let given = model.predict(InsteadInputs { words: &words, m: &array![[1, 1, 1, 1], [1, 1, 1, 1]] })?;
    let own = model.predict(InsteadInputs { words: &words, m: &words.mapv(|word| i32::from(word != 0)) })?;
    assert_ne!(given.a, own.a);
    assert_ne!(given.b, own.b);
    assert_eq!((given.c, given.d), (own.c, own.d));
    Ok(())
}

/// Called on variables, a compiled model sees the masks of its tensors, and those that the call gives it: what a model of the macro computes.
#[test]
fn compiled_models_take_masks_on_variables() -> Result<()> {
    let (x, m) = numbers([2, 5, 4], [1, 1, 0, 1, 0, 0, 1]);
    let (y, n) = numbers([2, 6, 4], [0, 1, 1]);
    let model = Calls::new(3);
    let bools = |mask: &Array2<f32>| mask.mapv(|one| one as i32);
    let expected = model.predict(CallsInputs { x: &x, y: &y, m: &bools(&m), n: &bools(&n) })?;
    let tape = Tape::new();
    let (vx, vy) = (tape.variable(&x)?, tape.constant(&y)?);
    let (vm, vn) = (tape.constant(&m)?.greater(0.5)?, tape.constant(&n)?.greater(0.5)?);
    let both = model.pair.call(Inputs::from([&vx, &vy]).with("mask", [&vm, &vn]))?;
    assert_eq!(both.array()?, expected.c.into_dyn());
    let first = model.pair.call((&vx.with_mask(Some(&vm))?, &vy))?;
    assert_eq!(first.array()?, expected.b.into_dyn());
    let read = model.reader.call(Inputs::from(&vx).with("mask", &vm))?;
    assert_eq!(read.mask().unwrap().array()?, m.clone().into_dyn());
    assert_eq!(model.gru.call(&read)?.array()?, expected.a.into_dyn());

    // Its gradients are those of the same call in a model, weights and inputs.
    let gradients = both.square()?.sum(..)?.backward()?;
    let epsilon = 1e-3_f32;
    let value = |x: &Array3<f32>| -> Result<f64> {
        let tape = Tape::new();
        let (vm, vn) = (tape.constant(&m)?.greater(0.5)?, tape.constant(&n)?.greater(0.5)?);
        let y = model.pair.call(Inputs::from([&tape.constant(x)?, &tape.constant(&y)?]).with("mask", [&vm, &vn]))?;
        y.square()?.sum(..)?.item().map(f64::from)
    };
    let d_x = gradients.of(&vx)?;
    for place in [[0, 0, 0], [0, 2, 1], [1, 1, 3]] {
        let (mut up, mut down) = (x.clone(), x.clone());
        up[place] += epsilon;
        down[place] -= epsilon;
        let slope = (value(&up)? - value(&down)?) / f64::from(2.0 * epsilon);
        assert!((slope - f64::from(d_x[place.as_slice()])).abs() < 1e-3, "{place:?}: {slope} {}", d_x[place.as_slice()]);
        assert_eq!(m[[place[0], place[1]]] == 0.0, d_x[place.as_slice()] == 0.0);
    }
    assert!(gradients.of_weight(&model.pair.lstm.all()[0]).is_some());

    let error = model.pair.call(Inputs::from([&vx, &vy]).with("mask", &vm)).unwrap_err().to_string();
    assert!(error.contains("expected 2, found 1"), "{error}");
    let error = model.reader.call(Inputs::from(&vx).with("mask", &vn)).unwrap_err().to_string();
    assert!(error.contains("a mask says of each step"), "{error}");
    Ok(())
}

/// A model to be is told of masks as one of the macro is.
#[test]
fn models_to_be_take_masks() -> Result<()> {
    let (x, m) = numbers([2, 5, 4], [1, 1, 0, 1, 0, 0, 1]);
    let reader = Reader::new(4);
    let (vx, vm) = (Input::new([5, 4]), Input::new([5]));
    let y = reader.call(Inputs::from(&vx).with("mask", &vm.greater(0.5)?))?;
    let model = Model::functional("net", [&vx, &vm], &y, 42)?;
    let found = model.predict((&x, &m))?;
    let tape = Tape::new();
    let mask = tape.constant(&m)?.greater(0.5)?;
    assert_eq!(found.into_dyn(), reader.call(Inputs::from(&tape.constant(&x)?).with("mask", &mask))?.array()?);
    Ok(())
}

/// A layer that keeps its states goes on from them where it is masked, too.
#[test]
fn states_go_on_under_masks() -> Result<()> {
    functional_model! {
        model Kept(x: [5, 4]) -> [3] {
            GRU(3, stateful = true)(x)
        }
    }
    let (x, m) = numbers([2, 5, 4], [1, 1, 0, 1, 0, 0, 1]);
    let model = Kept::new(2);
    let call = || -> Result<_> {
        let tape = Tape::new();
        let mask = tape.constant(&m)?.greater(0.5)?;
        model.call(Inputs::from(&tape.constant(&x)?).with("mask", &mask))?.array()
    };
    let first = call()?;
    assert_ne!(call()?, first);
    model.reset_states();
    assert_eq!(call()?, first);
    Ok(())
}
