//! Files as people write them, and what is said of broken ones.

use super::{Csv, csv_dataset, read_csv};
use crate::DataError;
use crate::source::testing::{folder, message};

/// What reading a file gives, or is said of it.
fn check<T>(text: &[u8], read: impl FnOnce(&std::path::Path) -> Result<T, DataError>) -> Result<T, String> {
    let folder = folder(&[("t.csv", text)]);
    read(&folder.path().join("t.csv")).map_err(|error| message(error, folder.path()))
}

fn check_error(text: &str, expected: &str) {
    let error = check(text.as_bytes(), |path| read_csv(path)).unwrap_err();
    assert_eq!(error, expected);
}

#[test]
fn reads_what_people_write() {
    let plain = "a,b\n1,x\n-2.5e1,y\n";
    for text in [
        plain.to_owned(),
        plain.replace('\n', "\r\n"),
        plain.trim_end().to_owned(),
        format!("\u{feff}{plain}"),
        format!("\n\n{}\n\n", plain.replace("x\n", "x\n\n")),
        "a , b\n 1 , x\n-2.5e1,\"y\"\n".to_owned(),
        "\"a\",\"b\"\n\"1\",\"x\"\n\"-2.5e1\",y".to_owned(),
    ] {
        let table = check(text.as_bytes(), |path| read_csv(path)).unwrap();
        assert_eq!(table.columns(), ["a", "b"], "{text}");
        assert_eq!(table.rows(), 2, "{text}");
        assert_eq!(table.floats("a").unwrap().to_vec(), [1.0, -25.0], "{text}");
        assert_eq!(table.strings("b").unwrap(), ["x", "y"], "{text}");
    }
}

#[test]
fn quotes_hold_separators_lines_and_quotes() {
    let table = check(b"a,b\n\"1,5\n\"\"so\"\"\",true\n\"\",0\n", |path| read_csv(path)).unwrap();
    assert_eq!(table.strings("a").unwrap(), ["1,5\n\"so\"", ""]);
    assert_eq!(table.bools("b").unwrap().to_vec(), [true, false]);
}

#[test]
fn columns_have_types() {
    let table = check(b"n,i,t,f\n1.5,1,TRUE,x\n,,,\n3,-7,0,y\n", |path| read_csv(path)).unwrap();
    assert_eq!(table.floats_or("n", 9.0).unwrap().to_vec(), [1.5, 9.0, 3.0]);
    assert_eq!(table.ints_or("i", 9).unwrap().to_vec(), [1, 9, -7]);
    assert_eq!(table.bools_or("t", true).unwrap().to_vec(), [true, true, false]);
    assert_eq!(table.classes("f").unwrap(), (ndarray::array![1, 0, 2], ["", "x", "y"].map(str::to_owned).to_vec()));
}

#[test]
fn names_the_line_and_the_column() {
    let error = |text: &str, column: &str| {
        let table = check(text.as_bytes(), |path| read_csv(path)).unwrap();
        [table.floats(column).map(drop), table.ints(column).map(drop), table.bools(column).map(drop)].map(|result| {
            result.map_or_else(|error| error.to_string().split_once("t.csv`, ").unwrap().1.to_owned(), |()| "right".to_owned())
        })
    };
    assert_eq!(
        error("age\n1\n\n\"2\n\"\nold\n", "age"),
        [
            "line 6, column `age`: expected a number, found `old`",
            "line 6, column `age`: expected a whole number of 32 bits, found `old`",
            "line 4, column `age`: expected `true`, `false`, `1` or `0`, found `2`",
        ]
    );
    assert_eq!(
        error("age,b\n,1\n", "age"),
        [
            "line 2, column `age`: expected a number, found an empty cell; give a default, such as `floats_or(\"age\", 0.0)`",
            "line 2, column `age`: expected a whole number of 32 bits, found an empty cell; give a default, such as `ints_or(\"age\", 0)`",
            "line 2, column `age`: expected `true`, `false`, `1` or `0`, found an empty cell; give a default, such as `bools_or(\"age\", false)`",
        ]
    );
    for number in ["nan", "inf", "1e60", "1,5", "0x10"] {
        assert_eq!(
            error(&format!("age\n\"{number}\"\n"), "age")[0],
            format!("line 2, column `age`: expected a number, found `{number}`")
        );
    }
    assert_eq!(error("age\n3000000000\n", "age")[0], "right");
    assert_eq!(
        error("age\n3000000000\n", "age")[1],
        "line 2, column `age`: expected a whole number of 32 bits, found `3000000000`"
    );
}

#[test]
fn lists_the_columns_that_there_are() {
    let column = |name: &str| {
        let table = check(b"age,income\n1,2\n", |path| read_csv(path)).unwrap();
        table.floats(name).unwrap_err().to_string().split_once("t.csv`: ").unwrap().1.to_owned()
    };
    assert_eq!(column("incom"), "there is no column `incom`: expected `age`, `income`; did you mean `income`?");
    assert_eq!(column("height"), "there is no column `height`: expected `age`, `income`");
    let many = (0..30).map(|i| format!("c{i}")).collect::<Vec<_>>().join(",");
    let table = check(format!("{many}\n{many}\n").as_bytes(), |path| read_csv(path)).unwrap();
    assert!(table.strings("x").unwrap_err().to_string().ends_with("`c19` or one of 10 more"));
}

#[test]
fn refuses_broken_files() {
    check_error("", "`t.csv`: expected a line with the names of the columns, and rows behind it, found an empty file");
    check_error("a,b\n", "`t.csv`: expected a line with the names of the columns, and rows behind it, found no row");
    check_error("a,b\n1,2\n\n3\n", "`t.csv`, line 4: expected 2 cells, found 1");
    check_error("a,b\n1,2,3\n", "`t.csv`, line 2: expected 2 cells, found 3");
    check_error("a,b,a\n1,2,3\n", "`t.csv`: expected another name for each column, found `a` twice");
    let error = check(b"a\nx\n\xff\n", |path| read_csv(path)).unwrap_err();
    assert_eq!(error, "`t.csv`, line 3: expected text in UTF-8, found other bytes");
    let error = check(b"a\n1\n", |path| Csv::default().separator('"').read(path)).unwrap_err();
    assert_eq!(error, "`t.csv`: expected a separator such as `,`, `;` or a tab, found '\"'");
    let error = check(b"", |path| read_csv(path.with_file_name("none.csv"))).unwrap_err();
    assert!(error.starts_with("`none.csv`: "), "{error}");
}

#[test]
fn streams_give_the_same_rows() {
    let text: String = (0..100).map(|i| format!("{i},{}\n", i * i)).collect();
    let folder = folder(&[("t.csv", format!("x,y\n{text}").as_bytes())]);
    let path = folder.path().join("t.csv");
    let table = read_csv(&path).unwrap();
    let stream = csv_dataset(&path, |row| Ok((row.float("x")?, row.int("y")?, row.line()))).unwrap();
    for _ in 0..2 {
        let rows: Vec<_> = stream.iter().map(Result::unwrap).collect();
        assert!(rows.iter().map(|row| row.0).eq(table.floats("x").unwrap()));
        assert!(rows.iter().map(|row| row.1).eq(table.ints("y").unwrap()));
        assert!(rows.iter().map(|row| row.2).eq(2..102));
    }
}

#[test]
fn an_error_of_a_row_stands_in_its_place() {
    let folder = folder(&[("t.csv", b"x\n1\n\"\"\n3\n"), ("short.csv", b"x,y\n1,1\n2\n3,3\n")]);
    let rows = |name: &str| {
        let stream = csv_dataset(folder.path().join(name), |row| row.float("x")).unwrap();
        stream.iter().map(|row| row.map_err(|error| message(error, folder.path()))).collect::<Vec<_>>()
    };
    let missing =
        "`t.csv`, line 3, column `x`: expected a number, found an empty cell; give a default, such as `float_or(\"x\", 0.0)`";
    assert_eq!(rows("t.csv"), [Ok(1.0), Err(missing.to_owned()), Ok(3.0)]);
    assert_eq!(rows("short.csv"), [Ok(1.0), Err("`short.csv`, line 3: expected 2 cells, found 1".to_owned())]);
    let error = csv_dataset(folder.path().join("none.csv"), |row| row.float("x")).unwrap_err();
    assert!(message(error, folder.path()).starts_with("`none.csv`: "));
}
