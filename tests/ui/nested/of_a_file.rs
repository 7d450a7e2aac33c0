use functional_model::prelude::*;

functional_model! {
    pub model Missing = "models/missing.keras";

    pub model Text = "Cargo.toml";

    model Front = Missing { x -> y };
}

fn main() {}
