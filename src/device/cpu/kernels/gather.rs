//! Indexing: gather, scatter-add, one-hot; and the index tensors' own arithmetic and conversions.

use crate::buffer::{Kernel, as_u32_mut};
use vitrine_graph::{Binary, DType, Shape};

/// Rows of `x` at the indices; an index beyond the end takes the last row.
pub fn gather(from: &Shape) -> Kernel {
    let (n, row) = (from[0], from[1..].iter().product::<usize>());
    Kernel::new(move |x, out| {
        if row == 0 {
            return;
        }
        let source = x.get(0);
        for (&i, target) in x.indices(1).iter().zip(out.chunks_exact_mut(row)) {
            target.copy_from_slice(&source[(i as usize).min(n - 1) * row..][..row]);
        }
    })
}

/// Rows summed at their indices, in order; an index beyond the end adds to the last row, as [`gather`] reads it.
pub fn scatter_add(to: &Shape) -> Kernel {
    let (n, row) = (to[0], to[1..].iter().product::<usize>());
    Kernel::new(move |x, out| {
        out.fill(0.0);
        if row == 0 || n == 0 {
            return;
        }
        for (&i, source) in x.indices(0).iter().zip(x.get(1).chunks_exact(row)) {
            let target = &mut out[(i as usize).min(n - 1) * row..][..row];
            target.iter_mut().zip(source).for_each(|(t, s)| *t += s);
        }
    })
}

pub fn one_hot(depth: usize) -> Kernel {
    Kernel::new(move |x, out| {
        out.fill(0.0);
        if depth > 0 {
            for (&i, row) in x.indices(0).iter().zip(out.chunks_exact_mut(depth)) {
                if let Some(hot) = row.get_mut(i as usize) {
                    *hot = 1.0;
                }
            }
        }
    })
}

/// Arithmetic on two index tensors of one shape; `Pow` does not exist there.
pub fn binary(op: Binary) -> Kernel {
    let f: fn(u32, u32) -> u32 = match op {
        Binary::Add => u32::wrapping_add,
        Binary::Sub => u32::wrapping_sub,
        Binary::Mul => u32::wrapping_mul,
        Binary::Div => |a, b| a.checked_div(b).unwrap_or(0),
        Binary::Rem => |a, b| a.checked_rem(b).unwrap_or(0),
        Binary::Pow => unreachable!("the shape rule admits no pow on u32"),
        Binary::Min => u32::min,
        Binary::Max => u32::max,
        Binary::Lt => |a, b| (a < b) as u32,
        Binary::Le => |a, b| (a <= b) as u32,
        Binary::Gt => |a, b| (a > b) as u32,
        Binary::Ge => |a, b| (a >= b) as u32,
        Binary::Eq => |a, b| (a == b) as u32,
        Binary::Ne => |a, b| (a != b) as u32,
    };
    Kernel::new(move |x, out| {
        let out = as_u32_mut(out);
        match (x.in_place(0), x.in_place(1)) {
            (false, false) => out.iter_mut().zip(x.indices(0)).zip(x.indices(1)).for_each(|((y, &a), &b)| *y = f(a, b)),
            (true, false) => out.iter_mut().zip(x.indices(1)).for_each(|(y, &b)| *y = f(*y, b)),
            (false, true) => out.iter_mut().zip(x.indices(0)).for_each(|(y, &a)| *y = f(a, *y)),
            (true, true) => out.iter_mut().for_each(|y| *y = f(*y, *y)),
        }
    })
}

/// Conversion between the types; `f32` → `u32` truncates and saturates, NaN gives 0.
pub fn cast(from: DType, to: DType) -> Kernel {
    let convert: fn(u32) -> u32 = match (from, to) {
        (DType::F32, DType::U32) => |word| f32::from_bits(word) as u32,
        (DType::U32, DType::F32) => |word| (word as f32).to_bits(),
        (DType::F32, DType::F32) | (DType::U32, DType::U32) => |word| word,
    };
    Kernel::new(move |x, out| {
        let out = as_u32_mut(out);
        if !x.in_place(0) {
            out.copy_from_slice(x.indices(0));
        }
        out.iter_mut().for_each(|word| *word = convert(*word));
    })
}
