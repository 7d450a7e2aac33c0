use functional_model::prelude::*;

functional_model! {
    model Net(words: i32[8]) {
        let embedding = ReversibleEmbedding(100, 4);
        let x = Dense(5)(embedding(words));
        embedding(x, reverse = true)
    }
}

fn main() {}
