//! Sizes, known or taken from the inputs where the model runs, and shapes made of them.

use model_graph::dim::{Dim, Part};
use model_graph::shape::{DType, Shape, TensorType};

use super::attribute::Attribute;
use super::call::{Call, Reason, Value};

/// The most places of an axis that are written as constants.
const MOST_PLACES: usize = 1 << 12;

impl Call<'_, '_> {
    /// The elements of a sample in another shape.
    pub fn reshape(&mut self, x: &str, dims: &[Dim]) -> Result<String, Reason> {
        let unknown = dims.iter().filter(|dim| dim.size().is_none()).count();
        if unknown <= 1 {
            let size = |dim: &Dim| dim.known().unwrap_or(-1);
            let sizes: Vec<i64> = std::iter::once(0).chain(dims.iter().map(size)).collect();
            let sizes = self.longs(&sizes);
            return Ok(self.op("Reshape", &[x, &sizes]));
        }
        let batch = self.longs(&[0]);
        let mut parts = vec![batch];
        for dim in dims {
            parts.push(self.size(dim)?);
        }
        let sizes = self.concat(&parts, 0);
        Ok(self.op("Reshape", &[x, &sizes]))
    }

    /// The shape of a batch of samples of these sizes, as many as `like` has, as a tensor.
    pub fn batch_shape(&mut self, like: &str, dims: &[Dim]) -> Result<String, Reason> {
        let batch = self.batch(like);
        let mut parts = vec![batch];
        for dim in dims {
            parts.push(self.size(dim)?);
        }
        Ok(self.concat(&parts, 0))
    }

    /// The number of samples of a tensor, as a vector of one.
    pub fn batch(&mut self, like: &str) -> String {
        self.op_with("Shape", &[like], &[("start", Attribute::Int(0)), ("end", Attribute::Int(1))])
    }

    /// One number everywhere, for as many samples as `like` has.
    pub fn filled(&mut self, like: &str, dims: &[Dim], dtype: DType, number: f64) -> Result<String, Reason> {
        let number = self.number_of(dtype, number);
        let shape = self.batch_shape(like, dims)?;
        Ok(self.op("Expand", &[&number, &shape]))
    }

    /// A size as a vector of one.
    pub fn size(&mut self, dim: &Dim) -> Result<String, Reason> {
        if let Some(size) = dim.known() {
            return Ok(self.longs(&[size]));
        }
        let key = dim.to_string();
        if let Some(known) = self.builder.sizes.get(&key) {
            return Ok(known.clone());
        }
        let mut sum: Option<String> = None;
        for term in dim.terms() {
            let mut product = self.longs(&[term.coefficient]);
            for (place, part) in term.atoms.iter().enumerate() {
                let factor = self.part(part)?;
                let is_plain = place == 0 && term.coefficient == 1;
                product = if is_plain { factor } else { self.op("Mul", &[&product, &factor]) };
            }
            sum = Some(match sum {
                None => product,
                Some(sum) => self.op("Add", &[&sum, &product]),
            });
        }
        let size = match sum {
            Some(sum) => sum,
            None => self.longs(&[0]),
        };
        self.builder.sizes.insert(key, size.clone());
        Ok(size)
    }

    fn part(&mut self, part: &Part<'_>) -> Result<String, Reason> {
        match part {
            Part::Name(name) => self.named(name),
            Part::Floor(dim, divisor) => {
                let size = self.size(dim)?;
                let divisor = self.longs(&[i64::try_from(*divisor).unwrap_or(i64::MAX)]);
                Ok(self.op("Div", &[&size, &divisor]))
            }
        }
    }

    /// The size that a name has, from the input that has it.
    fn named(&mut self, name: &str) -> Result<String, Reason> {
        if let Some(known) = self.builder.sizes.get(name) {
            return Ok(known.clone());
        }
        let Some(source) = self.builder.sources.get(name).cloned() else {
            return Err(format!("the size `{name}` is that of no input").into());
        };
        let span = [("start", Attribute::Int(source.axis)), ("end", Attribute::Int(source.axis.saturating_add(1)))];
        let of_size = |call: &mut Self, op: &str, inputs: &[&str], attributes: &[(&str, Attribute)]| {
            call.builder.node(name, op, inputs, attributes, 1).into_iter().next().unwrap_or_default()
        };
        let mut size = of_size(self, "Shape", &[&source.input], &span);
        if source.more != 0 {
            let more = self.longs(&[source.more]);
            size = of_size(self, "Sub", &[&size, &more], &[]);
        }
        if source.times != 1 {
            let times = self.longs(&[source.times]);
            size = of_size(self, "Div", &[&size, &times], &[]);
        }
        self.builder.sizes.insert(name.to_owned(), size.clone());
        Ok(size)
    }

    /// The places of an axis, from 0, as a vector.
    pub fn places(&mut self, dim: &Dim, dtype: DType) -> Result<String, Reason> {
        if let Some(size) = dim.size().filter(|size| *size <= MOST_PLACES) {
            let places: Vec<f64> = (0..size).map(|place| place as f64).collect();
            return Ok(self.numbers_of(dtype, &[size], &places));
        }
        let size = self.size(dim)?;
        let [start, step] = [self.long(0), self.long(1)];
        let stop = self.squeeze(&size, &[0]);
        let places = self.op("Range", &[&start, &stop, &step]);
        Ok(self.cast_to(&places, dtype))
    }

    /// All samples' steps as samples of one batch: `[batch, steps, ..]` as `[batch * steps, ..]`.
    pub fn merge_steps(&mut self, x: &Value) -> Result<Value, Reason> {
        let step = Shape(x.ty.shape.0.iter().skip(1).cloned().collect());
        let name = self.led(&x.name, &step.0)?;
        Ok(Value { name, ty: x.ty.with_shape(step) })
    }

    /// The steps of samples apart again: `[batch * steps, ..]` as `[batch, steps, ..]`.
    pub fn split_steps(&mut self, x: &str, sequence: &TensorType) -> Result<String, Reason> {
        self.led(x, &sequence.shape.0)
    }

    /// The elements in another shape, behind an axis of whatever size is left.
    fn led(&mut self, x: &str, dims: &[Dim]) -> Result<String, Reason> {
        let known: Option<Vec<i64>> = dims.iter().map(Dim::known).collect();
        let shape = match known {
            Some(known) => self.longs(&std::iter::once(-1).chain(known).collect::<Vec<i64>>()),
            None => {
                let mut parts = vec![self.longs(&[-1])];
                for dim in dims {
                    parts.push(self.size(dim)?);
                }
                self.concat(&parts, 0)
            }
        };
        Ok(self.op("Reshape", &[x, &shape]))
    }
}
