use functional_model::prelude::*;

functional_model! {
    model Net(x: [8, 4]) {
        let a = Identity()(x);
        let b = TimeDistributed(4)(x);
        let c = GaussianNoise(0.1)(x);
        let d = RMSNormalization()(x);
        let e = Normalization()(x);
        let f = ActivityRegularization(0.1)(x);
        let g = Masking()(x);
        let h = Lambda("abs")(x);
        let i = RNN(4)(x);
        let j = EinsumDense("ab,bc->ac")(x);
        let k = ConvLSTM1D(4, 3)(x);
        let l = UnitNormalization()(x);
        let m = MultiHeadAttention(2, 4)(x);
        Add()([a, b, c, d, e, f, g, h, i, j, k, l, m])
    }
}

fn main() {}
