//! The share of the variance that is explained.

use super::of_losses::NO_LABELS;
use super::{Rule, State};
use crate::arguments::{arguments, words};
use crate::error::Result;
use crate::given::{Judged, Port, Target, TargetForm};
use crate::losses::unsuitable;

words! {
    /// What the scores of the columns come to.
    pub enum ClassAggregation: "`uniform_average`, `variance_weighted_average`" {
        /// Their mean.
        UniformAverage = "uniform_average",
        /// Their mean, each times the variance of its targets.
        VarianceWeightedAverage = "variance_weighted_average",
    }
}

arguments! {
    /// The share of the targets' variance that outputs explain: `1 - sum((y_true - y_pred)^2) / sum((y_true - mean)^2)` for each column, over all
    /// of an epoch.
    ///
    /// Outputs and targets are `[samples, columns]`. A column of one value that is missed has the score 0, and one that is met has none: NaN, as in
    /// Keras.
    ///
    /// ```
    /// use model_core::metrics::{MetricValue, R2Score};
    /// use ndarray::array;
    ///
    /// let mut score = MetricValue::new(R2Score::new());
    /// score.update_state(array![[1.0], [4.0], [3.0]], array![[2.0], [4.0], [4.0]])?;
    /// assert!((score.result() - 4.0 / 7.0).abs() < 1e-6);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/metrics/regression_metrics/>.
    #[derive(Copy)]
    pub struct R2Score {
        /// What the scores of the columns come to; none reports each, as `r2_score[0]`, `r2_score[1]` and so on.
        class_aggregation: Option<ClassAggregation> = Some(ClassAggregation::UniformAverage),
        /// Of how many numbers the outputs are made, for the adjusted score. 0 by default, which adjusts nothing.
        num_regressors: usize = 0,
    }
}

/// Sums of a column.
#[derive(Clone, Copy, Debug, Default)]
struct Column {
    sum: f64,
    squares: f64,
    errors: f64,
    count: f64,
}

impl Column {
    /// The sum of the squared distances from the mean.
    fn total(&self) -> f64 {
        self.squares - self.sum * (self.sum / self.count)
    }

    fn score(&self) -> f64 {
        let score = 1.0 - self.errors / self.total();
        if score.is_infinite() { 0.0 } else { score }
    }
}

/// What is remembered of each column.
#[derive(Clone, Debug)]
struct Explained {
    rule: R2Score,
    columns: Vec<Column>,
    elements: usize,
}

impl Explained {
    /// The score for as many numbers as the outputs are made of, unless there are too few elements for that.
    fn adjusted(&self, score: f64) -> f64 {
        let (elements, regressors) = (self.elements as f64, self.rule.num_regressors as f64);
        if regressors == 0.0 || regressors >= elements - 1.0 {
            return score;
        }
        1.0 - (1.0 - score) * (elements - 1.0) / (elements - regressors - 1.0)
    }
}

impl State for Explained {
    fn add(&mut self, judged: Judged<'_>) -> Result<()> {
        let Target::Values(truth) = judged.target else { unreachable!("targets are of the metric's form") };
        let (row, elements) = (judged.row(), judged.output.len());
        for (place, (&truth, &output)) in truth.iter().zip(judged.output).enumerate() {
            let (truth, output, weight) = (f64::from(truth), f64::from(output), judged.weight(place, elements));
            let column = &mut self.columns[place % row];
            column.sum += weight * truth;
            column.squares += weight * truth * truth;
            column.errors += weight * (truth - output) * (truth - output);
            column.count += weight;
        }
        self.elements += elements;
        Ok(())
    }

    fn count(&self) -> usize {
        if self.rule.class_aggregation.is_none() { self.columns.len() } else { 1 }
    }

    /// Of nothing it is zero.
    fn value(&self, place: usize) -> f64 {
        if self.elements == 0 {
            return 0.0;
        }
        let columns = &self.columns;
        self.adjusted(match self.rule.class_aggregation {
            None => columns.get(place).map_or(0.0, Column::score),
            Some(ClassAggregation::UniformAverage) => columns.iter().map(Column::score).sum::<f64>() / columns.len() as f64,
            Some(ClassAggregation::VarianceWeightedAverage) => {
                let totals: f64 = columns.iter().map(Column::total).sum();
                columns.iter().map(|column| column.total() * column.score()).sum::<f64>() / totals
            }
        })
    }

    fn clear(&mut self) {
        self.columns.fill(Column::default());
        self.elements = 0;
    }
}

impl Rule for R2Score {
    const CLASS: &'static str = "R2Score";
    const NAME: &'static str = "r2_score";

    fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
        const SHAPE: (&str, &str) = ("[samples, columns], with a number of columns", "each column has a score of its own");
        if form != TargetForm::Values {
            return Err(unsuitable(Self::CLASS, port, NO_LABELS));
        }
        let columns = port.known_row().filter(|_| port.rank() == 1).ok_or_else(|| unsuitable(Self::CLASS, port, SHAPE))?;
        Ok(Box::new(Explained { rule: *self, columns: vec![Column::default(); columns], elements: 0 }))
    }
}
