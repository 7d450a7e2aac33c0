//! Szegedy and others 2015, "Rethinking the Inception architecture for computer vision": branches side by side, joined.

pub use super::imagenet_utils::tf as preprocess_input;
use super::top::pooled;
use crate::functional_model;

functional_model! {
    #![crate = crate]

    pub fn inception_v3(img, include_top = true, pooling = None, classes = 1000, classifier_activation = "softmax") {
        let mut x = conv2d_bn(img, 32, 3, strides = 2, padding = "valid");
        x = conv2d_bn(x, 32, 3, padding = "valid");
        x = conv2d_bn(x, 64, 3);
        x = MaxPooling2D(3, strides = 2)(x);
        x = conv2d_bn(x, 80, 1, padding = "valid");
        x = conv2d_bn(x, 192, 3, padding = "valid");
        x = MaxPooling2D(3, strides = 2)(x);

        // 35 x 35
        for (i, filters) in [(0, 32), (1, 64), (2, 64)] {
            let branch1x1 = conv2d_bn(x, 64, 1);
            let branch5x5 = chain(x, [(48, 1), (64, 5)]);
            let branch3x3dbl = chain(x, [(64, 1), (96, 3), (96, 3)]);
            x = Concatenate(axis = 3, name = format!("mixed{i}"))([branch1x1, branch5x5, branch3x3dbl, pooled_branch(x, filters)]);
        }

        // 17 x 17
        let branch3x3 = conv2d_bn(x, 384, 3, strides = 2, padding = "valid");
        let branch3x3dbl = conv2d_bn(chain(x, [(64, 1), (96, 3)]), 96, 3, strides = 2, padding = "valid");
        x = Concatenate(axis = 3, name = "mixed3")([branch3x3, branch3x3dbl, MaxPooling2D(3, strides = 2)(x)]);
        for (i, filters) in [(4, 128), (5, 160), (6, 160), (7, 192)] {
            let (row, column) = ((filters, (1, 7)), (filters, (7, 1)));
            let branch1x1 = conv2d_bn(x, 192, 1);
            let branch7x7 = chain(x, [(filters, 1), row, (192, (7, 1))]);
            let branch7x7dbl = chain(x, [(filters, 1), column, row, column, (192, (1, 7))]);
            x = Concatenate(axis = 3, name = format!("mixed{i}"))([branch1x1, branch7x7, branch7x7dbl, pooled_branch(x, 192)]);
        }

        // 8 x 8
        let branch3x3 = conv2d_bn(conv2d_bn(x, 192, 1), 320, 3, strides = 2, padding = "valid");
        let branch7x7x3 = chain(x, [(192, 1), (192, (1, 7)), (192, (7, 1))]);
        let branch7x7x3 = conv2d_bn(branch7x7x3, 192, 3, strides = 2, padding = "valid");
        x = Concatenate(axis = 3, name = "mixed8")([branch3x3, branch7x7x3, MaxPooling2D(3, strides = 2)(x)]);
        for i in 0..2 {
            let branch1x1 = conv2d_bn(x, 320, 1);
            let branch3x3 = forked(conv2d_bn(x, 384, 1), name = format!("mixed9_{i}"));
            let branch3x3dbl = forked(chain(x, [(448, 1), (384, 3)]));
            let name = format!("mixed{}", 9 + i);
            x = Concatenate(axis = 3, name = name)([branch1x1, branch3x3, branch3x3dbl, pooled_branch(x, 192)]);
        }

        if include_top {
            let x = GlobalAveragePooling2D(name = "avg_pool")(x);
            Dense(classes, activation = classifier_activation, name = "predictions")(x)
        } else {
            pooled(x, pooling)
        }
    }

    fn conv2d_bn(x, filters, kernel_size, strides = 1, padding = "same") {
        let x = Conv2D(filters, kernel_size, strides = strides, padding = padding, use_bias = false)(x);
        Activation("relu")(BatchNormalization(axis = 3, scale = false)(x))
    }

    fn chain(x, convolutions) {
        let mut x = x;
        for (filters, kernel_size) in convolutions {
            x = conv2d_bn(x, filters, kernel_size);
        }
        x
    }

    fn forked(x, name = None) {
        Concatenate(axis = 3, name = name)([conv2d_bn(x, 384, (1, 3)), conv2d_bn(x, 384, (3, 1))])
    }

    fn pooled_branch(x, filters) {
        conv2d_bn(AveragePooling2D(3, strides = 1, padding = "same")(x), filters, 1)
    }

    /// Keras's `InceptionV3`: 23,851,784 parameters.
    pub model InceptionV3(img: [299, 299, 3]) -> [1000] {
        inception_v3(img)
    }
}
