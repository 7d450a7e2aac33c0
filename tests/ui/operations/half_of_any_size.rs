use functional_model::prelude::*;

functional_model! {
    model Net(x: [words]) {
        ops::glu(x)
    }
}

fn main() {}
