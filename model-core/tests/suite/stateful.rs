//! Layers that keep their states from one batch to the next, beside Keras's: what each of several calls gives. `tests/parity/README.md` says what
//! the files hold; training is among the cases of `training_parity.rs`.

use std::path::Path;

use model_core::custom::CustomObjects;
use model_core::interpret::Model;
use model_core::network::{Network, Trainable};
use model_core::training::Predict;
use ndarray::{ArrayD, Axis, IxDyn};
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

fn tensor(file: &SafeTensors<'_>, name: &str) -> ArrayD<f32> {
    let view = file.tensor(name).unwrap_or_else(|_| panic!("there is a tensor `{name}`"));
    let numbers: Vec<f32> = match view.dtype() {
        Dtype::F32 => view.data().chunks(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect(),
        Dtype::F64 => view.data().chunks(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap()) as f32).collect(),
        other => panic!("no case holds {other}"),
    };
    ArrayD::from_shape_vec(IxDyn(view.shape()), numbers).unwrap()
}

/// The model of a case with its weights, the batches, and what Keras gives for them.
fn case(name: &str) -> (Model, ArrayD<f32>, ArrayD<f32>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../tests/parity/calls_{name}.safetensors"));
    let bytes = std::fs::read(path).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let case: Value = serde_json::from_str(&header.metadata().as_ref().unwrap()["case"]).unwrap();
    let registered = CustomObjects::new().layer::<crate::layers::MinimalCell>();
    let mut model = Model::from_config_with(&case["config"].to_string(), 7, &registered).unwrap();
    let mut paths = model.graph().weights().into_iter().map(|(path, _)| path).collect::<Vec<_>>().into_iter();
    model.visit_mut(&mut |weight| {
        weight.view_mut().assign(&tensor(&file, &format!("weight/{}", paths.next().unwrap())));
    });
    (model, tensor(&file, "input/0"), tensor(&file, "output"))
}

fn assert_close(what: &str, found: &ArrayD<f32>, expected: &ArrayD<f32>) {
    assert_eq!(found.shape(), expected.shape(), "{what}");
    let largest = expected.iter().fold(1e-2_f32, |largest, x| largest.max(x.abs()));
    let worst =
        found.iter().zip(expected).fold(0.0_f32, |worst, (found, expected)| worst.max((found - expected).abs() / largest));
    println!("{what}: off by {worst:.1e}");
    assert!(worst <= 1e-5, "{what} is off by {worst:.1e}");
}

#[test]
fn calls_go_on_from_the_last_as_keras_s() {
    for name in ["stateful", "stateful_film", "minimal_cell", "minimal_cells"] {
        let (model, batches, expected) = case(name);
        let at = |call: usize| expected.index_axis(Axis(0), call).to_owned();
        for (call, batch) in batches.outer_iter().enumerate() {
            let found = model.predict(&batch).unwrap();
            assert_close(&format!("{name}, call {call}"), &found, &at(call));
        }
        model.reset_states();
        let last = batches.index_axis(Axis(0), batches.len_of(Axis(0)) - 1);
        assert_close(&format!("{name}, reset"), &model.predict(&last).unwrap(), &at(batches.len_of(Axis(0))));
    }
}

/// A configuration of Keras's says how many samples a batch has: it is written as it was read, and held to.
#[test]
fn a_batch_of_the_configuration_s_size_is_kept() {
    let (model, batches, _) = case("stateful");
    assert_eq!(model.graph().samples, Some(2));
    let written = model_graph::config::to_json(model.graph());
    assert!(written.contains(r#""batch_shape":[2,3,2]"#) && !written.contains("[null,"), "{written}");
    assert_eq!(model_graph::config::from_json(&written).unwrap().samples, Some(2));
    let one = batches.index_axis(Axis(0), 0).slice_axis(Axis(0), (0..1).into()).to_owned();
    let error = model.predict(&one).unwrap_err().to_string();
    assert_eq!(
        error,
        "`stateful` keeps states, and its configuration says of how many samples: expected batches of 2, found 1\nhelp: give it as many, or \
         write `null` in front of each `batch_shape` of the configuration, for batches of any size"
    );
}
