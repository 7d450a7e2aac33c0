//! The elementary functions: written out for `f32` so that loops over them vectorise, the platform's for `f64`.
//!
//! The `f32` ones have no branches, no tables and no fused operations: every instruction set gives the same bits. They are within
//! two units in the last place of the exact value, `tanh` three; what is outside a function's domain is NaN, and NaN stays NaN.

/// Functions beyond arithmetic, for the element types.
pub trait Elementary: Sized {
    /// `e^self`.
    fn exp(self) -> Self;
    /// `e^self - 1`, accurate near zero.
    fn exp_m1(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// `ln(1 + self)`, accurate near zero.
    fn ln_1p(self) -> Self;
    /// The hyperbolic tangent.
    fn tanh(self) -> Self;
    /// The error function.
    fn erf(self) -> Self;
}

/// The polynomial whose coefficients are given, the highest power's first: written out, since a loop inside would keep the loop around it from
/// being vectorised.
macro_rules! polynomial {
    ($x:expr, $first:expr $(, $next:expr)* $(,)?) => {{
        let (x, sum): (f32, f32) = ($x, $first);
        $(let sum = sum * x + $next;)*
        sum
    }};
}

impl Elementary for f64 {
    #[inline]
    fn exp(self) -> Self {
        f64::exp(self)
    }
    #[inline]
    fn exp_m1(self) -> Self {
        f64::exp_m1(self)
    }
    #[inline]
    fn ln(self) -> Self {
        f64::ln(self)
    }
    #[inline]
    fn ln_1p(self) -> Self {
        f64::ln_1p(self)
    }
    #[inline]
    fn tanh(self) -> Self {
        f64::tanh(self)
    }
    #[inline]
    fn erf(self) -> Self {
        libm::erf(self)
    }
}

impl Elementary for f32 {
    #[inline(always)]
    fn exp(self) -> Self {
        let (exponent, r, tail) = reduce(clamp(self, -104.0, 89.0));
        let half = exponent >> 1; // in two steps, so that subnormal results round and large ones overflow by themselves
        (tail + r + 1.0) * power_of_two(half) * power_of_two(exponent - half)
    }

    #[inline(always)]
    fn exp_m1(self) -> Self {
        let (exponent, r, tail) = reduce(clamp(self, -20.0, 89.0));
        let half = power_of_two(exponent - 1); // half of the factor, which itself may be too large
        2.0 * (half * (tail + r) + (half - 0.5))
    }

    #[inline(always)]
    fn ln(self) -> Self {
        let tiny = self < f32::MIN_POSITIVE;
        let scaled = select(tiny, self * 8_388_608.0, self);
        // The mantissa in [sqrt(1/2), sqrt(2)).
        let shifted = scaled.to_bits().wrapping_sub(0x3f35_04f3);
        let exponent = (shifted.cast_signed() >> 23) as f32 - select(tiny, 23.0, 0.0);
        let m = f32::from_bits((shifted & 0x007f_ffff).wrapping_add(0x3f35_04f3)) - 1.0;
        let square = m * m;
        let p = polynomial!(
            m,
            7.037_683_6e-2,
            -1.151_461e-1,
            1.167_699_87e-1,
            -1.242_014_1e-1,
            1.424_932_3e-1,
            -1.666_805_8e-1,
            2.000_071_5e-1,
            -2.499_999_4e-1,
            3.333_333e-1,
        );
        let tail = m * square * p + exponent * -2.121_944_4e-4 - 0.5 * square;
        let y = (m + tail) + exponent * 0.693_359_4;
        let y = select(self == f32::INFINITY, self, y);
        let y = select(self == 0.0, f32::NEG_INFINITY, y);
        select(self >= 0.0, y, f32::NAN)
    }

    #[inline(always)]
    fn ln_1p(self) -> Self {
        let u = 1.0 + self;
        let lost = select(self < 1.0, self - (u - 1.0), 1.0 - (u - self));
        let log = Elementary::ln(u);
        // Where the sum is exact, or has no correction: minus one, infinity and what is below the domain.
        select((u > 0.0) & (u < f32::INFINITY), log + lost / u, log)
    }

    #[inline(always)]
    fn tanh(self) -> Self {
        let e = Elementary::exp_m1(-2.0 * self.abs());
        (-e / (e + 2.0)).copysign(self)
    }

    /// After N. Juffa: a polynomial near zero, the exponential of one elsewhere.
    #[inline(always)]
    fn erf(self) -> Self {
        let t = self.abs();
        let s = self * self;
        let near =
            polynomial!(s, -5.967_617e-4, 4.991_194_2e-3, -2.676_813_5e-2, 1.128_199_25e-1, -3.761_253_4e-1, 1.283_791_7e-1)
                * self
                + self;
        let bounded = clamp(t, 0.0, 4.0); // beyond it the result is one
        let far = polynomial!(
            bounded,
            -1.728_534_7e-5,
            3.831_972_6e-4,
            -3.883_964_4e-3,
            2.425_462_2e-2,
            -1.067_778_8e-1,
            -6.348_467e-1,
            -1.287_175_1e-1
        );
        let far = 1.0 - Elementary::exp(far * bounded - bounded);
        select(t > 0.927_734_4, far.copysign(self), near)
    }
}

/// `yes` or `no`, by their bits: a branch would keep the loop around it from being vectorised.
#[inline(always)]
fn select(condition: bool, yes: f32, no: f32) -> f32 {
    let mask = u32::from(condition).wrapping_neg();
    f32::from_bits((yes.to_bits() & mask) | (no.to_bits() & !mask))
}

/// `x` between two bounds; NaN stays NaN.
#[inline(always)]
fn clamp(x: f32, low: f32, high: f32) -> f32 {
    let x = if x < low { low } else { x };
    if x > high { high } else { x }
}

/// `x = n ln 2 + r` with `|r| <= ln 2 / 2`: gives `n`, `r`, and `e^r - 1 - r`.
#[inline(always)]
fn reduce(x: f32) -> (i32, f32, f32) {
    const ROUND: f32 = 12_582_912.0; // 1.5 * 2^23: adding it leaves the nearest integer in the low bits
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let exponent = shifted.to_bits().wrapping_sub(ROUND.to_bits()).cast_signed();
    let r = (x - n * 0.693_359_4) - n * -2.121_944_4e-4;
    let p = polynomial!(r, 1.987_569_1e-4, 1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 5e-1);
    (exponent, r, p * r * r)
}

/// `2^n` for `-127 < n < 128`.
#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) << 23).cast_unsigned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest error over a range, in units in the last place of the exact result.
    fn check(range: std::ops::Range<f32>, f: fn(f32) -> f32, exact: fn(f64) -> f64, limit: f64) {
        let steps = 400_000;
        for i in 0..steps {
            let x = range.start + (range.end - range.start) * (i as f32 / steps as f32);
            let (got, want) = (f64::from(f(x)), exact(f64::from(x)));
            let nearest = want as f32;
            let unit = f64::from(f32::from_bits(nearest.abs().to_bits() + 1)) - f64::from(nearest.abs());
            let error = (got - want).abs() / unit;
            assert!(error <= limit, "at {x:e}: {got:e} for {want:e}, {error} ulp");
        }
    }

    #[test]
    fn functions_are_within_a_few_units_in_the_last_place() {
        check(-103.0..88.7, Elementary::exp, f64::exp, 1.5);
        check(-30.0..88.0, Elementary::exp_m1, f64::exp_m1, 2.0);
        check(-1e-3..1e-3, Elementary::exp_m1, f64::exp_m1, 1.5);
        check(1e-42..1e-37, Elementary::ln, f64::ln, 1.5);
        check(1e-3..3.0, Elementary::ln, f64::ln, 1.5);
        check(3.0..1e30, Elementary::ln, f64::ln, 1.5);
        check(-0.9999..3.0, Elementary::ln_1p, f64::ln_1p, 2.0);
        check(-1e-3..1e-3, Elementary::ln_1p, f64::ln_1p, 2.0);
        check(1.0..1e9, Elementary::ln_1p, f64::ln_1p, 2.0);
        check(-12.0..12.0, Elementary::tanh, f64::tanh, 3.0);
        check(-1e-2..1e-2, Elementary::tanh, f64::tanh, 3.0);
        check(-5.0..5.0, Elementary::erf, libm::erf, 2.0);
        check(-1e-2..1e-2, Elementary::erf, libm::erf, 2.0);
    }

    #[test]
    fn limits_and_what_is_outside_the_domain() {
        let (inf, nan) = (f32::INFINITY, f32::NAN);
        let same = |a: f32, b: f32| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
        for x in [0.0, -0.0, inf, -inf, nan, 200.0, -200.0, 1e-40, -1.0, -2.0, f32::MAX] {
            assert!(same(Elementary::exp(x), f32::exp(x)), "exp({x})");
            assert!(same(Elementary::exp_m1(x), f32::exp_m1(x)) || x == -0.0 || x == -1.0, "exp_m1({x})");
            assert!(same(Elementary::ln(x), f32::ln(x)) || x == 1e-40 || x == f32::MAX, "ln({x}) {}", Elementary::ln(x));
            assert!(same(Elementary::ln_1p(x), f32::ln_1p(x)) || x == -0.0 || x >= 200.0, "ln_1p({x})");
            assert!(same(Elementary::tanh(x), f32::tanh(x)) || x.abs() <= 2.0, "tanh({x})");
            assert!(same(Elementary::erf(x), libm::erff(x)) || x.abs() <= 2.0, "erf({x})");
        }
        assert_eq!(Elementary::ln_1p(inf), inf);
        assert!(Elementary::tanh(nan).is_nan() && Elementary::erf(nan).is_nan());
    }
}
