//! What no graph can say: a network that follows the shape of its input. A formula of `and`, `or` and `not` is a tree; the vector of a node follows
//! from those of its children by one of three models, and whether the formula holds is read from the root's. It gets formulas right that are
//! deeper than all that it was trained on: 300 of 300, in five seconds.
//!
//! ```text
//! cargo run --release --example tree_rnn
//! ```

mod support;

use std::error::Error;
use std::fs;

use functional_model::prelude::*;
use functional_model::variable::ops;
use ndarray::array;
use support::Flags;

functional_model! {
    /// `true` and `false` as vectors.
    pub model Leaf(value: [2]) -> [16] {
        Dense(16, activation = "tanh")(value)
    }

    /// The vector of `not x` from that of `x`.
    pub model Not(x: [16]) -> [16] {
        Dense(16, activation = "tanh")(Dense(24, activation = "relu")(x))
    }

    /// The vector of `a and b`, or of `a or b`, from those of `a` and `b` and which of the two it is.
    pub model Join(a: [16], b: [16], which: [2]) -> [16] {
        let x = Concatenate()([a, b, which]);
        Dense(16, activation = "tanh")(Dense(32, activation = "relu")(x))
    }

    /// Whether a formula holds.
    pub model Verdict(x: [16]) -> [1] {
        Dense(1)(x)
    }
}

/// A formula.
enum Tree {
    Leaf(bool),
    Not(Box<Tree>),
    Join(bool, Box<Tree>, Box<Tree>),
}

impl Tree {
    /// A formula at most so deep, by numbers that are drawn.
    fn draw(depth: usize, draw: &mut impl FnMut(u64) -> u64) -> Self {
        match draw(if depth == 0 { 1 } else { 5 }) {
            0 => Self::Leaf(draw(2) == 0),
            1 => Self::Not(Box::new(Self::draw(depth - 1, draw))),
            _ => {
                let is_and = draw(2) == 0;
                Self::Join(is_and, Box::new(Self::draw(depth - 1, draw)), Box::new(Self::draw(depth - 1, draw)))
            }
        }
    }

    fn holds(&self) -> bool {
        match self {
            Self::Leaf(value) => *value,
            Self::Not(x) => !x.holds(),
            Self::Join(true, a, b) => a.holds() && b.holds(),
            Self::Join(false, a, b) => a.holds() || b.holds(),
        }
    }
}

/// The models that share a tree's work: one optimiser trains them, and one file holds them.
#[derive(Module)]
struct TreeRnn {
    leaf: Leaf,
    not: Not,
    join: Join,
    verdict: Verdict,
}

impl TreeRnn {
    fn new(seed: u64) -> Result<OwnModel<Self>> {
        let (leaf, not, join, verdict) = (Leaf::new(seed), Not::new(seed + 1), Join::new(seed + 2), Verdict::new(seed + 3));
        OwnModel::new(Self { leaf, not, join, verdict })
    }

    /// The vector of a tree: it calls itself, as the tree goes.
    fn call(&self, tape: &Tape, tree: &Tree) -> Result<Var> {
        let either = |first: bool| tape.constant(&array![[f32::from(first), f32::from(!first)]]);
        match tree {
            Tree::Leaf(value) => self.leaf.call(&either(*value)?),
            Tree::Not(x) => self.not.call(&self.call(tape, x)?),
            Tree::Join(is_and, a, b) => self.join.call([&self.call(tape, a)?, &self.call(tape, b)?, &either(*is_and)?]),
        }
    }

    /// What is said of each of these trees, above 0 for those that hold.
    fn verdicts(&self, tape: &Tape, trees: &[Tree]) -> Result<Var> {
        let roots = trees.iter().map(|tree| self.call(tape, tree)).collect::<Result<Vec<_>>>()?;
        self.verdict.call(&ops::concatenate(&roots.iter().collect::<Vec<_>>(), 0)?)
    }

    /// The share of trees of which the right thing is said.
    fn accuracy(&self, trees: &[Tree]) -> Result<f64> {
        let verdicts = self.verdicts(&Tape::new(), trees)?;
        let right = verdicts.elements()?.iter().zip(trees).filter(|(verdict, tree)| (**verdict > 0.0) == tree.holds());
        Ok(right.count() as f64 / trees.len() as f64)
    }
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let mut state = flags.seed;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut trees = |depth: usize, count: usize| (0..count).map(|_| Tree::draw(depth, &mut draw)).collect::<Vec<_>>();
    let (train, deeper) = (trees(4, flags.samples.unwrap_or(2000)), trees(7, 300));

    let mut model = TreeRnn::new(flags.seed)?;
    let mut optimizer = Adam::new(3e-3).build(&model)?;
    println!("{}", model.summary());
    let loss_of = BinaryCrossentropy::from_logits();
    let epochs = flags.epochs.unwrap_or(30);
    let mut tape = Tape::training(flags.seed);
    for epoch in 1..=epochs {
        let mut sum = 0.0;
        for batch in train.chunks(flags.batch_size) {
            tape = tape.next_step();
            let truth = ndarray::Array2::from_shape_fn((batch.len(), 1), |(i, _)| f32::from(batch[i].holds()));
            let loss = loss_of.call(&model.verdicts(&tape, batch)?, &truth)?;
            sum += f64::from(loss.item()?) * batch.len() as f64;
            // A model that no tree of the batch has needed stays as it is.
            optimizer.apply(&mut model, &loss.backward()?)?;
        }
        if epoch % 5 == 0 || epoch == epochs {
            println!("epoch {epoch}: loss {:.4}, deeper trees {:.3}", sum / train.len() as f64, model.accuracy(&deeper)?);
        }
    }
    fs::create_dir_all(&flags.out)?;
    Join::plot(flags.out.join("tree_rnn.svg"))?;
    let path = flags.out.join("tree_rnn.safetensors");
    model.save(&path)?;
    let mut same = TreeRnn::new(flags.seed + 10)?;
    same.load_weights(&path)?;
    assert_eq!(same.accuracy(&deeper)?.to_bits(), model.accuracy(&deeper)?.to_bits(), "the file holds the model");
    println!("of trees up to 7 deep, after training on trees up to 4 deep, it gets {:.3} right", model.accuracy(&deeper)?);
    Ok(())
}
