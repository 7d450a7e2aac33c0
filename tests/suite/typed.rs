//! Variables whose shapes are types, between compiled models and plain Rust.

use functional_model::ndarray::{Array2, Array3, array};
use functional_model::prelude::*;

functional_model! {
    model Encoder(image: [4, 4]) -> [3] {
        Dense(3, activation = "tanh")(Flatten()(image))
    }

    model Decoder(code: [3]) -> [4, 4] {
        Reshape([4, 4])(Dense(16)(code))
    }

    model Heads(words: [n, 2], outputs: [3]) -> (steps: [n, 5], last: [6]) {
        (Dense(5)(words), Dense(6)(outputs))
    }
}

functional_model! {
    model Pair(words: [2, 2]) -> (steps: [2, 5], last: [6]) {
        (Dense(5)(words), Dense(6)(Flatten()(words)))
    }

    model Steps = Pair { words -> dense };
}

/// Views of models are called as they are.
#[test]
fn views_are_called_on_variables_whose_shapes_are_types() -> Result<()> {
    let model = Pair::new(3);
    let tape = Tape::new();
    let words: Typed<shape![2, 2]> = tape.constant(Array3::<f32>::ones((1, 2, 2)))?.typed()?;
    let steps: Typed<shape![2, 5]> = Steps::of(&model).call_typed(&words)?;
    assert_eq!(steps.array()?, model.call_typed(&words)?.steps.array()?);
    Ok(())
}

/// Plain Rust that says what it goes between.
fn noisy(code: &Typed<shape![3]>) -> Result<Typed<shape![3]>> {
    (&**code * 0.5 + 0.1).typed()
}

#[test]
fn seams_are_checked_while_compiling_and_gradients_go_through() -> Result<()> {
    let (encoder, decoder) = (Encoder::new(1), Decoder::new(2));
    let tape = Tape::new();
    let images = tape.variable(Array3::<f32>::ones((2, 4, 4)))?;
    let restored = decoder.call_typed(&noisy(&encoder.call_typed(&images.typed()?)?)?)?;
    let plain = decoder.call(&(encoder.call(&images)? * 0.5 + 0.1))?;
    assert_eq!(restored.array()?, plain.array()?);
    let gradients = restored.square()?.sum(..)?.backward()?;
    assert_eq!(gradients.of(&images)?.shape(), [2, 4, 4]);
    Ok(())
}

#[test]
fn several_inputs_and_outputs_have_types_of_their_own() -> Result<()> {
    let tape = Tape::new();
    let words: Typed<shape![_, 2]> = tape.constant(Array3::<f32>::ones((2, 7, 2)))?.typed()?;
    let outputs = tape.constant(Array2::<f32>::ones((2, 3)))?.typed()?;
    let given = Heads::new(3).call_typed(&words, &outputs)?;
    let (steps, last): (Typed<shape![_, 5]>, Typed<shape![6]>) = (given.steps, given.last);
    assert_eq!((steps.shape(), last.shape()), (&[2, 7, 5][..], &[2, 6][..]));
    Ok(())
}

#[test]
fn another_shape_is_said_with_its_places() -> Result<()> {
    let tape = Tape::new();
    let x = tape.variable(&array![[1.0_f32, 2.0]])?;
    let (made, doubled) = (line!(), &x * 2.0);
    let (line, error) = (line!(), doubled.typed::<shape![3]>().unwrap_err().to_string());
    let expected = "a variable is typed as another shape than it has: expected samples of [3], found [2]";
    assert!(error.starts_with(expected), "{error}");
    for line in [made, line] {
        assert!(error.contains(&format!("tests/suite/typed.rs:{line}")), "{error}");
    }
    let kernel = tape.variable(&array![[1.0_f32, 2.0], [0.5, 0.0]])?;
    let error = functional_model::variable::ops::matmul(&doubled, &kernel)?.typed::<shape![3]>().unwrap_err().to_string();
    assert!(
        error.contains("it was computed by `ops::matmul(_, _)` of [1, 2] and [2, 2], the batch first, at tests/suite/typed.rs:"),
        "{error}"
    );
    assert!(x.typed::<shape![2, 1]>().is_err());
    Ok(())
}
