use functional_model::prelude::*;

functional_model! {
    model Names(x: [8]) {
        let mut name = "long";
        for _ in 0..10 {
            name = name + name;
        }
        Dense(8, name = format!("dense_{x}"))(Dense(8, name = name)(x))
    }

    model Places(x: [8]) {
        let x = Dense(8, name = format!(x))(x);
        let i = 1;
        Dense(8, name = format!("dense{i:02}"))(x)
    }

    model Values(x: [8]) {
        Dense(8, name = format!("dense", 1))(x)
    }

    model Missing(x: [8]) {
        Dense(8, name = format!("dense{}_{}", 1))(x)
    }
}

fn main() {}
