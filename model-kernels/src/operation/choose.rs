//! One of two by a third: `out = x1` where the condition is not 0, `x2` elsewhere.

use super::arithmetic::Operand;
use crate::chunks::{CHUNK, each};
use crate::elementwise::{BLOCK, Blocks, by_block};
use crate::float::Float;
use crate::vectorize::vectorize;

/// `out = x1` where the condition, the first of the operands, is not 0, and `x2` elsewhere.
pub fn forward<T: Float>(operands: &[Operand<'_, T>; 3], out: &mut [T]) {
    each([(out, CHUNK)], |i, [out]| {
        vectorize(
            #[inline(always)]
            || {
                let (mut first, mut second) = ([T::ZERO; BLOCK], [T::ZERO; BLOCK]);
                for (b, out) in out.chunks_mut(BLOCK).enumerate() {
                    let start = i * CHUNK + b * BLOCK;
                    let condition = operands[0].block(start, &mut first[..out.len()]);
                    out.copy_from_slice(operands[1].block(start, &mut second[..condition.len()]));
                    let other = operands[2].block(start, &mut second[..condition.len()]);
                    for ((out, &condition), &other) in out.iter_mut().zip(condition).zip(other) {
                        *out = if condition == T::ZERO { other } else { *out };
                    }
                }
            },
        );
    });
}

/// The gradient of an operand, a tensor, goes to `d_input`, or is added to it; that of the condition is 0.
pub fn backward<T: Float>(operands: &[Operand<'_, T>; 3], d_output: &[T], operand: usize, d_input: &mut [T], accumulate: bool) {
    let derive = |start: usize, d: &mut [T]| {
        let mut room = [T::ZERO; BLOCK];
        let condition = operands[0].block(start, &mut room[..d.len()]);
        for (d, &condition) in d.iter_mut().zip(condition) {
            let is_chosen = match operand {
                1 => condition != T::ZERO,
                2 => condition == T::ZERO,
                _ => false,
            };
            *d = if is_chosen { *d } else { T::ZERO };
        }
    };
    let Operand::Tensor(input) = &operands[operand] else { return };
    if d_input.len() == d_output.len() {
        return by_block(d_output, d_input, accumulate, derive);
    }
    input.gather(d_output, d_input, accumulate, derive);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stretched::Stretched;

    #[test]
    fn the_gradient_goes_to_what_was_chosen() {
        let (condition, one) = ([1.0_f32, 0.0, 0.0, 1.0], [10.0_f32, 20.0]);
        let whole = [2, 2];
        let operands = [
            Operand::Tensor(Stretched::new(&condition, &whole, &whole)),
            Operand::Tensor(Stretched::new(&one, &[2, 1], &whole)),
            Operand::Number(-1.0),
        ];
        let (mut out, mut d) = ([0.0; 4], [0.5; 2]);
        forward(&operands, &mut out);
        assert_eq!(out, [10.0, -1.0, -1.0, 20.0]);
        backward(&operands, &[1.0, 2.0, 3.0, 4.0], 1, &mut d, true);
        assert_eq!(d, [1.5, 4.5]);
    }
}
