//! Shades of blue for shares: ColorBrewer's, which grow darker evenly for all eyes (Harrower and Brewer 2003).

/// From none to all.
const BLUES: [[u8; 3]; 9] = [
    [247, 251, 255],
    [222, 235, 247],
    [198, 219, 239],
    [158, 202, 225],
    [107, 174, 214],
    [66, 146, 198],
    [33, 113, 181],
    [8, 81, 156],
    [8, 48, 107],
];

/// The colour of a share, from 0 to 1. Small shares are told apart best: what is rarely mistaken is to be seen, too.
pub(super) fn shade(share: f64) -> String {
    let [red, green, blue] = mixed(share).map(|part| part.round() as u8);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Whether white can be read better on it than ink: the contrast as WCAG 2 reckons it.
pub(super) fn is_dark(share: f64) -> bool {
    const INK: [f64; 3] = [30.0, 41.0, 59.0];
    let (ground, ink) = (luminance(mixed(share)) + 0.05, luminance(INK) + 0.05);
    1.05 / ground > ground / ink
}

fn mixed(share: f64) -> [f64; 3] {
    let place = share.clamp(0.0, 1.0).sqrt() * (BLUES.len() - 1) as f64;
    let first = (place as usize).min(BLUES.len() - 2);
    let part = place - first as f64;
    std::array::from_fn(|i| f64::from(BLUES[first][i]) * (1.0 - part) + f64::from(BLUES[first + 1][i]) * part)
}

fn luminance(colour: [f64; 3]) -> f64 {
    let linear = |part: f64| if part <= 10.0 { part / 255.0 / 12.92 } else { ((part / 255.0 + 0.055) / 1.055).powf(2.4) };
    let [red, green, blue] = colour.map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_grow_darker() {
        assert_eq!([0.0, 0.25, 1.0].map(shade), ["#f7fbff", "#6baed6", "#08306b"]);
        let lights: Vec<f64> = (0..=100).map(|share| luminance(mixed(f64::from(share) / 100.0))).collect();
        assert!(lights.windows(2).all(|pair| pair[1] < pair[0]));
        assert_eq!([0.0, 0.25, 0.6, 1.0].map(is_dark), [false, false, true, true]);
    }

    /// Text of either colour stands out everywhere.
    #[test]
    fn what_is_written_can_be_read() {
        for share in (0..=100).map(|share| f64::from(share) / 100.0) {
            let ground = luminance(mixed(share)) + 0.05;
            let text = if is_dark(share) { 1.05 } else { luminance([30.0, 41.0, 59.0]) + 0.05 };
            let contrast = (text / ground).max(ground / text);
            assert!(contrast > 3.5, "{share}: {contrast}");
        }
    }
}
