use functional_model::prelude::*;

functional_model! {
    model Net(x: [64]) {
        Dense(10)(x)
    }

    fn block(x, wide, deep) {
        let y = if wide and not deep { Dense(64)(x) } else { x };
        let n = 2 ** 3;
        let l = [1] ++ [2];
        y
    }
}

fn main() {}
