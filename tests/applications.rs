//! The applications are Keras's: their configurations, what they compute, and the files of weights that they read. `applications/generate.py` makes what
//! they are compared with; weights follow from a rule that it has, too.
//!
//! `FUNCTIONAL_MODEL_APPLICATIONS=folder` also reads the files that `generate.py --files folder` has written, 8 GB of them.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use functional_model::applications::*;
use functional_model::exchange::keras::{canonical, leaves};
use functional_model::prelude::*;
use model_graph::config;
use ndarray::{Array4, ArrayD};
use safetensors::SafeTensors;
use serde_json::Value;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/applications");

/// Features of small images, by the blocks of the applications.
macro_rules! features {
    ($($name:ident $block:ident $size:literal,)*) => {
        mod features {
            use functional_model::applications::*;
            use functional_model::functional_model;

            $(functional_model! {
                pub model $name(img: [$size, $size, 3]) {
                    $block(img, include_top = false, pooling = "avg")
                }
            })*
        }
    };
}

features! {
    VGG16 vgg16 32,
    VGG19 vgg19 32,
    ResNet50 resnet50 64,
    ResNet50V2 resnet50_v2 64,
    MobileNet mobilenet 64,
    MobileNetV2 mobilenet_v2 64,
    MobileNetV3Small mobilenet_v3_small 64,
    MobileNetV3Large mobilenet_v3_large 64,
    DenseNet121 densenet121 64,
    InceptionV3 inception_v3 75,
    Xception xception 71,
    EfficientNetB0 efficientnet_b0 64,
}

macro_rules! tests {
    ($($test:ident $name:ident $module:ident $size:literal $least:literal,)*) => {
        $(
            #[test]
            fn $test() {
                let name = stringify!($name);
                let preprocess = |size| $module::preprocess_input(&images(size)).unwrap();
                check_config(name, $name::config());
                check(name, $name::new(1), &preprocess($size));
                let part = concat!(stringify!($name), "/features");
                check_config(part, features::$name::config());
                check(part, features::$name::new(1), &preprocess($least));
            }
        )*
    };
}

tests! {
    vgg16_is_keras_s VGG16 vgg16 224 32,
    vgg19_is_keras_s VGG19 vgg19 224 32,
    resnet50_is_keras_s ResNet50 resnet 224 64,
    resnet50_v2_is_keras_s ResNet50V2 resnet_v2 224 64,
    mobilenet_is_keras_s MobileNet mobilenet 224 64,
    mobilenet_v2_is_keras_s MobileNetV2 mobilenet_v2 224 64,
    mobilenet_v3_small_is_keras_s MobileNetV3Small mobilenet_v3 224 64,
    mobilenet_v3_large_is_keras_s MobileNetV3Large mobilenet_v3 224 64,
    densenet121_is_keras_s DenseNet121 densenet 224 64,
    inception_v3_is_keras_s InceptionV3 inception_v3 299 75,
    xception_is_keras_s Xception xception 299 71,
    efficientnet_b0_is_keras_s EfficientNetB0 efficientnet 224 64,
}

functional_model! {
    /// A view of a model of another crate.
    pub model Stem = MobileNetV3Small { img -> conv_bn };
}

#[test]
fn views_look_into_them() {
    let mut model = MobileNetV3Small::new(1);
    let images = images(224).mapv(|x| x / 255.0);
    let expected = Stem::of(&model).predict(&images).unwrap();
    assert_eq!(expected.shape(), [1, 112, 112, 16]);
    assert_eq!(Stem::of(&mut model).predict(&images).unwrap(), expected);
    let x = Tape::new().constant(&images).unwrap();
    assert_eq!(Stem::of(&model).call(&x).unwrap().array().unwrap(), expected);
}

/// The configuration is the one that Keras writes, but for what the model and its input are called.
fn check_config(name: &str, ours: &str) {
    let mut text = String::new();
    let mut archive = zip::ZipArchive::new(File::open(format!("{FOLDER}/configs.zip")).unwrap()).unwrap();
    archive.by_name(&format!("{name}.json")).unwrap().read_to_string(&mut text).unwrap();
    // Read and written again, it has what defaults it leaves out.
    let keras_s = config::write(&config::from_json(&text).unwrap());
    let ours: Value = serde_json::from_str(ours).unwrap();
    let names = |config: &Value| leaves(config).into_iter().skip(1).map(|leaf| leaf.name).collect::<Vec<_>>();
    assert_eq!(names(&ours), names(&keras_s), "{name}");
    let layers = |config: &Value| canonical(config)["config"]["layers"].as_array().unwrap().clone();
    for (ours, keras_s) in layers(&ours).iter().zip(&layers(&keras_s)) {
        assert_eq!(ours, keras_s, "{name}");
    }
    assert_eq!(canonical(&ours), canonical(&keras_s), "{name}");
}

/// The model computes what Keras's does, with weights of the rule and with those of files.
fn check(name: &str, mut model: impl Trainable + Save + Predict, images: &Array4<f32>) {
    fill(name, &mut model);
    compare(name, "", &model.predict(images).unwrap());
    let Some(folder) = std::env::var_os("FUNCTIONAL_MODEL_APPLICATIONS").map(PathBuf::from) else { return };
    for ending in ["h5", "weights.h5", "keras"] {
        model.visit_mut(&mut |weight| weight.data.fill(0.0));
        model.load_weights(folder.join(format!("{}.{ending}", name.replace('/', "_")))).unwrap();
        compare(name, ending, &model.predict(images).unwrap());
    }
}

fn compare(name: &str, ending: &str, found: &ArrayD<f32>) {
    let bytes = std::fs::read(format!("{FOLDER}/outputs.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let tensor = tensors.tensor(name).unwrap();
    assert_eq!(found.shape(), tensor.shape(), "{name}");
    let expected = tensor.data().chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()));
    let (difference, largest) = found
        .iter()
        .zip(expected)
        .fold((0.0_f32, 0.0_f32), |(difference, largest), (x, y)| (difference.max((x - y).abs()), largest.max(y.abs())));
    println!("{name} {ending}: {difference:e} of {largest:e}");
    assert!(difference <= 1e-4 * largest, "{name} {ending}: {difference:e} of {largest:e}");
}

/// Colours from 0 to 255.
fn images(size: usize) -> Array4<f32> {
    let mut numbers = numbers("images");
    Array4::from_shape_simple_fn((1, size, size, 3), || ((numbers.next().unwrap() + 1.0) * 127.5) as f32)
}

/// Numbers from -1 to 1 that look random: hashes of their places, by FNV-1a of the name and MurmurHash 3's last step.
fn numbers(name: &str) -> impl Iterator<Item = f64> + use<> {
    let seed = name.bytes().fold(0x811C_9DC5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (0_u32..).map(move |place| {
        let h = place.wrapping_add(seed);
        let h = (h ^ (h >> 16)).wrapping_mul(0x85EB_CA6B);
        let h = (h ^ (h >> 13)).wrapping_mul(0xC2B2_AE35);
        f64::from(h ^ (h >> 16)) / 2.0_f64.powi(31) - 1.0
    })
}

/// Weights by their names: what they compute stays about as large as it is.
fn fill<N: Trainable>(name: &str, model: &mut N) {
    let mut paths = model.graph().weights().into_iter().map(|(path, _)| path).collect::<Vec<_>>().into_iter();
    model.visit_mut(&mut |weight| {
        let path = paths.next().unwrap();
        let (mean, scale) = match (&*weight.name, weight.shape.as_slice()) {
            ("count", _) => return,
            // What it sees is large: one class would be all that is found.
            _ if path == "predictions/kernel" && name == "ResNet50" => (0.0, 1e-5),
            ("gamma" | "moving_variance" | "variance", _) => (1.0, 0.5),
            (kernel, [inputs @ .., _, 1] | [inputs @ .., _]) if kernel.ends_with("kernel") => {
                (0.0, (4.0 / inputs.iter().product::<usize>() as f64).sqrt())
            }
            _ => (0.0, 0.1),
        };
        weight.data.iter_mut().zip(numbers(&path)).for_each(|(x, number)| *x = (mean + scale * number) as f32);
    });
}
