use functional_model::prelude::*;

#[layer(shape = "[.., n] -> [.., n]", weights(w("[n]", regularizer = L2(-1.0)), b("[n]", "zeros", constraint = "max_nrm")))]
#[derive(Clone, Debug)]
struct Scale {}

fn main() {}
