//! Attention whose projections are folded into one another comes to what it does where each is made: where the keys are given, those of the value.

use functional_model::prelude::*;
use ndarray::Array3;

functional_model! {
    model Folded(x: [6, 3], y: [7, 4]) -> [6, 5] {
        let x = MultiHeadAttention(2, 16, value_dim = 12, output_shape = [5], bias_initializer = "random_normal")(x, y);
        let z = MultiHeadAttention(3, 40, use_bias = false)(x, x, use_causal_mask = true);
        z + GroupQueryAttention(14, 4, 2, bias_initializer = "random_normal")(x, x)
    }

    model Whole(x: [6, 3], y: [7, 4]) -> [6, 5] {
        let x = MultiHeadAttention(2, 16, value_dim = 12, output_shape = [5], bias_initializer = "random_normal")(x, y, key = y);
        let z = MultiHeadAttention(3, 40, use_bias = false)(x, x, key = x, use_causal_mask = true);
        z + GroupQueryAttention(14, 4, 2, bias_initializer = "random_normal")(x, x, key = x)
    }
}

fn numbers(shape: [usize; 3]) -> Array3<f32> {
    Array3::from_shape_fn(shape, |(n, i, j)| ((n * 7 + i * 5 + j * 3) % 13) as f32 / 6.0 - 1.0)
}

/// What a model gives, and what a step makes of its weights.
fn run<N: Trainable>(mut model: N) -> Result<(Vec<f32>, Vec<f32>)> {
    let (x, y) = (numbers([9, 6, 3]), numbers([9, 7, 4]));
    let given = model.predict([("x", (&x).into()), ("y", (&y).into())])?.iter().copied().collect();
    let target = numbers([9, 6, 5]);
    let mut trainer = model.compile(SGD::new(1.0), MeanSquaredError::new());
    trainer.train_on_batch([("x", (&x).into()), ("y", (&y).into())], &target)?;
    drop(trainer);
    let mut weights = Vec::new();
    model.visit(&mut |weight, _| weights.extend_from_slice(&weight.data));
    Ok((given, weights))
}

#[test]
fn folded_projections_come_to_the_same() -> Result<()> {
    let ((folded, weights), (whole, others)) = (run(Folded::new(4))?, run(Whole::new(4))?);
    let away = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(away(&folded, &whole) < 2e-6, "{}", away(&folded, &whole));
    assert!(away(&weights, &others) < 2e-6, "{}", away(&weights, &others));
    // Otherwise it would be one computation twice.
    assert_ne!(folded, whole);
    Ok(())
}
