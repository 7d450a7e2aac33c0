use functional_model::prelude::*;

functional_model! {
    model Net(img: [8, 8, 4], words: i32[4]) {
        let a = CenterCrop(4, 4)(img);
        let b = Resizing(4, 4)(img);
        let c = RandomFlip()(img);
        let d = ReversibleEmbedding(100, 4)(words);
        Add()([a, b, c, d])
    }
}

fn main() {}
