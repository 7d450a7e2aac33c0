use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let y = x.reshape(2, 4);
        Flatten()(y)
    }
}

fn main() {}
