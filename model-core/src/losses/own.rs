//! Losses of the user's own: functions of variables.

use std::sync::Arc;

use model_graph::names::snake_case;
use serde_json::{Map, Value};

use super::{Loss, Reduction};
use crate::arguments::Argument as _;
use crate::custom::{Function, LossObject, class_to_keras, fields, made};
use crate::error::Result;
use crate::given::{Judged, Mean, Over, TargetForm};
use crate::keras::Fields;
use crate::variable::Var;

/// What a loss of one's own computes: of what should have come out, and of what did.
type Values = dyn Fn(&Var, &Var) -> Result<Var> + Send + Sync;

/// A loss of the user's own: [`Loss::own`] makes it.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnLoss {
    function: Function<Values>,
    form: TargetForm,
    /// The fields of an object, which a function has none of.
    fields: Option<Map<String, Value>>,
}

impl OwnLoss {
    pub(crate) fn name(&self) -> &str {
        self.function.name()
    }

    pub(super) const fn form(&self) -> TargetForm {
        self.form
    }

    pub(super) fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<Mean> {
        judged.mean_of(self.name(), Over::Any, d_output, self.function.function())
    }

    pub(super) fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        self.function.function()(truth, output)
    }

    /// As Keras writes a function, or an object of a class, whose configuration has what all losses have.
    pub(super) fn to_keras(&self, name: Option<&str>, reduction: Reduction) -> Value {
        let Some(fields) = &self.fields else { return self.function.to_keras() };
        let class = self.name().rsplit('>').next().unwrap_or_default();
        let mut config = Map::new();
        config.insert("name".to_owned(), name.map_or_else(|| snake_case(class), str::to_owned).into());
        config.insert("reduction".to_owned(), reduction.write());
        config.extend(fields.clone());
        class_to_keras(self.name(), &Value::Object(config))
    }
}

impl Loss {
    /// A loss of one's own, under the name that files have for it: a function of what should have come out and of what did, in operations
    /// of variables. It gives a number for each sample, or for each position, and the loss is their mean, over what masks say counts.
    ///
    /// Targets have the output's shape. [`CustomObjects::loss`](crate::custom::CustomObjects::loss) reads a file back that has it.
    ///
    /// ```
    /// use model_core::losses::Loss;
    /// use model_core::variable::Var;
    /// use ndarray::array;
    ///
    /// let cubic = Loss::own("cubic", |truth, output| (output - truth).abs()?.power(3.0)?.mean(-1));
    /// let (loss, d_output) = cubic.gradient(&array![[1.0, 3.0]], array![[1.0, 1.0]])?;
    /// assert_eq!(loss, 4.0);
    /// assert_eq!(d_output, array![[0.0, 6.0]]);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    #[must_use]
    pub fn own(name: impl Into<String>, values: impl Fn(&Var, &Var) -> Result<Var> + Send + Sync + 'static) -> Self {
        Self::of_own(OwnLoss { function: Function::new(name, Arc::new(values)), form: TargetForm::Values, fields: None })
    }

    /// The same, of targets that are class numbers, one in place of each row of the output's last axis. The function has them as integers,
    /// `[samples, ..]`.
    ///
    /// ```
    /// use model_core::losses::{Loss, SparseCategoricalCrossentropy};
    /// use model_core::variable::ops;
    /// use ndarray::array;
    ///
    /// let own = Loss::own_of_labels("nll", |labels, output| (-(ops::one_hot(labels, 3, -1)? * output.log_softmax(-1)?)).sum(-1));
    /// let (output, labels) = (array![[1.0, 0.0, 2.0], [0.5, 0.0, 0.0]], array![2, 0]);
    /// let built_in = SparseCategoricalCrossentropy::from_logits();
    /// assert!((own.value(&output, &labels)? - built_in.value(&output, &labels)?).abs() < 1e-6);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    #[must_use]
    pub fn own_of_labels(name: impl Into<String>, values: impl Fn(&Var, &Var) -> Result<Var> + Send + Sync + 'static) -> Self {
        Self::of_own(OwnLoss { function: Function::new(name, Arc::new(values)), form: TargetForm::Labels, fields: None })
    }

    /// A loss of one's own with a configuration, which files have: see [`Object`](crate::custom::Object).
    #[must_use]
    pub fn object<O: LossObject>(object: O) -> Self {
        let form = if O::OF_LABELS { TargetForm::Labels } else { TargetForm::Values };
        let fields = Some(fields(&object));
        let values = move |truth: &Var, output: &Var| object.values(truth, output);
        Self::of_own(OwnLoss { function: Function::new(O::CLASS, Arc::new(values)), form, fields })
    }

    /// The loss of a class of a configuration.
    pub(crate) fn of_config<O: LossObject>(config: &Value) -> Result<Self> {
        let mut fields = config.as_object().cloned().unwrap_or_default();
        let [name, reduction, _] = ["name", "reduction", "dtype"].map(|key| fields.shift_remove(key));
        let loss = Self::object(made::<O>("loss", &Value::Object(fields))?);
        let loss = match name.as_ref().and_then(Value::as_str) {
            Some(name) => loss.name(name),
            None => loss,
        };
        let mut given = Map::from_iter(reduction.map(|reduction| ("reduction".to_owned(), reduction)));
        given.retain(|_, value| !value.is_null());
        Ok(loss.reduction(Fields::new(O::CLASS, &given).argument("reduction", Reduction::default())?))
    }
}
