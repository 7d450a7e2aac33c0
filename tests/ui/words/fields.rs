use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        self.fc = Dense(4);
        let y = self.fc(x);
        y
    }
}

fn main() {}
