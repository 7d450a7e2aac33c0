//! Two networks against each other, trained by hand: a generator makes points of noise, a discriminator tells them from points of a ring. Both are
//! views of one model, each with an optimiser of its own.
//!
//! ```text
//! cargo run --release --example gan
//! ```

mod support;

use std::error::Error;
use std::f32::consts::TAU;
use std::fs;

use functional_model::prelude::*;
use ndarray::{Array2, ArrayView2, Axis, concatenate};
use support::Flags;

functional_model! {
    /// Noise to points of the plane, and points to how true they look.
    pub model Gan(noise: [2]) -> [1] {
        let x = Dense(32, activation = "relu")(noise);
        let x = Dense(32, activation = "relu")(x);
        let point = Dense(2, name = "point")(x);
        let x = Dense(64, activation = "relu")(point);
        let x = Dense(64, activation = "relu")(x);
        Dense(1, name = "verdict")(x)
    }

    /// The first half.
    pub model Generator = Gan { noise -> point };

    /// The second half.
    pub model Discriminator = Gan { point -> verdict };
}

/// The two halves' passes and optimisers: what a step by hand works with beside the model.
struct Players {
    generator: (Pass<Generator>, BuiltOptimizer),
    discriminator: (Pass<Discriminator>, BuiltOptimizer),
}

impl Players {
    fn new(gan: &Gan, seed: u64) -> Result<Self> {
        let (generator, discriminator) = (Generator::of(gan), Discriminator::of(gan));
        Ok(Self {
            generator: (Pass::new(&generator, seed), Adam::new(1e-3).beta_1(0.5).build(&generator)?),
            discriminator: (Pass::new(&discriminator, seed), Adam::new(1e-3).beta_1(0.5).build(&discriminator)?),
        })
    }

    /// Moves the discriminator towards telling true points from made ones.
    fn discriminate(&mut self, gan: &mut Gan, points: ArrayView2<'_, f32>, noise: &Array2<f32>) -> Result<f64> {
        let (pass, optimizer) = &mut self.discriminator;
        let made = Generator::of(&*gan).predict(noise)?;
        let both = concatenate![Axis(0), points.into_dyn(), made];
        let truth = Array2::from_shape_fn((both.len_of(Axis(0)), 1), |(i, _)| if i < noise.nrows() { 1.0 } else { 0.0 });
        let verdict = Discriminator::of(&*gan).forward(pass, &Tensor::from_array(&both)?);
        let (loss, d_verdict) = BinaryCrossentropy::from_logits().gradient(&verdict, &truth)?;
        Discriminator::of(&*gan).backward(pass, &d_verdict);
        optimizer.apply(&mut Discriminator::of(gan), pass)?;
        Ok(loss)
    }

    /// Moves the generator towards points that the discriminator takes for true.
    fn generate(&mut self, gan: &mut Gan, noise: &Array2<f32>) -> Result<f64> {
        let (pass, optimizer) = &mut self.generator;
        let (generator, discriminator) = (Generator::of(&*gan), Discriminator::of(&*gan));
        let point = generator.forward(pass, &Tensor::from_array(noise)?);
        let verdict = discriminator.forward(&mut self.discriminator.0, &point);
        let (loss, d_verdict) = BinaryCrossentropy::from_logits().gradient(&verdict, Array2::<f32>::ones((noise.nrows(), 1)))?;
        let d_point = discriminator.backward_to_inputs(&mut self.discriminator.0, &d_verdict);
        generator.backward(pass, &d_point);
        optimizer.apply(&mut Generator::of(gan), pass)?;
        Ok(loss)
    }
}

/// So many points from the `first` of a sequence on that fills the square from -1 to 1 evenly.
fn noise(first: usize, count: usize) -> Array2<f32> {
    Array2::from_shape_fn((count, 2), |(i, axis)| {
        let step = [0.754_877_666_246_692_7, 0.569_840_290_998_053_2][axis];
        (2.0 * ((first + i) as f64 * step).fract() - 1.0) as f32
    })
}

/// Points of a ring.
fn ring(count: usize) -> Array2<f32> {
    let angles = noise(1, count).column(0).mapv(|x| x * TAU / 2.0);
    Array2::from_shape_fn((count, 2), |(i, axis)| if axis == 0 { angles[i].cos() } else { angles[i].sin() })
}

/// How far points lie from the ring, on average, and the share of its twelve parts that have a point.
fn distance(points: ArrayView2<'_, f32>) -> (f32, f32) {
    let far = points.rows().into_iter().map(|point| (point[0].hypot(point[1]) - 1.0).abs()).sum::<f32>();
    let parts = points.rows().into_iter().map(|point| (point[1].atan2(point[0]) / TAU * 12.0).floor() as i32);
    let seen = parts.collect::<std::collections::BTreeSet<_>>().len();
    (far / points.nrows() as f32, seen.min(12) as f32 / 12.0)
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let points = ring(flags.samples.unwrap_or(2048));
    println!("{}", Gan::summary());

    let mut gan = Gan::new(flags.seed);
    let mut players = Players::new(&gan, flags.seed)?;
    let mut first = 0;
    for epoch in 1..=flags.epochs.unwrap_or(60) {
        let mut losses = (0.0, 0.0);
        for batch in points.axis_chunks_iter(Axis(0), flags.batch_size) {
            let noise = noise(first, batch.nrows());
            losses = (players.discriminate(&mut gan, batch, &noise)?, players.generate(&mut gan, &noise)?);
            first += batch.nrows();
        }
        if epoch % 10 == 0 {
            println!("epoch {epoch}: the discriminator's loss {:.4}, the generator's {:.4}", losses.0, losses.1);
        }
    }

    let made = Generator::of(&gan).predict(noise(first, 500))?.into_dimensionality()?;
    let (far, seen) = distance(made.view());
    fs::create_dir_all(&flags.out)?;
    Gan::plot(flags.out.join("gan.svg"))?;
    support::keep(&gan, &flags.out.join("gan.safetensors"), |path| Gan::load(path), &noise(0, 100))?;
    println!("points lie {far:.3} from the ring on average, in {:.0} % of its parts", 100.0 * seen);
    Ok(())
}
