use functional_model::prelude::*;

functional_model! {
    model Net(img: [32, 32, 3]) {
        let x = nn.Conv2d(3, 16, 3, padding = 1)(img);
        let x = BatchNorm2d(16)(x);
        let x = nn.ReLU()(x);
        let x = Dropout2d(0.25)(x);
        let x = nn.MaxPool2d(2)(x);
        let x = ConvTranspose2d(16, 8, 2, stride = 2)(x);
        let x = Upsample(scale_factor = 2)(x);
        let x = AdaptiveAvgPool2d(1)(x);
        let x = nn.Flatten()(x);
        let x = nn.Linear(64, 10)(x);
        let x = GELU()(x);
        Sigmoid()(x)
    }

    model Norm(x: [8, 4]) {
        LayerNorm(4)(x)
    }
}

fn main() {}
