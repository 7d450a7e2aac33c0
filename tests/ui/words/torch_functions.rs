use functional_model::prelude::*;

functional_model! {
    model Net(img: [7, 7, 64], other: [7, 7, 64]) {
        let a = torch.cat([img, other], dim = 1);
        let b = F.relu(img);
        let c = img.relu();
        let d = img.view(-1, 7 * 7 * 64);
        let e = img.flatten();
        let f = img.permute(0, 3, 1, 2);
        let g = torch.stack([img, other], dim = 1);
        let h = cat([img, other]);
        Dense(10)(Flatten()(img))
    }
}

fn main() {}
