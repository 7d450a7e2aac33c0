//! Text in columns.

/// Lines of cells: the first column is aligned to the left, the others to the right, two spaces between them. A row of one cell is a heading, however
/// wide it is.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let header: Vec<String> = header.iter().map(ToString::to_string).collect();
    let rows: Vec<&Vec<String>> = std::iter::once(&header).chain(rows).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter(|row| row.len() > 1).filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |row: &&Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| match column {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// A number in three digits that tell: `0.0123`, `-1.5`, `123`, `1.2e-5`.
pub fn short(number: f64) -> String {
    let size = number.abs();
    match size {
        _ if size == 0.0 || !size.is_finite() => format!("{number}"),
        _ if !(1e-3..1e5).contains(&size) => format!("{number:.1e}"),
        _ => {
            // The digits before the point, which is less than none for small numbers.
            let before = size.log10().floor() as i32 + 1;
            format!("{number:.*}", usize::try_from(3 - before).unwrap_or(0))
        }
    }
}

/// So many of something: `1 layer`, `2 layers`.
pub fn count(number: usize, of: &str) -> String {
    format!("{number} {of}{}", if number == 1 { "" } else { "s" })
}
