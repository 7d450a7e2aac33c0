//! Metrics as Keras writes and reads them.

use ndarray::{Array1, ArrayD, array};
use serde_json::json;

use super::*;

#[test]
fn the_serialised_form_is_keras_s() {
    let check = |metric: Metric, expected: &str| {
        assert_eq!(metric.to_keras().to_string(), expected);
        assert_eq!(Metric::from_keras(&metric.to_keras()).unwrap(), metric);
    };
    check(Accuracy.into(), "\"accuracy\"");
    check(
        ExactAccuracy.name("exact"),
        "{\"module\":\"keras.metrics\",\"class_name\":\"Accuracy\",\"config\":{\"name\":\"exact\",\
         \"dtype\":\"float32\"},\"registered_name\":null}",
    );
    check(
        BinaryAccuracy::new().threshold(0.25).into(),
        "{\"module\":\"keras.metrics\",\"class_name\":\"BinaryAccuracy\",\"config\":{\"name\":\"binary_accuracy\",\
         \"dtype\":\"float32\",\"threshold\":0.25},\"registered_name\":null}",
    );
    check(
        Precision::new().thresholds([0.3, 0.5]).class_id(1).name("sure"),
        "{\"module\":\"keras.metrics\",\"class_name\":\"Precision\",\"config\":{\"name\":\"sure\",\"dtype\":\"float32\",\
         \"thresholds\":[0.3,0.5],\"top_k\":null,\"class_id\":1},\"registered_name\":null}",
    );
    check(
        MeanAbsoluteError.into(),
        "{\"module\":\"keras.metrics\",\"class_name\":\"MeanAbsoluteError\",\"config\":{\"name\":\"mean_absolute_error\",\
         \"dtype\":\"float32\"},\"registered_name\":null}",
    );
}

/// What `keras.metrics.get` makes of strings, and what is reported of them.
#[test]
fn strings_are_read_as_keras_reads_them() {
    let check = |string: &str, expected: AnyRule| {
        let metric = Metric::from_keras(&string.into()).unwrap();
        assert_eq!((&metric.rule, metric.name()), (&expected, string));
        assert_eq!(Metric::from_keras(&metric.to_keras()).unwrap(), metric);
    };
    check("accuracy", AnyRule::Accuracy(Accuracy));
    check("acc", AnyRule::Accuracy(Accuracy));
    check("mae", AnyRule::MeanAbsoluteError(MeanAbsoluteError));
    check("binary_accuracy", AnyRule::BinaryAccuracy(BinaryAccuracy::new()));
    assert!(Metric::from_keras(&"perplexity".into()).is_err());
    let wrong_name = json!({ "class_name": "MeanAbsoluteError", "config": { "name": 3 } });
    assert!(Metric::from_keras(&wrong_name).is_err());
}

/// `keras.metrics.Accuracy` counts elements that are exactly equal; the string chooses a form of its own.
#[test]
fn the_class_accuracy_is_not_the_string() {
    let class =
        json!({ "module": "keras.metrics", "class_name": "Accuracy", "config": { "name": "accuracy", "dtype": "float32" } });
    let metric = Metric::from_keras(&class).unwrap();
    assert_eq!(metric, ExactAccuracy.into());
    let count = |output: [f32; 2]| {
        let mut value = MetricValue::new(metric.clone());
        value.update_state(array![1.0, 0.0], Array1::from_iter(output)).unwrap();
        value.result()
    };
    assert_eq!((count([0.9, 0.1]), count([1.0, 0.1]), count([1.0, 0.0])), (0.0, 0.5, 1.0));
}

#[test]
fn accuracy_chooses_its_form_as_keras_does() {
    let check = |form, size, expected: accuracy::Measure| {
        let state = Accuracy.state(form, &Port::of("output", &[size])).unwrap();
        assert_eq!(format!("{state:?}"), format!("{:?}", expected.share()));
    };
    check(TargetForm::Labels, 10, accuracy::Measure::SparseMatches);
    check(TargetForm::Values, 10, accuracy::Measure::Matches);
    check(TargetForm::Values, 1, accuracy::Measure::BinaryMatches { threshold: 0.5 });
    let port = Port::of("output", &[10]);
    assert!(CategoricalAccuracy.state(TargetForm::Labels, &port).is_err());
    assert!(SparseCategoricalAccuracy.state(TargetForm::Values, &port).is_err());
    assert!(Rule::state(&MeanAbsoluteError, TargetForm::Labels, &port).is_err());
}

/// Every class that Keras has, with what it cannot do without.
#[test]
fn every_metric_of_keras_is_here() {
    let needed = json!({
        "IoU": { "num_classes": 2, "target_class_ids": [0] }, "MeanIoU": { "num_classes": 2 }, "OneHotMeanIoU": { "num_classes": 2 },
        "OneHotIoU": { "num_classes": 2, "target_class_ids": [0] }, "PrecisionAtRecall": { "recall": 0.5 },
        "RecallAtPrecision": { "precision": 0.5 }, "SensitivityAtSpecificity": { "specificity": 0.5 },
        "SpecificityAtSensitivity": { "sensitivity": 0.5 },
    });
    for (class, strings) in METRICS.iter().filter(|(class, _)| !["Metric", "Mean", "Sum", "MeanMetricWrapper"].contains(class)) {
        let config = needed.get(class).cloned().unwrap_or_else(|| json!({}));
        let metric = Metric::from_keras(&json!({ "class_name": class, "config": config })).unwrap();
        assert_eq!(metric.to_keras()["class_name"], *class);
        assert_eq!(Metric::from_keras(&metric.to_keras()).unwrap(), metric);
        for string in strings.iter().filter(|_| config == json!({})) {
            let class = if *string == "accuracy" { "" } else { *class };
            let of_string = Metric::from(*string).to_keras();
            assert_eq!(of_string["class_name"].as_str().unwrap_or(""), class, "{string}");
        }
    }
}

#[test]
fn a_string_that_is_no_metric_lists_those_that_are() {
    let error = MetricValue::new("perplexity").update_state(array![1.0], array![1.0]).unwrap_err().to_string();
    assert!(error.starts_with("`compile` has a `metric` that this library does not have: expected one of "), "{error}");
    assert!(error.contains("AUC") && error.ends_with("found `perplexity`"), "{error}");
}

#[test]
fn what_does_not_fit_is_an_error() {
    let check = |metric: Metric, truth: ArrayD<f32>, output: ArrayD<f32>, words: &str| {
        let error = MetricValue::new(metric).update_state(truth, output).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    let (row, square, cube) = (|| ArrayD::zeros(vec![2]), || ArrayD::zeros(vec![2, 3]), || ArrayD::zeros(vec![2, 3, 4]));
    let not_finite = || ArrayD::from_elem(vec![2, 3], f32::NAN);
    check("mse".into(), square(), not_finite(), "sample 0 of output `output` is not finite");
    check("mse".into(), not_finite(), square(), "sample 0 of target `output` is not finite");
    check("mse".into(), ArrayD::zeros(vec![2, 2]), square(), "wrong shape: expected [samples, 3], found [2, 2]");
    check("mse".into(), ArrayD::zeros(vec![3, 3]), square(), "another number of samples");
    check("mse".into(), ArrayD::zeros(vec![0, 3]), ArrayD::zeros(vec![0, 3]), "no samples");
    check("sparse_categorical_accuracy".into(), row(), square(), "expected integers, found f32");
    check(Precision::new().threshold(-0.1).into(), square(), square(), "numbers from 0 to 1, found -0.1");
    check(AUC::new().thresholds([1.5]).into(), square(), square(), "numbers from 0 to 1, found 1.5");
    check(AUC::new().num_thresholds(1_usize).into(), square(), square(), "at least 2, found 1");
    check(AUC::new().num_labels(3_usize).into(), square(), square(), "none unless `multi_label` is true");
    check(AUC::new().multi_label(true).into(), cube(), cube(), "[samples, labels]");
    check(AUC::new().label_weights(vec![1.0, 2.0]).into(), square(), square(), "a column for each of `label_weights`");
    check(TopKCategoricalAccuracy::new().k(0_usize).into(), square(), square(), "at least 1, found 0");
    check(PrecisionAtRecall::new(1.1).into(), square(), square(), "a number from 0 to 1, found 1.1");
    check(FBetaScore::new().beta(0.0).into(), square(), square(), "a number above 0, found 0");
    check(F1Score::new().threshold(0.0).into(), square(), square(), "above 0 and up to 1, found 0");
    check(F1Score::new().into(), cube(), cube(), "[samples, classes], with a number of classes");
    check(R2Score::new().into(), cube(), cube(), "[samples, columns], with a number of columns");
    check(IoU::new(2, vec![2]).into(), row(), row(), "classes below `num_classes`, found 2");
    check(IoU::new(2, Vec::new()).into(), row(), row(), "at least one class, found none");
    check(MeanIoU::new(0).into(), row(), row(), "at least 1, found 0");
    check(MeanIoU::new(3).sparse_y_pred(false).into(), square(), square(), "targets that are ones among zeros");
    check(OneHotMeanIoU::new(3).sparse_y_pred(true).into(), square(), square(), "`sparse_y_pred(false)`");
    check(PearsonCorrelation::new().axis(2).into(), square(), square(), "axes of the output in `axis`");
    check(OneHotMeanIoU::new(3).axis(2).into(), square(), square(), "axes of the output in `axis`");
    let average = json!({ "class_name": "F1Score", "config": { "average": "median" } });
    let error = Metric::from_keras(&average).unwrap_err().to_string();
    assert!(error.contains("expected `micro`, `macro`, `weighted` or null, found `\"median\"`"), "{error}");
    let mut value = MetricValue::new("sparse_categorical_accuracy");
    let labels = value.update_state(array![0, 3], ArrayD::<f32>::zeros(vec![2, 3])).unwrap_err().to_string();
    assert!(labels.contains("a class from 0 to 2, found 3"), "{labels}");
    let labels = value.update_state(array![-1, 0], ArrayD::<f32>::zeros(vec![2, 3])).unwrap_err().to_string();
    assert!(labels.contains("found -1"), "{labels}");
    let weights = value.update_state_weighted(array![1, 0], ArrayD::<f32>::zeros(vec![2, 3]), array![-1.0, 0.0]);
    assert!(
        weights
            .unwrap_err()
            .to_string()
            .contains("sample 0 has a weight for `output` that is out of range: expected a number of at least 0, found -1")
    );
    let other = value.update_state(array![1, 0], ArrayD::<f32>::zeros(vec![2, 4])).unwrap_err().to_string();
    assert!(other.contains("expected [samples, 3], found [samples, 4]"), "{other}");
}

/// Keras 3.15.1 on JAX.
#[test]
fn the_batch_is_an_axis() {
    let (output, target) = (array![[0.1, 0.9], [0.4, 0.6], [0.3, 0.2]], array![[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    let check = |metric: Metric, expected: [f64; 2]| {
        let mut value = MetricValue::new(metric);
        for (batch, expected) in [(0..3, expected[0]), (0..2, expected[1])] {
            let part = ndarray::Slice::from(batch);
            value.update_state(target.slice_axis(ndarray::Axis(0), part), output.slice_axis(ndarray::Axis(0), part)).unwrap();
            assert!((value.result() - expected).abs() < 1e-5, "{}: {} for {expected}", value.name(), value.result());
        }
    };
    check(CosineSimilarity::new().axis(0).into(), [0.838_916_0, 0.870_006_2]);
    check(CategoricalCrossentropy::new().axis(0).into(), [2.225_015_64, 1.296_000_1]);
    check(PearsonCorrelation::new().axis(0).into(), [0.431_355_8, 0.715_677_9]);
    check(ConcordanceCorrelation::new().axis(0).into(), [0.104_329_07, 0.276_045_05]);
}

/// Keras 3.15.1 on JAX, which has results for the last axis and the first: the classes of another one are moved to the last there.
#[test]
fn classes_lie_along_any_axis() {
    let numbers = |many: usize| ndarray::Array3::from_shape_fn((2, 3, 4), |(i, j, k)| ((7 * (12 * i + 4 * j + k)) % many) as f32);
    let check = |metric: Metric, weights: Option<ArrayD<f32>>, expected: f64| {
        let mut value = MetricValue::new(metric);
        match weights {
            None => value.update_state(numbers(11), numbers(13)).unwrap(),
            Some(weights) => value.update_state_weighted(numbers(11), numbers(13), weights).unwrap(),
        };
        assert!((value.result() - expected).abs() < 1e-6, "{} for {expected}", value.result());
    };
    check(OneHotMeanIoU::new(4).into(), None, 0.145_833_343);
    check(OneHotMeanIoU::new(3).axis(1).into(), None, 0.125);
    check(OneHotMeanIoU::new(3).axis(-2).into(), Some(array![1.0, 2.0].into_dyn()), 0.138_888_88);
    check(OneHotMeanIoU::new(4).axis(0).into(), None, 0.409_722_21);
    check(OneHotIoU::new(4, vec![0]).axis(0).into(), None, 0.444_444_388);
    check(MeanIoU::new(2).sparse_y_true(false).sparse_y_pred(false).axis(0).into(), None, 0.409_722_21);
    let mut value = MetricValue::new(OneHotMeanIoU::new(4).axis(0));
    let error = value.update_state_weighted(numbers(11), numbers(13), array![1.0, 2.0]).unwrap_err().to_string();
    assert!(error.contains("the mask tells of"), "{error}");
    let labels =
        MetricValue::new(MeanIoU::new(3).sparse_y_pred(false).axis(1)).update_state(array![[0, 1, 2], [0, 1, 2]], numbers(13));
    assert!(labels.unwrap_err().to_string().contains("the last `axis`"));
}
