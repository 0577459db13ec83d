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

/// Where fakes crowd when G has run ahead: they hop from mode to mode, so that one look says little. With the page's preset: no penalty,
/// and five times D's rate.
fn collapse() -> Result<()> {
    const LOOKS: usize = 20;
    let preset: GanOptions = serde_json::from_str(include_str!("../www/labs/gan/collapse.json")).expect("options of a game");
    let Some(ring) = Cloud::named("ring") else { return Ok(()) };
    let mut most: Vec<usize> = Vec::new();
    let mut spreads: Vec<f32> = Vec::new();
    for seed in SEEDS {
        let mut gan = Gan::new(&Device::cpu(), ring.clone(), GanOptions { seed, ..preset.clone() })?;
        gan.run(Turn::Both, 1000)?;
        let mut modes = Vec::new();
        for _ in 0..LOOKS {
            gan.run(Turn::Both, 50)?;
            let samples = block_on(gan.samples(SAMPLES))?;
            modes.push(coverage(&ring, &samples).modes);
            spreads.push(spread(&samples));
        }
        eprintln!("  seed {seed}: modes {modes:?}");
        most.extend(modes.into_iter().max());
    }
    most.sort_unstable();
    spreads.sort_by(f32::total_cmp);
    println!(
        "ring of 8, collapse preset: at most {} of 8 modes at any of {LOOKS} looks in turns 1050–2000 (worst seed {}); \
         fakes lie {:.2} from their mean, the median look",
        most[most.len() / 2],
        most[most.len() - 1],
        spreads[spreads.len() / 2]
    );
    Ok(())
}

/// The root mean square distance of points in the plane from their mean.
fn spread(points: &[f32]) -> f32 {
    let n = points.len() as f32 / 2.0;
    let points = points.as_chunks::<2>().0;
    let mean = [0, 1].map(|i| points.iter().map(|p| p[i]).sum::<f32>() / n);
    (points.iter().map(|p| (p[0] - mean[0]).powi(2) + (p[1] - mean[1]).powi(2)).sum::<f32>() / n).sqrt()
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
        collapse()?;
    }
    Ok(())
}
