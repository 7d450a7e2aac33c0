use functional_model::prelude::*;

functional_model! {
    /// Faulty.
    pub model Net(x: [8]) -> [4] {
        Conv2D(4, 3)(x)
    }
}

fn main() {
    let net = Net::new(1);
    let mut pass = Pass::new(&net, 1);
    let y = net.forward(&mut pass, &Tensor::zeros(2));
    println!("{} {} {}", Net::summary(), Net::PARAMETERS, y.batch());
}
