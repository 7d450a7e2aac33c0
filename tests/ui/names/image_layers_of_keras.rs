use functional_model::prelude::*;

functional_model! {
    model Net(img: [8, 8, 3]) {
        let a = RandomHue(0.1)(img);
        let b = MixUp(0.2)(img);
        let c = Solarization()(img);
        Add()([a, b, c])
    }
}

fn main() {}
