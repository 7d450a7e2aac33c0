//! What makes numbers and images ready; what draws at random hands images on, since a model that predicts does not draw.

use model_graph::argument::{BinMode, Interpolation, OutputMode, PerChannel};
use model_graph::dim::Dim;
use model_graph::layers::{CategoryEncoding, CenterCrop, Discretization, Normalization, RandomCrop, Rescaling, Resizing};
use model_graph::shape::DType;

use super::super::attribute::Attribute;
use super::super::call::{Call, Formed, Reason, Value, few};
use super::{Form, handed_on};

handed_on!(RandomBrightness, RandomContrast, RandomErasing, RandomFlip, RandomRotation, RandomTranslation, RandomZoom);

impl Call<'_, '_> {
    /// Numbers of things, each as a vector with 1 in its place; all 0 for a number of nothing.
    pub fn one_hot(&mut self, x: &str, count: usize, dtype: DType) -> Result<String, Reason> {
        let things = self.places(&Dim::from(count), DType::I32)?;
        let x = self.unsqueeze(x, &[-1]);
        let is_it = self.op("Equal", &[&x, &things]);
        Ok(if dtype == DType::Bool { is_it } else { self.cast_to(&is_it, dtype) })
    }

    /// Numbers written out.
    fn encoded(&mut self, x: &Value, count: usize, mode: OutputMode) -> Formed {
        let vectors = self.one_hot(&x.name, count, DType::F32)?;
        let shape = self.shape();
        match mode {
            OutputMode::OneHot => Ok(vec![self.reshape(&vectors, &shape.0)?]),
            OutputMode::MultiHot => Ok(vec![self.reduce("ReduceMax", &vectors, &[1], false)]),
            OutputMode::Count => Ok(vec![self.reduce("ReduceSum", &vectors, &[1], false)]),
        }
    }

    /// An image's height and width, which must be known.
    fn plane(&self) -> Result<[usize; 2], Reason> {
        let sizes: Vec<Option<usize>> = self.input(0)?.ty.shape.0.iter().take(2).map(Dim::size).collect();
        match sizes.as_slice() {
            [Some(height), Some(width)] => Ok([*height, *width]),
            _ => Err("its weights follow from a size that is not known: give the input numbers for sizes".into()),
        }
    }

    /// The middle of an image.
    fn middle(&mut self, x: &str, from: [usize; 2], size: [usize; 2]) -> String {
        let mut x = x.to_owned();
        for (axis, (&from, &size)) in from.iter().zip(&size).enumerate() {
            if from != size {
                let start = (from.saturating_sub(size) / 2) as i64;
                x = self.slice(&x, axis as i64 + 1, start, start + size as i64, 1);
            }
        }
        x
    }

    /// The largest middle that has the output's proportions, in the output's size.
    fn cut_and_resized(&mut self, to: [usize; 2], interpolation: Interpolation, antialias: bool) -> Formed {
        let (x, [height, width]) = (self.x()?, self.plane()?);
        let within = |wanted: usize, size: usize| wanted.min(size).max(1);
        let size = [within(width * to[0] / to[1].max(1), height), within(height * to[1] / to[0].max(1), width)];
        let x = self.middle(&x, [height, width], size);
        Ok(vec![self.resized(&x, size, to, interpolation, antialias)?])
    }
}

impl Form for CategoryEncoding {
    const ONNX: &'static str = "`Equal` and `Cast`; `ReduceMax` or `ReduceSum` where all are written in one";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        call.encoded(&x, self.num_tokens.get(), self.output_mode)
    }
}

impl Form for Discretization {
    const ONNX: &'static str = "`GreaterOrEqual` and `ReduceSum`; with `output_mode`, what `CategoryEncoding` becomes";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let (bounds, count) = match &self.bin_boundaries {
            Some(bounds) => {
                let bounds: Vec<f32> = bounds.0.iter().map(|&bound| bound as f32).collect();
                (call.numbers(&[bounds.len()], &bounds), bounds.len() + 1)
            }
            None if call.get("adapted_bins")?.data == [0.0] => {
                return Err("it has not been adapted to data, and its bins have no bounds: call `adapt` first".into());
            }
            None => (call.weight("bin_boundaries")?, call.get("bin_boundaries")?.data.len() + 1),
        };
        let numbers = call.cast_to(&x.name, DType::F32);
        let numbers = call.unsqueeze(&numbers, &[-1]);
        let is_behind = call.op("GreaterOrEqual", &[&numbers, &bounds]);
        let is_behind = call.cast_to(&is_behind, DType::I32);
        let bins = call.reduce("ReduceSum", &is_behind, &[-1], false);
        match self.output_mode {
            BinMode::Encoded(mode) => {
                let bins = Value { name: bins, ty: x.ty };
                call.encoded(&bins, count, mode)
            }
            _ => Ok(vec![bins]),
        }
    }
}

impl Form for Normalization {
    const ONNX: &'static str = "`Sub` and `Div`; `Mul` and `Add` with `invert`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let rank = x.ty.shape.rank();
        let size = |(axis, dim): (usize, &Dim)| if self.keeps(axis, rank) { dim.size().unwrap_or(1) } else { 1 };
        let sizes: Vec<usize> = x.ty.shape.0.iter().enumerate().map(size).collect();
        few(&sizes)?;
        let count: usize = sizes.iter().product();
        let given = |numbers: &Option<PerChannel>, weight: Option<&[f32]>| -> Vec<f64> {
            let of = |place: usize| match numbers {
                Some(numbers) => numbers.of(place % numbers.numbers().len().max(1)),
                None => weight.and_then(|data| data.get(place)).copied().unwrap_or_default().into(),
            };
            (0..count).map(of).collect()
        };
        let [mean, variance] = ["mean", "variance"].map(|name| call.find(name).map(|weight| weight.data));
        let (mean, variance) = (given(&self.mean, mean), given(&self.variance, variance));
        let mean: Vec<f32> = mean.into_iter().map(|number| number as f32).collect();
        let deviation: Vec<f32> = variance.into_iter().map(|variance| variance.sqrt().max(1e-7) as f32).collect();
        let (mean, deviation) = (call.numbers(&sizes, &mean), call.numbers(&sizes, &deviation));
        Ok(vec![if self.invert {
            let scaled = call.op("Mul", &[&x.name, &deviation]);
            call.op("Add", &[&scaled, &mean])
        } else {
            let centred = call.op("Sub", &[&x.name, &mean]);
            call.op("Div", &[&centred, &deviation])
        }])
    }
}

impl Form for Rescaling {
    const ONNX: &'static str = "`Mul` and `Add`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let x = if x.ty.dtype == DType::F32 { x.name } else { call.cast_to(&x.name, DType::F32) };
        let [scale, offset] = [&self.scale, &self.offset].map(|numbers| {
            let data: Vec<f32> = numbers.numbers().iter().map(|&number| number as f32).collect();
            let sizes = if data.len() == 1 { Vec::new() } else { vec![data.len()] };
            call.numbers(&sizes, &data)
        });
        let scaled = call.op("Mul", &[&x, &scale]);
        Ok(vec![call.op("Add", &[&scaled, &offset])])
    }
}

impl Form for CenterCrop {
    const ONNX: &'static str = "`Slice`; `Resize` of a smaller image. The input's sizes must be numbers";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let (x, from, to) = (call.x()?, call.plane()?, [self.height.get(), self.width.get()]);
        if from[0] >= to[0] && from[1] >= to[1] {
            return Ok(vec![call.middle(&x, from, to)]);
        }
        call.cut_and_resized(to, Interpolation::Bilinear, false)
    }
}

impl Form for RandomCrop {
    const ONNX: &'static str = "`Slice` and `Resize`: the middle, as when it predicts. The input's sizes must be numbers";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        call.cut_and_resized([self.height.get(), self.width.get()], Interpolation::Bilinear, false)
    }
}

impl Form for Resizing {
    const ONNX: &'static str = "`Gather` (nearest), `Resize` (bilinear) or `MatMul` along each axis (the others, and with `antialias`); `Slice` or `Pad` before";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let to = [self.height.get(), self.width.get()];
        if self.crop_to_aspect_ratio {
            return call.cut_and_resized(to, self.interpolation, self.antialias);
        }
        let x = call.x()?;
        if self.interpolation == Interpolation::Bilinear && !self.antialias && !self.pad_to_aspect_ratio {
            return Ok(vec![call.bilinear(&x, to)]);
        }
        let mut from = call.plane()?;
        if !self.pad_to_aspect_ratio {
            return Ok(vec![call.resized(&x, from, to, self.interpolation, self.antialias)?]);
        }
        let missing = |wanted: usize, size: usize| wanted.saturating_sub(size) / 2;
        let above = missing(from[1] * to[0] / to[1].max(1), from[0]) as i64;
        let left = if above > 0 { 0 } else { missing(from[0] * to[1] / to[0].max(1), from[1]) as i64 };
        let (pads, filling) = (call.longs(&[0, above, left, 0, 0, above, left, 0]), call.number(self.fill_value.0));
        let filled = call.op_with("Pad", &[&x, &pads, &filling], &[("mode", Attribute::Text("constant"))]);
        from = [from[0] + 2 * above as usize, from[1] + 2 * left as usize];
        Ok(vec![call.resized(&filled, from, to, self.interpolation, self.antialias)?])
    }
}
