//! Simonyan and Zisserman 2014, "Very deep convolutional networks for large-scale image recognition": small convolutions, 13 of them.

pub use super::imagenet_utils::caffe as preprocess_input;
use super::top::pooled;
use crate::functional_model;

functional_model! {
    #![crate = crate]

    pub fn vgg16(img, include_top = true, pooling = None, classes = 1000, classifier_activation = "softmax") {
        vgg(img, [2, 2, 3, 3, 3], include_top, pooling, classes, classifier_activation)
    }

    /// As many convolutions as are said, with twice the filters after each pooling.
    pub(crate) fn vgg(img, convolutions, include_top, pooling, classes, classifier_activation) {
        let mut x = img;
        for (block, filters) in [(1, 64), (2, 128), (3, 256), (4, 512), (5, 512)] {
            for i in 1..=convolutions[block - 1] {
                x = Conv2D(filters, 3, activation = "relu", padding = "same", name = format!("block{block}_conv{i}"))(x);
            }
            x = MaxPooling2D(2, strides = 2, name = format!("block{block}_pool"))(x);
        }
        if include_top {
            let x = Flatten(name = "flatten")(x);
            let x = Dense(4096, activation = "relu", name = "fc1")(x);
            let x = Dense(4096, activation = "relu", name = "fc2")(x);
            Dense(classes, activation = classifier_activation, name = "predictions")(x)
        } else {
            pooled(x, pooling)
        }
    }

    /// Keras's `VGG16`: 138,357,544 parameters.
    pub model VGG16(img: [224, 224, 3]) -> [1000] {
        vgg16(img)
    }
}
