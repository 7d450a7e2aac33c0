use functional_model::prelude::*;

functional_model! {
    model Encoder(x: [3]) -> [2] {
        Dense(2)(x)
    }

    model Net(x: [5, 3]) -> (a: [5, 2], b: [5, 2]) {
        let encoder = Encoder();
        let y = TimeDistributed(encoder, name = "pages")(x);
        (y, TimeDistributed(encoder, name = "lines")(x * 2))
    }
}

fn main() {}
