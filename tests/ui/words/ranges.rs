use functional_model::prelude::*;

functional_model! {
    model Net(x: [8], n: [4]) {
        let mut y = x;
        for i in (2..5).rev() { y = Dense(i)(y); }
        for i in (0..8).step_by(2) { y = Dense(8)(y); }
        for units in (0..3).map { y = Dense(8)(y); }
        let list = [0..3];
        Dense(4)(y)
    }

    fn deep(x, first, depth) {
        let mut y = x;
        for i in (0..depth).rev() { y = Dense(i)(y); }
        for i in (first..depth).rev() { y = Dense(i)(y); }
        y
    }
}

fn main() {}
