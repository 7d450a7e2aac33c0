//! Makes pixels of the SVG, with the fonts that come along: the same on every machine.

use std::sync::Arc;

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb::Database};

use super::font::{FAMILY, Weight};

/// Pixels for each unit of the drawing.
const SCALE: f32 = 2.0;

/// The largest width or height in pixels; larger drawings are scaled down to it.
const LARGEST: f32 = 16_384.0;

/// Renders the drawing on white.
pub(super) fn render(svg: &str) -> Result<Vec<u8>, String> {
    let tree = Tree::from_str(svg, &options()).map_err(|error| error.to_string())?;
    let size = tree.size();
    let scale = SCALE.min(LARGEST / size.width().max(size.height()));
    let pixels = |length: f32| (length * scale).ceil() as u32;
    let mut pixmap = Pixmap::new(pixels(size.width()), pixels(size.height()))
        .ok_or_else(|| format!("{} by {} pixels do not fit the memory", pixels(size.width()), pixels(size.height())))?;
    pixmap.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    pixmap.encode_png().map_err(|error| error.to_string())
}

fn options() -> Options<'static> {
    let mut fonts = Database::new();
    for weight in [Weight::Regular, Weight::SemiBold] {
        fonts.load_font_data(weight.data().to_vec());
    }
    fonts.set_sans_serif_family(FAMILY);
    Options { fontdb: Arc::new(fonts), font_family: FAMILY.to_owned(), ..Options::default() }
}
