//! D5 stroke digits: the ten digits drawn with a pen, 28×28, in several handwritings, each sheared, turned, stretched and bent at random.

use serde::{Deserialize, Serialize};

use super::{Dataset, HELD_OUT, Images, Random, digit_classes};
use crate::error::{Error, Result};

/// Height and width of an image.
pub const SIZE: usize = 28;

/// A data set of stroke digits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Strokes {
    /// The number of images; the last fifth is the validation part.
    pub count: usize,
}

impl Default for Strokes {
    fn default() -> Self {
        Self { count: 2000 }
    }
}

impl Strokes {
    const MAX_COUNT: usize = 60_000;

    /// Draws all images of `seed`; image `i` shows the digit `i mod 10`. An [`Error::Option`] where the count is out of range.
    pub fn dataset(&self, seed: u32) -> Result<Dataset> {
        if !(1..=Self::MAX_COUNT).contains(&self.count) {
            return Err(Error::option("count", format!("1 to {} stroke digits, not {}", Self::MAX_COUNT, self.count)));
        }
        let part = |range: std::ops::Range<usize>| Images {
            pixels: range.clone().flat_map(|i| draw(i % 10, &mut Random::new(seed, i as u32))).collect(),
            labels: range.map(|i| (i % 10) as u32).collect(),
        };
        let train = self.count - (self.count as f32 * HELD_OUT) as usize;
        Dataset::new(
            "Stroke digits",
            "Drawn by this page: pen strokes, deformed at random",
            [1, SIZE, SIZE],
            digit_classes(),
            part(0..train),
            part(train..self.count),
        )
    }
}

type Point = [f32; 2];

/// The pen's path between two lifts: a smooth curve through points of the unit square (x to the right, y down). Corners are made by
/// ending one stroke and beginning the next.
type Stroke = &'static [Point];

/// The handwritings of each digit.
const GLYPHS: [&[&[Stroke]]; 10] = [
    &[
        &[&[[0.5, 0.0], [0.18, 0.13], [0.06, 0.5], [0.18, 0.87], [0.5, 1.0], [0.82, 0.87], [0.94, 0.5], [0.82, 0.13], [0.5, 0.0]]],
        &[&[[0.66, 0.04], [0.3, 0.08], [0.12, 0.45], [0.2, 0.9], [0.55, 1.0], [0.84, 0.75], [0.86, 0.3], [0.6, 0.0], [0.42, 0.1]]],
    ],
    &[
        &[&[[0.5, 0.0], [0.5, 0.5], [0.5, 1.0]]],
        &[&[[0.28, 0.24], [0.42, 0.14], [0.54, 0.0]], &[[0.54, 0.0], [0.53, 0.5], [0.54, 1.0]]],
        &[&[[0.3, 0.2], [0.52, 0.0]], &[[0.52, 0.0], [0.52, 1.0]], &[[0.25, 1.0], [0.8, 1.0]]],
    ],
    &[
        &[&[[0.1, 0.25], [0.28, 0.03], [0.65, 0.02], [0.84, 0.25], [0.66, 0.58], [0.1, 1.0]], &[[0.1, 1.0], [0.92, 1.0]]],
        &[&[
            [0.12, 0.2],
            [0.4, 0.0],
            [0.8, 0.14],
            [0.74, 0.48],
            [0.35, 0.88],
            [0.14, 0.95],
            [0.18, 0.76],
            [0.45, 0.84],
            [0.65, 0.98],
            [0.95, 0.9],
        ]],
    ],
    &[
        &[
            &[[0.12, 0.14], [0.45, 0.0], [0.8, 0.13], [0.74, 0.38], [0.4, 0.47]],
            &[[0.4, 0.47], [0.78, 0.56], [0.88, 0.8], [0.55, 1.0], [0.1, 0.88]],
        ],
        &[
            &[[0.14, 0.0], [0.86, 0.0]],
            &[[0.86, 0.0], [0.44, 0.4]],
            &[[0.44, 0.4], [0.82, 0.5], [0.9, 0.8], [0.55, 1.0], [0.1, 0.9]],
        ],
    ],
    &[
        &[&[[0.66, 0.0], [0.06, 0.68]], &[[0.06, 0.68], [0.94, 0.68]], &[[0.66, 0.0], [0.66, 1.0]]],
        &[&[[0.2, 0.0], [0.14, 0.3], [0.18, 0.54]], &[[0.18, 0.54], [0.86, 0.5]], &[[0.8, 0.06], [0.74, 0.5], [0.72, 1.0]]],
    ],
    &[
        &[
            &[[0.86, 0.0], [0.24, 0.0]],
            &[[0.24, 0.0], [0.18, 0.46]],
            &[[0.18, 0.46], [0.55, 0.36], [0.88, 0.6], [0.74, 0.94], [0.38, 1.0], [0.08, 0.88]],
        ],
        &[&[[0.9, 0.02], [0.45, 0.04], [0.22, 0.24], [0.4, 0.46], [0.78, 0.6], [0.76, 0.92], [0.4, 1.0], [0.1, 0.88]]],
    ],
    &[
        &[&[
            [0.76, 0.02],
            [0.36, 0.24],
            [0.1, 0.65],
            [0.28, 0.97],
            [0.68, 0.97],
            [0.88, 0.72],
            [0.62, 0.5],
            [0.28, 0.58],
            [0.12, 0.76],
        ]],
        &[&[[0.3, 0.0], [0.14, 0.5], [0.2, 0.9], [0.55, 1.0], [0.84, 0.82], [0.66, 0.6], [0.36, 0.66], [0.2, 0.84]]],
    ],
    &[
        &[&[[0.08, 0.0], [0.92, 0.0]], &[[0.92, 0.0], [0.56, 0.45], [0.4, 1.0]]],
        &[&[[0.08, 0.06], [0.9, 0.0]], &[[0.9, 0.0], [0.55, 0.5], [0.36, 1.0]], &[[0.28, 0.5], [0.8, 0.46]]],
        &[&[[0.1, 0.2], [0.12, 0.02]], &[[0.12, 0.02], [0.5, 0.08], [0.9, 0.0]], &[[0.9, 0.0], [0.6, 0.4], [0.5, 1.0]]],
    ],
    &[
        &[&[
            [0.5, 0.47],
            [0.2, 0.3],
            [0.3, 0.03],
            [0.7, 0.03],
            [0.8, 0.3],
            [0.5, 0.47],
            [0.14, 0.72],
            [0.28, 0.98],
            [0.72, 0.98],
            [0.86, 0.72],
            [0.5, 0.47],
        ]],
        &[&[
            [0.8, 0.1],
            [0.4, 0.0],
            [0.2, 0.22],
            [0.5, 0.46],
            [0.82, 0.72],
            [0.55, 1.0],
            [0.16, 0.82],
            [0.4, 0.52],
            [0.7, 0.3],
            [0.8, 0.1],
        ]],
    ],
    &[
        &[
            &[[0.84, 0.26], [0.6, 0.5], [0.2, 0.44], [0.16, 0.12], [0.55, 0.0], [0.82, 0.14], [0.84, 0.26]],
            &[[0.84, 0.2], [0.82, 0.6], [0.68, 1.0]],
        ],
        &[&[[0.8, 0.12], [0.45, 0.0], [0.14, 0.2], [0.36, 0.48], [0.74, 0.36], [0.82, 0.1], [0.82, 0.6], [0.6, 0.96], [0.2, 0.94]]],
    ],
];

/// One image `[28, 28]` of `digit` (0…9): white ink on black, anti-aliased.
pub fn draw(digit: usize, random: &mut Random) -> Vec<f32> {
    let handwritings = GLYPHS[digit];
    let strokes = handwritings[random.below(handwritings.len())];
    let bend = Deformation::new(random);
    let (width, ink) = (random.between(0.8, 1.9), random.between(0.75, 1.0));
    let wobble = random.between(0.0, 0.045);

    let mut image = vec![0f32; SIZE * SIZE];
    for stroke in strokes {
        let points: Vec<Point> = stroke.iter().map(|p| p.map(|v| v + wobble * random.normal())).collect();
        let path: Vec<Point> = smooth(&points).into_iter().map(|p| bend.apply(p)).collect();
        for segment in path.windows(2) {
            trace(&mut image, segment[0], segment[1], width, ink);
        }
    }
    image
}

/// A random affine map of the unit square into the image followed by a smooth displacement.
struct Deformation {
    /// Image coordinates are `matrix`·(p − ½) + `centre`.
    matrix: [[f32; 2]; 2],
    centre: Point,
    /// For x and y: amplitude in pixels, wave vector and phase of a plane wave.
    waves: [[(f32, Point, f32); 2]; 2],
}

impl Deformation {
    fn new(random: &mut Random) -> Self {
        let (turn, shear) = (random.between(-0.3, 0.3), random.between(-0.35, 0.25));
        let (width, height) = (random.between(8.5, 15.0), random.between(15.5, 20.5));
        let (sin, cos) = turn.sin_cos();
        // Turn · shear · stretch.
        let matrix = [[cos * width, (cos * shear - sin) * height], [sin * width, (sin * shear + cos) * height]];
        let middle = SIZE as f32 / 2.0;
        let centre = [0; 2].map(|_| middle + random.between(-1.8, 1.8));
        let waves = [0; 2].map(|_| {
            [0; 2].map(|_| {
                let wave = [0; 2].map(|_| random.between(-0.35, 0.35));
                (random.between(0.0, 1.1), wave, random.between(0.0, std::f32::consts::TAU))
            })
        });
        Self { matrix, centre, waves }
    }

    fn apply(&self, [x, y]: Point) -> Point {
        let (u, v) = (x - 0.5, y - 0.5);
        let place = [0, 1].map(|i| self.matrix[i][0] * u + self.matrix[i][1] * v + self.centre[i]);
        [0, 1].map(|i| {
            let waves = self.waves[i].iter();
            place[i] + waves.map(|(amplitude, k, phase)| amplitude * (k[0] * place[0] + k[1] * place[1] + phase).sin()).sum::<f32>()
        })
    }
}

/// A Catmull–Rom curve through `points` (at least two), eight pieces between neighbours.
fn smooth(points: &[Point]) -> Vec<Point> {
    const PIECES: usize = 8;
    let last = points.len() - 1;
    let closed = points.len() > 2 && points[0] == points[last];
    let at = |i: isize| match i {
        i if i < 0 => points[if closed { last - 1 } else { 0 }],
        i if i as usize > last => points[if closed { 1 } else { last }],
        i => points[i as usize],
    };
    let mut path = vec![points[0]];
    for i in 0..last as isize {
        let [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
        path.extend((1..=PIECES).map(|piece| {
            let t = piece as f32 / PIECES as f32;
            [0, 1].map(|axis| {
                let (a, b, c, d) = (a[axis], b[axis], c[axis], d[axis]);
                b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))
            })
        }));
    }
    path
}

/// Draws the segment from `a` to `b` with a round pen of radius `width` pixels: full ink inside, falling to none over one pixel.
fn trace(image: &mut [f32], a: Point, b: Point, width: f32, ink: f32) {
    let reach = width + 0.5;
    let cells = |axis: usize| {
        let (low, high) = (a[axis].min(b[axis]) - reach, a[axis].max(b[axis]) + reach);
        (low.max(0.0) as usize)..(high.ceil().max(0.0) as usize).min(SIZE)
    };
    let along = [b[0] - a[0], b[1] - a[1]];
    let length2 = along[0] * along[0] + along[1] * along[1];
    for row in cells(1) {
        for column in cells(0) {
            let to = [column as f32 + 0.5 - a[0], row as f32 + 0.5 - a[1]];
            let t = ((to[0] * along[0] + to[1] * along[1]) / length2.max(1e-12)).clamp(0.0, 1.0);
            let distance = (to[0] - t * along[0]).hypot(to[1] - t * along[1]);
            let cell = &mut image[row * SIZE + column];
            *cell = cell.max(ink * (reach - distance).clamp(0.0, 1.0));
        }
    }
}
