//! The formulas of the activations that act on elements one by one. A slope takes the output, except where its name or argument says `z`, the
//! pre-activation. No branches: every formula vectorises.

use crate::float::Float;
use crate::lanes::{max, min};

/// Scale and alpha of `selu` (Klambauer et al., 2017).
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
/// The cubic term of the approximate `gelu`.
const GELU_CUBIC: f64 = 0.044_715;

#[inline(always)]
fn c<T: Float>(value: f64) -> T {
    T::from_f64(value)
}

#[inline(always)]
fn choose<T>(condition: bool, yes: T, no: T) -> T {
    if condition { yes } else { no }
}

#[inline(always)]
pub fn relu<T: Float>(x: T) -> T {
    choose(x < T::ZERO, T::ZERO, x)
}

#[inline(always)]
pub fn relu_gradient<T: Float>(y: T, d: T) -> T {
    choose(y > T::ZERO, d, T::ZERO)
}

#[inline(always)]
pub fn general_relu<T: Float>(x: T, slope: T, most: T, threshold: T) -> T {
    let above = choose(x > most, most, x);
    choose(x > threshold, above, slope * (x - threshold))
}

#[inline(always)]
pub fn general_relu_slope<T: Float>(z: T, slope: T, most: T, threshold: T) -> T {
    choose(z > threshold, choose(z < most, T::ONE, T::ZERO), slope)
}

#[inline(always)]
pub fn relu6<T: Float>(x: T) -> T {
    let x = relu(x);
    choose(x > c(6.0), c(6.0), x)
}

#[inline(always)]
pub fn relu6_gradient<T: Float>(y: T, d: T) -> T {
    choose((y > T::ZERO) & (y < c(6.0)), d, T::ZERO)
}

#[inline(always)]
pub fn leaky_relu<T: Float>(x: T, slope: T) -> T {
    choose(x >= T::ZERO, x, slope * x)
}

#[inline(always)]
pub fn leaky_relu_slope<T: Float>(y_or_z: T, slope: T) -> T {
    choose(y_or_z >= T::ZERO, T::ONE, slope)
}

#[inline(always)]
pub fn elu<T: Float>(x: T, alpha: T) -> T {
    choose(x > T::ZERO, x, alpha * x.exp_m1())
}

#[inline(always)]
pub fn elu_slope<T: Float>(y: T, alpha: T) -> T {
    choose(y > T::ZERO, T::ONE, y + alpha)
}

#[inline(always)]
pub fn elu_slope_of_input<T: Float>(z: T, alpha: T) -> T {
    choose(z > T::ZERO, T::ONE, alpha * z.exp())
}

#[inline(always)]
pub fn selu<T: Float>(x: T) -> T {
    c::<T>(SELU_SCALE) * elu(x, c(SELU_ALPHA))
}

#[inline(always)]
pub fn selu_slope<T: Float>(y: T) -> T {
    choose(y > T::ZERO, c(SELU_SCALE), y + c(SELU_SCALE * SELU_ALPHA))
}

#[inline(always)]
pub fn celu<T: Float>(x: T, alpha: T) -> T {
    choose(x > T::ZERO, x, alpha * (x / alpha).exp_m1())
}

#[inline(always)]
pub fn celu_slope<T: Float>(y: T, alpha: T) -> T {
    choose(y > T::ZERO, T::ONE, y / alpha + T::ONE)
}

#[inline(always)]
pub fn celu_slope_of_input<T: Float>(z: T, alpha: T) -> T {
    choose(z > T::ZERO, T::ONE, (z / alpha).exp())
}

/// The standard normal distribution function.
#[inline(always)]
fn normal_cdf<T: Float>(x: T) -> T {
    c::<T>(0.5) + c::<T>(0.5) * (x * c(std::f64::consts::FRAC_1_SQRT_2)).erf()
}

#[inline(always)]
pub fn gelu<T: Float>(x: T) -> T {
    x * normal_cdf(x)
}

#[inline(always)]
pub fn gelu_slope<T: Float>(z: T) -> T {
    const DENSITY: f64 = 0.398_942_280_401_432_7; // 1 / sqrt(2 pi)
    normal_cdf(z) + z * c(DENSITY) * (z * z * c(-0.5)).exp()
}

#[inline(always)]
fn gelu_tanh<T: Float>(x: T) -> T {
    const SQRT_2_OVER_PI: f64 = 0.797_884_560_802_865_4;
    ((x + c::<T>(GELU_CUBIC) * x * x * x) * c(SQRT_2_OVER_PI)).tanh()
}

#[inline(always)]
pub fn gelu_approximate<T: Float>(x: T) -> T {
    x * c(0.5) * (T::ONE + gelu_tanh(x))
}

#[inline(always)]
pub fn gelu_approximate_slope<T: Float>(z: T) -> T {
    const SQRT_2_OVER_PI: f64 = 0.797_884_560_802_865_4;
    let tanh = gelu_tanh(z);
    let inner = (T::ONE + c::<T>(3.0 * GELU_CUBIC) * z * z) * c(SQRT_2_OVER_PI);
    c::<T>(0.5) * (T::ONE + tanh + z * (T::ONE - tanh * tanh) * inner)
}

#[inline(always)]
pub fn sigmoid<T: Float>(x: T) -> T {
    T::ONE / (T::ONE + (-x).exp())
}

#[inline(always)]
pub fn sigmoid_slope<T: Float>(y: T) -> T {
    y * (T::ONE - y)
}

#[inline(always)]
pub fn hard_sigmoid<T: Float>(x: T) -> T {
    relu6(x + c(3.0)) / c(6.0)
}

#[inline(always)]
pub fn hard_sigmoid_slope<T: Float>(y: T) -> T {
    choose((y > T::ZERO) & (y < T::ONE), c(1.0 / 6.0), T::ZERO)
}

#[inline(always)]
pub fn log_sigmoid<T: Float>(x: T) -> T {
    min(x, T::ZERO) - (-x.abs()).exp().ln_1p()
}

#[inline(always)]
pub fn log_sigmoid_slope<T: Float>(y: T) -> T {
    -y.exp_m1()
}

#[inline(always)]
pub fn silu<T: Float>(x: T) -> T {
    x * sigmoid(x)
}

#[inline(always)]
pub fn silu_slope<T: Float>(z: T) -> T {
    let s = sigmoid(z);
    s + z * s * (T::ONE - s)
}

#[inline(always)]
pub fn hard_silu<T: Float>(x: T) -> T {
    x * hard_sigmoid(x)
}

#[inline(always)]
pub fn hard_silu_slope<T: Float>(z: T) -> T {
    let s = hard_sigmoid(z);
    s + z * hard_sigmoid_slope(s)
}

/// `e^x` and `tanh(softplus(x)) = w / (w + 2)` with `w = e^x (e^x + 2)`, bounded where the quotient is one.
#[inline(always)]
fn mish_parts<T: Float>(x: T) -> (T, T) {
    let e = choose(x > c(20.0), c(20.0), x).exp();
    (e, e * (e + c(2.0)))
}

#[inline(always)]
pub fn mish<T: Float>(x: T) -> T {
    let (_, w) = mish_parts(x);
    x * (w / (w + c(2.0)))
}

#[inline(always)]
pub fn mish_slope<T: Float>(z: T) -> T {
    let (e, w) = mish_parts(z);
    let tanh = w / (w + c(2.0));
    let rest = c::<T>(2.0) / (w + c(2.0)); // 1 - tanh
    tanh + z * rest * (T::ONE + tanh) * (e / (T::ONE + e))
}

#[inline(always)]
pub fn softplus<T: Float>(x: T) -> T {
    max(x, T::ZERO) + (-x.abs()).exp().ln_1p()
}

#[inline(always)]
pub fn softplus_slope<T: Float>(y: T) -> T {
    -(-y).exp_m1()
}

#[inline(always)]
pub fn softsign<T: Float>(x: T) -> T {
    x / (T::ONE + x.abs())
}

#[inline(always)]
pub fn softsign_slope<T: Float>(y: T) -> T {
    let rest = T::ONE - y.abs();
    rest * rest
}

#[inline(always)]
pub fn tanh_slope<T: Float>(y: T) -> T {
    T::ONE - y * y
}

#[inline(always)]
pub fn tanh_shrink<T: Float>(x: T) -> T {
    x - x.tanh()
}

#[inline(always)]
pub fn tanh_shrink_slope<T: Float>(z: T) -> T {
    let tanh = z.tanh();
    tanh * tanh
}

#[inline(always)]
pub fn hard_tanh<T: Float>(x: T) -> T {
    max(min(x, T::ONE), -T::ONE)
}

#[inline(always)]
pub fn hard_tanh_slope<T: Float>(y: T) -> T {
    choose(y.abs() < T::ONE, T::ONE, T::ZERO)
}

#[inline(always)]
pub fn hard_shrink<T: Float>(x: T, threshold: T) -> T {
    choose(x.abs() <= threshold, T::ZERO, x)
}

#[inline(always)]
pub fn soft_shrink<T: Float>(x: T, threshold: T) -> T {
    let low = choose(x < -threshold, x + threshold, T::ZERO);
    choose(x.abs() <= threshold, T::ZERO, choose(x < T::ZERO, low, x - threshold))
}

#[inline(always)]
pub fn shrink_slope<T: Float>(y: T) -> T {
    choose(y == T::ZERO, T::ZERO, T::ONE)
}

#[inline(always)]
pub fn threshold<T: Float>(x: T, (threshold, default_value): (T, T)) -> T {
    choose(x > threshold, x, default_value)
}

#[inline(always)]
pub fn threshold_slope<T: Float>(z: T, threshold: T) -> T {
    choose(z > threshold, T::ONE, T::ZERO)
}

#[inline(always)]
pub fn sparse_plus<T: Float>(x: T) -> T {
    let root = x + T::ONE;
    let middle = root * root * c(0.25);
    choose(x <= -T::ONE, T::ZERO, choose(x >= T::ONE, x, middle))
}

#[inline(always)]
pub fn sparse_plus_slope<T: Float>(y: T) -> T {
    min(y, T::ONE).sqrt()
}

#[inline(always)]
pub fn sparse_sigmoid<T: Float>(x: T) -> T {
    max(min((x + T::ONE) * c(0.5), T::ONE), T::ZERO)
}

#[inline(always)]
pub fn sparse_sigmoid_slope<T: Float>(y: T) -> T {
    choose((y > T::ZERO) & (y < T::ONE), c(0.5), T::ZERO)
}

#[inline(always)]
pub fn squareplus<T: Float>(x: T, b: T) -> T {
    (x + (x * x + b).sqrt()) * c(0.5)
}

#[inline(always)]
pub fn squareplus_slope<T: Float>(y: T, b: T) -> T {
    let square = y * y;
    choose(square == T::ZERO, T::ZERO, square / (square + b * c(0.25)))
}
