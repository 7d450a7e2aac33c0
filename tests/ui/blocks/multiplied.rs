use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        a(x)
    }

    fn a(x) {
        let y = b(b(b(b(b(b(b(b(b(b(x))))))))));
        b(b(b(b(b(b(b(b(b(b(y))))))))))
    }

    fn b(x) {
        c(c(c(c(c(c(c(c(c(c(x))))))))))
    }

    fn c(x) {
        d(d(d(d(d(d(d(d(d(d(x))))))))))
    }

    fn d(x) {
        e(e(e(e(e(e(e(e(e(e(x))))))))))
    }

    fn e(x) {
        Dense(8)(Dense(8)(x))
    }
}

fn main() {}
