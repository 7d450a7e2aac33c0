//! What an evaluation gives: the loss and the metrics by name.

use std::fmt;
use std::ops::Index;

use super::flow::Flow;
use super::given::{Judges, samples_to_judge};
use super::own_step::Written;
use super::room::Room;
use super::setup::Setup;
use super::step::judge;
use super::tally::Tally;
use super::trainer::Trainer;
use crate::error::{Error, Result};
use crate::given::{Data, Round, Samples};
use crate::network::{Network, Trainable};
use crate::states::check_batches;

/// The loss and the metrics of a model, by Keras's names: `loss`, `accuracy`, and with several outputs also `age_loss`, `age_accuracy`.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    values: Vec<(String, f64)>,
}

impl Scores {
    /// The value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<f64> {
        self.values.iter().find(|(other, _)| other == name).map(|(_, value)| *value)
    }

    /// The loss.
    #[must_use]
    pub fn loss(&self) -> f64 {
        self["loss"]
    }

    /// All names and values, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.values.iter().map(|(name, value)| (name.as_str(), *value))
    }
}

/// The value of a name that is known to be there.
impl Index<&str> for Scores {
    type Output = f64;

    fn index(&self, name: &str) -> &f64 {
        self.values
            .iter()
            .find(|(other, _)| other == name)
            .map_or_else(|| panic!("there is no score `{name}`: {self}"), |(_, value)| value)
    }
}

impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (name, value)) in self.values.iter().enumerate() {
            write!(f, "{}{name}: {}", if i > 0 { " - " } else { "" }, Number(*value))?;
        }
        Ok(())
    }
}

/// A number as Keras reports it: four decimals, or in powers of ten if it is small.
pub(crate) struct Number(pub(crate) f64);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0.0 || self.0.abs() > 1e-3 { write!(f, "{:.4}", self.0) } else { write!(f, "{:.4e}", self.0) }
    }
}

impl<N: Trainable<f32>, S: Written<N>> Trainer<'_, N, S> {
    /// The loss and metrics on examples, computed in batches of 32.
    ///
    /// # Errors
    /// If the arrays are not the model's.
    pub fn evaluate(&mut self, data: impl Data) -> Result<Scores> {
        self.evaluate_batched(data, 32)
    }

    /// The loss and metrics on examples, computed in batches of this size.
    ///
    /// # Errors
    /// If the arrays are not the model's, or the batch size is zero.
    pub fn evaluate_batched(&mut self, data: impl Data, batch_size: usize) -> Result<Scores> {
        check_batch_size("evaluate", batch_size)?;
        let (setup, mut tally) = self.take_setup()?;
        let judges = Judges::new(self.model.graph(), &setup, &data)?;
        if let Some(samples) = judges.samples() {
            let help = "give batches a size that divides it, `evaluate_batched(data, ..)`";
            check_batches(self.model, samples, batch_size.min(samples), help)?;
        }
        self.judge(&setup, &mut tally, &judges, "data", (batch_size, usize::MAX))?;
        let scores = Scores::new(&setup, &tally);
        self.put_setup((setup, tally));
        Ok(scores)
    }
}

impl<N: Trainable<f32>, S> Trainer<'_, N, S> {
    /// Judges no more than so many batches: of this size, or as a stream gives them.
    pub(super) fn judge(
        &mut self,
        setup: &Setup,
        tally: &mut Tally,
        judges: &Judges<'_>,
        of: &'static str,
        (size, most): (usize, usize),
    ) -> Result<()> {
        let room = self.room.as_mut().map_err(|refusal| refusal.clone())?;
        match judges {
            Judges::Samples(samples) => {
                let most = most.saturating_mul(size).min(samples.len);
                judge_all(self.model, room, setup, tally, &samples.part(0..most), size)
            }
            Judges::Stream(stream) => {
                if stream.is_endless() && most == usize::MAX {
                    return Err(Error::Endless { of });
                }
                let mut flow = Flow::new(*stream, of, Round { seed: self.seed, number: 0 });
                for _ in 0..most {
                    let Some(batch) = flow.next()? else { break };
                    let samples =
                        samples_to_judge(self.model.graph(), setup, &*batch).map_err(|error| flow.place().refused(error))?;
                    judge_all(self.model, room, setup, tally, &samples, samples.len)?;
                }
                Ok(())
            }
        }
    }
}

impl Scores {
    fn new(setup: &Setup, tally: &Tally) -> Self {
        let values = setup.alphabetical().into_iter().map(|place| (setup.names[place].clone(), tally.mean(place)));
        Self { values: values.collect() }
    }
}

/// Judges all samples in batches.
fn judge_all<N: Network<f32>>(
    model: &N,
    room: &mut Room<N>,
    setup: &Setup,
    tally: &mut Tally,
    samples: &Samples<'_>,
    batch_size: usize,
) -> Result<()> {
    for start in (0..samples.len).step_by(batch_size) {
        judge(model, room, setup, tally, &samples.part(start..start.saturating_add(batch_size).min(samples.len)))?;
    }
    Ok(())
}

pub(crate) fn check_batch_size(owner: &'static str, batch_size: usize) -> Result<()> {
    if batch_size > 0 {
        return Ok(());
    }
    Err(Error::Argument { owner, argument: "batch_size", expected: "at least 1", found: "0".to_owned() })
}
