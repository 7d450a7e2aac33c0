use functional_model::prelude::*;

functional_model! {
    model Auto(img: [8, 8, 1]) -> [8, 8, 1] {
        let code = Flatten()(Conv2D(4, 3, padding = "same")(img));
        let shared = Dense(64);
        let x = shared(shared(Dense(64)(code)));
        Reshape([8, 8, 1])(x)
    }

    model Halfway = Auto { img -> dense[2] };
}

fn main() {}
