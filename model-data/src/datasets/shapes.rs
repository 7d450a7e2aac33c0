//! Drawn shapes: labelled images that need no file, for examples and tests.
//!
//! A pixel is made of additions, products and divisions only, which every machine rounds alike: the same seed gives the same bits.

use std::f32::consts::FRAC_1_SQRT_2;

use ndarray::{Array1, Array4};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use super::ColourImages;
use model_core::memory;

/// The names of the drawn shapes, by label.
pub const SHAPE_CLASSES: [&str; 10] =
    ["circle", "ring", "square", "frame", "triangle", "star", "plus", "cross", "horizontal stripes", "vertical stripes"];

const CLASSES: usize = SHAPE_CLASSES.len();
const SIDE: usize = 32;
const CHANNELS: usize = 3;
const PIXELS: usize = SIDE * SIDE;

/// A pixel is sampled at `GRID` × `GRID` points, so that edges are smooth.
const GRID: usize = 3;
/// Of the circle around a shape, in pixels.
const RADIUS: (f32, f32) = (7.0, 11.0);
/// The tangent of half the largest turn, which is 15 degrees.
const LARGEST_TURN: f32 = 0.13;
// A shape is lighter than its background, or a network would first have to learn that the sign of an edge means nothing.
const SHAPE_COLOUR: (f32, f32) = (0.3, 1.0);
const BACKGROUND_COLOUR: (f32, f32) = (0.0, 0.3);
/// How much lighter a shape is at least, the three channels summed.
const CONTRAST: f32 = 1.0;
/// The most by which noise changes a channel, in the worst image. Most images have little noise, so that a network learns fast; a few
/// have much, so that it does not learn all.
const NOISE: f32 = 0.8;

/// Draws labelled images of ten kinds of shape, [`SHAPE_CLASSES`].
///
/// Each image shows one light shape whose place, size, turn, colour, dark background and noise differ from image to image. The classes
/// are balanced: of every ten images in a row, from the first, each shows another shape. The seed alone decides what is drawn,
/// whatever the machine, and fewer samples of one seed are the first of more.
///
/// Colour does not tell the class, and place hardly: an untrained model is right about one image in ten, a linear model about one in
/// four, and a small convolutional network nearly always, after a few hundred steps.
///
/// ```
/// use model_data::datasets;
///
/// let images = datasets::shapes(100, 42);
/// assert_eq!(images.images.shape(), [100, 32, 32, 3]);
/// assert_eq!(images.labels.iter().filter(|&&label| label == 0).count(), 10);
/// ```
///
/// # Shapes
///
/// Images `[samples, 32, 32, 3]` of red, green, blue in `0..=1`; labels `[samples]` in `0..10`.
///
/// # Panics
///
/// If the images would take more memory than there is.
#[track_caller]
pub fn shapes(samples: usize, seed: u64) -> ColourImages {
    let bytes = memory::bytes_of_array::<f32>(&[samples, PIXELS, CHANNELS]);
    memory::sure(memory::claim(bytes, || format!("{samples} drawn images")));
    let mut random = Random(Xoshiro256PlusPlus::seed_from_u64(seed));
    let mut images = Vec::with_capacity(samples * PIXELS * CHANNELS);
    let mut labels = Vec::with_capacity(samples);
    let mut round = random.permutation();
    for sample in 0..samples {
        let place = sample % CLASSES;
        if place == 0 && sample > 0 {
            round = random.permutation();
        }
        draw(round[place], &mut random, &mut images);
        labels.push(round[place] as i32);
    }
    let images = Array4::from_shape_vec((samples, SIDE, SIDE, CHANNELS), images).expect("every sample adds one image");
    ColourImages { images, labels: Array1::from_vec(labels) }
}

fn draw(class: usize, random: &mut Random, image: &mut Vec<f32>) {
    let pose = Pose::random(random);
    let (shape, background) = colours(random);
    let badness = random.between(0.0, 1.0);
    let noise = NOISE * badness * badness * badness;
    for pixel in 0..PIXELS {
        let share = pose.share(class, pixel % SIDE, pixel / SIDE);
        for (shape, background) in shape.iter().zip(background) {
            let colour = background + (shape - background) * share;
            image.push((colour + random.between(-noise, noise)).clamp(0.0, 1.0));
        }
    }
}

/// The colours of shape and background, drawn until the shape is light enough.
fn colours(random: &mut Random) -> ([f32; CHANNELS], [f32; CHANNELS]) {
    loop {
        let mut colour = |(low, high)| [(); CHANNELS].map(|()| random.between(low, high));
        let (shape, background) = (colour(SHAPE_COLOUR), colour(BACKGROUND_COLOUR));
        let lighter = shape.iter().sum::<f32>() - background.iter().sum::<f32>();
        if lighter >= CONTRAST {
            return (shape, background);
        }
    }
}

/// Where a shape lies, how large it is and how far it is turned.
struct Pose {
    centre: (f32, f32),
    radius: f32,
    cosine: f32,
    sine: f32,
}

impl Pose {
    fn random(random: &mut Random) -> Self {
        let radius = random.between(RADIUS.0, RADIUS.1);
        let mut coordinate = || random.between(radius, SIDE as f32 - radius);
        let centre = (coordinate(), coordinate());
        // Cosine and sine by the tangent of the half angle: the functions of the standard library differ between platforms.
        let tangent = random.between(-LARGEST_TURN, LARGEST_TURN);
        let length = 1.0 + tangent * tangent;
        Self { centre, radius, cosine: (1.0 - tangent * tangent) / length, sine: 2.0 * tangent / length }
    }

    /// The share of a pixel that the shape covers, in `0..=1`.
    fn share(&self, class: usize, column: usize, row: usize) -> f32 {
        let coordinate = |pixel: usize, point: usize| pixel as f32 + (2 * point + 1) as f32 / (2 * GRID) as f32;
        let mut inside = 0;
        for point in 0..GRID * GRID {
            let x = (coordinate(column, point % GRID) - self.centre.0) / self.radius;
            let y = (coordinate(row, point / GRID) - self.centre.1) / self.radius;
            inside += usize::from(contains(class, self.cosine * x + self.sine * y, self.cosine * y - self.sine * x));
        }
        inside as f32 / (GRID * GRID) as f32
    }
}

/// Whether the shape of a class, around the origin and in a circle of radius 1, contains a point. The vertical axis points down.
fn contains(class: usize, x: f32, y: f32) -> bool {
    let square = |side: f32| x.abs() <= side && y.abs() <= side;
    let bars = |x: f32, y: f32| x.abs().min(y.abs()) <= 0.25 && x.abs().max(y.abs()) <= 0.95;
    let stripe = |across: f32| !(0.16..0.48).contains(&across.abs());
    let distance = x * x + y * y;
    match class {
        0 => distance <= 0.8,
        1 => (0.3..=1.0).contains(&distance),
        2 => square(0.8),
        3 => square(0.8) && !square(0.45),
        4 => y <= 0.7 && 1.8 * x.abs() <= y + 0.95,
        5 => star(x, y),
        6 => bars(x, y),
        7 => bars((x + y) * FRAC_1_SQRT_2, (x - y) * FRAC_1_SQRT_2),
        8 => square(0.8) && stripe(y),
        _ => square(0.8) && stripe(x),
    }
}

/// Five points: what lies behind at least four of the five lines that the points' edges are on.
fn star(x: f32, y: f32) -> bool {
    const NORMALS: [(f32, f32); 5] = [(0.0, -1.0), (0.951, -0.309), (0.588, 0.809), (-0.588, 0.809), (-0.951, -0.309)];
    NORMALS.iter().filter(|normal| normal.0 * x + normal.1 * y <= 0.33).count() >= 4
}

struct Random(Xoshiro256PlusPlus);

impl Random {
    /// A number in `low..high`, of the 24 bits that an `f32` holds.
    fn between(&mut self, low: f32, high: f32) -> f32 {
        let unit = (self.0.next_u64() >> 40) as f32 / (1u32 << 24) as f32;
        low + (high - low) * unit
    }

    /// The classes in random order (Fisher and Yates).
    fn permutation(&mut self) -> [usize; CLASSES] {
        let mut classes = std::array::from_fn(|class| class);
        for last in (1..CLASSES).rev() {
            let below = ((self.0.next_u64() >> 32) * (last as u64 + 1)) >> 32;
            classes.swap(last, below as usize);
        }
        classes
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2, Axis};

    use rand_xoshiro::Xoshiro256PlusPlus;
    use rand_xoshiro::rand_core::SeedableRng;

    use super::{CLASSES, Random, contains, shapes};

    /// FNV-1a over the bits of all colours and labels.
    fn fingerprint(samples: usize, seed: u64) -> u64 {
        let drawn = shapes(samples, seed);
        let bits = drawn.images.iter().map(|colour| colour.to_bits()).chain(drawn.labels.iter().map(|&label| label as u32));
        bits.fold(0xcbf2_9ce4_8422_2325, |hash, bits| (hash ^ u64::from(bits)).wrapping_mul(0x0000_0100_0000_01b3))
    }

    #[test]
    fn same_seed_same_bits() {
        assert_eq!(fingerprint(50, 42), 195_740_086_603_859_253);
        assert_ne!(fingerprint(50, 42), fingerprint(50, 43));
    }

    #[test]
    fn fewer_samples_are_the_first_of_more() {
        assert_eq!(shapes(57, 3).take(23), shapes(23, 3));
        assert!(shapes(0, 3).is_empty());
    }

    #[test]
    fn any_ten_from_the_first_are_balanced_and_their_order_varies() {
        let drawn = shapes(100, 5);
        let rounds: Vec<Vec<i32>> = drawn.labels.to_vec().chunks(CLASSES).map(<[i32]>::to_vec).collect();
        for round in &rounds {
            let mut sorted = round.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..CLASSES as i32).collect::<Vec<_>>());
        }
        assert!(rounds.iter().skip(1).all(|round| *round != rounds[0]));
    }

    #[test]
    fn colours_stay_in_range_and_images_differ() {
        let drawn = shapes(200, 6);
        assert!(drawn.images.iter().all(|colour| (0.0..=1.0).contains(colour)));
        for image in drawn.images.axis_iter(Axis(0)) {
            assert!(image.std(0.0) > 0.03, "{}", image.std(0.0));
        }
        assert_ne!(drawn.images.index_axis(Axis(0), 0), drawn.images.index_axis(Axis(0), 1));
    }

    /// What tells the classes apart is form, not colour or place: the mean image of a class says little of an image.
    #[test]
    fn the_nearest_mean_is_a_poor_guess() {
        let drawn = shapes(1200, 7);
        let pixels = drawn.images.len() / drawn.len();
        let images = drawn.images.into_shape_with_order((1200, pixels)).unwrap();
        let (train, test) = images.view().split_at(Axis(0), 1000);
        let mut means = Array2::<f32>::zeros((CLASSES, pixels));
        for (image, &label) in train.outer_iter().zip(&drawn.labels) {
            means.row_mut(label as usize).scaled_add(0.01, &image);
        }
        let distance =
            |image: &Array1<f32>, class: usize| (image - &means.row(class)).mapv(|difference| difference * difference).sum();
        let right = test.outer_iter().zip(drawn.labels.iter().skip(1000)).filter(|(image, label)| {
            let image = image.to_owned();
            let nearest = (0..CLASSES).min_by(|&a, &b| distance(&image, a).total_cmp(&distance(&image, b)));
            nearest == Some(**label as usize)
        });
        let right = right.count();
        assert!(right < 60, "{right} of 200");
    }

    /// The classes from `first` on, side by side, each on a grid of 11 by 11 points.
    fn picture(first: usize) -> Vec<String> {
        let point = |index: i32| (index - 5) as f32 / 5.3;
        let row = |class: usize, y: i32| -> String {
            (0..11).map(|x| if contains(class, point(x), point(y)) { '#' } else { '.' }).collect()
        };
        (0..11).map(|y| (first..first + 5).map(|class| row(class, y)).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn shapes_look_like_their_names() {
        assert_eq!(
            picture(0),
            [
                "........... ....###.... ........... ........... .....#.....",
                "...#####... ..#######.. .#########. .#########. .....#.....",
                "..#######.. .#########. .#########. .#########. ....###....",
                ".#########. .##.....##. .#########. .##.....##. ....###....",
                ".#########. ###.....### .#########. .##.....##. ...#####...",
                ".#########. ###.....### .#########. .##.....##. ...#####...",
                ".#########. ###.....### .#########. .##.....##. ..#######..",
                ".#########. .##.....##. .#########. .##.....##. ..#######..",
                "..#######.. .#########. .#########. .#########. .#########.",
                "...#####... ..#######.. .#########. .#########. ...........",
                "........... ....###.... ........... ........... ...........",
            ]
        );
        assert_eq!(
            picture(5),
            [
                ".....#..... ....###.... ........... ........... ...........",
                ".....#..... ....###.... ..#.....#.. .#########. .##..#..##.",
                ".....#..... ....###.... .###...###. .#########. .##..#..##.",
                "....###.... ....###.... ..###.###.. ........... .##..#..##.",
                ".#########. ########### ...#####... ........... .##..#..##.",
                "...#####... ########### ....###.... .#########. .##..#..##.",
                "...#####... ########### ...#####... ........... .##..#..##.",
                "...#####... ....###.... ..###.###.. ........... .##..#..##.",
                "...#...#... ....###.... .###...###. .#########. .##..#..##.",
                "..#.....#.. ....###.... ..#.....#.. .#########. .##..#..##.",
                "........... ....###.... ........... ........... ...........",
            ]
        );
    }

    #[test]
    fn permutations_are_even() {
        let mut random = Random(Xoshiro256PlusPlus::seed_from_u64(8));
        let mut first = [0; CLASSES];
        for _ in 0..10_000 {
            first[random.permutation()[0]] += 1;
        }
        assert!(first.iter().all(|count| (850..1150).contains(count)), "{first:?}");
    }
}
