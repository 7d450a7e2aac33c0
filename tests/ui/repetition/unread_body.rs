use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) -> [4] {
        let head = Dense(4);
        let mut y = x;
        for _ in 0..3 {
            y = head(Dense(8 x)(y));
        }
        y
    }
}

fn main() {}
