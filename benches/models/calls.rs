//! The models of the work set as plain calls: a struct of layers that are called one by one, on variables.

use functional_model::layers::{Conv2D, Dense, Dropout, GlobalAveragePooling2D, MaxPooling2D};
use functional_model::prelude::*;

/// The toy ResNet.
#[derive(Clone, Module)]
pub struct ToyResnetCalls {
    convolutions: Vec<Layer<Conv2D>>,
    pooling: Layer<MaxPooling2D>,
    average: Layer<GlobalAveragePooling2D>,
    dense: Layer<Dense>,
    dropout: Layer<Dropout>,
    output: Layer<Dense>,
}

impl ToyResnetCalls {
    /// With weights that follow from a seed.
    pub fn new(seed: u64) -> Result<Self> {
        let shapes = [
            (32, [32, 32, 3], "valid"),
            (64, [30, 30, 32], "valid"),
            (64, [9, 9, 64], "same"),
            (64, [9, 9, 64], "same"),
            (64, [9, 9, 64], "same"),
            (64, [9, 9, 64], "same"),
            (64, [9, 9, 64], "valid"),
        ];
        let convolution = |(i, (filters, sample, padding)): (usize, (usize, [usize; 3], &str))| {
            Conv2D::new(filters, 3).activation("relu").padding(padding).build(&sample, seed + i as u64)
        };
        Ok(Self {
            convolutions: shapes.into_iter().enumerate().map(convolution).collect::<Result<_>>()?,
            pooling: MaxPooling2D::new().pool_size(3).build(&[28, 28, 64], seed)?,
            average: GlobalAveragePooling2D::new().build(&[7, 7, 64], seed)?,
            dense: Dense::new(256).activation("relu").build(&[64], seed + 7)?,
            dropout: Dropout::new(0.5).build(&[256], seed + 8)?,
            output: Dense::new(10).build(&[256], seed + 9)?,
        })
    }
}

impl Callable for ToyResnetCalls {
    fn run(&self, inputs: Inputs) -> Result<Vec<Var>> {
        let [image] = inputs.take()?;
        let [c1, c2, c3, c4, c5, c6, c7] = &self.convolutions[..] else { unreachable!("there are seven convolutions") };
        let block_1 = self.pooling.call(&c2.call(&c1.call(&image)?)?)?;
        let block_2 = c4.call(&c3.call(&block_1)?)? + &block_1;
        let block_3 = c6.call(&c5.call(&block_2)?)? + &block_2;
        let x = self.average.call(&c7.call(&block_3)?)?;
        let x = self.dropout.call(&self.dense.call(&x)?)?;
        Ok(vec![self.output.call(&x)?])
    }
}

/// The perceptron.
#[derive(Clone, Module)]
pub struct MlpCalls {
    first: Layer<Dense>,
    second: Layer<Dense>,
    output: Layer<Dense>,
}

impl MlpCalls {
    /// With weights that follow from a seed.
    pub fn new(seed: u64) -> Result<Self> {
        let dense = |units: usize, activation: &str, size: usize, own: u64| {
            Dense::new(units).activation(activation).build(&[size], seed + own)
        };
        Ok(Self { first: dense(64, "relu", 784, 0)?, second: dense(64, "relu", 64, 1)?, output: dense(10, "linear", 64, 2)? })
    }
}

impl Callable for MlpCalls {
    fn run(&self, inputs: Inputs) -> Result<Vec<Var>> {
        let [x] = inputs.take()?;
        Ok(vec![self.output.call(&self.second.call(&self.first.call(&x)?)?)?])
    }
}
