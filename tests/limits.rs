//! Compiled models that take more memory than there is: an error where there is a result, and a panic with the same words elsewhere.

use std::panic::{AssertUnwindSafe, catch_unwind};

use functional_model::memory::set_limit;
use functional_model::prelude::*;
use ndarray::{Array1, Array2, Array3};

functional_model! {
    /// Four terabytes of weights.
    pub model Vast(x: [1048576]) {
        Dense(1048576)(x)
    }

    /// The same, inside another.
    pub model Around(x: [1048576]) {
        Vast(trainable = false)(x)
    }

    /// A view of a model that is too large.
    pub model Part = Vast { x -> dense };

    /// Rows of any length, spread wide.
    pub model Wide(x: [words, 1]) -> [1] {
        let x = UpSampling1D(65536)(x);
        let x = spread(x);
        GlobalMaxPooling1D()(x)
    }

    fn spread(x) {
        UpSampling1D(65536)(x)
    }

    /// Rows of one length.
    pub model Rows(x: [1000]) -> [10] {
        let x = RepeatVector(1000)(x);
        let x = Activation("tanh")(x);
        let x = GlobalAveragePooling1D()(x);
        Dense(10, name = "out")(x)
    }
}

fn words<T>(result: Result<T>) -> String {
    result.err().expect("it takes more than there is").to_string()
}

/// The words of a panic.
fn panics<T>(run: impl FnOnce() -> T) -> String {
    let panic = catch_unwind(AssertUnwindSafe(run)).err().expect("it takes more than there is");
    panic.downcast_ref::<String>().expect("a panic has words").clone()
}

fn check(text: &str, expected: &str) {
    assert!(text.contains(expected), "expected {expected}\nfound    {text}");
}

/// One test, since the limit is the program's.
#[test]
fn compiled_models_say_how_much_memory_they_would_take() -> Result<()> {
    let expected = "the weights of `dense` would take 4096.0 GiB of memory: expected at most ";
    check(&words(Vast::try_new(1)), expected);
    check(&panics(|| Vast::new(1)), expected);
    check(&words(Vast::from_config(Vast::config(), 1)), expected);
    check(&words(Model::from_config(Vast::config(), 1)), expected);
    check(&words(Part::try_new(1)), expected);
    let expected = "the weights of `vast/dense` would take 4096.0 GiB of memory: ";
    check(&words(Around::try_new(1)), expected);
    check(&panics(|| Around::new(1)), expected);

    let folder = tempfile::tempdir().expect("there is a folder for what is temporary");
    let path = folder.path().join("rows.safetensors");
    Rows::new(1).save(&path)?;
    check(&words(Vast::load(&path)), "the file is another model's");
    let x = Array2::<f32>::ones((2, 1000));
    assert_eq!(Rows::load(&path)?.predict(&x)?, Rows::new(1).predict(&x)?);

    passes()?;
    steps()
}

fn passes() -> Result<()> {
    let wide = Wide::new(1);
    let expected = "the activations of a batch of 1 sample in `wide` would take 48.0 GiB of memory: ";
    let x = Array3::<f32>::zeros((1, 3, 1));
    set_limit(Some(40 << 30));
    check(&words(wide.predict(&x)), expected);
    let mut pass = Pass::new(&wide, 1);
    check(
        &words(wide.forward(&mut pass, &Tensor::from_array(&x)?)),
        "the activations of a batch of 1 sample in `wide` would take ",
    );
    set_limit(None);
    Ok(())
}

fn steps() -> Result<()> {
    let mut rows = Rows::new(1);
    let (x, y) = (Array2::<f32>::zeros((50, 1000)), Array1::<i32>::zeros(50));
    set_limit(Some(16 << 20));
    rows.predictor().batch_size(2)?.predict(&x)?;
    let expected = "the activations of a batch of 32 samples in `rows` would take ";
    check(&words(rows.predict(&x)), expected);
    let mut pass = Pass::new(&rows, 1);
    let panic = panics(|| rows.forward(&mut pass, &Tensor::zeros(50)));
    check(&panic, "the activations of a batch of 50 samples in `rows` would take ");
    let mut trainer = rows.compile(Adam::new(0.1), SparseCategoricalCrossentropy::from_logits());
    let fit = || Fit { verbose: Verbose::Silent, ..Fit::default() };
    check(&words(trainer.fit((&x, &y), fit())), expected);
    check(&words(trainer.evaluate((&x, &y))), expected);
    check(&words(trainer.train_on_batch(&x, &y)), "the activations of a batch of 50 samples in `rows` would take ");
    trainer.fit((&x, &y), Fit { batch_size: 1, ..fit() })?;
    check(
        &panics(|| Tensor::<shape![1000]>::zeros(1 << 40)),
        "a tensor of shape (batch, 1000) for a batch of 1099511627776 would take ",
    );
    set_limit(None);
    Ok(())
}
