//! Means of precision and recall.

use super::confusion::ONE_HOT;
use super::{Rule, State};
use crate::arguments::{arguments, words};
use crate::error::{Error, Result};
use crate::given::{Judged, Port, Target, TargetForm};
use crate::losses::{argument, unsuitable};

/// What Keras adds to what is divided by.
const EPSILON: f64 = 1e-7;

words! {
    /// What the scores of the classes come to.
    pub enum Average: "`micro`, `macro`, `weighted`" {
        /// One score, of the answers of all classes together.
        Micro = "micro",
        /// The mean of the scores.
        Macro = "macro",
        /// Their mean, each times how often its class should have been said.
        Weighted = "weighted",
    }
}

arguments! {
    /// A mean of precision and recall for each class: `(1 + beta^2) * precision * recall / (beta^2 * precision + recall)`.
    ///
    /// Targets are ones among zeros, `[samples, classes]`. Without an average it has a value for each class, which are reported as
    /// `fbeta_score[0]`, `fbeta_score[1]` and so on.
    ///
    /// ```
    /// use model_core::metrics::{Average, FBetaScore};
    ///
    /// let score = FBetaScore::new().average(Average::Macro).beta(2.0).threshold(0.5);
    /// assert_eq!(score.beta, 2.0);
    /// ```
    ///
    /// Source: <https://keras.io/api/metrics/classification_metrics/>.
    #[derive(Copy)]
    pub struct FBetaScore {
        /// What the scores of the classes come to. By default nothing: each is reported.
        average: Option<Average> = None,
        /// How much more recall counts than precision, above 0. 1 by default.
        beta: f64 = 1.0,
        /// Above what an answer means yes, from 0 to 1 and not 0. By default the largest of a row does, unless it is 0.
        threshold: Option<f64> = None,
    }
}

arguments! {
    /// The harmonic mean of precision and recall for each class: [`FBetaScore`] with `beta` 1.
    ///
    /// Targets are ones among zeros, `[samples, classes]`. Without an average it has a value for each class, which are reported as
    /// `f1_score[0]`, `f1_score[1]` and so on.
    ///
    /// ```
    /// use model_core::metrics::{F1Score, MetricValue};
    /// use ndarray::array;
    ///
    /// let mut score = MetricValue::new(F1Score::new().threshold(0.5));
    /// score.update_state(array![[1.0, 0.0], [1.0, 1.0]], array![[0.2, 0.1], [0.9, 0.8]])?;
    /// assert!((score.results()[0] - 2.0 / 3.0).abs() < 1e-6 && (score.results()[1] - 1.0).abs() < 1e-6);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/metrics/classification_metrics/>.
    #[derive(Copy)]
    pub struct F1Score {
        /// What the scores of the classes come to. By default nothing: each is reported.
        average: Option<Average> = None,
        /// Above what an answer means yes, from 0 to 1 and not 0. By default the largest of a row does, unless it is 0.
        threshold: Option<f64> = None,
    }
}

/// How many answers of a class there are of each kind, as much as they count.
#[derive(Clone, Copy, Debug, Default)]
struct Answers {
    found: f64,
    added: f64,
    missed: f64,
}

impl Answers {
    fn score(&self, beta: f64) -> f64 {
        let precision = self.found / (self.found + self.added + EPSILON);
        let recall = self.found / (self.found + self.missed + EPSILON);
        precision * recall / (beta * beta * precision + recall + EPSILON) * (1.0 + beta * beta)
    }
}

/// What is remembered of each class.
#[derive(Clone, Debug)]
struct Scores {
    rule: FBetaScore,
    classes: Vec<Answers>,
}

fn state(rule: FBetaScore, class: &str, (form, port): (TargetForm, &Port)) -> Result<Box<dyn State>> {
    const SHAPE: (&str, &str) = ("[samples, classes], with a number of classes", "each class has a score of its own");
    if form != TargetForm::Values {
        return Err(unsuitable(class, port, ONE_HOT));
    }
    let classes = port.known_row().filter(|_| port.rank() == 1).ok_or_else(|| unsuitable(class, port, SHAPE))?;
    Ok(Box::new(Scores { rule, classes: vec![Answers::default(); classes] }))
}

fn check(rule: FBetaScore, owner: &'static str) -> Result<()> {
    argument(owner, "beta", rule.beta, f64::MIN_POSITIVE..f64::INFINITY, "a number above 0")?;
    match rule.threshold.filter(|threshold| !(*threshold > 0.0 && *threshold <= 1.0)) {
        None => Ok(()),
        Some(found) => {
            let expected = "a number above 0 and up to 1";
            Err(Error::Argument { owner, argument: "threshold", expected, found: found.to_string() })
        }
    }
}

impl State for Scores {
    fn add(&mut self, judged: Judged<'_>) -> Result<()> {
        let Target::Values(truth) = judged.target else { unreachable!("targets are of the metric's form") };
        let (row, elements) = (judged.row(), judged.output.len());
        for (i, (truth, output)) in truth.chunks_exact(row).zip(judged.output.chunks_exact(row)).enumerate() {
            let largest = output.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            for (place, (&truth, &output)) in truth.iter().zip(output).enumerate() {
                let says_yes = match self.rule.threshold {
                    Some(threshold) => output > threshold as f32,
                    None => output >= largest && output.abs() > 1e-9,
                };
                let (weight, truth) = (judged.weight(i * row + place, elements), f64::from(truth));
                let answers = &mut self.classes[place];
                let yes = f64::from(u8::from(says_yes));
                answers.found += weight * yes * truth;
                answers.added += weight * yes * (1.0 - truth);
                answers.missed += weight * (1.0 - yes) * truth;
            }
        }
        Ok(())
    }

    fn count(&self) -> usize {
        if self.rule.average.is_none() { self.classes.len() } else { 1 }
    }

    fn value(&self, place: usize) -> f64 {
        let (beta, classes) = (self.rule.beta, &self.classes);
        let all = |of: fn(&Answers) -> f64| classes.iter().map(of).sum::<f64>();
        let should = |answers: &Answers| answers.found + answers.missed;
        match self.rule.average {
            None => classes.get(place).map_or(0.0, |answers| answers.score(beta)),
            Some(Average::Micro) => {
                Answers { found: all(|a| a.found), added: all(|a| a.added), missed: all(|a| a.missed) }.score(beta)
            }
            Some(Average::Macro) => classes.iter().map(|answers| answers.score(beta)).sum::<f64>() / classes.len() as f64,
            Some(Average::Weighted) => {
                let total = classes.iter().map(should).sum::<f64>() + EPSILON;
                classes.iter().map(|answers| answers.score(beta) * should(answers) / total).sum()
            }
        }
    }

    fn clear(&mut self) {
        self.classes.fill(Answers::default());
    }
}

impl Rule for FBetaScore {
    const CLASS: &'static str = "FBetaScore";
    const NAME: &'static str = "fbeta_score";

    fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
        state(*self, Self::CLASS, (form, port))
    }

    fn check(&self) -> Result<()> {
        check(*self, Self::CLASS)
    }
}

impl F1Score {
    const fn general(self) -> FBetaScore {
        FBetaScore { average: self.average, beta: 1.0, threshold: self.threshold }
    }
}

impl Rule for F1Score {
    const CLASS: &'static str = "F1Score";
    const NAME: &'static str = "f1_score";

    fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
        state(self.general(), Self::CLASS, (form, port))
    }

    fn check(&self) -> Result<()> {
        check(self.general(), Self::CLASS)
    }
}
