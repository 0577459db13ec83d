//! Random tensors and permutations; the bits are defined by `graph::random`.

use crate::buffer::{Kernel, as_u32_mut};
use crate::math;
use crate::movement::copy_row;
use vitrine_graph::{Distribution, random};

pub fn random(distribution: Distribution, stream: u32) -> Kernel {
    Kernel::new(move |x, out| {
        let key = [x.indices(0)[0], x.indices(0)[1]];
        for (i, values) in out.chunks_mut(4).enumerate() {
            let words = random::block(key, stream, i as u32);
            let drawn = match distribution {
                Distribution::Uniform => words.map(random::uniform),
                Distribution::Normal => normals(words),
            };
            copy_row(values, &drawn[..values.len()]);
        }
    })
}

/// Box–Muller in `f32`: the formula of [`random::normals`].
fn normals(words: [u32; 4]) -> [f32; 4] {
    let pair = |v: u32, w: u32| {
        let r = (-2.0 * math::coefficients().log(((v >> 8) + 1) as f32 / 16_777_216.0)).sqrt();
        let (sin, cos) = (std::f32::consts::TAU * random::uniform(w)).sin_cos();
        [r * cos, r * sin]
    };
    let ([a, b], [c, d]) = (pair(words[0], words[1]), pair(words[2], words[3]));
    [a, b, c, d]
}

pub fn permutation(n: usize, stream: u32) -> Kernel {
    Kernel::new(move |x, out| {
        let key = [x.indices(0)[0], x.indices(0)[1]];
        let permutation = random::Permutation::new(n as u32, key, stream);
        as_u32_mut(out).iter_mut().zip(x.indices(1)).for_each(|(to, &from)| *to = permutation.at(from));
    })
}
