//! No reader of events passes one that is committed late, and none reads one twice, however many write at once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use kernel::ctx::Ctx;
use kernel::db::{Db, Tx};
use kernel::error::{Error, Result};
use kernel::events::consumers::{Consumer, Turn};
use kernel::events::{self, Event, NewEvent};
use serde_json::json;
use testkit::dice::Dice;
use testkit::{TestApp, audit, story};
use tokio::sync::oneshot;

const WRITERS: u64 = 16;
const WRITES: u64 = 20;

/// Notes what it has read where it can be read back: as jobs that never run.
const NOTING: Consumer = Consumer {
    name: "test.noting",
    wants: |kind| kind == "test.happened",
    handle: note,
};

fn note<'a>(tx: &'a mut Tx, events: &'a [Event]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for event in events {
            tx.enqueue("noted", json!(event.id), i64::MAX).await?;
        }
        Ok(())
    })
}

async fn noted(db: &Db) -> Vec<i64> {
    let texts = audit::texts(db, "SELECT payload FROM jobs WHERE kind = 'noted' ORDER BY id").await;
    texts.iter().map(|text| text.parse().expect("an id")).collect()
}

async fn committed(db: &Db) -> Vec<i64> {
    let texts = audit::texts(
        db,
        "SELECT CAST(id AS text) AS shown FROM events WHERE kind = 'test.happened' ORDER BY events.id",
    )
    .await;
    texts.iter().map(|text| text.parse().expect("an id")).collect()
}

async fn happen(tx: &mut Tx, ctx: &Ctx, number: i64) -> Result<()> {
    tx.emit(&ctx.stamp(), NewEvent::new("test.happened", "test", number)).await
}

async fn catch_up(app: &TestApp) {
    app.settled().await;
    loop {
        match NOTING.turn(app.db(), &app.clock, "test").await.expect("a turn") {
            Turn::Passed(_) => {}
            Turn::Idle => return,
            Turn::Waiting => app.clock.advance(100 * 1_000_000),
        }
    }
}

/// Sleeps inside a transaction: not to wait for something, but to be slow.
async fn dawdle(dice: &mut Dice, at_most_us: u64) {
    if dice.below(3) == 0 {
        tokio::time::sleep(Duration::from_micros(dice.below(at_most_us))).await;
    }
}

story!(every_committed_event_is_read_once_and_in_order, |app| {
    let mut dice = Dice::new("horizon");
    let numbers = Arc::new(AtomicI64::new(1));
    let is_over = Arc::new(AtomicBool::new(false));

    let mut writers = Vec::new();
    for _ in 0..WRITERS {
        let (ctx, numbers, mut dice) = (app.ctx.clone(), numbers.clone(), dice.split());
        writers.push(tokio::spawn(async move {
            let mut promised = Vec::new();
            for _ in 0..WRITES {
                let some: Vec<i64> = (0..=dice.below(3)).map(|_| numbers.fetch_add(1, Ordering::SeqCst)).collect();
                let fails = dice.below(6) == 0;
                let is_slow = dice.below(8) == 0;
                let written = ctx
                    .db
                    .write(async |tx| {
                        dawdle(&mut dice, 2_000).await;
                        for number in &some {
                            happen(tx, &ctx, *number).await?;
                            dawdle(&mut dice, 500).await;
                        }
                        dawdle(&mut dice, if is_slow { 30_000 } else { 2_000 }).await;
                        if fails { Err(Error::NotFound) } else { Ok(()) }
                    })
                    .await;
                assert_eq!(written.is_err(), fails);
                if !fails {
                    promised.extend(some);
                }
            }
            promised
        }));
    }

    // One process asks twice at once, and each question may be given up half way.
    let mut readers = Vec::new();
    for _ in 0..2 {
        let (db, clock, is_over, mut dice) = (app.db().clone(), app.clock.clone(), is_over.clone(), dice.split());
        readers.push(tokio::spawn(async move {
            while !is_over.load(Ordering::SeqCst) {
                let turn = NOTING.turn(&db, &clock, "test");
                match tokio::time::timeout(Duration::from_micros(dice.below(20_000)), turn).await {
                    Ok(Ok(Turn::Waiting)) => clock.advance(100 * 1_000_000),
                    Ok(Err(error)) => panic!("{error}"),
                    _ => {}
                }
                tokio::task::yield_now().await;
            }
        }));
    }
    // A reader that keeps its place in memory, as live streams do.
    let follower = tokio::spawn({
        let (db, is_over) = (app.db().clone(), is_over.clone());
        async move {
            let (mut cursor, mut followed) = (0, Vec::new());
            loop {
                let was_over = is_over.load(Ordering::SeqCst);
                let horizon = events::horizon(&db).await.expect("a horizon");
                let batch: Vec<Event> = db.all(&events::after(cursor, horizon, 7)).await.expect("events");
                cursor = batch.last().map_or(cursor, |last| last.id);
                followed.extend(batch.iter().filter(|event| event.kind == "test.happened").map(|event| event.id));
                if was_over && batch.is_empty() && events::newest(&db).await.expect("an id") == horizon {
                    return followed;
                }
                tokio::task::yield_now().await;
            }
        }
    });

    let mut promised = BTreeSet::new();
    for writer in writers {
        promised.extend(writer.await.expect("a writer"));
    }
    is_over.store(true, Ordering::SeqCst);
    for reader in readers {
        reader.await.expect("a reader");
    }
    catch_up(&app).await;
    let there = audit::texts(app.db(), "SELECT CAST(subject_id AS text) FROM events WHERE kind = 'test.happened'").await;
    let there: BTreeSet<i64> = there.iter().map(|text| text.parse().expect("a number")).collect();
    assert_eq!(there, promised, "what was answered is there, and nothing else");
    let committed = committed(app.db()).await;
    assert_eq!(noted(app.db()).await, committed, "the consumer");
    assert_eq!(follower.await.expect("a follower"), committed, "the follower");
});

story!(writers_that_go_away_hold_nobody_up, |app| {
    let mut dice = Dice::new("writers that go away");
    for number in 0..200 {
        let ctx = app.ctx.clone();
        let writer = tokio::spawn(async move {
            let _ = ctx.db.write(async |tx| happen(tx, &ctx, number).await).await;
        });
        tokio::time::sleep(Duration::from_micros(dice.below(2_000))).await;
        writer.abort();
    }
    app.ctx
        .db
        .write(async |tx| happen(tx, &app.ctx, 1000).await)
        .await
        .expect("a change");
    tokio::time::timeout(Duration::from_secs(20), catch_up(&app))
        .await
        .expect("nobody holds up the readers");
    assert_eq!(noted(app.db()).await, committed(app.db()).await);
});

/// The id of an event is given when it is written. Here the smaller id belongs to the younger transaction and is committed later, while a
/// reader looks in between.
#[tokio::test]
async fn an_event_that_is_committed_late_is_not_passed() {
    let Some(backend) = testkit::database::postgres() else {
        eprintln!("skipped: CRM_TEST_POSTGRES names no server");
        return;
    };
    let app = TestApp::new(backend).await;
    let (older_began, older_has_begun) = oneshot::channel();
    let (younger_wrote, younger_has_written) = oneshot::channel();
    let (end_younger, younger_may_end) = oneshot::channel::<()>();
    let younger = {
        let ctx = app.ctx.clone();
        async move {
            older_has_begun.await.expect("the older one");
            ctx.db
                .write(async |tx| {
                    happen(tx, &ctx, 1).await?;
                    let _ = younger_wrote.send(());
                    let _ = younger_may_end.await;
                    Ok(())
                })
                .await
        }
    };
    let younger = tokio::spawn(younger);
    let ctx = app.ctx.clone();
    ctx.db
        .write(async |tx| {
            // Something is written, so that it has its place among the transactions.
            tx.enqueue("nothing", json!({}), i64::MAX).await?;
            let _ = older_began.send(());
            younger_has_written.await.expect("the younger one");
            happen(tx, &ctx, 2).await
        })
        .await
        .expect("a change");
    while let Turn::Passed(_) = NOTING.turn(app.db(), &app.clock, "test").await.expect("a turn") {}
    let _ = end_younger.send(());
    younger.await.expect("no panic").expect("a change");
    catch_up(&app).await;
    assert_eq!(noted(app.db()).await, committed(app.db()).await);
    assert_eq!(committed(app.db()).await.len(), 2);
}
