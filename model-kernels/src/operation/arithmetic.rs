//! Arithmetic, comparisons and what combines them, of two operands: tensors, of which some may be stretched, or numbers.
//!
//! What is true is 1, what is false 0. At equal operands the larger and the smaller of two share their gradient half and half, as in JAX.

use super::truth;
use crate::chunks::{CHUNK, each};
use crate::elementwise::{BLOCK, Blocks, by_block};
use crate::float::Float;
use crate::lanes;
use crate::stretched::Stretched;
use crate::vectorize::vectorize;

/// A function of two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // what each is, its name says
pub enum Function {
    Add,
    And,
    Arctan2,
    Divide,
    DivideNoNan,
    Equal,
    FloorDivide,
    Fmod,
    Greater,
    GreaterEqual,
    Hypot,
    Less,
    LessEqual,
    Logaddexp,
    Maximum,
    Minimum,
    Mod,
    Multiply,
    NotEqual,
    Or,
    Power,
    Subtract,
    Xor,
}

impl Function {
    /// Whether the gradient of an operand depends on the operands' elements.
    #[must_use]
    pub const fn reads_operands(self) -> bool {
        !matches!(self, Self::Add | Self::Subtract) && !self.is_flat()
    }

    /// Whether it has no slope.
    #[must_use]
    pub const fn is_flat(self) -> bool {
        matches!(
            self,
            Self::And
                | Self::Equal
                | Self::FloorDivide
                | Self::Greater
                | Self::GreaterEqual
                | Self::Less
                | Self::LessEqual
                | Self::NotEqual
                | Self::Or
                | Self::Xor
        )
    }
}

/// What is computed with.
#[derive(Clone, Copy, Debug)]
pub enum Operand<'a, T> {
    /// A tensor.
    Tensor(Stretched<'a, T>),
    /// A number, the same for all elements.
    Number(T),
}

impl<T: Float> Blocks<T> for Operand<'_, T> {
    #[inline(always)]
    fn block<'b>(&'b self, start: usize, room: &'b mut [T]) -> &'b [T] {
        match self {
            Self::Tensor(tensor) => tensor.block(start, room),
            Self::Number(number) => {
                room.fill(*number);
                room
            }
        }
    }
}

/// `a^b`; the square, which is what is asked for most, without the general power.
#[inline(always)]
fn power<T: Float>(a: T, b: T) -> T {
    if b == T::from_f64(2.0) { a * a } else { T::from_f64(libm::pow(a.to_f64(), b.to_f64())) }
}

/// The remainder that has the sign of `b`, as Python's.
#[inline(always)]
fn modulo<T: Float>(a: T, b: T) -> T {
    let (a, b) = (a.to_f64(), b.to_f64());
    let rest = a % b;
    T::from_f64(if rest != 0.0 && (rest < 0.0) != (b < 0.0) { rest + b } else { rest })
}

#[inline(always)]
fn floor<T: Float>(x: T) -> T {
    T::from_f64(x.to_f64().floor())
}

/// `log(e^a + e^b)`.
#[inline(always)]
fn logaddexp<T: Float>(a: T, b: T) -> T {
    let most = lanes::max(a, b);
    if a == b { most + T::from_f64(std::f64::consts::LN_2) } else { most + (-(a - b).abs()).exp().ln_1p() }
}

/// The share of `e^a` in `e^a + e^b`.
#[inline(always)]
fn logistic<T: Float>(difference: T) -> T {
    T::ONE / (T::ONE + (-difference).exp())
}

/// `a = f(a, b)` for every element of a block.
#[inline(always)]
fn join<T: Float>(a: &mut [T], b: &[T], f: impl Fn(T, T) -> T) {
    a.iter_mut().zip(b).for_each(|(a, &b)| *a = f(*a, b));
}

#[inline(always)]
fn apply<T: Float>(function: Function, a: &mut [T], b: &[T]) {
    match function {
        Function::Add => join(a, b, |a, b| a + b),
        Function::And => join(a, b, |a, b| a * b),
        Function::Arctan2 => join(a, b, |a, b| T::from_f64(libm::atan2(a.to_f64(), b.to_f64()))),
        Function::Divide => join(a, b, |a, b| a / b),
        Function::DivideNoNan => join(a, b, |a, b| if b == T::ZERO { T::ZERO } else { a / b }),
        Function::Equal => join(a, b, |a, b| truth(a == b)),
        Function::FloorDivide => join(a, b, |a, b| floor(a / b)),
        Function::Fmod => join(a, b, |a, b| T::from_f64(a.to_f64() % b.to_f64())),
        Function::Greater => join(a, b, |a, b| truth(a > b)),
        Function::GreaterEqual => join(a, b, |a, b| truth(a >= b)),
        Function::Hypot => join(a, b, |a, b| T::from_f64(libm::hypot(a.to_f64(), b.to_f64()))),
        Function::Less => join(a, b, |a, b| truth(a < b)),
        Function::LessEqual => join(a, b, |a, b| truth(a <= b)),
        Function::Logaddexp => join(a, b, logaddexp),
        Function::Maximum => join(a, b, lanes::max),
        Function::Minimum => join(a, b, lanes::min),
        Function::Mod => join(a, b, modulo),
        Function::Multiply => join(a, b, |a, b| a * b),
        Function::NotEqual => join(a, b, |a, b| truth(a != b)),
        Function::Or => join(a, b, lanes::max),
        Function::Power => join(a, b, power),
        Function::Subtract => join(a, b, |a, b| a - b),
        Function::Xor => join(a, b, |a, b| truth(a != b)),
    }
}

/// `d *= slope(a, b)` for every element of a block.
#[inline(always)]
fn chain<T: Float>(d: &mut [T], a: &[T], b: &[T], slope: impl Fn(T, T) -> T) {
    d.iter_mut().zip(a).zip(b).for_each(|((d, &a), &b)| *d *= slope(a, b));
}

/// What the larger of two has of the gradient, by how they compare.
#[inline(always)]
fn share<T: Float>(own: T, other: T) -> T {
    if own == other { T::from_f64(0.5) } else { truth(own > other) }
}

/// Turns a block of the output's gradient from `start` into that which belongs to one of the operands.
#[inline(always)]
fn derive<T: Float>(function: Function, operands: &[Operand<'_, T>; 2], of_first: bool, start: usize, d: &mut [T]) {
    if function.is_flat() {
        return d.fill(T::ZERO);
    }
    match (function, of_first) {
        (Function::Add, _) | (Function::Subtract, true) => return,
        (Function::Subtract, false) => return d.iter_mut().for_each(|d| *d = -*d),
        _ => {}
    }
    let mut rooms = [[T::ZERO; BLOCK]; 2];
    let [first, second] = &mut rooms;
    let a = operands[0].block(start, &mut first[..d.len()]);
    let b = operands[1].block(start, &mut second[..d.len()]);
    match (function, of_first) {
        (Function::Multiply, true) => chain(d, a, b, |_, b| b),
        (Function::Multiply, false) => chain(d, a, b, |a, _| a),
        (Function::Divide, true) => chain(d, a, b, |_, b| T::ONE / b),
        (Function::Divide, false) => chain(d, a, b, |a, b| -a / (b * b)),
        (Function::DivideNoNan, true) => chain(d, a, b, |_, b| if b == T::ZERO { T::ZERO } else { T::ONE / b }),
        (Function::DivideNoNan, false) => chain(d, a, b, |a, b| if b == T::ZERO { T::ZERO } else { -a / (b * b) }),
        (Function::Fmod, false) => chain(d, a, b, |a, b| T::from_f64(-(a / b).to_f64().trunc())),
        (Function::Hypot, of_first) => chain(d, a, b, |a, b| {
            let length = T::from_f64(libm::hypot(a.to_f64(), b.to_f64()));
            (if of_first { a } else { b }) / length
        }),
        (Function::Logaddexp, true) => chain(d, a, b, |a, b| logistic(a - b)),
        (Function::Logaddexp, false) => chain(d, a, b, |a, b| logistic(b - a)),
        (Function::Arctan2, true) => chain(d, a, b, |a, b| b / (a * a + b * b)),
        (Function::Arctan2, false) => chain(d, a, b, |a, b| -a / (a * a + b * b)),
        (Function::Maximum, true) => chain(d, a, b, share),
        (Function::Maximum, false) => chain(d, a, b, |a, b| share(b, a)),
        (Function::Minimum, true) => chain(d, a, b, |a, b| share(b, a)),
        (Function::Minimum, false) => chain(d, a, b, share),
        (Function::Mod, false) => chain(d, a, b, |a, b| -floor(a / b)),
        (Function::Power, true) => chain(d, a, b, |a, b| if b == T::ZERO { T::ZERO } else { b * power(a, b - T::ONE) }),
        // Where the base is 0 the power does not move with its exponent, as in JAX.
        (Function::Power, false) => chain(d, a, b, |a, b| if a == T::ZERO { T::ZERO } else { power(a, b) * a.ln() }),
        _ => {} // a remainder moves as what is divided
    }
}

/// `out = function(operands)`.
pub fn forward<T: Float>(function: Function, operands: &[Operand<'_, T>; 2], out: &mut [T]) {
    each([(out, CHUNK)], |i, [out]| {
        vectorize(
            #[inline(always)]
            || {
                let mut room = [T::ZERO; BLOCK];
                for (b, out) in out.chunks_mut(BLOCK).enumerate() {
                    let (start, room) = (i * CHUNK + b * BLOCK, &mut room[..out.len()]);
                    out.copy_from_slice(operands[0].block(start, room));
                    apply(function, out, operands[1].block(start, room));
                }
            },
        );
    });
}

/// The gradient of the first or the second operand, a tensor, goes to `d_input`, or is added to it.
pub fn backward<T: Float>(
    function: Function,
    operands: &[Operand<'_, T>; 2],
    d_output: &[T],
    of_first: bool,
    d_input: &mut [T],
    accumulate: bool,
) {
    let Operand::Tensor(input) = &operands[usize::from(!of_first)] else { return };
    if d_input.len() == d_output.len() {
        return by_block(
            d_output,
            d_input,
            accumulate,
            #[inline(always)]
            |start, block| derive(function, operands, of_first, start, block),
        );
    }
    input.gather(
        d_output,
        d_input,
        accumulate,
        #[inline(always)]
        |start, block| derive(function, operands, of_first, start, block),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those that have slopes.
    const SMOOTH: [Function; 13] = [
        Function::Add,
        Function::Arctan2,
        Function::Divide,
        Function::DivideNoNan,
        Function::Fmod,
        Function::Hypot,
        Function::Logaddexp,
        Function::Maximum,
        Function::Minimum,
        Function::Mod,
        Function::Multiply,
        Function::Power,
        Function::Subtract,
    ];

    fn values(n: usize, step: usize) -> Vec<f64> {
        (0..n).map(|i| 0.3 + ((i * step) % 23) as f64 / 7.0 + (i % 5) as f64 / 31.0).collect()
    }

    #[test]
    fn gradients_are_the_numerical_ones_stretched_or_not_and_beside_numbers() {
        let whole = [6, 50];
        for (first, second) in [(&[6, 50], Some([6, 50])), (&[6, 1], Some([6, 50])), (&[6, 50], Some([1, 50])), (&[6, 50], None)]
        {
            let sizes =
                [first.iter().product::<usize>() * 2, second.map_or(0, |shape: [usize; 2]| shape.iter().product::<usize>() * 2)];
            let data = [values(sizes[0], 7), values(sizes[1], 11).iter().map(|x| x + 0.017).collect()]; // nowhere equal
            let run = |function: Function, data: &[Vec<f64>; 2]| {
                let mut out = vec![0.0; 600];
                let second = second
                    .as_ref()
                    .map_or(Operand::Number(1.7), |shape| Operand::Tensor(Stretched::new(&data[1], shape, &whole)));
                forward(function, &[Operand::Tensor(Stretched::new(&data[0], first, &whole)), second], &mut out);
                out
            };
            for function in SMOOTH {
                for of in 0..1 + usize::from(second.is_some()) {
                    let d_output: Vec<f64> = (0..600).map(|i| (i % 7) as f64 - 2.5).collect();
                    let mut d = vec![1.0; sizes[of]];
                    let second = second
                        .as_ref()
                        .map_or(Operand::Number(1.7), |shape| Operand::Tensor(Stretched::new(&data[1], shape, &whole)));
                    let operands = [Operand::Tensor(Stretched::new(&data[0], first, &whole)), second];
                    backward(function, &operands, &d_output, of == 0, &mut d, true);
                    for place in (0..sizes[of]).step_by(37) {
                        let moved = |step: f64| {
                            let mut data = data.clone();
                            data[of][place] += step;
                            run(function, &data).iter().zip(&d_output).map(|(y, d)| y * d).sum::<f64>()
                        };
                        let want = 1.0 + (moved(1e-6) - moved(-1e-6)) / 2e-6;
                        assert!((d[place] - want).abs() < 1e-4, "{function:?} of {of} at {place}: {} for {want}", d[place]);
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_compared_is_1_or_0_and_remainders_have_the_divisor_s_sign() {
        let (a, b) = ([-3.0_f32, 1.0, 2.0, 2.0], [2.0_f32, 1.0, -3.0, 0.5]);
        for (function, want) in [
            (Function::Greater, [0.0, 0.0, 1.0, 1.0]),
            (Function::LessEqual, [1.0, 1.0, 0.0, 0.0]),
            (Function::Equal, [0.0, 1.0, 0.0, 0.0]),
            (Function::Mod, [1.0, 0.0, -1.0, 0.0]),
            (Function::FloorDivide, [-2.0, 1.0, -1.0, 4.0]),
        ] {
            let mut out = [9.0; 4];
            let operand = |data| Operand::Tensor(Stretched::new(data, &[4], &[4]));
            forward(function, &[operand(&a), operand(&b)], &mut out);
            assert_eq!(out, want, "{function:?}");
        }
    }
}
