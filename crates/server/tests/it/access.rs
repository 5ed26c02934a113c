//! Every route of the table refuses who may not call it. A route that is missing here cannot be: the table is walked.

use axum::http::Method;
use kernel::http::Access;
use testkit::{Backend, TestApp};

#[tokio::test]
async fn every_route_refuses_the_anonymous_and_the_unprivileged() {
    let app = TestApp::new(Backend::Sqlite).await;
    let nobody = app.anonymous();
    let (powerless, id) = app.user("Yetki Siz", "read_only", None).await;
    // A role may be read-only; this user has none at all.
    let admin = app.admin().await;
    admin
        .patch(&format!("users/{id}/"), serde_json::json!({ "role_ids": [] }))
        .await
        .expect(200);
    let before = app.count("events").await;
    for route in &app.product.table {
        let path = with_ids(&route.path);
        let method: Method = route.method.parse().expect("a method");
        let anonymous = nobody.status(method.clone(), &path).await;
        let unprivileged = powerless.status(method, &path).await;
        match route.access {
            Access::Public => assert_ne!(anonymous, 401, "{} {}", route.method, route.path),
            Access::Unready | Access::SignedIn => assert_eq!(anonymous, 401, "{} {} lets anybody in", route.method, route.path),
            Access::Needs(permission) => {
                assert_eq!(anonymous, 401, "{} {} lets anybody in", route.method, route.path);
                assert_eq!(
                    unprivileged,
                    403,
                    "{} {} lets in who lacks {}",
                    route.method,
                    route.path,
                    permission.name()
                );
            }
        }
    }
    assert_eq!(app.count("events").await, before, "a refused request must leave no event");
    assert!(
        app.product.table.len() > 40,
        "the table has only {} routes",
        app.product.table.len()
    );
}

/// Whatever a path calls its ids, 1 will do.
fn with_ids(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect();
    parts.join("/")
}

#[tokio::test]
async fn the_public_routes_are_these_and_no_others() {
    let app = TestApp::bare(Backend::Sqlite).await;
    let mut public: Vec<String> = app
        .product
        .table
        .iter()
        .filter(|route| route.access == Access::Public)
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    public.sort();
    // This list should only ever shrink.
    insta::assert_json_snapshot!(public);
}
