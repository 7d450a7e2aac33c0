//! Howard and others 2017, "MobileNets: efficient convolutional neural networks for mobile vision applications": each channel by itself, then
//! all of them at each place.

pub use super::imagenet_utils::tf as preprocess_input;
use super::top::pooled;
use crate::functional_model;

functional_model! {
    #![crate = crate]

    pub fn mobilenet(
        img,
        alpha = 1.0,
        depth_multiplier = 1,
        dropout = 0.001,
        include_top = true,
        pooling = None,
        classes = 1000,
        classifier_activation = "softmax",
    ) {
        let mut x = Conv2D(int(32 * alpha), 3, padding = "same", use_bias = false, strides = 2, name = "conv1")(img);
        x = activated(x, "conv1");
        let mut block = 1;
        for (filters, blocks) in [(64, 1), (128, 2), (256, 2), (512, 6), (1024, 2)] {
            for i in 0..blocks {
                let stride = if i == 0 && filters > 64 { 2 } else { 1 };
                x = separable(x, int(filters * alpha), depth_multiplier, stride, block);
                block = block + 1;
            }
        }
        if include_top {
            x = GlobalAveragePooling2D(keepdims = true)(x);
            x = Dropout(dropout, name = "dropout")(x);
            x = Conv2D(classes, 1, padding = "same", name = "conv_preds")(x);
            x = Reshape((classes,), name = "reshape_2")(x);
            Activation(classifier_activation, name = "predictions")(x)
        } else {
            pooled(x, pooling)
        }
    }

    /// A depthwise convolution and one of all channels.
    fn separable(x, filters, depth_multiplier, stride, block) {
        let x = if stride == 1 { x } else { ZeroPadding2D(((0, 1), (0, 1)), name = format!("conv_pad_{block}"))(x) };
        let padding = if stride == 1 { "same" } else { "valid" };
        let name = format!("conv_dw_{block}");
        let x = DepthwiseConv2D(
            3, padding = padding, depth_multiplier = depth_multiplier, strides = stride, use_bias = false, name = name,
        )(x);
        let x = activated(x, name);
        let name = format!("conv_pw_{block}");
        activated(Conv2D(filters, 1, padding = "same", use_bias = false, strides = 1, name = name)(x), name)
    }

    fn activated(x, name) {
        ReLU(6.0, name = name + "_relu")(BatchNormalization(name = name + "_bn")(x))
    }

    /// Keras's `MobileNet`: 4,253,864 parameters.
    pub model MobileNet(img: [224, 224, 3]) -> [1000] {
        mobilenet(img)
    }
}
