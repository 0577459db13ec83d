//! SLIC super-pixels (Achanta et al. 2012): k-means of pixels by colour and place, each centre looking only near itself, then small
//! stray pieces joined to a neighbour. Images of three channels are compared as CIELAB (sRGB, D65), others by value × 100, so that
//! `compactness` means the same.

/// Rounds of k-means, as in the paper.
const ROUNDS: usize = 10;

/// A label `0…` for each pixel of `image` `[C, H, W]`, about `wanted` different ones, each label's pixels connected (by edges).
pub fn segments(image: &[f32], [channels, height, width]: [usize; 3], wanted: usize, compactness: f32) -> Vec<u32> {
    let plane = height * width;
    let colours = colours(image, channels, plane);
    let spacing = (plane as f32 / wanted as f32).sqrt().max(1.0);
    let [rows, columns] = [height, width].map(|side| ((side as f32 / spacing).round() as usize).clamp(1, side));
    // A centre is colour, y, x.
    let mut centres: Vec<Vec<f32>> = Vec::with_capacity(rows * columns);
    for i in 0..rows * columns {
        let y = ((i / columns) as f32 + 0.5) * height as f32 / rows as f32 - 0.5;
        let x = ((i % columns) as f32 + 0.5) * width as f32 / columns as f32 - 0.5;
        let pixel = (y.round() as usize).min(height - 1) * width + (x.round() as usize).min(width - 1);
        let mut centre = colours[pixel * channels..][..channels].to_vec();
        centre.extend([y, x]);
        centres.push(centre);
    }
    let cell = |pixel: usize| (pixel / width * rows / height * columns + pixel % width * columns / width) as u32;
    let mut labels: Vec<u32> = (0..plane).map(cell).collect();
    let nearness = (compactness / spacing).powi(2);
    for _ in 0..ROUNDS {
        let mut best = vec![f32::INFINITY; plane];
        for (label, centre) in centres.iter().enumerate() {
            let [y, x] = [centre[channels], centre[channels + 1]];
            let range = |at: f32, side: usize| {
                (at - 2.0 * spacing).ceil().max(0.0) as usize..((at + 2.0 * spacing).floor() + 1.0).clamp(0.0, side as f32) as usize
            };
            for row in range(y, height) {
                for column in range(x, width) {
                    let pixel = row * width + column;
                    let colour = &colours[pixel * channels..][..channels];
                    let apart: f32 = colour.iter().zip(centre).map(|(a, b)| (a - b).powi(2)).sum();
                    let distance = apart + nearness * ((row as f32 - y).powi(2) + (column as f32 - x).powi(2));
                    if distance < best[pixel] {
                        best[pixel] = distance;
                        labels[pixel] = label as u32;
                    }
                }
            }
        }
        let mut counts = vec![0.0; centres.len()];
        let mut sums = vec![vec![0.0; channels + 2]; centres.len()];
        for (pixel, &label) in labels.iter().enumerate() {
            let sum = &mut sums[label as usize];
            let place = [(pixel / width) as f32, (pixel % width) as f32];
            sum.iter_mut().zip(colours[pixel * channels..][..channels].iter().chain(&place)).for_each(|(sum, value)| *sum += value);
            counts[label as usize] += 1.0;
        }
        for ((centre, sum), count) in centres.iter_mut().zip(sums).zip(counts) {
            if count > 0.0 {
                *centre = sum.iter().map(|value| value / count).collect();
            }
        }
    }
    connected(&labels, height, width, (spacing * spacing / 4.0) as usize)
}

/// The connected pieces of `labels`, numbered in order of reading; one of fewer than `least` pixels joins the piece before it.
fn connected(labels: &[u32], height: usize, width: usize, least: usize) -> Vec<u32> {
    const NONE: u32 = u32::MAX;
    let mut result = vec![NONE; labels.len()];
    let mut next = 0;
    for first in 0..labels.len() {
        if result[first] != NONE {
            continue;
        }
        let mut piece = vec![first];
        let mut neighbour = NONE;
        result[first] = next;
        let mut at = 0;
        while at < piece.len() {
            let pixel = piece[at];
            let (row, column) = (pixel / width, pixel % width);
            at += 1;
            let sides = [
                (row > 0).then(|| pixel - width),
                (column > 0).then(|| pixel - 1),
                (column + 1 < width).then(|| pixel + 1),
                (row + 1 < height).then(|| pixel + width),
            ];
            for side in sides.into_iter().flatten() {
                if result[side] == NONE && labels[side] == labels[first] {
                    result[side] = next;
                    piece.push(side);
                } else if result[side] != NONE && result[side] != next && neighbour == NONE {
                    neighbour = result[side];
                }
            }
        }
        if piece.len() < least && neighbour != NONE {
            piece.iter().for_each(|&pixel| result[pixel] = neighbour);
        } else {
            next += 1;
        }
    }
    result
}

/// `[H·W, C]`, on a scale of about 0…100.
fn colours(image: &[f32], channels: usize, plane: usize) -> Vec<f32> {
    let mut colours = Vec::with_capacity(image.len());
    for pixel in 0..plane {
        match channels {
            3 => colours.extend(cielab([image[pixel], image[plane + pixel], image[2 * plane + pixel]])),
            _ => colours.extend((0..channels).map(|channel| 100.0 * image[channel * plane + pixel])),
        }
    }
    colours
}

/// CIE 1976 L*a*b* of an sRGB colour (IEC 61966-2-1), white point D65.
fn cielab(rgb: [f32; 3]) -> [f32; 3] {
    let [r, g, b] = rgb.map(|v| if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) });
    let x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505;
    let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089;
    let [x, y, z] = [x, y, z].map(|t| if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[cfg(test)]
mod tests {
    use super::cielab;

    /// The primaries and white, from the definition (IEC 61966-2-1 and CIE 15), as in every colour table.
    #[test]
    fn colours_are_cielab() {
        let known = [
            ([1.0, 1.0, 1.0], [100.0, 0.0, 0.0]),
            ([1.0, 0.0, 0.0], [53.24, 80.09, 67.20]),
            ([0.0, 1.0, 0.0], [87.73, -86.18, 83.18]),
            ([0.0, 0.0, 1.0], [32.30, 79.19, -107.86]),
            ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
        ];
        for (rgb, expected) in known {
            let found = cielab(rgb);
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.05), "{rgb:?}: {found:?}");
        }
    }
}
