use functional_model::prelude::*;

functional_model! {
    model Encoder(x: [4]) -> [3] {
        Dense(3)(x)
    }

    model Decoder(code: [2]) -> [4] {
        Dense(4)(code)
    }
}

fn restored(x: &Typed<shape![4]>) -> Result<Typed<shape![4]>> {
    Decoder::new(2).call_typed(&Encoder::new(1).call_typed(x)?)
}

fn main() {}
