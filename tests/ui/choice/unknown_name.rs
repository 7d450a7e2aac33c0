use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) -> [4] {
        let head = Dense(4);
        let mut y = x;
        if is_deep {
            y = head(y);
        }
        y
    }
}

fn main() {}
