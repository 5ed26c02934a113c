//! Leads (capture, qualification, scoring, assignment, conversion) and opportunities (pipeline, history, forecast).

pub mod board;
pub mod figures;
pub mod forecast;
pub mod leads;
pub mod opportunities;
pub mod permissions;
pub mod pipeline;
pub mod pipelines;
pub mod products;
pub mod rates;

use kernel::module::Module;

/// What sales plug into the product.
pub fn module() -> Module {
    leads::LEAD.know();
    opportunities::OPPORTUNITY.know();
    Module {
        name: "sales",
        routes: leads::http::routes()
            .merge(opportunities::http::routes())
            .merge(pipelines::http::routes())
            .merge(board::http::routes())
            .merge(pipeline::http::routes())
            .merge(forecast::http::routes()),
        permissions: permissions::ALL,
        reverts: vec![
            ("lead", |tx, ctx, stamp, events| {
                Box::pin(records::revert::revert(tx, ctx, stamp, &leads::LEAD, events))
            }),
            ("opportunity", |tx, ctx, stamp, events| {
                Box::pin(records::revert::revert(tx, ctx, stamp, &opportunities::OPPORTUNITY, events))
            }),
        ],
        ..Module::default()
    }
}
