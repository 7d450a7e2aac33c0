use std::collections::HashSet;

use functional_model::layers::Dense;
use functional_model::prelude::*;

#[derive(Module)]
struct Net {
    hidden: Layer<Dense>,
    seen: HashSet<u64>,
}

fn main() {}
