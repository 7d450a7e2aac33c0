use functional_model::prelude::*;

functional_model! {
    model Part(x: [8]) {
        let mut x = x;
        for _ in 0..50 {
            x = Dense(8)(x);
        }
        x
    }

    model Net(x: [8]) {
        let part = Part();
        let mut y = x;
        for _ in 0..150 {
            y = part(y);
        }
        y
    }

    model Head = Net { x -> part[149] };
}

fn main() {}
