use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let wide = true;
        let y = if wide { Dense(16)(x) } else { Dense(8)(x) };
        y + x
    }
}

fn main() {}
