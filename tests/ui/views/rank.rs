use functional_model::prelude::*;

functional_model! {
    model Auto(img: [8, 8, 1]) -> [64] {
        let code = Flatten()(img);
        Dense(64)(code)
    }

    model Encoder = Auto { img -> code };

    model Net(img: [8, 8, 1]) {
        Conv2D(4, 3)(Encoder()(img))
    }
}

fn main() {}
