//! D4 and D5: the data sets that the crate draws.
#![cfg(not(target_arch = "wasm32"))]

use vitrine::data::rooms::{Factor, Room};
use vitrine::data::{Rooms, Strokes};

const CUBE: Room = Room { factors: [2, 6, 0, 4, 0, 3], place: [0.0, 0.0] };

fn with(factor: Factor, value: usize) -> Room {
    let mut room = CUBE;
    room.factors[factor as usize] = value;
    room
}

/// The mean colour of the pixels that the solid covers wholly or not at all, and that `keep` (row, column of 64) accepts.
fn mean(room: &Room, solid: bool, keep: impl Fn(usize, usize) -> bool) -> [f32; 3] {
    let view = room.render(64);
    let cells: Vec<usize> =
        (0..64 * 64).filter(|&i| view.mask[i] == if solid { 1.0 } else { 0.0 } && keep(i / 64, i % 64)).collect();
    [0, 1, 2].map(|channel| cells.iter().map(|i| view.pixels[channel * 64 * 64 + i]).sum::<f32>() / cells.len() as f32)
}

#[test]
fn each_hue_colours_its_own_part() {
    // Azure walls above, lime floor in front, a red solid.
    let [r, g, b] = mean(&CUBE, false, |row, _| row < 10);
    assert!(b > g && g > r, "wall {r} {g} {b}");
    let [r, g, b] = mean(&CUBE, false, |row, _| row > 58);
    assert!(g > r && r > b, "floor {r} {g} {b}");
    let [r, g, b] = mean(&CUBE, true, |_, _| true);
    assert!(r > 2.0 * g && r > 2.0 * b, "solid {r} {g} {b}");
}

/// Changing the solid's hue changes covered pixels only, and every one of them; the mask is exact.
#[test]
fn the_mask_is_where_the_solid_is() {
    let (red, cyan) = (CUBE.render(64), with(Factor::ObjectHue, 5).render(64));
    assert_eq!(red.mask, cyan.mask);
    for i in 0..64 * 64 {
        let changed = (0..3).any(|channel| red.pixels[channel * 4096 + i] != cyan.pixels[channel * 4096 + i]);
        assert_eq!(changed, red.mask[i] > 0.0, "pixel {i}");
    }
}

/// Halving the pixel size converges: coverage in pixels² over the picture's area agrees between sizes.
#[test]
fn coverage_grows_with_scale_and_not_with_size() {
    let share = |room: &Room, size: usize| room.render(size).mask.iter().sum::<f32>() / (size * size) as f32;
    let shares: Vec<f32> = (0..5).map(|scale| share(&with(Factor::Scale, scale), 64)).collect();
    assert!(shares.windows(2).all(|w| w[0] < w[1]), "{shares:?}");
    for shape in 0..5 {
        let room = with(Factor::Shape, shape);
        let (coarse, fine) = (share(&room, 32), share(&room, 128));
        assert!((coarse - fine).abs() < 0.05 * fine, "{coarse} {fine}");
    }
}

/// The sphere of radius ½·scale, seen from distance d to its centre, covers the disc of angular radius asin(r/d): an ellipse whose area
/// follows from the projection.
#[test]
fn a_sphere_covers_the_area_of_its_silhouette() {
    let mut room = with(Factor::Shape, 1);
    // In the middle of the view, where the silhouette is a circle, as nearly as the factors allow.
    room.place = [-0.1, -0.1];
    let covered = room.render(128).mask.iter().sum::<f32>() / (128.0 * 128.0);
    let (radius, scale) = (0.55f32, 1.1f32);
    // Eye height 1.75, horizontal distance 4.2, centre of the sphere at height 0.55 = the point looked at.
    let distance = 4.2f32.hypot(1.75 - 0.5 * scale);
    let tangent = radius / (distance * distance - radius * radius).sqrt();
    let expected = std::f32::consts::PI * (tangent / 0.33).powi(2) / 4.0;
    assert!((covered - expected).abs() < 0.01 * expected, "{covered} {expected}");
}

#[test]
fn rooms_are_balanced_and_follow_from_their_seed() {
    let rooms = Rooms { count: 100, size: 16, ..Rooms::default() };
    let data = rooms.dataset(5).unwrap();
    assert_eq!((data.shape, data.train.len(), data.validation.len()), ([3, 16, 16], 80, 20));
    for class in 0..5 {
        assert_eq!(data.validation.labels.iter().filter(|&&label| label == class).count(), 4);
    }
    assert_eq!(data, rooms.dataset(5).unwrap());
    assert_ne!(data.train.pixels, rooms.dataset(6).unwrap().train.pixels);
    let first = rooms.validation().start;
    assert_eq!(data.validation.image(0), rooms.room(5, first).render(16).pixels);
    for factor in Factor::ALL {
        let data = Rooms { factor, ..rooms }.dataset(0).unwrap();
        assert_eq!(data.classes.len(), factor.values().len());
    }
}

#[test]
fn rooms_options_are_those_of_the_page() {
    let rooms: Rooms = serde_json::from_str(r#"{"kind": "rooms", "size": 48, "factor": "object-hue"}"#).unwrap();
    assert_eq!(rooms, Rooms { size: 48, factor: Factor::ObjectHue, ..Rooms::default() });
    let message = |rooms: Rooms| rooms.dataset(0).unwrap_err().to_string();
    assert_eq!(message(Rooms { size: 8, ..rooms }), "size: rooms have 16 to 128 pixels a side, not 8");
    assert!(message(Rooms { size: 128, count: 100_000, ..rooms }).starts_with("count: 1 to 1365 rooms"));
    assert!(message(Rooms { count: 0, ..rooms }).contains("not 0"));
    assert!(message(Rooms { scatter: f32::NAN, ..rooms }).contains("NaN"));
}

#[test]
fn stroke_digits_are_balanced_inked_and_varied() {
    let data = Strokes { count: 500 }.dataset(1).unwrap();
    assert_eq!((data.shape, data.classes.len(), data.validation.len()), ([1, 28, 28], 10, 100));
    for i in 0..data.train.len() {
        let (label, image) = (data.train.labels[i], data.train.image(i));
        assert_eq!(label as usize, i % 10);
        let ink = image.iter().sum::<f32>() / 784.0;
        assert!((0.02..0.4).contains(&ink), "image {i}: {ink}");
        let frame = |i: usize| [i / 28, i % 28].iter().any(|&place| place == 0 || place == 27);
        let outside = image.iter().enumerate().filter(|&(i, _)| frame(i)).map(|(_, p)| p).sum::<f32>();
        assert!(outside < 0.1 * image.iter().sum::<f32>(), "image {i} leaves its frame");
    }
    assert_eq!(data, Strokes { count: 500 }.dataset(1).unwrap());
    assert_ne!(data.train.pixels, Strokes { count: 500 }.dataset(2).unwrap().train.pixels);
    assert!(Strokes { count: 0 }.dataset(0).unwrap_err().to_string().starts_with("count: 1 to 60000"));
}

/// One neighbour among 50 images must be wrong often, among 2000 seldom: the digits are recognisable but not copies of each other.
#[test]
fn stroke_digits_need_many_examples() {
    let data = Strokes { count: 2250 }.dataset(0).unwrap();
    let errors = |known: usize| {
        let wrong = |&i: &usize| {
            let image = data.validation.image(i);
            let distance = |j: usize| image.iter().zip(data.train.image(j)).map(|(a, b)| (a - b).powi(2)).sum::<f32>();
            let nearest = (0..known).min_by(|&a, &b| distance(a).total_cmp(&distance(b))).unwrap();
            data.train.labels[nearest] != data.validation.labels[i]
        };
        (0..200).filter(wrong).count()
    };
    let (few, many) = (errors(50), errors(1800));
    assert!(few > 40 && many < 30, "{few} and {many} errors of 200");
}
