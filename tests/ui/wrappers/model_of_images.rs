use functional_model::prelude::*;

functional_model! {
    model Encoder(img: [9, 9, 1]) -> [2] {
        Dense(2)(Flatten()(img))
    }

    model Net(video: [9, 9, 1]) {
        let encoder = Encoder();
        let each = TimeDistributed(encoder);
        each(video)
    }
}

fn main() {}
