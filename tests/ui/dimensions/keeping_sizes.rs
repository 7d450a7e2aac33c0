use functional_model::prelude::*;

functional_model! {
    model Net(film: [5, width, 3]) {
        ConvLSTM1D(4, 3, stateful = true)(film)
    }
}

fn main() {}
