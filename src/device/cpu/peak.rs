//! What one core could do: the speed that matrix products and convolutions are measured against.

use vitrine_kernels::peak::multiply_add_chains;

/// Seconds of a timed call, and how many there are.
const CALL: f64 = 0.02;
const CALLS: usize = 10;

/// GFLOP/s of multiplications and additions in the vector registers of one core, nothing loaded or stored: the best of ten calls of
/// about 20 ms, because whatever else the machine does only makes them slower. `clock` tells seconds.
pub fn peak(clock: &mut dyn FnMut() -> f64) -> f64 {
    let mut timed = |rounds: usize| {
        let start = clock();
        let (sum, operations) = multiply_add_chains(rounds);
        std::hint::black_box(sum);
        (operations as f64, (clock() - start).max(1e-9))
    };
    let mut rounds = 1 << 12;
    while timed(rounds).1 < CALL && rounds < 1 << 26 {
        rounds *= 2;
    }
    (0..CALLS).map(|_| timed(rounds)).map(|(operations, seconds)| operations / seconds / 1e9).fold(0.0, f64::max)
}
