//! For how long the audit is kept: what would go, what goes, and what still proves the rest.

use kernel::clock::DAY_US;
use serde_json::{Value, json};
use testkit::{TestApp, company, story};

async fn run(app: &TestApp) {
    let ctx = app.product.system().await.expect("a context");
    ctx.db
        .write(async |tx| tx.enqueue("identity.end_audit", json!({}), ctx.now_us()).await)
        .await
        .expect("a job");
    app.run_jobs().await;
    app.consume().await;
}

story!(old_entries_go_as_a_whole_and_the_rest_is_still_proved, |app| {
    let admin = app.admin().await;
    for name in ["Bir", "İki"] {
        admin.post("customers/", company(name)).await.expect(201);
    }
    app.consume().await;
    let old = app.count("audit_entries").await;
    assert!(old >= 2);
    app.clock.advance(400 * DAY_US);
    admin.post("customers/", company("Üç")).await.expect(201);
    app.consume().await;
    let all = app.count("audit_entries").await;

    // As delivered for ever.
    run(&app).await;
    let retention = admin.get("audit/retention/").await.expect(200).json();
    assert_eq!((&retention["months"], &retention["entries"]), (&Value::Null, &json!(0)));
    assert_eq!(app.count("audit_entries").await, all);

    // What would go is told before anything does.
    assert_eq!(admin.get("audit/retention/?months=12").await.expect(200).json()["entries"], old);
    assert_eq!(admin.get("audit/retention/?months=24").await.expect(200).json()["entries"], 0);
    admin.get("audit/retention/?months=3").await.expect(422).error("months");
    admin
        .patch("organisation/", json!({ "audit_kept_months": 11 }))
        .await
        .expect(422)
        .error("audit_kept_months");
    admin.patch("organisation/", json!({ "audit_kept_months": 24 })).await.expect(200);
    run(&app).await;
    assert_eq!(app.count("audit_checkpoints").await, 0);

    let organisation = admin
        .patch("organisation/", json!({ "audit_kept_months": 12 }))
        .await
        .expect(200)
        .json();
    assert_eq!(organisation["audit_kept_months"], 12);
    app.consume().await;
    let anchor = admin.post("audit/verify/", json!({})).await.expect(200).json()["anchor"].clone();
    run(&app).await;
    assert_eq!(app.count("audit_checkpoints").await, 1);
    let verdict = admin.post("audit/verify/", json!({ "anchor": anchor })).await.expect(200).json();
    assert_eq!(verdict["broken"], Value::Null, "{verdict}");
    let begins = verdict["begins_after"].as_str().expect("a place");
    assert!(begins.starts_with(&format!("{old}:")), "{begins}");
    let told = admin.get("audit/?kind=audit.ended").await.expect(200).json();
    assert_eq!(told["results"].as_array().map(Vec::len), Some(1));
    assert_eq!(told["results"][0]["details"]["ended"], old);
    // What happened itself is still there: only its seal is gone.
    admin.get("customers/1/").await.expect(200);

    // Once more there is nothing to do.
    run(&app).await;
    assert_eq!(app.count("audit_checkpoints").await, 1);
    // And for ever again.
    admin.patch("organisation/", json!({ "audit_kept_months": null })).await.expect(200);
    assert_eq!(admin.get("audit/retention/").await.json()["months"], Value::Null);

    let (seller, _) = app.user("Ali Veli", "sales_rep", None).await;
    seller.get("audit/retention/").await.expect(403);
});
