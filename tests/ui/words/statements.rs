use functional_model::prelude::*;

functional_model! {
    model Loop(x: [64]) {
        for units in (0..3).rev() { x = Dense(units)(x); }
        x
    }

    model Choice(x: [64]) {
        let n = 2;
        if n = 2 { x = Dense(64)(x); } elif n == 3 { x = Dense(32)(x); }
        x
    }

    model Binding(x: [64]) {
        var y = Dense(64)(x);
        y
    }

    model Doubled(x: [64]) {
        let y == Dense(64)(x);
        y
    }

    def block(x) {
        Dense(64)(x)
    }
}

fn main() {}
