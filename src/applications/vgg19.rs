//! Simonyan and Zisserman 2014, with 16 convolutions: see [`vgg16`](super::vgg16).

pub use super::imagenet_utils::caffe as preprocess_input;
use super::vgg16::vgg;
use crate::functional_model;

functional_model! {
    #![crate = crate]

    pub fn vgg19(img, include_top = true, pooling = None, classes = 1000, classifier_activation = "softmax") {
        vgg(img, [2, 2, 4, 4, 4], include_top, pooling, classes, classifier_activation)
    }

    /// Keras's `VGG19`: 143,667,240 parameters.
    pub model VGG19(img: [224, 224, 3]) -> [1000] {
        vgg19(img)
    }
}
