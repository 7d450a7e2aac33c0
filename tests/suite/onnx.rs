//! Compiled models as ONNX files: the same bytes as those of the model that is read from its configuration.

use functional_model::prelude::*;
#[allow(unused_imports)] // with the feature, the prelude has it
use model_core::file::Export as _;

functional_model! {
    pub model Encoder(img: [8, 8, 3]) -> [4] {
        let x = residual(img, 3);
        let x = Conv2D(5, 3, strides = 2, padding = "same", activation = "relu")(x);
        Dense(4)(GlobalAveragePooling2D()(x))
    }

    /// Two convolutions that keep the size, and a skip connection.
    fn residual(input, filters) {
        let x = Conv2D(filters, 3, activation = "relu", padding = "same")(input);
        let x = BatchNormalization()(Conv2D(filters, 3, padding = "same")(x));
        x + input
    }
}

functional_model! {
    pub model Tickets(img: [8, 8, 3], other: [8, 8, 3], text: i32[words]) -> (kind: [3], urgency: [1]) {
        let words = LSTM(4)(Embedding(50, 6, mask_zero = true)(text));
        let both = Encoder();
        let x = Concatenate()([both(img), both(other), words]);
        let kind = Dense(3, activation = "softmax", name = "kind")(x);
        let urgency = Dense(1, name = "urgency")(Dropout(0.5)(x));
        (kind, urgency)
    }
}

#[test]
fn a_compiled_model_is_the_one_that_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let tickets = Tickets::new(7);
    tickets.export(path("compiled.onnx")).unwrap();
    tickets.save(path("tickets.safetensors")).unwrap();
    Model::load(path("tickets.safetensors")).unwrap().export(path("read.onnx")).unwrap();
    let compiled = std::fs::read(path("compiled.onnx")).unwrap();
    assert_eq!(compiled, std::fs::read(path("read.onnx")).unwrap());
    // The user's names are there, and what two calls of a model share is there once.
    let count = |text: &str| compiled.windows(text.len()).filter(|bytes| *bytes == text.as_bytes()).count();
    assert!(["img", "other", "text", "words", "urgency"].iter().all(|name| count(name) > 0));
    let kernels = compiled.windows(4).filter(|bytes| *bytes == tickets_kernel(&tickets)).count();
    assert_eq!(kernels, 1);
}

/// The bytes of the first number of the first weight, which no other number is.
fn tickets_kernel(tickets: &Tickets) -> [u8; 4] {
    let mut first = None;
    tickets.visit(&mut |weight, _| {
        if weight.shape.len() == 4 {
            first = first.or(weight.data.first().copied());
        }
    });
    first.unwrap().to_le_bytes()
}
