use functional_model::prelude::*;

functional_model! {
    model Net(x: [4]) -> [2] {
        Dense(2)(x)
    }
}

fn main() {
    let net = Net::new(42);
    let _ = net.predict(vec![vec![1.0_f32; 4]; 8]);
}
