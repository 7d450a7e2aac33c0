//! What a model is trained on and judged by: the losses and metrics of each output, resolved once against the graph.

use model_graph::Graph;

use crate::error::{Error, Result, Role};
use crate::given::{Port, TargetForm, ports};
use crate::losses::{Loss, Losses};
use crate::metrics::{Metric, State};

/// A metric of a trainer.
#[derive(Clone, Debug)]
pub(crate) struct OutputMetric {
    /// The output that it is for, where there are several.
    pub(crate) output: Option<String>,
    pub(crate) metric: Metric,
    /// Whether it looks at the weights of samples.
    pub(crate) is_weighted: bool,
}

/// The losses and metrics of a model.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) inputs: Vec<Port>,
    /// The outputs, and how their targets are given.
    pub(crate) outputs: Vec<(Port, TargetForm)>,
    /// The place of each output's mask among what passes write.
    pub(crate) masks: Vec<Option<usize>>,
    /// What is computed of each output.
    pub(crate) rules: Vec<Rules>,
    /// What is reported, in the order in which it is computed: the loss; then of each output its loss, if there are several, and its metrics.
    pub(crate) names: Vec<String>,
}

/// What is computed of an output.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) loss: Loss,
    /// The factor of the loss in the sum.
    pub(crate) weight: f64,
    pub(crate) metrics: Vec<OwnMetric>,
}

/// A metric of an output.
#[derive(Debug)]
pub(crate) struct OwnMetric {
    /// How many values it reports.
    pub(crate) values: usize,
    /// Whether it looks at the weights of samples.
    pub(crate) is_weighted: bool,
}

impl Setup {
    /// The losses and metrics of a graph, and what the metrics remember, in order, at the start of an epoch.
    pub(crate) fn new(graph: &Graph, losses: &Losses, metrics: &[OutputMetric]) -> Result<(Self, Vec<Box<dyn State>>)> {
        let (inputs, outputs) = ports(graph);
        let losses = losses.resolve(&outputs)?;
        check_metrics(metrics, &outputs)?;
        let is_single = outputs.len() == 1;
        let (mut rules, mut names, mut states) = (Vec::new(), vec!["loss".to_owned()], Vec::new());
        for (port, (loss, weight)) in outputs.iter().zip(&losses) {
            let prefix = if is_single { String::new() } else { format!("{}_", port.name) };
            names.extend((!is_single).then(|| format!("{prefix}loss")));
            let mut own = Vec::new();
            for given in metrics.iter().filter(|given| given.output.as_ref().is_none_or(|output| *output == port.name)) {
                let state = given.metric.resolve(port, loss.form())?;
                let name = format!("{prefix}{}{}", given.prefix(metrics), given.metric.name());
                names.extend(reported(&name, state.count()));
                own.push(OwnMetric { values: state.count(), is_weighted: given.is_weighted });
                states.push(state);
            }
            rules.push(Rules { loss: loss.clone(), weight: *weight, metrics: own });
        }
        let mut places = outputs.len()..;
        let masks = outputs.iter().map(|port| port.mask.as_ref().and_then(|_| places.next())).collect();
        let outputs = outputs.into_iter().zip(losses.iter().map(|(loss, _)| loss.form())).collect();
        Ok((Self { inputs, outputs, masks, rules, names }, states))
    }

    /// Nothing is computed: what a step of one's own needs that has no losses.
    pub(crate) fn none(graph: &Graph) -> Self {
        let (inputs, _) = ports(graph);
        Self { inputs, outputs: Vec::new(), masks: Vec::new(), rules: Vec::new(), names: Vec::new() }
    }

    /// Whether there are metrics.
    pub(crate) fn has_metrics(&self) -> bool {
        self.rules.iter().any(|rules| !rules.metrics.is_empty())
    }

    /// The places of the metrics among `names`.
    pub(crate) fn metric_places(&self) -> Vec<usize> {
        let (mut place, mut places) = (1, Vec::new());
        for rules in &self.rules {
            place += usize::from(self.rules.len() > 1);
            let values: usize = rules.metrics.iter().map(|metric| metric.values).sum();
            places.extend(place..place + values);
            place += values;
        }
        places
    }

    /// The places of `names` in their alphabetical order, in which Keras reports.
    pub(crate) fn alphabetical(&self) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.names.len()).collect();
        places.sort_by_key(|&place| &self.names[place]);
        places
    }
}

impl OutputMetric {
    /// What stands before a metric's name where one that does not look at weights has the same: Keras's way to tell them apart.
    fn prefix(&self, all: &[Self]) -> &'static str {
        let is_same =
            |other: &Self| !other.is_weighted && other.output == self.output && other.metric.name() == self.metric.name();
        if self.is_weighted && all.iter().any(is_same) { "weighted_" } else { "" }
    }
}

/// The names of a metric's values: with several, `recall[0]`, `recall[1]`.
fn reported(name: &str, values: usize) -> Vec<String> {
    match values {
        1 => vec![name.to_owned()],
        _ => (0..values).map(|value| format!("{name}[{value}]")).collect(),
    }
}

fn check_metrics(metrics: &[OutputMetric], outputs: &[Port]) -> Result<()> {
    let known = || outputs.iter().map(|port| port.name.clone()).collect::<Vec<_>>();
    for (i, OutputMetric { output, metric, is_weighted }) in metrics.iter().enumerate() {
        match output {
            None if outputs.len() > 1 => {
                let help = "say which one a metric is for: `.metric_of(\"name\", ..)`";
                return Err(Error::SeveralOutputs { what: "metric", outputs: known(), help });
            }
            Some(name) if outputs.iter().all(|port| port.name != *name) => {
                return Err(Error::UnknownName { role: Role::Output, name: name.clone(), known: known() });
            }
            Some(_) | None => {}
        }
        let is_same = |before: &OutputMetric| before.is_weighted == *is_weighted && before.output == *output;
        if metrics[..i].iter().any(|before| is_same(before) && before.metric.name() == metric.name()) {
            let name = output.clone().unwrap_or_else(|| outputs[0].name.clone());
            return Err(Error::Repeated { what: metric.name().to_owned(), role: Role::Output, name });
        }
    }
    Ok(())
}
