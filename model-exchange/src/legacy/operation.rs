//! TensorFlow's functions in a model of `tf.keras`, each as the operation that computes the same.

use model_graph::config::ConfigProblem;
use model_graph::layers::{Declaration, OPERATIONS, operations};
use model_graph::message::ArgumentError;
use serde_json::{Map, Value, json};

use super::calls::Call;
use super::fault::Problem;
use super::graph_op;
use super::values::is_same;

/// What an argument of TensorFlow's is called here, and what it is where it is not given.
type Renamed = (&'static str, &'static str, Unsaid);

/// What an argument is that is not given.
#[derive(Clone, Copy)]
enum Unsaid {
    /// What the operation's own default is.
    Own,
    /// It must be given.
    Needed,
    Flag(bool),
    Whole(i64),
    Number(f64),
}

/// A function of TensorFlow's.
struct Function {
    /// Its names, behind `tf.`
    names: &'static [&'static str],
    /// The operation.
    operation: &'static str,
    /// What it is called with beside the first tensor, by TensorFlow's names.
    operands: &'static [&'static str],
    /// Its arguments.
    arguments: &'static [Renamed],
}

const fn function(
    names: &'static [&'static str],
    operation: &'static str,
    operands: &'static [&'static str],
    arguments: &'static [Renamed],
) -> Function {
    Function { names, operation, operands, arguments }
}

use Unsaid::{Flag, Needed, Number, Own, Whole};

const Y: &[&str] = &["y"];
const OTHER: &[&str] = &["other"];
const REDUCED: &[Renamed] = &[("axis", "axis", Own), ("keepdims", "keepdims", Flag(false))];
const PLACE: &[Renamed] = &[("axis", "axis", Whole(0))];
const LAST: &[Renamed] = &[("axis", "axis", Whole(-1))];

/// Every function that an operation computes exactly.
const FUNCTIONS: &[Function] = &[
    function(&["math.add", "add", "__operators__.add"], "add", Y, &[]),
    function(&["math.subtract", "subtract"], "subtract", Y, &[]),
    function(&["math.multiply", "multiply"], "multiply", Y, &[]),
    function(&["math.truediv", "truediv"], "true_divide", Y, &[]),
    function(&["math.divide", "divide"], "divide", Y, &[]),
    function(&["math.divide_no_nan"], "divide_no_nan", Y, &[]),
    function(&["math.floordiv"], "floor_divide", Y, &[]),
    function(&["math.floormod", "math.mod"], "mod", Y, &[]),
    function(&["math.maximum", "maximum"], "maximum", Y, &[]),
    function(&["math.minimum", "minimum"], "minimum", Y, &[]),
    function(&["math.pow", "pow"], "power", Y, &[]),
    function(&["math.atan2"], "arctan2", &["x"], &[]),
    function(&["math.greater", "greater"], "greater", Y, &[]),
    function(&["math.greater_equal", "greater_equal"], "greater_equal", Y, &[]),
    function(&["math.less", "less"], "less", Y, &[]),
    function(&["math.less_equal", "less_equal"], "less_equal", Y, &[]),
    function(&["math.equal", "equal"], "equal", Y, &[]),
    function(&["math.not_equal", "not_equal"], "not_equal", Y, &[]),
    function(&["__operators__.eq"], "equal", OTHER, &[]),
    function(&["__operators__.ne"], "not_equal", OTHER, &[]),
    function(&["math.logical_and"], "logical_and", Y, &[]),
    function(&["math.logical_or"], "logical_or", Y, &[]),
    function(&["math.logical_xor"], "logical_xor", Y, &[]),
    function(&["math.logical_not"], "logical_not", &[], &[]),
    function(&["math.abs", "abs"], "absolute", &[], &[]),
    function(&["math.acos"], "arccos", &[], &[]),
    function(&["math.asin"], "arcsin", &[], &[]),
    function(&["math.atan"], "arctan", &[], &[]),
    function(&["math.ceil"], "ceil", &[], &[]),
    function(&["math.cos", "cos"], "cos", &[], &[]),
    function(&["math.cosh"], "cosh", &[], &[]),
    function(&["math.erf"], "erf", &[], &[]),
    function(&["math.exp", "exp"], "exp", &[], &[]),
    function(&["math.expm1"], "expm1", &[], &[]),
    function(&["math.floor", "floor"], "floor", &[], &[]),
    function(&["math.log"], "log", &[], &[]),
    function(&["math.log1p"], "log1p", &[], &[]),
    function(&["math.log_sigmoid"], "log_sigmoid", &[], &[]),
    function(&["math.negative", "negative"], "negative", &[], &[]),
    function(&["math.reciprocal"], "reciprocal", &[], &[]),
    function(&["math.rint", "math.round", "round"], "round", &[], &[]),
    function(&["math.rsqrt"], "rsqrt", &[], &[]),
    function(&["math.sigmoid", "nn.sigmoid", "sigmoid"], "sigmoid", &[], &[]),
    function(&["math.sign", "sign"], "sign", &[], &[]),
    function(&["math.sin", "sin"], "sin", &[], &[]),
    function(&["math.sinh"], "sinh", &[], &[]),
    function(&["math.softplus", "nn.softplus"], "softplus", &[], &[]),
    function(&["math.softsign", "nn.softsign"], "softsign", &[], &[]),
    function(&["math.sqrt", "sqrt"], "sqrt", &[], &[]),
    function(&["math.square", "square"], "square", &[], &[]),
    function(&["math.tan", "tan"], "tan", &[], &[]),
    function(&["math.tanh", "nn.tanh", "tanh"], "tanh", &[], &[]),
    function(&["nn.elu"], "elu", &[], &[]),
    function(&["nn.gelu"], "gelu", &[], &[("approximate", "approximate", Flag(false))]),
    function(&["nn.leaky_relu"], "leaky_relu", &[], &[("alpha", "negative_slope", Number(0.2))]),
    function(&["nn.relu"], "relu", &[], &[]),
    function(&["nn.relu6"], "relu6", &[], &[]),
    function(&["nn.selu"], "selu", &[], &[]),
    function(&["nn.silu", "nn.swish"], "silu", &[], &[]),
    function(&["nn.softmax", "math.softmax"], "softmax", &[], LAST),
    function(&["nn.log_softmax", "math.log_softmax"], "log_softmax", &[], LAST),
    function(&["math.reduce_mean", "reduce_mean"], "mean", &[], REDUCED),
    function(&["math.reduce_sum", "reduce_sum"], "sum", &[], REDUCED),
    function(&["math.reduce_max", "reduce_max"], "max", &[], REDUCED),
    function(&["math.reduce_min", "reduce_min"], "min", &[], REDUCED),
    function(&["math.reduce_prod", "reduce_prod"], "prod", &[], REDUCED),
    function(&["math.reduce_std"], "std", &[], REDUCED),
    function(&["math.reduce_variance"], "var", &[], REDUCED),
    function(&["math.reduce_logsumexp"], "logsumexp", &[], REDUCED),
    function(&["math.reduce_all"], "all", &[], REDUCED),
    function(&["math.reduce_any"], "any", &[], REDUCED),
    function(&["math.argmax", "argmax"], "argmax", &[], PLACE),
    function(&["math.argmin", "argmin"], "argmin", &[], PLACE),
    function(&["cast"], "cast", &[], &[("dtype", "dtype", Needed)]),
    function(&["clip_by_value"], "clip", &[], &[("clip_value_min", "x_min", Needed), ("clip_value_max", "x_max", Needed)]),
    function(&["concat"], "concatenate", &[], &[("axis", "axis", Needed)]),
    function(&["stack"], "stack", &[], PLACE),
    function(&["reshape"], "reshape", &[], &[("shape", "newshape", Needed)]),
    function(&["expand_dims"], "expand_dims", &[], &[("axis", "axis", Needed)]),
    function(&["squeeze", "compat.v1.squeeze"], "squeeze", &[], &[("axis", "axis", Own)]),
    function(&["transpose", "compat.v1.transpose"], "transpose", &[], &[("perm", "axes", Needed)]),
    function(&["tile"], "tile", &[], &[("multiples", "repeats", Needed)]),
    function(&["reverse"], "flip", &[], &[("axis", "axis", Needed)]),
    function(&["linalg.matmul", "matmul"], "matmul", &["b"], &[]),
    function(&["stop_gradient"], "stop_gradient", &[], &[]),
    function(&["where"], "where", &["x", "y"], &[]),
    function(&["zeros_like"], "zeros_like", &[], &[]),
    function(&["ones_like"], "ones_like", &[], &[]),
];

/// Arguments that change nothing where they have these values.
const SAID: &[(&str, Unsaid)] = &[
    ("transpose_a", Flag(false)),
    ("transpose_b", Flag(false)),
    ("adjoint_a", Flag(false)),
    ("adjoint_b", Flag(false)),
    ("a_is_sparse", Flag(false)),
    ("b_is_sparse", Flag(false)),
    ("grad_a", Flag(false)),
    ("grad_b", Flag(false)),
    ("conjugate", Flag(false)),
    ("optimize", Flag(true)),
    ("beta", Number(1.0)),
];

/// Whether an entry of a model's layers is a call of TensorFlow's.
pub(super) fn is_operation(entry: &Value) -> bool {
    let classes = ["TFOpLambda", "SlicingOpLambda", "TensorFlowOpLambda", "ClassMethod", "InstanceMethod", "InstanceProperty"];
    entry.get("class_name").and_then(Value::as_str).is_some_and(|class| classes.contains(&class) || class == "TensorFlowOpLayer")
}

/// The operation that does what a function of TensorFlow's did.
pub(super) fn rewrite(entry: &Value, name: &str, calls: Vec<Call>) -> Result<Value, Problem> {
    if entry.get("class_name").is_some_and(|class| class == "TensorFlowOpLayer") {
        return graph_op::rewrite(entry, name, calls);
    }
    let called = entry.get("config").and_then(|config| config.get("function")).and_then(Value::as_str).unwrap_or_default();
    if called.ends_with("__operators__.getitem") {
        return taken(name, calls);
    }
    let known = || operations().map(|operation| operation.class).collect();
    let unknown = || Problem::Config(ConfigProblem::Operation { found: format!("tf.{called}"), known: known() });
    let function = FUNCTIONS.iter().find(|function| function.names.contains(&called)).ok_or_else(unknown)?;
    let (mut config, mut nodes) = (None, Vec::new());
    for mut call in calls {
        let operands = std::iter::once(std::mem::take(&mut call.args));
        let others = function.operands.iter().map(|operand| call.kwargs.shift_remove(*operand).unwrap_or_default());
        let mut operands: Vec<Value> = operands.chain(others.collect::<Vec<_>>()).collect();
        if called == "math.atan2" {
            operands.reverse();
        }
        let arguments = arguments(function, called, call.kwargs)?;
        let differs = config.replace(arguments.clone()).is_some_and(|other| other != arguments);
        if differs {
            return Err(argument(called, "axis", &Value::Object(arguments), "which differs from that of another of its calls"));
        }
        nodes.push(json!({ "args": operands, "kwargs": {} }));
    }
    operation(name, function.operation, config.unwrap_or_default(), nodes)
}

/// What is wrong with an argument of a function.
fn argument(function: &str, argument: &str, found: &Value, reason: &'static str) -> Problem {
    let help = "make the model with another function there, or with a layer";
    Problem::Argument { class: format!("tf.{function}"), argument: argument.to_owned(), found: found.clone(), reason, help }
}

impl Unsaid {
    fn value(self) -> Option<Value> {
        match self {
            Self::Own | Self::Needed => None,
            Self::Flag(flag) => Some(flag.into()),
            Self::Whole(number) => Some(number.into()),
            Self::Number(number) => Some(number.into()),
        }
    }
}

/// The arguments of an operation from those that a function was called with.
fn arguments(function: &Function, called: &str, mut given: Map<String, Value>) -> Result<Map<String, Value>, Problem> {
    let mut arguments = Map::new();
    for (old, new, default) in function.arguments {
        match given.shift_remove(*old).filter(|value| !value.is_null()).or_else(|| default.value()) {
            Some(value) => drop(arguments.insert((*new).to_owned(), value)),
            None if matches!(default, Unsaid::Needed) => {
                return Err(argument(called, old, &Value::Null, "which the function needs"));
            }
            None => {}
        }
    }
    let is_said = |name: &str, value: &Value| {
        let said = SAID.iter().find(|(other, _)| *other == name).and_then(|(_, value)| value.value());
        value.is_null() || said.is_some_and(|said| is_same(&said, value))
    };
    // The type of a place is told by the values that it can have.
    given.retain(|name, value| !(["name", "output_type"].contains(&name.as_str()) || is_said(name, value)));
    match given.into_iter().next() {
        None => Ok(arguments),
        Some((name, value)) => Err(argument(called, &name, &value, "which is not supported")),
    }
}

/// Parts of a tensor.
fn taken(name: &str, calls: Vec<Call>) -> Result<Value, Problem> {
    let (mut key, mut nodes) = (None, Vec::new());
    for mut call in calls {
        let spec = call.kwargs.shift_remove("slice_spec").unwrap_or_default();
        let parts: Vec<Value> = match spec {
            Value::Array(items) => items.into_iter().map(part).collect(),
            single => vec![part(single)],
        };
        nodes.push(json!({ "args": [call.args], "kwargs": {} }));
        if key.replace(parts.clone()).is_some_and(|other| other != parts) {
            return Err(argument(
                "__operators__.getitem",
                "slice_spec",
                &parts.into(),
                "which differs from that of another of its calls",
            ));
        }
    }
    let config = key.map(|key| ("key".to_owned(), Value::Array(key))).into_iter().collect();
    operation(name, "get_item", config, nodes)
}

/// A place or slice, as today's documents have it.
fn part(spec: Value) -> Value {
    let is_rest = spec.get("class_name").is_some_and(|class| class == "__ellipsis__");
    match &spec {
        Value::Object(slice) if slice.contains_key("start") || slice.contains_key("stop") => {
            json!({ "class_name": "__slice__", "config": slice })
        }
        Value::Object(slice) if slice.get("value").is_some_and(|value| value == "Ellipsis") || is_rest => {
            json!({ "class_name": "__ellipsis__", "config": {} })
        }
        Value::String(text) if text == "Ellipsis" => json!({ "class_name": "__ellipsis__", "config": {} }),
        _ => spec,
    }
}

/// The document of an operation, unless its arguments make none.
pub(super) fn operation(name: &str, function: &str, mut config: Map<String, Value>, calls: Vec<Value>) -> Result<Value, Problem> {
    let Some(declaration @ Declaration::Operation(operation, _)) = Declaration::function(function) else {
        let known = operations().map(|operation| operation.class).collect();
        return Err(ConfigProblem::Operation { found: function.to_owned(), known }.into());
    };
    declaration.read(&config).map_err(|problems| {
        let error = |problem| ArgumentError { class: operation.name.to_owned(), problem };
        Problem::Config(ConfigProblem::Arguments(problems.into_iter().map(error).collect()))
    })?;
    config.insert("name".to_owned(), name.into());
    Ok(json!({
        "module": format!("{OPERATIONS}{}", operation.module),
        "class_name": operation.class,
        "config": config,
        "registered_name": operation.class,
        "name": name,
        "inbound_nodes": calls,
    }))
}
