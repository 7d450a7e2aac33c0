use functional_model::prelude::*;

functional_model! {
    pub model Net(x: [8]) {
        Dense(units = 0)(x)
    }
}

fn main() {
    let net = Net::new(1);
    let mut pass = Pass::new(&net, 1);
    let _ = net.forward(&mut pass, &Tensor::zeros(2));
    println!("{} {}", Net::summary(), Net::PARAMETERS);
}
