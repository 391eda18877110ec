//! Files that are not there, or hold no text.

use std::fs;
use std::path::PathBuf;

use fabricsim::experiment::{find, load};

use super::*;

fn only(refused: &Refused) -> &Diagnostic {
    assert_eq!(refused.exit_code(), 2);
    match refused.diagnostics() {
        [diagnostic] => diagnostic,
        _ => panic!("{refused}"),
    }
}

#[test]
fn a_missing_file_suggests_its_neighbour() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("torus-8x8.ron"), "").unwrap();
    let missing = folder.path().join("torus-8x.ron");
    for refused in [
        find(std::slice::from_ref(&missing)).unwrap_err(),
        load(&missing).unwrap_err(),
    ] {
        let diagnostic = only(&refused);
        assert_eq!(diagnostic.message, "no such file or folder");
        assert_eq!(diagnostic.file, missing.display().to_string());
        assert!(diagnostic.help[0].contains("torus-8x8.ron`?"), "{refused}");
    }
}

#[test]
fn folders_are_searched_and_files_have_to_be_ron() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("b/deep")).unwrap();
    fs::create_dir(path("empty")).unwrap();
    for name in ["c.ron", "a.ron", "notes.txt", "b/deep/x.ron"] {
        fs::write(path(name), "").unwrap();
    }
    let found = find(&[path("c.ron"), folder.path().to_owned()]).unwrap();
    assert_eq!(found, ["c.ron", "a.ron", "b/deep/x.ron", "c.ron"].map(path));

    let refused = find(&[path("empty"), path("notes.txt")]).unwrap_err();
    let messages: Vec<&str> = refused.diagnostics().iter().map(|d| d.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "the folder holds no `.ron` file",
            "not an experiment file: its name does not end in `.ron`"
        ]
    );
}

#[test]
fn bytes_that_are_no_text_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("latin.ron");
    fs::write(&file, b"Experiment(\n    about: \"\xc2\xb5 und \xe4\",\n)").unwrap();
    let refused = load(&file).unwrap_err();
    let diagnostic = only(&refused);
    assert_eq!(diagnostic.message, "not a text file: this byte is not UTF-8");
    assert_eq!(place(diagnostic), Some((2, 19, 1)));
    assert_eq!(diagnostic.label.as_deref(), Some("save the file as UTF-8"));
}

#[test]
fn a_byte_order_mark_and_windows_lines_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("windows.ron");
    let text = rest("seed: 0.5,").replace('\n', "\r\n");
    fs::write(&file, format!("\u{feff}{text}")).unwrap();
    assert_eq!(place(only(&load(&file).unwrap_err())), Some((5, 11, 3)));
}

#[test]
fn a_folder_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let refused = load(folder.path()).unwrap_err();
    assert!(only(&refused).message.starts_with("cannot be read: "));
    assert!(load(&PathBuf::new()).is_err());
}
