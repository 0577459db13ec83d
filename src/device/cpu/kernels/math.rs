//! Scalar functions written without branches or calls, so that loops over slices of them become SIMD code.
//!
//! Polynomials are those of the Cephes library (Moshier), single precision. Largest errors against `f64`, in units in the last
//! place, are asserted by the tests below. NaN gives NaN everywhere; infinities and zeros give their limits.
//!
//! `sin`, `cos` and `pow` are the standard library's: rare in networks, and hard to reduce accurately.

/// What [`exp`](Coefficients::exp) and the functions after it compute with, by [`coefficients`].
pub struct Coefficients {
    /// −0, the sign bit.
    sign: f32,
    /// 1.5·2²³: adding it rounds to an integer that then stands in the low bits.
    round: f32,
    half: f32,
    one: f32,
    two: f32,
    log2_e: f32,
    /// ln 2, and in two parts, of which the first has few digits.
    ln2: f32,
    ln2_high: f32,
    ln2_low: f32,
    /// From here on the result is 0, and infinity.
    exp_limits: [f32; 2],
    exp: [f32; 5],
    log: [f32; 9],
    /// The bits of √½, of all digits, and the factor for subnormal numbers.
    log_bits: [u32; 2],
    log_scale: f32,
    log_shift: f32,
    /// From here on the result is 1, rounded; and a little less than 2/ln 2.
    tanh_limit: f32,
    tanh_steps: f32,
    tanh: [f32; 3],
    erf_near: [f32; 7],
    erf_middle: [f32; 9],
    erf_far: [f32; 8],
}

static COEFFICIENTS: Coefficients = Coefficients {
    sign: -0.0,
    round: 12_582_912.0,
    half: 0.5,
    one: 1.0,
    two: 2.0,
    log2_e: std::f32::consts::LOG2_E,
    ln2: std::f32::consts::LN_2,
    ln2_high: 0.693_359_4,
    ln2_low: -2.121_944_4e-4,
    exp_limits: [-105.0, 89.0],
    exp: [1.987_569_1e-4, 1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1],
    log: [
        7.037_683_6e-2,
        -1.151_461e-1,
        1.167_699_9e-1,
        -1.242_014_1e-1,
        1.424_932_3e-1,
        -1.666_805_8e-1,
        2.000_071_5e-1,
        -2.499_999_4e-1,
        3.333_333e-1,
    ],
    log_bits: [0x3f35_04f3, 0x007f_ffff],
    log_scale: 8_388_608.0,
    log_shift: 23.0,
    tanh_limit: 9.5,
    tanh_steps: 2.6,
    tanh: [1.0 / 15120.0, -1.0 / 360.0, 1.0 / 6.0],
    erf_near: [
        7.853_861_4e-5,
        -8.010_193_6e-4,
        5.188_327_7e-3,
        -2.685_381_2e-2,
        1.128_358_5e-1,
        -3.761_262_6e-1,
        std::f32::consts::FRAC_2_SQRT_PI,
    ],
    erf_middle: [
        2.326_82e-2,
        -1.387_039_4e-1,
        3.687_424_7e-1,
        -5.824_733e-1,
        6.210_004_6e-1,
        -4.944_515_3e-1,
        3.404_88e-1,
        -2.741_127e-1,
        5.638_259_4e-1,
    ],
    erf_far: [-1.047_766_4e1, 1.297_72e1, -7.495_518_7, 2.921_019, -1.015_265_3, 4.218_463_4e-1, -2.820_767_4e-1, 5.641_895e-1],
};

/// The coefficients, hidden from the compiler: it would write them into the loops, where V8 takes four instructions to make a vector
/// of a constant at every use, and one to load it.
#[inline(always)]
pub fn coefficients() -> &'static Coefficients {
    std::hint::black_box(&COEFFICIENTS)
}

/// The polynomial at x, the highest power first.
#[inline(always)]
fn polynomial<const N: usize>(coefficients: &[f32; N], x: f32) -> f32 {
    let mut p = coefficients[0];
    for c in &coefficients[1..] {
        p = p * x + c;
    }
    p
}

impl Coefficients {
    /// The sign bit of x, and |x|.
    #[inline(always)]
    fn split_sign(&self, x: f32) -> (u32, f32) {
        let sign = x.to_bits() & self.sign.to_bits();
        (sign, f32::from_bits(x.to_bits() ^ sign))
    }

    /// e^x within 1 ulp; 0 below −104, ∞ above 88.73; subnormal results included.
    #[inline(always)]
    pub fn exp(&self, x: f32) -> f32 {
        let [low, high] = self.exp_limits;
        let x = if x > high { high } else { x };
        let x = if x < low { low } else { x };
        let shifted = x * self.log2_e + self.round;
        let n = shifted - self.round;
        let r = (x - n * self.ln2_high) - n * self.ln2_low;
        let p = polynomial(&self.exp, r) * r + self.half;
        let value = p * (r * r) + r + self.one;
        // 2^n in two factors, since n reaches from −151 to 128.
        let n = (shifted.to_bits() as i32).wrapping_sub(self.round.to_bits() as i32);
        let half = n >> 1;
        value * self.power_of_two(half) * self.power_of_two(n.wrapping_sub(half))
    }

    /// 2^n for n in −126..=127.
    #[inline(always)]
    fn power_of_two(&self, n: i32) -> f32 {
        f32::from_bits(((n << 23) as u32).wrapping_add(self.one.to_bits()))
    }

    /// ln x within 1 ulp; −∞ at 0, NaN below.
    #[inline(always)]
    pub fn log(&self, x: f32) -> f32 {
        let subnormal = x < f32::MIN_POSITIVE;
        let value =
            self.log_of_normal(if subnormal { x * self.log_scale } else { x }, if subnormal { self.log_shift } else { 0.0 });
        let value = if x == f32::INFINITY { f32::INFINITY } else { value };
        let value = if x == 0.0 { f32::NEG_INFINITY } else { value };
        if x >= 0.0 { value } else { f32::NAN }
    }

    /// ln (x/2^shift) for positive numbers that are neither subnormal nor infinite.
    #[inline(always)]
    fn log_of_normal(&self, x: f32, shift: f32) -> f32 {
        let [root, digits] = self.log_bits;
        // Split into m·2^e with m in [√½, √2).
        let bits = x.to_bits().wrapping_sub(root);
        let e = (bits as i32 >> 23) as f32 - shift;
        let f = f32::from_bits((bits & digits).wrapping_add(root)) - self.one;
        let z = f * f;
        let tail = f * z * polynomial(&self.log, f) + e * self.ln2_low - self.half * z;
        (f + tail) + e * self.ln2_high
    }

    /// ln(1+u) for u in [0, 1], within 2 ulp.
    #[inline(always)]
    fn log1p(&self, u: f32) -> f32 {
        let w = self.one + u;
        // What rounding `w` lost, to first order.
        self.log_of_normal(w, 0.0) - ((w - self.one) - u) / w
    }

    /// tanh x within 2 ulp.
    ///
    /// With 2|x| = n·ln 2 + r and B = 2r/(e^r − 1) = r·coth(r/2) − r, of which the first part is a short series of even powers, it is
    /// (2ⁿe^r − 1)/(2ⁿe^r + 1) = (2ⁿ·2r + (2ⁿ − 1)·B)/(2ⁿ·2r + (2ⁿ + 1)·B): one division, and nothing cancels.
    #[inline(always)]
    pub fn tanh(&self, x: f32) -> f32 {
        let (sign, a) = self.split_sign(x);
        let a = if a > self.tanh_limit { self.tanh_limit } else { a };
        // n grows a little slower than 2|x|/ln 2: the result is the more accurate the less r is below 0.
        let shifted = a * self.tanh_steps + self.round;
        let r = (a + a) - (shifted - self.round) * self.ln2;
        let z = r * r;
        let b = polynomial(&self.tanh, z) * z + self.two - r;
        let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(self.one.to_bits()));
        let numerator = power * (r + r) + (power - self.one) * b;
        let value = numerator / (numerator + (b + b));
        f32::from_bits(value.to_bits() | sign)
    }

    /// 1/(1+e^−x) within 3 ulp, 0 and 1 reached without overflow.
    #[inline(always)]
    pub fn sigmoid(&self, x: f32) -> f32 {
        let e = self.exp(-x.abs());
        let numerator = if x < 0.0 { e } else { self.one };
        numerator / (self.one + e)
    }

    /// ln(1+e^x) within 3 ulp.
    #[inline(always)]
    pub fn softplus(&self, x: f32) -> f32 {
        relu(x) + self.log1p(self.exp(-x.abs()))
    }

    /// The error function within 3 ulp.
    #[inline(always)]
    pub fn erf(&self, x: f32) -> f32 {
        let (sign, a) = self.split_sign(x);
        let z = x * x;
        let near = x * polynomial(&self.erf_near, z);
        // erfc(a) = e^−a²/a · P(1/a²) for 1 < a < 2, e^−a²/a · R(1/a²) beyond.
        let q = self.one / a;
        let w = q * q;
        let (middle, far) = (polynomial(&self.erf_middle, w), polynomial(&self.erf_far, w));
        let erfc = self.exp(-z) * q * if a < self.two { middle } else { far };
        let far = f32::from_bits((self.one - erfc).to_bits() | sign);
        if a <= self.one { near } else { far }
    }
}

/// `a` where `condition` is not 0, else `b`. By masks: of a branch the compiler does not always make vectors.
#[inline(always)]
pub fn select(condition: f32, a: f32, b: f32) -> f32 {
    let mask = if condition != 0.0 { u32::MAX } else { 0 };
    f32::from_bits(a.to_bits() & mask | b.to_bits() & !mask)
}

/// `gradient` where `y`, or the x whose [`relu`] it is, is above 0; else 0.
#[inline(always)]
pub fn relu_gradient(y: f32, gradient: f32) -> f32 {
    select(if y > 0.0 { 1.0 } else { 0.0 }, gradient, 0.0)
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
    fn worst(f: Function, exact: fn(f64) -> f64, lo: f32, hi: f32) -> f64 {
        let point = |i: i32| lo + (hi - lo) * (i as f32 / 400_000.0);
        (0..=400_000).map(point).map(|x| error(f(coefficients(), x), exact(f64::from(x)))).fold(0.0, f64::max)
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

    type Function = fn(&Coefficients, f32) -> f32;
    /// Name, limit, function, the same in `f64`, range.
    type Case = (&'static str, f64, Function, fn(f64) -> f64, [f32; 2]);

    #[test]
    fn errors_stay_below_what_the_docs_say() {
        let sigmoid64: fn(f64) -> f64 = |x| 1.0 / (1.0 + (-x).exp());
        let softplus64: fn(f64) -> f64 = |x| x.max(0.0) + (-x.abs()).exp().ln_1p();
        let cases: [Case; 12] = [
            ("exp", 1.0, Coefficients::exp, f64::exp, [-87.0, 88.7]),
            ("exp", 1.0, Coefficients::exp, f64::exp, [-1.0, 1.0]),
            ("log", 1.0, Coefficients::log, f64::ln, [1e-3, 4.0]),
            ("log", 1.0, Coefficients::log, f64::ln, [1e-30, 1e30]),
            ("tanh", 2.0, Coefficients::tanh, f64::tanh, [-10.0, 10.0]),
            ("tanh", 2.0, Coefficients::tanh, f64::tanh, [-0.7, 0.7]),
            ("sigmoid", 3.0, Coefficients::sigmoid, sigmoid64, [-80.0, 80.0]),
            ("sigmoid", 3.0, Coefficients::sigmoid, sigmoid64, [-4.0, 4.0]),
            ("softplus", 3.0, Coefficients::softplus, softplus64, [-80.0, 80.0]),
            ("softplus", 3.0, Coefficients::softplus, softplus64, [-4.0, 4.0]),
            ("erf", 3.0, Coefficients::erf, exact_erf, [-6.0, 6.0]),
            ("erf", 3.0, Coefficients::erf, exact_erf, [-1.1, 1.1]),
        ];
        for (name, limit, f, exact, [lo, hi]) in cases {
            let error = worst(f, exact, lo, hi);
            assert!(error <= limit, "{name} on {lo}..{hi}: {error} units in the last place");
        }
    }

    #[test]
    fn limits_and_nan() {
        let math = coefficients();
        let (inf, tiny) = (f32::INFINITY, f32::from_bits(1));
        assert_eq!([math.exp(inf), math.exp(-inf), math.exp(89.0), math.exp(-105.0)], [inf, 0.0, inf, 0.0]);
        assert_eq!([math.log(inf), math.log(0.0), math.log(1.0)], [inf, -inf, 0.0]);
        assert!((math.log(tiny) + 103.278_93).abs() < 1e-4 && math.log(-1.0).is_nan());
        assert_eq!([math.tanh(inf), math.tanh(-inf), math.sigmoid(inf), math.sigmoid(-inf)], [1.0, -1.0, 1.0, 0.0]);
        assert_eq!([math.softplus(inf), math.softplus(-inf), math.erf(inf), math.erf(-inf)], [inf, 0.0, 1.0, -1.0]);
        use Coefficients as C;
        for f in [C::exp, C::log, C::tanh, C::sigmoid, C::softplus, C::erf, |_: &C, x| relu(x), |_: &C, x| sign(x)] {
            assert!(f(math, f32::NAN).is_nan());
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
