use functional_model::prelude::*;

#[layer(shape = "[.., n] -> [.., n]")]
#[derive(Clone, Debug)]
pub struct Square {}

functional_model! {
    model Net(x: [5, 3]) {
        TimeDistributed(Square())(x)
    }
}

fn main() {}
