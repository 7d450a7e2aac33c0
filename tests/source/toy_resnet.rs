functional_model! {
    pub model ToyResnet(img: [32, 32, 3]) -> [10] {
        let x = Conv2D(32, 3, activation = "relu")(img);
        let x = Conv2D(64, 3, activation = "relu")(x);
        let mut x = MaxPooling2D(3)(x);
        for _ in 0..2 {
            let y = Conv2D(64, 3, padding = "same", activation = "relu")(x);
            let y = Conv2D(64, 3, padding = "same", activation = "relu")(y);
            x = y + x;
        }
        let x = Conv2D(64, 3, activation = "relu")(x);
        let x = GlobalAveragePooling2D()(x);
        let x = Dense(256, activation = "relu")(x);
        let x = Dropout(0.5)(x);
        Dense(10)(x)
    }
}
