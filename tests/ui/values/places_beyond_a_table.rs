use functional_model::prelude::*;

functional_model! {
    model Net(x: [9, 10]) {
        let (_, places) = ops::top_k(x, 3);
        table(places + 1)
    }

    fn table(places) {
        Embedding(10, 8)(Flatten()(places))
    }
}

fn main() {}
