//! Metrics of the user's own: functions of variables, and what remembers more than a mean.

use std::fmt;
use std::sync::Arc;

use ndarray::{ArrayViewD, IxDyn};
use serde_json::{Map, Value, json};

use super::state::Share;
use super::{AnyRule, Metric, State};
use crate::custom::{Function, MetricObject, class_to_keras, fields, made};
use crate::error::Result;
use crate::given::{Judged, Over};
use crate::variable::Var;

/// What a metric of one's own computes: of what should have come out, and of what did.
type Values = dyn Fn(&Var, &Var) -> Result<Var> + Send + Sync;

/// What makes the state of a metric of one's own.
type Start = dyn Fn() -> Box<dyn MetricState> + Send + Sync;

/// What a metric of one's own remembers over the batches of an epoch: Keras's subclasses of `Metric`. A new one begins every epoch, and every
/// evaluation. See [`Metric::with_state`].
pub trait MetricState: Send + Sync + 'static {
    /// Adds a batch: what should have come out, what did, and which positions count, where the output has a mask.
    ///
    /// # Errors
    /// What goes wrong with variables.
    fn update(&mut self, truth: &Var, output: &Var, mask: Option<&Var>) -> Result<()>;

    /// What is reported.
    fn result(&self) -> f64;
}

/// A metric of the user's own.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Own {
    /// The mean of what a function gives.
    Mean(Function<Values>),
    /// What a state comes to.
    State(Function<Start>),
    /// The same of an object, with its fields.
    Object(Function<Start>, Map<String, Value>),
}

impl Metric {
    /// A metric of one's own, under the name that it is reported by and that files have for it: the mean of what a function of variables
    /// gives, a number for each sample or each position, over all batches and over what masks say counts.
    ///
    /// What should have come out is class numbers where the loss takes those, and otherwise of the output's shape.
    ///
    /// ```
    /// use model_core::metrics::Metric;
    ///
    /// let within = Metric::own("within_a_tenth", |truth, output| (output - truth).abs()?.less(0.1)?.mean(-1));
    /// assert_eq!(within.name(), "within_a_tenth");
    /// ```
    #[must_use]
    pub fn own(name: impl Into<String>, values: impl Fn(&Var, &Var) -> Result<Var> + Send + Sync + 'static) -> Self {
        Self::of_own(Own::Mean(Function::new(name, Arc::new(values))))
    }

    /// A metric of one's own that is no mean: what makes its state at the start of an epoch.
    ///
    /// ```
    /// use model_core::Result;
    /// use model_core::metrics::{Metric, MetricState};
    /// use model_core::variable::Var;
    ///
    /// /// The largest error.
    /// #[derive(Default)]
    /// struct Largest(f64);
    ///
    /// impl MetricState for Largest {
    ///     fn update(&mut self, truth: &Var, output: &Var, _: Option<&Var>) -> Result<()> {
    ///         self.0 = self.0.max((output - truth).abs()?.max(..)?.item()?.into());
    ///         Ok(())
    ///     }
    ///
    ///     fn result(&self) -> f64 {
    ///         self.0
    ///     }
    /// }
    ///
    /// assert_eq!(Metric::with_state("largest_error", Largest::default).name(), "largest_error");
    /// ```
    #[must_use]
    pub fn with_state<S: MetricState>(name: impl Into<String>, start: impl Fn() -> S + Send + Sync + 'static) -> Self {
        Self::of_own(Own::State(Function::new(name, Arc::new(move || Box::new(start()) as Box<dyn MetricState>))))
    }

    /// A metric of one's own with a configuration, which files have, reported by this name: see [`Object`](crate::custom::Object).
    #[must_use]
    pub fn object<O: MetricObject>(name: impl Into<String>, object: O) -> Self {
        let fields = fields(&object);
        let start = move || Box::new(object.start()) as Box<dyn MetricState>;
        Self::of_own(Own::Object(Function::new(O::CLASS, Arc::new(start)), fields)).named(name.into())
    }

    /// The metric of a class of a configuration.
    pub(crate) fn of_config<O: MetricObject>(config: &Value) -> Result<Self> {
        let mut fields = config.as_object().cloned().unwrap_or_default();
        let [name, _] = ["name", "dtype"].map(|key| fields.shift_remove(key));
        let name = name.as_ref().and_then(Value::as_str).unwrap_or(O::CLASS).to_owned();
        Ok(Self::object(name, made::<O>("metric", &Value::Object(fields))?))
    }

    fn of_own(own: Own) -> Self {
        let name = own.name().to_owned();
        Self { rule: AnyRule::Own(own), name }
    }
}

impl Own {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Mean(function) => function.name(),
            Self::State(start) | Self::Object(start, _) => start.name(),
        }
    }

    /// As Keras writes a function, or an object of a class.
    pub(super) fn to_keras(&self, name: &str) -> Value {
        match self {
            Self::Mean(function) => function.to_keras(),
            Self::State(start) => class_to_keras(start.name(), &json!({ "name": start.name(), "dtype": "float32" })),
            Self::Object(start, fields) => {
                let mut config = Map::from_iter([("name".to_owned(), name.into()), ("dtype".to_owned(), "float32".into())]);
                config.extend(fields.clone());
                class_to_keras(start.name(), &Value::Object(config))
            }
        }
    }

    pub(super) fn state(&self) -> Box<dyn State> {
        match self {
            Self::Mean(function) => Box::new(MeanOf { function: function.clone(), share: Share::default() }),
            Self::State(start) | Self::Object(start, _) => {
                Box::new(Remembered { start: start.clone(), state: start.function()() })
            }
        }
    }
}

/// A mean of what a function gives.
#[derive(Debug)]
struct MeanOf {
    function: Function<Values>,
    share: Share,
}

impl State for MeanOf {
    fn add(&mut self, judged: Judged<'_>) -> Result<()> {
        let mean = judged.mean_of(self.function.name(), Over::Any, &mut [], self.function.function())?;
        self.share.add(mean.sum, judged.counted(mean.numbers), (mean.numbers, judged.samples));
        Ok(())
    }

    fn value(&self, _place: usize) -> f64 {
        self.share.mean()
    }

    fn clear(&mut self) {
        self.share = Share::default();
    }
}

/// What a state of the user's own remembers.
struct Remembered {
    start: Function<Start>,
    state: Box<dyn MetricState>,
}

impl fmt::Debug for Remembered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.start.fmt(f)
    }
}

impl State for Remembered {
    fn add(&mut self, judged: Judged<'_>) -> Result<()> {
        let traced = judged.trace(false)?;
        let mask = judged.mask.map(|mask| {
            let whole = judged.whole();
            let shape = IxDyn(&whole[..judged.masked_axes()]);
            traced.output.tape()?.constant(ArrayViewD::from_shape(shape, mask).expect("the shape has the mask's elements"))
        });
        self.state.update(&traced.target, &traced.output, mask.transpose()?.as_ref())
    }

    fn value(&self, _place: usize) -> f64 {
        self.state.result()
    }

    fn clear(&mut self) {
        self.state = self.start.function()();
    }
}
