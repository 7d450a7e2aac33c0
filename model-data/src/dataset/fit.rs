//! A data set of batches is what models are trained on, judged by and asked for.

use model_core::given::{Batches, Data, Examples, Round, Source, Stream};

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
