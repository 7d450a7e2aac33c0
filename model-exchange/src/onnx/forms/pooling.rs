//! Pooling: by windows, over all, and to so many places.

use model_graph::layers::{
    AdaptiveAveragePooling1D, AdaptiveAveragePooling2D, AdaptiveAveragePooling3D, AdaptiveMaxPooling1D, AdaptiveMaxPooling2D,
    AdaptiveMaxPooling3D, AveragePooling1D, AveragePooling2D, AveragePooling3D, GlobalAveragePooling1D, GlobalAveragePooling2D,
    GlobalAveragePooling3D, GlobalMaxPooling1D, GlobalMaxPooling2D, GlobalMaxPooling3D, MaxPooling1D, MaxPooling2D, MaxPooling3D,
};
use model_graph::shape::DType;
use model_graph::window::Window;

use super::super::call::{Call, Formed, few, longs};
use super::Form;
use super::convolutional::window_attributes;

/// How many constants each of the places counts as: it has nodes of its own.
const PART: usize = 1 << 12;

impl Call<'_, '_> {
    fn pool(&mut self, op: &str, windows: &[Window]) -> Formed {
        let x = self.input(0)?;
        let first = self.channels_first(&x);
        let y = self.op_with(op, &[&first], &window_attributes(windows, &x.ty.shape.0));
        Ok(vec![self.channels_last(&y, x.axes())])
    }

    fn pool_all(&mut self, op: &str, keepdims: bool) -> Formed {
        let x = self.input(0)?;
        let axes: Vec<usize> = (1..x.axes().saturating_sub(1)).collect();
        Ok(vec![self.reduce(op, &x.name, &longs(&axes), keepdims)])
    }

    /// Each axis in so many parts, which may overlap, one after the other.
    fn pool_parts(&mut self, op: &str, places: &[usize]) -> Formed {
        let x = self.input(0)?;
        let mut pooled = x.name.clone();
        for (axis, &places) in places.iter().enumerate() {
            let Some(size) = x.ty.shape.0.get(axis).and_then(|dim| dim.size()) else {
                return Err("its windows follow from a size that is not known: give the input numbers for sizes".into());
            };
            few(&[places, PART])?;
            let axis = axis as i64 + 1;
            let mut parts = Vec::new();
            for place in 0..places {
                let (start, stop) = (place * size / places, ((place + 1) * size).div_ceil(places));
                let part = self.slice(&pooled, axis, start as i64, stop as i64, 1);
                parts.push(self.reduce(op, &part, &[axis], true));
            }
            pooled = self.concat(&parts, axis);
        }
        Ok(vec![pooled])
    }
}

macro_rules! by_windows {
    ($op:literal: $($layer:ident),*) => {
        $(impl Form for $layer {
            const ONNX: &'static str = concat!("`", $op, "`");

            fn form(&self, call: &mut Call<'_, '_>) -> Formed {
                call.pool($op, &self.windows())
            }
        })*
    };
}

macro_rules! over_all {
    ($op:literal: $($layer:ident),*) => {
        $(impl Form for $layer {
            const ONNX: &'static str = concat!("`", $op, "`");

            fn form(&self, call: &mut Call<'_, '_>) -> Formed {
                call.pool_all($op, self.keepdims)
            }
        })*
    };
}

macro_rules! in_parts {
    ($op:literal: $($layer:ident),*) => {
        $(impl Form for $layer {
            const ONNX: &'static str = concat!("`Slice` and `", $op, "` for each place, `Concat`; the input's sizes must be numbers");

            fn form(&self, call: &mut Call<'_, '_>) -> Formed {
                call.pool_parts($op, &self.output_size.0)
            }
        })*
    };
}

by_windows!("AveragePool": AveragePooling1D, AveragePooling2D, AveragePooling3D);
by_windows!("MaxPool": MaxPooling1D, MaxPooling2D, MaxPooling3D);
over_all!("ReduceMean": GlobalAveragePooling2D, GlobalAveragePooling3D);
over_all!("ReduceMax": GlobalMaxPooling1D, GlobalMaxPooling2D, GlobalMaxPooling3D);
in_parts!("ReduceMean": AdaptiveAveragePooling1D, AdaptiveAveragePooling2D, AdaptiveAveragePooling3D);
in_parts!("ReduceMax": AdaptiveMaxPooling1D, AdaptiveMaxPooling2D, AdaptiveMaxPooling3D);

impl Form for GlobalAveragePooling1D {
    const ONNX: &'static str = "`ReduceMean`; with a mask `ReduceSum` twice and `Div`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let Some(mask) = call.slot(0) else { return call.pool_all("ReduceMean", self.keepdims) };
        let x = call.x()?;
        let counts = call.cast_to(&mask.name, DType::F32);
        let counts = call.unsqueeze(&counts, &[2]);
        let kept = call.op("Mul", &[&x, &counts]);
        let sum = call.reduce("ReduceSum", &kept, &[1], self.keepdims);
        let count = call.reduce("ReduceSum", &counts, &[1], self.keepdims);
        Ok(vec![call.op("Div", &[&sum, &count])])
    }
}
