//! What can be wrong with an image, and its wording.

use std::io;

/// What is wrong with an image.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImageProblem {
    /// The file is no image, or one that is not read.
    #[error("expected an image in PNG or JPEG, found {found}")]
    Format {
        /// What the file begins like.
        found: String,
    },
    /// The file is broken or too large.
    #[error("expected a whole image: {0}")]
    Broken(#[from] Box<image::ImageError>),
    /// The array is no image.
    #[error("expected an array [height, width, channels] with 1, 3 or 4 channels and at least one pixel, found {found:?}")]
    Shape {
        /// The array's shape.
        found: Vec<usize>,
    },
    /// Numbers that are no colours.
    #[error("expected numbers from 0 to 255, or `scale` to bring them there, found some from {least} to {most}")]
    Range {
        /// The smallest.
        least: f32,
        /// The largest.
        most: f32,
    },
    /// A number is not finite.
    #[error("expected finite numbers, found others")]
    NotFinite,
    /// The file's name does not say which format to write.
    #[error("expected a name that ends in `.png`, `.jpg` or `.jpeg`")]
    Ending,
    /// JPEG has no transparent colours.
    #[error("expected 1 or 3 channels for JPEG, found 4; write a `.png`, or leave out the fourth")]
    Transparent,
    /// The system could not read or write.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What is wrong with a folder of images.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderProblem {
    /// There is no folder of a class.
    #[error("expected a folder for each class, found none{}", loose(*files))]
    NoClass {
        /// How many images lie in the folder itself.
        files: usize,
    },
    /// There is no image.
    #[error("expected images whose names end in `.png`, `.jpg` or `.jpeg`, found none")]
    NoImage,
    /// A class has no image.
    #[error("expected images of every class, found none in `{class}`; remove the folder, or leave it out of `class_names`")]
    EmptyClass {
        /// The class.
        class: String,
    },
    /// A class has no folder.
    #[error("there is no folder `{class}`: expected classes among {}", names(classes))]
    Class {
        /// The class that was asked for.
        class: String,
        /// The folders that there are.
        classes: Vec<String>,
    },
    /// A class is named twice.
    #[error("expected each class once in `class_names`, found `{class}` twice")]
    Twice {
        /// The class.
        class: String,
    },
    /// Labels that were given are not as many as the images.
    #[error("expected a label for each of {images} images, found {labels}")]
    Labels {
        /// How many images there are.
        images: usize,
        /// How many labels.
        labels: usize,
    },
    /// There are not two classes.
    #[error("expected 2 classes for labels of 0 and 1, found {found}")]
    Binary {
        /// How many classes there are.
        found: usize,
    },
    /// A label is no place among the classes.
    #[error("expected labels from 0 to {}, found {found}", classes.saturating_sub(1))]
    NoClassOf {
        /// The label.
        found: i32,
        /// How many classes there are.
        classes: usize,
    },
    /// There are no labels.
    #[error("the images have no labels: write `images()`")]
    NoLabels,
    /// A part has no image.
    #[error("expected at least one image in each part, found {images} images of which {validation} are for validation")]
    EmptyPart {
        /// How many images there are.
        images: usize,
        /// How many of them are for validation.
        validation: usize,
    },
    /// A label is negative.
    #[error("expected labels of at least 0, found {found}")]
    Negative {
        /// The label.
        found: i32,
    },
}

fn loose(files: usize) -> String {
    match files {
        0 => String::new(),
        files => format!(" but {files} images; for images without classes, write `labels: Labels::None`"),
    }
}

fn names(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
