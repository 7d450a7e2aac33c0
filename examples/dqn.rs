//! Learning by trying: a network that values what can be done balances a pole on a cart (double deep Q-learning). What it takes for best is valued
//! by a copy of it that stays behind, and each step learns from a draw of all that has been tried. A step counts 1; a pole that stands for 200
//! steps has won.
//!
//! ```text
//! cargo run --release --example dqn
//! ```
//!
//! Sources: Mnih et al. 2015, <https://doi.org/10.1038/nature14236>; van Hasselt, Guez and Silver 2015, <https://arxiv.org/abs/1509.06461>; the cart
//! and its pole, Barto, Sutton and Anderson 1983, <https://doi.org/10.1109/TSMC.1983.6313077>.

mod support;

use std::error::Error;
use std::fs;

use functional_model::prelude::*;
use functional_model::random::Random;
use ndarray::{Array2, ArrayD};
use support::Flags;

functional_model! {
    /// What pushing to the left and to the right is worth, where the cart and the pole are like this.
    pub model Worth(state: [4]) -> [2] {
        let x = Dense(64, activation = "relu")(state);
        let x = Dense(64, activation = "relu")(x);
        Dense(2)(x)
    }
}

/// What a step counts that is one step later.
const DISCOUNT: f32 = 0.99;
/// After how many steps the copy catches up.
const CATCH_UP: usize = 200;
/// After how many steps hardly anything is done by chance any more.
const CURIOUS: f64 = 5000.0;
/// The steps that a pole must stand.
const GOAL: usize = 200;

/// Where the cart is and how fast, in metres, and where its pole is and how fast, in radians from upright.
#[derive(Clone, Copy)]
struct Cart([f32; 4]);

impl Cart {
    fn new(random: &mut Random) -> Self {
        Self([(); 4].map(|()| random.uniform(-0.05, 0.05) as f32))
    }

    /// A fiftieth of a second later, pushed to the left (0) or to the right (1).
    fn pushed(self, action: usize) -> Self {
        const POLE: f32 = 0.1;
        const BOTH: f32 = 1.1;
        const HALF_LENGTH: f32 = 0.5;
        const SECONDS: f32 = 0.02;
        let Self([x, speed, angle, turn]) = self;
        let (sin, cos) = angle.sin_cos();
        let push = if action == 1 { 10.0 } else { -10.0 };
        let swing = (push + POLE * HALF_LENGTH * turn * turn * sin) / BOTH;
        let fall = (9.8 * sin - cos * swing) / (HALF_LENGTH * (4.0 / 3.0 - POLE * cos * cos / BOTH));
        let forward = swing - POLE * HALF_LENGTH * fall * cos / BOTH;
        Self([x + SECONDS * speed, speed + SECONDS * forward, angle + SECONDS * turn, turn + SECONDS * fall])
    }

    /// Whether the cart has left the track, or the pole leans by more than twelve degrees.
    fn is_lost(&self) -> bool {
        self.0[0].abs() > 2.4 || self.0[2].abs() > 12_f32.to_radians()
    }
}

/// What was tried once: where, what, and where that led to, if the pole still stood.
type Tried = (Cart, usize, Option<Cart>);

fn states(carts: impl ExactSizeIterator<Item = Cart>) -> Array2<f32> {
    let mut states = Array2::zeros((carts.len(), 4));
    carts.zip(states.rows_mut()).for_each(|(cart, mut row)| row.assign(&ndarray::aview1(&cart.0)));
    states
}

/// What is worth more in a row of these.
fn better(worth: &ArrayD<f32>, row: usize) -> usize {
    usize::from(worth[[row, 1]] > worth[[row, 0]])
}

/// What looks best.
fn best(network: &Worth, cart: Cart) -> Result<usize> {
    Ok(better(&network.predict(states([cart].into_iter()))?, 0))
}

/// What the network should have said of a batch, and which of its answers count: those for what was done.
fn targets(network: &Worth, behind: &Worth, batch: &[Tried]) -> Result<(Array2<f32>, Array2<f32>)> {
    let next = states(batch.iter().map(|&(cart, _, next)| next.unwrap_or(cart)));
    let (choice, later) = (network.predict(&next)?, behind.predict(&next)?);
    let (mut targets, mut counts) = (Array2::zeros((batch.len(), 2)), Array2::zeros((batch.len(), 2)));
    for (i, &(_, action, next)) in batch.iter().enumerate() {
        let to_come = next.map_or(0.0, |_| later[[i, better(&choice, i)]]);
        targets[[i, action]] = 1.0 + DISCOUNT * to_come;
        counts[[i, action]] = 1.0;
    }
    Ok((targets, counts))
}

/// How many steps the pole stands on average, by what the network does, or by chance.
fn steps(network: Option<&Worth>, trials: usize, seed: u64) -> Result<f64> {
    let mut random = Random::new(seed);
    let mut steps = 0;
    for _ in 0..trials {
        let mut cart = Cart::new(&mut random);
        for _ in 0..GOAL {
            let by_chance = random.below(2) as usize;
            cart = cart.pushed(network.map_or(Ok(by_chance), |network| best(network, cart))?);
            if cart.is_lost() {
                break;
            }
            steps += 1;
        }
    }
    Ok(steps as f64 / trials as f64)
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let (episodes, remembered) = (flags.epochs.unwrap_or(300), flags.samples.unwrap_or(10_000));
    println!("{}", Worth::summary());
    let mut network = Worth::new(flags.seed);
    let mut behind = network.clone();
    let mut optimizer = Adam::new(1e-3).build(&network)?;
    let loss = MeanSquaredError::new();
    let mut random = Random::new(flags.seed);
    let (mut memory, mut step, mut stood) = (Vec::<Tried>::new(), 0_usize, 0);
    let mut tape = Tape::training(flags.seed);
    for episode in 1..=episodes {
        // A rate that falls lets it settle.
        optimizer.set_learning_rate(1e-3 * (1.0 - (episode - 1) as f64 / episodes as f64))?;
        let mut cart = Cart::new(&mut random);
        for _ in 0..GOAL {
            let is_curious = random.unit() < (1.0 - step as f64 / CURIOUS).max(0.05);
            let action = if is_curious { random.below(2) as usize } else { best(&network, cart)? };
            let next = Some(cart.pushed(action)).filter(|next| !next.is_lost());
            let tried = (cart, action, next);
            if memory.len() < remembered {
                memory.push(tried)
            } else {
                memory[step % remembered] = tried
            }
            step += 1;
            if memory.len() >= flags.batch_size {
                let draw = |_| memory[random.below(memory.len() as u64) as usize];
                let batch: Vec<Tried> = (0..flags.batch_size).map(draw).collect();
                let (targets, counts) = targets(&network, &behind, &batch)?;
                tape = tape.next_step();
                let worth = network.call(&tape.constant(states(batch.iter().map(|&(cart, ..)| cart)))?)?;
                let gradients = loss.call(&(worth * tape.constant(counts)?), targets)?.backward()?;
                optimizer.apply(&mut network, &gradients)?;
            }
            if step.is_multiple_of(CATCH_UP) {
                behind = network.clone();
            }
            match next {
                Some(next) => (cart, stood) = (next, stood + 1),
                None => break,
            }
        }
        if episode % 50 == 0 {
            println!("episodes {} to {episode}: the pole stood for {:.0} steps", episode - 49, f64::from(stood) / 50.0);
            stood = 0;
        }
    }
    println!("by chance, the pole stands for {:.0} of {GOAL} steps", steps(None, 100, 1)?);
    println!("by what the network does, for {:.0}", steps(Some(&network), 100, 1)?);
    fs::create_dir_all(&flags.out)?;
    Worth::plot(flags.out.join("dqn.svg"))?;
    let upright = states([Cart::new(&mut random)].into_iter());
    support::keep(&network, &flags.out.join("dqn.safetensors"), |path| Worth::load(path), &upright)?;
    Ok(())
}
