//! The fonts of drawings, and how wide text is in them. The widths stand here so that drawing needs no reader of fonts.

/// The family's name, which the fonts in `fonts/` have.
pub(super) const FAMILY: &str = "Inter";

/// A weight of the family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// For what is read second.
    Regular,
    /// For names.
    SemiBold,
}

impl Weight {
    /// The number that style sheets have for it.
    pub const fn number(self) -> u16 {
        match self {
            Self::Regular => 400,
            Self::SemiBold => 600,
        }
    }

    /// The font itself.
    #[cfg(any(feature = "png", test))]
    pub const fn data(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("fonts/Inter-Regular.otf"),
            Self::SemiBold => include_bytes!("fonts/Inter-SemiBold.otf"),
        }
    }

    const fn widths(self) -> &'static [u16; 95] {
        match self {
            Self::Regular => &REGULAR,
            Self::SemiBold => &SEMI_BOLD,
        }
    }
}

/// The width of a line of text of this size.
pub(super) fn width(text: &str, weight: Weight, size: f64) -> f64 {
    let units = text.chars().map(|letter| {
        let index = (letter as usize).checked_sub(' ' as usize);
        f64::from(index.and_then(|index| weight.widths().get(index)).copied().unwrap_or(OTHER))
    });
    units.sum::<f64>() * size / UNITS_PER_EM
}

const UNITS_PER_EM: f64 = 2816.0;

/// A width for letters that are not listed: wider than most.
const OTHER: u16 = 1900;

/// The widths of the letters from the space to the tilde.
const REGULAR: [u16; 95] = [
    792, 784, 1136, 1776, 1796, 2288, 1800, 624, 1020, 1020, 1408, 1856, 788, 1296, 776, 1004, 1760, 1308, 1704, 1792, 1808,
    1712, 1756, 1608, 1736, 1756, 776, 788, 1856, 1856, 1856, 1428, 2636, 1904, 1832, 2048, 2024, 1684, 1652, 2092, 2084, 744,
    1528, 1836, 1584, 2504, 2120, 2144, 1788, 2144, 1800, 1796, 1808, 2088, 1904, 2672, 1808, 1872, 1760, 1020, 1004, 1020, 1320,
    1272, 1400, 1588, 1748, 1572, 1748, 1640, 1016, 1716, 1664, 668, 668, 1532, 668, 2448, 1648, 1680, 1716, 1716, 1048, 1472,
    1024, 1636, 1568, 2288, 1520, 1568, 1524, 1020, 920, 1020, 1856,
];

const SEMI_BOLD: [u16; 95] = [
    699, 870, 1115, 1811, 1828, 2376, 1866, 600, 1108, 1108, 1530, 1894, 831, 1312, 818, 1066, 1878, 1354, 1750, 1835, 1875,
    1781, 1825, 1653, 1819, 1825, 818, 831, 1894, 1894, 1894, 1532, 2814, 2038, 1851, 2094, 2040, 1711, 1649, 2126, 2095, 774,
    1579, 1906, 1594, 2552, 2086, 2182, 1812, 2184, 1832, 1828, 1858, 2066, 2038, 2835, 1944, 1984, 1838, 1108, 1066, 1108, 1355,
    1318, 1400, 1618, 1775, 1626, 1775, 1669, 1062, 1761, 1726, 734, 734, 1602, 734, 2528, 1717, 1712, 1759, 1759, 1117, 1546,
    1070, 1713, 1622, 2358, 1584, 1622, 1582, 1108, 1008, 1108, 1894,
];
