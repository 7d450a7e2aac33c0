use functional_model::prelude::*;

functional_model! {
    model Net(x: [9]) {
        Backbone()(x)
    }
}

fn main() {}
