use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let mut n = 1;
        n++;
        let y = Dense(4)(x)?;
        let z = y.0;
        let v = Dense::<4>(x);
        let w = x.something;
        let u = foo!(x);
        x -> Dense(4)
    }
}

fn main() {}
