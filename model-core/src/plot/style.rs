//! Colours and sizes. The colours tell families of layers apart, also for those who see few colours: hue and lightness both differ.

/// The colours of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Palette {
    /// The bar at the side.
    pub strong: &'static str,
    /// The border.
    pub border: &'static str,
    /// The ground.
    pub light: &'static str,
}

const fn palette(strong: &'static str, border: &'static str, light: &'static str) -> Palette {
    Palette { strong, border, light }
}

/// The colours of a family; families without colours of their own are grey.
pub(super) fn of_family(family: &str) -> Palette {
    match family {
        "input" | "output" => palette("#334155", "#94a3b8", "#f1f5f9"),
        "convolutional" => palette("#2f6fb3", "#a9c5e3", "#f1f6fc"),
        "basic" => palette("#5d51a3", "#c0b9df", "#f5f3fb"),
        "recurrent" | "attention" => palette("#0f7c80", "#9ccfd0", "#eff8f8"),
        "pooling" => palette("#b5622d", "#e3c2a9", "#fcf5f0"),
        "merging" => palette("#3f8750", "#aed2b6", "#f1f8f2"),
        "normalization" => palette("#96801f", "#d9cd98", "#faf8ec"),
        "activation" => palette("#b04a72", "#e2b4c7", "#fcf2f6"),
        "custom" => palette("#a3412e", "#dfb1a6", "#fbf3f1"),
        _ => palette("#76808c", "#cbd2da", "#f7f8fa"),
    }
}

/// The colour of names.
pub(super) const INK: &str = "#1e293b";
/// The colour of what is read second.
pub(super) const GREY: &str = "#5b6878";
/// The colour of edges.
pub(super) const EDGE: &str = "#64748b";
/// The border and ground of frames.
pub(super) const FRAME: (&str, &str) = ("#b6c0cc", "#fafbfc");

/// The size of names.
pub(super) const NAME: f64 = 13.0;
/// The size of what is read second.
pub(super) const DETAIL: f64 = 11.5;
/// The height of a layer's card, and of an input's or output's.
pub(super) const HEIGHT: f64 = 46.0;
/// See [`HEIGHT`].
pub(super) const PORT_HEIGHT: f64 = 32.0;
/// The room at the sides of a card's text.
pub(super) const PADDING: f64 = 14.0;
/// The least room between the left and the right column of a card.
pub(super) const GUTTER: f64 = 26.0;
/// The width of the bar at a card's side.
pub(super) const BAR: f64 = 5.0;
/// The room for a frame's title.
pub(super) const TITLE: f64 = 22.0;
/// The room around the drawing.
pub(super) const MARGIN: f64 = 16.0;

/// The colour of lines that numbers stand beside.
pub(super) const GRID: &str = "#e2e8f0";
/// The colour of the line below curves.
pub(super) const AXIS: &str = "#94a3b8";
/// The colours of curves: blue and orange, which all can tell apart (Okabe and Ito 2008).
pub(super) const TRAINING: &str = "#0072b2";
/// See [`TRAINING`].
pub(super) const VALIDATION: &str = "#d55e00";
