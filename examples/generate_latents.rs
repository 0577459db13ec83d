//! Prints what autoencoders reach, the median of five seeds:
//!
//! `cargo run --release --example generate_latents [-- latents | linear | samples | beta | pairs]`
//!
//! `-- samples FOLDER` takes MNIST, whose four files are in FOLDER, where `samples` draws digits.

use pollster::block_on;
use vitrine::Result;
use vitrine::data::{Dataset, Rooms, Strokes, digits, idx};
use vitrine::device::Device;
use vitrine::generate::autoencoder::{Autoencoder, AutoencoderOptions, Pairs, Prior, Reconstruction, Regulariser, Shape, partners};
use vitrine::generate::latent::{Disentanglement, Pca, disentanglement, principal_angles};
use vitrine::graph::{Builder, DType};
use vitrine::nn::{Architecture, Mode, Model, Schedule, preset};
use vitrine::train::{Split, TrainOptions, Trainer};
use vitrine::{Error, Tensor};

const SEEDS: [u32; 5] = [1, 2, 3, 4, 5];
/// Images of each source that are judged.
const JUDGED: usize = 500;
/// Steps of a judge's training, and of an autoencoder's whose inventions are judged.
const LESSONS: usize = 1500;
const STEPS: usize = 6000;
/// Images that these learn from, at most.
const LEARNT: usize = 60_000;
/// Of the autoencoders that are judged: others than those on which β, steps and layers were chosen (1–5, 11, 12).
const FRESH: [u32; 5] = [31, 32, 33, 34, 35];
/// From this probability on an answer counts as confident.
const CONFIDENT: f32 = 0.8;

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The median of each of the figures that `of` gives for a seed, seed by seed on stderr.
fn medians<const N: usize>(title: &str, seeds: [u32; 5], of: impl Fn(u32) -> Result<[f64; N]>) -> Result<[f64; N]> {
    let mut all = Vec::new();
    for seed in seeds {
        let figures = of(seed)?;
        eprintln!("  {title}, seed {seed}: {figures:.4?}");
        all.push(figures);
    }
    Ok(std::array::from_fn(|i| median(all.iter().map(|figures| figures[i]).collect())))
}

fn mean(values: &[f32]) -> f64 {
    values.iter().map(|&v| f64::from(v)).sum::<f64>() / values.len().max(1) as f64
}

fn trained(data: &Dataset, partners: Option<&[f32]>, options: AutoencoderOptions, steps: usize) -> Result<Autoencoder> {
    let mut autoencoder = block_on(Autoencoder::new(&Device::cpu(), data, partners, options))?;
    match block_on(autoencoder.run(steps))?.diverged {
        None => Ok(autoencoder),
        Some(step) => Err(Error::Run(format!("diverged at step {step}"))),
    }
}

/// Mean squared error per pixel of validation images.
fn latents() -> Result<()> {
    let data = Strokes { count: 4000 }.dataset(1)?;
    for shape in [Shape::Dense, Shape::Convolutional] {
        let mut line = Vec::new();
        for latent in [2, 5, 32] {
            let [error] = medians(&format!("{shape:?} {latent}"), SEEDS, |seed| {
                let options = AutoencoderOptions { shape, latent, learning_rate: 0.002, seed, ..AutoencoderOptions::default() };
                let mut autoencoder = trained(&data, None, options, 1500)?;
                Ok([mean(&block_on(autoencoder.reconstruct(&data.validation.pixels))?.mse)])
            })?;
            line.push(format!("{latent}: {error:.5}"));
        }
        println!("strokes, {shape:?}, 1500 steps, error per pixel by latents: {}", line.join(", "));
    }
    Ok(())
}

/// The largest principal angle to the subspace of PCA.
fn linear() -> Result<()> {
    let data = digits();
    let pca = Pca::new(&data.train.pixels, 64, 4)?;
    let [angle, ratio] = medians("linear", SEEDS, |seed| {
        let batch = data.train.len();
        let options = AutoencoderOptions {
            shape: Shape::Linear,
            latent: 4,
            batch,
            learning_rate: 0.02,
            half_life: 700,
            seed,
            ..Default::default()
        };
        let mut autoencoder = trained(&data, None, options, 3000)?;
        let angles = principal_angles(&block_on(autoencoder.decoder_columns())?, &pca.components);
        let error = mean(&block_on(autoencoder.reconstruct(&data.train.pixels))?.mse);
        Ok([angles.into_iter().fold(0.0, f64::max), error / pca.error(4)])
    })?;
    println!("digits, linear, 4 latents: largest principal angle {angle:.5} rad, error {ratio:.6} of PCA's");
    Ok(())
}

/// Networks that know the strokes, for telling a digit from what is none. One alone is sure of most things that are no digit; where
/// several that differ in their first weights agree, there is something to see (deep ensembles, Lakshminarayanan et al. 2017).
struct Judges(Vec<Trainer>);

impl Judges {
    fn new(data: &Dataset) -> Result<Self> {
        let architecture = preset("lenet-5", data.shape, data.classes.len()).ok_or(Error::Run("no preset".into()))?;
        let (mean, std) = data.mean_std();
        let model = Model::new(Architecture { mean, std, ..architecture })?;
        let schedule = Schedule::Cosine { steps: LESSONS as u32 };
        let train = |seed| {
            let options = TrainOptions { learning_rate: 0.002, schedule, seed, ..TrainOptions::default() };
            let mut trainer = block_on(Trainer::new(&Device::cpu(), model.clone(), data, options))?;
            block_on(trainer.run(LESSONS))?;
            Ok(trainer)
        };
        Ok(Self(SEEDS.into_iter().map(train).collect::<Result<_>>()?))
    }

    /// The mean share of right answers on validation images.
    fn accuracy(&mut self) -> Result<f64> {
        let right = |trainer: &mut Trainer| Ok(block_on(trainer.evaluate(Split::Validation))?.accuracy);
        Ok(mean(&self.0.iter_mut().map(right).collect::<Result<Vec<f32>>>()?))
    }

    /// The share in % of `images` of which one is sure, on average; and of which all together are, by the mean of their probabilities;
    /// and as how many different digits they take at least 1 % of the images each.
    fn sure(&mut self, images: &[f32]) -> Result<[f64; 3]> {
        let (judges, classes) = (self.0.len(), 10);
        let n = images.len() / 784;
        let share = |p: &[f32]| {
            let sure = p.chunks_exact(classes).filter(|row| row.iter().any(|&p| p >= CONFIDENT)).count();
            100.0 * sure as f64 / n as f64
        };
        let (mut alone, mut together) = (0.0, vec![0.0; n * classes]);
        for trainer in &mut self.0 {
            let model = trainer.model().clone();
            let builder = Builder::new();
            let x = builder.input("x", [n, 1, 28, 28], DType::F32);
            builder.output("p", model.forward(&builder, x, Mode::Eval)?.logits.log_softmax().exp());
            let mut program = Device::cpu().compile(&builder.finish()?)?;
            program.run(trainer.store_mut(), &[("x", &Tensor::f32([n, 1, 28, 28], images.to_vec())?)], 1)?;
            let p = block_on(program.output("p"))?.into_f32()?;
            alone += share(&p) / judges as f64;
            together.iter_mut().zip(&p).for_each(|(sum, p)| *sum += p / judges as f32);
        }
        let likeliest = |row: &[f32]| (0..classes).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap_or(0);
        let mut taken = vec![0; classes];
        together.chunks_exact(classes).for_each(|row| taken[likeliest(row)] += 1);
        let digits = taken.into_iter().filter(|&count| 100 * count >= n).count();
        Ok([alone, share(&together), digits as f64])
    }
}

/// Where images come from that are judged: codes from N(0, I), the prior; from a normal distribution fitted to the codes of training
/// images; half-way between the codes of two validation images of different digits, in a straight line and on the arc of a circle
/// around 0 (White 2016: almost all of the prior lies near a sphere, which a straight line leaves); and at one of five steps of that line.
const SOURCES: [&str; 5] = ["N(0, I)", "fitted normal", "half-way", "half-way on the arc", "on the way"];

fn invented(autoencoder: &mut Autoencoder, data: &Dataset, seed: u32) -> Result<[Vec<f32>; 5]> {
    let latent = autoencoder.options().latent;
    let (codes, _) = block_on(autoencoder.encode(&data.train.pixels))?;
    let (ends, _) = block_on(autoencoder.encode(&data.validation.pixels[..784 * 2 * JUDGED]))?;
    let code = |i: usize| &ends[i * latent..][..latent];
    let labels = &data.validation.labels;
    let other = |i: usize| (i + 1..2 * JUDGED).find(|&j| labels[j] != labels[i]).unwrap_or(i);
    let pairs: Vec<_> = (0..JUDGED).map(|i| (code(i), code(other(i)))).collect();
    let line = |share: fn(usize) -> f32| -> Vec<f32> {
        let at = |i: usize| move |(&a, &b): (&f32, &f32)| (1.0 - share(i)) * a + share(i) * b;
        pairs.iter().enumerate().flat_map(|(i, (a, b))| a.iter().zip(*b).map(at(i))).collect()
    };
    let norm = |z: &[f32]| z.iter().map(|v| v * v).sum::<f32>().sqrt();
    let arc = |(a, b): &(&[f32], &[f32])| -> Vec<f32> {
        let towards: Vec<f32> = a.iter().zip(*b).map(|(p, q)| p / norm(a) + q / norm(b)).collect();
        let scale = 0.5 * (norm(a) + norm(b)) / norm(&towards);
        towards.into_iter().map(|v| scale * v).collect()
    };
    let z = [
        autoencoder.draw(JUDGED, Prior::Standard, &[], seed)?,
        autoencoder.draw(JUDGED, Prior::Fitted, &codes, seed)?,
        line(|_| 0.5),
        pairs.iter().flat_map(arc).collect(),
        line(|i| (1 + i % 5) as f32 / 6.0),
    ];
    let [a, b, c, d, e] = z.map(|z| block_on(autoencoder.decode(&z)));
    Ok([a?, b?, c?, d?, e?])
}

/// COURSE G4: the share of samples, and of images between two of different digits, of which judges are sure. Both autoencoders have the
/// same layers, see the same batches and pay the same squared error.
fn samples(folder: Option<&str>) -> Result<()> {
    let mut data = match folder {
        Some(folder) => idx::folder(folder.as_ref(), 0)?,
        None => Strokes { count: LEARNT }.dataset(1)?,
    };
    data.train = data.train.select(&(0..data.train.len().min(LEARNT)).collect::<Vec<_>>());
    let judges = std::cell::RefCell::new(Judges::new(&data)?);
    let real = &data.validation.pixels[..784 * (JUDGED + 1)];
    let blends: Vec<f32> = real.iter().zip(&real[784..]).map(|(a, b)| 0.5 * (a + b)).collect();
    println!("judges: each {:.1} % right", 100.0 * judges.borrow_mut().accuracy()?);
    for (title, images) in [("real images", real), ("blends of two, pixel by pixel", &blends)] {
        let [alone, together, _] = judges.borrow_mut().sure(images)?;
        println!("{title}: one is sure of {alone:.1} %, five together of {together:.1} %");
    }
    let plain = AutoencoderOptions {
        shape: Shape::Convolutional,
        hidden: Some(vec![512, 256]),
        latent: 32,
        reconstruction: Some(Reconstruction::Mse),
        learning_rate: 0.002,
        half_life: 2400,
        ..AutoencoderOptions::default()
    };
    // With the squared error the loss is −ELBO for pixels of variance ½, but for a constant.
    let variational = AutoencoderOptions { regulariser: Regulariser::Variational, strength: Some(1.0), ..plain.clone() };
    let kinds = [("plain", plain), ("variational, β = 1", variational)];
    let mut all = Vec::new();
    for (title, options) in &kinds {
        let figures = medians::<16>(title, FRESH, |seed| {
            let mut autoencoder = trained(&data, None, AutoencoderOptions { seed, ..options.clone() }, STEPS)?;
            let mut figures = [0.0; 16];
            for (pair, images) in figures.chunks_exact_mut(3).zip(invented(&mut autoencoder, &data, seed)?) {
                pair.copy_from_slice(&judges.borrow_mut().sure(&images)?);
            }
            figures[15] = mean(&block_on(autoencoder.reconstruct(real))?.mse);
            Ok(figures)
        })?;
        println!("{title}, 32 latents, {STEPS} steps: error {:.5} per pixel", figures[15]);
        all.push(figures);
    }
    for (i, source) in SOURCES.iter().enumerate() {
        println!("{source}:");
        for ((title, _), figures) in kinds.iter().zip(&all) {
            let gap = |j: usize| figures[3 * i + j] - all[0][3 * i + j];
            let [alone, together, digits] = [0, 1, 2].map(|j| figures[3 * i + j]);
            println!(
                "  {title}: one sure of {alone:.1} % ({:+.1}), five together of {together:.1} % ({:+.1}); {digits} digits occur",
                gap(0),
                gap(1)
            );
        }
    }
    Ok(())
}

/// COURSE G6: β weighs the KL divergence against a reconstruction summed over the pixels, both in nats (Higgins et al. 2017), so that what
/// a β does depends on the size of the images: on 16×16 pixels β = 4 silences every latent.
fn rooms(size: usize) -> Rooms {
    Rooms { size, count: 4000, scatter: 0.0, ..Rooms::default() }
}

fn scores(rooms: &Rooms, data: &Dataset, autoencoder: &mut Autoencoder) -> Result<Disentanglement> {
    let (codes, _) = block_on(autoencoder.encode(&data.validation.pixels))?;
    let factors: Vec<u32> = rooms.validation().flat_map(|i| rooms.room(1, i).factors.map(|v| v as u32)).collect();
    disentanglement(&codes, autoencoder.options().latent, &factors, 6)
}

fn on_rooms(title: &str, rooms: &Rooms, steps: usize, options: AutoencoderOptions) -> Result<()> {
    let data = rooms.dataset(1)?;
    let others = options.pairs.map(|_| partners(rooms, 1).pixels);
    let [mig, modularity, compactness, error, nats, silent] = medians(title, SEEDS, |seed| {
        let options = AutoencoderOptions { seed, ..options.clone() };
        let mut autoencoder = trained(&data, others.as_deref(), options, steps)?;
        let found = scores(rooms, &data, &mut autoencoder)?;
        let error = mean(&block_on(autoencoder.reconstruct(&data.validation.pixels))?.mse);
        let latents = block_on(autoencoder.summarise(&data.validation.pixels))?;
        let nats = latents.iter().map(|latent| f64::from(latent.divergence)).sum();
        let silent = latents.iter().filter(|latent| latent.silent).count() as f64;
        Ok([found.mig, found.modularity, found.compactness, error, nats, silent])
    })?;
    println!(
        "rooms {0}×{0}, {title}: mutual information gap {mig:.3}, modularity {modularity:.3}, compactness {compactness:.3}, \
         error {error:.5}, KL {nats:.2} nats, {silent} of 8 latents silent",
        rooms.size
    );
    Ok(())
}

fn variational(beta: f32) -> AutoencoderOptions {
    let (regulariser, strength) = (Regulariser::Variational, Some(beta));
    AutoencoderOptions { latent: 8, regulariser, strength, learning_rate: 0.002, ..AutoencoderOptions::default() }
}

fn beta() -> Result<()> {
    for beta in [1.0, 4.0] {
        on_rooms(&format!("β = {beta}"), &rooms(32), 2000, variational(beta))?;
    }
    Ok(())
}

fn pairs() -> Result<()> {
    for (title, pairs) in [("of which one factor differs", Pairs::OneFactor), ("adaptive", Pairs::Adaptive)] {
        let layers = AutoencoderOptions { shape: Shape::Convolutional, hidden: Some(vec![64]), ..variational(1.0) };
        on_rooms(&format!("β = 1, pairs, {title}"), &rooms(16), 3000, AutoencoderOptions { pairs: Some(pairs), ..layers })?;
    }
    Ok(())
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let only = words.first();
    let wanted = |name: &str| only.is_none_or(|only| only == name);
    if wanted("latents") {
        latents()?;
    }
    if wanted("linear") {
        linear()?;
    }
    if wanted("samples") {
        samples(words.get(1).map(String::as_str))?;
    }
    if wanted("beta") {
        beta()?;
    }
    if wanted("pairs") {
        pairs()?;
    }
    Ok(())
}
