//! Files that are there whole or not at all.
//!
//! What is being written is locked by whoever writes it. The system gives a lock back when a program ends, however it ends: a file that is
//! not locked is nobody's any more, and the next writer of the same name removes it. Where a file system has no locks, nothing is removed.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::regular;

/// How long the part of a name may be that tells whose file is being written.
const LONGEST: usize = 200;

/// The letters and digits, chosen at random, behind that.
const RANDOM: usize = 6;

/// A file that is being written beside the one that it is to become. Where it is dropped before it is [finished](Self::finish), it leaves nothing.
#[derive(Debug)]
pub struct Unfinished {
    file: NamedTempFile,
    path: PathBuf,
}

impl Unfinished {
    /// A new file for a path.
    pub fn create(path: &Path) -> io::Result<Self> {
        if let Ok(metadata) = fs::metadata(path) {
            regular::check(&metadata)?;
        }
        let (folder, prefix) = (folder(path), prefix(path));
        remove_abandoned(folder, &prefix);
        Ok(Self { file: create(folder, &prefix)?, path: path.to_owned() })
    }

    /// Gives it the path's name, in place of what had it.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.file.as_file().sync_all()?;
        self.file.persist(&self.path).map_err(|error| error.error)?;
        sync_folder(folder(&self.path))
    }
}

impl Write for Unfinished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_file_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_file_mut().flush()
    }
}

/// Writes a file by way of another one beside it: whoever reads `path` at any time, or after a crash at any time, finds all of the old
/// content or all of the new.
pub fn write(path: &Path, content: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let mut unfinished = Unfinished::create(path)?;
    content(unfinished.file.as_file_mut())?;
    unfinished.finish()
}

/// The same, in many small pieces.
pub fn write_buffered(path: &Path, content: impl FnOnce(&mut BufWriter<&mut File>) -> io::Result<()>) -> io::Result<()> {
    write(path, |file| {
        let mut file = BufWriter::new(file);
        content(&mut file)?;
        file.flush()
    })
}

/// The folder of a path.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What the names start with of the files that are to become this one: `.saving-model.safetensors-`.
fn prefix(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let end = name.char_indices().map(|(place, _)| place).take_while(|&place| place <= LONGEST).last();
    let name = if name.len() > LONGEST { &name[..end.unwrap_or_default()] } else { &name };
    format!(".saving-{name}-")
}

/// A new file, locked.
fn create(folder: &Path, prefix: &str) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    let permissions = permissions();
    if let Some(permissions) = &permissions {
        builder.permissions(permissions.clone());
    }
    builder.prefix(prefix).rand_bytes(RANDOM);
    loop {
        let file = builder.tempfile_in(folder)?;
        // Before the lock, another writer may have taken it for abandoned.
        if file.as_file().lock().is_err() || file.path().exists() {
            return Ok(file);
        }
    }
}

/// Removes what writers have left that were killed. That some of it stays is no error.
fn remove_abandoned(folder: &Path, prefix: &str) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let random = name.to_str().and_then(|name| name.strip_prefix(prefix));
        let is_ours = random.is_some_and(|random| random.len() == RANDOM && random.chars().all(|c| c.is_ascii_alphanumeric()));
        if !is_ours || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        if let Ok(file) = File::open(entry.path())
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// What new files usually get; the process's mask takes away from it.
#[cfg(unix)]
fn permissions() -> Option<Permissions> {
    Some(std::os::unix::fs::PermissionsExt::from_mode(0o666))
}

#[cfg(not(unix))]
fn permissions() -> Option<Permissions> {
    None
}

/// Makes the new name last.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_that_fails_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model");
        write(&path, |file| file.write_all(b"old")).unwrap();
        let error = write(&path, |file| {
            file.write_all(b"ne")?;
            Err(io::Error::other("the disk is full"))
        });
        assert_eq!(error.unwrap_err().to_string(), "the disk is full");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        write(&path, |file| file.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert!(write(&folder.path().join("none/model"), |_| Ok(())).is_err());
    }

    #[test]
    fn what_was_abandoned_is_removed_and_what_is_being_written_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let long = "x".repeat(250);
        for abandoned in
            [".saving-model-a1B2c3", ".saving-model-2-a1B2c3", ".saving-model-a1B2c", ".saving-model-a1B2c.", ".saving-a1B2c3"]
        {
            fs::write(at(abandoned), b"part").unwrap();
        }
        fs::write(at(&format!("{}123456", prefix(&at(&long)))), b"part").unwrap();
        let written = File::create(at(".saving-model-living")).unwrap();
        written.lock().unwrap();
        write(&at("model"), |file| file.write_all(b"whole")).unwrap();
        let names = || {
            let mut names: Vec<_> =
                fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names.retain(|name| !name.contains("xxx"));
            names
        };
        let others = [".saving-a1B2c3", ".saving-model-2-a1B2c3", ".saving-model-a1B2c", ".saving-model-a1B2c."];
        assert_eq!(names(), [&others[..], &[".saving-model-living", "model"]].concat());
        drop(written);
        write(&at("model"), |_| Ok(())).unwrap();
        assert_eq!(names(), [&others[..], &["model"]].concat());
        write(&at(&long), |_| Ok(())).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), others.len() + 2);
    }

    #[cfg(unix)]
    #[test]
    fn nothing_but_a_regular_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let error = write(&socket, |_| Ok(())).unwrap_err();
        assert_eq!(error.to_string(), "expected a regular file, found a socket");
        assert!(write(folder.path(), |_| Ok(())).is_err());
        assert!(write(Path::new("/dev/null"), |_| Ok(())).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_for_whom_files_usually_are() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        write(&folder.path().join("saved"), |_| Ok(())).unwrap();
        fs::write(folder.path().join("plain"), b"").unwrap();
        assert_eq!(mode("saved"), mode("plain"));
    }
}
