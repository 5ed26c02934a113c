//! What must be true of every database at every moment, whoever was killed while doing whatever: asked of the tables themselves.

use kernel::db::Db;
use kernel::dialect::Dialect;
use sea_query::QueryBuilder;
use sea_query_sqlx::{SqlxBinder, SqlxValues};

/// Each is a query for sentences about what is wrong. `JSON(column, 'key')` is the member of a JSON text, `LENGTH(column)` that of a JSON array.
const LAWS: [(&str, &str); 15] = [
    (
        "a customer is created once",
        "SELECT 'customer ' || c.id || ' has ' || count(e.id) FROM customers c \
         LEFT JOIN events e ON e.subject_type = 'customer' AND e.subject_id = c.id AND e.kind = 'customer.created' \
         GROUP BY c.id HAVING count(e.id) <> 1",
    ),
    (
        "what was created is there",
        "SELECT 'event ' || e.id FROM events e WHERE e.kind = 'customer.created' AND NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = e.subject_id)",
    ),
    (
        "the version is the number of events",
        "SELECT 'customer ' || c.id || ' at version ' || c.version || ' has ' || count(e.id) FROM customers c \
         LEFT JOIN events e ON e.subject_type = 'customer' AND e.subject_id = c.id GROUP BY c.id, c.version HAVING count(e.id) <> c.version",
    ),
    (
        "the primary e-mail is the first of its kind",
        "SELECT 'customer ' || c.id FROM customers c WHERE c.primary_email <> \
         coalesce((SELECT p.value FROM contact_points p WHERE p.customer_id = c.id AND p.kind = 'email' AND p.rank = 0), '')",
    ),
    (
        "the secondary e-mail is the second of its kind",
        "SELECT 'customer ' || c.id FROM customers c WHERE c.secondary_email <> \
         coalesce((SELECT p.value FROM contact_points p WHERE p.customer_id = c.id AND p.kind = 'email' AND p.rank = 1), '')",
    ),
    (
        "the primary phone is the first of its kind",
        "SELECT 'customer ' || c.id FROM customers c WHERE c.primary_phone <> \
         coalesce((SELECT p.value FROM contact_points p WHERE p.customer_id = c.id AND p.kind = 'phone' AND p.rank = 0), '')",
    ),
    (
        "no rank is taken twice",
        "SELECT 'customer ' || customer_id || ' ' || kind || ' ' || rank FROM contact_points GROUP BY customer_id, kind, rank HAVING count(*) > 1",
    ),
    (
        "the city is that of the primary address",
        "SELECT 'customer ' || c.id FROM customers c WHERE c.city <> coalesce((SELECT a.city FROM addresses a WHERE a.customer_id = c.id AND a.is_primary), '')",
    ),
    (
        "tags stand in both places",
        "SELECT 'customer ' || c.id FROM customers c WHERE LENGTH(c.tags) <> (SELECT count(*) FROM customer_tags t WHERE t.customer_id = c.id)",
    ),
    (
        "who is there is found",
        "SELECT 'customer ' || c.id FROM customers c WHERE c.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM customer_search s WHERE s.rowid = c.id)",
    ),
    (
        "who is deleted is not found",
        "SELECT 'row ' || s.rowid FROM customer_search s WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = s.rowid AND c.deleted_at IS NULL)",
    ),
    (
        "an event is part of an operation that is there",
        "SELECT 'event ' || e.id FROM events e WHERE e.operation_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.id = e.operation_id)",
    ),
    (
        "an operation did what it says",
        "SELECT 'operation ' || o.id || ' ' || o.kind || ' says ' || o.summary || ' and has ' || count(e.id) FROM operations o \
         LEFT JOIN events e ON e.operation_id = o.id AND e.subject_type = 'customer' \
         WHERE o.kind IN ('customers.create', 'customers.update', 'customers.delete', 'customers.bulk') \
         GROUP BY o.id, o.kind, o.summary, o.state HAVING o.state <> 'done' OR CAST(JSON(o.summary, 'changed') AS bigint) <> count(e.id)",
    ),
    (
        "an import did what it says",
        "SELECT 'operation ' || o.id || ' says ' || o.summary || ' and has ' || count(e.id) FROM operations o \
         LEFT JOIN events e ON e.operation_id = o.id AND e.kind IN ('customer.created', 'customer.updated') \
         WHERE o.kind = 'customers.import' AND o.state = 'done' GROUP BY o.id, o.summary \
         HAVING CAST(JSON(o.summary, 'created') AS bigint) + CAST(JSON(o.summary, 'updated') AS bigint) <> count(e.id)",
    ),
    (
        "a repeated request has an answer",
        "SELECT owner || ' ' || key FROM idempotency_keys WHERE status = 0",
    ),
];

/// What must be true once nothing runs any more: consumers have caught up, jobs are done.
const LAWS_AT_REST: [(&str, &str); 4] = [
    (
        "every event is counted once",
        "SELECT 'customer ' || e.customer_id || ' has ' || count(*) || ', counted ' || coalesce(max(f.events), 0) FROM events e \
         LEFT JOIN customer_figures f ON f.customer_id = e.customer_id WHERE e.customer_id IS NOT NULL \
         GROUP BY e.customer_id HAVING count(*) <> coalesce(max(f.events), 0) \
         OR sum(CASE WHEN e.kind = 'customer.updated' THEN 1 ELSE 0 END) <> coalesce(max(f.changes), 0)",
    ),
    (
        "nothing is counted that did not happen",
        "SELECT 'customer ' || f.customer_id FROM customer_figures f WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.customer_id = f.customer_id)",
    ),
    (
        "no operation is left half done",
        "SELECT 'operation ' || id || ' ' || kind FROM operations WHERE state = 'running'",
    ),
    (
        "no event is set aside",
        "SELECT consumer || ' ' || event_id || ' ' || error FROM events_set_aside",
    ),
];

/// Insists on what must be true at every moment.
pub async fn sound(db: &Db) {
    hold(db, &LAWS).await;
}

/// Insists on that, and on what must be true when nothing runs any more.
pub async fn sound_at_rest(db: &Db) {
    hold(db, &LAWS).await;
    hold(db, &LAWS_AT_REST).await;
}

/// The first column of every row of a query in our own words, as text.
pub async fn texts(db: &Db, query: &str) -> Vec<String> {
    let query = Plain(in_dialect(query, db.dialect()));
    db.texts(&query).await.unwrap_or_else(|error| panic!("{error}: {}", query.0))
}

async fn hold(db: &Db, laws: &[(&str, &str)]) {
    for (law, query) in laws {
        let broken = texts(db, query).await;
        assert!(
            broken.is_empty(),
            "{law}: {} break it, such as {:?}",
            broken.len(),
            &broken[..broken.len().min(5)]
        );
    }
}

fn in_dialect(query: &str, dialect: Dialect) -> String {
    let mut query = query.to_owned();
    // JSON(a, 'b') and LENGTH(a) are the only two words of our own.
    while let Some(start) = query.find("JSON(") {
        let end = start + query[start..].find(')').expect("an end");
        let (column, key) = query[start + 5..end].split_once(", ").expect("a column and a key");
        let spelt = match dialect {
            Dialect::Sqlite => format!("({column} ->> {key})"),
            Dialect::Postgres => format!("({column}::json ->> {key})"),
        };
        query.replace_range(start..=end, &spelt);
    }
    while let Some(start) = query.find("LENGTH(") {
        let end = start + query[start..].find(')').expect("an end");
        let column = &query[start + 7..end];
        let spelt = match dialect {
            Dialect::Sqlite => format!("json_array_length({column})"),
            Dialect::Postgres => format!("json_array_length({column}::json)"),
        };
        query.replace_range(start..=end, &spelt);
    }
    query
}

struct Plain(String);

impl SqlxBinder for Plain {
    fn build_sqlx<T: QueryBuilder>(&self, _: T) -> (String, SqlxValues) {
        (self.0.clone(), SqlxValues(sea_query::Values(Vec::new())))
    }
}
