use functional_model::prelude::*;

functional_model! {
    model Net(x: [5]) {
        let x = Dense(4, activity_regularizer = L2(-0.1))(x);
        let x = Dense(4, kernel_regularizer = "l3")(x);
        let x = ActivityRegularization(l1 = -1.0)(x);
        Dense(4, recurrent_regularizer = "l2")(x)
    }
}

fn main() {}
