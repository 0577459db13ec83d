//! Prints what the generative models reach, the median of five seeds, with the documented defaults where nothing else is said:
//!
//! `cargo run --release --example generate_figures [-- ring | wasserstein | grid | collapse]`

use pollster::block_on;
use vitrine::Result;
use vitrine::device::Device;
use vitrine::generate::{Cloud, Gan, GanLoss, GanOptions, Turn, coverage};

const SEEDS: [u32; 5] = [1, 2, 3, 4, 5];
/// Samples that are judged.
const SAMPLES: usize = 2500;
/// Turns over whose last steps mean D is averaged.
const LAST: usize = 50;

/// Modes, share of high quality, mean D on real and on fake.
type Figures = [f32; 4];

fn play(cloud: &Cloud, options: GanOptions, turns: usize) -> Result<Figures> {
    let mut gan = Gan::new(&Device::cpu(), cloud.clone(), options)?;
    gan.run(Turn::Both, turns - LAST)?;
    let (mut real, mut fake) = (0.0, 0.0);
    for _ in 0..LAST {
        gan.run(Turn::Both, 1)?;
        let metrics = block_on(gan.metrics())?;
        real += metrics.real / LAST as f32;
        fake += metrics.fake / LAST as f32;
    }
    let found = coverage(cloud, &block_on(gan.samples(SAMPLES))?);
    Ok([found.modes as f32, found.quality, real, fake])
}

/// The median of each figure.
fn report(title: &str, cloud: &str, turns: usize, options: &GanOptions) -> Result<()> {
    let Some(cloud) = Cloud::named(cloud) else { return Ok(()) };
    let mut all = Vec::new();
    for seed in SEEDS {
        let figures = play(&cloud, GanOptions { seed, ..options.clone() }, turns)?;
        eprintln!("  seed {seed}: {figures:.3?}");
        all.push(figures);
    }
    let median = |i: usize| {
        let mut column: Vec<f32> = all.iter().map(|figures| figures[i]).collect();
        column.sort_by(f32::total_cmp);
        column[column.len() / 2]
    };
    let [modes, quality, real, fake] = [0, 1, 2, 3].map(median);
    let of = cloud.centres().len() / cloud.dims();
    println!(
        "{title}: {modes} of {of} modes, {:.1} % high quality, mean D {real:.3} on real and {fake:.3} on fake",
        100.0 * quality
    );
    Ok(())
}

fn main() -> Result<()> {
    let only = std::env::args().nth(1);
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    if wanted("ring") {
        report("ring of 8, non-saturating, 8000 turns", "ring", 8000, &GanOptions::default())?;
    }
    if wanted("wasserstein") {
        let options = GanOptions { loss: GanLoss::WassersteinGp, ..GanOptions::default() };
        report("ring of 8, Wasserstein with gradient penalty, 8000 turns", "ring", 8000, &options)?;
    }
    if wanted("grid") {
        let options = GanOptions { hidden: vec![128, 128, 128], penalty: Some(0.1), ..GanOptions::default() };
        report("5×5 grid, non-saturating, three layers of 128, R1 0.1, 7000 turns", "grid", 7000, &options)?;
    }
    if wanted("collapse") {
        report("ring of 8, collapse preset, 2000 turns", "ring", 2000, &GanOptions::collapse())?;
    }
    Ok(())
}
