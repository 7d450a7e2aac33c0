//! Attention, made up of products, masks and shares.

use model_graph::argument::ScoreMode;
use model_graph::dim::Dim;
use model_graph::layers::{
    AdditiveAttention, Attention, CAUSAL, GroupQueryAttention, KEY, MASKS, MultiHeadAttention, RETURN_SCORES,
};
use model_graph::shape::DType;

use super::super::call::{Call, Formed, Reason, Value};
use super::Form;

/// Attention with projections.
struct Heads {
    /// How many heads queries have.
    queries: usize,
    /// How many heads keys and values have.
    keys: usize,
    /// How many features a key has.
    key_dim: usize,
    /// How many features a value has.
    value_dim: usize,
    /// How many axes, from the first, are not attended over.
    outer: usize,
    window: Option<usize>,
    use_gate: bool,
}

fn product(dims: &[Dim]) -> Result<Dim, Reason> {
    let all = dims.iter().try_fold(Dim::from(1), |product, dim| product.mul(dim));
    all.ok_or_else(|| "its sizes are too large to be counted".into())
}

impl Call<'_, '_> {
    /// A tensor's last axis through a kernel `[features, heads, size]` and a bias: `[.., heads * size]`.
    fn project(&mut self, x: &str, name: &str) -> Result<String, Reason> {
        let sizes = self.get(&format!("{name}/kernel"))?.sizes;
        let [features, rest @ ..] = sizes.as_slice() else { return Err("its kernels have three axes".into()) };
        let order: Vec<usize> = (0..sizes.len()).collect();
        let width = rest.iter().product();
        let kernel = self.weight_in(&format!("{name}/kernel"), &order, Some(vec![*features, width]))?;
        let y = self.op("MatMul", &[x, &kernel]);
        let bias = format!("{name}/bias");
        let Some(found) = self.find(&bias) else { return Ok(y) };
        let order: Vec<usize> = (0..found.sizes.len()).collect();
        let bias = self.weight_in(&bias, &order, Some(vec![width]))?;
        Ok(self.op("Add", &[&y, &bias]))
    }

    /// Whether each query, a row, may look at each key, a column, by how far they are apart.
    fn places_mask(
        &mut self,
        [queries, keys]: [&Dim; 2],
        is_causal: bool,
        window: Option<usize>,
    ) -> Result<Option<String>, Reason> {
        if !is_causal && window.is_none() {
            return Ok(None);
        }
        let rows = self.places(queries, DType::I32)?;
        let rows = self.unsqueeze(&rows, &[1]);
        let columns = self.places(keys, DType::I32)?;
        let distance = self.op("Sub", &[&rows, &columns]);
        let zero = self.number_of(DType::I32, 0.0);
        let mut mask = None;
        if is_causal {
            mask = Some(self.op("GreaterOrEqual", &[&distance, &zero]));
        }
        if let Some(window) = window {
            let (far, window) = (self.op("Abs", &[&distance]), self.number_of(DType::I32, window as f64));
            let near = self.op("Less", &[&far, &window]);
            mask = Some(self.both(mask, near));
        }
        Ok(mask)
    }

    fn both(&mut self, mask: Option<String>, other: String) -> String {
        match mask {
            Some(mask) => self.op("And", &[&mask, &other]),
            None => other,
        }
    }
}

impl Heads {
    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let (query, value) = (call.input(0)?, call.input(1)?);
        let key =
            call.slot(KEY).or_else(|| call.manner.positional(&call.inputs).get(2).cloned()).unwrap_or_else(|| value.clone());
        let steps = |x: &Value| x.ty.shape.0.split_last().map(|(_, steps)| steps.to_vec()).unwrap_or_default();
        let (of_query, of_key) = (steps(&query), steps(&key));
        let outer: Vec<Dim> = of_query.iter().take(self.outer).cloned().collect();
        let inner = |dims: &[Dim]| product(dims.get(self.outer..).unwrap_or_default());
        let (queries, keys) = (inner(&of_query)?, inner(&of_key)?);
        let groups = self.queries / self.keys.max(1);
        let q = call.project(&query.name, "query")?;
        let q = self.split(call, &q, (&outer, &queries), [self.keys, groups, self.key_dim])?;
        let k = call.project(&key.name, "key")?;
        let k = self.split(call, &k, (&outer, &keys), [self.keys, 1, self.key_dim])?;
        let v = call.project(&value.name, "value")?;
        let v = self.split(call, &v, (&outer, &keys), [self.keys, 1, self.value_dim])?;
        let q = call.with_number("Mul", &q, 1.0 / (self.key_dim as f64).sqrt());
        let axes = outer.len() + 5;
        let turned: Vec<usize> = (0..axes - 2).chain([axes - 1, axes - 2]).collect();
        let k = call.transpose(&k, &turned);
        let scores = call.op("MatMul", &[&q, &k]);
        let shares = match self.mask(call, [&queries, &keys])? {
            Some(mask) => call.masked_softmax(&scores, &mask, -1),
            None => call.along("Softmax", &scores, -1),
        };
        let attended = call.op("MatMul", &[&shares, &v]);
        // The heads, which stand before the queries, next to their features.
        let first = outer.len() + 1;
        let order: Vec<usize> = (0..first).chain([first + 2, first, first + 1, first + 3]).collect();
        let attended = call.transpose(&attended, &order);
        let width = Dim::from(self.queries * self.value_dim);
        let dims: Vec<Dim> = of_query.iter().cloned().chain([width]).collect();
        let mut attended = call.reshape(&attended, &dims)?;
        if self.use_gate {
            let gate = call.project(&query.name, "gate")?;
            let gate = call.op("Sigmoid", &[&gate]);
            attended = call.op("Mul", &[&attended, &gate]);
        }
        let output = self.output(call, &attended)?;
        let mut outputs = vec![output];
        if call.manner.flag(RETURN_SCORES) {
            let dims = call.outputs.get(1).map(|ty| ty.shape.0.clone()).unwrap_or_default();
            outputs.push(call.reshape(&shares, &dims)?);
        }
        Ok(outputs)
    }

    /// `[.., steps, heads * size]` as `[.., heads, groups, steps, size]`.
    fn split(
        &self,
        call: &mut Call<'_, '_>,
        x: &str,
        (outer, steps): (&[Dim], &Dim),
        [heads, groups, size]: [usize; 3],
    ) -> Result<String, Reason> {
        let dims: Vec<Dim> = outer.iter().chain([steps]).cloned().chain([heads, groups, size].map(Dim::from)).collect();
        let x = call.reshape(x, &dims)?;
        let first = outer.len() + 1;
        let order: Vec<usize> = (0..first).chain([first + 1, first + 2, first, first + 3]).collect();
        Ok(call.transpose(&x, &order))
    }

    /// The heads' features together through the last kernel.
    fn output(&self, call: &mut Call<'_, '_>, attended: &str) -> Result<String, Reason> {
        let sizes = call.get("attention_output/kernel")?.sizes;
        let order: Vec<usize> = (0..sizes.len()).collect();
        let width = sizes.iter().skip(2).product();
        let kernel = call.weight_in("attention_output/kernel", &order, Some(vec![self.queries * self.value_dim, width]))?;
        let mut y = call.op("MatMul", &[attended, &kernel]);
        if let Some(bias) = call.find("attention_output/bias") {
            let order: Vec<usize> = (0..bias.sizes.len()).collect();
            let bias = call.weight_in("attention_output/bias", &order, Some(vec![width]))?;
            y = call.op("Add", &[&y, &bias]);
        }
        let shape = call.shape();
        if sizes.len() == 3 { Ok(y) } else { call.reshape(&y, &shape.0) }
    }

    /// All masks in one, stretched over heads: `[batch, heads, groups, queries, keys]`.
    fn mask(&self, call: &mut Call<'_, '_>, steps: [&Dim; 2]) -> Result<Option<String>, Reason> {
        let is_causal = call.manner.flag(CAUSAL);
        let mut mask = call.places_mask(steps, is_causal, self.window)?;
        for (slot, axes) in [(MASKS, [1, 2, 4].as_slice()), (MASKS + 1, &[1, 2, 3]), (MASKS + 2, &[1, 2, 3])] {
            if let Some(given) = call.slot(slot) {
                let given = call.unsqueeze(&given.name, axes);
                mask = Some(call.both(mask, given));
            }
        }
        if let Some(given) = call.slot(MASKS + 3) {
            let given = match given.axes() {
                3 => call.unsqueeze(&given.name, &[1, 2]),
                _ => {
                    let groups = self.queries / self.keys.max(1);
                    let dims =
                        [self.keys, groups].map(Dim::from).into_iter().chain(steps.into_iter().cloned()).collect::<Vec<_>>();
                    call.reshape(&given.name, &dims)?
                }
            };
            mask = Some(call.both(mask, given));
        }
        Ok(mask)
    }
}

const PROJECTED: &str = "`MatMul` for each projection, `Reshape`, `Transpose`, `MatMul`, `Where` for masks, `Softmax`";

impl Form for MultiHeadAttention {
    const ONNX: &'static str = PROJECTED;

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let heads = self.num_heads.get();
        let value_dim = self.value_size().size().unwrap_or_default();
        let outer = self.outer_axes(&call.input(0)?.ty.shape);
        let window = self.sliding_window.map(std::num::NonZeroUsize::get);
        let (key_dim, use_gate) = (self.key_dim.get(), self.use_gate);
        Heads { queries: heads, keys: heads, key_dim, value_dim, outer, window, use_gate }.form(call)
    }
}

impl Form for GroupQueryAttention {
    const ONNX: &'static str = PROJECTED;

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let window = self.sliding_window.map(std::num::NonZeroUsize::get);
        let (queries, keys, size) = (self.num_query_heads.get(), self.num_key_value_heads.get(), self.head_dim.get());
        Heads { queries, keys, key_dim: size, value_dim: size, outer: 0, window, use_gate: self.use_gate }.form(call)
    }
}

impl Call<'_, '_> {
    /// What attention without projections makes of its scores.
    fn attended(&mut self, scores: &str) -> Formed {
        let (query, value) = (self.input(0)?, self.input(1)?);
        let [queries, keys] = [&query, &value].map(|x| x.ty.shape.0.first().cloned().unwrap_or_default());
        let is_causal = self.manner.flag(CAUSAL);
        let mut mask = self.places_mask([&queries, &keys], is_causal, None)?;
        if let Some(given) = self.slot(1) {
            let given = self.unsqueeze(&given.name, &[1]);
            mask = Some(self.both(mask, given));
        }
        let shares = match mask {
            Some(mask) => self.masked_softmax(scores, &mask, -1),
            None => self.along("Softmax", scores, -1),
        };
        let mut output = self.op("MatMul", &[&shares, &value.name]);
        if let Some(mask) = self.slot(0) {
            let (mask, zero) = (self.unsqueeze(&mask.name, &[2]), self.number(0.0));
            output = self.op("Where", &[&mask, &output, &zero]);
        }
        let has_scores = self.manner.flag(RETURN_SCORES);
        Ok(std::iter::once(output).chain(has_scores.then_some(shares)).collect())
    }

    /// The sum over features of the hyperbolic tangents of each query and each key together.
    fn added(&mut self, inner: Option<&str>, outer: Option<&str>) -> Result<String, Reason> {
        let (query, value) = (self.input(0)?, self.input(1)?);
        let key = self.manner.positional(&self.inputs).get(2).cloned().unwrap_or(value);
        let (query, key) = (self.unsqueeze(&query.name, &[2]), self.unsqueeze(&key.name, &[1]));
        let mut sum = self.op("Add", &[&query, &key]);
        if let Some(scale) = inner {
            sum = self.op("Mul", &[&sum, scale]);
        }
        let mut active = self.op("Tanh", &[&sum]);
        if let Some(scale) = outer {
            active = self.op("Mul", &[&active, scale]);
        }
        Ok(self.reduce("ReduceSum", &active, &[-1], false))
    }
}

impl Form for Attention {
    const ONNX: &'static str =
        "`MatMul`, `Where` for masks, `Softmax`, `MatMul`; `Tanh` and `ReduceSum` with `score_mode = \"concat\"`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let scale = call.maybe_weight("scale");
        let scores = if self.score_mode == ScoreMode::Concat {
            let sum = call.added(scale.as_deref(), None)?;
            let weight = call.weight("concat_score_weight")?;
            call.op("Mul", &[&sum, &weight])
        } else {
            let (query, value) = (call.input(0)?, call.input(1)?);
            let key = call.manner.positional(&call.inputs).get(2).cloned().unwrap_or(value);
            let key = call.transpose(&key.name, &[0, 2, 1]);
            let scores = call.op("MatMul", &[&query.name, &key]);
            match scale {
                Some(scale) => call.op("Mul", &[&scores, &scale]),
                None => scores,
            }
        };
        call.attended(&scores)
    }
}

impl Form for AdditiveAttention {
    const ONNX: &'static str = "`Add`, `Tanh`, `Mul`, `ReduceSum`, `Where` for masks, `Softmax`, `MatMul`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let scale = call.maybe_weight("scale");
        let scores = call.added(None, scale.as_deref())?;
        call.attended(&scores)
    }
}
