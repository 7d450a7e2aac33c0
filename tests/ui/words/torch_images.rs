use functional_model::prelude::*;

functional_model! {
    model Net(img: [32, 32, 3]) {
        let x = RandomHorizontalFlip()(img);
        let x = transforms.RandomRotation(30)(x);
        let x = transforms.RandomRotation((-10, 45))(x);
        let x = transforms.RandomCrop(32, padding = 4)(x);
        let x = transforms.RandomErasing(p = 0.25)(x);
        let x = Resize((64, 48))(x);
        nn.ColorJitter(0.2)(x)
    }

    model Old(img: [32, 32, 3]) {
        keras.layers.RandomHeight(0.2)(img)
    }
}

fn main() {}
