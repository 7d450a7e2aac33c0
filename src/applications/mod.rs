//! Ready architectures: Keras's `keras.applications`, written in [`functional_model!`](crate::functional_model). Feature `applications`.
//!
//! Each is a model of Keras's name, of Keras's default size and with its top, and a block, which makes a model of it for images of any other size and with
//! any other end. Their layers have Keras's names, so that Keras's own files of weights load into them, `.h5` of weights alone, `.weights.h5` and
//! `.keras`, with and without top.
//!
//! ```
//! use functional_model::applications::{mobilenet_v2, ResNet50};
//! use functional_model::prelude::*;
//!
//! assert_eq!(ResNet50::PARAMETERS, 25_636_712);
//!
//! functional_model! {
//!     /// Five kinds of flowers, by features that are learned already.
//!     pub model Flowers(img: [96, 96, 3]) -> [5] {
//!         let x = mobilenet_v2(img, alpha = 0.35, include_top = false, pooling = "avg");
//!         Dense(5)(Dropout(0.2)(x))
//!     }
//! }
//!
//! let images = ndarray::Array4::<f32>::zeros((1, 96, 96, 3));
//! assert_eq!(Flowers::new(42).predict(&images)?.shape(), [1, 5]);
//! # Ok::<(), Error>(())
//! ```
//!
//! What an image shows, by the weights that Keras publishes:
//!
//! ```no_run
//! use functional_model::applications::vgg16::{VGG16, preprocess_input};
//! use functional_model::applications::imagenet_utils::{ClassIndex, decode_predictions};
//! use functional_model::prelude::*;
//! # let image = ndarray::Array4::<u8>::zeros((1, 224, 224, 3));
//!
//! let mut model = VGG16::new(0);
//! model.load_weights("vgg16_weights_tf_dim_ordering_tf_kernels.h5")?;
//! let predictions = model.predict(&preprocess_input(&image)?)?; // colours from 0 to 255
//! let classes = ClassIndex::load("imagenet_class_index.json")?;
//! for found in &decode_predictions(&predictions, &classes, 5)?[0] {
//!     println!("{:<20} {:.3}", found.class_description, found.score);
//! }
//! # Ok::<(), Error>(())
//! ```
//!
//! | model | block | images | parameters | `preprocess_input` | paper |
//! |---|---|---|---|---|---|
//! | [`VGG16`] | `vgg16` | 224 × 224 | 138,357,544 | `caffe` | [Simonyan and Zisserman 2014](https://arxiv.org/abs/1409.1556) |
//! | [`VGG19`] | `vgg19` | 224 × 224 | 143,667,240 | `caffe` | the same |
//! | [`ResNet50`] | `resnet50` | 224 × 224 | 25,636,712 | `caffe` | [He and others 2015](https://arxiv.org/abs/1512.03385) |
//! | [`ResNet50V2`] | `resnet50_v2` | 224 × 224 | 25,613,800 | `tf` | [He and others 2016](https://arxiv.org/abs/1603.05027) |
//! | [`MobileNet`] | `mobilenet` | 224 × 224 | 4,253,864 | `tf` | [Howard and others 2017](https://arxiv.org/abs/1704.04861) |
//! | [`MobileNetV2`] | `mobilenet_v2` | 224 × 224 | 3,538,984 | `tf` | [Sandler and others 2018](https://arxiv.org/abs/1801.04381) |
//! | [`MobileNetV3Small`] | `mobilenet_v3_small` | 224 × 224 | 2,554,968 | `unchanged` | [Howard and others 2019](https://arxiv.org/abs/1905.02244) |
//! | [`MobileNetV3Large`] | `mobilenet_v3_large` | 224 × 224 | 5,507,432 | `unchanged` | the same |
//! | [`DenseNet121`] | `densenet121` | 224 × 224 | 8,062,504 | `torch` | [Huang and others 2016](https://arxiv.org/abs/1608.06993) |
//! | [`InceptionV3`] | `inception_v3` | 299 × 299 | 23,851,784 | `tf` | [Szegedy and others 2015](https://arxiv.org/abs/1512.00567) |
//! | [`Xception`] | `xception` | 299 × 299 | 22,910,480 | `tf` | [Chollet 2016](https://arxiv.org/abs/1610.02357) |
//! | [`EfficientNetB0`] | `efficientnet_b0` | 224 × 224 | 5,330,571 | `unchanged` | [Tan and Le 2019](https://arxiv.org/abs/1905.11946) |
//!
//! # What the blocks take
//!
//! An image, and by name Keras's arguments with its defaults, in its order:
//!
//! - `include_top = true`: whether scores of classes are given, or the features that they are made of, `[height, width, channels]`.
//! - `pooling = None`: what is done with the features, `"avg"`, `"max"` or nothing.
//! - `classes = 1000`, and `classifier_activation = "softmax"`, which `None` leaves out.
//! - `mobilenet*`: `alpha = 1.0`, the width of all layers.
//! - `mobilenet`: `depth_multiplier = 1` and `dropout = 0.001`.
//! - `mobilenet_v3_*`: `minimalistic = false`, without what is slow on some devices, `dropout_rate = 0.2` and `include_preprocessing = true`.
//! - `efficientnet_b0`: `weights = "imagenet"`, the network that Keras's weights of ImageNet belong to, which scales colours once more than the
//!   one that Keras makes with `weights=None`.
//!
//! Networks without top take images of any known size of at least 32 × 32, `inception_v3` of 75 × 75, `xception` of 71 × 71. A model costs some seconds
//! to compile, once; a block nothing until a model calls it.
//!
//! # Weights
//!
//! Nothing is fetched: files are read from where they lie, such as Keras's `~/.keras/models`. Their tensors are met in Keras's order of layers;
//! `load_weights_by_name` goes by the names, which takes a file with top into a network that has none, or another.
//!
//! Source: <https://keras.io/api/applications/>.

pub mod densenet;
pub mod efficientnet;
pub mod inception_v3;
pub mod mobilenet;
pub mod mobilenet_v2;
pub mod mobilenet_v3;
pub mod resnet;
pub mod resnet_v2;
mod top;
pub mod vgg16;
pub mod vgg19;
pub mod xception;

/// What stands before and behind the networks: colours as they were trained on, and predictions in words.
pub use model_data::imagenet as imagenet_utils;

pub use densenet::{DenseNet121, densenet121};
pub use efficientnet::{EfficientNetB0, efficientnet_b0};
pub use inception_v3::{InceptionV3, inception_v3};
pub use mobilenet::{MobileNet, mobilenet};
pub use mobilenet_v2::{MobileNetV2, mobilenet_v2};
pub use mobilenet_v3::{MobileNetV3Large, MobileNetV3Small, mobilenet_v3_large, mobilenet_v3_small};
pub use resnet::{ResNet50, resnet50};
pub use resnet_v2::{ResNet50V2, resnet50_v2};
pub use vgg16::{VGG16, vgg16};
pub use vgg19::{VGG19, vgg19};
pub use xception::{Xception, xception};
