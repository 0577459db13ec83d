//! Measures of explanations (V14) by hand-made maps, and statistics against scipy 1.17.1 and scikit-learn 1.9.1 on Python 3.11.
#![cfg(not(target_arch = "wasm32"))]

use vitrine::explain::measure::place::{box_error, ious, object, pointing};
use vitrine::explain::measure::rank::{ranks, roc_auc, spearman};
use vitrine::explain::measure::statistics::{interval, paired_test};

fn assert_close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected.abs().max(1.0), "{found}, expected {expected}");
}

const X: [f32; 8] = [0.1, 0.4, 0.4, -0.2, 0.9, 0.4, 0.0, 0.3];

/// `scipy.stats.rankdata` and `spearmanr`, with ties in both lists.
#[test]
fn ranks_and_spearman_are_scipys() {
    assert_eq!(ranks(&X), [3.0, 6.0, 6.0, 1.0, 8.0, 6.0, 2.0, 4.0]);
    assert_eq!(ranks(&[0.0, -0.0, 1.0]), [1.5, 1.5, 3.0]);
    assert_close(spearman(&X, &[1.0, 3.0, 2.0, 2.0, 5.0, 0.5, -1.0, 2.0]).unwrap(), 0.55, 1e-12);
    assert_eq!(spearman(&X, &X.map(|x| -(x * 3.0).exp())), Some(-1.0));
    assert_eq!((spearman(&X, &[7.0; 8]), spearman(&X, &[f32::NAN; 8])), (None, None));
}

/// `sklearn.metrics.roc_auc_score` with ties across the classes; by hand: of 15 pairs 13 are in order and 2 equal.
#[test]
fn roc_auc_is_scikit_learns() {
    let chosen = [0, 1, 1, 0, 1, 0, 0, 0].map(|place| place == 1);
    assert_close(roc_auc(&X, &chosen).unwrap(), 0.9333333333333333, 1e-12);
    assert_eq!(roc_auc(&[0.0; 8], &chosen), Some(0.5));
    assert_eq!((roc_auc(&X, &[true; 8]), roc_auc(&X, &[false; 8])), (None, None));
}

/// `scipy.stats.t.interval(c, n - 1, loc=mean, scale=stats.sem(x))`.
#[test]
fn intervals_are_scipys() {
    let a = [0.62, 0.71, 0.55, 0.80, 0.66, 0.47, 0.90, 0.58];
    for (n, confidence, mean, low, high) in [
        (8, 0.90, 0.66125, 0.567922771380807, 0.754577228619193),
        (8, 0.95, 0.66125, 0.5447682517452721, 0.7777317482547279),
        (8, 0.99, 0.66125, 0.48886492351732713, 0.8336350764826729),
        (2, 0.90, 0.665, 0.3808811818396231, 0.9491188181603766),
        (2, 0.95, 0.665, 0.09322078687213897, 1.236779213127861),
        (2, 0.99, 0.665, -2.1995533523292177, 3.5295533523292177),
    ] {
        let found = interval(&a[..n], confidence);
        assert_eq!(found.n, n);
        for (found, expected) in [(found.mean, mean), (found.low, low), (found.high, high)] {
            assert_close(found, expected, 1e-6);
        }
    }
    let one = interval(&[0.5], 0.95);
    assert!(one.mean == 0.5 && one.low.is_nan() && one.high.is_nan());
    assert!(interval(&[], 0.95).mean.is_nan());
}

/// The quantile that scipy's `t.ppf(0.975, df)` gives, from the interval of n = df + 1 values with mean 0 and standard error 1.
#[test]
fn quantiles_are_scipys_from_1_to_199_degrees_of_freedom() {
    for (df, quantile) in [
        (1, 12.706204736174694),
        (3, 3.1824463052837078),
        (5, 2.5705818356363146),
        (9, 2.262157162798205),
        (19, 2.0930240544083087),
        (49, 2.0095752371292392),
        (199, 1.9719565442517533),
    ] {
        // ±v in equal numbers: the variance is v²·n/(n − 1), the standard error v/√(n − 1).
        let v = f64::from(df).sqrt();
        let values: Vec<f64> = (0..=df).map(|i| if i % 2 == 0 { v } else { -v }).collect();
        assert_close(interval(&values, 0.95).high, quantile, 1e-6);
    }
}

/// `scipy.stats.ttest_rel`, and its p values `2*t.sf(|t|, df)` down to 1e-8.
#[test]
fn paired_tests_are_scipys() {
    let a = [0.62, 0.71, 0.55, 0.80, 0.66, 0.47, 0.90, 0.58];
    let b = [0.51, 0.69, 0.60, 0.62, 0.64, 0.33, 0.81, 0.59];
    let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    let test = paired_test(&differences);
    assert_eq!(test.n, 8);
    assert_close(test.difference, 0.0625, 1e-12);
    assert_close(test.t, 2.220890870134376, 1e-6);
    assert_close(test.p, 0.061795960300219735, 1e-6);
    assert_close(paired_test(&differences[..2]).p, 0.3855017059025995, 1e-6);
    for (df, t, p) in [
        (1, 0.5, 0.7048327646991335),
        (3, 2.0, 0.13932596855884305),
        (9, 6.0, 0.00020249932206764079),
        (19, 6.0, 8.979235472490839e-6),
        (199, 6.0, 9.1781700040447e-9),
    ] {
        let v = f64::from(df).sqrt();
        let values: Vec<f64> = (0..=df).map(|i| t + if i % 2 == 0 { v } else { -v }).collect();
        let test = paired_test(&values);
        assert_close(test.t, t, 1e-9);
        assert!((test.p / p - 1.0).abs() < 1e-6, "{} degrees of freedom: {}, expected {p}", df, test.p);
    }
}

#[test]
fn paired_tests_of_equal_lists_and_of_too_few_pairs() {
    let same = paired_test(&[0.0; 4]);
    assert_eq!((same.difference, same.t, same.p), (0.0, 0.0, 1.0));
    let constant = paired_test(&[0.5; 4]);
    assert_eq!((constant.t, constant.p), (f64::INFINITY, 0.0));
    assert!(paired_test(&[0.5]).p.is_nan() && paired_test(&[]).p.is_nan());
}

/// A 4×4 image, the object in the middle.
const OBJECT: [f32; 16] = [0.0, 0.2, 0.4, 0.0, 0.0, 1.0, 0.5, 0.0, 0.0, 0.75, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0];

#[test]
fn intersection_over_union_by_thresholds_of_the_maximum() {
    let object = object(&OBJECT);
    assert_eq!(object.iter().filter(|&&pixel| pixel).count(), 4);
    let mut map = [0.0; 16];
    (map[5], map[6], map[9], map[0]) = (10.0, 5.0, 2.5, 7.5);
    // At least 10 % and 20 %: all four, three of them on the object; to 50 %: without pixel 9; to 70 %: without 6; then pixel 5 alone.
    let expected = [3.0 / 5.0, 3.0 / 5.0, 2.0 / 5.0, 2.0 / 5.0, 2.0 / 5.0, 1.0 / 5.0, 1.0 / 5.0, 1.0 / 4.0, 1.0 / 4.0];
    assert_eq!(ious(&map, &object), expected);
    assert_eq!(ious(&map.map(|value| value * 1e-3), &object), expected);
    assert_eq!(ious(&[0.0; 16], &object), [0.0; 9]);
    assert_eq!(ious(&[-1.0; 16], &object), [0.0; 9]);
}

#[test]
fn pointing_shares_ties() {
    let object = object(&OBJECT);
    let mut map = [0.0; 16];
    map[6] = 1.0;
    assert_eq!(pointing(&map, &object), 1.0);
    map[0] = 1.0;
    assert_eq!(pointing(&map, &object), 0.5);
    map[3] = 2.0;
    assert_eq!(pointing(&map, &object), 0.0);
    assert_eq!(pointing(&[0.0; 16], &object), 0.25, "a constant map is a guess");
}

#[test]
fn boxes_are_found_by_the_largest_region() {
    let object = object(&OBJECT);
    let at = |pixels: &[(usize, f32)]| {
        let mut map = [0.0; 16];
        pixels.iter().for_each(|&(i, value)| map[i] = value);
        box_error(&map, &object, 4)
    };
    // Two pixels of a box of four: an overlap of exactly ½ counts.
    assert_eq!(at(&[(5, 1.0), (9, 1.0)]), 0.0);
    assert_eq!(at(&[(5, 1.0)]), 1.0);
    // The diagonal neighbours 5 and 10 are two regions.
    assert_eq!(at(&[(5, 1.0), (10, 1.0)]), 1.0);
    // A small region elsewhere does not matter, were it the maximum; what stays below a fifth of it does not count.
    assert_eq!(at(&[(5, 1.0), (9, 1.0), (3, 4.9)]), 0.0);
    assert_eq!(at(&[(5, 1.0), (9, 1.0), (3, 5.1)]), 1.0);
    // A row's end, 3, does not touch the next row's beginning, 4: the largest region is 6 with 10.
    assert_eq!(at(&[(3, 1.0), (4, 1.0), (6, 1.0), (10, 1.0)]), 0.0);
    assert_eq!(at(&[]), 1.0);
}
