//! A folder of images as a stream of batches.

use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2, Array3, Array4};

use super::listing::{given, inferred, list};
use super::options::{ImageDataset, Labels, Subset};
use super::resize::{Size, resize};
use super::{FolderProblem, file};
use crate::DataError;
use crate::dataset::{Dataset, Stack};
use crate::datasets::random_state::RandomState;

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

#[expect(clippy::type_complexity, reason = "the batches of a stream are pairs")]
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
