use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        f(x)
    }

    fn f(x) {
        g(x)
    }

    fn g(x) {
        f(x)
    }
}

fn main() {}
