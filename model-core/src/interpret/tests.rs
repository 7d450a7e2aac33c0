//! Models against numerical gradients, and against what their plans promise.

use std::sync::Arc;

use model_graph::graph::{Kind, LayerId, TensorId};
use model_graph::layers::{AnyLayer, Class};
use model_graph::shape::{Shape, TensorType};

use super::*;
use crate::layer::{Context, Gradient};
use crate::network::{Network, Trainable};
use crate::random::Random;

const BATCH: usize = 3;

fn config(layer: &str) -> AnyLayer {
    let (class, arguments) = layer.split_once(' ').unwrap();
    Class::find(class).unwrap().read(&serde_json::from_str(arguments).unwrap()).unwrap()
}

/// A graph in the making, with its tensors by name: `call("Dense {..}", ["x"], ["y"])`.
struct Sketch {
    graph: Graph,
    tensors: Vec<(String, TensorId)>,
}

impl Sketch {
    fn new(inputs: &[(&str, &[usize])]) -> Self {
        let mut graph = Graph::new("sketch");
        let input = |(name, shape): &(&str, &[usize])| ((*name).to_owned(), graph.input(*name, TensorType::f32(*shape)));
        let tensors = inputs.iter().map(input).collect();
        Self { graph, tensors }
    }

    /// With an input more, whose sizes are formulas: `words, 3`.
    fn with_input(mut self, name: &str, shape: &str) -> Self {
        let shape = Shape(shape.split(", ").map(|dim| dim.parse().unwrap()).collect());
        let tensor = self.graph.input(name, TensorType::f32(shape));
        self.tensors.push((name.to_owned(), tensor));
        self
    }

    fn tensor(&self, name: &str) -> TensorId {
        self.tensors.iter().rev().find(|(other, _)| other == name).unwrap().1
    }

    fn layer(&mut self, kind: impl Into<Kind>) -> LayerId {
        self.graph.layer(kind, None)
    }

    fn call(&mut self, layer: LayerId, inputs: &str, outputs: &str) {
        let inputs: Vec<TensorId> = inputs.split(' ').map(|name| self.tensor(name)).collect();
        let results = self.graph.call(layer, &inputs).unwrap();
        self.tensors.extend(outputs.split(' ').map(str::to_owned).zip(results));
    }

    fn add(&mut self, layer: &str, inputs: &str, outputs: &str) {
        let layer = self.layer(config(layer));
        self.call(layer, inputs, outputs);
    }

    fn outputs(mut self, outputs: &str) -> Graph {
        for name in outputs.split(' ') {
            let tensor = self.tensor(name);
            self.graph.output(name, tensor);
        }
        self.graph
    }
}

/// A model in `f64` with everything that its passes read and write.
struct Trial {
    model: Model<f64>,
    context: Context<'static>,
    inputs: Vec<Vec<f64>>,
    cotangents: Vec<Vec<f64>>,
}

impl Trial {
    fn new(graph: Graph, is_training: bool) -> Self {
        Self::named(graph, is_training, &[])
    }

    /// With these sizes of the graph's named dimensions.
    fn named(graph: Graph, is_training: bool, named: &'static [usize]) -> Self {
        let mut model = Model::<f64>::new(graph, 1).unwrap();
        let mut random = Random::new(5);
        let mut draw = |low: f64, size: usize| (0..size).map(|_| random.uniform(low, 1.0)).collect::<Vec<f64>>();
        model.visit_mut(&mut |weight| {
            let low = if weight.name == "moving_variance" { 0.5 } else { -1.0 };
            let numbers = draw(low, weight.data.len());
            weight.data.copy_from_slice(&numbers);
        });
        let (graph, sizes) = (model.graph.clone(), model.sizes(&Arc::default(), named));
        let mut values = |ports: &[model_graph::graph::Port]| -> Vec<Vec<f64>> {
            ports.iter().map(|port| draw(-1.0, sizes.elements(port.tensor, BATCH))).collect()
        };
        let (inputs, cotangents) = (values(&graph.inputs), values(&graph.outputs));
        let context = Context { training: is_training, ..Context::training(BATCH, 3).with_named(named) };
        Self { model, context, inputs, cotangents }
    }

    fn outputs(&self) -> Vec<Vec<f64>> {
        self.cotangents.iter().map(|cotangent| vec![f64::NAN; cotangent.len()]).collect()
    }

    fn forward(&self, tape: &mut Tape<f64>) -> Vec<Vec<f64>> {
        let mut outputs = self.outputs();
        let inputs: Vec<&[f64]> = self.inputs.iter().map(Vec::as_slice).collect();
        self.model
            .forward(tape, self.context, &inputs, &mut outputs.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>())
            .unwrap();
        outputs
    }

    fn loss(&self) -> f64 {
        let outputs = self.forward(&mut self.model.tape());
        let pairs = outputs.iter().flatten().zip(self.cotangents.iter().flatten());
        pairs.map(|(output, cotangent)| output * cotangent).sum()
    }

    /// Gradients of weights and inputs, those of the inputs added to `start` if it is not zero.
    fn gradients(&self, accumulate: bool, start: f64) -> (Vec<f64>, Vec<f64>) {
        let mut tape = self.model.tape();
        // A smaller and a larger batch leave their traces: nothing may depend on what a slot held.
        let sizes = self.model.sizes(&Arc::default(), self.context.named);
        tape.0.buffers.iter_mut().zip(&sizes.training).for_each(|(buffer, memory)| {
            buffer.resize(memory.elements(2 * BATCH));
            buffer.fill(f64::NAN);
        });
        let outputs = self.forward(&mut tape);
        let inputs: Vec<&[f64]> = self.inputs.iter().map(Vec::as_slice).collect();
        let outputs: Vec<&[f64]> = outputs.iter().map(Vec::as_slice).collect();
        let mut d_outputs = self.cotangents.clone();
        let mut d_outputs: Vec<&mut [f64]> = d_outputs.iter_mut().map(Vec::as_mut_slice).collect();
        let mut found: Vec<Vec<f64>> = self.inputs.iter().map(|input| vec![start; input.len()]).collect();
        let mut d_inputs: Vec<Option<Gradient<'_, f64>>> =
            found.iter_mut().map(|data| Some(Gradient { data, accumulate })).collect();
        let mut gradients = self.model.gradients();
        let context = Context { accumulate, ..self.context };
        self.model.backward(&mut tape, context, &inputs, &outputs, &mut d_outputs, &mut d_inputs, &mut gradients).unwrap();
        let mut of_weights = Vec::new();
        self.model.clone().visit_with(&mut gradients, &mut |weight, gradient, _| {
            of_weights.extend(gradient.data.iter().filter(|_| weight.trainable));
        });
        (of_weights, found.concat())
    }

    /// The central difference of the loss along what `change` adds a number to.
    fn slope(&mut self, change: impl Fn(&mut Self, f64)) -> f64 {
        const STEP: f64 = 1e-6;
        change(self, STEP);
        let above = self.loss();
        change(self, -2.0 * STEP);
        let below = self.loss();
        change(self, STEP);
        (above - below) / (2.0 * STEP)
    }

    fn check(&mut self) {
        let (of_weights, of_inputs) = self.gradients(false, f64::NAN);
        let (more_weights, more_inputs) = self.gradients(true, 10.0);
        assert_eq!(more_weights, of_weights, "weights' gradients are added to zeros");
        for (more, once) in more_inputs.iter().zip(&of_inputs) {
            close(*more, once + 10.0, "an input's gradient is added");
        }
        let mut weights = Vec::new();
        self.model.visit(&mut |weight, _| weights.push((weight.trainable, weight.data.len())));
        let mut k = 0;
        for (number, &(trainable, len)) in weights.iter().enumerate() {
            for i in (0..len).filter(|_| trainable) {
                let change = |trial: &mut Self, step: f64| {
                    let mut n = 0;
                    trial.model.visit_mut(&mut |weight| {
                        if n == number {
                            weight.data[i] += step;
                        }
                        n += 1;
                    });
                };
                close(of_weights[k], self.slope(change), &format!("weight {number}[{i}]"));
                k += 1;
            }
        }
        let mut k = 0;
        for input in 0..self.inputs.len() {
            for i in 0..self.inputs[input].len() {
                let numerical = self.slope(|trial, step| trial.inputs[input][i] += step);
                close(of_inputs[k], numerical, &format!("input {input}[{i}]"));
                k += 1;
            }
        }
    }

    fn check_memory(&self) {
        let mut tape = self.model.tape();
        self.forward(&mut tape);
        let (names, named) = (&self.model.names, self.context.named);
        let promised = |footprint: model_graph::plan::Footprint| {
            footprint.memory(&|name| model_graph::named::size(names, named, name)).elements(BATCH)
        };
        assert_eq!(tape.elements(), promised(self.model.plan.training_memory()), "the tape is what the plan says");
        let mut workspace = self.model.workspace();
        let inferred = self.infer(&mut workspace);
        assert_eq!(workspace.elements(), promised(self.model.plan.inference_memory()));
        let still = Self { context: Context::inference(BATCH).with_named(named), model: self.model.clone(), ..Self::empty(self) };
        assert_eq!(inferred, still.forward(&mut self.model.tape()), "inference and forward give the same bits");
    }

    fn empty(other: &Self) -> Self {
        let (model, context) = (other.model.clone(), other.context);
        Self { model, context, inputs: other.inputs.clone(), cotangents: other.cotangents.clone() }
    }

    fn infer(&self, workspace: &mut Workspace<f64>) -> Vec<Vec<f64>> {
        let mut outputs = self.outputs();
        let inputs: Vec<&[f64]> = self.inputs.iter().map(Vec::as_slice).collect();
        self.model
            .infer(
                workspace,
                Context::inference(BATCH).with_named(self.context.named),
                &inputs,
                &mut outputs.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>(),
            )
            .unwrap();
        outputs
    }
}

fn close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() < 1e-6 * (1.0 + expected.abs()), "{what}: {found} for {expected}");
}

fn check(graph: Graph) {
    check_named(graph, &[]);
}

fn check_named(graph: Graph, named: &'static [usize]) {
    for is_training in [false, true] {
        let mut trial = Trial::named(graph.clone(), is_training, named);
        trial.check();
        trial.check_memory();
    }
}

fn residual_net() -> Graph {
    let mut sketch = Sketch::new(&[("x", &[6, 6, 2])]);
    sketch.add(r#"Conv2D {"filters": 3, "kernel_size": 3, "activation": "gelu", "padding": "same"}"#, "x", "a");
    sketch.add("BatchNormalization {}", "a", "b");
    sketch.add("ReLU {}", "b", "b");
    sketch.add("Add {}", "a b", "c");
    sketch.add(r#"MaxPooling2D {"pool_size": 2}"#, "c", "d");
    sketch.add("Flatten {}", "d", "e");
    sketch.add(r#"Dropout {"rate": 0.3}"#, "e", "e");
    sketch.add(r#"Dense {"units": 4, "activation": "softmax"}"#, "e", "f");
    sketch.outputs("f")
}

#[test]
fn a_residual_network() {
    check(residual_net());
}

#[test]
fn a_layer_that_is_shared() {
    let mut sketch = Sketch::new(&[("x", &[3]), ("y", &[3])]);
    let shared = sketch.layer(config(r#"Dense {"units": 3, "activation": "tanh"}"#));
    sketch.call(shared, "x", "a");
    sketch.call(shared, "y", "b");
    sketch.call(shared, "b", "b");
    sketch.add("Multiply {}", "a b", "c");
    check(sketch.outputs("c"));
}

#[test]
fn a_tensor_that_stands_twice_in_one_call() {
    let mut sketch = Sketch::new(&[("x", &[3])]);
    sketch.add(r#"Dense {"units": 3, "activation": "sigmoid"}"#, "x", "a");
    sketch.add("Multiply {}", "a a", "b");
    sketch.add("Multiply {}", "x x x", "c");
    sketch.add("Concatenate {}", "b c b", "d");
    check(sketch.outputs("d"));
}

#[test]
fn outputs_that_are_used_further_or_are_inputs_or_given_twice() {
    let mut sketch = Sketch::new(&[("x", &[4]), ("unused", &[2])]);
    sketch.add(r#"Dense {"units": 4, "activation": "tanh"}"#, "x", "a");
    sketch.add(r#"Reshape {"target_shape": [2, 2]}"#, "a", "square");
    sketch.add(r#"Dense {"units": 3}"#, "square", "b");
    sketch.add(r#"Dense {"units": 3}"#, "a", "unread");
    check(sketch.outputs("a b a x square x"));
}

/// Two inputs, two outputs, a shared layer, and an output that is an input.
fn inner() -> Arc<Graph> {
    let mut sketch = Sketch::new(&[("x", &[3]), ("y", &[3])]);
    sketch.add(r#"Dense {"units": 3, "activation": "gelu"}"#, "x", "a");
    sketch.add("BatchNormalization {}", "a", "a");
    sketch.add("Subtract {}", "a y", "b");
    Arc::new(sketch.outputs("b a y"))
}

#[test]
fn models_inside_models() {
    let mut sketch = Sketch::new(&[("x", &[3])]);
    let model = sketch.layer(Kind::Model(inner()));
    sketch.call(model, "x x", "a b y");
    sketch.call(model, "a b", "c d e");
    sketch.add("Multiply {}", "c e", "f");
    let middle = Arc::new(sketch.outputs("f"));
    let mut sketch = Sketch::new(&[("x", &[3])]);
    let model = sketch.layer(Kind::Model(middle));
    sketch.call(model, "x", "a");
    sketch.call(model, "a", "b");
    sketch.add("Add {}", "a b", "c");
    check(sketch.outputs("c"));
}

#[test]
fn blocks_are_inlined() {
    let mut sketch = Sketch::new(&[("x", &[3])]);
    let block = sketch.layer(Kind::Block(inner()));
    sketch.call(block, "x x", "a b y");
    sketch.call(block, "a b", "c d e");
    sketch.add("Multiply {}", "c e", "f");
    check(sketch.outputs("f"));
}

#[test]
fn moving_statistics_follow_every_call() {
    let mut sketch = Sketch::new(&[("x", &[2])]);
    let shared = sketch.layer(config(r#"BatchNormalization {"momentum": 0.5}"#));
    sketch.call(shared, "x", "a");
    sketch.call(shared, "a", "b");
    let graph = sketch.outputs("b");
    let mut trial = Trial::new(graph.clone(), true);
    let mut tape = trial.model.tape();
    trial.forward(&mut tape);
    let old = trial.model.weight("batch_normalization/moving_mean").unwrap().data[0];
    let mean = [0, 2, 4].iter().map(|&i| trial.inputs[0][i]).sum::<f64>() / 3.0;
    let beta = trial.model.weight("batch_normalization/beta").unwrap().data[0];
    trial.model.update(&tape);
    let new = trial.model.weight("batch_normalization/moving_mean").unwrap().data[0];
    close(new, (old * 0.5 + mean * 0.5) * 0.5 + beta * 0.5, "the moving mean");
    // Frozen, the layer infers, and nothing moves.
    let mut frozen = graph;
    frozen.layers[0].trainable = false;
    let mut trial = Trial::new(frozen, true);
    let outputs = trial.forward(&mut tape);
    assert_eq!(outputs, trial.infer(&mut trial.model.workspace()));
    trial.model.update(&tape);
    assert_eq!(trial.model.weight("batch_normalization/moving_mean").unwrap().data[0], old);
}

#[test]
fn each_call_of_a_model_drops_other_elements() {
    let mut sketch = Sketch::new(&[("x", &[40])]);
    sketch.add(r#"Dropout {"rate": 0.5}"#, "x", "y");
    let inner = Arc::new(sketch.outputs("y"));
    let mut sketch = Sketch::new(&[("x", &[40])]);
    let model = sketch.layer(Kind::Model(inner));
    sketch.call(model, "x", "a");
    sketch.call(model, "x", "b");
    let trial = Trial::new(sketch.outputs("a b"), true);
    let outputs = trial.forward(&mut trial.model.tape());
    assert_ne!(outputs[0], outputs[1]);
}

#[test]
fn sizes_that_are_known_by_name() {
    let mut sketch = Sketch::new(&[]).with_input("x", "words, 3").with_input("y", "words - 2, 4");
    sketch.add(r#"Conv1D {"filters": 4, "kernel_size": 3, "activation": "gelu"}"#, "x", "a");
    sketch.add("BatchNormalization {}", "a", "a");
    sketch.add("Add {}", "a y", "b");
    sketch.add(r#"LSTM {"units": 3, "return_sequences": true}"#, "b", "c");
    sketch.add("LayerNormalization {}", "c", "c");
    sketch.add(r#"MaxPooling1D {"pool_size": 2}"#, "c", "d");
    sketch.add("Flatten {}", "d", "e");
    sketch.add(r#"Reshape {"target_shape": [-1, 3]}"#, "e", "f");
    sketch.add(r#"Concatenate {"axis": 1}"#, "f c", "g");
    sketch.add("GlobalAveragePooling1D {}", "g", "h");
    let graph = sketch.outputs("h g");
    check_named(graph.clone(), &[5]);
    check_named(graph, &[8]);
}

#[test]
fn models_inside_whose_names_have_other_sizes_in_each_call() {
    let mut sketch = Sketch::new(&[]).with_input("x", "frames, 3");
    sketch.add(r#"Conv1D {"filters": 3, "kernel_size": 2, "activation": "tanh"}"#, "x", "a");
    let inner = Arc::new(sketch.outputs("a"));
    let mut sketch = Sketch::new(&[]).with_input("x", "words, 3");
    let model = sketch.layer(Kind::Model(inner));
    sketch.call(model, "x", "a");
    sketch.call(model, "a", "b");
    sketch.add(r#"Conv1D {"filters": 3, "kernel_size": 3}"#, "x", "c");
    sketch.add("Multiply {}", "b c", "d");
    check_named(sketch.outputs("d a"), &[6]);
}

#[test]
fn a_size_that_no_input_gives_is_refused() {
    let graph = Sketch::new(&[]).with_input("x", "n * m").outputs("x");
    let error = Model::<f32>::new(graph, 0).unwrap_err();
    assert_eq!(error.to_string(), "no input gives `m` a size\nhelp: give an input an axis `m`, by itself");
}

/// Projections that are made again, of a few samples at a time, come to the bits of those that are kept: a penalty, here of nothing, looks at
/// all of them together.
#[test]
fn attention_in_parts_has_the_bits_of_all_at_once() {
    let graph = |activity: &str| {
        let mut sketch = Sketch::new(&[("x", &[43, 5]), ("y", &[30, 6])]);
        let arguments = format!(r#"{{"num_heads": 4, "key_dim": 40, "dropout": 0.2, "use_gate": true{activity}}}"#);
        sketch.add(&format!("MultiHeadAttention {arguments}"), "x y", "z");
        sketch.outputs("z")
    };
    let nothing = r#", "activity_regularizer": {"class_name": "L2", "config": {"l2": 0.0}}"#;
    let [parts, whole] = ["", nothing].map(|activity| Trial::new(graph(activity), true));
    let memory = |trial: &Trial| trial.model.plan.training_memory().memory(&|_| None).elements(BATCH);
    assert!(memory(&parts) < memory(&whole));
    assert_eq!(parts.forward(&mut parts.model.tape()), whole.forward(&mut whole.model.tape()));
    assert_eq!(parts.gradients(false, f64::NAN), whole.gradients(false, f64::NAN));
    parts.check_memory();
}
