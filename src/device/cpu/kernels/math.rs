//! Scalar functions written without branches or calls, so that loops over slices of them become SIMD code.
//!
//! Polynomials are those of the Cephes library (Moshier), single precision. Largest errors against `f64`, in units in the last
//! place, are asserted by the tests below. NaN gives NaN everywhere; infinities and zeros give their limits.
//!
//! `sin`, `cos` and `pow` are the standard library's: rare in networks, and hard to reduce accurately.

/// 1.5·2²³: adding it rounds to an integer that then stands in the low bits.
const ROUND: f32 = 12_582_912.0;

/// e^x within 1 ulp; 0 below −104, ∞ above 88.73; subnormal results included.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = if x > 89.0 { 89.0 } else { x };
    let x = if x < -105.0 { -105.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN2_HIGH) - n * LN2_LOW;
    let mut p = 1.987_569_1e-4;
    p = p * r + 1.398_2e-3;
    p = p * r + 8.333_452e-3;
    p = p * r + 4.166_579_6e-2;
    p = p * r + 1.666_666_5e-1;
    p = p * r + 5e-1;
    let value = p * (r * r) + r + 1.0;
    // 2^n in two factors, since n reaches from −151 to 128.
    let n = (shifted.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32);
    let half = n >> 1;
    value * power_of_two(half) * power_of_two(n.wrapping_sub(half))
}

/// 2^n for n in −126..=127.
#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) << 23) as u32)
}

/// ln x within 1 ulp; −∞ at 0, NaN below.
#[inline(always)]
pub fn log(x: f32) -> f32 {
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let subnormal = x < f32::MIN_POSITIVE;
    let scaled = if subnormal { x * 8_388_608.0 } else { x };
    // Split into m·2^e with m in [√½, √2).
    let bits = scaled.to_bits().wrapping_sub(0x3f35_04f3);
    let e = (bits as i32 >> 23) as f32 - if subnormal { 23.0 } else { 0.0 };
    let f = f32::from_bits((bits & 0x007f_ffff).wrapping_add(0x3f35_04f3)) - 1.0;
    let z = f * f;
    let mut p = 7.037_683_6e-2;
    p = p * f - 1.151_461e-1;
    p = p * f + 1.167_699_9e-1;
    p = p * f - 1.242_014_1e-1;
    p = p * f + 1.424_932_3e-1;
    p = p * f - 1.666_805_8e-1;
    p = p * f + 2.000_071_5e-1;
    p = p * f - 2.499_999_4e-1;
    p = p * f + 3.333_333e-1;
    let tail = f * z * p + e * LN2_LOW - 0.5 * z;
    let value = (f + tail) + e * LN2_HIGH;
    let value = if x == f32::INFINITY { f32::INFINITY } else { value };
    let value = if x == 0.0 { f32::NEG_INFINITY } else { value };
    if x >= 0.0 { value } else { f32::NAN }
}

/// ln(1+u) for u in [0, 1], within 2 ulp.
#[inline(always)]
fn log1p(u: f32) -> f32 {
    let w = 1.0 + u;
    // What rounding `w` lost, to first order.
    log(w) - ((w - 1.0) - u) / w
}

/// tanh x within 2 ulp.
///
/// With 2|x| = n·ln 2 + r and B = 2r/(e^r − 1) = r·coth(r/2) − r, of which the first part is a short series of even powers, it is
/// (2ⁿe^r − 1)/(2ⁿe^r + 1) = (2ⁿ·2r + (2ⁿ − 1)·B)/(2ⁿ·2r + (2ⁿ + 1)·B): one division, and nothing cancels.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let a = x.abs();
    let a = if a > 9.5 { 9.5 } else { a }; // 1, rounded
    // n grows a little slower than 2|x|/ln 2: the result is the more accurate the less r is below 0.
    let shifted = a * 2.6 + ROUND;
    let r = (a + a) - (shifted - ROUND) * std::f32::consts::LN_2;
    let z = r * r;
    let mut even = 1.0 / 15120.0;
    even = even * z - 1.0 / 360.0;
    even = even * z + 1.0 / 6.0;
    even = even * z + 2.0;
    let b = even - r;
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(1.0f32.to_bits()));
    let numerator = power * (r + r) + (power - 1.0) * b;
    (numerator / (numerator + (b + b))).copysign(x)
}

/// 1/(1+e^−x) within 3 ulp, 0 and 1 reached without overflow.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    let e = exp(-x.abs());
    let numerator = if x < 0.0 { e } else { 1.0 };
    numerator / (1.0 + e)
}

/// ln(1+e^x) within 3 ulp.
#[inline(always)]
pub fn softplus(x: f32) -> f32 {
    relu(x) + log1p(exp(-x.abs()))
}

/// `a` where `condition` is not 0, else `b`. By masks: of a branch the compiler does not always make vectors.
#[inline(always)]
pub fn select(condition: f32, a: f32, b: f32) -> f32 {
    let mask = if condition != 0.0 { u32::MAX } else { 0 };
    f32::from_bits(a.to_bits() & mask | b.to_bits() & !mask)
}

/// max(x, 0); NaN stays NaN.
#[inline(always)]
pub fn relu(x: f32) -> f32 {
    if x < 0.0 { 0.0 } else { x }
}

/// The larger; NaN where either is.
#[inline(always)]
pub fn max(a: f32, b: f32) -> f32 {
    if a > b || a.is_nan() { a } else { b }
}

/// The smaller; NaN where either is.
#[inline(always)]
pub fn min(a: f32, b: f32) -> f32 {
    if a < b || a.is_nan() { a } else { b }
}

/// −1, 0 or 1; NaN stays NaN.
#[inline(always)]
pub fn sign(x: f32) -> f32 {
    let signed = if x > 0.0 { 1.0 } else { x };
    if x < 0.0 { -1.0 } else { signed }
}

/// The error function within 3 ulp.
#[inline(always)]
pub fn erf(x: f32) -> f32 {
    let a = x.abs();
    let z = x * x;
    let mut p = 7.853_861_4e-5;
    p = p * z - 8.010_193_6e-4;
    p = p * z + 5.188_327_7e-3;
    p = p * z - 2.685_381_2e-2;
    p = p * z + 1.128_358_5e-1;
    p = p * z - 3.761_262_6e-1;
    p = p * z + std::f32::consts::FRAC_2_SQRT_PI;
    let near = x * p;
    // erfc(a) = e^−a²/a · P(1/a²) for 1 < a < 2, e^−a²/a · R(1/a²) beyond.
    let q = 1.0 / a;
    let w = q * q;
    let mut r = 2.326_82e-2;
    r = r * w - 1.387_039_4e-1;
    r = r * w + 3.687_424_7e-1;
    r = r * w - 5.824_733e-1;
    r = r * w + 6.210_004_6e-1;
    r = r * w - 4.944_515_3e-1;
    r = r * w + 3.404_88e-1;
    r = r * w - 2.741_127e-1;
    r = r * w + 5.638_259_4e-1;
    let mut s = -1.047_766_4e1;
    s = s * w + 1.297_72e1;
    s = s * w - 7.495_518_7;
    s = s * w + 2.921_019;
    s = s * w - 1.015_265_3;
    s = s * w + 4.218_463_4e-1;
    s = s * w - 2.820_767_4e-1;
    s = s * w + 5.641_895e-1;
    let erfc = exp(-z) * q * if a < 2.0 { r } else { s };
    let far = (1.0 - erfc).copysign(x);
    if a <= 1.0 { near } else { far }
}

/// The sum: halves added pairwise down to a few thousand values, and there sixteen running sums. Fast, accurate (Higham 1993), and
/// always in one order.
pub fn sum(values: &[f32]) -> f32 {
    if values.len() > 4096 {
        let (head, tail) = values.split_at((values.len() / 2).next_multiple_of(16));
        return sum(head) + sum(tail);
    }
    let (chunks, rest) = values.as_chunks::<16>();
    let mut partial = [0.0f32; 16];
    for chunk in chunks {
        for (p, v) in partial.iter_mut().zip(chunk) {
            *p += v;
        }
    }
    for (p, v) in partial.iter_mut().zip(rest) {
        *p += v;
    }
    pairwise(partial)
}

/// The sum of sixteen running sums, half added to half.
pub fn pairwise(mut partial: [f32; 16]) -> f32 {
    for half in [8, 4, 2, 1] {
        for i in 0..half {
            partial[i] += partial[i + half];
        }
    }
    partial[0]
}

/// The largest value, −∞ of nothing, NaN where one is.
pub fn largest(values: &[f32]) -> f32 {
    let (chunks, rest) = values.as_chunks::<16>();
    let mut partial = [f32::NEG_INFINITY; 16];
    for chunk in chunks {
        for (p, &v) in partial.iter_mut().zip(chunk) {
            *p = max(*p, v);
        }
    }
    for (p, &v) in partial.iter_mut().zip(rest) {
        *p = max(*p, v);
    }
    partial.into_iter().fold(f32::NEG_INFINITY, max)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest error of `f` against `exact`, in units in the last place of the exact result, at 400,000 points of lo..hi.
    fn worst(f: fn(f32) -> f32, exact: fn(f64) -> f64, lo: f32, hi: f32) -> f64 {
        let point = |i: i32| lo + (hi - lo) * (i as f32 / 400_000.0);
        (0..=400_000).map(point).map(|x| error(f(x), exact(f64::from(x)))).fold(0.0, f64::max)
    }

    fn error(got: f32, exact: f64) -> f64 {
        let size = (exact.abs() as f32).max(f32::MIN_POSITIVE);
        let unit = f64::from(f32::from_bits(size.to_bits() + 1)) - f64::from(size);
        (f64::from(got) - exact).abs() / unit
    }

    /// The error function by its Taylor series, and from 3 on by the continued fraction of its complement.
    fn exact_erf(x: f64) -> f64 {
        if x.abs() < 3.0 {
            let (mut term, mut sum) = (x, x);
            for n in 1..80 {
                term *= -x * x / f64::from(n);
                sum += term / f64::from(2 * n + 1);
            }
            return sum * std::f64::consts::FRAC_2_SQRT_PI;
        }
        let a = x.abs();
        let fraction = (1..60).rev().fold(a, |below, n| a + f64::from(n) / 2.0 / below);
        (1.0 - (-a * a).exp() / (fraction * std::f64::consts::PI.sqrt())).copysign(x)
    }

    /// Name, limit, function, the same in `f64`, range.
    type Case = (&'static str, f64, fn(f32) -> f32, fn(f64) -> f64, [f32; 2]);

    #[test]
    fn errors_stay_below_what_the_docs_say() {
        let sigmoid64: fn(f64) -> f64 = |x| 1.0 / (1.0 + (-x).exp());
        let softplus64: fn(f64) -> f64 = |x| x.max(0.0) + (-x.abs()).exp().ln_1p();
        let cases: [Case; 12] = [
            ("exp", 1.0, exp, f64::exp, [-87.0, 88.7]),
            ("exp", 1.0, exp, f64::exp, [-1.0, 1.0]),
            ("log", 1.0, log, f64::ln, [1e-3, 4.0]),
            ("log", 1.0, log, f64::ln, [1e-30, 1e30]),
            ("tanh", 2.0, tanh, f64::tanh, [-10.0, 10.0]),
            ("tanh", 2.0, tanh, f64::tanh, [-0.7, 0.7]),
            ("sigmoid", 3.0, sigmoid, sigmoid64, [-80.0, 80.0]),
            ("sigmoid", 3.0, sigmoid, sigmoid64, [-4.0, 4.0]),
            ("softplus", 3.0, softplus, softplus64, [-80.0, 80.0]),
            ("softplus", 3.0, softplus, softplus64, [-4.0, 4.0]),
            ("erf", 3.0, erf, exact_erf, [-6.0, 6.0]),
            ("erf", 3.0, erf, exact_erf, [-1.1, 1.1]),
        ];
        for (name, limit, f, exact, [lo, hi]) in cases {
            let error = worst(f, exact, lo, hi);
            assert!(error <= limit, "{name} on {lo}..{hi}: {error} units in the last place");
        }
    }

    #[test]
    fn limits_and_nan() {
        let (inf, tiny) = (f32::INFINITY, f32::from_bits(1));
        assert_eq!([exp(inf), exp(-inf), exp(89.0), exp(-105.0)], [inf, 0.0, inf, 0.0]);
        assert_eq!([log(inf), log(0.0), log(1.0)], [inf, -inf, 0.0]);
        assert!((log(tiny) + 103.278_93).abs() < 1e-4 && log(-1.0).is_nan());
        assert_eq!([tanh(inf), tanh(-inf), sigmoid(inf), sigmoid(-inf)], [1.0, -1.0, 1.0, 0.0]);
        assert_eq!([softplus(inf), softplus(-inf), erf(inf), erf(-inf)], [inf, 0.0, 1.0, -1.0]);
        for f in [exp, log, tanh, sigmoid, softplus, relu, sign, erf] {
            assert!(f(f32::NAN).is_nan());
        }
        for f in [max, min] {
            assert!(f(f32::NAN, 1.0).is_nan() && f(1.0, f32::NAN).is_nan());
        }
    }

    /// A million equal values, of which one running sum loses about a hundredth. Here a value goes through at most 256 additions of a
    /// running sum and twelve of pairs, each of which rounds by at most 2⁻²⁴.
    #[test]
    fn long_sums_stay_accurate() {
        let values = vec![0.1f32; 1_000_003];
        let exact = f64::from(0.1f32) * values.len() as f64;
        assert!((f64::from(sum(&values)) / exact - 1.0).abs() < 268.0 / 16_777_216.0);
        assert_eq!(largest(&[-3.0, 2.0, 1.0]), 2.0);
        assert!(largest(&[1.0, f32::NAN, 2.0]).is_nan());
    }
}
