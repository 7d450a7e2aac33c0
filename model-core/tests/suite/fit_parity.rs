//! Whole trainings beside Keras's `fit`: histories and weights, with weights of samples and classes, masks, validation and a rate for each
//! epoch. `tests/parity/README.md` says what the files hold.

use crate::common::parity::{self, check_weights, set_weights, tensor};
use model_core::callbacks::LearningRateScheduler;
use model_core::given::{AnyArray, Arrays};
use model_core::losses::Loss;
use model_core::metrics::Metric;
use model_core::network::Network;
use model_core::optimizers::Optimizer;
use model_core::training::{ClassWeight, Fit, Train, Verbose};
use ndarray::ArrayD;
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

/// An array of a file, of whatever type.
enum Given {
    Numbers(ArrayD<f32>),
    Integers(ArrayD<i32>),
}

impl Given {
    fn any(&self) -> AnyArray<'_> {
        match self {
            Self::Numbers(array) => AnyArray::from(array),
            Self::Integers(array) => AnyArray::from(array),
        }
    }
}

/// Some of them, in order; weights of an output that stands alone for all.
struct Few<'g>(&'g [Given]);

impl Arrays for Few<'_> {
    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(Option<&'a str>, AnyArray<'a>)) {
        self.0.iter().for_each(|given| visitor(None, given.any()));
    }
}

fn all(file: &SafeTensors<'_>, prefix: &str) -> Vec<Given> {
    let one = |place: usize| {
        let name = format!("{prefix}/{place}");
        let is_integer = file.tensor(&name).ok()?.dtype() == Dtype::I32;
        let array = tensor(file, &name);
        Some(if is_integer { Given::Integers(array.mapv(|x| x as i32)) } else { Given::Numbers(array.mapv(|x| x as f32)) })
    };
    (0..).map_while(one).collect()
}

/// The losses and metrics of a configuration, by output where there are several.
fn by_output(value: &Value, outputs: usize) -> Vec<Vec<Value>> {
    match value {
        Value::Null => vec![Vec::new(); outputs],
        Value::Array(all) if outputs > 1 => {
            all.iter().map(|own| own.as_array().cloned().unwrap_or_else(|| vec![own.clone()])).collect()
        }
        Value::Array(all) => vec![all.clone()],
        one => vec![vec![one.clone()]],
    }
}

fn check(name: &str, file: &SafeTensors<'_>, case: &Value) {
    let mut model = crate::common::model(&case["config"]);
    set_weights(&mut model, file);

    let compiled = &case["compile_config"];
    let names: Vec<String> = model.graph().outputs.iter().map(|port| port.name.clone()).collect();
    let outputs = by_output(&compiled["loss"], names.len()).len().max(1);
    let names = &names[..outputs];
    let losses = by_output(&compiled["loss"], outputs).concat();
    let factors = compiled["loss_weights"].as_array();
    let losses = names.iter().zip(&losses).enumerate().fold(model_core::losses::Losses::new(), |all, (place, (name, loss))| {
        let factor = factors.map_or(1.0, |factors| factors[place].as_f64().unwrap());
        all.output(name, (Loss::from_keras(loss).unwrap(), factor))
    });
    let mut trainer = model.compile(Optimizer::from_keras(&compiled["optimizer"]).unwrap(), losses);
    for (name, metrics) in names.iter().zip(by_output(&compiled["metrics"], outputs)) {
        trainer = metrics.iter().fold(trainer, |trainer, metric| trainer.metric_of(name, Metric::from_keras(metric).unwrap()));
    }
    for (name, metrics) in names.iter().zip(by_output(&compiled["weighted_metrics"], outputs)) {
        trainer =
            metrics.iter().fold(trainer, |trainer, metric| trainer.weighted_metric_of(name, Metric::from_keras(metric).unwrap()));
    }

    let (given, judged) = (all(file, "given"), all(file, "judged"));
    let parts = |all: &[Given]| (all.len() > 1 + outputs, 1 + outputs);
    let ((is_weighted, targets), (is_judge_weighted, _)) = (parts(&given), parts(&judged));
    let validation = (Few(&judged[..1.min(judged.len())]), Few(judged.get(1..targets).unwrap_or_default()));
    let weighted = judged.get(targets..).unwrap_or_default();
    let weighted_validation =
        (Few(&judged[..1.min(judged.len())]), Few(judged.get(1..targets).unwrap_or_default()), Few(weighted));
    let mut fit = Fit::epochs(3).batch_size(8).shuffle(false).verbose(Verbose::Silent);
    fit = fit.callback(LearningRateScheduler::new(|epoch, rate| rate * 0.5_f64.powi(epoch as i32)));
    if is_judge_weighted {
        fit = fit.validation_data(&weighted_validation);
    } else if !judged.is_empty() {
        fit = fit.validation_data(&validation);
    }
    if let Some(classes) = case["class_weight"].as_object() {
        let pairs: Vec<(usize, f64)> =
            classes.iter().map(|(class, weight)| (class.parse().unwrap(), weight.as_f64().unwrap())).collect();
        fit = fit.class_weight(ClassWeight::from(pairs));
    }
    let (x, y) = (Few(&given[..1]), Few(&given[1..targets]));
    let history = if is_weighted { trainer.fit((x, y, Few(&given[targets..])), fit) } else { trainer.fit((x, y), fit) }.unwrap();

    let expected: Vec<&str> = file.names().into_iter().filter_map(|name| name.strip_prefix("history/")).collect();
    let lost: Vec<&str> = case["lost"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let mut found: Vec<&str> = history.names().iter().map(String::as_str).filter(|name| !lost.contains(name)).collect();
    let mut sorted = expected.clone();
    sorted.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, sorted, "{name}");
    for column in expected {
        for (found, expected) in history[column].iter().zip(&tensor(file, &format!("history/{column}"))) {
            assert!((found - expected).abs() <= 1e-5 * expected.abs().max(1.0), "{name}, `{column}`: {found} for {expected}");
        }
    }
    check_weights(name, &model, file);
}

#[test]
fn fit_with_weights_is_keras_s() {
    ["sample_weight", "class_weight", "binary_class_weight", "masked_weight", "weight_for_all"].into_iter().for_each(|name| {
        let path = parity::folder().join(format!("fit_{name}.safetensors"));
        parity::with_file(&path, |file, case| check(name, file, case));
    });
}
