//! D2, D3: the IDX files of MNIST and its relatives, plain or gzip, from untrusted bytes.
//!
//! IDX is a big-endian header (two zero bytes, the type of the values, the number of dimensions, each dimension as a 32-bit count) and
//! then the values. Accepted are images `[n, H, W]` and labels `[n]` of unsigned bytes, as in those data sets; anything else is refused
//! by name. No memory is taken before the header is found to agree with the size of the file.

use super::{Dataset, HELD_OUT, Images, gzip, split};
use crate::error::{Error, Result};

/// The largest content of one file, in bytes; MNIST's training images have 47 million.
pub const MAX_CONTENT: usize = 128 << 20;

/// The content of one IDX file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Idx {
    /// `count` grey images of 0…255, row-major.
    Images {
        count: usize,
        height: usize,
        width: usize,
        pixels: Vec<u8>,
    },
    Labels(Vec<u8>),
}

/// The data set in the IDX files of a folder, plain or gzip: those whose names contain `-ubyte`.
pub fn folder(path: &std::path::Path, seed: u32) -> Result<Dataset> {
    let fail = |e: std::io::Error| Error::data(path.display().to_string(), e.to_string());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.contains("-ubyte") {
            files.push((name, std::fs::read(&path).map_err(fail)?));
        }
    }
    if files.is_empty() {
        let wanted = "train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz";
        return Err(Error::data(path.display().to_string(), format!("there are no IDX files; expected {wanted}")));
    }
    dataset(&files, seed)
}

/// A data set from files, each a name and its bytes: images and labels (one fifth is held out by a stratified split with `seed`), or two pairs of them
/// (the smaller is the validation part). The order of the files does not matter. Classes are named by their numbers.
pub fn dataset(files: &[(impl AsRef<str>, impl AsRef<[u8]>)], seed: u32) -> Result<Dataset> {
    let (mut images, mut labels) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        match parse(name.as_ref(), bytes.as_ref())? {
            Idx::Images { count, height, width, pixels } => images.push((name.as_ref(), count, [height, width], pixels)),
            Idx::Labels(values) => labels.push((name.as_ref(), values)),
        }
    }
    if images.len() != labels.len() || !(1..=2).contains(&images.len()) {
        let message = format!(
            "needs an images file and its labels file (or two such pairs), got {} of images and {} of labels",
            images.len(),
            labels.len()
        );
        return Err(Error::data("the IDX data set", message));
    }
    // The training pair first: the larger one, or the one that says so.
    let key = |name: &str, count: usize| (count, name.contains("train"));
    if let [(a, n, ..), (b, m, ..)] = images[..]
        && key(b, m) > key(a, n)
    {
        images.swap(0, 1);
    }
    if let [(a, n), (b, m)] = &labels[..]
        && key(b, m.len()) > key(a, n.len())
    {
        labels.swap(0, 1);
    }

    let [height, width] = images[0].2;
    for ((image_file, count, size, _), (label_file, values)) in images.iter().zip(&labels) {
        if *count != values.len() {
            let message = format!("has {count} images, but {label_file} has {} labels", values.len());
            return Err(Error::data(*image_file, message));
        }
        if *size != [height, width] {
            let message = format!("has images of {}×{}, but {} has {height}×{width}", size[0], size[1], images[0].0);
            return Err(Error::data(*image_file, message));
        }
    }
    let part = |pair: usize, indices: &[usize]| Images {
        pixels: indices
            .iter()
            .flat_map(|i| &images[pair].3[i * height * width..][..height * width])
            .map(|&value| f32::from(value) / 255.0)
            .collect(),
        labels: indices.iter().map(|&i| u32::from(labels[pair].1[i])).collect(),
    };
    let everything = |pair: usize| part(pair, &(0..images[pair].1).collect::<Vec<_>>());
    let (train, validation) = if images.len() == 2 {
        (everything(0), everything(1))
    } else {
        let all: Vec<u32> = labels[0].1.iter().map(|&label| u32::from(label)).collect();
        let (train, validation) = split::stratified(&all, HELD_OUT, seed);
        (part(0, &train), part(0, &validation))
    };
    let classes = 1 + labels.iter().flat_map(|(_, values)| values).copied().max().map_or(0, usize::from);
    let names = files.iter().map(|(name, _)| name.as_ref()).collect::<Vec<_>>().join(", ");
    let classes = (0..classes).map(|class| class.to_string()).collect();
    Dataset::new(images[0].0, format!("Own files: {names}"), [1, height, width], classes, train, validation)
}

/// Reads the file `name`.
pub fn parse(name: &str, bytes: &[u8]) -> Result<Idx> {
    let fail = |message: String| Err(Error::data(name, message));
    let packed = gzip::is_gzip(bytes);
    const MAX_HEADER: usize = 16;
    let beginning = if packed { gzip::beginning(name, bytes, MAX_HEADER)? } else { bytes[..bytes.len().min(MAX_HEADER)].to_vec() };
    let (dims, header) = match header(&beginning) {
        Ok(found) => found,
        Err(message) => return fail(message),
    };
    let values = dims.iter().try_fold(1usize, |product, &dim| product.checked_mul(dim));
    let content = match values.and_then(|values| values.checked_add(header)) {
        Some(content) if content <= MAX_CONTENT => content,
        _ => return fail(format!("announces {} values, more than the {} MiB accepted here", product(&dims), MAX_CONTENT >> 20)),
    };
    if dims.contains(&0) {
        return fail(format!("is empty: its header announces {}", product(&dims)));
    }
    if !packed && bytes.len() != content {
        let problem = if bytes.len() < content { "the file is cut off" } else { "something else follows" };
        return fail(format!("announces {} values ({content} bytes), but has {} bytes: {problem}", product(&dims), bytes.len()));
    }
    let mut values = if packed { gzip::inflate(name, bytes, content)? } else { bytes.to_vec() };
    values.drain(..header);
    Ok(match dims[..] {
        [count, height, width] => Idx::Images { count, height, width, pixels: values },
        _ => Idx::Labels(values),
    })
}

/// Dimensions and length of the header that `bytes` begin with, or what the file is instead.
fn header(bytes: &[u8]) -> Result<(Vec<usize>, usize), String> {
    let expected = "expected an IDX file such as train-images-idx3-ubyte.gz";
    if bytes.is_empty() {
        return Err(format!("is empty; {expected}"));
    }
    let kinds: [(&[u8], &str); 8] = [
        (b"%PDF", "a PDF"),
        (b"\x89PNG", "a PNG picture"),
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"GIF8", "a GIF picture"),
        (b"PK\x03\x04", "a ZIP archive; unpack it and give the files in it"),
        (b"\x1f\x8b", "packed twice; unpack it once"),
        (b"\x93NUMPY", "a NumPy array"),
        (b"<", "a web page or XML, perhaps an error message in place of the download"),
    ];
    if let Some((_, kind)) = kinds.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(format!("is {kind}; {expected}"));
    }
    let [0, 0, kind, rank, dims @ ..] = bytes else {
        return Err(format!(
            "is no IDX file: it does not begin with two zero bytes, a type and a number of dimensions; {expected}"
        ));
    };
    let kind = match kind {
        0x08 => None,
        0x09 => Some("signed bytes"),
        0x0B => Some("16-bit integers"),
        0x0C => Some("32-bit integers"),
        0x0D => Some("32-bit floats"),
        0x0E => Some("64-bit floats"),
        _ => return Err(format!("is no IDX file: its type byte is {kind:#04x}; {expected}")),
    };
    if let Some(kind) = kind {
        return Err(format!("holds {kind}; images and labels are unsigned bytes (type 0x08)"));
    }
    let rank = usize::from(*rank);
    if rank != 1 && rank != 3 {
        return Err(format!("has {rank} dimensions; images have 3 (count, height, width), labels 1"));
    }
    let Some(dims) = dims.get(..4 * rank) else { return Err(format!("is cut off within its header; {expected}")) };
    let dims = dims.chunks_exact(4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as usize).collect();
    Ok((dims, 4 + 4 * rank))
}

/// `60000×28×28`.
fn product(dims: &[usize]) -> String {
    dims.iter().map(usize::to_string).collect::<Vec<_>>().join("×")
}
