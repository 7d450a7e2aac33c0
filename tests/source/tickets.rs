functional_model! {
    pub model Tickets(title: [64], body: [128], tags: [12]) -> (priority: [1], department: [4]) {
        let x = Dense(128, activation = "relu")(title);
        let y = Dense(32, activation = "relu")(body);
        let x = Concatenate()([x, y, tags]);
        let priority = Dense(1, name = "priority")(x);
        let department = Dense(4, name = "department")(x);
        (priority, department)
    }
}
