use functional_model::prelude::*;

functional_model! {
    model Net(x: [8, 4]) {
        let a = Solarization()(x);
        let b = Hashing(3)(x);
        let c = Lambda("abs")(x);
        let d = MelSpectrogram()(x);
        let e = JaxLayer(4)(x);
        Add()([a, b, c, d, e])
    }
}

fn main() {}
