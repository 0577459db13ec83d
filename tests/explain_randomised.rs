//! The model-randomisation test (Adebayo et al. 2018, "Sanity checks for saliency maps"): the weights of a trained network are replaced
//! by random ones, from the last layer on; a map that explains the network must change.
#![cfg(not(target_arch = "wasm32"))]

mod explain_support;

use std::ops::ControlFlow;

use explain_support::explain;
use pollster::block_on;
use vitrine::data;
use vitrine::device::Device;
use vitrine::explain::{ExplainOptions, Method};
use vitrine::nn::{Model, preset};
use vitrine::train::{TrainOptions, Trainer, initial_key};

/// Mean rank correlation of the maps' strengths with those of the trained network, over 64 held-out digits. Measured with 6 epochs,
/// random from the last layer on (one layer; both dense layers; all), small-vgg: saliency 0.25, 0.20, 0.09; Grad-CAM 0.02, 0.07, 0.05;
/// guided back-propagation 0.95, 0.91, 0.52; gradient × input 0.92, 0.92, 0.91 (it sees the digit's black ground). gap-cnn and resnet-8
/// with the last layer random: saliency 0.22, 0.25; Grad-CAM 0.25, −0.08; guided back-propagation 0.84, 0.93.
#[test]
fn gradients_and_grad_cam_change_with_the_weights_and_guided_back_propagation_hardly() {
    let data = data::digits();
    let mut architecture = preset("small-vgg", data.shape, data.classes.len()).unwrap();
    (architecture.mean, architecture.std) = data.mean_std();
    let model = Model::new(architecture).unwrap();
    let options = TrainOptions { seed: 1, ..TrainOptions::default() };
    let mut trainer = block_on(Trainer::new(&Device::cpu(), model.clone(), &data, options)).unwrap();
    let mut accuracy = 0.0;
    block_on(trainer.fit(3, None, |epoch| {
        accuracy = epoch.validation.accuracy;
        ControlFlow::Continue(())
    }))
    .unwrap();
    assert!(accuracy > 0.9, "{accuracy}");
    let mut drawn = Device::cpu().store();
    let initialize = Device::cpu().compile(&model.initialize().unwrap());
    initialize.unwrap().run(&mut drawn, &[("key", &initial_key(2))], 1).unwrap();
    let drawn = block_on(drawn.snapshot()).unwrap();
    let trained = block_on(trainer.store_mut().snapshot()).unwrap();

    let (images, labels) = (&data.validation.pixels[..64 * 64], &data.validation.labels[..64]);
    let layers: Vec<String> =
        model.summary().layers.iter().filter(|layer| layer.parameters > 0).map(|layer| layer.name.clone()).collect();
    let maps = |method, random: usize| {
        let mut store = Device::cpu().store();
        store.restore(&trained).unwrap();
        for layer in &layers[layers.len() - random..] {
            for (name, tensor) in drawn.iter().filter(|(name, _)| name.starts_with(&format!("model/{layer}/"))) {
                store.set(name, tensor).unwrap();
            }
        }
        explain(&model, &mut store, method, &ExplainOptions::default(), images, labels).maps
    };
    let likeness = |method| {
        let original = maps(method, 0);
        [1, 2, layers.len()].map(|random| {
            let changed = maps(method, random);
            original.chunks(64).zip(changed.chunks(64)).map(|(a, b)| rank_correlation(a, b)).sum::<f64>() / 64.0
        })
    };
    for method in [Method::Saliency, Method::GradCam] {
        let found = likeness(method);
        assert!(found.iter().all(|&r| r < 0.5), "{method:?} {found:?}");
    }
    let guided = likeness(Method::GuidedBackprop);
    assert!(guided[0] > 0.8 && guided[1] > 0.8 && guided[2] > 0.4, "{guided:?}");
}

/// Spearman's rank correlation of |a| and |b|; 0 where one is constant.
fn rank_correlation(a: &[f32], b: &[f32]) -> f64 {
    let centred_ranks = |values: &[f32]| -> Vec<f64> {
        let rank =
            |x: &f32| values.iter().map(|y| (y.abs() < x.abs()) as u8 as f64 + 0.5 * (y.abs() == x.abs()) as u8 as f64).sum();
        values.iter().map(rank).map(|rank: f64| rank - 0.5 * values.len() as f64).collect()
    };
    let (a, b) = (centred_ranks(a), centred_ranks(b));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let norm = (dot(&a, &a) * dot(&b, &b)).sqrt();
    if norm > 0.0 { dot(&a, &b) / norm } else { 0.0 }
}
