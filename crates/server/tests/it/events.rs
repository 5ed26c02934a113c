//! Events and those who read them.

use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::BoxFuture;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::events::Event;
use kernel::events::consumers::{self, Consumer, Turn};
use serde_json::json;
use testkit::{company, story};

story!(figures_follow_the_events_exactly_once, |app| {
    let admin = app.admin().await;
    let id = admin.post("customers/", company("Alfa")).await.expect(201).id();
    for n in 0..7 {
        admin
            .patch(&format!("customers/{id}/"), json!({ "industry": format!("i{n}") }))
            .await
            .expect(200);
        if n % 3 == 0 {
            app.consume().await;
        }
    }
    app.consume().await;
    app.consume().await;
    let figures = admin.get(&format!("customers/{id}/360/")).await.expect(200).json()["figures"].clone();
    assert_eq!((figures["events"].as_i64(), figures["changes"].as_i64()), (Some(8), Some(7)));
});

static POISON: AtomicBool = AtomicBool::new(true);

fn choke<'a>(tx: &'a mut Tx, events: &'a [Event]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        if POISON.load(Ordering::SeqCst) && events.iter().any(|event| event.payload["name"] == "Zehir") {
            return Err(Error::internal("this event does not go down"));
        }
        for event in events {
            tx.enqueue("seen", json!({ "event": event.id }), i64::MAX).await?;
        }
        Ok(())
    })
}

story!(a_poisonous_event_is_set_aside_and_replayed, |app| {
    const CHOKING: Consumer = Consumer {
        name: "test.choking",
        wants: |kind| kind == "customer.created",
        handle: choke,
    };
    POISON.store(true, Ordering::SeqCst);
    let admin = app.admin().await;
    for name in ["Bir", "Zehir", "İki"] {
        admin.post("customers/", company(name)).await.expect(201);
    }
    app.settled().await;
    let seen = async || app.count("jobs").await;
    let mut turns = 0;
    loop {
        match CHOKING.turn(app.db(), &app.clock, "test").await.expect("a turn") {
            Turn::Idle => break,
            Turn::Passed(_) => {}
            Turn::Waiting => app.clock.advance(200 * 1_000_000),
        }
        turns += 1;
        assert!(turns < 60, "the consumer never gets past the event");
    }
    assert_eq!(seen().await, 2, "the others were handled, each once");
    let aside = consumers::set_aside(app.db()).await.expect("a list");
    assert_eq!(aside.len(), 1);
    assert!(aside[0].error.contains("does not go down"));
    let still = app.db().write(async |tx| CHOKING.replay(tx, aside[0].id).await).await;
    assert!(still.is_err());
    assert_eq!(
        consumers::set_aside(app.db()).await.expect("a list").len(),
        1,
        "a failed replay leaves it on the list"
    );
    POISON.store(false, Ordering::SeqCst);
    app.db()
        .write(async |tx| CHOKING.replay(tx, aside[0].id).await)
        .await
        .expect("it goes down now");
    assert_eq!(seen().await, 3);
    assert!(consumers::set_aside(app.db()).await.expect("a list").is_empty());
});

story!(only_one_process_runs_a_consumer, |app| {
    let admin = app.admin().await;
    admin.post("customers/", company("Alfa")).await.expect(201);
    let consumer = app.product.consumers[0];
    app.settled().await;
    assert!(matches!(
        consumer.turn(app.db(), &app.clock, "one").await.expect("a turn"),
        Turn::Passed(_)
    ));
    admin.post("customers/", company("Beta")).await.expect(201);
    app.settled().await;
    assert_eq!(consumer.turn(app.db(), &app.clock, "two").await.expect("a turn"), Turn::Waiting);
    // The lease of a dead process ends.
    app.clock.advance(61 * 1_000_000);
    assert!(matches!(
        consumer.turn(app.db(), &app.clock, "two").await.expect("a turn"),
        Turn::Passed(_)
    ));
});
