functional_model! {
    pub model Ensemble(inputs: [128]) -> [1] {
        let x = Member()(inputs);
        let y = Member()(inputs);
        let z = Member()(inputs);
        Average()([x, y, z])
    }

    pub model Member(inputs: [128]) -> [1] {
        Dense(1)(inputs)
    }
}
