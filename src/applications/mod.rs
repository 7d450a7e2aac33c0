//! Ready architectures.

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

pub use model_data::imagenet as imagenet_utils;
