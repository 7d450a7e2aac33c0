use functional_model::prelude::*;

functional_model! {
    model Net(x: [8, 4]) {
        let a = CenterCrop(4)(x);
        let b = Normalization()(x);
        let c = ActivityRegularization(0.1)(x);
        let d = Masking()(x);
        let e = Lambda("abs")(x);
        let f = ConvLSTM2D(4, 3)(x);
        let g = EinsumDense("ab,bc->ac")(x);
        let h = MultiHeadAttention(2, 4)(x);
        Add()([a, b, c, d, e, f, g, h])
    }
}

fn main() {}
