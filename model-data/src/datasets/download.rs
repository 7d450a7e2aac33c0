//! Files from the network, kept where Keras keeps them, and only with the right checksum.

use std::env;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use flate2::bufread::MultiGzDecoder;
use md5::Md5;
use model_core::file::{atomic, regular};
use sha2::{Digest, Sha256};

use super::{DataSet, PublishedFile};
use crate::DataError;

/// How long a server may take to answer, or to send the next bytes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A file that is downloaded where it is not there: Keras's arguments of `get_file`.
///
/// ```no_run
/// use model_data::datasets::GetFile;
///
/// let path = GetFile::new("flower_photos.tgz", "https://storage.googleapis.com/download.tensorflow.org/example_images/flower_photos.tgz")
///     .cache_subdir("flowers")
///     .get()?;
/// # Ok::<(), model_data::DataError>(())
/// ```
///
/// Source: <https://keras.io/api/utils/python_utils/#get_file-function>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetFile {
    /// The file's name in the cache.
    pub fname: String,
    /// The address.
    pub origin: String,
    /// What the file's bytes must come to: SHA-256 in 64 hexadecimal digits, or MD5 in 32. None by default.
    pub file_hash: Option<String>,
    /// The folder in the cache. `datasets` by default.
    pub cache_subdir: PathBuf,
    /// The cache. `$KERAS_HOME` by default, or else `~/.keras`.
    pub cache_dir: Option<PathBuf>,
    /// Whether to download a file that is there already. False by default.
    pub force_download: bool,
}

impl GetFile {
    /// A file of this name, from this address.
    #[must_use]
    pub fn new(fname: impl Into<String>, origin: impl Into<String>) -> Self {
        Self {
            fname: fname.into(),
            origin: origin.into(),
            file_hash: None,
            cache_subdir: PathBuf::from("datasets"),
            cache_dir: None,
            force_download: false,
        }
    }

    /// What the file's bytes must come to.
    #[must_use]
    pub fn file_hash(self, file_hash: impl Into<String>) -> Self {
        Self { file_hash: Some(file_hash.into()), ..self }
    }

    /// The folder in the cache.
    #[must_use]
    pub fn cache_subdir(self, cache_subdir: impl Into<PathBuf>) -> Self {
        Self { cache_subdir: cache_subdir.into(), ..self }
    }

    /// The cache.
    #[must_use]
    pub fn cache_dir(self, cache_dir: impl Into<PathBuf>) -> Self {
        Self { cache_dir: Some(cache_dir.into()), ..self }
    }

    /// Whether to download a file that is there already.
    #[must_use]
    pub fn force_download(self, force_download: bool) -> Self {
        Self { force_download, ..self }
    }

    /// Where the file is, which is downloaded if it is not there, or is another by its checksum. It is there whole or not at all.
    ///
    /// # Errors
    ///
    /// [`DataError::Download`] where the server does not answer, has no such file, breaks off or sends another one, or the file cannot be kept.
    pub fn get(&self) -> Result<PathBuf, DataError> {
        let failed = |problem| DataError::Download { address: self.origin.clone(), problem };
        let name = Path::new(&self.fname);
        if name.file_name() != Some(name.as_os_str()) {
            return Err(failed(DownloadProblem::Name { found: self.fname.clone() }));
        }
        let checksum = self.file_hash.as_deref().map(Checksum::read).transpose().map_err(failed)?;
        let folder = self.folder().map_err(failed)?;
        let path = folder.join(name);
        let is_there = || -> io::Result<bool> {
            let (mut file, _) = regular::open(&path)?;
            checksum.as_ref().map_or(Ok(true), |checksum| checksum.is_of(&mut file))
        };
        if !self.force_download && path.exists() && is_there().map_err(|error| failed(error.into()))? {
            return Ok(path);
        }
        fs::create_dir_all(&folder).map_err(|error| failed(error.into()))?;
        download(&self.origin, &path, checksum.as_ref()).map_err(failed)?;
        Ok(path)
    }

    fn folder(&self) -> Result<PathBuf, DownloadProblem> {
        let cache = self.cache_dir.clone().or_else(cache).ok_or(DownloadProblem::NoHome)?;
        Ok(cache.join(&self.cache_subdir))
    }
}

/// Where Keras keeps what it downloads.
fn cache() -> Option<PathBuf> {
    let home = || env::home_dir().map(|home| home.join(".keras"));
    env::var_os("KERAS_HOME").filter(|folder| !folder.is_empty()).map(PathBuf::from).or_else(home)
}

/// What is wrong with a download.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DownloadProblem {
    /// The server does not answer, or answers with an error.
    #[error(transparent)]
    Server(#[from] Box<ureq::Error>),
    /// The file ends before it should.
    #[error("expected {expected} bytes, the server sent {found}; try again")]
    BrokenOff {
        /// How many bytes were announced.
        expected: u64,
        /// How many came.
        found: u64,
    },
    /// The file is another.
    #[error("expected a file whose {algorithm} is {expected}, found {found}; nothing is kept")]
    Checksum {
        /// The name of the checksum.
        algorithm: &'static str,
        /// The checksum that is known.
        expected: String,
        /// That of the bytes that came.
        found: String,
    },
    /// What should be a checksum is none.
    #[error("expected a checksum of 64 hexadecimal digits (SHA-256) or 32 (MD5), found `{found}`")]
    NoChecksum {
        /// What was given.
        found: String,
    },
    /// A name is a path.
    #[error("expected a file's name without folders, found `{found}`; folders go to `cache_subdir`")]
    Name {
        /// What was given.
        found: String,
    },
    /// There is no folder to keep files in.
    #[error("there is no home folder: set `KERAS_HOME`, or give `cache_dir`")]
    NoHome,
    /// The system could not read or write.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What a file's bytes must come to.
struct Checksum {
    algorithm: &'static str,
    expected: String,
}

/// Of one of the two kinds.
enum Hasher {
    Sha256(Box<Sha256>),
    Md5(Md5),
}

impl Checksum {
    fn read(text: &str) -> Result<Self, DownloadProblem> {
        let algorithm = match text.len() {
            64 => "SHA-256",
            32 => "MD5",
            _ => "",
        };
        if algorithm.is_empty() || !text.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err(DownloadProblem::NoChecksum { found: text.to_owned() });
        }
        Ok(Self { algorithm, expected: text.to_ascii_lowercase() })
    }

    fn hasher(&self) -> Hasher {
        if self.algorithm == "MD5" { Hasher::Md5(Md5::new()) } else { Hasher::Sha256(Box::default()) }
    }

    fn is_of(&self, file: &mut File) -> io::Result<bool> {
        let mut hasher = self.hasher();
        io::copy(file, &mut hasher)?;
        Ok(hasher.finish() == self.expected)
    }
}

impl Hasher {
    fn finish(self) -> String {
        match self {
            Self::Sha256(hasher) => hexadecimal(&hasher.finalize()),
            Self::Md5(hasher) => hexadecimal(&hasher.finalize()),
        }
    }
}

impl Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Md5(hasher) => hasher.update(bytes),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn download(address: &str, path: &Path, checksum: Option<&Checksum>) -> Result<(), DownloadProblem> {
    let config = ureq::Agent::config_builder().timeout_connect(Some(PATIENCE)).timeout_recv_response(Some(PATIENCE)).build();
    let response = ureq::Agent::new_with_config(config).get(address).call().map_err(Box::new)?;
    let length = response.body().content_length();
    let mut reader = response.into_body().into_reader();
    let mut problem = None;
    let written = atomic::write(path, |file| {
        let mut hasher = checksum.map(Checksum::hasher);
        let found = copy(&mut reader, file, hasher.as_mut());
        problem = match (found, length) {
            (Ok(found) | Err((found, _)), Some(expected)) if found < expected => {
                Some(DownloadProblem::BrokenOff { expected, found })
            }
            (Err((_, error)), _) => Some(error.into()),
            (Ok(_), _) => checksum.zip(hasher).and_then(|(checksum, hasher)| other(checksum, hasher.finish())),
        };
        if problem.is_some() { Err(io::Error::other("the file is not kept")) } else { Ok(()) }
    });
    match problem {
        Some(problem) => Err(problem),
        None => Ok(written?),
    }
}

fn other(checksum: &Checksum, found: String) -> Option<DownloadProblem> {
    let (algorithm, expected) = (checksum.algorithm, checksum.expected.clone());
    (found != expected).then_some(DownloadProblem::Checksum { algorithm, expected, found })
}

/// How many bytes came, also where no more do.
fn copy(reader: &mut dyn Read, file: &mut File, mut hasher: Option<&mut Hasher>) -> Result<u64, (u64, io::Error)> {
    let mut buffer = vec![0; 1 << 16];
    let mut found = 0;
    loop {
        let read = match reader.read(&mut buffer) {
            Ok(0) => return Ok(found),
            Ok(read) => read,
            Err(error) => return Err((found, error)),
        };
        found += read as u64;
        let bytes = &buffer[..read];
        let hashed = hasher.as_mut().map_or(Ok(()), |hasher| hasher.write_all(bytes));
        hashed.and_then(|()| file.write_all(bytes)).map_err(|error| (u64::MAX, error))?;
    }
}

impl DataSet {
    /// The folder to give to the loader, into which the data set's files are downloaded where they are not there: `datasets` in Keras's cache.
    ///
    /// ```no_run
    /// use model_data::datasets::{self, DataSet};
    ///
    /// let (train, test) = datasets::fashion_mnist(DataSet::FashionMnist.download()?)?;
    /// # Ok::<(), model_data::DataError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`DataError::Download`], as of [`GetFile::get`].
    pub fn download(self) -> Result<PathBuf, DataError> {
        let [file, ..] = self.files() else { unreachable!("every data set has a file") };
        let cache =
            cache().ok_or_else(|| DataError::Download { address: file.address.to_owned(), problem: DownloadProblem::NoHome })?;
        self.download_to(&cache.join("datasets"), self.files())
    }

    fn download_to(self, folder: &Path, files: &[PublishedFile]) -> Result<PathBuf, DataError> {
        let subfolder = folder.join(self.subfolder());
        let contents = self.contents();
        if !contents.is_empty() && contents.iter().all(|name| subfolder.join(name).is_file()) {
            return Ok(folder.to_owned());
        }
        for file in files {
            let cache = if contents.is_empty() { &subfolder } else { folder };
            let get = GetFile::new(file.name, file.address).file_hash(file.checksum).cache_dir(cache).cache_subdir("");
            let path = get.get()?;
            if !contents.is_empty() {
                let unpacked = unpack(&path, &subfolder, contents);
                unpacked.map_err(|source| DataError::Io { path, source })?;
            }
        }
        Ok(folder.to_owned())
    }
}

/// Takes those files out of an archive, wherever they lie in it.
fn unpack(archive: &Path, folder: &Path, names: &[&str]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let (file, _) = regular::open(archive)?;
    let mut missing = names.to_vec();
    for entry in tar::Archive::new(MultiGzDecoder::new(BufReader::new(file))).entries()? {
        let mut entry = entry?;
        let name = entry.path()?.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some(place) = missing.iter().position(|missing| *missing == name).filter(|_| entry.header().entry_type().is_file())
        {
            atomic::write(&folder.join(missing.swap_remove(place)), |file| io::copy(&mut entry, file).map(drop))?;
        }
    }
    match missing.first() {
        None => Ok(()),
        Some(name) => Err(io::Error::other(format!("expected a file `{name}` in it, found none"))),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::*;
    use crate::source::testing::{folder, gzip};

    /// A server that gives so many answers of these bytes, which are said to be of this length.
    fn server(answers: usize, status: &'static str, length: usize, bytes: Vec<u8>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/file", listener.local_addr().unwrap());
        thread::spawn(move || {
            for stream in listener.incoming().take(answers) {
                let mut stream = stream.unwrap();
                let request = BufReader::new(stream.try_clone().unwrap());
                request.lines().map_while(Result::ok).take_while(|line| !line.is_empty()).for_each(drop);
                write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n").unwrap();
                let _ = stream.write_all(&bytes);
            }
        });
        address
    }

    fn sha256(bytes: &[u8]) -> String {
        hexadecimal(&Sha256::digest(bytes))
    }

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn keeps_the_right_file_and_asks_once() {
        let folder = folder(&[]);
        let bytes = b"the right file".to_vec();
        let address = server(1, "200 OK", bytes.len(), bytes.clone());
        let get = GetFile::new("file.txt", &address).file_hash(sha256(&bytes)).cache_dir(folder.path());
        for _ in 0..2 {
            let path = get.get().unwrap();
            assert_eq!(path, folder.path().join("datasets/file.txt"));
            assert_eq!(fs::read(path).unwrap(), bytes);
        }
        assert_eq!(names(&folder.path().join("datasets")), ["file.txt"]);
    }

    #[test]
    fn replaces_a_file_of_another_checksum() {
        let folder = folder(&[("datasets/file.txt", b"an older file")]);
        let bytes = b"the right file".to_vec();
        let address = server(2, "200 OK", bytes.len(), bytes.clone());
        let get = GetFile::new("file.txt", &address).file_hash(hexadecimal(&Md5::digest(&bytes))).cache_dir(folder.path());
        assert_eq!(fs::read(get.get().unwrap()).unwrap(), bytes);
        assert_eq!(fs::read(get.force_download(true).get().unwrap()).unwrap(), bytes);
    }

    #[test]
    fn keeps_no_other_file_and_none_that_breaks_off() {
        let folder = folder(&[("datasets/file.txt", b"an older file")]);
        let right = sha256(b"the right file");
        let check = |length: usize, bytes: &[u8], expected: &str| {
            let address = server(1, "200 OK", length, bytes.to_vec());
            let get = GetFile::new("file.txt", &address).file_hash(&right).cache_dir(folder.path());
            let error = get.get().unwrap_err().to_string();
            assert_eq!(error, format!("cannot download `{address}`: {expected}"));
            assert_eq!(names(&folder.path().join("datasets")), ["file.txt"]);
            assert_eq!(fs::read(folder.path().join("datasets/file.txt")).unwrap(), b"an older file");
        };
        let found = sha256(b"another file");
        check(12, b"another file", &format!("expected a file whose SHA-256 is {right}, found {found}; nothing is kept"));
        check(14, b"the right", "expected 14 bytes, the server sent 9; try again");
    }

    #[test]
    fn says_what_the_server_says() {
        let folder = folder(&[]);
        let address = server(1, "404 Not Found", 0, Vec::new());
        let error = GetFile::new("file.txt", &address).cache_dir(folder.path()).get().unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot download `{address}`: ")) && error.contains("404"), "{error}");
        assert_eq!(names(&folder.path().join("datasets")).len(), 0);
        let error = GetFile::new("../file.txt", "http://localhost").get().unwrap_err().to_string();
        assert!(
            error.ends_with("expected a file's name without folders, found `../file.txt`; folders go to `cache_subdir`"),
            "{error}"
        );
        let error = GetFile::new("file.txt", "http://localhost").file_hash("abc").get().unwrap_err().to_string();
        assert!(error.ends_with("expected a checksum of 64 hexadecimal digits (SHA-256) or 32 (MD5), found `abc`"), "{error}");
    }

    #[test]
    fn unpacks_an_archive_once() {
        let mut archive = tar::Builder::new(Vec::new());
        for name in ["cifar-100-binary/train.bin", "cifar-100-binary/test.bin", "cifar-100-binary/other.txt"] {
            let mut header = tar::Header::new_gnu();
            header.set_size(name.len() as u64);
            archive.append_data(&mut header, name, name.as_bytes()).unwrap();
        }
        let bytes = gzip(&archive.into_inner().unwrap());
        let checksum = sha256(&bytes).leak();
        let address = server(1, "200 OK", bytes.len(), bytes).leak();
        let file = PublishedFile { name: "cifar-100-binary.tar.gz", address, checksum };
        let folder = folder(&[]);
        for _ in 0..2 {
            assert_eq!(DataSet::Cifar100.download_to(folder.path(), &[file]).unwrap(), folder.path());
        }
        let mut unpacked = names(&folder.path().join("cifar-100-binary"));
        unpacked.sort();
        assert_eq!(unpacked, ["test.bin", "train.bin"]);
    }
}
