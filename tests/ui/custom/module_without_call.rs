use functional_model::layers::Dense;
use functional_model::prelude::*;

#[derive(Module)]
struct Net {
    hidden: Layer<Dense>,
}

fn main() -> Result<()> {
    let net = Net { hidden: Dense::new(4).build(&[2], 1)? };
    OwnModel::with_inputs(net, &Input::new([2])).map(drop)
}
