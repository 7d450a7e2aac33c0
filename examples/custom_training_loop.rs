//! A loop of training by one's own hand, and what `fit` has no word for: a small model learns from the softened answers of a large one
//! (distillation), with gradients clipped by their norm and a rate that falls. Two of five labels are wrong: by them alone the
//! small one gets 0.77 of what it has not seen right, taught by the large one 0.93.
//!
//! ```text
//! cargo run --release --example custom_training_loop
//! ```
//!
//! Source of the loss: Hinton, Vinyals and Dean 2015, <https://arxiv.org/abs/1503.02531>.

mod support;

use std::error::Error;
use std::fs;

use functional_model::prelude::*;
use functional_model::variable::Gradients;
use functional_model::variable::ops;
use ndarray::{Array1, Array2, Axis};
use support::Flags;

functional_model! {
    /// Knows more than it is worth.
    pub model Teacher(x: [20]) -> [5] {
        let x = Dropout(0.2)(Dense(128, activation = "relu")(x));
        let x = Dropout(0.2)(Dense(128, activation = "relu")(x));
        Dense(5)(x)
    }

    /// Small enough to be used.
    pub model Student(x: [20]) -> [5] {
        Dense(5)(Dense(12, activation = "relu")(x))
    }
}

/// How far the answers are softened.
const TEMPERATURE: f64 = 3.0;

/// Points around five centres that overlap.
fn points(first: usize, count: usize) -> (Array2<f32>, Array1<i32>) {
    let even = |i: usize, step: f64| ((first + i + 1) as f64 * step).fract() as f32;
    let classes = Array1::from_shape_fn(count, |i| (even(i, 0.618_033_988_749_894_9) * 5.0) as i32);
    let x = Array2::from_shape_fn((count, 20), |(i, axis)| {
        let centre = ((classes[i] as usize + 1) * (axis + 3) * 7 % 11) as f32 / 11.0 - 0.5;
        centre + 3.4 * (even(i * 20 + axis, 0.754_877_666_246_692_7) - 0.5)
    });
    (x, classes)
}

/// The classes as somebody wrote them down who was wrong about two of five.
fn labels(classes: &Array1<i32>) -> Array1<i32> {
    let label = |(i, class): (usize, &i32)| {
        let draw = ((i + 1) as f64 * 0.569_840_290_998_053_2).fract();
        if draw < 0.4 { (class + 1 + (draw * 10.0) as i32) % 5 } else { *class }
    };
    classes.iter().enumerate().map(label).collect()
}

/// The share of answers that are right.
fn accuracy(logits: &ndarray::ArrayD<f32>, classes: &Array1<i32>) -> f64 {
    let best = |row: ndarray::ArrayViewD<'_, f32>| {
        row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(-1, |(class, _)| class as i32)
    };
    let right = logits.axis_iter(Axis(0)).zip(classes).filter(|(row, class)| best(row.view()) == **class);
    right.count() as f64 / classes.len() as f64
}

/// Scales the gradients of all weights down to this norm, if it is larger.
fn clip(gradients: &mut Gradients, model: &Student, most: f32) {
    let mut squares = 0.0;
    model.visit(&mut |weight, _| squares += gradients.of_weight(weight).map_or(0.0, |gradient| gradient.mapv(|d| d * d).sum()));
    if squares.sqrt() > most {
        gradients.scale(f64::from(most / squares.sqrt()));
    }
}

/// Trains a student, by the labels, and by a teacher's answers if there is one: the accuracy on what it has not seen.
fn train(flags: &Flags, teacher: Option<&Teacher>, test: &(Array2<f32>, Array1<i32>)) -> Result<(Student, f64)> {
    let (x, classes) = points(0, flags.samples.unwrap_or(400));
    let classes = labels(&classes);
    let mut student = Student::new(flags.seed);
    let mut optimizer = Adam::new(1e-2).build(&student)?;
    let by_labels = SparseCategoricalCrossentropy::from_logits();
    let epochs = flags.epochs.unwrap_or(60);
    let mut tape = Tape::training(flags.seed);
    for epoch in 0..epochs {
        optimizer.set_learning_rate(1e-2 * (1.0 - epoch as f64 / epochs as f64))?;
        for start in (0..x.nrows()).step_by(flags.batch_size) {
            let batch = start..(start + flags.batch_size).min(x.nrows());
            tape = tape.next_step();
            let input = tape.constant(x.slice(ndarray::s![batch.clone(), ..]))?;
            let logits = student.call(&input)?;
            let mut loss = by_labels.call(&logits, classes.slice(ndarray::s![batch]))?;
            if let Some(teacher) = teacher {
                // The teacher answers as it is, without dropout, and learns nothing.
                let answers =
                    tape.no_grad(|| teacher.call(functional_model::variable::Inputs::from(&input).flag("training", false)))?;
                let soft = ops::softmax(&(answers / TEMPERATURE), -1)?;
                let own = (logits / TEMPERATURE).log_softmax(-1)?;
                let apart = (soft * own).sum(-1)?.mean(..)? * -(TEMPERATURE * TEMPERATURE);
                loss = loss * 0.3 + apart * 0.7;
            }
            let mut gradients = loss.backward()?;
            clip(&mut gradients, &student, 5.0);
            optimizer.apply(&mut student, &gradients)?;
        }
    }
    let reached = accuracy(&student.predict(&test.0)?, &test.1);
    Ok((student, reached))
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let test = points(100_000, 2000);
    println!("{}", Student::summary());
    let mut teacher = Teacher::new(flags.seed);
    let many = points(10_000, flags.samples.map_or(20_000, |samples| 5 * samples));
    teacher.compile(Adam::new(1e-3), SparseCategoricalCrossentropy::from_logits()).fit(
        (&many.0, &many.1),
        Fit { verbose: Verbose::Silent, ..flags.fit(flags.epochs.map_or(8, |epochs| epochs), &(&test.0, &test.1)) },
    )?;
    println!("the teacher, of many points: {:.3}", accuracy(&teacher.predict(&test.0)?, &test.1));
    let (_, alone) = train(&flags, None, &test)?;
    println!("the student, of few points and their labels: {alone:.3}");
    let (student, taught) = train(&flags, Some(&teacher), &test)?;
    println!("the student, of the same points and the teacher's answers: {taught:.3}");
    fs::create_dir_all(&flags.out)?;
    Student::plot(flags.out.join("custom_training_loop.svg"))?;
    support::keep(&student, &flags.out.join("custom_training_loop.safetensors"), |path| Student::load(path), &test.0)?;
    Ok(())
}
