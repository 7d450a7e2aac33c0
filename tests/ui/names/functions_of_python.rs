use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let a = sum(x);
        let b = len(x);
        let c = print(x);
        let d = input(8);
        Add()([a, b, c, d])
    }
}

fn main() {}
