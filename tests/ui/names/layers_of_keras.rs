use functional_model::prelude::*;

functional_model! {
    model Net(x: [8, 4]) {
        let a = TimeDistributed(4)(x);
        let b = Normalization()(x);
        let c = ActivityRegularization(0.1)(x);
        let d = Masking()(x);
        let e = Lambda("abs")(x);
        let f = RNN(4)(x);
        let g = EinsumDense("ab,bc->ac")(x);
        let h = ConvLSTM1D(4, 3)(x);
        Add()([a, b, c, d, e, f, g, h])
    }
}

fn main() {}
