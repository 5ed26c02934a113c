//! One search over the records of all entities, for whoever knows a name and not where it stands.

use kernel::ctx::Ctx;
use kernel::error::{Error, Result};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Params, Reply, Routes};
use kernel::{say, text};
use sea_query::Order;
use utoipa_axum::routes;

use crate::entity::Entity;
use crate::http::asked_entity;
use crate::lines::{self, Line};
use crate::{read, schema};

/// Lines of each entity: more belongs on its list.
const SHOWN_OF_EACH: u64 = 10;

pub fn routes() -> Routes {
    Routes::new().add(routes!(search), Access::SignedIn)
}

/// The records of every entity that the words find and the caller may see: ten of each at most, the newest first. With `entity` those of
/// one.
#[utoipa::path(get, path = "/search/", tag = "records", operation_id = "search", params(("search" = String, Query), ("entity" = Option<String>, Query)), responses((status = 200, body = Listed<Line>), Problems))]
async fn search(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    let ctx = ctx.for_lists().await;
    let (asked, others): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(name, _)| name == "search");
    let entities = asked_entity(&others)?.map_or_else(Entity::all, |entity| vec![entity]);
    let Some((_, asked)) = asked.into_iter().next() else {
        return Err(Error::BadRequest(say!(
            "Ne arandığını search ile verin.",
            "Say what to search for with search."
        )));
    };
    let words = text::asked_words(&asked);
    let mut found = Vec::new();
    for entity in entities.into_iter().filter(|entity| ctx.actor.may(entity.permissions.read)) {
        if !words.is_empty() {
            found.extend(of_entity(&ctx, entity, &asked, &words).await?);
        }
    }
    Reply::ok(&Listed::whole(found))
}

async fn of_entity(ctx: &Ctx, entity: &'static Entity, asked: &str, words: &[String]) -> Result<Vec<Line>> {
    let mut query = read::visible(ctx, entity, entity.permissions.read).await?;
    lines::select(ctx, entity, &mut query);
    if read::streams(ctx, entity, words) {
        let key = read::stream(ctx, entity, &mut query, words);
        query.order_by((key.table, key.column), Order::Desc);
    } else {
        let schema = schema::schema(ctx, entity).await?;
        read::narrow(ctx, entity, &mut query, &schema, &criteria::Criteria::everything(), Some(asked));
        query.order_by((entity.table, "id"), Order::Desc);
    }
    query.limit(SHOWN_OF_EACH);
    let rows: Vec<(i64, String, String, String)> = ctx.db.all_while_wanted(&query).await?;
    Ok(rows.into_iter().map(|row| Line::of(entity, row)).collect())
}
