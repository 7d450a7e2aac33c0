//! Draws a model: inputs at the top, a card for each call of a layer, models inside it as frames.

use std::path::{Path, PathBuf};

use model_graph::{DuplicateName, Graph};

mod card;
mod dot;
mod drawing;
mod font;
mod layout;
mod picture;
#[cfg(feature = "png")]
mod png;
mod route;
mod straight;
mod style;
mod svg;
#[cfg(test)]
mod tests;

use drawing::Drawing;

/// Why a drawing was not written.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    /// The file's name does not say what kind of drawing it is to be.
    #[error("cannot draw to `{}`: expected a name that ends in `.svg`, `.png` or `.dot`", path.display())]
    Extension {
        /// The file.
        path: PathBuf,
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
    let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    let bytes = match extension.as_deref() {
        Some("svg") => to_svg(graph)?.into_bytes(),
        Some("dot") => to_dot(graph)?.into_bytes(),
        Some("png") => pixels(graph, path)?,
        _ => return Err(PlotError::Extension { path: path.to_owned() }),
    };
    std::fs::write(path, bytes).map_err(|source| PlotError::Write { path: path.to_owned(), source })
}

/// The drawing as the text of an SVG file.
///
/// # Errors
/// If two layers have one name.
pub fn to_svg(graph: &Graph) -> Result<String, DuplicateName> {
    Ok(svg::write(&layout::lay_out(&Drawing::new(&graph.flat()?.shown()))))
}

/// The drawing as the text of a file for Graphviz.
///
/// # Errors
/// If two layers have one name.
pub fn to_dot(graph: &Graph) -> Result<String, DuplicateName> {
    Ok(dot::write(&Drawing::new(&graph.flat()?.shown())))
}

#[cfg(feature = "png")]
fn pixels(graph: &Graph, path: &Path) -> Result<Vec<u8>, PlotError> {
    let drawing = Drawing::new(&graph.flat()?.shown());
    png::render(&layout::lay_out(&drawing)).map_err(|reason| PlotError::Pixels { path: path.to_owned(), reason })
}

#[cfg(not(feature = "png"))]
fn pixels(_: &Graph, path: &Path) -> Result<Vec<u8>, PlotError> {
    let reason = "this was built without the feature `png`; draw to an `.svg`".to_owned();
    Err(PlotError::Pixels { path: path.to_owned(), reason })
}
