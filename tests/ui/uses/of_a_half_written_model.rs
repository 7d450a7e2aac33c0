use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) -> [4] {
        let h = Dense(4)(x);
        let y = Dense();
    }
}

fn main() {
    let net = Net::new(1);
    let mut pass = Pass::new(&net, 1);
    let y = net.forward(&mut pass, &Tensor::zeros(2));
    println!("{} {} {}", Net::summary(), Net::PARAMETERS, y.batch());
}
