//! Running what gives one number everywhere.

use model_graph::layers::Filled;
use model_graph::layers::operations::filled::{FilledFunction, TypeName};
use model_graph::shape::DType;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run};

impl<T: Float> Run<T> for Filled {
    crate::layers::derived::derived!(nothing);

    fn forward(&self, call: Forward<'_, T>) {
        call.output.fill(match self.function {
            FilledFunction::FullLike => {
                let number = self.fill_value.number().unwrap_or_default();
                T::from_f64(match self.dtype {
                    Some(TypeName(DType::I32)) => number.trunc(),
                    Some(TypeName(DType::Bool)) => f64::from(u8::from(number != 0.0)),
                    Some(TypeName(DType::F32)) | None => number,
                })
            }
            FilledFunction::OnesLike => T::ONE,
            FilledFunction::ZerosLike => T::ZERO,
        });
    }

    fn backward(&self, call: Backward<'_, T>) {
        if let Some(gradient) = call.d_inputs[0].as_mut().filter(|gradient| !gradient.accumulate) {
            gradient.data.fill(T::ZERO);
        }
    }
}
