use std::collections::BTreeMap;

use super::*;
use crate::tensor::{Dtype, Tensor};

/// What h5py writes: two groups, each in the other, an array, a text, a list of texts.
const H5PY: &[u8] = include_bytes!("../../tests/data/h5py.h5");

fn dataset<'b>(group: &Group<'b>, name: &str) -> Dataset<'b> {
    match group.get(name).unwrap() {
        Some(Object::Dataset(dataset)) => dataset,
        _ => panic!("no data set {name}"),
    }
}

#[test]
fn what_h5py_writes_is_read() {
    for bytes in [H5PY, include_bytes!("../../tests/data/h5py_latest.h5")] {
        let root = open(bytes).unwrap();
        assert_eq!(root.attribute("layer_names").unwrap().unwrap().texts().unwrap(), ["abc", "defg"]);
        assert_eq!(root.attribute("keras_version").unwrap().unwrap().text().unwrap(), "2.4.0");
        assert_eq!(root.attribute("config").unwrap().unwrap().text().unwrap(), "größe");
        assert!(root.attribute("none").unwrap().is_none());
        let vars = root.group("a").unwrap().unwrap().group("vars").unwrap().unwrap();
        assert_eq!(vars.names().collect::<Vec<_>>(), ["0", "1", "2", "3", "4"]);
        let tensor = dataset(&vars, "0").tensor;
        assert_eq!((tensor.dtype, tensor.shape.as_slice()), (Dtype::F32, [2, 3].as_slice()));
        assert_eq!(tensor.to_vec(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        for (name, dtype) in [("1", Dtype::F16), ("2", Dtype::I64), ("3", Dtype::BF16), ("4", Dtype::Bool)] {
            let tensor = dataset(&vars, name).tensor;
            assert_eq!((tensor.dtype, tensor.to_vec()), (dtype, vec![1.0, 0.0, 1.0]), "{name}");
        }
    }
}

#[test]
fn what_is_not_read_is_told_by_name() {
    let root = open(include_bytes!("../../tests/data/h5py_refused.h5").as_slice()).unwrap();
    for (name, expected) in [
        ("chunked", "`chunked`: it has data in chunks, which is not read"),
        ("compressed", "`compressed`: it has data that are compressed or filtered, which is not read"),
        ("external", "`external`: it has data in another file, which is not read"),
        ("virtual", "`virtual`: it has data that lie in other files (a virtual data set), which is not read"),
        ("texts", "`texts`: it has data that are no numbers, which is not read"),
        ("big", "`big`: it has numbers with the highest byte first, which is not read"),
    ] {
        assert_eq!(root.get(name).err().map(|problem| problem.to_string()).as_deref(), Some(expected));
    }
    let links: [(&[u8], &str); 2] = [
        (include_bytes!("../../tests/data/h5py_soft.h5"), "it has a link to another name, which is not read"),
        (
            include_bytes!("../../tests/data/h5py_dense.h5"),
            "it has more links in one group than its header holds, which is not read",
        ),
    ];
    for (bytes, expected) in links {
        assert_eq!(open(bytes).err().map(|problem| problem.to_string()).as_deref(), Some(expected));
    }
}

#[test]
fn what_is_written_is_read_again() {
    let elements: Vec<f32> = (0..6000).map(|i| i as f32).collect();
    let mut root = Node::group();
    for i in 0..700 {
        let Some(Node::Group(attributes, children)) = root.at(&format!("layers/dense_{i}/vars")) else { panic!("no group") };
        attributes.insert("name".to_owned(), format!("größe {i}"));
        children.insert("0".to_owned(), Node::Data(Tensor::floats(&[2, 3], &elements[i..i + 6])));
        children.insert("1".to_owned(), Node::Data(Tensor::floats(&[0], &[])));
    }
    let Some(Node::Group(_, children)) = root.at("optimizer/vars") else { panic!("no group") };
    children.extend([
        ("0".to_owned(), Node::Data(Tensor::integer(7))),
        ("1".to_owned(), Node::Data(Tensor::floats(&[], &[0.5]))),
        ("2".to_owned(), Node::Data(Tensor::floats(&[6000], &elements))),
    ]);
    let mut bytes = Vec::new();
    write(&root, &mut bytes).unwrap();
    let layers = open(bytes.as_slice()).unwrap().group("layers").unwrap().unwrap();
    assert_eq!(layers.names().count(), 700);
    for i in 0..700 {
        let vars = layers.group(&format!("dense_{i}")).unwrap().unwrap().group("vars").unwrap().unwrap();
        assert_eq!(vars.attribute("name").unwrap().unwrap().text().unwrap(), format!("größe {i}"));
        assert_eq!(dataset(&vars, "0").tensor.to_vec(), elements[i..i + 6]);
        assert_eq!(dataset(&vars, "1").tensor.shape, [0]);
    }
    let vars = open(bytes.as_slice()).unwrap().group("optimizer").unwrap().unwrap().group("vars").unwrap().unwrap();
    assert_eq!(dataset(&vars, "0").tensor.to_vec(), [7.0]);
    assert_eq!(dataset(&vars, "1").tensor.to_vec(), [0.5]);
    assert_eq!(dataset(&vars, "2").tensor.to_vec(), elements);
    if let Some(folder) = std::env::var_os("WRITTEN") {
        std::fs::write(std::path::Path::new(&folder).join("written.h5"), &bytes).unwrap();
    }
}

/// Goes through all that is in a file, as far as it can be read, to a depth; what comes of it.
fn walk(group: &Group<'_>, depth: usize, seen: &mut BTreeMap<&'static str, usize>) {
    for name in ["name", "layer_names", "config"] {
        if let Ok(Some(attribute)) = group.attribute(name) {
            let _ = attribute.texts();
        }
    }
    for name in group.names().take(20) {
        match group.get(name) {
            Ok(Some(Object::Group(inner))) if depth > 0 => {
                *seen.entry("groups").or_default() += 1;
                walk(&inner, depth - 1, seen);
            }
            Ok(Some(Object::Dataset(data))) => {
                assert_eq!(data.tensor.bytes.len(), data.tensor.shape.iter().product::<usize>() * data.tensor.dtype.size());
                *seen.entry("data").or_default() += 1;
            }
            Ok(_) => {}
            Err(_) => *seen.entry("errors").or_default() += 1,
        }
    }
}

/// Files that have been changed at random do no harm: a few thousand, or as many as `MUTATIONS` says.
#[test]
fn changed_files_do_no_harm() {
    let rounds = std::env::var("MUTATIONS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(4000_u64);
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let files: [&[u8]; 2] = [H5PY, include_bytes!("../../tests/data/h5py_latest.h5")];
    let (mut seen, mut refused) = (BTreeMap::new(), 0);
    for round in 0..rounds {
        let mut bytes = files[(round % 2) as usize].to_vec();
        for _ in 0..=random(4) {
            let place = random(bytes.len());
            bytes[place] = [0, 255, bytes[place] ^ (1 << random(8)), random(256) as u8][random(4)];
        }
        if random(10) == 0 {
            bytes.truncate(random(bytes.len()));
        }
        match open(bytes.as_slice()) {
            Ok(root) => walk(&root, 4, &mut seen),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 0 && seen.values().all(|&count| count > 0) && seen.len() == 3, "{refused} refused, {seen:?}");
}

/// A file of a few bytes that says it holds petabytes, and one whose group is in itself.
#[test]
fn what_is_declared_and_not_there_is_refused() {
    let mut root = Node::group();
    let Node::Group(_, children) = &mut root else { panic!("no group") };
    children.insert("x".to_owned(), Node::Data(Tensor::floats(&[50_000_000, 50_000_000], &[1.0; 4])));
    let mut bytes = Vec::new();
    write(&root, &mut bytes).unwrap();
    assert!(open(bytes.as_slice()).unwrap().get("x").err().unwrap().to_string().starts_with("`x`: it is damaged at byte "));
    for end in (0..bytes.len()).step_by(7) {
        assert!(open(&bytes[..end]).is_err());
    }
}
