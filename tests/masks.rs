//! Masks: which layers make them, hand them on and use them, through blocks, compiled and interpreted to the same bits.

use functional_model::prelude::*;
mod bits;

use bits::check;

functional_model! {
    /// Steps that are zero are set to zero, and those behind them, too.
    pub model Steps(x: [5, 2], y: [5, 2]) -> (a: [5, 2], b: [5, 4]) {
        let x = Masking(0.5)(x);
        (Dense(2)(x), Concatenate()([x, Masking()(y)]))
    }
}

#[test]
fn compiled_code_does_what_the_configuration_says() {
    check(Steps::new(7), Steps::config(), 3, &[]);
}
