use functional_model::prelude::*;

functional_model! {
    model Net(img: [8, 8, 4], words: i32[4]) {
        let a = RandomCrop(4, 4)(img);
        let b = RandomRotation(0.1)(img);
        let c = ReversibleEmbedding(100, 4)(words);
        Add()([a, b, c])
    }
}

fn main() {}
