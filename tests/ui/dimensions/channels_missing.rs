use functional_model::prelude::*;

functional_model! {
    model Net(mask: [height, width]) {
        Conv2D(4, 3)(mask)
    }
}

fn main() {}
