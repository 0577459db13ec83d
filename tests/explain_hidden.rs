//! Methods that hide parts of an image: occlusion (V9) and LIME (V10), with its super-pixels and linear models.
#![cfg(not(target_arch = "wasm32"))]

mod explain_support;

use explain_support::*;
use vitrine::explain::linear::fit;
use vitrine::explain::{Baseline, ExplainOptions, Method, Surrogate, slic};

const SHAPE: [usize; 3] = [2, 6, 9];

/// S_c = w_c·x + b_c: hiding one pixel takes Σ_k w_k·(x_k − x′_k) away; a window takes the sum over its pixels, and a pixel gets the
/// mean over the windows that cover it.
#[test]
fn occlusion_of_a_linear_model_returns_its_weights() {
    let model = linear(SHAPE, 3);
    let mut store = random_weights(&model, 21);
    let w = parameter(&model, &store, 0)[108..216].to_vec();
    let image = random_image(108, 21);
    for (baseline, window, stride) in
        [(Baseline::Black, 1, 1), (Baseline::Noise, 1, 1), (Baseline::White, 3, 2), (Baseline::Blur, 4, 3), (Baseline::Black, 5, 5)]
    {
        let missing = baseline.of(&image, SHAPE, 0);
        let share: Vec<f32> = (0..54).map(|i| [i, 54 + i].iter().map(|&k| w[k] * (image[k] - missing[k])).sum()).collect();
        let mut expected = [[0.0f32; 2]; 54];
        let starts = |side: usize| (0..=side - window).filter(move |s| s % stride == 0 || *s == side - window);
        for (top, left) in starts(6).flat_map(|top| starts(9).map(move |left| (top, left))) {
            let inside = |i: &usize| (top..top + window).contains(&(i / 9)) && (left..left + window).contains(&(i % 9));
            let fall: f32 = (0..54).filter(inside).map(|i| share[i]).sum();
            (0..54).filter(inside).for_each(|i| expected[i] = [expected[i][0] + fall, expected[i][1] + 1.0]);
        }
        let options = ExplainOptions { baseline, window: Some(window), stride: Some(stride), ..ExplainOptions::default() };
        let found = explain(&model, &mut store, Method::Occlusion, &options, &image, &[1]);
        assert_close(&found.maps, &expected.map(|[sum, count]| sum / count), 2e-5);
        assert_eq!(found.details[0].baseline, missing);
        let difference = found.details[0].score - found.details[0].baseline_score.unwrap();
        assert_close(&[difference], &[share.iter().sum()], 2e-5);
    }
}

/// On a linear model the surrogate without penalty is exact: the weight of a segment is Σ w·(x − x′) over its pixels, the intercept is
/// the baseline's score, R² = 1. The default penalties shrink it a little.
#[test]
fn lime_of_a_linear_model_returns_its_weights() {
    let model = linear(SHAPE, 3);
    let mut store = random_weights(&model, 22);
    let w = parameter(&model, &store, 0)[108..216].to_vec();
    let image = random_image(108, 22);
    for surrogate in [Surrogate::Ridge, Surrogate::Lasso] {
        let mut run = |penalty, top| {
            let options =
                ExplainOptions { surrogate, penalty, top, segments: 9, samples: Some(300), seed: 5, ..ExplainOptions::default() };
            explain(&model, &mut store, Method::Lime, &options, &image, &[1])
        };
        let found = run(Some(0.0), 0);
        let details = &found.details[0];
        let (segments, fit) = details.surrogate.as_ref().unwrap();
        let mut expected = vec![0.0; fit.weights.len()];
        (0..108).for_each(|i| expected[segments[i % 54] as usize] += w[i] * image[i]);
        assert_close(&fit.weights, &expected, 1e-4);
        assert_close(&[fit.intercept, fit.r2], &[details.baseline_score.unwrap(), 1.0], 1e-4);
        assert_close(&found.maps, &segments.iter().map(|&s| expected[s as usize]).collect::<Vec<_>>(), 1e-4);
        let default = run(None, 0).details[0].surrogate.clone().unwrap().1;
        assert!(default.r2 > 0.95 && default.r2 < 1.0 && default.weights != fit.weights, "{}", default.r2);
        // The three segments of largest weight, and no others.
        let shown = run(Some(0.0), 3).maps;
        let mut order: Vec<f32> = fit.weights.iter().map(|w| w.abs()).collect();
        order.sort_by(|a, b| b.total_cmp(a));
        assert!(shown.iter().zip(&found.maps).all(|(&a, &b)| a == if b.abs() >= order[2] { b } else { 0.0 }));
    }
}

/// A connected piece for each label, about as many as wanted, and none across the border between two colours.
#[test]
fn super_pixels_are_connected_and_keep_to_edges() {
    let (height, width) = (24, 30);
    let left = |pixel: usize| pixel % width < 13 + pixel / width / 4;
    for channels in [1, 3] {
        let noise = random_image(channels * height * width, 23);
        let colour = |pixel: usize, channel: usize| if left(pixel) { 0.2 } else { [0.8, 0.6, 0.1][channel] };
        let image: Vec<f32> =
            (0..noise.len()).map(|i| colour(i % (height * width), i / (height * width)) + 0.02 * noise[i]).collect();
        for wanted in [2, 12, 40] {
            let labels = slic::segments(&image, [channels, height, width], wanted, 10.0);
            let count = *labels.iter().max().unwrap() as usize + 1;
            assert!(count >= wanted.min(2) && count * 2 >= wanted && count <= wanted * 2, "{count} of {wanted}");
            for label in 0..count as u32 {
                let pixels: Vec<usize> = (0..labels.len()).filter(|&i| labels[i] == label).collect();
                let mut reached = vec![pixels[0]];
                let mut at = 0;
                while at < reached.len() {
                    let i = reached[at];
                    let near = |j: &&usize| i.abs_diff(**j) == width || (i.abs_diff(**j) == 1 && i / width == **j / width);
                    let new: Vec<usize> = pixels.iter().filter(near).filter(|j| !reached.contains(j)).copied().collect();
                    reached.extend(new);
                    at += 1;
                }
                assert_eq!(reached.len(), pixels.len(), "label {label}");
                assert!(pixels.iter().all(|&i| left(i)) || pixels.iter().all(|&i| !left(i)), "{channels} {wanted} label {label}");
            }
        }
    }
}

/// Constant and tiny images, and the fewest and most segments.
#[test]
fn super_pixels_of_strange_images() {
    for shape in [[1, 1, 1], [1, 1, 7], [3, 2, 2], [4, 9, 1], [2, 16, 16]] {
        let pixels = shape[1] * shape[2];
        for (value, wanted) in [(0.0, 2), (1.0, 256), (f32::NAN, 40)] {
            let labels = slic::segments(&vec![value; shape[0] * pixels], shape, wanted, 10.0);
            let count = *labels.iter().max().unwrap() as usize + 1;
            assert!(labels.len() == pixels && count <= pixels && (0..count as u32).all(|label| labels.contains(&label)));
        }
    }
}

/// Ridge by its normal equations; lasso by its optimality conditions: the correlation of a feature with the residual is ±λ where its
/// weight is not 0, and at most λ elsewhere.
#[test]
fn fits_are_optimal() {
    let (n, k) = (60, 7);
    let z: Vec<f32> = random_image(n * k, 24).iter().map(|v| if *v < 0.5 { 0.0 } else { 1.0 }).collect();
    let noise = random_image(n, 25);
    let y: Vec<f32> = (0..n).map(|i| 2.0 * z[i * k] - 1.5 * z[i * k + 3] + 0.3 * z[i * k + 5] + noise[i] + 4.0).collect();
    let importance = random_image(n, 26);
    let sum: f32 = importance.iter().sum();
    for (surrogate, lambda) in
        [(Surrogate::Ridge, 0.7), (Surrogate::Ridge, 30.0), (Surrogate::Lasso, 0.02), (Surrogate::Lasso, 0.1)]
    {
        let fit = fit(&z, &y, &importance, surrogate, lambda);
        let residual: Vec<f32> =
            (0..n).map(|i| y[i] - fit.intercept - (0..k).map(|j| fit.weights[j] * z[i * k + j]).sum::<f32>()).collect();
        let weighted: f32 = (0..n).map(|i| importance[i] * residual[i]).sum();
        assert!(weighted.abs() < 1e-4);
        for j in 0..k {
            let pull: f32 = (0..n).map(|i| importance[i] * residual[i] * z[i * k + j]).sum();
            let weight = fit.weights[j];
            match surrogate {
                Surrogate::Ridge => assert!((pull - lambda * weight).abs() < 1e-4, "{pull} {weight}"),
                Surrogate::Lasso if weight == 0.0 => assert!(pull.abs() <= lambda * sum + 1e-4),
                Surrogate::Lasso => assert!((pull - lambda * sum * weight.signum()).abs() < 1e-4),
            }
        }
        if lambda == 0.1 {
            assert!(fit.weights.contains(&0.0));
        }
    }
}

/// Coefficients, intercept and weighted R² by scikit-learn 1.9.1: `Ridge(alpha)` and `Lasso(alpha, tol=1e-14)`, `fit` and `score` with
/// `sample_weight`.
#[test]
fn fits_are_scikit_learns() {
    let z = (0..12).flat_map(|i: i32| [i % 2, i / 2 % 2, i / 3 % 2, (i * i % 5 < 2) as i32]).map(|v| v as f32).collect::<Vec<_>>();
    let y = [1.5, -0.25, 2.0, 0.5, 3.25, 1.0, -1.0, 0.75, 2.5, -0.5, 1.25, 0.0];
    let importance = [1.0, 0.5, 0.25, 2.0, 1.5, 0.75, 0.1, 1.0, 0.3, 0.6, 1.2, 0.9];
    let known = [
        (Surrogate::Ridge, 1.0, [-1.216_218_8, -0.550_639_45, 0.281_035_28, -0.347_756_14], 2.120_678_3, 0.641_490_02),
        (Surrogate::Ridge, 0.1, [-1.813_804_7, -0.949_201_7, 0.661_275_9, -1.013_062], 2.845_764, 0.761_068_6),
        (Surrogate::Lasso, 0.1, [-1.264_793_6, -0.128_016_16, 0.0, 0.0], 1.888_143_7, 0.555_357_6),
        (Surrogate::Lasso, 0.3, [-0.490_334_83, 0.0, 0.0, 0.0], 1.378_161, 0.280_005_4),
    ];
    for (surrogate, lambda, weights, intercept, r2) in known {
        let found = fit(&z, &y, &importance, surrogate, lambda);
        assert_close(&found.weights, &weights, 1e-6);
        assert_close(&[found.intercept, found.r2], &[intercept, r2], 1e-6);
    }
}
