// The functions that generated element-wise kernels call where WGSL's own are missing, inexact or overflow.

// Whether x ≠ 0, told by its bits: a comparison may take NaN for anything.
fn is_nonzero(x: f32) -> bool {
    return (bitcast<u32>(x) << 1u) != 0u;
}

// −1, 0 or 1.
fn sign_of(x: f32) -> f32 {
    return select(select(0.0, -1.0, x < 0.0), 1.0, x > 0.0);
}

// 1 / (1 + e^−x), with the exponential of a negative number only.
fn sigmoid(x: f32) -> f32 {
    let e = exp(-abs(x));
    return select(e, 1.0, x >= 0.0) / (1.0 + e);
}

// ln(1 + e^x) = max(x, 0) + ln(1 + e^−|x|); the logarithm by its series where 1 + e would round e away.
fn softplus(x: f32) -> f32 {
    let e = exp(-abs(x));
    return max(x, 0.0) + select(log(1.0 + e), e * (1.0 - e * (0.5 - e / 3.0)), e < 0.01);
}

// Odd Taylor series near 0, where the quotient would cancel; 1 beyond 9, where f32 has no more digits.
fn hyperbolic_tangent(x: f32) -> f32 {
    let a = min(abs(x), 9.0);
    let s = a * a;
    let near = a * (1.0 + s * (-1.0 / 3.0 + s * (2.0 / 15.0 + s * (-17.0 / 315.0 + s * (62.0 / 2835.0 - s * 1382.0 / 155925.0)))));
    let far = 1.0 - 2.0 / (exp(2.0 * a) + 1.0);
    return select(far, near, a < 0.3) * select(1.0, -1.0, x < 0.0);
}

// a^b for a ≥ 0, and for a < 0 where b is an integer.
fn power(a: f32, b: f32) -> f32 {
    let odd = fract(abs(b) * 0.5) != 0.0;
    let size = select(pow(abs(a), b), select(1.0, 0.0, b > 0.0), a == 0.0 && b >= 0.0);
    return select(size, -size, a < 0.0 && odd);
}

// The error function: Taylor's series near 0, else Abramowitz and Stegun 7.1.26 refined: erfc(x) = t·e^(−x² + P(t)), t = 2/(2+x)
// (Numerical Recipes §6.2, relative error below 1.2e-7).
fn error_function(x: f32) -> f32 {
    let a = abs(x);
    let s = a * a;
    let near = a * 1.1283792 * (1.0 + s * (-1.0 / 3.0 + s * (0.1 + s * (-1.0 / 42.0 + s * (1.0 / 216.0 - s / 1320.0)))));
    let t = 1.0 / (1.0 + 0.5 * a);
    let p = -1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806
        + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
    let far = 1.0 - t * exp(-s + p);
    return select(far, near, a < 0.5) * select(1.0, -1.0, x < 0.0);
}

// f32 → u32: truncated and saturated, NaN (told by its bits: shaders may assume that there is none) gives 0.
fn to_u32(x: f32) -> u32 {
    let nan = (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
    let inside = u32(clamp(x, 0.0, 4294967040.0));
    return select(select(inside, 0xffffffffu, x >= 4294967296.0), 0u, nan);
}

// Quotient and remainder of u32; 0 by 0.
fn quotient(a: u32, b: u32) -> u32 {
    return select(a / max(b, 1u), 0u, b == 0u);
}

fn remainder(a: u32, b: u32) -> u32 {
    return select(a % max(b, 1u), 0u, b == 0u);
}
