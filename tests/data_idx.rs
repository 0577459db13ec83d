//! The IDX reader: the original files of MNIST and Fashion-MNIST, and everything that is not one.
#![cfg(not(target_arch = "wasm32"))]

use std::path::PathBuf;

use miniz_oxide::deflate::compress_to_vec;
use proptest::prelude::*;
use vitrine::data::idx::{self, Idx};

/// The folder `name` of the test data, where there is one.
fn data(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("VITRINE_DATA").map(PathBuf::from);
    let root = root.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"));
    let folder = root.join(name);
    if !folder.is_dir() {
        println!("SKIPPED {name}: no data");
        return None;
    }
    Some(folder)
}

fn read(folder: &std::path::Path, names: &[&str]) -> Vec<(String, Vec<u8>)> {
    names.iter().map(|name| (name.to_string(), std::fs::read(folder.join(name)).unwrap())).collect()
}

const MNIST: [&str; 4] =
    ["t10k-labels-idx1-ubyte.gz", "train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"];

/// Counts, first labels, mean 0.1307 and deviation 0.3081 as published everywhere.
#[test]
fn mnist() {
    let Some(folder) = data("mnist") else { return };
    let data = idx::dataset(&read(&folder, &MNIST), 0).unwrap();
    assert_eq!((data.train.len(), data.validation.len()), (60_000, 10_000));
    assert_eq!((data.shape, data.classes.len()), ([1, 28, 28], 10));
    assert_eq!(data.train.labels[..5], [5, 0, 4, 1, 9]);
    assert_eq!(data.validation.labels[..5], [7, 2, 1, 0, 4]);
    let (mean, std) = data.mean_std();
    assert!((mean[0] - 0.1307).abs() < 5e-5 && (std[0] - 0.3081).abs() < 5e-5, "{mean:?} {std:?}");
}

/// One pair is split by class; 1000 images of each class.
#[test]
fn fashion() {
    let Some(folder) = data("fashion") else { return };
    let data = idx::dataset(&read(&folder, &["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"]), 0).unwrap();
    assert_eq!((data.train.len(), data.validation.len()), (8000, 2000));
    let of_class = |class| data.validation.labels.iter().filter(|&&label| label == class).count();
    assert!((0..10).all(|class| of_class(class) == 200));
}

#[test]
fn damaged_mnist_says_what_happened() {
    let Some(folder) = data("mnist") else { return };
    let files = read(&folder, &MNIST);
    let (_, images) = &files[2];
    let message = |bytes: &[u8]| idx::parse("images.gz", bytes).unwrap_err().to_string();
    assert_eq!(message(&images[..100_000]), "images.gz: the gzip file is cut off: the download did not finish, fetch it again");
    assert!(message(&images[..images.len() - 3]).contains("cut off"));
    let mut flipped = images.clone();
    let end = flipped.len() - 6;
    flipped[end] ^= 1;
    assert!(message(&flipped).contains("check sum"));
    let error = idx::dataset(&[files[2].clone(), files[3].clone()], 0).unwrap_err().to_string();
    assert!(error.contains("has 10000 images, but train-labels-idx1-ubyte.gz has 60000 labels"), "{error}");
    let error = idx::dataset(&files[1..2], 0).unwrap_err().to_string();
    assert!(error.contains("needs an images file and its labels file"), "{error}");
}

fn file(kind: u8, dims: &[u32], values: &[u8]) -> Vec<u8> {
    let dims_bytes = dims.iter().flat_map(|dim| dim.to_be_bytes());
    [0, 0, kind, dims.len() as u8].into_iter().chain(dims_bytes).chain(values.iter().copied()).collect()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut crc = !0u32;
    for &byte in content {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    let header = [0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 255, b'x', 0];
    let trailer = [(!crc).to_le_bytes(), (content.len() as u32).to_le_bytes()].concat();
    [&header[..], &compress_to_vec(content, 6), &trailer].concat()
}

#[test]
fn a_small_pair_is_read_plain_and_packed() {
    let images = file(8, &[5, 2, 3], &(0..30).collect::<Vec<_>>());
    let labels = file(8, &[5], &[0, 1, 2, 1, 0]);
    for images in [images.clone(), gzip(&images)] {
        let data = idx::dataset(&[("labels", labels.clone()), ("images", images)], 3).unwrap();
        assert_eq!((data.shape, data.classes.join(" ")), ([1, 2, 3], "0 1 2".to_string()));
        assert_eq!(data.train.len() + data.validation.len(), 5);
        assert_eq!(data.train.image(0)[..2], [0.0, 1.0 / 255.0]);
    }
}

#[test]
fn pairs_of_one_size_are_told_apart_by_name() {
    let pair = |value: u8| (file(8, &[2, 1, 1], &[value; 2]), file(8, &[2], &[value; 2]));
    let ((train, train_labels), (test, test_labels)) = (pair(1), pair(2));
    let files = [("t10k-i", test), ("train-l", train_labels), ("t10k-l", test_labels), ("train-i", train)];
    let data = idx::dataset(&files, 0).unwrap();
    assert_eq!((data.train.labels, data.validation.labels), (vec![1; 2], vec![2; 2]));
    assert_eq!(data.validation.pixels, [2.0 / 255.0; 2]);
}

#[test]
fn wrong_files_are_told_what_they_are() {
    let cases: [(&[u8], &str); 15] = [
        (b"", "is empty"),
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"\x89PNG\r\n\x1a\n....", "is a PNG picture"),
        (b"PK\x03\x04........", "is a ZIP archive"),
        (b"<!DOCTYPE html><title>404", "is a web page"),
        (b"hello, world", "is no IDX file"),
        (&[0, 0, 8], "is no IDX file"),
        (&[0, 0, 7, 1, 0, 0, 0, 1, 0], "its type byte is 0x07"),
        (&[0, 0, 13, 1, 0, 0, 0, 1, 0], "holds 32-bit floats"),
        (&[0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0], "has 2 dimensions"),
        (&[0, 0, 8, 3, 0, 0, 0, 1, 0, 0], "cut off within its header"),
        (&[0, 0, 8, 1, 0, 0, 0, 0], "is empty: its header announces 0"),
        (&[0, 0, 8, 1, 0, 0, 0, 9, 1, 2], "announces 9 values (17 bytes), but has 10 bytes: the file is cut off"),
        (&[0, 0, 8, 1, 0, 0, 0, 1, 1, 2], "something else follows"),
        (&[0x1f, 0x8b, 8], "the gzip file is cut off"),
    ];
    for (bytes, expected) in cases {
        let message = idx::parse("dropped.bin", bytes).unwrap_err().to_string();
        assert!(message.starts_with("dropped.bin: ") && message.contains(expected), "{message}");
    }
    let nested = idx::parse("twice.gz", &gzip(&gzip(b"x"))).unwrap_err().to_string();
    assert!(nested.contains("packed twice"), "{nested}");
}

/// Headers that announce more than is there or more than is allowed are refused before anything of that size is made.
#[test]
fn huge_counts_and_bombs_are_refused() {
    let huge = file(8, &[u32::MAX, u32::MAX, u32::MAX], &[0; 100]);
    let expected = "announces 4294967295×4294967295×4294967295 values, more than the 128 MiB accepted here";
    for bytes in [huge.clone(), gzip(&huge)] {
        let message = idx::parse("huge", &bytes).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
    let inflated = gzip(&file(8, &[100_000, 32, 32], &[0; 10]));
    let message = idx::parse("inflated.gz", &inflated).unwrap_err().to_string();
    assert!(message.contains("announces 102400016 bytes of content, more than"), "{message}");
    let bomb = gzip(&file(8, &[1, 2, 2], &vec![0; 1 << 20]));
    let message = idx::parse("bomb.gz", &bomb).unwrap_err().to_string();
    assert!(message.contains("unpacks to more than the 20 bytes it announces"), "{message}");
    let short = gzip(&file(8, &[1, 2, 2], &[0; 3]));
    let message = idx::parse("short.gz", &short).unwrap_err().to_string();
    assert!(message.contains("ends after 19 of 20 announced bytes"), "{message}");
}

proptest! {
    /// Whatever the bytes, the answer is a value or an error; a value has as many bytes as its file had values.
    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200), form in 0..4) {
        let bytes = match form {
            0 => bytes,
            1 => [&[0, 0, 8], &bytes[..]].concat(),
            2 => [&[0x1f, 0x8b, 8], &bytes[..]].concat(),
            _ => gzip(&[&[0, 0, 8, 1, 0, 0, 0], &bytes[..]].concat()),
        };
        match idx::parse("any", &bytes) {
            Ok(Idx::Labels(values)) => prop_assert!(!values.is_empty() && values.len() <= 255),
            Ok(Idx::Images { count, height, width, pixels }) => prop_assert_eq!(pixels.len(), count * height * width),
            Err(error) => prop_assert_eq!(error.code(), "data"),
        }
    }

    /// A gzip file with one byte changed is refused or still has its content (header fields that nobody reads).
    #[test]
    fn a_changed_byte_never_goes_through(at in 0usize..60, to in any::<u8>()) {
        let content = file(8, &[20], &(0..20).collect::<Vec<_>>());
        let mut bytes = gzip(&content);
        let at = at % bytes.len();
        bytes[at] = to;
        if let Ok(found) = idx::parse("changed.gz", &bytes) {
            prop_assert_eq!(found, Idx::Labels((0..20).collect()));
        }
    }
}
