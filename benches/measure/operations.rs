//! How many floating-point operations the layers of the work set take: those of their products, a multiplication and an addition each.

use functional_model::profile::{Kind, Part};

/// The operations of a layer's call, or of the way back through it; none where it is not made of products.
///
/// Going back, each product becomes two, one for each of its factors. Where nobody wants the gradients of the inputs, those with the
/// inputs become one.
pub fn of(part: &Part) -> Option<f64> {
    let products = products(part)?;
    Some(match part.kind {
        Kind::Backward if part.input_gradients == 0 => products.of_inputs + 2.0 * products.inner,
        Kind::Backward => 2.0 * (products.of_inputs + products.inner),
        Kind::Forward | Kind::Loss | Kind::Optimizer => products.of_inputs + products.inner,
    })
}

/// The operations of one call.
struct Products {
    /// Of the inputs with weights.
    of_inputs: f64,
    /// Of what follows from those.
    inner: f64,
}

fn products(part: &Part) -> Option<Products> {
    let [input, ..] = &*part.inputs else { return None };
    let kernel = |i: usize| len(&part.weights[i]);
    let of_inputs = |positions: usize, kernel: usize| Products { of_inputs: twice(part, positions * kernel), inner: 0.0 };
    // The last axis of a tensor has the channels, the others the positions.
    let positions = |shape: &[usize]| len(&shape[..shape.len() - 1]);
    Some(match part.class {
        "Conv1D" | "Conv2D" => of_inputs(positions(&part.output), kernel(0)),
        "Conv2DTranspose" | "Dense" => of_inputs(positions(input), kernel(0)),
        "LSTM" => {
            let steps = positions(input);
            Products { of_inputs: twice(part, steps * kernel(0)), inner: twice(part, steps * kernel(1)) }
        }
        "MultiHeadAttention" => {
            // Kernels and biases in turns: of queries, keys, values, each of a head's features for each head, and of the output.
            let steps = positions(input);
            let attention = steps * steps * (len(&part.weights[0][1..]) + len(&part.weights[4][1..]));
            let parts = steps * (kernel(0) + kernel(2) + kernel(4));
            Products { of_inputs: twice(part, parts), inner: twice(part, steps * kernel(6) + attention) }
        }
        _ => return None,
    })
}

fn twice(part: &Part, multiplications: usize) -> f64 {
    2.0 * (part.samples * multiplications) as f64
}

fn len(shape: &[usize]) -> usize {
    shape.iter().product()
}
