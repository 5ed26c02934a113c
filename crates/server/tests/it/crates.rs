//! Calls go down: a crate names only crates below it.

use std::collections::BTreeMap;

/// Lowest first.
const ORDER: [&str; 17] = [
    "kernel",
    "tabular",
    "criteria",
    "prediction",
    "migrations",
    "identity",
    "turkiye",
    "calendar",
    "records",
    "assignment",
    "customers",
    "messaging",
    "engagement",
    "sales",
    "insights",
    "server",
    "testkit",
];

#[test]
fn a_crate_depends_only_on_crates_below_it() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let place: BTreeMap<&str, usize> = ORDER.iter().enumerate().map(|(place, name)| (*name, place)).collect();
    let mut found = 0;
    for entry in std::fs::read_dir(root).expect("the crates") {
        let dir = entry.expect("a crate").path();
        let name = dir.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        let mine = *place
            .get(name.as_str())
            .unwrap_or_else(|| panic!("{name} has no place in the order: add it here and to ARCHITECTURE.md"));
        let manifest = std::fs::read_to_string(dir.join("Cargo.toml")).expect("a manifest");
        let dependencies = manifest
            .split("[dependencies]")
            .nth(1)
            .unwrap_or_default()
            .split("\n[")
            .next()
            .unwrap_or_default()
            .to_owned();
        for line in dependencies.lines() {
            let dependency = line.split(['.', '=', ' ']).next().unwrap_or_default();
            if let Some(theirs) = place.get(dependency) {
                assert!(
                    *theirs < mine,
                    "{name} must not depend on {dependency}: calls go down, events go up"
                );
            }
        }
        found += 1;
    }
    assert_eq!(found, ORDER.len());
}
