//! D4 "Rooms": a solid on the floor of a room's corner, ray-traced from six known factors, with the exact mask of the solid.
//!
//! In the spirit of 3D Shapes (Burgess & Kim 2018). Everything is decided by the factors and the solid's place, so that explanations
//! can be measured against the mask and latent dimensions against the factors.

use serde::{Deserialize, Serialize};

use super::{Dataset, HELD_OUT, Images, Random};
use crate::error::{Error, Result};

/// What varies from room to room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Factor {
    FloorHue,
    WallHue,
    ObjectHue,
    Scale,
    Shape,
    Orientation,
}

impl Factor {
    pub const ALL: [Factor; 6] =
        [Factor::FloorHue, Factor::WallHue, Factor::ObjectHue, Factor::Scale, Factor::Shape, Factor::Orientation];

    /// The names of its values, in order; a value is an index into this list.
    pub fn values(self) -> &'static [&'static str] {
        match self {
            Factor::FloorHue | Factor::WallHue | Factor::ObjectHue => {
                &["red", "orange", "lime", "green", "mint", "cyan", "azure", "indigo", "purple", "rose"]
            }
            Factor::Scale => &["tiny", "small", "medium", "large", "huge"],
            Factor::Shape => &["cube", "sphere", "cylinder", "cone", "pyramid"],
            Factor::Orientation => &["−30°", "−20°", "−10°", "0°", "10°", "20°", "30°"],
        }
    }
}

/// One room: the value of each factor, in the order of [`Factor::ALL`], and where the solid stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Room {
    pub factors: [usize; 6],
    /// Offset of the solid from the middle of the floor, in units of an unscaled solid's height; x and z run along the walls.
    pub place: [f32; 2],
}

/// A picture of a room.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// `[3, size, size]`, RGB, 0…1.
    pub pixels: Vec<f32>,
    /// `[size, size]`, the share of each pixel that the solid covers, 0…1.
    pub mask: Vec<f32>,
}

/// A data set of rooms.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rooms {
    /// Height and width in pixels, 16…128.
    pub size: usize,
    /// The number of rooms; the last fifth is the validation part.
    pub count: usize,
    /// What the label tells.
    pub factor: Factor,
    /// How far the solid may stand from the middle, along either wall; 0 leaves the six factors alone to decide the picture.
    pub scatter: f32,
}

impl Default for Rooms {
    fn default() -> Self {
        Self { size: 32, count: 2000, factor: Factor::Shape, scatter: 0.5 }
    }
}

impl Rooms {
    /// The largest number of pixel values of a data set (256 MiB).
    const MAX_VALUES: usize = 64 << 20;

    /// Room `i` of `seed`: the labelled factor takes its values in turn, so that every class is equally frequent in either part; the others and
    /// the place are random.
    pub fn room(&self, seed: u32, i: usize) -> Room {
        let mut random = Random::new(seed, i as u32);
        let mut factors = Factor::ALL.map(|factor| random.below(factor.values().len()));
        factors[self.factor as usize] = i % self.factor.values().len();
        let place = [0; 2].map(|_| random.between(-self.scatter, self.scatter));
        Room { factors, place }
    }

    /// Indices of the rooms of the validation part, in its order.
    pub fn validation(&self) -> std::ops::Range<usize> {
        self.count - (self.count as f32 * HELD_OUT) as usize..self.count
    }

    /// Renders all rooms of `seed`. An [`Error::Option`] where a figure is out of range.
    pub fn dataset(&self, seed: u32) -> Result<Dataset> {
        if !(16..=128).contains(&self.size) {
            return Err(Error::option("size", format!("rooms have 16 to 128 pixels a side, not {}", self.size)));
        }
        let most = Self::MAX_VALUES / (3 * self.size * self.size);
        if !(1..=most).contains(&self.count) {
            return Err(Error::option("count", format!("1 to {most} rooms of this size, not {}", self.count)));
        }
        if !(0.0..=1.0).contains(&self.scatter) {
            return Err(Error::option("scatter", format!("0 to 1, not {}", self.scatter)));
        }
        let part = |range: std::ops::Range<usize>| {
            let rooms = range.map(|i| self.room(seed, i));
            let (pixels, labels): (Vec<_>, _) =
                rooms.map(|room| (room.render(self.size).pixels, room.factors[self.factor as usize] as u32)).unzip();
            Images { pixels: pixels.concat(), labels }
        };
        let validation = self.validation();
        Dataset::new(
            "Rooms",
            "Rendered by this page: a solid in a room's corner, six known factors and the solid's mask",
            [3, self.size, self.size],
            self.factor.values().iter().map(|name| name.to_string()).collect(),
            part(0..validation.start),
            part(validation),
        )
    }
}

// Geometry. The floor is y = 0, the walls are x = −WALL and z = −WALL. An unscaled solid has height 1.

type Vector = [f32; 3];

const WALL: f32 = 1.9;
const TARGET: Vector = [-0.1, 0.55, -0.1];
const EYE_DISTANCE: f32 = 4.2;
const EYE_HEIGHT: f32 = 1.75;
/// Half the picture's width at distance 1.
const HALF_VIEW: f32 = 0.33;
const LIGHT: Vector = [1.2, 3.6, 2.6];
/// Places within a pixel at which it is sampled, and with each an offset of the light, which makes shadows soft.
const SAMPLES: [([f32; 2], [f32; 2]); 4] = [
    ([0.375, 0.125], [-0.35, -0.15]),
    ([0.875, 0.375], [0.15, -0.35]),
    ([0.125, 0.625], [-0.15, 0.35]),
    ([0.625, 0.875], [0.35, 0.15]),
];

impl Room {
    fn value(&self, factor: Factor) -> usize {
        self.factors[factor as usize]
    }

    /// The picture at `size`×`size` pixels, each the mean of four rays.
    pub fn render(&self, size: usize) -> View {
        let scene = Scene::new(self);
        let plane = size * size;
        let mut view = View { pixels: vec![0.0; 3 * plane], mask: vec![0.0; plane] };
        for cell in 0..plane {
            let (row, column) = ((cell / size) as f32, (cell % size) as f32);
            for ([dx, dy], light) in SAMPLES {
                let across = (column + dx) / size as f32 * 2.0 - 1.0;
                let up = 1.0 - (row + dy) / size as f32 * 2.0;
                let (colour, solid) = scene.trace(across * HALF_VIEW, up * HALF_VIEW, light);
                for (channel, value) in colour.iter().enumerate() {
                    view.pixels[channel * plane + cell] += value.clamp(0.0, 1.0) / SAMPLES.len() as f32;
                }
                view.mask[cell] += f32::from(solid) / SAMPLES.len() as f32;
            }
        }
        view
    }
}

/// A room ready for rays.
struct Scene {
    shape: usize,
    scale: f32,
    /// Where the solid touches the floor.
    foot: Vector,
    eye: Vector,
    forward: Vector,
    right: Vector,
    up: Vector,
    /// Floor, wall, solid.
    colours: [Vector; 3],
}

impl Scene {
    fn new(room: &Room) -> Self {
        let turn = (45.0 + 10.0 * (room.value(Factor::Orientation) as f32 - 3.0)).to_radians();
        let eye = [TARGET[0] + EYE_DISTANCE * turn.sin(), EYE_HEIGHT, TARGET[2] + EYE_DISTANCE * turn.cos()];
        let forward = unit(sub(TARGET, eye));
        let right = unit(cross(forward, [0.0, 1.0, 0.0]));
        Self {
            shape: room.value(Factor::Shape),
            scale: 0.7 + 0.1 * room.value(Factor::Scale) as f32,
            foot: [room.place[0], 0.0, room.place[1]],
            eye,
            forward,
            right,
            up: cross(right, forward),
            colours: [
                colour(room.value(Factor::FloorHue), 0.45, 0.86),
                colour(room.value(Factor::WallHue), 0.32, 0.97),
                colour(room.value(Factor::ObjectHue), 0.78, 0.95),
            ],
        }
    }

    /// The colour that is seen `across` and `up` from the middle of the view, and whether it is the solid's.
    fn trace(&self, across: f32, up: f32, light: [f32; 2]) -> (Vector, bool) {
        let ray = unit(add(self.forward, add(scale(self.right, across), scale(self.up, up))));
        let light = add(LIGHT, [light[0], 0.0, light[1]]);
        if let Some((distance, normal)) = self.solid(self.eye, ray) {
            let point = add(self.eye, scale(ray, distance));
            let to_light = unit(sub(light, point));
            let diffuse = dot(normal, to_light).max(0.0);
            let middle = unit(sub(to_light, ray));
            let gloss = 0.35 * dot(normal, middle).max(0.0).powi(40);
            // Light thrown back by the floor fills in from below.
            let ambient = 0.42 - 0.1 * normal[1].min(0.0);
            return (add(scale(self.colours[2], ambient + 0.62 * diffuse), [gloss; 3]), true);
        }
        let (distance, normal, base) = self.surroundings(ray);
        let point = add(self.eye, scale(ray, distance));
        let to_light = sub(light, point);
        let lit = if self.solid(add(point, scale(normal, 1e-3)), unit(to_light)).is_some() { 0.0 } else { 1.0 };
        let diffuse = lit * dot(normal, unit(to_light)).max(0.0);
        // Edges between two planes receive less of the light that comes from everywhere.
        let corner = |distance: f32| 1.0 - 0.3 * (-2.5 * distance).exp();
        let occlusion: f32 = [point[0] + WALL, point[1], point[2] + WALL]
            .into_iter()
            .zip(normal)
            .filter(|&(_, own)| own == 0.0)
            .map(|(distance, _)| corner(distance))
            .product();
        (scale(base, (0.5 + 0.5 * diffuse) * occlusion), false)
    }

    /// The first of floor and walls: distance, normal, colour.
    fn surroundings(&self, ray: Vector) -> (f32, Vector, Vector) {
        let [floor, wall, _] = self.colours;
        [(0, -WALL, wall), (1, 0.0, floor), (2, -WALL, wall)]
            .into_iter()
            .filter(|&(axis, ..)| ray[axis] < -1e-6)
            .map(|(axis, at, base)| {
                let mut normal = [0.0; 3];
                normal[axis] = 1.0;
                ((at - self.eye[axis]) / ray[axis], normal, base)
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .expect("the view always looks into the corner")
    }

    /// Where the ray (of length 1) enters the solid: distance and normal.
    fn solid(&self, origin: Vector, ray: Vector) -> Option<(f32, Vector)> {
        // Most rays miss the sphere around any solid of this scale (a pyramid's base corner is √¾ from its middle).
        let to_middle = sub(add(self.foot, [0.0, 0.5 * self.scale, 0.0]), origin);
        if dot(to_middle, to_middle) - dot(to_middle, ray).powi(2) > 0.76 * self.scale * self.scale {
            return None;
        }
        let origin = scale(sub(origin, self.foot), 1.0 / self.scale);
        let direction = scale(ray, 1.0 / self.scale);
        let hull = |faces: &[(Vector, f32)]| {
            faces.iter().try_fold(Span::ALL, |span, &(normal, offset)| span.clip(half_space(origin, direction, normal, offset)))
        };
        let slab = |span: Span| {
            [([0.0, 1.0, 0.0], 1.0), ([0.0, -1.0, 0.0], 0.0)]
                .into_iter()
                .try_fold(span, |span, (normal, offset)| span.clip(half_space(origin, direction, normal, offset)))
        };
        let span = match self.shape {
            0 => hull(&CUBE),
            1 => quadric(sub(origin, [0.0, 0.5, 0.0]), direction, [1.0, 1.0, 1.0], 0.25),
            2 => quadric(origin, direction, [1.0, 0.0, 1.0], 0.25).and_then(slab),
            3 => quadric(sub(origin, [0.0, 1.0, 0.0]), direction, [1.0, -0.25, 1.0], 0.0).and_then(slab),
            _ => hull(&PYRAMID),
        }?;
        (span.enter > 0.0 && span.exit > span.enter).then(|| (span.enter, unit(span.normal)))
    }
}

/// Faces `normal · p ≤ offset` of the solids of height 1 with a base of 1×1.
const CUBE: [(Vector, f32); 6] = [
    ([1.0, 0.0, 0.0], 0.45),
    ([-1.0, 0.0, 0.0], 0.45),
    ([0.0, 0.0, 1.0], 0.45),
    ([0.0, 0.0, -1.0], 0.45),
    ([0.0, 1.0, 0.0], 0.9),
    ([0.0, -1.0, 0.0], 0.0),
];
const PYRAMID: [(Vector, f32); 5] =
    [([2.0, 1.0, 0.0], 1.0), ([-2.0, 1.0, 0.0], 1.0), ([0.0, 1.0, 2.0], 1.0), ([0.0, 1.0, -2.0], 1.0), ([0.0, -1.0, 0.0], 0.0)];

/// The part of a ray inside a convex body, with the outward normal where it enters (of any length).
#[derive(Clone, Copy)]
struct Span {
    enter: f32,
    exit: f32,
    normal: Vector,
}

impl Span {
    const ALL: Span = Span { enter: f32::NEG_INFINITY, exit: f32::INFINITY, normal: [0.0; 3] };

    /// The common part, if there is one.
    fn clip(self, other: Option<Span>) -> Option<Span> {
        let other = other?;
        let first = if self.enter >= other.enter { self } else { other };
        let span = Span { exit: self.exit.min(other.exit), ..first };
        (span.enter < span.exit).then_some(span)
    }
}

/// The part of the ray where `normal · p ≤ offset`.
fn half_space(origin: Vector, ray: Vector, normal: Vector, offset: f32) -> Option<Span> {
    let (height, slope) = (dot(normal, origin) - offset, dot(normal, ray));
    if slope == 0.0 {
        return (height <= 0.0).then_some(Span::ALL);
    }
    let t = -height / slope;
    Some(if slope < 0.0 { Span { enter: t, normal, ..Span::ALL } } else { Span { exit: t, ..Span::ALL } })
}

/// The part of the ray where Σ weights·p² ≤ radius². With a negative weight on y it is the lower half of a double cone with its tip at
/// the origin, as far as a later cut at y ≤ 0 leaves it.
fn quadric(origin: Vector, ray: Vector, weights: Vector, radius2: f32) -> Option<Span> {
    let weighted = |a: Vector, b: Vector| dot(a, [b[0] * weights[0], b[1] * weights[1], b[2] * weights[2]]);
    let (a, b, c) = (weighted(ray, ray), weighted(origin, ray), weighted(origin, origin) - radius2);
    let root = (b * b - a * c).max(0.0).sqrt();
    if b * b < a * c || a == 0.0 {
        return None;
    }
    let (near, far) = ((-b - root) / a, (-b + root) / a);
    let (enter, exit) = match (a > 0.0, ray[1] < 0.0) {
        (true, _) => (near, far),
        // Steeper than the cone's side: inside beyond the later root when falling, before the earlier one when rising.
        (false, true) => (near, f32::INFINITY),
        (false, false) => (f32::NEG_INFINITY, far),
    };
    let point = if enter.is_finite() { add(origin, scale(ray, enter)) } else { [0.0; 3] };
    Some(Span { enter, exit, normal: [point[0] * weights[0], point[1] * weights[1], point[2] * weights[2]] })
}

/// Hue `index` of ten, with this saturation and value, as RGB.
fn colour(index: usize, saturation: f32, value: f32) -> Vector {
    let hue = index as f32 * 0.6;
    [5.0, 3.0, 1.0].map(|offset: f32| {
        let k = (offset + hue) % 6.0;
        value * (1.0 - saturation * k.min(4.0 - k).clamp(0.0, 1.0))
    })
}

fn add(a: Vector, b: Vector) -> Vector {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

fn sub(a: Vector, b: Vector) -> Vector {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn scale(a: Vector, by: f32) -> Vector {
    a.map(|v| v * by)
}

fn dot(a: Vector, b: Vector) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: Vector, b: Vector) -> Vector {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn unit(a: Vector) -> Vector {
    scale(a, 1.0 / dot(a, a).sqrt())
}
