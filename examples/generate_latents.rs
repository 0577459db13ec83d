//! Prints what autoencoders reach, the median of five seeds:
//!
//! `cargo run --release --example generate_latents [-- latents | linear | samples | beta | pairs]`

use pollster::block_on;
use vitrine::Result;
use vitrine::data::{Dataset, Rooms, Strokes, digits};
use vitrine::device::Device;
use vitrine::generate::autoencoder::{Autoencoder, AutoencoderOptions, Pairs, Prior, Regulariser, Shape, partners};
use vitrine::generate::latent::{Disentanglement, Pca, disentanglement, principal_angles};
use vitrine::graph::{Builder, DType};
use vitrine::nn::{Mode, Model, preset};
use vitrine::train::{Split, TrainOptions, Trainer};
use vitrine::{Error, Tensor};

const SEEDS: [u32; 5] = [1, 2, 3, 4, 5];
/// Samples, and steps of interpolations, that are judged.
const JUDGED: usize = 500;
/// From this probability on an answer counts as confident.
const CONFIDENT: f32 = 0.8;

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The median of each of the figures that `of` gives for a seed, seed by seed on stderr.
fn medians<const N: usize>(title: &str, of: impl Fn(u32) -> Result<[f64; N]>) -> Result<[f64; N]> {
    let mut all = Vec::new();
    for seed in SEEDS {
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
            let [error] = medians(&format!("{shape:?} {latent}"), |seed| {
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
    let [angle, ratio] = medians("linear", |seed| {
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

/// A network that knows the strokes, for telling a digit from what is none.
struct Judge {
    trainer: Trainer,
    accuracy: f32,
}

impl Judge {
    fn new(data: &Dataset) -> Result<Self> {
        let architecture = preset("lenet-5", data.shape, data.classes.len()).ok_or(Error::Run("no preset".into()))?;
        let options = TrainOptions { learning_rate: 0.002, ..TrainOptions::default() };
        let mut trainer = block_on(Trainer::new(&Device::cpu(), Model::new(architecture)?, data, options))?;
        block_on(trainer.run(6 * trainer.steps_per_epoch()))?;
        let accuracy = block_on(trainer.evaluate(Split::Validation))?.accuracy;
        Ok(Self { trainer, accuracy })
    }

    /// The probability of the likeliest class of each of `images`.
    fn confidences(&mut self, images: &[f32]) -> Result<Vec<f32>> {
        let model = self.trainer.model().clone();
        let [c, h, w] = model.architecture().input;
        let n = images.len() / (c * h * w);
        let builder = Builder::new();
        let x = builder.input("x", [n, c, h, w], DType::F32);
        let logits = model.forward(&builder, x, Mode::Eval)?.logits;
        builder.output("top", logits.log_softmax().reduce_max(&[1]).exp());
        let mut program = Device::cpu().compile(&builder.finish()?)?;
        program.run(self.trainer.store_mut(), &[("x", &Tensor::f32([n, c, h, w], images.to_vec())?)], 1)?;
        block_on(program.output("top"))?.into_f32()
    }
}

/// COURSE G4: the share of samples, and of images on the way between two of different classes, of which the judge is sure.
fn samples() -> Result<()> {
    let data = Strokes { count: 4000 }.dataset(1)?;
    let judge = std::cell::RefCell::new(Judge::new(&data)?);
    let sure = |images: &[f32]| -> Result<[f64; 2]> {
        let confidences = judge.borrow_mut().confidences(images)?;
        let sure = confidences.iter().filter(|&&p| p >= CONFIDENT).count();
        Ok([sure as f64 / confidences.len() as f64, mean(&confidences)])
    };
    let real = sure(&data.validation.pixels)?;
    let accuracy = judge.borrow().accuracy;
    println!("the judge: {:.1} % right; sure of {:.1} % of real validation images", 100.0 * accuracy, 100.0 * real[0]);
    let plain = |latent, prior| (AutoencoderOptions { latent, ..AutoencoderOptions::default() }, prior);
    let variational = |latent| {
        (AutoencoderOptions { latent, regulariser: Regulariser::Variational, ..AutoencoderOptions::default() }, Prior::Standard)
    };
    let kinds = [
        ("plain, 8 latents, fitted normal", plain(8, Prior::Fitted)),
        ("plain, 8 latents, standard normal", plain(8, Prior::Standard)),
        ("variational, 8 latents", variational(8)),
    ];
    for (title, (options, prior)) in kinds {
        let options = AutoencoderOptions { hidden: Some(vec![256]), learning_rate: 0.002, ..options };
        let [from_prior, mean_prior, between, mean_between] = medians(title, |seed| {
            let mut autoencoder = trained(&data, None, AutoencoderOptions { seed, ..options.clone() }, 3000)?;
            let (codes, _) = block_on(autoencoder.encode(&data.train.pixels))?;
            let z = autoencoder.draw(JUDGED, prior, &codes, seed)?;
            let [share, top] = sure(&block_on(autoencoder.decode(&z))?)?;
            // The five inner of seven images between a validation image and the next, which is another digit.
            let mut on_the_way = Vec::new();
            for i in 0..JUDGED / 5 {
                let (a, b) = (data.validation.image(i), data.validation.image(i + 1));
                let (_, images) = block_on(autoencoder.interpolate(a, b, 7))?;
                on_the_way.extend_from_slice(&images[784..6 * 784]);
            }
            let [share_between, top_between] = sure(&on_the_way)?;
            Ok([share, top, share_between, top_between])
        })?;
        println!(
            "{title}: sure of {:.1} % of samples (mean top {mean_prior:.3}) and of {:.1} % of interpolations (mean top {mean_between:.3})",
            100.0 * from_prior,
            100.0 * between
        );
    }
    Ok(())
}

fn rooms() -> Rooms {
    Rooms { size: 16, count: 4000, scatter: 0.0, ..Rooms::default() }
}

fn scores(rooms: &Rooms, data: &Dataset, autoencoder: &mut Autoencoder) -> Result<Disentanglement> {
    let (codes, _) = block_on(autoencoder.encode(&data.validation.pixels))?;
    let factors: Vec<u32> = rooms.validation().flat_map(|i| rooms.room(1, i).factors.map(|v| v as u32)).collect();
    disentanglement(&codes, autoencoder.options().latent, &factors, 6)
}

fn on_rooms(title: &str, beta: f32, pairs: Option<Pairs>) -> Result<()> {
    let rooms = rooms();
    let data = rooms.dataset(1)?;
    let others = pairs.map(|_| partners(&rooms, 1).pixels);
    let [mig, modularity, compactness, error] = medians(title, |seed| {
        let options = AutoencoderOptions {
            shape: Shape::Convolutional,
            filters: vec![16, 32],
            hidden: Some(vec![64]),
            latent: 8,
            regulariser: Regulariser::Variational,
            strength: Some(beta),
            pairs,
            learning_rate: 0.002,
            seed,
            ..AutoencoderOptions::default()
        };
        let mut autoencoder = trained(&data, others.as_deref(), options, 3000)?;
        let found = scores(&rooms, &data, &mut autoencoder)?;
        let error = mean(&block_on(autoencoder.reconstruct(&data.validation.pixels))?.mse);
        Ok([found.mig, found.modularity, found.compactness, error])
    })?;
    println!(
        "rooms 16×16, {title}: mutual information gap {mig:.3}, modularity {modularity:.3}, compactness {compactness:.3}, error {error:.5}"
    );
    Ok(())
}

fn main() -> Result<()> {
    let only = std::env::args().nth(1);
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    if wanted("latents") {
        latents()?;
    }
    if wanted("linear") {
        linear()?;
    }
    if wanted("samples") {
        samples()?;
    }
    if wanted("beta") {
        on_rooms("β = 1", 1.0, None)?;
        on_rooms("β = 4", 4.0, None)?;
    }
    if wanted("pairs") {
        on_rooms("β = 1, pairs of which one factor differs", 1.0, Some(Pairs::OneFactor))?;
        on_rooms("β = 1, pairs, adaptive", 1.0, Some(Pairs::Adaptive))?;
    }
    Ok(())
}
