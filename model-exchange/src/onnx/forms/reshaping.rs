//! Elements in another shape, at other places, or several times.

use model_graph::argument::Interpolation;
use model_graph::layers::{
    Cropping1D, Cropping2D, Cropping3D, Flatten, Permute, RepeatVector, Reshape, UpSampling1D, UpSampling2D, UpSampling3D,
    ZeroPadding1D, ZeroPadding2D, ZeroPadding3D,
};

use super::super::attribute::Attribute;
use super::super::call::{Call, Formed, Reason, longs};
use super::Form;

impl Call<'_, '_> {
    fn crop(&mut self, ends: &[[usize; 2]]) -> Formed {
        let mut x = self.x()?;
        for (axis, &[before, behind]) in ends.iter().enumerate() {
            if before > 0 || behind > 0 {
                let stop = if behind == 0 { i64::MAX } else { -(behind as i64) };
                x = self.slice(&x, axis as i64 + 1, before as i64, stop, 1);
            }
        }
        Ok(vec![x])
    }

    fn zero_pad(&mut self, ends: &[[usize; 2]]) -> Formed {
        let x = self.input(0)?;
        let end = |end: usize| ends.iter().map(move |ends| ends.get(end).copied().unwrap_or_default());
        // The batch and the channels stay.
        let pads: Vec<usize> = [0].into_iter().chain(end(0)).chain([0, 0]).chain(end(1)).chain([0]).collect();
        let pads = self.longs(&longs(&pads));
        Ok(vec![self.op("Pad", &[&x.name, &pads])])
    }

    /// Each element so often along each axis.
    pub fn repeat_each(&mut self, x: &str, times: &[usize], axes: usize) -> Result<String, Reason> {
        let mut scales = vec![1.0; axes];
        for (axis, &times) in times.iter().enumerate() {
            if let Some(scale) = scales.get_mut(axis + 1) {
                *scale = times as f32;
            }
        }
        self.resized_by(x, &scales, "nearest")
    }

    /// An image of another size, the axes of which become so many times as long.
    pub fn resized_by(&mut self, x: &str, scales: &[f32], mode: &'static str) -> Result<String, Reason> {
        let scales = self.numbers(&[scales.len()], scales);
        let mut attributes = vec![("mode", Attribute::Text(mode))];
        match mode {
            "nearest" => {
                attributes.push(("coordinate_transformation_mode", Attribute::Text("asymmetric")));
                attributes.push(("nearest_mode", Attribute::Text("floor")));
            }
            _ => attributes.push(("coordinate_transformation_mode", Attribute::Text("half_pixel"))),
        }
        Ok(self.op_with("Resize", &[x, "", &scales], &attributes))
    }
}

macro_rules! cropped {
    ($($layer:ident: $cropping:expr;)*) => {
        $(impl Form for $layer {
            const ONNX: &'static str = "`Slice` for each axis";

            fn form(&self, call: &mut Call<'_, '_>) -> Formed {
                let ends: fn(&Self) -> Vec<[usize; 2]> = $cropping;
                call.crop(&ends(self))
            }
        })*
    };
}

macro_rules! padded {
    ($($layer:ident: $padding:expr;)*) => {
        $(impl Form for $layer {
            const ONNX: &'static str = "`Pad`";

            fn form(&self, call: &mut Call<'_, '_>) -> Formed {
                let ends: fn(&Self) -> Vec<[usize; 2]> = $padding;
                call.zero_pad(&ends(self))
            }
        })*
    };
}

cropped! {
    Cropping1D: |layer| vec![layer.cropping.0];
    Cropping2D: |layer| layer.cropping.0.to_vec();
    Cropping3D: |layer| layer.cropping.0.to_vec();
}

padded! {
    ZeroPadding1D: |layer| vec![layer.padding.0];
    ZeroPadding2D: |layer| layer.padding.0.to_vec();
    ZeroPadding3D: |layer| layer.padding.0.to_vec();
}

reshaped!(Flatten, Reshape);

impl Form for Permute {
    const ONNX: &'static str = "`Transpose`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.x()?;
        let order: Vec<usize> = std::iter::once(0).chain(self.dims.0.iter().copied()).collect();
        Ok(vec![call.transpose(&x, &order)])
    }
}

impl Form for RepeatVector {
    const ONNX: &'static str = "`Unsqueeze` and `Tile`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.x()?;
        let x = call.unsqueeze(&x, &[1]);
        let times = call.longs(&[1, self.n.get() as i64, 1]);
        Ok(vec![call.op("Tile", &[&x, &times])])
    }
}

macro_rules! repeated {
    ($($layer:ident: $times:expr;)*) => {
        $(impl Form for $layer {
            const ONNX: &'static str = "`Resize`";

            fn form(&self, call: &mut Call<'_, '_>) -> Formed {
                let (x, times): (_, fn(&Self) -> Vec<usize>) = (call.input(0)?, $times);
                Ok(vec![call.repeat_each(&x.name, &times(self), x.axes())?])
            }
        })*
    };
}

repeated! {
    UpSampling1D: |layer| vec![layer.size.get()];
    UpSampling3D: |layer| layer.size.0.to_vec();
}

impl Form for UpSampling2D {
    const ONNX: &'static str = "`Resize`; `MatMul` along each axis with other interpolations than the nearest and the bilinear";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        match self.interpolation {
            Interpolation::Nearest => Ok(vec![call.repeat_each(&x.name, &self.size.0, x.axes())?]),
            other => {
                let sizes: Vec<Option<usize>> = x.ty.shape.0.iter().take(2).map(|dim| dim.size()).collect();
                let [Some(height), Some(width)] = sizes.as_slice() else {
                    return Err("its weights follow from a size that is not known: give the input numbers for sizes".into());
                };
                let to = [height * self.size.0[0], width * self.size.0[1]];
                Ok(vec![call.resized(&x.name, [*height, *width], to, other, false)?])
            }
        }
    }
}
