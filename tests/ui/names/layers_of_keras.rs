use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let a = Identity()(x);
        let b = TimeDistributed(4)(x);
        let c = GaussianNoise(0.1)(x);
        let d = RMSNormalization()(x);
        let e = Normalization()(x);
        Add()([a, b, c, d, e])
    }
}

fn main() {}
