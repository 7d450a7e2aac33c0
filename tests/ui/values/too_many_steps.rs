use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let mut sizes = [8];
        for _ in 0..99 {
            sizes = sizes + sizes;
        }
        Dense(sizes[0])(x)
    }
}

fn main() {}
