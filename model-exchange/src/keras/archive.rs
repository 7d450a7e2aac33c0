//! Archives, `.keras`: a ZIP file of a configuration, the variables and who wrote them.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom, Write};

use serde_json::{Value, json};
use zip::read::ZipFile;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::KerasProblem;
use crate::hdf5::{self, Node};
use crate::part::FilePart;

const METADATA: &str = "metadata.json";
const CONFIG: &str = "config.json";
const WEIGHTS: &str = "model.weights.h5";

/// The most that a member may grow to as it is unpacked: this and so many times the archive.
const MOST_UNPACKED: (u64, u64) = (48 << 20, 3);

/// How many members an archive may have to be read where it lies: Keras writes three, and one for each thing that a layer stores by itself.
const MOST_MEMBERS: usize = 256;

/// The version of Keras that what is written is like.
const VERSION: &str = "3.15.1";

/// What an archive holds.
#[derive(Debug)]
pub struct Archive<'b> {
    /// The version of Keras that wrote it, where it says so.
    pub version: Option<String>,
    /// The configuration, and with it how the model was compiled.
    pub config: Value,
    /// A file of HDF5 with the variables.
    pub weights: Cow<'b, [u8]>,
}

impl<'b> Archive<'b> {
    /// Reads an archive.
    ///
    /// # Errors
    /// If it is none, is damaged, or has members that Keras does not write.
    pub fn read(bytes: &'b [u8]) -> Result<Self, KerasProblem> {
        let mut archive = open(Cursor::new(bytes))?;
        let length = bytes.len() as u64;
        let (version, config) = documents(&mut archive, length)?;
        let weights = member(&mut archive, bytes, WEIGHTS)?;
        Ok(Self { version, config, weights })
    }
}

/// An archive whose variables are read where they lie in the file: they are not packed.
#[derive(Debug)]
pub struct ArchiveFile {
    /// The version of Keras that wrote it, where it says so.
    pub version: Option<String>,
    /// The configuration, and with it how the model was compiled.
    pub config: Value,
    /// The file of HDF5 with the variables.
    pub weights: FilePart,
    /// The checksum that the variables should have.
    pub checksum: u32,
}

impl ArchiveFile {
    /// Reads all of an archive but its variables; nothing where they are packed, or where there are more members than Keras writes.
    ///
    /// # Errors
    /// As those of [`Archive::read`]. Whether the variables are damaged is not looked at.
    pub fn open(file: File, length: u64) -> Result<Option<Self>, KerasProblem> {
        let again = file.try_clone().map_err(|error| KerasProblem::Archive(error.to_string()))?;
        let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| KerasProblem::Archive(error.to_string()))?;
        if archive.len() > MOST_MEMBERS {
            return Ok(None);
        }
        check_names(&mut archive)?;
        let (version, config) = documents(&mut archive, length)?;
        let weights = found(&mut archive, WEIGHTS)?;
        let Some(start) = weights.data_start().filter(|_| weights.compression() == CompressionMethod::Stored) else {
            return Ok(None);
        };
        let (size, checksum) = (weights.size(), weights.crc32());
        if start.checked_add(size).is_none_or(|end| end > length) {
            return Err(KerasProblem::Damaged { name: WEIGHTS, error: "it ends behind the archive's end".to_owned() });
        }
        drop(weights);
        Ok(Some(Self { version, config, weights: FilePart::new(again, start, size), checksum }))
    }
}

/// The version of Keras that wrote an archive of this length, where it says so, and the configuration.
fn documents<R: Read + Seek>(archive: &mut ZipArchive<R>, length: u64) -> Result<(Option<String>, Value), KerasProblem> {
    let config = document(archive, CONFIG, length)?;
    let metadata = document(archive, METADATA, length).unwrap_or_default();
    Ok((metadata["keras_version"].as_str().map(ToOwned::to_owned), config))
}

/// The configuration of an archive alone; nothing else of the file is read.
///
/// # Errors
/// As those of [`Archive::read`], where they are not of the weights.
pub fn config(mut file: impl Read + Seek) -> Result<Value, KerasProblem> {
    let length = file.seek(SeekFrom::End(0)).map_err(|error| KerasProblem::Archive(error.to_string()))?;
    document(&mut open(file)?, CONFIG, length)
}

fn open<R: Read + Seek>(file: R) -> Result<ZipArchive<R>, KerasProblem> {
    let mut archive = ZipArchive::new(file).map_err(|error| KerasProblem::Archive(error.to_string()))?;
    check_names(&mut archive)?;
    Ok(archive)
}

/// The document that a member of an archive of this length is.
fn document<R: Read + Seek>(archive: &mut ZipArchive<R>, name: &'static str, length: u64) -> Result<Value, KerasProblem> {
    let document = unpacked(found(archive, name)?, name, length)?;
    serde_json::from_slice(&document).map_err(|error| KerasProblem::Json { name, error: error.to_string() })
}

/// A member of a name.
fn found<'a, R: Read + Seek>(archive: &'a mut ZipArchive<R>, name: &'static str) -> Result<ZipFile<'a, R>, KerasProblem> {
    if archive.index_for_name(name).is_none() {
        return Err(KerasProblem::Member { name, found: members(archive) });
    }
    archive.by_name(name).map_err(|error| KerasProblem::Damaged { name, error: error.to_string() })
}

fn members<R: Read + Seek>(archive: &ZipArchive<R>) -> String {
    archive.file_names().flatten().take(10).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Refuses names that lead out of a folder, and links: nothing is ever unpacked to a disk, and a file that has them is none of Keras's.
fn check_names<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<(), KerasProblem> {
    for place in 0..archive.len() {
        let file = archive.by_index_raw(place).map_err(|error| KerasProblem::Archive(error.to_string()))?;
        let name = file.name().map_err(|error| KerasProblem::Archive(error.to_string()))?;
        let what = match () {
            () if file.is_symlink() => "a link to another file",
            () if file.encrypted() => "an encrypted member",
            () if name.starts_with('/') || name.contains(['\\', ':', '\0']) || name.split('/').any(|part| part == "..") => {
                "a name that leads out of the archive's folder"
            }
            () => continue,
        };
        return Err(KerasProblem::Refused { name: name.into_owned(), what });
    }
    Ok(())
}

/// A member's bytes, where they lie if they are not packed.
fn member<'b>(
    archive: &mut ZipArchive<Cursor<&'b [u8]>>,
    bytes: &'b [u8],
    name: &'static str,
) -> Result<Cow<'b, [u8]>, KerasProblem> {
    let damaged = |error: &dyn std::fmt::Display| KerasProblem::Damaged { name, error: error.to_string() };
    let file = found(archive, name)?;
    if file.compression() == CompressionMethod::Stored {
        let size = file.size();
        let start = file.data_start().and_then(|start| usize::try_from(start).ok());
        let range = start.zip(usize::try_from(size).ok()).and_then(|(start, size)| Some(start..start.checked_add(size)?));
        let slice = range.and_then(|range| bytes.get(range)).ok_or_else(|| damaged(&"it ends behind the archive's end"))?;
        if crc32fast::hash(slice) != file.crc32() {
            return Err(damaged(&"its checksum is another"));
        }
        return Ok(Cow::Borrowed(slice));
    }
    unpacked(file, name, bytes.len() as u64).map(Cow::Owned)
}

/// The bytes of a member in an archive of this length, no more than it may unpack to.
fn unpacked<R: Read>(file: ZipFile<'_, R>, name: &'static str, length: u64) -> Result<Vec<u8>, KerasProblem> {
    let damaged = |error: String| KerasProblem::Damaged { name, error };
    let (size, most) = (file.size(), MOST_UNPACKED.0.saturating_add(length.saturating_mul(MOST_UNPACKED.1)));
    if size > most {
        return Err(KerasProblem::Bomb { name, size, most });
    }
    let mut unpacked = Vec::new();
    file.take(most).read_to_end(&mut unpacked).map_err(|error| damaged(error.to_string()))?;
    if unpacked.len() as u64 != size {
        return Err(damaged(format!("expected {size} bytes, found {}", unpacked.len())));
    }
    Ok(unpacked)
}

/// Writes an archive.
///
/// # Errors
/// If it cannot be written.
pub fn write(to: &mut (impl Write + Seek), config: &Value, weights: &Node<'_>) -> io::Result<()> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
    let mut archive = ZipWriter::new(to);
    let metadata = json!({ "keras_version": VERSION, "date_saved": "1980-01-01@00:00:00" });
    for (name, document) in [(METADATA, &metadata), (CONFIG, config)] {
        archive.start_file(name, options)?;
        serde_json::to_writer(&mut archive, document)?;
    }
    archive.start_file(WEIGHTS, options)?;
    hdf5::write(weights, &mut archive)?;
    archive.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive with these members, packed or not.
    fn zip(members: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
        let mut written = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in members {
            written.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
            written.write_all(content).unwrap();
        }
        written.finish().unwrap().into_inner()
    }

    fn check(bytes: &[u8], expected: &str) {
        let error = Archive::read(bytes).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.starts_with(expected), "{error:?} for {expected:?}");
    }

    #[test]
    fn what_is_written_is_read_where_it_lies() {
        let mut file = Cursor::new(Vec::new());
        write(&mut file, &json!({ "class_name": "Functional" }), &Node::group()).unwrap();
        let bytes = file.into_inner();
        let archive = Archive::read(&bytes).unwrap();
        assert_eq!((archive.version.as_deref(), &archive.config), (Some(VERSION), &json!({ "class_name": "Functional" })));
        assert!(matches!(archive.weights, Cow::Borrowed(weights) if weights.starts_with(hdf5::SIGNATURE)));
        let packed = zip(&[(CONFIG, b"{}"), (WEIGHTS, b"weights")], CompressionMethod::Deflated);
        let archive = Archive::read(&packed).unwrap();
        assert_eq!((archive.version, archive.weights), (None, Cow::Owned(b"weights".to_vec())));
    }

    #[test]
    fn what_no_archive_of_keras_has_is_refused() {
        use CompressionMethod::{Deflated, Stored};
        check(b"PK\x03\x04", "the archive is damaged: ");
        check(
            &zip(&[(WEIGHTS, b"")], Stored),
            "the archive has no `config.json`: expected what Keras 3 saves, found `model.weights.h5`",
        );
        check(&zip(&[(CONFIG, b"{}"), ("model.weights.npz", b"")], Stored), "the archive has no `model.weights.h5`");
        check(&zip(&[(CONFIG, b"{")], Stored), "`config.json` in the file is no JSON: ");
        for name in ["../config.json", "/etc/passwd", "assets/../../x", "a\\..\\b"] {
            // No library writes such names.
            let innocent = "x".repeat(name.len());
            let bytes = zip(&[(CONFIG, b"{}"), (WEIGHTS, b""), (&innocent, b"")], Stored);
            let mut evil = bytes.clone();
            for place in 0..bytes.len() - name.len() {
                if bytes[place..].starts_with(innocent.as_bytes()) {
                    evil[place..place + name.len()].copy_from_slice(name.as_bytes());
                }
            }
            let expected = format!("`{name}` in the archive is a name that leads out of the archive's folder: it is refused");
            check(&evil, &expected);
        }
        let mut link = ZipWriter::new(Cursor::new(Vec::new()));
        link.add_symlink(WEIGHTS, "/etc/passwd", SimpleFileOptions::default()).unwrap();
        check(&link.finish().unwrap().into_inner(), "`model.weights.h5` in the archive is a link to another file: it is refused");
        // 60 MB of zeros in 60 kB.
        let bomb = zip(&[(CONFIG, b"{}"), (WEIGHTS, &vec![0; 60 << 20])], Deflated);
        assert!(bomb.len() < 1 << 17);
        check(&bomb, "`model.weights.h5` in the archive says it unpacks to 62914560 bytes: expected at most ");
        // A bit of a member that is not packed.
        let mut changed = zip(&[(CONFIG, b"{}"), (WEIGHTS, b"numbers")], Stored);
        let place = changed.windows(7).position(|window| window == b"numbers").unwrap();
        changed[place] ^= 1;
        check(&changed, "`model.weights.h5` in the archive is damaged: ");
    }
}
