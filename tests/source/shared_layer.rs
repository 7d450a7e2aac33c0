functional_model! {
    pub model SharedLayer(text_a: [100, 16], text_b: [100, 16]) -> (encoded_a: [100, 128], encoded_b: [100, 128]) {
        let dense = Dense(128);
        let encoded_a = dense(text_a);
        let encoded_b = dense(text_b);
        (encoded_a, encoded_b)
    }
}
