//! The table of layers beside Keras's own, `model.summary(line_length=160)` in `tests/keras/*.txt`. Only the widths of the columns differ,
//! and that several connections stand on lines of their own.

use std::path::Path;

use model_graph::config::from_json;
use model_graph::summary;

fn text(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// A summary's cells, row by row, whatever their widths; other lines as they are.
fn cells(summary: &str) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut goes_on = false;
    for line in summary.lines() {
        let cells: Vec<String> = line.trim_matches(['│', '┃']).split(['│', '┃']).map(|cell| cell.trim().to_owned()).collect();
        let is_row = line.starts_with(['│', '┃']);
        match rows.last_mut() {
            Some(row) if is_row && goes_on => {
                row.iter_mut().zip(cells).for_each(|(text, more)| *text = format!("{text} {more}").trim().to_owned());
            }
            _ if line.starts_with(['┏', '┡', '├', '└']) => {}
            _ => rows.push(cells),
        }
        goes_on = is_row;
    }
    rows
}

#[test]
fn summaries_are_those_of_keras() {
    for (name, folder) in [
        ("toy_resnet", "../tests/parity/config"),
        ("mlp", "../tests/parity/config"),
        ("multiple", "../tests/parity/config"),
        ("nested", "../tests/parity/config"),
        ("normalized", "../tests/parity/config"),
        ("shared", "../tests/parity/config"),
        ("named", "tests/keras"),
        ("operation", "tests/keras"),
        ("several", "tests/keras"),
    ] {
        let graph = from_json(&text(&format!("{folder}/{name}.json"))).unwrap();
        assert_eq!(cells(&summary(&graph)), cells(&text(&format!("tests/keras/{name}.txt"))), "{name}");
    }
}

#[test]
fn columns_are_as_wide_as_what_is_in_them() {
    let drawn = ["toy_resnet", "mlp", "multiple"].map(|name| {
        let graph = from_json(&text(&format!("../tests/parity/config/{name}.json"))).unwrap();
        summary(&graph)
    });
    insta::assert_snapshot!("summaries", drawn.join("\n"));
}
