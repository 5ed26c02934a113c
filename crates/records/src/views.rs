//! Saved lists: a criteria, an order and columns under a name, for oneself, for one's team, or for everyone.

pub mod http;
pub mod tabs;

use std::collections::BTreeMap;

use criteria::Criteria;
use futures::future::BoxFuture;
use kernel::actor::Permission;
use kernel::ctx::{Ctx, Stamp, forbidden};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result, invalid};
use kernel::events::{Event, NewEvent};
use kernel::json_text::JsonText;
use kernel::operations::Refusal;
use kernel::page::ListRequest;
use kernel::say;
use kernel::text::nearest;
use sea_query::{Alias, Cond, Expr, ExprTrait, OnConflict, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;

use crate::custom::{self, Definitions};
use crate::edit::{self, Edit};
use crate::entity::Entity;
use crate::http::parse_criteria;
use crate::read::{self, Asked};
use crate::{choices, schema};

/// Show one's views to others.
pub const VIEW_SHARE: Permission = Permission::global("view", "share");

/// How many a user may have.
pub const MAX_VIEWS: usize = 200;
const MAX_NAME_CHARS: usize = 80;
const MAX_COLUMNS: usize = 100;

choices! {
    /// Who sees a view.
    Sharing {
        Private: "private", "Yalnızca ben", "Only me";
        Team: "team", "Ekibim", "My team";
        Everyone: "everyone", "Herkes", "Everyone";
    }
}

/// A view as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow)]
pub struct View {
    /// 0 until it is kept.
    pub id: i64,
    pub entity: String,
    pub name: String,
    pub criteria: JsonText<Value>,
    /// Field names, comma separated, `-` for descending; empty is the order of the list itself.
    pub ordering: String,
    /// Names of fields.
    pub columns: JsonText<Vec<String>>,
    #[sqlx(try_from = "String")]
    pub sharing: Sharing,
    pub owner_id: Option<i64>,
    /// The team that sees it when it is shared with the team: the owner's.
    pub team_id: Option<i64>,
}

impl View {
    fn is_mine(&self, ctx: &Ctx) -> bool {
        self.owner_id.is_some() && self.owner_id == ctx.actor.user_id.map(|id| id.0)
    }

    /// Whether the caller may change it: the owner may, and who may share.
    fn is_editable(&self, ctx: &Ctx) -> bool {
        self.is_mine(ctx) || ctx.actor.may(VIEW_SHARE)
    }

    /// Brings what a caller wrote to the form it is kept in, or says what is wrong with it. What stands as it was `before` is not looked
    /// into: a field may have gone since, and that must not stand in the way of another name.
    async fn normalise(&mut self, before: Option<&View>, ctx: &Ctx) -> Result<()> {
        let mut errors = FieldErrors::default();
        let entity = Entity::asked(&self.entity).map_err(|problem| invalid("entity", problem))?;
        ctx.scope(entity.permissions.read)?;
        let definitions = &*custom::definitions(ctx, entity.name).await?;
        self.name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.name.is_empty() || self.name.chars().count() > MAX_NAME_CHARS {
            errors.add(
                "name",
                say!(
                    "1 ile {} karakter arasında olmalı.",
                    "Must have 1 to {} characters.",
                    MAX_NAME_CHARS
                ),
            );
        }
        let schema = schema::for_actor(entity, &ctx.actor, definitions);
        if before.is_none_or(|before| before.criteria != self.criteria) {
            match parse_criteria(Some(&self.criteria), &schema) {
                Ok(criteria) => self.criteria = JsonText(criteria.to_json()),
                Err(Error::Invalid(wrong)) => errors.0.extend(wrong.0),
                Err(error) => return Err(error),
            }
        }
        if before.is_none_or(|before| before.ordering != self.ordering) {
            let request = ListRequest {
                ordering: Some(self.ordering.clone()),
                ..ListRequest::default()
            };
            match read::ordering(
                entity,
                &schema,
                &Asked {
                    criteria: Criteria::everything(),
                    request,
                },
            ) {
                Err(Error::BadRequest(problem)) => errors.add("ordering", problem),
                Err(Error::Invalid(wrong)) => errors.0.extend(wrong.0),
                Err(error) => return Err(error),
                Ok(_) => {}
            }
        }
        if before.is_none_or(|before| before.columns != self.columns) {
            check_columns(&self.columns, entity, definitions, &mut errors);
        }
        errors.check()
    }
}

fn check_columns(columns: &[String], entity: &Entity, definitions: &Definitions, errors: &mut FieldErrors) {
    if columns.len() > MAX_COLUMNS {
        errors.add(
            "columns",
            say!("En çok {} sütun olabilir.", "There may be {} columns at most.", MAX_COLUMNS),
        );
    }
    let mut known: Vec<&str> = entity.fields.iter().map(|spec| spec.name()).collect();
    known.extend(definitions.0.iter().map(|definition| definition.field.name.as_ref()));
    for (index, column) in columns.iter().enumerate() {
        if columns[..index].contains(column) {
            errors.add("columns", say!("“{column}” iki kez verilmiş.", "“{column}” is given twice."));
        } else if !known.contains(&column.as_str()) {
            errors.add(
                "columns",
                match nearest(column, known.iter().copied()) {
                    Some(near) => say!(
                        "“{column}” diye bir alan yok; “{near}” olabilir mi?",
                        "There is no field “{column}”; did you mean “{near}”?"
                    ),
                    None => say!("“{column}” diye bir alan yok.", "There is no field “{column}”."),
                },
            );
        }
    }
}

/// Saves a view of the caller's own.
pub async fn create(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, mut view: View) -> Result<View> {
    view.owner_id = ctx.actor.user_id.map(|id| id.0);
    view.normalise(None, ctx).await?;
    share(tx, ctx, &mut view).await?;
    let mut mine = Query::select();
    mine.expr(tx.dialect().own_sql("count(*)"))
        .from(Alias::new("views"))
        .and_where(Expr::col("deleted_at").is_null());
    mine.and_where(Expr::col("owner_id").eq(view.owner_id));
    let (mine,): (i64,) = tx.one(&mine).await?;
    if mine >= MAX_VIEWS as i64 {
        return Err(invalid(
            "name",
            say!("En çok {} görünümünüz olabilir.", "You may have {} views at most.", MAX_VIEWS),
        ));
    }
    keep(
        tx,
        stamp,
        vec![Edit {
            before: None,
            after: Some(view),
        }],
    )
    .await?
    .pop()
    .ok_or(Error::internal("a view was not kept"))
}

/// Changes a view by `alter`; whether anything changed.
pub async fn update(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, id: i64, alter: impl FnOnce(&mut View) -> Result<()>) -> Result<bool> {
    let before = editable(tx, ctx, id).await?;
    let mut after = before.clone();
    alter(&mut after)?;
    after.normalise(Some(&before), ctx).await?;
    if after.sharing != before.sharing {
        share(tx, ctx, &mut after).await?;
    }
    if after == before {
        return Ok(false);
    }
    keep(
        tx,
        stamp,
        vec![Edit {
            before: Some(before),
            after: Some(after),
        }],
    )
    .await?;
    Ok(true)
}

/// Deletes a view softly.
pub async fn delete(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, id: i64) -> Result<()> {
    let before = editable(tx, ctx, id).await?;
    keep(
        tx,
        stamp,
        vec![Edit {
            before: Some(before),
            after: None,
        }],
    )
    .await?;
    Ok(())
}

/// The views the caller may see: their own, their team's, everyone's; of entities they may read.
pub fn visible(ctx: &Ctx) -> SelectStatement {
    let mut seen = Cond::any().add(Expr::col("sharing").eq(Sharing::Everyone.word()));
    if let Some(me) = ctx.actor.user_id {
        seen = seen.add(Expr::col("owner_id").eq(me.0));
    }
    if let Some(team) = ctx.actor.team_id {
        seen = seen.add(Expr::col("sharing").eq(Sharing::Team.word()).and(Expr::col("team_id").eq(team.0)));
    }
    let readable = Entity::all().into_iter().filter(|entity| ctx.actor.may(entity.permissions.read));
    let mut query = alive();
    query
        .cond_where(seen)
        .and_where(Expr::col("entity").is_in(readable.map(|entity| entity.name)));
    query
}

fn alive() -> SelectStatement {
    Query::select()
        .columns([
            "id", "entity", "name", "criteria", "ordering", "columns", "sharing", "owner_id", "team_id",
        ])
        .from(Alias::new("views"))
        .and_where(Expr::col("deleted_at").is_null())
        .to_owned()
}

/// A view that the caller may change, held for this transaction.
async fn editable(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<View> {
    let mut query = visible(ctx);
    query.and_where(Expr::col("id").eq(id));
    tx.dialect().for_update(&mut query);
    let view: View = tx.opt(&query).await?.ok_or(Error::NotFound)?;
    if view.is_editable(ctx) {
        Ok(view)
    } else {
        Err(forbidden(VIEW_SHARE))
    }
}

/// Settles who sees it: showing it to others takes a permission, and sharing with the team a team.
async fn share(tx: &mut Tx, ctx: &Ctx, view: &mut View) -> Result<()> {
    view.team_id = None;
    if view.sharing == Sharing::Private {
        return Ok(());
    }
    ctx.scope(VIEW_SHARE)?;
    if view.sharing == Sharing::Team {
        let team = Query::select()
            .column("team_id")
            .from(Alias::new("users"))
            .and_where(Expr::col("id").eq(view.owner_id))
            .to_owned();
        view.team_id = tx.opt::<(Option<i64>,)>(&team).await?.and_then(|(team_id,)| team_id);
        if view.team_id.is_none() {
            return Err(invalid(
                "sharing",
                say!("Görünümün sahibi bir ekipte değil.", "The owner of the view is in no team."),
            ));
        }
    }
    Ok(())
}

/// Keeps what was changed and tells it. Views that are there afterwards, in the order of the edits.
async fn keep(tx: &mut Tx, stamp: &Stamp, mut edits: Vec<Edit<View>>) -> Result<Vec<View>> {
    let gone: Vec<i64> = edits
        .iter()
        .filter(|edit| edit.after.is_none())
        .filter_map(|edit| Some(edit.before.as_ref()?.id))
        .collect();
    if !gone.is_empty() {
        let end = Query::update()
            .table("views")
            .value("deleted_at", stamp.at_us)
            .and_where(Expr::col("id").is_in(gone))
            .to_owned();
        tx.exec(&end).await?;
    }
    let columns = [
        "entity",
        "name",
        "criteria",
        "ordering",
        "columns",
        "sharing",
        "owner_id",
        "team_id",
        "updated_at",
    ];
    for has_id in [true, false] {
        let mut views: Vec<&mut View> = edits
            .iter_mut()
            .filter_map(|edit| edit.after.as_mut())
            .filter(|view| (view.id != 0) == has_id)
            .collect();
        if views.is_empty() {
            continue;
        }
        let mut upsert = Query::insert();
        upsert
            .into_table("views")
            .columns(columns.into_iter().chain(["created_at"]).chain(has_id.then_some("id")));
        for view in &views {
            let values: [Expr; 10] = [
                view.entity.as_str().into(),
                view.name.as_str().into(),
                view.criteria.to_string().into(),
                view.ordering.as_str().into(),
                serde_json::to_string(&view.columns)?.into(),
                view.sharing.word().into(),
                view.owner_id.into(),
                view.team_id.into(),
                stamp.at_us.into(),
                stamp.at_us.into(),
            ];
            upsert.values_panic(values.into_iter().chain(has_id.then(|| view.id.into())));
        }
        if has_id {
            let change = OnConflict::column("id")
                .update_columns(columns)
                .value("version", Expr::col(("views", "version")).add(1))
                .value("deleted_at", sea_query::Value::BigInt(None))
                .to_owned();
            upsert.on_conflict(change);
        }
        let ids: Vec<(i64,)> = tx.all(upsert.returning_col("id")).await?;
        for (view, (id,)) in views.iter_mut().zip(ids) {
            view.id = id;
        }
    }
    let event = |edit: &Edit<View>| {
        let view = edit.after.as_ref().or(edit.before.as_ref())?;
        let kind = edit.verb("view.created", "view.updated", "view.deleted");
        Some(NewEvent::new(kind, "view", view.id).payload(edit.images()).changes(edit.changes()))
    };
    tx.emit_all(stamp, edits.iter().filter_map(event).collect()).await?;
    Ok(edits.into_iter().filter_map(|edit| edit.after).collect())
}

/// Takes back events of views, newest first: exactly the view comes back, or nothing. See [`kernel::operations`].
pub fn revert<'a>(tx: &'a mut Tx, _: &'a Ctx, stamp: Stamp, events: &'a [Event]) -> BoxFuture<'a, Result<Vec<Refusal>>> {
    Box::pin(async move {
        let mut query = alive();
        query.and_where(Expr::col("id").is_in(events.iter().map(|event| event.subject_id)));
        tx.dialect().for_update(&mut query);
        let stored: BTreeMap<i64, View> = tx.all::<View>(&query).await?.into_iter().map(|view| (view.id, view)).collect();
        let (edits, refusals) = edit::take_back("view", &stored, events)?;
        keep(tx, &stamp, edits).await?;
        Ok(refusals)
    })
}

/// Ends views for good that were deleted before.
pub async fn purge(tx: &mut Tx, deleted_before_us: i64) -> Result<u64> {
    tx.exec(
        &Query::delete()
            .from_table("views")
            .and_where(Expr::col("deleted_at").lt(deleted_before_us))
            .to_owned(),
    )
    .await
}
