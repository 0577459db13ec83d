//! The protocol of V14 on linear networks, where every figure has a closed form, and its report.
#![cfg(not(target_arch = "wasm32"))]

mod explain_support;

use std::ops::ControlFlow;

use explain_support::{linear, parameter, random_image, random_weights};
use pollster::block_on;
use vitrine::Error;
use vitrine::device::{Device, Store};
use vitrine::explain::measure::statistics::{interval, paired_test};
use vitrine::explain::measure::{MaskedImages, Measure, MeasureOptions, Protocol, Report};
use vitrine::explain::{Baseline, Method};
use vitrine::nn::Model;

const INPUT: [usize; 3] = [2, 6, 4];
const PLANE: usize = 24;
const CLASSES: usize = 3;
const IMAGES: usize = 5;

/// The same for all methods that look at an image once.
const METHODS: [Method; 3] = [Method::GradientInput, Method::Saliency, Method::GuidedBackprop];

struct Set {
    model: Model,
    store: Store,
    pixels: Vec<f32>,
    labels: Vec<u32>,
    masks: Vec<f32>,
}

fn set() -> Set {
    let model = linear(INPUT, CLASSES);
    let mut masks = vec![0.0; IMAGES * PLANE];
    masks.chunks_exact_mut(PLANE).enumerate().for_each(|(i, mask)| mask[i..i + 6].fill(1.0));
    Set {
        store: random_weights(&model, 3),
        model,
        pixels: random_image(IMAGES * 2 * PLANE, 4),
        labels: (0..IMAGES as u32).map(|i| i % 3).collect(),
        masks,
    }
}

impl Set {
    fn part(&self, from: usize, to: usize) -> MaskedImages<'_> {
        MaskedImages {
            pixels: &self.pixels[from * 2 * PLANE..to * 2 * PLANE],
            labels: &self.labels[from..to],
            masks: &self.masks[from * PLANE..to * PLANE],
        }
    }

    /// In pieces that end at `ends`, by a clock that goes on by a quarter of a second each time it is read.
    fn measured(&mut self, options: &MeasureOptions, ends: &[usize]) -> Report {
        let mut protocol = Protocol::new(&self.model, options.clone()).unwrap();
        let mut store = std::mem::replace(&mut self.store, Device::cpu().store());
        let mut now = 0.0;
        let mut clock = || {
            now += 0.25;
            now
        };
        let mut from = 0;
        for &to in ends {
            let progress = &mut |_| ControlFlow::Continue(());
            block_on(protocol.run(&Device::cpu(), &mut store, self.part(from, to), &mut clock, progress)).unwrap();
            from = to;
        }
        self.store = store;
        protocol.report()
    }
}

fn options() -> MeasureOptions {
    MeasureOptions { methods: METHODS.to_vec(), baseline: Baseline::Black, curve_steps: 24, patch: 2, ..MeasureOptions::default() }
}

fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-5, "{found}, expected {expected}");
}

/// S = W·x + b: on black, gradient × input says exactly how far the score falls without a patch, and saliency, |W|, is the same for every
/// image.
#[test]
fn faithfulness_and_stability_of_a_linear_network() {
    let mut set = set();
    let report = set.measured(&options(), &[IMAGES]);
    for rows in report.rows.chunks_exact(METHODS.len()) {
        assert_close(rows[0].figure(Measure::Faithfulness), 1.0);
        assert!(rows[1].figure(Measure::Faithfulness) < 0.9);
        assert_close(rows[1].figure(Measure::Stability), 1.0);
        assert!((0.5..1.0).contains(&rows[0].figure(Measure::Stability)), "{:?}", rows[0]);
    }
}

/// The curves of gradient × input, pixel by pixel, by softmax of W·x + b.
#[test]
fn deletion_and_insertion_by_hand() {
    let mut set = set();
    let report = set.measured(&options(), &[IMAGES]);
    let (weights, bias) = (parameter(&set.model, &set.store, 0), parameter(&set.model, &set.store, 1));
    let (mut sums, mut mean_curve) = ([0.0; 2], [[0.0; PLANE + 1]; 2]);
    for (i, &label) in set.labels.iter().enumerate() {
        let image = &set.pixels[i * 2 * PLANE..][..2 * PLANE];
        let part = |class: usize, pixel: usize| -> f64 {
            [pixel, PLANE + pixel].iter().map(|&k| f64::from(image[k] * weights[class * 2 * PLANE + k])).sum()
        };
        let mut order: Vec<usize> = (0..PLANE).collect();
        order.sort_by(|&a, &b| part(label as usize, b).total_cmp(&part(label as usize, a)));
        let probability = |kept: &[usize]| {
            let score = |class: usize| f64::from(bias[class]) + kept.iter().map(|&pixel| part(class, pixel)).sum::<f64>();
            score(label as usize).exp() / (0..CLASSES).map(|class| score(class).exp()).sum::<f64>()
        };
        for (curve, measure) in [Measure::Deletion, Measure::Insertion].into_iter().enumerate() {
            let kept = |removed: usize| if curve == 0 { &order[removed..] } else { &order[..removed] };
            let values: Vec<f64> = (0..=PLANE).map(|removed| probability(kept(removed))).collect();
            let area = (values.iter().sum::<f64>() - (values[0] + values[PLANE]) / 2.0) / PLANE as f64;
            assert_close(report.rows[i * METHODS.len()].figure(measure), area);
            mean_curve[curve].iter_mut().zip(&values).for_each(|(sum, value)| *sum += value / IMAGES as f64);
            sums[curve] += area;
        }
    }
    assert!(sums[0] < sums[1], "removing what speaks for the class leaves less than keeping it");
    for (found, expected) in [&report.curves[0].deletion, &report.curves[0].insertion].into_iter().zip(mean_curve) {
        assert_eq!(found.len(), PLANE + 1);
        found.iter().zip(expected).for_each(|(&found, expected)| assert_close(found, expected));
    }
}

#[test]
fn the_report_follows_from_its_rows() {
    let mut set = set();
    let report = set.measured(&options(), &[IMAGES]);
    assert_eq!(report.rows.len(), IMAGES * METHODS.len());
    let column = |method: usize, measure: Measure| -> Vec<f64> {
        report.rows.iter().filter(|row| row.method == METHODS[method]).map(|row| row.figure(measure)).collect()
    };
    for (i, summary) in report.summaries.iter().enumerate() {
        assert_eq!(summary.method, METHODS[i]);
        for measure in Measure::ALL {
            assert_eq!(*summary.figure(measure), interval(&column(i, measure), 0.95), "{}", measure.id());
        }
        assert_eq!(summary.figure(Measure::Time).mean, 0.25);
        let efficiency = summary.figure(Measure::Pointing).mean / (0.25 * summary.bytes as f64 / 1024.0 / 1024.0);
        assert!(summary.bytes > 0 && (summary.efficiency - efficiency).abs() <= 1e-9 * efficiency);
    }
    assert_eq!(report.tests.len(), Measure::ALL.len() * 3);
    for test in &report.tests {
        let [a, b] = [test.a, test.b].map(|method| METHODS.iter().position(|&other| other == method).unwrap());
        let differences: Vec<f64> = column(a, test.measure).iter().zip(column(b, test.measure)).map(|(a, b)| a - b).collect();
        assert_eq!(test.test, paired_test(&differences));
        assert_eq!(test.adjusted, (3.0 * test.test.p).min(1.0));
    }
    // Without a ReLU guided back-propagation is the plain gradient: the same map, the same figures.
    let same = report.tests.iter().find(|test| (test.measure, test.a, test.b) == (Measure::Auc, METHODS[1], METHODS[2]));
    assert_eq!(same.map(|test| (test.test.difference, test.adjusted)), Some((0.0, 1.0)));
}

#[test]
fn the_same_seed_gives_the_same_report_in_one_call_or_in_several() {
    let mut set = set();
    let whole = set.measured(&options(), &[IMAGES]);
    assert_eq!(whole, set.measured(&options(), &[1, 3, IMAGES]));
    let other = set.measured(&MeasureOptions { seed: 1, ..options() }, &[IMAGES]);
    assert_ne!(whole.rows[0].figure(Measure::Stability), other.rows[0].figure(Measure::Stability));
    assert_eq!(whole.rows[0].figure(Measure::Auc), other.rows[0].figure(Measure::Auc));
}

#[test]
fn what_was_not_asked_for_is_not_measured() {
    let mut set = set();
    let report = set.measured(&MeasureOptions { curve_steps: 0, patch: 0, noisy_copies: 0, ..options() }, &[IMAGES]);
    for row in &report.rows {
        for measure in Measure::ALL {
            let left_out = matches!(measure, Measure::Deletion | Measure::Insertion | Measure::Stability | Measure::Faithfulness);
            assert_eq!(row.figure(measure).is_nan(), left_out, "{}", measure.id());
        }
    }
    assert!(report.curves[0].deletion.is_empty());
    assert_eq!(report.summaries[0].figure(Measure::Stability).n, 0);
}

/// A cancelled call leaves nothing behind, and the protocol can go on.
#[test]
fn tells_its_progress_and_stops_when_told() {
    let mut set = set();
    let expected = set.measured(&options(), &[IMAGES]).rows.len();
    let mut protocol = Protocol::new(&set.model, options()).unwrap();
    let mut store = std::mem::replace(&mut set.store, Device::cpu().store());
    let mut shares = Vec::new();
    for stop_at in [0.4, 2.0] {
        shares.clear();
        let mut progress = |share| {
            shares.push(share);
            if share >= stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let done = block_on(protocol.run(&Device::cpu(), &mut store, set.part(0, IMAGES), &mut || 0.0, &mut progress));
        match done {
            Err(Error::Cancelled) => assert!(stop_at < 1.0 && protocol.report().rows.is_empty()),
            other => assert!(other.is_ok() && stop_at > 1.0, "{other:?}"),
        }
    }
    assert_eq!((shares.len(), shares.last()), (IMAGES * METHODS.len(), Some(&1.0)));
    assert_eq!(protocol.report().rows.len(), expected);
    // A clock that stands still: no efficiency to tell.
    assert!(!protocol.report().summaries[0].efficiency.is_finite());
}

#[test]
fn errors_name_the_option() {
    let set = set();
    let wrong = |options: MeasureOptions| match Protocol::new(&set.model, options) {
        Err(Error::Option { name, .. }) => name,
        _ => "none",
    };
    assert_eq!(wrong(MeasureOptions { methods: vec![], ..options() }), "methods");
    assert_eq!(wrong(MeasureOptions { methods: vec![Method::Saliency; 2], ..options() }), "methods");
    assert_eq!(wrong(MeasureOptions { patch: 5, ..options() }), "patch");
    assert_eq!(wrong(MeasureOptions { noise: f32::NAN, ..options() }), "noise");
    assert_eq!(wrong(MeasureOptions { confidence: 1.0, ..options() }), "confidence");
    let mut store = random_weights(&set.model, 3);
    let mut run = |images: MaskedImages| {
        let mut protocol = Protocol::new(&set.model, options()).unwrap();
        let progress = &mut |_| ControlFlow::Continue(());
        match block_on(protocol.run(&Device::cpu(), &mut store, images, &mut || 0.0, progress)) {
            Err(Error::Option { name, .. }) => name,
            _ => "none",
        }
    };
    assert_eq!(run(MaskedImages { masks: &set.masks[1..], ..set.part(0, IMAGES) }), "images");
    assert_eq!(run(MaskedImages { masks: &[0.0; PLANE], ..set.part(0, 1) }), "masks");
    assert_eq!(run(MaskedImages { labels: &[7], ..set.part(0, 1) }), "classes");
}
