//! One change to many customers, as one operation.

use kernel::actor::Permission;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{FieldErrors, Result, invalid};
use kernel::ids::OperationId;
use kernel::operations;
use kernel::{say, text};
pub use records::bulk::{BulkOutcome, BulkRefused};
use sea_query::{Expr, ExprTrait, Order};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::change::{change_all, code_taken, delete_all};
use super::patch::{self, Patch};
use super::{Customer, read, schema};
use crate::cell::Cell;
use crate::custom_fields;
use crate::fields::Key;
use crate::permissions;

/// Customers changed in one transaction.
const CHUNK: u64 = 500;
/// Customers one request may change; larger sets go in several.
const MAX_CUSTOMERS: u64 = 100_000;
/// Refusals told in the answer.
const TOLD: usize = 100;

/// What to do, to whom: `ids`, or everything that `criteria` and `search` find.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    pub ids: Option<Vec<i64>>,
    #[schema(value_type = Option<Object>)]
    pub criteria: Option<Value>,
    pub search: Option<String>,
    /// `update`, `delete`, `tag` or `untag`.
    pub action: String,
    /// For `update`: field → value.
    #[schema(value_type = Option<Object>)]
    pub changes: Option<Map<String, Value>>,
    /// For `tag` and `untag`.
    pub tags: Option<Vec<String>>,
}

enum Action {
    Update(Patch),
    Delete,
    Tag(Vec<String>),
    Untag(Vec<String>),
}

impl Action {
    fn permission(&self) -> Permission {
        if matches!(self, Action::Delete) {
            permissions::DELETE
        } else {
            permissions::WRITE
        }
    }
}

/// Runs it, all in the caller's transaction, so that it is done whole or not at all.
pub async fn run(tx: &mut Tx, ctx: &Ctx, request: BulkRequest) -> Result<(OperationId, BulkOutcome)> {
    let definitions = custom_fields::definitions(ctx).await?;
    let action = action(&request, &definitions)?;
    let permission = action.permission();
    ctx.scope(permission)?;
    let schema = schema::for_actor(&ctx.actor, &definitions);
    let mut target = read::visible(ctx, permission).await?;
    match (&request.ids, &request.criteria) {
        (Some(ids), None) if request.search.is_none() => {
            if ids.len() as u64 > CHUNK * 20 {
                return Err(invalid(
                    "ids",
                    say!(
                        "En çok {} olabilir; daha fazlası için criteria kullanın.",
                        "May be {} at most; use criteria for more.",
                        CHUNK * 20
                    ),
                ));
            }
            target.and_where(Expr::col(("customers", "id")).is_in(ids.iter().copied()));
        }
        (None, criteria) if criteria.is_some() || request.search.is_some() => {
            let criteria = match criteria {
                Some(json) => criteria::Criteria::parse(json, &schema).map_err(super::http::criteria_error)?,
                None => criteria::Criteria::everything(),
            };
            read::narrow(ctx, &mut target, &schema, &criteria, request.search.as_deref());
        }
        _ => {
            return Err(invalid(
                "ids",
                say!(
                    "Ya ids ya da criteria veya search verin.",
                    "Give either ids, or criteria or search."
                ),
            ));
        }
    }
    target
        .column(("customers", "id"))
        .order_by(("customers", "id"), Order::Asc)
        .limit(MAX_CUSTOMERS + 1);
    // Who is meant is settled before anything changes: a change may take a customer out of the criteria.
    let ids: Vec<i64> = tx.all::<(i64,)>(&target).await?.into_iter().map(|(id,)| id).collect();
    if ids.len() as u64 > MAX_CUSTOMERS {
        return Err(invalid(
            "criteria",
            say!(
                "En çok {} müşteriyi değiştirebilir; süzgeci daraltın.",
                "May change {} customers at most; narrow the filter.",
                MAX_CUSTOMERS
            ),
        ));
    }
    let operation = operations::open(tx, &ctx.stamp(), "customers.bulk").await?;
    let stamp = ctx.stamp().within(operation);
    let (mut changed, mut refused_count, mut refused) = (0, 0, Vec::new());
    for chunk in ids.chunks(CHUNK as usize) {
        let customers = read::for_change(tx, ctx, permission, chunk, &definitions).await?;
        let order: Vec<i64> = customers.iter().map(|customer| customer.id).collect();
        let (done, wrong) = match &action {
            Action::Delete => (delete_all(tx, ctx, &stamp, &definitions, customers).await?, Vec::new()),
            action => {
                let alter = |customer: &mut Customer| alter(customer, action);
                change_all(tx, ctx, &stamp, &definitions, customers, alter)
                    .await
                    .map_err(code_taken)?
            }
        };
        changed += done.len() as i64;
        refused_count += wrong.len() as i64;
        for refusal in wrong.into_iter().take(TOLD.saturating_sub(refused.len())) {
            refused.push(BulkRefused {
                id: order[refusal.index],
                errors: json!(refusal.errors.in_language(ctx.lang)),
            });
        }
    }
    let summary = json!({ "action": request.action, "matched": ids.len(), "changed": changed, "refused": refused_count });
    operations::finish(tx, operation, ctx.now_us(), "done", summary).await?;
    Ok((
        operation,
        BulkOutcome {
            operation_id: operation.0,
            matched: ids.len() as i64,
            changed,
            refused_count,
            refused,
        },
    ))
}

fn action(request: &BulkRequest, definitions: &custom_fields::Definitions) -> Result<Action> {
    let tags = || -> Result<Vec<String>> {
        let tags = request.tags.as_deref().filter(|tags| !tags.is_empty());
        let tags = tags.ok_or_else(|| invalid("tags", say!("En az bir etiket verin.", "Give at least one tag.")))?;
        match patch::parse(Key::Tags.spec(), &json!(tags)).map_err(|problem| invalid("tags", problem))? {
            Cell::List(tags) => Ok(tags),
            _ => Err(invalid("tags", say!("En az bir etiket verin.", "Give at least one tag."))),
        }
    };
    match request.action.as_str() {
        "delete" => Ok(Action::Delete),
        "tag" => Ok(Action::Tag(tags()?)),
        "untag" => Ok(Action::Untag(tags()?)),
        "update" => {
            let changes = request.changes.as_ref().filter(|changes| !changes.is_empty());
            let changes = changes.ok_or_else(|| invalid("changes", say!("En az bir alan verin.", "Give at least one field.")))?;
            let mut errors = FieldErrors::default();
            let patch = Patch::parse(changes, definitions, &mut errors);
            errors = errors.under("changes");
            if patch.names(Key::CustomerCode) {
                errors.add(
                    "changes.customer_code",
                    say!("Her müşterinin kodu başkadır.", "Every customer has a code of its own."),
                );
            }
            errors.check()?;
            Ok(Action::Update(patch))
        }
        _ => Err(invalid(
            "action",
            say!("update, delete, tag veya untag olmalı.", "Must be update, delete, tag or untag."),
        )),
    }
}

fn alter(customer: &mut Customer, action: &Action) -> Result<(), FieldErrors> {
    match action {
        Action::Update(patch) => patch.apply(customer),
        Action::Delete => {}
        Action::Tag(tags) => {
            let mut list = customer[Key::Tags].list().to_vec();
            for tag in tags {
                if !list.iter().any(|known| text::fold(known) == text::fold(tag)) {
                    list.push(tag.clone());
                }
            }
            list.sort_by_key(|tag| text::sort_key(tag));
            customer.set(Key::Tags, Cell::List(list));
        }
        Action::Untag(tags) => {
            let mut list = customer[Key::Tags].list().to_vec();
            list.retain(|known| !tags.iter().any(|tag| text::fold(tag) == text::fold(known)));
            customer.set(Key::Tags, if list.is_empty() { Cell::Missing } else { Cell::List(list) });
        }
    }
    Ok(())
}
