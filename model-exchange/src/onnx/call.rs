//! A call of a layer as its form is written: its inputs, its weights, and short words for nodes.

use std::borrow::Cow;

use model_graph::layer::Manner;
use model_graph::shape::{DType, Shape, TensorType};

use super::attribute::Attribute;
use super::builder::{Builder, float_bytes, long_bytes};
use super::proto::tensor_proto::DataType;
use super::weights::{Weight, ordered, transposed};

/// Why a layer has no form.
#[derive(Clone, Debug)]
pub struct Reason(pub Cow<'static, str>);

impl From<&'static str> for Reason {
    fn from(reason: &'static str) -> Self {
        Self(Cow::Borrowed(reason))
    }
}

impl From<String> for Reason {
    fn from(reason: String) -> Self {
        Self(Cow::Owned(reason))
    }
}

/// The most constants that a form makes: sizes are what a configuration says, and nothing else in it need be as large.
const MOST_CONSTANTS: usize = 1 << 24;

/// Refuses a form that would be made of too many constants.
pub fn few(sizes: &[usize]) -> Result<(), Reason> {
    match sizes.iter().try_fold(1_usize, |product, &size| product.checked_mul(size)) {
        Some(..=MOST_CONSTANTS) => Ok(()),
        _ => Err("it would take more than 16777216 constants".into()),
    }
}

/// The outputs of a layer's form, or why there is none.
pub type Formed = Result<Vec<String>, Reason>;

/// A tensor of the graph, and its name in ONNX.
#[derive(Clone, Debug)]
pub struct Value {
    /// The name.
    pub name: String,
    /// The type, without the batch.
    pub ty: TensorType,
}

impl Value {
    /// The number of axes, the batch's counted.
    pub fn axes(&self) -> usize {
        self.ty.shape.rank().saturating_add(1)
    }
}

/// The type of elements in ONNX: numbers of something are `int32`, as Keras has them.
pub fn kind(dtype: DType) -> DataType {
    match dtype {
        DType::F32 => DataType::Float,
        DType::I32 => DataType::Int32,
        DType::Bool => DataType::Bool,
    }
}

/// A call of a layer.
pub struct Call<'b, 'w> {
    /// The graph that nodes are added to.
    pub builder: &'b mut Builder,
    /// What nodes are named after.
    pub layer: String,
    /// What it is called with.
    pub inputs: Vec<Value>,
    /// The types of what it gives.
    pub outputs: Vec<TensorType>,
    /// Which inputs are in slots, and what is asked for.
    pub manner: Manner,
    /// The weights.
    pub weights: Vec<Weight<'w>>,
}

impl<'w> Call<'_, 'w> {
    /// The input of a place.
    pub fn input(&self, place: usize) -> Result<Value, Reason> {
        self.inputs.get(place).cloned().ok_or_else(|| "it is called with fewer tensors than it takes".into())
    }

    /// The name of the input of a place.
    pub fn x(&self) -> Result<String, Reason> {
        self.input(0).map(|input| input.name)
    }

    /// The first tensor of a slot.
    pub fn slot(&self, slot: usize) -> Option<Value> {
        self.manner.slot(slot, &self.inputs).first().cloned()
    }

    /// The shape of the first output.
    pub fn shape(&self) -> Shape {
        self.outputs.first().map(|ty| ty.shape.clone()).unwrap_or_default()
    }

    /// A node with one output.
    pub fn op(&mut self, op: &str, inputs: &[&str]) -> String {
        self.op_with(op, inputs, &[])
    }

    /// A node with one output and attributes.
    pub fn op_with(&mut self, op: &str, inputs: &[&str], attributes: &[(&str, Attribute)]) -> String {
        self.ops(op, inputs, attributes, 1).into_iter().next().unwrap_or_default()
    }

    /// A node with several outputs.
    pub fn ops(&mut self, op: &str, inputs: &[&str], attributes: &[(&str, Attribute)], outputs: usize) -> Vec<String> {
        self.builder.node(&self.layer, op, inputs, attributes, outputs)
    }

    /// A number.
    pub fn number(&mut self, number: f64) -> String {
        self.numbers(&[], &[number as f32])
    }

    /// Numbers of this shape.
    pub fn numbers(&mut self, sizes: &[usize], data: &[f32]) -> String {
        self.builder.constant(DataType::Float, &longs(sizes), float_bytes(data))
    }

    /// A number of a type.
    pub fn number_of(&mut self, dtype: DType, number: f64) -> String {
        match dtype {
            DType::F32 => self.number(number),
            DType::I32 => self.builder.constant(DataType::Int32, &[], (number as i32).to_le_bytes().to_vec()),
            DType::Bool => self.builder.constant(DataType::Bool, &[], vec![u8::from(number != 0.0)]),
        }
    }

    /// Numbers of a type, as a vector in this shape.
    pub fn numbers_of(&mut self, dtype: DType, sizes: &[usize], data: &[f64]) -> String {
        let bytes = match dtype {
            DType::F32 => data.iter().flat_map(|&number| (number as f32).to_le_bytes()).collect(),
            DType::I32 => data.iter().flat_map(|&number| (number as i32).to_le_bytes()).collect(),
            DType::Bool => data.iter().map(|&number| u8::from(number != 0.0)).collect(),
        };
        self.builder.constant(kind(dtype), &longs(sizes), bytes)
    }

    /// Whole numbers of 64 bits, as sizes and axes are.
    pub fn longs(&mut self, data: &[i64]) -> String {
        self.builder.constant(DataType::Int64, &[data.len() as i64], long_bytes(data))
    }

    /// A whole number of 64 bits.
    pub fn long(&mut self, number: i64) -> String {
        self.builder.constant(DataType::Int64, &[], long_bytes(&[number]))
    }

    /// A weight by its name.
    pub fn find(&self, name: &str) -> Option<Weight<'w>> {
        self.weights.iter().find(|weight| weight.name == name).cloned()
    }

    /// A weight by its name, which the layer must have.
    pub fn get(&self, name: &str) -> Result<Weight<'w>, Reason> {
        self.find(name).ok_or_else(|| format!("the graph has no weight `{name}` of it").into())
    }

    /// A weight as it is.
    pub fn weight(&mut self, name: &str) -> Result<String, Reason> {
        let weight = self.get(name)?;
        let sizes = longs(&weight.sizes);
        Ok(self.builder.weight(&weight.path, "", || (sizes, weight.data.to_vec())))
    }

    /// A weight, if it is there.
    pub fn maybe_weight(&mut self, name: &str) -> Option<String> {
        self.find(name).and_then(|_| self.weight(name).ok())
    }

    /// A weight with its axes in another order, and in a shape.
    pub fn weight_in(&mut self, name: &str, order: &[usize], sizes: Option<Vec<usize>>) -> Result<String, Reason> {
        let weight = self.get(name)?;
        let sizes = sizes.unwrap_or_else(|| ordered(&weight.sizes, order));
        let key = format!("{order:?} {sizes:?}");
        let make = || (longs(&sizes), transposed(weight.data, &weight.sizes, order));
        Ok(self.builder.weight(&weight.path, &key, make))
    }

    /// A weight that a function makes of it, in a shape.
    pub fn weight_of(
        &mut self,
        name: &str,
        key: &str,
        sizes: &[usize],
        make: impl FnOnce(&[f32]) -> Vec<f32>,
    ) -> Result<String, Reason> {
        let weight = self.get(name)?;
        Ok(self.builder.weight(&weight.path, key, || (longs(sizes), make(weight.data))))
    }

    /// Another order of axes, which is no node where it is the same.
    pub fn transpose(&mut self, x: &str, order: &[usize]) -> String {
        if order.iter().copied().eq(0..order.len()) {
            return x.to_owned();
        }
        self.op_with("Transpose", &[x], &[("perm", Attribute::Ints(longs(order)))])
    }

    /// Elements of another type.
    pub fn cast(&mut self, x: &str, to: DataType) -> String {
        self.op_with("Cast", &[x], &[("to", Attribute::Int(i64::from(i32::from(to))))])
    }

    /// Elements of a type of the graph's.
    pub fn cast_to(&mut self, x: &str, dtype: DType) -> String {
        self.cast(x, kind(dtype))
    }

    /// New axes of size 1 at these places of the result.
    pub fn unsqueeze(&mut self, x: &str, axes: &[i64]) -> String {
        let axes = self.longs(axes);
        self.op("Unsqueeze", &[x, &axes])
    }

    /// The tensor without these axes of size 1.
    pub fn squeeze(&mut self, x: &str, axes: &[i64]) -> String {
        let axes = self.longs(axes);
        self.op("Squeeze", &[x, &axes])
    }

    /// A reduction along axes, the batch's counted.
    pub fn reduce(&mut self, op: &str, x: &str, axes: &[i64], keepdims: bool) -> String {
        let axes = self.longs(axes);
        self.op_with(op, &[x, &axes], &[("keepdims", Attribute::Int(i64::from(keepdims)))])
    }

    /// Part of an axis.
    pub fn slice(&mut self, x: &str, axis: i64, start: i64, stop: i64, step: i64) -> String {
        let [start, stop, axis, step] = [start, stop, axis, step].map(|number| self.longs(&[number]));
        self.op("Slice", &[x, &start, &stop, &axis, &step])
    }

    /// An axis the other way round.
    pub fn flip(&mut self, x: &str, axis: i64) -> String {
        self.slice(x, axis, -1, i64::MIN, -1)
    }

    /// Tensors one behind the other.
    pub fn concat(&mut self, parts: &[String], axis: i64) -> String {
        if let [single] = parts {
            return single.clone();
        }
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        self.op_with("Concat", &parts, &[("axis", Attribute::Int(axis))])
    }

    /// A call of a layer that this one runs.
    pub fn within(
        &mut self,
        path: &str,
        inputs: Vec<Value>,
        outputs: Vec<TensorType>,
        manner: Manner,
        weights: Vec<Weight<'w>>,
    ) -> Call<'_, 'w> {
        let layer = if path.is_empty() { self.layer.clone() } else { format!("{}/{path}", self.layer) };
        Call { builder: self.builder, layer, inputs, outputs, manner, weights }
    }
}

/// Whole numbers of 64 bits.
pub fn longs(numbers: &[usize]) -> Vec<i64> {
    numbers.iter().map(|&number| i64::try_from(number).unwrap_or(i64::MAX)).collect()
}
