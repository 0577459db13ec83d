//! Fine-tuning an autoencoder's encoder on few labels (COURSE G3), against logistic regression and other devices.
#![cfg(not(target_arch = "wasm32"))]

use pollster::block_on;
use vitrine::Error;
use vitrine::data::{Images, digits};
use vitrine::device::Device;
use vitrine::generate::autoencoder::{FineTuneOptions, Shape, Start};
use vitrine::generate::latent::{Labelled, few, logistic};
use vitrine::generate::{Autoencoder, AutoencoderOptions};

fn labelled(images: &Images) -> Labelled<'_> {
    Labelled { x: &images.pixels, labels: &images.labels }
}

/// On the digits, 8 latents, after some steps without labels.
fn learnt(device: &Device, shape: Shape) -> Autoencoder {
    let options =
        AutoencoderOptions { shape, filters: vec![4, 8], hidden: Some(vec![32]), latent: 8, ..AutoencoderOptions::default() };
    let mut autoencoder = block_on(Autoencoder::new(device, &digits(), None, options)).unwrap();
    block_on(autoencoder.run(200)).unwrap();
    autoencoder
}

/// So many of each class, no image twice, the same with the same seed; all there are where there are fewer.
#[test]
fn labels_are_chosen_class_by_class() {
    let labels = digits().train.labels;
    let chosen = few(&labels, 10, 5, 3);
    let classes: Vec<u32> = chosen.iter().map(|&i| labels[i]).collect();
    assert_eq!(classes, (0..10).flat_map(|class| [class; 5]).collect::<Vec<u32>>());
    let mut apart = chosen.clone();
    apart.sort_unstable();
    apart.dedup();
    assert_eq!(apart.len(), 50);
    assert_eq!(chosen, few(&labels, 10, 5, 3));
    assert_ne!(chosen, few(&labels, 10, 5, 4));
    assert_eq!(few(&[2, 0, 2], 3, 2, 1).len(), 3);
}

/// With the encoder at rest, and all labelled images in each step, what is left is logistic regression on the codes: the same answers
/// as the classifier that was fitted to codes computed beforehand. Moving the encoder gives others and lowers the training loss.
#[test]
fn with_the_encoder_at_rest_it_is_logistic_regression_on_codes() {
    let data = digits();
    let train = data.train.select(&few(&data.train.labels, 10, 10, 1));
    for shape in [Shape::Dense, Shape::Convolutional] {
        let mut autoencoder = learnt(&Device::cpu(), shape);
        let [from, to] = [&train, &data.validation].map(|images| block_on(autoencoder.encode(&images.pixels)).unwrap().0);
        let (codes, test) = (Labelled { x: &from, labels: &train.labels }, Labelled { x: &to, labels: &data.validation.labels });
        let expected = block_on(logistic(&Device::cpu(), codes, test, 10)).unwrap();
        let mut tuned = |encoder_rate: f32| {
            let options = FineTuneOptions { batch: train.len(), encoder_rate, ..FineTuneOptions::default() };
            let mut tuning = block_on(autoencoder.fine_tuning(labelled(&train), 10, options)).unwrap();
            let loss = block_on(tuning.run(300)).unwrap();
            assert_eq!(tuning.step(), 300);
            (loss, block_on(tuning.classify(labelled(&data.validation))).unwrap())
        };
        let ((loss, found), (lower, moved)) = (tuned(0.0), tuned(0.003));
        let same = found.predictions.iter().zip(&expected.predictions).filter(|(a, b)| a == b).count();
        let of = expected.predictions.len();
        assert!(same as f64 >= 0.995 * of as f64, "{shape:?}: {same} of {of} answers are those of logistic regression");
        assert!((found.accuracy - expected.accuracy).abs() < 0.005, "{} {}", found.accuracy, expected.accuracy);
        assert!(moved.predictions != found.predictions && lower < 0.5 * loss, "{shape:?}: {lower} after {loss}");
        // The autoencoder is as it was.
        assert_eq!(block_on(autoencoder.encode(&train.pixels)).unwrap().0, from);
    }
}

/// The same seed gives the same classifier, on another object that had to begin again too; another seed another one; and fresh weights
/// do not depend on what the autoencoder has learnt.
#[test]
fn it_repeats_itself() {
    let data = digits();
    let train = data.train.select(&few(&data.train.labels, 10, 7, 1));
    let mut autoencoder = learnt(&Device::cpu(), Shape::Dense);
    let mut untaught = learnt(&Device::cpu(), Shape::Dense);
    block_on(untaught.rewind()).unwrap();
    let predictions = |autoencoder: &mut Autoencoder, start: Start, seed: u32, moves: bool| {
        let options = FineTuneOptions { start, seed, batch: 16, ..FineTuneOptions::default() };
        let mut tuning = block_on(autoencoder.fine_tuning(labelled(&train), 10, options)).unwrap();
        block_on(tuning.run(20)).unwrap();
        if moves {
            block_on(tuning.move_to(&Device::cpu())).unwrap();
        }
        block_on(tuning.run(20)).unwrap();
        block_on(tuning.classify(labelled(&data.validation))).unwrap().predictions
    };
    let first = predictions(&mut autoencoder, Start::Learnt, 1, false);
    assert_eq!(first, predictions(&mut autoencoder, Start::Learnt, 1, true));
    assert_ne!(first, predictions(&mut autoencoder, Start::Learnt, 2, false));
    assert_ne!(first, predictions(&mut untaught, Start::Learnt, 1, false));
    let scratch = predictions(&mut autoencoder, Start::Scratch, 1, false);
    assert_eq!(scratch, predictions(&mut untaught, Start::Scratch, 1, false));
    assert_ne!(scratch, first);
}

#[test]
fn what_cannot_be_is_refused() {
    let data = digits();
    let mut autoencoder = learnt(&Device::cpu(), Shape::Dense);
    let train = data.train.select(&[0, 1, 2]);
    let mut refused = |labelled: Labelled<'_>, classes: usize, options: FineTuneOptions| {
        matches!(block_on(autoencoder.fine_tuning(labelled, classes, options)), Err(Error::Option { .. }))
    };
    let with = FineTuneOptions::default;
    assert!(refused(Labelled { x: &train.pixels[..100], labels: &train.labels }, 10, with()));
    assert!(refused(Labelled { x: &[], labels: &[] }, 10, with()));
    assert!(refused(Labelled { x: &train.pixels, labels: &[0, 1, 10] }, 10, with()));
    for options in [
        FineTuneOptions { batch: 0, ..with() },
        FineTuneOptions { head_rate: 0.0, ..with() },
        FineTuneOptions { encoder_rate: -0.1, ..with() },
        FineTuneOptions { encoder_rate: f32::NAN, ..with() },
    ] {
        assert!(refused(labelled(&train), 10, options.clone()), "{options:?}");
    }
    let mut tuning = block_on(autoencoder.fine_tuning(labelled(&train), 10, with())).unwrap();
    assert!(block_on(tuning.run(0)).is_err());
    assert!(block_on(tuning.classify(Labelled { x: &[0.0], labels: &[1] })).is_err());
}

/// The same few steps on the GPU.
#[cfg(feature = "webgpu")]
#[test]
fn the_gpu_agrees() {
    let gpu = match block_on(Device::gpu(true)) {
        Ok(device) => device,
        Err(error) => return eprintln!("SKIPPED fine-tuning on the GPU: {error}"),
    };
    let data = digits();
    let train = data.train.select(&few(&data.train.labels, 10, 3, 1));
    let [here, there] = [&Device::cpu(), &gpu].map(|device| {
        let mut autoencoder = learnt(device, Shape::Convolutional);
        let options = FineTuneOptions { start: Start::Scratch, batch: 16, encoder_rate: 1e-4, ..FineTuneOptions::default() };
        let mut tuning = block_on(autoencoder.fine_tuning(labelled(&train), 10, options)).unwrap();
        (0..4).map(|_| block_on(tuning.run(1)).unwrap()).collect::<Vec<f32>>()
    });
    for (a, b) in here.iter().zip(&there) {
        assert!((a - b).abs() < 1e-3 * (1.0 + a.abs()), "{here:?} {there:?}");
    }
}
