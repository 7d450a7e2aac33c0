use functional_model::prelude::*;

functional_model! {
    model Net(img: [32, 32, 3]) {
        let x = Conv2D(out_channels = 16, kernel_size = 3, activation = Relu)(img);
        let x = Conv2D(16, 3, activation = Activation::Relu)(img);
        let x = Conv2D(16, 3, padding = 1)(img);
        let x = Dense(16, kernel_regularizer = l2(0.01))(img);
        let x = Conv2D(filters == 16, 3)(img);
        let x = Dense(16, bias = false)(img);
        Dense(10)(Flatten()(x))
    }
}

fn main() {}
