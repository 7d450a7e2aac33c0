//! A data set of batches is what models are trained on, judged by and asked for.

use model_core::given::{Arrays, Batches, Data, Examples, InputData, Round, Source, Stream};
use model_core::{Error, Result};

use super::Dataset;

impl<B: Examples + Send + 'static> Stream for Dataset<B> {
    fn batches(&self, round: Round) -> Batches<'_> {
        Box::new(self.round(round).map(|batch| Ok(Box::new(batch?) as Box<dyn Examples>)))
    }

    fn steps(&self) -> Option<usize> {
        self.len()
    }

    fn is_endless(&self) -> bool {
        self.is_endless()
    }
}

impl<B: Examples + Send + 'static> Data for Dataset<B> {
    fn source(&self) -> Source<'_> {
        Source::Stream(self)
    }
}

impl<B: Examples + Send + 'static> Data for &Dataset<B> {
    fn source(&self) -> Source<'_> {
        Source::Stream(*self)
    }
}

impl<B: Arrays + Send + 'static> InputData for Dataset<B> {
    fn each_batch(&self, take: &mut dyn FnMut(&dyn Arrays) -> Result<()>) -> Result<()> {
        const OF: &str = "data";
        if self.is_endless() {
            return Err(Error::Endless { of: OF });
        }
        for (place, batch) in self.iter().enumerate() {
            let taken = batch.and_then(|batch| take(&batch));
            taken.map_err(|error| Error::Batch { of: OF, round: 1, batch: place + 1, source: Box::new(error) })?;
        }
        Ok(())
    }

    fn batches(&self) -> Option<usize> {
        self.len()
    }
}

impl<B: Arrays + Send + 'static> InputData for &Dataset<B> {
    fn each_batch(&self, take: &mut dyn FnMut(&dyn Arrays) -> Result<()>) -> Result<()> {
        (**self).each_batch(take)
    }

    fn batches(&self) -> Option<usize> {
        self.len()
    }
}
