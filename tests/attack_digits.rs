//! The figures of the attack on real digits (D1): LeNet-5 after 30 epochs.
#![cfg(not(target_arch = "wasm32"))]

use std::ops::ControlFlow;

use pollster::block_on;
use vitrine::attack::{AttackOptions, Method, Norm, robustness};
use vitrine::data::digits;
use vitrine::device::Device;
use vitrine::nn::{Architecture, Model, preset};
use vitrine::train::{TrainOptions, Trainer};

/// FGSM with ε = 0.1 costs at least 30 points of validation accuracy, random signs of the same size less than 10 whatever the signs,
/// ten steps of PGD no less than FGSM, and a larger ε never helps the network.
#[test]
fn fgsm_fools_lenet_where_noise_does_not() {
    let (device, data) = (Device::cpu(), digits());
    let (mean, std) = data.mean_std();
    let architecture = Architecture { mean, std, ..preset("lenet-5", data.shape, data.classes.len()).unwrap() };
    let model = Model::new(architecture).unwrap();
    let mut trainer = block_on(Trainer::new(&device, model.clone(), &data, TrainOptions::default())).unwrap();
    let steps = 30 * trainer.steps_per_epoch();
    block_on(trainer.run(steps)).unwrap();

    let mut accuracy = |options: AttackOptions, epsilons: &[f32]| {
        let store = trainer.store_mut();
        block_on(robustness(&device, store, &model, &data.validation, &options, epsilons, |_| ControlFlow::Continue(()))).unwrap()
    };
    let curve = accuracy(AttackOptions::new(Method::Fgsm, Norm::Linf, 0.1), &[0.0, 0.05, 0.1, 0.2]);
    println!("FGSM, ε 0, 0.05, 0.1, 0.2: {curve:?}");
    let [clean, _, fooled, _] = curve[..] else { panic!("{curve:?}") };
    assert!(clean >= 0.975, "{clean}");
    assert!(clean - fooled >= 0.3, "{clean} {fooled}");
    assert!(curve.windows(2).all(|w| w[1] < w[0]), "{curve:?}");

    let pgd = accuracy(AttackOptions::new(Method::Pgd, Norm::Linf, 0.1), &[0.1])[0];
    println!("PGD-10, ε 0.1: {pgd}");
    assert!(pgd <= fooled, "{pgd} {fooled}");
    for seed in 0..5 {
        let noise = accuracy(AttackOptions { seed, ..AttackOptions::new(Method::Noise, Norm::Linf, 0.1) }, &[0.1])[0];
        println!("noise {seed}, ε 0.1: {noise}");
        assert!(clean - noise < 0.1, "{clean} {noise}");
    }
}
