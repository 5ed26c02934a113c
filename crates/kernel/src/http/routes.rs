//! The route table. Every line names what it takes to pass, and the table can be read back, so that one test walks it all.

use axum::Router;
use axum::middleware::from_fn;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::gate::{self, App};
use crate::actor::Permission;

/// What it takes to call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Anybody who is signed in, even who must first do something about their account: what helps them do it.
    Unready,
    /// Anybody who is signed in.
    SignedIn,
    /// Whoever holds the permission, in whatever scope; the finder narrows the records.
    Needs(Permission),
}

/// A line of the table.
#[derive(Clone, Debug)]
pub struct Route {
    pub method: String,
    pub path: String,
    pub access: Access,
}

/// Routes with their access and their OpenAPI description.
#[derive(Default)]
pub struct Routes {
    router: OpenApiRouter<App>,
    table: Vec<Route>,
}

impl Routes {
    pub fn new() -> Routes {
        Routes::default()
    }

    /// `.add(routes!(list), Access::Needs(CUSTOMER_READ))`
    pub fn add(mut self, (schemas, paths, methods): UtoipaMethodRouter<App>, access: Access) -> Routes {
        for (path, item) in &paths.paths {
            let operations = [
                ("GET", &item.get),
                ("POST", &item.post),
                ("PUT", &item.put),
                ("PATCH", &item.patch),
                ("DELETE", &item.delete),
            ];
            for (method, _) in operations.into_iter().filter(|(_, operation)| operation.is_some()) {
                self.table.push(Route {
                    method: method.to_owned(),
                    path: path.clone(),
                    access,
                });
            }
        }
        let guarded = methods.layer(from_fn(move |request, next| gate::guard(access, request, next)));
        self.router = self.router.routes((schemas, paths, guarded));
        self
    }

    pub fn merge(mut self, other: Routes) -> Routes {
        self.router = self.router.merge(other.router);
        self.table.extend(other.table);
        self
    }

    pub fn table(&self) -> &[Route] {
        &self.table
    }

    /// The router under a prefix, its document, and the table with whole paths.
    pub fn into_parts(self, prefix: &str, document: utoipa::openapi::OpenApi) -> (Router<App>, utoipa::openapi::OpenApi, Vec<Route>) {
        let (router, api) = OpenApiRouter::with_openapi(document).nest(prefix, self.router).split_for_parts();
        let table = self
            .table
            .into_iter()
            .map(|route| Route {
                path: format!("{prefix}{}", route.path),
                ..route
            })
            .collect();
        (router, api, table)
    }
}
