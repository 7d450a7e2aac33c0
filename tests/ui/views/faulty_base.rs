use functional_model::prelude::*;

functional_model! {
    model Faulty(img: [8, 8, 1]) {
        let code = Desne(3)(img);
        Dense(1)(code)
    }

    model Encoder = Faulty { img -> code };
}

fn main() {}
