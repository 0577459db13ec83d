//! Data sets that need no file: their contents, splits and statistics.
#![cfg(not(target_arch = "wasm32"))]

use vitrine::Error;
use vitrine::data::{Dataset, HELD_OUT, Images, Random, digits, split};

/// Philox 4×32-10 with key and counter 0, from the known-answer tests of Random123 (Salmon et al. 2011).
#[test]
fn random_words_are_those_of_philox() {
    let mut random = Random::new(0, 0);
    let words: Vec<u32> = (0..4).map(|_| random.bits()).collect();
    assert_eq!(words, [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
}

#[test]
fn a_shuffle_is_a_permutation_of_its_seed() {
    let shuffled = |seed| {
        let mut items: Vec<u32> = (0..100).collect();
        Random::new(seed, 0).shuffle(&mut items);
        items
    };
    assert_eq!(shuffled(1), shuffled(1));
    assert_ne!(shuffled(1), shuffled(2));
    let mut sorted = shuffled(1);
    sorted.sort_unstable();
    assert_eq!(sorted, (0..100).collect::<Vec<_>>());
}

/// Class sizes, total ink and first image of scikit-learn's `load_digits()`.
#[test]
fn digits_are_those_of_scikit_learn() {
    let data = digits();
    assert_eq!(data.shape, [1, 8, 8]);
    assert_eq!(data.train.len() + data.validation.len(), 1797);
    let labels: Vec<u32> = data.train.labels.iter().chain(&data.validation.labels).copied().collect();
    let sizes: Vec<usize> = (0..10).map(|class| labels.iter().filter(|&&l| l == class).count()).collect();
    assert_eq!(sizes, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    let ink: f32 = data.train.pixels.iter().chain(&data.validation.pixels).map(|p| p * 16.0).sum();
    assert_eq!(ink, 561_718.0);
    let first: Vec<f32> = [0., 0., 5., 13., 9., 1., 0., 0.].map(|v| v / 16.0).to_vec();
    let images = |part: &Images| (0..part.len()).any(|i| part.image(i)[..8] == first && part.labels[i] == 0);
    assert!(images(&data.train) || images(&data.validation));
}

#[test]
fn a_split_holds_out_its_share_of_every_class() {
    let labels: Vec<u32> = (0..1000).map(|i| if i < 900 { i % 2 } else { 2 }).chain([3]).collect();
    let (train, validation) = split::stratified(&labels, HELD_OUT, 7);
    let held_out = |class| validation.iter().filter(|&&i| labels[i] == class).count();
    assert_eq!([0, 1, 2, 3].map(held_out), [90, 90, 20, 0]);
    let mut all = [train.clone(), validation.clone()].concat();
    all.sort_unstable();
    assert_eq!(all, (0..1001).collect::<Vec<_>>());
    assert_eq!(split::stratified(&labels, HELD_OUT, 7), (train, validation.clone()));
    assert_ne!(split::stratified(&labels, HELD_OUT, 8).1, validation);
}

#[test]
fn statistics_are_per_channel_over_the_training_part() {
    let train = Images { pixels: vec![0.0, 1.0, 0.5, 0.5, 0.0, 0.0, 0.5, 0.5], labels: vec![0, 1] };
    let validation = Images { pixels: vec![1.0; 4], labels: vec![0] };
    let classes = vec!["a".to_string(), "b".to_string()];
    let data = Dataset::new("t", "s", [2, 1, 2], classes, train, validation).unwrap();
    let (mean, std) = data.mean_std();
    assert_eq!(mean, [0.25, 0.5]);
    assert!((std[0] - 0.1875f32.sqrt()).abs() < 1e-7);
    assert_eq!(std[1], 1.0, "a constant channel");
}

#[test]
fn wrong_arrays_are_named() {
    let classes = || vec!["a".to_string(), "b".to_string()];
    let build = |shape, pixels: Vec<f32>, labels: Vec<u32>| {
        let error = Dataset::split("Mine", "", shape, classes(), &Images { pixels, labels }, 0).unwrap_err();
        assert!(matches!(error, Error::Data { .. }));
        error.to_string()
    };
    assert_eq!(build([1, 2, 2], vec![0.0; 7], vec![0, 1]), "Mine: 2 images of 1×2×2 have 8 pixels, not 7");
    assert_eq!(
        build([1, 1, 1], vec![0.0; 2], vec![0, 2]),
        "Mine: image 1 has label 2, but there are 2 classes (labels count from 0)"
    );
    assert_eq!(build([1, 1, 2], vec![0.0, 0.5, 0.5, 200.0], vec![0, 1]), "Mine: image 1 has a pixel of value 200, outside 0…1");
    assert!(build([1, 1, 1], vec![f32::NAN], vec![0]).contains("NaN"));
    assert!(build([0, 2, 2], vec![], vec![]).contains("0×2×2"));
    assert!(build([usize::MAX, 2, 2], vec![], vec![]).contains("is no image"));
    assert!(build([1, 2, 2], vec![], vec![]).contains("no image to learn from"));
}
