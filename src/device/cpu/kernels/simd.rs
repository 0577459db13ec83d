//! The widest vectors of the machine, and the register tile that is written with them, for packed panels, and for
//! operands that lie where they are. All of the device's `unsafe` is here: that is why the file is long.
//!
//! 128 bits on wasm and where nothing better is known (as an array, which the compiler vectorises), 256 with fused multiply-add
//! where AVX2 and FMA are found at run time. A tile's sums are always taken in one order on one machine.

use std::ops::{Deref, Range};

/// A register of `f32`.
trait Vector: Copy {
    const LANES: usize;
    fn splat(value: f32) -> Self;
    /// The value in every lane, straight from memory.
    #[inline(always)]
    fn splat_load(value: &f32) -> Self {
        Self::splat(*value)
    }
    /// The first values of `values`, which must have enough.
    fn load(values: &[f32]) -> Self;
    /// To the first values of `target`, which must have enough.
    fn store(self, target: &mut [f32]);
    /// self·a + b.
    fn mul_add(self, a: Self, b: Self) -> Self;
}

/// Whether the 256-bit tiles are to be used.
#[inline]
pub fn wide() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// The instruction set in use, for people.
pub fn instructions() -> &'static str {
    match (wide(), cfg!(target_feature = "simd128")) {
        (true, _) => "AVX2",
        (false, true) => "SIMD128",
        (false, false) => "portable",
    }
}

/// Where rows are read along K: `images` times `lines` pieces of `len` neighbouring values, the pieces so far apart.
#[derive(Clone, Copy)]
pub struct Walk {
    pub images: usize,
    pub image_step: usize,
    pub lines: usize,
    pub line_step: usize,
    pub len: usize,
}

/// Distances of strips from where they start.
pub struct Offsets {
    values: Vec<usize>,
    /// The same in bytes, which spares the loop a multiplication.
    bytes: Vec<usize>,
    farthest: usize,
}

impl Offsets {
    pub fn new(values: Vec<usize>) -> Self {
        let bytes = values.iter().map(|value| value * size_of::<f32>()).collect();
        Self { farthest: values.iter().copied().max().unwrap_or(0), bytes, values }
    }

    /// Those of a range of steps.
    pub fn of(&self, steps: Range<usize>) -> OffsetsOf<'_> {
        OffsetsOf { bytes: &self.bytes[steps], farthest: self.farthest }
    }
}

/// Some of the distances, in bytes, and the farthest of all.
#[derive(Clone, Copy)]
pub struct OffsetsOf<'a> {
    bytes: &'a [usize],
    farthest: usize,
}

impl Deref for Offsets {
    type Target = [usize];

    fn deref(&self) -> &[usize] {
        &self.values
    }
}

/// Σ a[k][i] · source[starts[p] + offsets[k] + lane] for MR rows i and P strips p. Of every a[k][i] there are COPIES, one behind the
/// other: a vector of them, or one that goes to all lanes.
#[inline(always)]
fn strips<V: Vector, const MR: usize, const P: usize, const STRIP: usize, const COPIES: usize>(
    a: &[[[f32; COPIES]; MR]],
    source: &[f32],
    starts: [usize; P],
    offsets: &Offsets,
) -> [[[f32; STRIP]; P]; MR] {
    const { assert!(STRIP == V::LANES && (COPIES == V::LANES || COPIES == 1)) };
    assert!(starts.iter().all(|start| start + offsets.farthest + STRIP <= source.len()));
    let starts = starts.map(|start| source[start..].as_ptr());
    let mut sums = [[V::splat(0.0); P]; MR];
    let mut left = a.len().min(offsets.bytes.len());
    let (mut a, mut offset) = (a.as_ptr(), offsets.bytes.as_ptr());
    'all: while left > 0 {
        for _ in 0..UNROLLED {
            // SAFETY: `left` more steps of both are there, and no offset is farther than `farthest`, with which the strip ends inside
            // the source.
            unsafe {
                let b = starts.map(|start| V::load(std::slice::from_raw_parts(start.wrapping_byte_add(*offset), STRIP)));
                for (i, sums) in sums.iter_mut().enumerate() {
                    let a = if COPIES == 1 { V::splat_load(&(&*a)[i][0]) } else { V::load(&(&*a)[i]) };
                    for p in 0..P {
                        sums[p] = a.mul_add(b[p], sums[p]);
                    }
                }
            }
            (a, offset, left) = (a.wrapping_add(1), offset.wrapping_add(1), left - 1);
            if left == 0 {
                break 'all;
            }
        }
    }
    sums.map(|sums| {
        sums.map(|sum| {
            let mut strip = [0.0; STRIP];
            sum.store(&mut strip);
            strip
        })
    })
}

/// Rows of a left operand.
#[derive(Clone, Copy)]
pub struct Rows<'a, const W: usize> {
    pub values: &'a [f32],
    pub count: usize,
    /// Values of a row.
    pub len: usize,
    /// How far one row, whose values are neighbours, begins from the next; none where W rows lie side by side, and panels of them behind
    /// one another.
    pub apart: Option<usize>,
}

impl<const W: usize> Rows<'_, W> {
    /// Where `MR` rows begin, from row `i` on; in place, a row that is not there repeats the last.
    #[inline(always)]
    fn starts<const MR: usize>(&self, i: usize) -> [usize; MR] {
        match self.apart {
            Some(apart) => std::array::from_fn(|r| (i + r).min(self.count.saturating_sub(1)) * apart),
            None => std::array::from_fn(|r| (i - i % W) * self.len + i % W + r),
        }
    }
}

/// Rows become columns.
#[inline(always)]
pub fn transposed(rows: [[f32; 4]; 4]) -> [[f32; 4]; 4] {
    let columns = narrow::transposed(rows.map(|row| narrow::Register::load(&row)));
    stored(columns.map(|column| [column]))
}

/// The MR×NR register tile of one vector width.
pub trait Tiles<const MR: usize, const NR: usize> {
    /// The product of some rows, whole tiles of them, with an NR-wide panel, stored in `target`, whose rows lie `pitch` apart, or
    /// (unless it is the `first`) added to what is there.
    fn product<const W: usize>(a: Rows<W>, rows: Range<usize>, b: &[[f32; NR]], target: &mut [f32], pitch: usize, first: bool) {
        if a.apart.is_some() {
            Self::product_by::<W, 1>(a, rows, b, target, pitch, first)
        } else {
            Self::product_by::<W, W>(a, rows, b, target, pitch, first)
        }
    }
    /// The same for rows whose values lie STEP apart.
    fn product_by<const W: usize, const STEP: usize>(
        a: Rows<W>,
        rows: Range<usize>,
        b: &[[f32; NR]],
        target: &mut [f32],
        pitch: usize,
        first: bool,
    );
    /// The product of the MR rows of `a` that begin at `starts` with an NR-wide panel, which has all pieces of the walk.
    fn product_of_rows(a: &[f32], starts: [usize; MR], walk: Walk, b: &[[f32; NR]]) -> [[f32; NR]; MR];
}

/// Tiles of an R-wide packed panel and P strips of `source`, each a vector of neighbouring values; the registers hold their R·P sums.
pub trait Strips<const STRIP: usize, const COPIES: usize> {
    fn strips<const R: usize, const P: usize>(
        a: &[[[f32; COPIES]; R]],
        source: &[f32],
        starts: [usize; P],
        offsets: &Offsets,
    ) -> [[[f32; STRIP]; P]; R];
}

/// Tiles of MR single values of `source`, each put into all lanes, and an NR-wide panel: their products for each step, summed.
pub trait Pixels<const MR: usize, const NR: usize> {
    fn pixels(source: &[f32], starts: [usize; MR], offsets: OffsetsOf, b: &[[f32; NR]], tile: &mut [[f32; NR]; MR]);
}

/// Eight accumulators of four values, as many as sixteen registers hold beside the operands. The lower tile is the faster one, since a
/// value that goes to all lanes costs V8 two instructions, its address and the load; the higher one suits few columns.
pub struct Narrow;

impl Tiles<2, 16> for Narrow {
    // Inlined into a function that needs the registers for much else, the loops would be slower.
    #[inline(never)]
    fn product_by<const W: usize, const STEP: usize>(
        a: Rows<W>,
        rows: Range<usize>,
        b: &[[f32; 16]],
        target: &mut [f32],
        pitch: usize,
        first: bool,
    ) {
        product::<narrow::Register, 2, 4, 16, W, STEP>(a, rows, b, target, pitch, first)
    }

    fn product_of_rows(a: &[f32], starts: [usize; 2], walk: Walk, b: &[[f32; 16]]) -> [[f32; 16]; 2] {
        product_of_rows::<narrow::Register, 2, 4, 16>(a, starts, walk, b)
    }
}

impl Tiles<4, 8> for Narrow {
    // Inlined into a function that needs the registers for much else, the loops would be slower.
    #[inline(never)]
    fn product_by<const W: usize, const STEP: usize>(
        a: Rows<W>,
        rows: Range<usize>,
        b: &[[f32; 8]],
        target: &mut [f32],
        pitch: usize,
        first: bool,
    ) {
        product::<narrow::Register, 4, 2, 8, W, STEP>(a, rows, b, target, pitch, first)
    }

    #[inline(always)]
    fn product_of_rows(a: &[f32], starts: [usize; 4], walk: Walk, b: &[[f32; 8]]) -> [[f32; 8]; 4] {
        product_of_rows::<narrow::Register, 4, 2, 8>(a, starts, walk, b)
    }
}

impl Pixels<4, 16> for Narrow {
    // Inlined into a function that needs the registers for much else, the loop would be slower.
    #[inline(never)]
    fn pixels(source: &[f32], starts: [usize; 4], offsets: OffsetsOf, b: &[[f32; 16]], tile: &mut [[f32; 16]; 4]) {
        for (tile, &[p, q]) in tile.as_chunks_mut::<2>().0.iter_mut().zip(starts.as_chunks::<2>().0) {
            pixels::<narrow::Register, 2, 4, 16>(source, [p, q], offsets, b, tile);
        }
    }
}

impl Strips<4, 4> for Narrow {
    #[inline(always)]
    fn strips<const R: usize, const P: usize>(
        a: &[[[f32; 4]; R]],
        source: &[f32],
        starts: [usize; P],
        offsets: &Offsets,
    ) -> [[[f32; 4]; P]; R] {
        strips::<narrow::Register, R, P, 4, 4>(a, source, starts, offsets)
    }
}

/// Steps along K in one round of a loop, since the end of a round costs a third of a step; each with a way out, or the compiler would mix
/// them: for that the registers do not suffice, and the loop would take twice the time.
const UNROLLED: usize = 4;

/// Adds to `sums` the product of MR rows with the vectors of `b`.
///
/// # Safety
/// Every row must have a value for each step of `b`.
#[inline(always)]
unsafe fn accumulate<V: Vector, const MR: usize, const VECTORS: usize, const NR: usize>(
    sums: &mut [[V; VECTORS]; MR],
    mut rows: [*const f32; MR],
    b: &[[f32; NR]],
) {
    let (mut at, mut left) = (b.as_ptr(), b.len());
    'all: while left > 0 {
        for _ in 0..UNROLLED {
            // SAFETY: `left` more steps are there, of `b` and, by contract, of the rows.
            unsafe { step(sums, rows, 0, &*at) };
            rows.iter_mut().for_each(|row| *row = row.wrapping_add(1));
            (at, left) = (at.wrapping_add(1), left - 1);
            if left == 0 {
                break 'all;
            }
        }
    }
}

/// The same for many steps, the values of a row STEP apart: rounds whose ways out are [`never`] taken, then what is left.
///
/// # Safety
/// As of [`accumulate`].
#[inline(always)]
unsafe fn accumulate_rounds<V: Vector, const MR: usize, const VECTORS: usize, const NR: usize, const STEP: usize>(
    sums: &mut [[V; VECTORS]; MR],
    mut rows: [*const f32; MR],
    b: &[[f32; NR]],
) {
    let (rounds, rest) = b.as_chunks::<UNROLLED>();
    for round in rounds {
        for (k, b) in round.iter().enumerate() {
            // SAFETY: by contract, the rows have the round's steps.
            unsafe { step(sums, rows, k * STEP, b) };
            if never(b.as_ptr().addr()) {
                return;
            }
        }
        rows.iter_mut().for_each(|row| *row = row.wrapping_add(UNROLLED * STEP));
    }
    for b in rest {
        // SAFETY: as above.
        unsafe { step(sums, rows, 0, b) };
        rows.iter_mut().for_each(|row| *row = row.wrapping_add(STEP));
    }
}

/// Adds to `sums` the product of the rows' values at `at` and a vector.
///
/// # Safety
/// Every row must have such a value.
#[inline(always)]
unsafe fn step<V: Vector, const MR: usize, const VECTORS: usize, const NR: usize>(
    sums: &mut [[V; VECTORS]; MR],
    rows: [*const f32; MR],
    at: usize,
    b: &[f32; NR],
) {
    let b: [V; VECTORS] = std::array::from_fn(|v| V::load(&b[v * V::LANES..]));
    for (sums, row) in sums.iter_mut().zip(rows) {
        // SAFETY: by contract.
        let a = V::splat_load(unsafe { &*row.add(at) });
        for v in 0..VECTORS {
            sums[v] = a.mul_add(b[v], sums[v]);
        }
    }
}

/// False: static data lie in the lower half of the addresses. On wasm the compiler does not know, and keeps apart what is done before and
/// after a way out that hangs on it; wasm-opt, which sees the address, makes it cost nothing. Two of the same `number` would count as one.
/// Only for functions that are called from more than one place: into a single caller wasm-opt inlines them, and then mixes the steps itself.
#[inline(always)]
fn never(number: usize) -> bool {
    static LOW: u8 = 0;
    cfg!(target_arch = "wasm32") && number & (&raw const LOW).addr() & 1 << 31 != 0
}

/// Σ source[starts[i] + offsets[k]] · b[k] for MR values i.
#[inline(always)]
fn pixels<V: Vector, const MR: usize, const VECTORS: usize, const NR: usize>(
    source: &[f32],
    starts: [usize; MR],
    offsets: OffsetsOf,
    b: &[[f32; NR]],
    tile: &mut [[f32; NR]; MR],
) {
    assert!(offsets.bytes.is_empty() || starts.iter().all(|start| start + offsets.farthest < source.len()));
    let starts = starts.map(|start| source.as_ptr().wrapping_add(start));
    let mut sums = [[V::splat(0.0); VECTORS]; MR];
    let (mut at, mut offset, mut left) = (b.as_ptr(), offsets.bytes.as_ptr(), b.len().min(offsets.bytes.len()));
    'all: while left > 0 {
        for _ in 0..UNROLLED {
            // SAFETY: `left` more steps of both are there, and no offset is farther than `farthest`, which is inside the source.
            unsafe {
                let b: [V; VECTORS] = std::array::from_fn(|v| V::load(&(&*at)[v * V::LANES..]));
                for (sums, start) in sums.iter_mut().zip(starts) {
                    let a = V::splat_load(&*start.wrapping_byte_add(*offset));
                    for v in 0..VECTORS {
                        sums[v] = a.mul_add(b[v], sums[v]);
                    }
                }
            }
            (at, offset, left) = (at.wrapping_add(1), offset.wrapping_add(1), left - 1);
            if left == 0 {
                break 'all;
            }
        }
    }
    store(sums, tile);
}

#[inline(always)]
fn product<V: Vector, const MR: usize, const VECTORS: usize, const NR: usize, const W: usize, const STEP: usize>(
    a: Rows<W>,
    rows: Range<usize>,
    b: &[[f32; NR]],
    target: &mut [f32],
    pitch: usize,
    first: bool,
) {
    let one = V::splat(1.0);
    let last = b.len().saturating_sub(1) * STEP;
    for (tile, row) in rows.step_by(MR).enumerate() {
        let mut sums = [[V::splat(0.0); VECTORS]; MR];
        let starts = a.starts::<MR>(row);
        assert!(b.is_empty() || starts.iter().all(|start| start + last < a.values.len()));
        let rows = starts.map(|start| a.values.as_ptr().wrapping_add(start));
        // SAFETY: the rows have the last step of `b`, hence all of them.
        unsafe { accumulate_rounds::<_, _, _, _, STEP>(&mut sums, rows, b) };
        let target = &mut target[tile * MR * pitch..];
        assert!((MR - 1) * pitch + NR <= target.len());
        for (i, sums) in sums.into_iter().enumerate() {
            for (v, sum) in sums.into_iter().enumerate() {
                // SAFETY: the last row ends inside the target, and so do those before it.
                let target = unsafe { std::slice::from_raw_parts_mut(target.as_mut_ptr().add(i * pitch + v * V::LANES), V::LANES) };
                if first { sum.store(target) } else { sum.mul_add(one, V::load(target)).store(target) }
            }
        }
    }
}

#[inline(always)]
fn product_of_rows<V: Vector, const MR: usize, const VECTORS: usize, const NR: usize>(
    a: &[f32],
    starts: [usize; MR],
    walk: Walk,
    b: &[[f32; NR]],
) -> [[f32; NR]; MR] {
    let mut sums = [[V::splat(0.0); VECTORS]; MR];
    let mut pieces = b.chunks_exact(walk.len);
    for image in 0..walk.images {
        for line in 0..walk.lines {
            let at = image * walk.image_step + line * walk.line_step;
            let rows: [&[f32]; MR] = std::array::from_fn(|i| &a[starts[i] + at..][..walk.len]);
            let Some(piece) = pieces.next() else { continue };
            // SAFETY: every row has as many values as the piece has steps.
            unsafe { accumulate(&mut sums, rows.map(|row| row.as_ptr()), piece) };
        }
    }
    stored(sums)
}

/// For each row the sums of its products with `vector`, every fourth; what is left of a vector at the end is left out.
pub fn running_sums(rows: [&[f32]; 4], vector: &[f32]) -> [[f32; 4]; 4] {
    use narrow::Register;
    let steps = vector.as_chunks::<4>().0;
    let rows = rows.map(|row| &row.as_chunks::<4>().0[..steps.len()]);
    let mut sums = [[Register::splat(0.0); 1]; 4];
    for (k, step) in steps.iter().enumerate() {
        let step = Register::load(step);
        for (sums, row) in sums.iter_mut().zip(rows) {
            sums[0] = step.mul_add(Register::load(&row[k]), sums[0]);
        }
    }
    stored::<_, 4, 1, 4>(sums)
}

/// `steps` multiply-adds in each of `CHAINS` registers, none of which waits for another → a sum that depends on all of them.
#[inline(always)]
fn chains<V: Vector, const CHAINS: usize>(steps: usize) -> f32 {
    // Hidden from the compiler, which would leave out a multiplication by one.
    let one = V::splat(std::hint::black_box(1.0));
    let mut values = [one; CHAINS];
    for _ in 0..steps {
        for value in &mut values {
            *value = value.mul_add(one, one);
        }
    }
    let mut lanes = [0.0; 16];
    let sum = values.into_iter().fold(V::splat(0.0), |sum, value| value.mul_add(one, sum));
    sum.store(&mut lanes);
    lanes.iter().sum()
}

/// [`chains`] with the vectors of this machine → the sum, and how many multiplications and additions that were.
pub fn multiply_add_chains(steps: usize) -> (f32, usize) {
    #[cfg(target_arch = "x86_64")]
    if wide() {
        return (x86::chains(steps), steps * x86::CHAINS * 8 * 2);
    }
    // With the constant, all registers that a wasm engine leaves on x86.
    const CHAINS: usize = 14;
    (chains::<narrow::Register, CHAINS>(steps), steps * CHAINS * 4 * 2)
}

#[inline(always)]
fn store<V: Vector, const MR: usize, const VECTORS: usize, const NR: usize>(sums: [[V; VECTORS]; MR], tile: &mut [[f32; NR]; MR]) {
    for (row, sums) in tile.iter_mut().zip(sums) {
        for (v, sum) in sums.into_iter().enumerate() {
            sum.store(&mut row[v * V::LANES..]);
        }
    }
}

#[inline(always)]
fn stored<V: Vector, const MR: usize, const VECTORS: usize, const NR: usize>(sums: [[V; VECTORS]; MR]) -> [[f32; NR]; MR] {
    let mut tile = [[0.0; NR]; MR];
    store(sums, &mut tile);
    tile
}

#[cfg(target_feature = "simd128")]
mod narrow {
    use std::arch::wasm32::{f32x4_add, f32x4_mul, f32x4_splat, i32x4_shuffle, v128, v128_load, v128_store};

    #[derive(Clone, Copy)]
    pub struct Register(v128);

    #[inline(always)]
    pub fn transposed([a, b, c, d]: [Register; 4]) -> [Register; 4] {
        // Left and right halves of two rows, value by value; then of all four.
        let (ab, cd) = (i32x4_shuffle::<0, 4, 1, 5>(a.0, b.0), i32x4_shuffle::<0, 4, 1, 5>(c.0, d.0));
        let (ab_right, cd_right) = (i32x4_shuffle::<2, 6, 3, 7>(a.0, b.0), i32x4_shuffle::<2, 6, 3, 7>(c.0, d.0));
        [
            i32x4_shuffle::<0, 1, 4, 5>(ab, cd),
            i32x4_shuffle::<2, 3, 6, 7>(ab, cd),
            i32x4_shuffle::<0, 1, 4, 5>(ab_right, cd_right),
            i32x4_shuffle::<2, 3, 6, 7>(ab_right, cd_right),
        ]
        .map(Register)
    }

    impl super::Vector for Register {
        const LANES: usize = 4;

        #[inline(always)]
        fn splat(value: f32) -> Self {
            Self(f32x4_splat(value))
        }

        // Volatile, because the compiler would make one load and shuffles of four neighbours; shuffles take the units of the products.
        #[inline(always)]
        fn splat_load(value: &f32) -> Self {
            // SAFETY: a reference can be read.
            Self(f32x4_splat(unsafe { std::ptr::read_volatile(value) }))
        }

        #[inline(always)]
        fn load(values: &[f32]) -> Self {
            let values = &values[..4];
            // SAFETY: the slice has the 16 bytes that are read; the instruction takes any alignment.
            Self(unsafe { v128_load(values.as_ptr().cast()) })
        }

        #[inline(always)]
        fn store(self, target: &mut [f32]) {
            let target = &mut target[..4];
            // SAFETY: the slice has the 16 bytes that are written; the instruction takes any alignment.
            unsafe { v128_store(target.as_mut_ptr().cast(), self.0) }
        }

        #[inline(always)]
        fn mul_add(self, a: Self, b: Self) -> Self {
            Self(f32x4_add(f32x4_mul(self.0, a.0), b.0))
        }
    }
}

#[cfg(not(target_feature = "simd128"))]
mod narrow {
    #[derive(Clone, Copy)]
    pub struct Register([f32; 4]);

    #[inline(always)]
    pub fn transposed(rows: [Register; 4]) -> [Register; 4] {
        std::array::from_fn(|i| Register(rows.map(|row| row.0[i])))
    }

    impl super::Vector for Register {
        const LANES: usize = 4;

        #[inline(always)]
        fn splat(value: f32) -> Self {
            Self([value; 4])
        }

        #[inline(always)]
        fn load(values: &[f32]) -> Self {
            Self([values[0], values[1], values[2], values[3]])
        }

        #[inline(always)]
        fn store(self, target: &mut [f32]) {
            target[..4].copy_from_slice(&self.0);
        }

        #[inline(always)]
        fn mul_add(self, a: Self, b: Self) -> Self {
            Self(std::array::from_fn(|i| self.0[i] * a.0[i] + b.0[i]))
        }
    }
}

#[cfg(target_arch = "x86_64")]
pub use x86::Wide;

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{__m256, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_set1_ps, _mm256_storeu_ps};
    use std::ops::Range;

    use super::{Offsets, OffsetsOf, Pixels, Rows, Strips, Tiles, Vector, Walk};

    /// Twelve accumulators of eight values. To be used only where [`super::wide`].
    pub struct Wide;

    impl Tiles<6, 16> for Wide {
        #[inline(always)]
        fn product_by<const W: usize, const STEP: usize>(
            a: Rows<W>,
            rows: Range<usize>,
            b: &[[f32; 16]],
            target: &mut [f32],
            pitch: usize,
            first: bool,
        ) {
            // SAFETY: `Wide` is used only where `wide` has found AVX2 and FMA.
            unsafe { product::<W, STEP>(a, rows, b, target, pitch, first) }
        }

        #[inline(always)]
        fn product_of_rows(a: &[f32], starts: [usize; 6], walk: Walk, b: &[[f32; 16]]) -> [[f32; 16]; 6] {
            // SAFETY: as above.
            unsafe { product_of_rows(a, starts, walk, b) }
        }
    }

    impl Pixels<4, 16> for Wide {
        #[inline(always)]
        fn pixels(source: &[f32], starts: [usize; 4], offsets: OffsetsOf, b: &[[f32; 16]], tile: &mut [[f32; 16]; 4]) {
            // SAFETY: as above.
            unsafe { pixels(source, starts, offsets, b, tile) }
        }
    }

    impl Strips<8, 1> for Wide {
        #[inline(always)]
        fn strips<const R: usize, const P: usize>(
            a: &[[[f32; 1]; R]],
            source: &[f32],
            starts: [usize; P],
            offsets: &Offsets,
        ) -> [[[f32; 8]; P]; R] {
            // SAFETY: as above.
            unsafe { strips(a, source, starts, offsets) }
        }
    }

    #[target_feature(enable = "avx2,fma")]
    fn strips<const R: usize, const P: usize>(
        a: &[[[f32; 1]; R]],
        source: &[f32],
        starts: [usize; P],
        offsets: &Offsets,
    ) -> [[[f32; 8]; P]; R] {
        super::strips::<Register, R, P, 8, 1>(a, source, starts, offsets)
    }

    #[target_feature(enable = "avx2,fma")]
    fn product<const W: usize, const STEP: usize>(
        a: Rows<W>,
        rows: Range<usize>,
        b: &[[f32; 16]],
        target: &mut [f32],
        pitch: usize,
        first: bool,
    ) {
        super::product::<Register, 6, 2, 16, W, STEP>(a, rows, b, target, pitch, first)
    }

    #[target_feature(enable = "avx2,fma")]
    fn product_of_rows(a: &[f32], starts: [usize; 6], walk: Walk, b: &[[f32; 16]]) -> [[f32; 16]; 6] {
        super::product_of_rows::<Register, 6, 2, 16>(a, starts, walk, b)
    }

    #[target_feature(enable = "avx2,fma")]
    fn pixels(source: &[f32], starts: [usize; 4], offsets: OffsetsOf, b: &[[f32; 16]], tile: &mut [[f32; 16]; 4]) {
        super::pixels::<Register, 4, 2, 16>(source, starts, offsets, b, tile)
    }

    /// Enough for two units that take four cycles.
    pub const CHAINS: usize = 12;

    /// To be called only where [`super::wide`].
    pub fn chains(steps: usize) -> f32 {
        #[target_feature(enable = "avx2,fma")]
        fn chains(steps: usize) -> f32 {
            super::chains::<Register, CHAINS>(steps)
        }
        // SAFETY: called only where `wide` has found AVX2 and FMA.
        unsafe { chains(steps) }
    }

    /// Private to this module: made only inside the functions above, which have the features.
    #[derive(Clone, Copy)]
    struct Register(__m256);

    impl Vector for Register {
        const LANES: usize = 8;

        #[inline(always)]
        fn splat(value: f32) -> Self {
            // SAFETY: see the type.
            Self(unsafe { _mm256_set1_ps(value) })
        }

        #[inline(always)]
        fn load(values: &[f32]) -> Self {
            let values = &values[..8];
            // SAFETY: see the type; the slice has the 32 bytes that are read, at any alignment.
            Self(unsafe { _mm256_loadu_ps(values.as_ptr()) })
        }

        #[inline(always)]
        fn store(self, target: &mut [f32]) {
            let target = &mut target[..8];
            // SAFETY: see the type; the slice has the 32 bytes that are written, at any alignment.
            unsafe { _mm256_storeu_ps(target.as_mut_ptr(), self.0) }
        }

        #[inline(always)]
        fn mul_add(self, a: Self, b: Self) -> Self {
            // SAFETY: see the type.
            Self(unsafe { _mm256_fmadd_ps(self.0, a.0, b.0) })
        }
    }
}
