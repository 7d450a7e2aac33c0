use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let mut x = x;
        for _ in 0..1000000 {
            x = x + x;
        }
        x
    }
}

fn main() {}
