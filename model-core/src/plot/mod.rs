//! Draws a model, inputs at the top, a card for each call of a layer, models inside it as frames; and what training and judging it gave, as
//! curves and as a matrix.

use std::path::{Path, PathBuf};

use model_graph::{DuplicateName, Graph};

mod axis;
mod card;
mod cards;
pub(crate) mod curves;
mod dot;
mod drawing;
mod font;
pub(crate) mod heat_map;
mod layout;
#[cfg(test)]
mod legible;
#[cfg(feature = "png")]
mod png;
mod route;
mod shade;
mod shape;
mod straight;
mod style;
mod svg;
#[cfg(test)]
mod tests;

use drawing::Drawing;
use shape::Picture;

/// Why a drawing was not written.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    /// The file's name does not say what kind of drawing it is to be.
    #[error("cannot draw to `{}`: expected a name that ends in {expected}", path.display())]
    Extension {
        /// The file.
        path: PathBuf,
        /// The endings that there are, in words.
        expected: &'static str,
    },
    /// The file cannot be written.
    #[error("cannot write the drawing to `{}`: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The drawing cannot be made into pixels.
    #[error("cannot draw `{}`: {reason}", path.display())]
    Pixels {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// Two layers have one name.
    #[error(transparent)]
    Names(#[from] DuplicateName),
}

/// Draws a graph to a file: an `.svg`, a `.png`, or a `.dot` for Graphviz.
///
/// Each call of a layer is a card with the layer's name and type, the shape of what it gives, and its number of parameters, in the colour
/// of its family. A model that is called as a layer is a frame with its layers inside. The same graph gives the same bytes.
///
/// # Errors
/// If the name ends otherwise, the file cannot be written, or two layers have one name.
pub fn plot(graph: &Graph, path: impl AsRef<Path>) -> Result<(), PlotError> {
    let path = path.as_ref();
    let bytes = match extension(path).as_deref() {
        Some("dot") => to_dot(graph)?.into_bytes(),
        Some("svg" | "png") => bytes(&of_model(graph)?, path)?,
        _ => return Err(PlotError::Extension { path: path.to_owned(), expected: "`.svg`, `.png` or `.dot`" }),
    };
    write(path, &bytes)
}

/// Draws a picture to a file: an `.svg`, or a `.png`.
pub(crate) fn save(picture: &Picture, path: &Path) -> Result<(), PlotError> {
    match extension(path).as_deref() {
        Some("svg" | "png") => write(path, &bytes(picture, path)?),
        _ => Err(PlotError::Extension { path: path.to_owned(), expected: "`.svg` or `.png`" }),
    }
}

/// A picture as the text of an SVG file.
pub(crate) fn svg_of(picture: &Picture) -> String {
    svg::write(picture)
}

fn extension(path: &Path) -> Option<String> {
    path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase)
}

/// A picture in the form that the file's name says: pixels, or otherwise SVG.
fn bytes(picture: &Picture, path: &Path) -> Result<Vec<u8>, PlotError> {
    if extension(path).as_deref() == Some("png") { pixels(picture, path) } else { Ok(svg::write(picture).into_bytes()) }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), PlotError> {
    std::fs::write(path, bytes).map_err(|source| PlotError::Write { path: path.to_owned(), source })
}

fn of_model(graph: &Graph) -> Result<Picture, DuplicateName> {
    Ok(cards::picture(&layout::lay_out(&Drawing::new(&graph.flat()?.shown()))))
}

/// The drawing as the text of an SVG file.
///
/// # Errors
/// If two layers have one name.
pub fn to_svg(graph: &Graph) -> Result<String, DuplicateName> {
    Ok(svg::write(&of_model(graph)?))
}

/// The drawing as the text of a file for Graphviz.
///
/// # Errors
/// If two layers have one name.
pub fn to_dot(graph: &Graph) -> Result<String, DuplicateName> {
    Ok(dot::write(&Drawing::new(&graph.flat()?.shown())))
}

#[cfg(feature = "png")]
fn pixels(picture: &Picture, path: &Path) -> Result<Vec<u8>, PlotError> {
    png::render(picture).map_err(|reason| PlotError::Pixels { path: path.to_owned(), reason })
}

#[cfg(not(feature = "png"))]
fn pixels(_: &Picture, path: &Path) -> Result<Vec<u8>, PlotError> {
    let reason = "this was built without the feature `png`; draw to an `.svg`".to_owned();
    Err(PlotError::Pixels { path: path.to_owned(), reason })
}
