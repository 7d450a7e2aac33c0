//! ResNet-50 as in `keras.applications`: what `benches/compile` compiles.

use functional_model::prelude::*;

functional_model! {
    /// He and others 2015, with 50 layers.
    pub model ResNet50(img: [224, 224, 3]) -> [1000] {
        let x = ZeroPadding2D(3)(img);
        let x = Conv2D(64, 7, strides = 2)(x);
        let x = ReLU()(BatchNormalization(epsilon = 1.001e-5)(x));
        let x = ZeroPadding2D(1)(x);
        let mut x = MaxPooling2D(3, strides = 2)(x);
        for (filters, blocks, strides) in [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)] {
            x = bottleneck(x, filters, strides, projects = true);
            for _ in 1..blocks {
                x = bottleneck(x, filters);
            }
        }
        Dense(1000, activation = "softmax")(GlobalAveragePooling2D()(x))
    }

    fn bottleneck(input, filters, strides = 1, projects = false) {
        let shortcut = if projects { normalized(input, 4 * filters, 1, strides) } else { input };
        let x = ReLU()(normalized(input, filters, 1, strides));
        let x = ReLU()(normalized(x, filters, 3, 1));
        let x = normalized(x, 4 * filters, 1, 1);
        ReLU()(shortcut + x)
    }

    fn normalized(x, filters, kernel, strides) {
        let x = Conv2D(filters, kernel, strides = strides, padding = "same")(x);
        BatchNormalization(epsilon = 1.001e-5)(x)
    }
}
