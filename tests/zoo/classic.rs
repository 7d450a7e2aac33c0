//! Networks before skip connections.

use functional_model::functional_model;

functional_model! {
    /// LeCun and others 1998.
    pub model LeNet5(img: [32, 32, 1]) -> [10] {
        let x = Conv2D(6, 5, activation = "tanh")(img);
        let x = AveragePooling2D(2)(x);
        let x = Conv2D(16, 5, activation = "tanh")(x);
        let x = AveragePooling2D(2)(x);
        let x = Conv2D(120, 5, activation = "tanh")(x);
        let x = Flatten()(x);
        let x = Dense(84, activation = "tanh")(x);
        Dense(10, activation = "softmax")(x)
    }

    /// Krizhevsky and others 2012, with the groups of its two graphics cards.
    pub model AlexNet(img: [227, 227, 3]) -> [1000] {
        let x = Conv2D(96, 11, strides = 4, activation = "relu")(img);
        let x = MaxPooling2D(3, strides = 2)(x);
        let x = Conv2D(256, 5, padding = "same", groups = 2, activation = "relu")(x);
        let x = MaxPooling2D(3, strides = 2)(x);
        let x = Conv2D(384, 3, padding = "same", activation = "relu")(x);
        let x = Conv2D(384, 3, padding = "same", groups = 2, activation = "relu")(x);
        let x = Conv2D(256, 3, padding = "same", groups = 2, activation = "relu")(x);
        let x = MaxPooling2D(3, strides = 2)(x);
        let x = Flatten()(x);
        let x = Dropout(0.5)(Dense(4096, activation = "relu")(x));
        let x = Dropout(0.5)(Dense(4096, activation = "relu")(x));
        Dense(1000, activation = "softmax")(x)
    }

    /// Simonyan and Zisserman 2014, with 16 layers: loops over the numbers of convolutions.
    pub model Vgg16(img: [224, 224, 3]) -> [1000] {
        let mut x = img;
        for (filters, convolutions) in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)] {
            for _ in 0..convolutions {
                x = Conv2D(filters, 3, padding = "same", activation = "relu")(x);
            }
            x = MaxPooling2D(2, strides = 2)(x);
        }
        let x = Flatten()(x);
        let x = Dense(4096, activation = "relu")(x);
        let x = Dense(4096, activation = "relu")(x);
        Dense(1000, activation = "softmax")(x)
    }

    /// The same with 19 layers: blocks, and names by which others find its activations.
    pub model Vgg19(img: [224, 224, 3]) -> [1000] {
        let x = Conv2D(64, 3, padding = "same", activation = "relu", name = "block1_conv1")(img);
        let x = Conv2D(64, 3, padding = "same", activation = "relu", name = "block1_conv2")(x);
        let x = MaxPooling2D(2, strides = 2)(x);
        let x = Conv2D(128, 3, padding = "same", activation = "relu", name = "block2_conv1")(x);
        let x = Conv2D(128, 3, padding = "same", activation = "relu", name = "block2_conv2")(x);
        let x = MaxPooling2D(2, strides = 2)(x);
        let x = four(x, 256);
        let x = four(x, 512);
        let block5 = four(x, 512);
        let x = Flatten(name = "flatten")(block5);
        let x = Dense(4096, activation = "relu", name = "fc1")(x);
        let x = Dense(4096, activation = "relu", name = "fc2")(x);
        Dense(1000, activation = "softmax", name = "predictions")(x)
    }

    fn four(x, filters) {
        let mut x = x;
        for _ in 0..4 {
            x = Conv2D(filters, 3, padding = "same", activation = "relu")(x);
        }
        MaxPooling2D(2, strides = 2)(x)
    }

    /// The guide's feature extraction: activations on the way.
    pub model Vgg19Features = Vgg19 { img -> (block1_conv1, block2_conv1, conv2d, conv2d_4, conv2d_8, block5, fc1, predictions) };

    /// Simonyan and Zisserman's smallest, in sequence.
    pub model Vgg11(img: [224, 224, 3]) -> [1000] = Sequential([
        Conv2D(64, 3, padding = "same", activation = "relu"),
        MaxPooling2D(),
        Conv2D(128, 3, padding = "same", activation = "relu"),
        MaxPooling2D(),
        Conv2D(256, 3, padding = "same", activation = "relu"),
        Conv2D(256, 3, padding = "same", activation = "relu"),
        MaxPooling2D(),
        Conv2D(512, 3, padding = "same", activation = "relu"),
        Conv2D(512, 3, padding = "same", activation = "relu"),
        MaxPooling2D(),
        Conv2D(512, 3, padding = "same", activation = "relu"),
        Conv2D(512, 3, padding = "same", activation = "relu"),
        MaxPooling2D(),
        Flatten(),
        Dense(4096, activation = "relu"),
        Dropout(0.5),
        Dense(4096, activation = "relu"),
        Dropout(0.5),
        Dense(1000, activation = "softmax"),
    ]);

    /// Lin and others 2013: small perceptrons slid over the image.
    pub model NetworkInNetwork(img: [32, 32, 3]) -> [10] {
        let x = perceptrons(img, 192, 5, [160, 96]);
        let x = Dropout(0.5)(MaxPooling2D(3, strides = 2, padding = "same")(x));
        let x = perceptrons(x, 192, 5, [192, 192]);
        let x = Dropout(0.5)(AveragePooling2D(3, strides = 2, padding = "same")(x));
        let x = perceptrons(x, 192, 3, [192, 10]);
        Softmax()(GlobalAveragePooling2D()(x))
    }

    fn perceptrons(x, filters, kernel_size, units) {
        let mut x = Conv2D(filters, kernel_size, padding = "same", activation = "relu")(x);
        for units in units {
            x = Conv2D(units, 1, activation = "relu")(x);
        }
        x
    }

    /// Springenberg and others 2014: no pooling.
    pub model AllConvolutional(img: [32, 32, 3]) -> [10] {
        let mut x = Dropout(0.2)(img);
        for filters in [96, 192] {
            x = Conv2D(filters, 3, padding = "same", activation = "relu")(x);
            x = Conv2D(filters, 3, padding = "same", activation = "relu")(x);
            x = Conv2D(filters, 3, padding = "same", strides = 2, activation = "relu")(x);
            x = Dropout(0.5)(x);
        }
        for (filters, kernel_size) in [(192, 3), (192, 1), (10, 1)] {
            x = Conv2D(filters, kernel_size, padding = "same", activation = "relu")(x);
        }
        Activation("softmax")(GlobalAveragePooling2D()(x))
    }

    /// Iandola and others 2016: AlexNet's accuracy with fifty times fewer parameters.
    pub model SqueezeNet(img: [227, 227, 3]) -> [1000] {
        let x = Conv2D(64, 3, strides = 2, activation = "relu")(img);
        let x = MaxPooling2D(3, strides = 2)(x);
        let x = fire(x, squeeze = 16, expand = 64);
        let x = fire(x, squeeze = 16, expand = 64);
        let x = MaxPooling2D(3, strides = 2)(x);
        let x = fire(x, squeeze = 32, expand = 128);
        let x = fire(x, squeeze = 32, expand = 128);
        let x = MaxPooling2D(3, strides = 2)(x);
        let x = fire(x, squeeze = 48, expand = 192);
        let x = fire(x, squeeze = 48, expand = 192);
        let x = fire(x, squeeze = 64, expand = 256);
        let x = fire(x, squeeze = 64, expand = 256);
        let x = Dropout(0.5)(x);
        let x = Conv2D(1000, 1, activation = "relu")(x);
        let x = GlobalAveragePooling2D()(x);
        Activation("softmax")(x)
    }

    fn fire(x, squeeze, expand) {
        let x = Conv2D(squeeze, 1, activation = "relu")(x);
        let left = Conv2D(expand, 1, activation = "relu")(x);
        let right = Conv2D(expand, 3, padding = "same", activation = "relu")(x);
        Concatenate()([left, right])
    }

    /// Mnih and others 2015: the values of actions, from four frames of a game.
    pub model DeepQNetwork(frames: [84, 84, 4]) -> [18] = Sequential([
        Rescaling(0.00392156862745098),
        Conv2D(32, 8, strides = 4, activation = "relu"),
        Conv2D(64, 4, strides = 2, activation = "relu"),
        Conv2D(64, 3, activation = "relu"),
        Flatten(),
        Dense(512, activation = "relu"),
        Dense(18),
    ]);
}

pub const MODELS: &[crate::Entry] =
    entries![LeNet5, AlexNet, Vgg16, Vgg19, Vgg19Features, Vgg11, NetworkInNetwork, AllConvolutional, SqueezeNet, DeepQNetwork,];
