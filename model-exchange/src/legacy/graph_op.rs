//! TensorFlow's operations as TF 2.0 to 2.3 wrote them into a model, `TensorFlowOpLayer`: a node of its graph, with the constants among its inputs.

use model_graph::config::ConfigProblem;
use model_graph::layers::operations;
use serde_json::{Map, Value, json};

use super::calls::Call;
use super::fault::Problem;
use super::operation::operation;

/// The argument that a node's last input is.
type Last = Option<&'static str>;

/// Nodes whose inputs are tensors and numbers, or tensors and behind them an argument, and the operations that compute the same.
const NODES: &[(&str, &str, Last)] = &[
    ("Add", "add", None),
    ("AddV2", "add", None),
    ("Sub", "subtract", None),
    ("Mul", "multiply", None),
    ("RealDiv", "true_divide", None),
    ("Maximum", "maximum", None),
    ("Minimum", "minimum", None),
    ("Pow", "power", None),
    ("Greater", "greater", None),
    ("GreaterEqual", "greater_equal", None),
    ("Less", "less", None),
    ("LessEqual", "less_equal", None),
    ("Abs", "absolute", None),
    ("Exp", "exp", None),
    ("Log", "log", None),
    ("Neg", "negative", None),
    ("Relu", "relu", None),
    ("Relu6", "relu6", None),
    ("Rsqrt", "rsqrt", None),
    ("Sigmoid", "sigmoid", None),
    ("Softmax", "softmax", None),
    ("Softplus", "softplus", None),
    ("Sqrt", "sqrt", None),
    ("Square", "square", None),
    ("Tanh", "tanh", None),
    ("Mean", "mean", Some("axis")),
    ("Sum", "sum", Some("axis")),
    ("Max", "max", Some("axis")),
    ("Min", "min", Some("axis")),
    ("ConcatV2", "concatenate", Some("axis")),
    ("ExpandDims", "expand_dims", Some("axis")),
    ("Reshape", "reshape", Some("newshape")),
    ("Transpose", "transpose", Some("axes")),
];

/// The operation that does what a node did.
pub(super) fn rewrite(entry: &Value, name: &str, calls: Vec<Call>) -> Result<Value, Problem> {
    let config = entry.get("config").unwrap_or(&Value::Null);
    let node = config.get("node_def").unwrap_or(&Value::Null);
    let op = node.get("op").and_then(Value::as_str).unwrap_or_default();
    let known = || operations().map(|operation| operation.class).collect();
    let unknown = || Problem::Config(ConfigProblem::Operation { found: format!("tf.raw_ops.{op}"), known: known() });
    let (_, function, last) = NODES.iter().find(|(node, ..)| *node == op).ok_or_else(unknown)?;
    let constants = config.get("constants").and_then(Value::as_object).cloned().unwrap_or_default();
    let (mut arguments, mut nodes) = (Map::new(), Vec::new());
    let is_kept = node.get("attr").and_then(|attributes| attributes.get("keep_dims")?.get("b"));
    if let Some(flag) = is_kept.filter(|_| ["mean", "sum", "max", "min"].contains(function)) {
        arguments.insert("keepdims".to_owned(), flag.clone());
    }
    for call in calls {
        let mut inputs = with_constants(call.args, &constants).ok_or_else(unknown)?;
        if let Some(argument) = last {
            arguments.insert((*argument).to_owned(), inputs.pop().unwrap_or_default());
        }
        let args = if *function == "concatenate" { json!([inputs]) } else { inputs.into() };
        nodes.push(json!({ "args": args, "kwargs": {} }));
    }
    operation(name, function, arguments, nodes)
}

/// A node's inputs in their order: constants have their places, and tensors the others.
fn with_constants(tensors: Value, constants: &Map<String, Value>) -> Option<Vec<Value>> {
    let tensors = if let Value::Array(tensors) = tensors { tensors } else { vec![tensors] };
    let count = tensors.len().checked_add(constants.len())?;
    let mut tensors = tensors.into_iter();
    (0..count).map(|place| constants.get(&place.to_string()).cloned().or_else(|| tensors.next())).collect()
}
