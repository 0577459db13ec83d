//! Weak supervision by pairs (Locatello et al. 2020, "Weakly-Supervised Disentanglement Without Compromises").

use super::network::Code;
use super::options::Pairs;
use super::penalty::{kl_between, largest};
use crate::data::{Images, Random, Rooms, rooms::Factor};
use crate::graph::{Reduce, Var};

/// Random streams of partners begin here, far from those of the rooms.
const STREAM: u32 = 1 << 31;

/// For each training room of `rooms` with `seed` one that has another value of exactly one factor, drawn at random, and all else the
/// same: `[n, 3, size, size]`; and the factor that differs, by its place in [`Factor::ALL`].
pub fn partners(rooms: &Rooms, seed: u32) -> Images {
    let draw = |i: usize| {
        let (mut room, mut random) = (rooms.room(seed, i), Random::new(seed, STREAM + i as u32));
        let differing = random.below(Factor::ALL.len());
        let values = Factor::ALL[differing].values().len();
        room.factors[differing] = (room.factors[differing] + 1 + random.below(values - 1)) % values;
        (room.render(rooms.size).pixels, differing as u32)
    };
    let (pixels, labels): (Vec<_>, _) = (0..rooms.validation().start).map(draw).unzip();
    Images { pixels: pixels.concat(), labels }
}

/// The code of a batch whose second half holds the partners of the first, with the latents that a pair shares averaged: μ and σ²
/// both become the mean of the two.
pub fn averaged<'b>(pairs: Pairs, code: [Var<'b>; 2]) -> [Var<'b>; 2] {
    let [mean, log_variance] = code;
    let (n, latent) = (mean.dim(0) / 2, mean.dim(1));
    let part = |of: Var<'b>, i: usize| of.slice(&[i * n, 0], &[n, latent]);
    let (first, second) = ([part(mean, 0), part(log_variance, 0)], [part(mean, 1), part(log_variance, 1)]);
    let distance = kl_between(first, second);
    let own = match pairs {
        Pairs::Adaptive => {
            let lowest = -(-distance).reduce_keep(Reduce::Max, &[1]);
            distance.ge((lowest + distance.reduce_keep(Reduce::Max, &[1])) * 0.5)
        }
        Pairs::OneFactor => largest(distance),
    };
    let mean_of_both = (first[0] + second[0]) * 0.5;
    let log_of_both = ((first[1].exp() + second[1].exp()) * 0.5).log();
    let both = |i: usize, shared: Var<'b>| mean.builder().concat(0, &[own.select(first[i], shared), own.select(second[i], shared)]);
    [both(0, mean_of_both), both(1, log_of_both)]
}

/// `code` as it is for a network without pairs.
pub fn apply<'b>(pairs: Option<Pairs>, code: Code<'b>) -> Code<'b> {
    match (pairs, code.log_variance) {
        (Some(pairs), Some(log_variance)) => {
            let [mean, log_variance] = averaged(pairs, [code.mean, log_variance]);
            Code { mean, log_variance: Some(log_variance) }
        }
        _ => code,
    }
}
