//! Where the data sets are published: their files, addresses and checksums, in one table.

/// A data set that is read from files.
///
/// ```
/// use model_data::datasets::DataSet;
///
/// let [file] = DataSet::Imdb.files() else { unreachable!() };
/// assert_eq!(file.name, "imdb.npz");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DataSet {
    /// [`mnist`](super::mnist).
    Mnist,
    /// [`fashion_mnist`](super::fashion_mnist).
    FashionMnist,
    /// [`cifar10`](super::cifar10).
    Cifar10,
    /// [`cifar100`](super::cifar100).
    Cifar100,
    /// [`imdb`](super::imdb).
    Imdb,
    /// [`imdb_word_index`](super::imdb_word_index).
    ImdbWords,
    /// [`reuters`](super::reuters).
    Reuters,
    /// [`reuters_word_index`](super::reuters_word_index).
    ReutersWords,
    /// [`california_housing`](super::california_housing).
    CaliforniaHousing,
}

/// A file of a data set, as it is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PublishedFile {
    /// Its name, also in a folder of one's own.
    pub name: &'static str,
    /// Where it is.
    pub address: &'static str,
    /// What its bytes come to: SHA-256 in 64 hexadecimal digits, or MD5 in 32, where Keras has no other.
    pub checksum: &'static str,
}

const fn file(name: &'static str, address: &'static str, checksum: &'static str) -> PublishedFile {
    PublishedFile { name, address, checksum }
}

/// An address among the copies that Keras downloads.
macro_rules! keras {
    ($name:literal, $checksum:literal) => {
        file($name, concat!("https://storage.googleapis.com/tensorflow/tf-keras-datasets/", $name), $checksum)
    };
}

/// An address of the same four files of images of digits.
macro_rules! mnist {
    ($name:literal, $checksum:literal) => {
        file($name, concat!("https://storage.googleapis.com/cvdf-datasets/mnist/", $name), $checksum)
    };
}

const MNIST: &[PublishedFile] = &[
    mnist!("train-images-idx3-ubyte.gz", "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
    mnist!("train-labels-idx1-ubyte.gz", "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
    mnist!("t10k-images-idx3-ubyte.gz", "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
    mnist!("t10k-labels-idx1-ubyte.gz", "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
];

const FASHION_MNIST: &[PublishedFile] = &[
    keras!("train-images-idx3-ubyte.gz", "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
    keras!("train-labels-idx1-ubyte.gz", "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
    keras!("t10k-images-idx3-ubyte.gz", "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
    keras!("t10k-labels-idx1-ubyte.gz", "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
];

const CIFAR10: &[PublishedFile] = &[file(
    "cifar-10-binary.tar.gz",
    "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
)];

const CIFAR100: &[PublishedFile] = &[file(
    "cifar-100-binary.tar.gz",
    "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
    "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
)];

const IMDB: &[PublishedFile] = &[keras!("imdb.npz", "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f")];
const IMDB_WORDS: &[PublishedFile] = &[keras!("imdb_word_index.json", "bfafd718b763782e994055a2d397834f")];
const REUTERS: &[PublishedFile] = &[keras!("reuters.npz", "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916")];
const REUTERS_WORDS: &[PublishedFile] = &[keras!("reuters_word_index.json", "4d44cc38712099c9e383dc6e5f11a921")];
const CALIFORNIA_HOUSING: &[PublishedFile] =
    &[keras!("california_housing.npz", "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f")];

impl DataSet {
    /// The files that it is published in.
    #[must_use]
    pub const fn files(self) -> &'static [PublishedFile] {
        match self {
            Self::Mnist => MNIST,
            Self::FashionMnist => FASHION_MNIST,
            Self::Cifar10 => CIFAR10,
            Self::Cifar100 => CIFAR100,
            Self::Imdb => IMDB,
            Self::ImdbWords => IMDB_WORDS,
            Self::Reuters => REUTERS,
            Self::ReutersWords => REUTERS_WORDS,
            Self::CaliforniaHousing => CALIFORNIA_HOUSING,
        }
    }

    /// The subfolder that loaders look into first, and that files are downloaded to: as in Keras's cache, where it has one.
    pub(crate) const fn subfolder(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::FashionMnist => "fashion-mnist",
            Self::Cifar10 => "cifar-10-batches-bin",
            Self::Cifar100 => "cifar-100-binary",
            Self::Imdb | Self::ImdbWords | Self::Reuters | Self::ReutersWords | Self::CaliforniaHousing => "",
        }
    }

    /// Where a file is published, or the archive that holds it.
    pub(crate) fn address(self, name: &str) -> Option<&'static str> {
        let is_it = |file: &&PublishedFile| file.name.strip_suffix(".gz").unwrap_or(file.name) == name;
        let files = self.files();
        files.iter().find(is_it).or(if files.len() == 1 { files.first() } else { None }).map(|file| file.address)
    }
}
