use functional_model::prelude::*;

functional_model! {
    model Net(x: [64]) {
        let inputs = keras.Input(shape = (64,));
        let y = layers.Dense(32)(x);
        let y = keras.layers.Concatenate()([x, y]);
        let z = tf.nn.relu(x);
        Dense(10)(x)
    }
}

fn main() {}
