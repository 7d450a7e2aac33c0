//! Sources that were written of graphs: they compile to the same models, of which the same sources are written again. `model-macros` holds that they are
//! what is written of the models of the zoo.

use model_graph::config;

/// The models of a source.
macro_rules! sources {
    ($($module:ident $file:literal,)*) => {
        $(
            #[allow(missing_docs)]
            mod $module {
                use functional_model::prelude::*;

                include!(concat!("../source/", $file));
            }
        )*
    };
}

sources! {
    residual "res_net50.rs",
    mobile "mobile_net_v2.rs",
    tickets "tickets.rs",
    nested "autoencoder.rs",
    several "ensemble.rs",
    shared "shared_layer.rs",
    toy "toy_resnet.rs",
}

fn check(config: &str, source: &str) {
    let graph = config::from_json(config).unwrap();
    assert_eq!(model_exchange::source::write(&graph).unwrap(), source);
}

#[test]
fn sources_are_written_again_as_they_are() {
    check(residual::ResNet50::config(), include_str!("../source/res_net50.rs"));
    check(mobile::MobileNetV2::config(), include_str!("../source/mobile_net_v2.rs"));
    check(tickets::Tickets::config(), include_str!("../source/tickets.rs"));
    check(nested::Autoencoder::config(), include_str!("../source/autoencoder.rs"));
    check(several::Ensemble::config(), include_str!("../source/ensemble.rs"));
    check(shared::SharedLayer::config(), include_str!("../source/shared_layer.rs"));
    check(toy::ToyResnet::config(), include_str!("../source/toy_resnet.rs"));
}

/// As Keras's applications have without files: `ResNet50(weights=None).count_params()`.
#[test]
fn sources_have_as_many_parameters_as_keras_s_models() {
    assert_eq!(residual::ResNet50::PARAMETERS, 25_636_712);
    assert_eq!(mobile::MobileNetV2::PARAMETERS, 3_538_984);
}
