//! Leads (capture, qualification, scoring, assignment, conversion) and opportunities (pipeline, history, forecast).

pub mod board;
pub mod figures;
pub mod forecast;
pub mod forms;
pub mod leads;
pub mod models;
pub mod opportunities;
pub mod permissions;
pub mod pipeline;
pub mod pipelines;
pub mod products;
pub mod rates;
pub mod reasons;
pub mod timelines;
pub mod upkeep;

use std::time::Duration;

use identity::Identity;
use kernel::jobs::Schedule;
use kernel::module::Module;

use records::kept::{self, Kept};
use records::parts::{self, Part};

use crate::leads::scoring::rules::ScoreRule;
use crate::leads::settings::KeptSettings;
use crate::opportunities::lines::Line;
use crate::opportunities::stakeholders::Kept as Stakeholder;
use crate::products::Product;

/// What sales plug into the product.
pub fn module(identity: &Identity) -> Module {
    let desk = forms::desk::Desk::new(identity);
    leads::LEAD.know();
    opportunities::OPPORTUNITY.know();
    leads::assignment::SOURCE.know();
    customers::personal_data::archive::holds(leads::erasure::ARCHIVED);
    Module {
        name: "sales",
        routes: leads::http::routes()
            .merge(leads::assignment::routes())
            .merge(leads::lists::routes())
            .merge(leads::bant::routes())
            .merge(leads::qualify::routes())
            .merge(leads::touches::routes())
            .merge(leads::settings::routes())
            .merge(leads::scoring::http::routes())
            .merge(leads::conversion::http::routes())
            .merge(leads::duplicates::routes())
            .merge(leads::consents::routes())
            .merge(timelines::routes())
            .merge(products::http::routes())
            .merge(rates::http::routes())
            .merge(reasons::routes())
            .merge(opportunities::http::routes())
            .merge(opportunities::lists::routes())
            .merge(opportunities::stage::routes())
            .merge(opportunities::history::http::routes())
            .merge(opportunities::chances::http::routes())
            .merge(opportunities::lines::routes())
            .merge(opportunities::stakeholders::routes())
            .merge(pipelines::http::routes())
            .merge(board::http::routes())
            .merge(pipeline::http::routes())
            .merge(pipeline::behind::routes())
            .merge(forecast::http::routes())
            .merge(forms::http::routes(&desk))
            .merge(forecast::quotas::routes())
            .merge(forecast::adjustments::routes()),
        pages: forms::public::pages(&desk),
        consumers: vec![leads::erasure::CONSUMER],
        jobs: vec![
            upkeep::PURGE,
            pipeline::facts::FILL,
            leads::scoring::SCORE,
            leads::scoring::training::TRAIN,
            opportunities::chances::TRAIN,
            opportunities::chances::REFRESH,
        ],
        schedules: [
            (leads::scoring::SCORE, 1),
            (pipeline::facts::FILL, 1),
            (leads::scoring::training::TRAIN, 7),
            (opportunities::chances::TRAIN, 7),
            (opportunities::chances::REFRESH, 1),
        ]
        .map(|(job, days)| Schedule {
            job: job.name,
            every: Duration::from_secs(days * 24 * 3600),
        })
        .into_iter()
        .chain([upkeep::PURGES])
        .collect(),
        permissions: permissions::ALL,
        reverts: vec![
            (records::notes::SUBJECT, records::notes::revert),
            (Line::SUBJECT, parts::revert::<Line>),
            (Stakeholder::SUBJECT, parts::revert::<Stakeholder>),
            ("lead", |tx, ctx, stamp, events| {
                Box::pin(records::revert::revert(tx, ctx, stamp, &leads::LEAD, events))
            }),
            ("opportunity", |tx, ctx, stamp, events| {
                Box::pin(records::revert::revert(tx, ctx, stamp, &opportunities::OPPORTUNITY, events))
            }),
            (leads::bant::SUBJECT, leads::bant::revert),
            (forecast::quotas::SUBJECT, forecast::quotas::revert),
            (forecast::adjustments::SUBJECT, forecast::adjustments::revert),
            (leads::touches::SUBJECT, leads::touches::revert),
            (forms::SUBJECT, forms::change::revert),
            (Product::SUBJECT, kept::revert::<Product>),
            (ScoreRule::SUBJECT, kept::revert::<ScoreRule>),
            (KeptSettings::SUBJECT, kept::revert::<KeptSettings>),
            (reasons::List::SUBJECT, kept::revert::<reasons::List>),
            ("pipeline", pipelines::change::revert),
            (rates::http::SUBJECT, rates::http::revert),
        ],
        ..Module::default()
    }
}
