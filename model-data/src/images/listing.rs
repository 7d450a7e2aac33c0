//! The images in a folder, and their classes.

use std::fs;
use std::path::{Path, PathBuf};

use super::FolderProblem;
use super::options::ImageDataset;
use crate::DataError;

/// What Keras lists, so that places and labels are the same; of these, PNG and JPEG are read.
const ENDINGS: [&str; 5] = ["bmp", "gif", "jpeg", "jpg", "png"];

/// Files with their labels, and the names of the classes.
pub(super) type Classes = (Vec<String>, Vec<(PathBuf, i32)>);

/// Those of the folders in the folder, each a class.
pub(super) fn inferred(folder: &Path, options: &ImageDataset) -> Result<Classes, DataError> {
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

/// Those whose labels are given, in the order of their paths.
pub(super) fn given(folder: &Path, labels: &[i32], follow_links: bool) -> Result<Classes, DataError> {
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
pub(super) fn list(folder: &Path, follow_links: bool) -> Result<Vec<PathBuf>, DataError> {
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
