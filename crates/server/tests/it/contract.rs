//! The OpenAPI document is checked in and is what the program says.

use testkit::{Backend, TestApp};

#[tokio::test]
async fn the_checked_in_document_is_what_the_program_says() {
    let app = TestApp::bare(Backend::Sqlite).await;
    let said = server::openapi::printed(&app.product.document).expect("a document");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi.json");
    let checked_in = std::fs::read_to_string(path).unwrap_or_default();
    assert!(said == checked_in, "openapi.json is stale: run `make gen` and commit the result");
}

#[tokio::test]
async fn the_access_matrix_is_what_the_code_says() {
    let app = TestApp::bare(Backend::Sqlite).await;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/access.md");
    let checked_in = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        server::access::document(&app.product) == checked_in,
        "docs/access.md is stale: run `make gen` and commit the result"
    );
}

#[tokio::test]
async fn every_path_of_the_document_is_in_the_table_and_the_other_way_round() {
    let app = TestApp::bare(Backend::Sqlite).await;
    let mut documented: Vec<&str> = app.product.document.paths.paths.keys().map(String::as_str).collect();
    let mut routed: Vec<&str> = app.product.table.iter().map(|route| route.path.as_str()).collect();
    documented.sort_unstable();
    routed.sort_unstable();
    routed.dedup();
    assert_eq!(documented, routed);
    for path in &routed {
        assert!(path.ends_with('/'), "{path} does not end in a slash");
    }
}

#[tokio::test]
async fn every_operation_says_which_problems_it_answers() {
    let app = TestApp::bare(Backend::Sqlite).await;
    let json = serde_json::to_value(&app.product.document).expect("json");
    for (path, item) in json["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            assert!(
                operation["responses"]["422"].is_object(),
                "{method} {path} does not name `Problems`"
            );
            assert!(operation["operationId"].is_string(), "{method} {path} has no operation id");
        }
    }
}

/// Two types of one name would be one in the document, and clients would be told wrong; nothing else notices.
#[test]
fn no_two_types_share_a_name_in_the_document() {
    fn sources(dir: &std::path::Path, into: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(dir).expect("a directory").flatten() {
            let path = entry.path();
            if path.is_dir() {
                sources(&path, into);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                into.push(path);
            }
        }
    }
    let root = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(root).expect("the crates").flatten() {
        sources(&entry.path().join("src"), &mut files);
    }
    let mut known: std::collections::BTreeMap<String, std::path::PathBuf> = std::collections::BTreeMap::new();
    for file in files {
        let source = std::fs::read_to_string(&file).expect("a source");
        let mut described: Option<Option<String>> = None;
        for line in source.lines().map(str::trim) {
            if line.starts_with("#[derive(") {
                described = line.contains("ToSchema").then_some(None);
            } else if let Some((_, rest)) = line.split_once("schema(as = ") {
                let name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
                described = described.map(|_| Some(name));
            } else if let Some(name) = ["struct ", "enum "].iter().find_map(|kind| Some(line.split_once(kind)?.1))
                && let Some(given) = described.take()
            {
                let own: String = name.chars().take_while(|c| c.is_alphanumeric()).collect();
                let name = given.unwrap_or(own);
                if let Some(other) = known.insert(name.clone(), file.clone()) {
                    panic!(
                        "{name} stands in {} and in {}: tell them apart by #[schema(as = …)]",
                        other.display(),
                        file.display()
                    );
                }
            }
        }
    }
    assert!(known.len() > 100, "{}", known.len());
}
