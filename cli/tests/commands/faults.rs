//! What goes wrong, and how it is told.

use std::process::Stdio;

use functional_model::prelude::Save;

use crate::support::{folder, line};

#[test]
fn files_that_cannot_be_read_are_told_in_words() {
    let folder = folder();
    for command in ["summary", "inspect", "source", "check"] {
        folder.check_error(&format!("{command} none.keras"), "error: `none.keras`: there is no such file\n");
    }
    folder.check_error("diff line.keras none.keras", "error: `none.keras`: there is no such file\n");
    folder.write("empty.keras", "");
    folder.check_error("summary empty.keras", "error: `empty.keras`: the file is empty\n");
    folder.write("notes.txt", "nothing");
    let ran = folder.run("summary notes.txt");
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.starts_with("error: `notes.txt`: the file is damaged or of another kind"), "{}", ran.err);
    folder.write("net.onnx", "\u{8}\u{8}");
    folder.check_error("summary net.onnx", "error: `net.onnx`: files of ONNX are written, and not read\n");
    let error = "error: `.`: it is a folder: expected a file, or a folder with the `model.json` of TensorFlow.js\n";
    folder.check_error("summary .", error);
    folder.check_error("check .", error);
    line().save_weights(folder.path("line.weights.h5")).unwrap();
    let error = "\
error: `line.weights.h5`: it is `.weights.h5` of Keras, weights alone: expected a file with a model
help: `convert model.json net.keras --weights FILE` puts both together
";
    folder.check_error("summary line.weights.h5", error);
}

#[test]
fn errors_are_json_where_output_is() {
    let ran = folder().run("summary none.keras --json");
    assert_eq!(ran.code, Some(2));
    assert_eq!(ran.out, "{\n  \"error\": \"`none.keras`: there is no such file\",\n  \"help\": null\n}\n");
}

#[test]
fn files_that_cannot_be_written_are_told_before_the_work() {
    let folder = folder();
    folder.write("x.csv", "1,2\n");
    let error = "error: `none`: there is no such folder\n";
    for command in ["plot line.keras none/a.svg", "convert line.keras none/a.onnx", "predict line.keras x.csv -o none/y.npy"] {
        folder.check_error(command, error);
    }
    let error = "error: `y.txt`: the name does not tell what to write: expected `.npy`, `.npz` or `.csv`\n";
    folder.check_error("predict line.keras x.csv -o y.txt", error);
    // A folder in the place of the file: for some users no folder is read-only.
    std::fs::create_dir(folder.path("taken.onnx")).unwrap();
    std::fs::create_dir(folder.path("taken.npy")).unwrap();
    assert_eq!(folder.run("predict line.keras x.csv -o taken.npy").code, Some(2));
}

#[test]
fn data_that_is_not_the_models_is_refused() {
    let folder = folder();
    folder.write("x.csv", "1,2,3\n");
    folder.check_error("predict line.keras x.csv", "error: input `x` has the wrong shape: expected [samples, 2], found [1, 3]\n");
    folder.write("text.csv", "a,b\n1,two\n");
    let ran = folder.run("predict line.keras text.csv");
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("two"), "{}", ran.err);
    folder.write("x.bin", "1");
    let error = "\
error: `x.bin`: the name does not tell what it is
help: `.npy`, `.npz`, `.csv`, `.png` and `.jpg` are read, and folders of images
";
    folder.check_error("predict line.keras x.bin", error);
}

#[test]
fn usage_is_told_with_an_example() {
    let folder = folder();
    assert_eq!(folder.run("summary").code, Some(2));
    assert_eq!(folder.run("nonesuch line.keras").code, Some(2));
    for command in ["summary", "plot", "inspect", "convert", "predict", "evaluate", "diff", "source", "check"] {
        let ran = folder.run(&format!("{command} --help"));
        assert_eq!(ran.code, Some(0));
        assert!(ran.out.contains(&format!("Example: functional-model {command} ")), "{}", ran.out);
    }
    assert!(folder.run("--help").out.contains("Exit codes:"));
}

#[test]
fn who_stops_reading_is_no_error() {
    let folder = folder();
    let mut child = folder.command("inspect line.keras").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ran = child.wait_with_output().unwrap();
    assert_eq!((ran.status.code(), ran.stderr.as_slice()), (Some(0), &b""[..]));
}

#[cfg(unix)]
#[test]
fn names_need_not_be_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let folder = folder();
    let name = OsStr::from_bytes(b"line-\xff.keras");
    if std::fs::copy(folder.path("line.keras"), folder.path("").join(name)).is_err() {
        return; // not every file system has such names
    }
    let status = folder.command("summary").arg(name).stdout(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(0));
}
