//! Regular files only: a pipe, a device or a socket may never begin, or never end.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;

/// Opens a file to read, and tells how long it is.
///
/// # Errors
/// If it cannot be opened, or is no regular file.
pub fn open(path: &Path) -> io::Result<(File, u64)> {
    check(&fs::metadata(path)?)?; // before it is opened: to open a pipe is to wait for whoever writes to it
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    check(&metadata)?; // by now, the name may be another's
    Ok((file, metadata.len()))
}

/// Fills all of `bytes` with what a file has from a place on.
///
/// # Errors
/// If it ends before, or cannot be read.
#[cfg(unix)]
pub fn read_at(file: &File, bytes: &mut [u8], place: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, place)
}

/// Fills all of `bytes` with what a file has from a place on.
///
/// # Errors
/// If it ends before, or cannot be read.
#[cfg(not(unix))]
pub fn read_at(file: &File, bytes: &mut [u8], place: u64) -> io::Result<()> {
    use std::io::{Read, Seek, SeekFrom};
    use std::sync::{Mutex, PoisonError};

    // The place is that of all who hold the file.
    static PLACE: Mutex<()> = Mutex::new(());
    let _turn = PLACE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut file = file;
    file.seek(SeekFrom::Start(place))?;
    file.read_exact(bytes)
}

/// Refuses what is no regular file.
///
/// # Errors
/// If it is a folder, a pipe, a device or a socket.
pub fn check(metadata: &Metadata) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let found = if metadata.is_dir() { "a folder" } else { special(metadata) };
    Err(io::Error::new(io::ErrorKind::InvalidInput, format!("expected a regular file, found {found}")))
}

#[cfg(unix)]
fn special(metadata: &Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt;

    let kind = metadata.file_type();
    match () {
        () if kind.is_fifo() => "a pipe",
        () if kind.is_socket() => "a socket",
        () => "a device",
    }
}

#[cfg(not(unix))]
fn special(_: &Metadata) -> &'static str {
    "something else"
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use super::*;

    #[test]
    fn nothing_but_a_regular_file_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let made = Command::new("mkfifo").arg(at("pipe")).status();
        assert!(made.is_ok_and(|status| status.success()), "`mkfifo` is everywhere");
        let _socket = UnixListener::bind(at("socket")).unwrap();
        fs::write(at("file"), b"four").unwrap();
        symlink(at("file"), at("link")).unwrap();
        symlink(at("pipe"), at("link to a pipe")).unwrap();
        symlink(at("loop"), at("loop")).unwrap();
        let check = |path: &Path, expected: &str| {
            let error = open(path).unwrap_err().to_string();
            assert_eq!(error, format!("expected a regular file, found {expected}"), "{}", path.display());
        };
        check(folder.path(), "a folder");
        check(&at("pipe"), "a pipe");
        check(&at("link to a pipe"), "a pipe");
        check(&at("socket"), "a socket");
        check(Path::new("/dev/zero"), "a device");
        assert!(open(&at("loop")).is_err() && open(&at("none")).is_err());
        assert_eq!([at("file"), at("link")].map(|path| open(&path).unwrap().1), [4, 4]);
    }
}
