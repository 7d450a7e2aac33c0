use functional_model::prelude::*;

functional_model! {
    model Net(img: [4, 9, 3]) {
        Conv2D(8, 3, padding = "causal")(img)
    }
}

fn main() {}
