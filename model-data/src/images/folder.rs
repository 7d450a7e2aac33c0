//! A folder of images as a stream of batches.

use std::fs;
use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2, Array3, Array4};

use super::resize::{Interpolation, Size, resize};
use super::{ColorMode, FolderProblem, file};
use crate::DataError;
use crate::dataset::{Dataset, Stack};
use crate::datasets::random_state::RandomState;

/// What Keras lists, so that places and labels are the same; of these, PNG and JPEG are read.
const ENDINGS: [&str; 5] = ["bmp", "gif", "jpeg", "jpg", "png"];

/// Where the labels of images come from: Keras's `labels`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Labels {
    /// Each folder in the folder is a class.
    #[default]
    Inferred,
    /// One for each image, in the order of their paths.
    Given(Vec<i32>),
    /// There are none.
    None,
}

/// A part of the images: Keras's `subset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subset {
    /// Those to learn from.
    Training,
    /// Those to judge by.
    Validation,
}

/// How a folder of images is read: Keras's arguments of `image_dataset_from_directory`, as a record or built up. Its `label_mode` is the method that
/// makes the stream.
///
/// ```
/// use model_data::images::{ImageDataset, Subset};
///
/// let options = ImageDataset { image_size: (180, 180), seed: 7, ..ImageDataset::default() };
/// assert_eq!(options, ImageDataset::default().image_size((180, 180)).seed(7));
/// assert_eq!((options.batch_size, options.shuffle), (32, true));
/// ```
///
/// Source: <https://keras.io/api/data_loading/image/#image_dataset_from_directory-function>.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageDataset {
    /// Where the labels come from. The folders by default.
    pub labels: Labels,
    /// The classes, in the order of their labels, where they are not all folders in the alphabet's order.
    pub class_names: Option<Vec<String>>,
    /// The colours. Red, green and blue by default.
    pub color_mode: ColorMode,
    /// The images of a batch. 32 by default.
    pub batch_size: usize,
    /// The height and width that images are brought to. 256 and 256 by default.
    pub image_size: (usize, usize),
    /// Whether the images are mixed, once before they are split, and again in every round. True by default.
    pub shuffle: bool,
    /// What the split follows from, which is Keras's for the same number. 0 by default.
    pub seed: u32,
    /// The share of the images, from the end, that is for validation; `subset` says which part is read. None by default.
    pub validation_split: Option<f64>,
    /// The part that is read, where the images are split.
    pub subset: Option<Subset>,
    /// How images are brought to their size. Bilinear by default.
    pub interpolation: Interpolation,
    /// Whether folders are looked into that are links. False by default.
    pub follow_links: bool,
    /// Whether what does not fit the proportions is cut off on both sides. False by default: images are distorted.
    pub crop_to_aspect_ratio: bool,
    /// Whether black is put on both sides where the proportions are others. False by default.
    pub pad_to_aspect_ratio: bool,
}

impl Default for ImageDataset {
    fn default() -> Self {
        Self {
            labels: Labels::Inferred,
            class_names: None,
            color_mode: ColorMode::Rgb,
            batch_size: 32,
            image_size: (256, 256),
            shuffle: true,
            seed: 0,
            validation_split: None,
            subset: None,
            interpolation: Interpolation::Bilinear,
            follow_links: false,
            crop_to_aspect_ratio: false,
            pad_to_aspect_ratio: false,
        }
    }
}

/// The methods that set a field each.
macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)*) => {
        $($(#[$doc])*
        #[must_use]
        pub fn $name(self, $name: $type) -> Self {
            Self { $name, ..self }
        })*
    };
}

impl ImageDataset {
    setters! {
        /// Where the labels come from.
        labels: Labels,
        /// The colours.
        color_mode: ColorMode,
        /// The images of a batch.
        batch_size: usize,
        /// The height and width that images are brought to.
        image_size: (usize, usize),
        /// Whether the images are mixed.
        shuffle: bool,
        /// What the split follows from.
        seed: u32,
        /// How images are brought to their size.
        interpolation: Interpolation,
        /// Whether folders are looked into that are links.
        follow_links: bool,
        /// Whether what does not fit is cut off.
        crop_to_aspect_ratio: bool,
        /// Whether black is put on both sides.
        pad_to_aspect_ratio: bool,
    }

    /// The classes, in the order of their labels.
    #[must_use]
    pub fn class_names<S: Into<String>>(self, class_names: impl IntoIterator<Item = S>) -> Self {
        Self { class_names: Some(class_names.into_iter().map(Into::into).collect()), ..self }
    }

    /// The share of the images that is for validation.
    #[must_use]
    pub fn validation_split(self, validation_split: f64) -> Self {
        Self { validation_split: Some(validation_split), ..self }
    }

    /// The part that is read.
    #[must_use]
    pub fn subset(self, subset: Subset) -> Self {
        Self { subset: Some(subset), ..self }
    }

    fn check(&self) -> Result<Size, DataError> {
        let refused =
            |name, expected: &str, found: String| Err(DataError::Argument { name, expected: expected.to_owned(), found });
        if self.batch_size == 0 {
            return refused("batch_size", "at least 1", "0".to_owned());
        }
        if let Some(split) = self.validation_split.filter(|split| !(*split > 0.0 && *split < 1.0)) {
            return refused("validation_split", "a share between 0 and 1", split.to_string());
        }
        if self.validation_split.is_some() != self.subset.is_some() {
            let found = if self.subset.is_some() { "`subset` alone" } else { "`validation_split` alone" };
            return refused("subset", "`validation_split` and `subset` together", found.to_owned());
        }
        if self.crop_to_aspect_ratio && self.pad_to_aspect_ratio {
            return refused("pad_to_aspect_ratio", "to cut or to pad, or neither", "both".to_owned());
        }
        if self.class_names.is_some() && self.labels != Labels::Inferred {
            return refused("class_names", "names of folders with `Labels::Inferred`", "other labels".to_owned());
        }
        Size::new("image_size", self.image_size)
    }
}

/// A folder of images that has been looked through, of which streams are made: [`int`](Self::int), [`categorical`](Self::categorical),
/// [`binary`](Self::binary) and [`images`](Self::images), Keras's `label_mode`.
#[derive(Clone, Debug)]
pub struct ImageFolder {
    /// The classes, in the order of their labels; none of images without labels.
    pub class_names: Vec<String>,
    /// The files, in the order of the first round, but for the mixing in every round.
    pub file_paths: Vec<PathBuf>,
    /// The class of each file; none of images without labels.
    pub labels: Vec<i32>,
    folder: PathBuf,
    options: ImageDataset,
    size: Size,
}

/// Looks through a folder of images, one folder a class:
///
/// ```text
/// flowers/daisy/1.jpg
/// flowers/daisy/2.jpg
/// flowers/rose/1.png
/// ```
///
/// Images are read, brought to one size and put into batches as they are needed, on rayon's threads, in an order that follows from the seeds alone. They are
/// `[batch, height, width, channels]`, from 0 to 255, as in Keras.
///
/// ```no_run
/// use model_data::images::{ImageDataset, Subset, image_dataset_from_directory};
///
/// let options = ImageDataset::default().image_size((180, 180)).validation_split(0.2);
/// let train = image_dataset_from_directory("flowers", options.clone().subset(Subset::Training))?;
/// let validation = image_dataset_from_directory("flowers", options.subset(Subset::Validation))?;
/// println!("{:?}", train.class_names);
/// let (train, validation) = (train.int()?, validation.int()?); // for `fit`
/// # Ok::<(), model_data::DataError>(())
/// ```
///
/// # Errors
///
/// [`DataError`] where the folder cannot be read, has no classes or images, a class is empty, labels are not as many as images, or an argument is out of
/// range. An image that cannot be read is an error of the stream, in its place.
///
/// Source: <https://keras.io/api/data_loading/image/#image_dataset_from_directory-function>.
pub fn image_dataset_from_directory(folder: impl AsRef<Path>, options: ImageDataset) -> Result<ImageFolder, DataError> {
    let folder = folder.as_ref();
    let size = options.check()?;
    let failed = |problem| DataError::ImageFolder { folder: folder.to_owned(), problem };
    let (class_names, mut files) = match &options.labels {
        Labels::Inferred => inferred(folder, &options)?,
        Labels::Given(labels) => given(folder, labels, options.follow_links)?,
        Labels::None => (Vec::new(), list(folder, options.follow_links)?.into_iter().map(|path| (path, 0)).collect()),
    };
    if files.is_empty() {
        return Err(failed(FolderProblem::NoImage));
    }
    if options.shuffle {
        let order = RandomState::new(options.seed).shuffled(files.len());
        files = order.into_iter().map(|place| files[place].clone()).collect();
    }
    if let Some(split) = options.validation_split {
        let validation = (split * files.len() as f64) as usize;
        let place = files.len() - validation;
        if validation == 0 || place == 0 {
            return Err(failed(FolderProblem::EmptyPart { images: files.len(), validation }));
        }
        let rest = files.split_off(place);
        if options.subset == Some(Subset::Validation) {
            files = rest;
        }
    }
    let (file_paths, mut labels): (Vec<_>, Vec<_>) = files.into_iter().unzip();
    if options.labels == Labels::None {
        labels.clear();
    }
    Ok(ImageFolder { class_names, file_paths, labels, folder: folder.to_owned(), options, size })
}

/// Files with their labels, and the names of the classes.
type Classes = (Vec<String>, Vec<(PathBuf, i32)>);

fn inferred(folder: &Path, options: &ImageDataset) -> Result<Classes, DataError> {
    let failed = |problem| DataError::ImageFolder { folder: folder.to_owned(), problem };
    let (folders, files) = entries(folder)?;
    let there: Vec<String> = folders.into_iter().filter(|name| !name.starts_with('.')).collect();
    if there.is_empty() {
        let files = files.iter().filter(|name| is_image(name)).count();
        return Err(failed(FolderProblem::NoClass { files }));
    }
    let classes = options.class_names.clone().unwrap_or_else(|| there.clone());
    if let Some(class) = classes.iter().find(|class| !there.contains(class)) {
        return Err(failed(FolderProblem::Class { class: class.clone(), classes: there }));
    }
    let mut labelled = Vec::new();
    for (label, class) in classes.iter().enumerate() {
        if classes[..label].contains(class) {
            return Err(failed(FolderProblem::Twice { class: class.clone() }));
        }
        let files = list(&folder.join(class), options.follow_links)?;
        if files.is_empty() {
            return Err(failed(FolderProblem::EmptyClass { class: class.clone() }));
        }
        labelled.extend(files.into_iter().map(|path| (path, label as i32)));
    }
    Ok((classes, labelled))
}

fn given(folder: &Path, labels: &[i32], follow_links: bool) -> Result<Classes, DataError> {
    let failed = |problem| DataError::ImageFolder { folder: folder.to_owned(), problem };
    let files = list(folder, follow_links)?;
    if files.len() != labels.len() {
        return Err(failed(FolderProblem::Labels { images: files.len(), labels: labels.len() }));
    }
    if let Some(&found) = labels.iter().find(|&&label| label < 0) {
        return Err(failed(FolderProblem::Negative { found }));
    }
    let mut classes = labels.to_vec();
    classes.sort_unstable();
    classes.dedup();
    Ok((classes.iter().map(ToString::to_string).collect(), files.into_iter().zip(labels.iter().copied()).collect()))
}

/// The images in a folder and the folders in it, as Keras sorts them: by folder, then by name.
fn list(folder: &Path, follow_links: bool) -> Result<Vec<PathBuf>, DataError> {
    let mut folders = vec![folder.to_owned()];
    let mut looked = 0;
    let mut images = Vec::new();
    while let Some(next) = folders.get(looked).cloned() {
        looked += 1;
        // A link back to where it stands would be looked into for ever.
        if folders[..looked - 1].iter().any(|before| follow_links && is_same(before, &next)) {
            continue;
        }
        let (within, files) = entries(&next)?;
        let files: Vec<_> = files.into_iter().filter(|name| is_image(name)).map(|name| next.join(name)).collect();
        images.push((next.clone(), files));
        folders.extend(within.into_iter().map(|name| next.join(name)).filter(|path| follow_links || !path.is_symlink()));
    }
    images.sort_by(|first, second| first.0.as_os_str().cmp(second.0.as_os_str()));
    Ok(images.into_iter().flat_map(|(_, files)| files).collect())
}

fn is_same(first: &Path, second: &Path) -> bool {
    matches!((first.canonicalize(), second.canonicalize()), (Ok(first), Ok(second)) if first == second)
}

/// The names of the folders and of the files in a folder, sorted. Links are what they lead to.
fn entries(folder: &Path) -> Result<(Vec<String>, Vec<String>), DataError> {
    let failed = |source| DataError::Io { path: folder.to_owned(), source };
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if entry.path().is_dir() { folders.push(name) } else { files.push(name) }
    }
    folders.sort_unstable();
    files.sort_unstable();
    Ok((folders, files))
}

fn is_image(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

impl ImageFolder {
    /// Batches of images and the numbers of their classes, `[batch]`: Keras's `label_mode = "int"`, for `SparseCategoricalCrossentropy`.
    ///
    /// # Errors
    ///
    /// [`DataError::ImageFolder`] where the images have no labels.
    pub fn int(&self) -> Result<Dataset<(Array4<f32>, Array1<i32>)>, DataError> {
        self.labelled(|label| label)
    }

    /// Batches of images and a row for each with 1 at the place of its class, `[batch, classes]`: Keras's `label_mode = "categorical"`.
    ///
    /// # Errors
    ///
    /// [`DataError::ImageFolder`] where the images have no labels, or one that is no place among the classes.
    pub fn categorical(&self) -> Result<Dataset<(Array4<f32>, Array2<f32>)>, DataError> {
        let classes = self.class_names.len();
        self.check_labels(classes)?;
        self.labelled(move |label| Array1::from_shape_fn(classes, |class| f32::from(u8::from(class as i32 == label))))
    }

    /// Batches of images and 0 or 1 for each, `[batch, 1]`: Keras's `label_mode = "binary"`, for `BinaryCrossentropy`.
    ///
    /// # Errors
    ///
    /// [`DataError::ImageFolder`] where there are not two classes, 0 and 1.
    pub fn binary(&self) -> Result<Dataset<(Array4<f32>, Array2<f32>)>, DataError> {
        let found = self.class_names.len();
        if found != 2 {
            return Err(self.error(FolderProblem::Binary { found }));
        }
        self.check_labels(found)?;
        self.labelled(|label| Array1::from_elem(1, label as f32))
    }

    /// Batches of images without labels: Keras's `label_mode = None`.
    #[must_use]
    pub fn images(&self) -> Dataset<Array4<f32>> {
        self.stream(self.file_paths.clone(), |path, read| read.image(&path))
    }

    fn error(&self, problem: FolderProblem) -> DataError {
        DataError::ImageFolder { folder: self.folder.clone(), problem }
    }

    /// Labels that were given need not be numbers of classes.
    fn check_labels(&self, classes: usize) -> Result<(), DataError> {
        let other = self.labels.iter().find(|&&label| label as usize >= classes);
        other.map_or(Ok(()), |&found| Err(self.error(FolderProblem::NoClassOf { found, classes })))
    }

    fn labelled<Y: Stack>(
        &self,
        label: impl Fn(i32) -> Y + Clone + Send + Sync + 'static,
    ) -> Result<Dataset<(Array4<f32>, Y::Batch)>, DataError> {
        if self.labels.is_empty() {
            return Err(self.error(FolderProblem::NoLabels));
        }
        let files: Vec<_> = self.file_paths.iter().cloned().zip(self.labels.iter().copied()).collect();
        Ok(self.stream(files, move |(path, number), read| Ok((read.image(&path)?, label(number)))))
    }

    fn stream<F: Clone + Send + Sync + 'static, T: Stack>(
        &self,
        files: Vec<F>,
        read: impl Fn(F, &Reader) -> Result<T, DataError> + Clone + Send + Sync + 'static,
    ) -> Dataset<T::Batch> {
        let reader = Reader { options: self.options.clone(), size: self.size };
        let count = files.len();
        let files = Dataset::from_items(files);
        let files = if self.options.shuffle { files.shuffle(count) } else { files };
        files.try_par_map(move |file| read(file, &reader)).batch(self.options.batch_size)
    }
}

/// How an image is read.
#[derive(Clone)]
struct Reader {
    options: ImageDataset,
    size: Size,
}

impl Reader {
    fn image(&self, path: &Path) -> Result<Array3<f32>, DataError> {
        let image = self.options.color_mode.pixels(&file::read(path)?).mapv(f32::from);
        let (size, interpolation) = (self.size, self.options.interpolation);
        Ok(if self.options.crop_to_aspect_ratio {
            resize(size.cut(image.view()), size, interpolation)
        } else if self.options.pad_to_aspect_ratio {
            resize(size.pad(image.view()).view(), size, interpolation)
        } else {
            resize(image.view(), size, interpolation)
        })
    }
}
