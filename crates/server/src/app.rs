//! The product put together: modules, routes, document, layers.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use identity::Identity;
use kernel::clock::Clock;
use kernel::ctx::Ctx;
use kernel::db::Db;
use kernel::events::consumers::Consumer;
use kernel::http::{App, Route};
use kernel::jobs::{Job, Schedule};
use kernel::mail;
use kernel::module::{Module, Service};

use crate::{audit, layers, live, openapi, operations, outlet, system};

/// Where every path of the API begins.
pub const PREFIX: &str = "/api/v1/crm";

/// Everything that runs over one database.
pub struct Product {
    pub app: App,
    pub identity: Identity,
    /// The router with all its layers, ready to be served.
    pub router: Router,
    pub document: utoipa::openapi::OpenApi,
    pub table: Vec<Route>,
    pub consumers: Vec<Consumer>,
    pub jobs: Vec<Job>,
    pub schedules: Vec<Schedule>,
    pub services: Vec<Service>,
    pub live: live::Live,
    pub post: messaging::Post,
}

/// The modules, lowest first.
fn modules(identity: &Identity, post: &messaging::Post) -> Vec<Module> {
    vec![
        identity::module(identity),
        records::module(),
        customers::module(identity),
        assignment::module(),
        messaging::module(post),
        engagement::module(),
        sales::module(identity),
        insights::module(),
    ]
}

impl Product {
    /// Puts it together over a database that is migrated.
    pub fn new(db: Db, clock: Clock, settings: identity::Settings, data_dir: &Path) -> Product {
        let mail = settings.mail.clone().map(|mail| Arc::new(mail::Server::new(mail)));
        let identity = Identity::new(db.clone(), clock.clone(), settings);
        let post = messaging::Post::new(&identity);
        let mut modules = modules(&identity, &post);
        identity.know(modules.iter().flat_map(|module| module.permissions.iter().copied()));
        identity.rule(vec![
            customers::customer::access::RULED,
            engagement::activities::RULED,
            engagement::communications::RULED,
            sales::leads::RULED,
            sales::opportunities::RULED,
        ]);
        identity.read_code_patterns(customers::customer::code::example);
        let reverts = modules.iter_mut().flat_map(|module| std::mem::take(&mut module.reverts)).collect();
        let consumers: Vec<Consumer> = modules
            .iter_mut()
            .flat_map(|module| std::mem::take(&mut module.consumers))
            .collect();
        let mut jobs: Vec<Job> = modules.iter_mut().flat_map(|module| std::mem::take(&mut module.jobs)).collect();
        let schedules: Vec<Schedule> = modules
            .iter_mut()
            .flat_map(|module| std::mem::take(&mut module.schedules))
            .collect();
        let services: Vec<Service> = modules.iter_mut().flat_map(|module| std::mem::take(&mut module.services)).collect();
        let app = App {
            db,
            clock,
            gate: identity.gate(),
            reverts: Arc::new(reverts),
            data_dir: data_dir.into(),
            mail,
        };
        jobs.extend([kernel::operations::UNDO_JOB, mail::SEND]);

        let live = live::Live::default();
        let pages = modules.iter_mut().map(|module| std::mem::take(&mut module.pages));
        let pages = pages.fold(Router::new(), Router::merge);
        let routes = modules
            .into_iter()
            .map(|module| module.routes)
            .reduce(|all, more| all.merge(more))
            .unwrap_or_default();
        let routes = routes
            .merge(operations::routes())
            .merge(audit::routes())
            .merge(outlet::routes())
            .merge(system::routes(&consumers, &schedules))
            .merge(live::routes(&live));
        let (api, document, table) = routes.into_parts(PREFIX, openapi::skeleton());
        let routes = api
            .merge(pages)
            .with_state(app.clone())
            .merge(openapi::routes(&document))
            .merge(system::probes(&app));
        let router = layers::around(routes, app.clone());
        Product {
            app,
            identity,
            router,
            document,
            table,
            consumers,
            jobs,
            schedules,
            services,
            live,
            post,
        }
    }

    /// The product acting by itself, for the organisation as it is now.
    pub async fn system(&self) -> kernel::error::Result<Ctx> {
        let org = identity::organisation::read(&self.app.db).await?;
        Ok(Ctx::system(&self.app, Arc::new(org)))
    }
}
