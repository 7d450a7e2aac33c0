use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        let x = residual(img, 3);
        residual(x, 3)
    }

    fn residual(input, filters) {
        let x = Conv2D(filters, 3)(input);
        x + input
    }
}

fn main() {}
