use functional_model::prelude::*;

functional_model! {
    model Net(x: [6, 7]) {
        let a = EinsumDense("abc,cd->abd", [3, 4])(x);
        let b = EinsumDense("abc,cd->abd", 4)(x);
        let c = EinsumDense("abc,cd->abd", [None, None])(x);
        let d = EinsumDense("abc,cd->abd", [None, 4], bias_axes = "c")(x);
        let e = EinsumDense("ab,bc->ac", 4)(x);
        let f = EinsumDense("abc->ab", 4)(x);
        Add()([a, b, c, d, e, f])
    }
}

fn main() {}
