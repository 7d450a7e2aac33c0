use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let mut features = [x];
        features.append(Dense(4)(x));
        Concatenate()(features)
    }
}

fn main() {}
