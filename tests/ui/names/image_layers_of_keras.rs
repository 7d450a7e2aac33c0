use functional_model::prelude::*;

functional_model! {
    model Net(img: [8, 8, 4], words: i32[4]) {
        let a = ConvLSTM2D(4, 3)(img);
        let b = RandomCrop(4, 4)(img);
        let c = ReversibleEmbedding(100, 4)(words);
        Add()([a, b, c])
    }
}

fn main() {}
