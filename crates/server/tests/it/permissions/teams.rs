//! The tree of teams, and what its managers reach.

use serde_json::json;
use testkit::{company, story};

use super::{names, set, team};

story!(managers_reach_the_teams_below_them, |app| {
    let admin = app.admin().await;
    let (boss, boss_id) = app.user("Büyük Patron", "manager", None).await;
    let (chief, chief_id) = app.user("Şef Marmara", "manager", None).await;
    let (rep, rep_id) = app.user("Temsilci", "sales_rep", None).await;
    let turkiye = team(&admin, "Türkiye", None, Some(boss_id)).await;
    let marmara = team(&admin, "Marmara", Some(turkiye), None).await;
    let bursa = team(&admin, "Bursa", Some(marmara), None).await;
    let ege = team(&admin, "Ege", Some(turkiye), None).await;
    admin
        .patch(&format!("users/{chief_id}/"), json!({ "team_id": marmara }))
        .await
        .expect(200);
    admin
        .patch(&format!("users/{rep_id}/"), json!({ "team_id": bursa }))
        .await
        .expect(200);
    for (name, team, owner) in [
        ("Merkez A.Ş.", Some(turkiye), None),
        ("Marmara A.Ş.", Some(marmara), None),
        ("Bursa A.Ş.", Some(bursa), None),
        ("Ege A.Ş.", Some(ege), None),
        ("Kimsesiz A.Ş.", None, None),
        ("Temsilci A.Ş.", Some(ege), Some(rep_id)),
    ] {
        let mut input = company(name);
        (input["team_id"], input["owner_id"]) = (json!(team), json!(owner));
        if team.is_none() && owner.is_none() {
            input["owner_id"] = json!(1);
        }
        admin.post("customers/", input).await.expect(201);
    }
    let under_boss = ["Merkez A.Ş.", "Marmara A.Ş.", "Bursa A.Ş.", "Ege A.Ş.", "Temsilci A.Ş."];
    assert_eq!(names(&boss, "").await, set(&under_boss), "leading a team reaches all below it");
    assert_eq!(names(&chief, "").await, set(&["Marmara A.Ş.", "Bursa A.Ş."]));
    assert_eq!(names(&rep, "").await, set(&["Temsilci A.Ş."]));
    assert_eq!(names(&chief, "&ordering=name&search=bursa").await, set(&["Bursa A.Ş."]));

    // The tree changes, and what people reach with it.
    admin
        .patch(&format!("teams/{ege}/"), json!({ "parent_id": marmara }))
        .await
        .expect(200);
    assert_eq!(names(&chief, "").await.len(), 4);
    let refused = admin
        .patch(&format!("teams/{turkiye}/"), json!({ "parent_id": bursa }))
        .await
        .expect(422);
    assert!(
        refused.json()["errors"]["parent_id"][0]
            .as_str()
            .expect("a reason")
            .contains("below itself")
    );
    admin
        .patch(&format!("teams/{turkiye}/"), json!({ "parent_id": turkiye }))
        .await
        .expect(422);
    admin.patch(&format!("teams/{ege}/"), json!({ "parent_id": 999 })).await.expect(422);
    admin
        .patch(&format!("teams/{ege}/"), json!({ "manager_id": 999 }))
        .await
        .expect(422);
    admin.delete(&format!("teams/{marmara}/")).await.expect(409);
    admin
        .patch(&format!("teams/{ege}/"), json!({ "parent_id": null }))
        .await
        .expect(200);
    assert_eq!(names(&chief, "").await, set(&["Marmara A.Ş.", "Bursa A.Ş."]));
    assert!(!names(&boss, "").await.contains("Ege A.Ş."));

    // Nobody gives a customer to a team outside their reach.
    let own = chief.get("customers/?search=marmara").await.expect(200).json()["results"][0]["id"].clone();
    chief
        .patch(&format!("customers/{own}/"), json!({ "team_id": bursa }))
        .await
        .expect(200);
    let refused = chief
        .patch(&format!("customers/{own}/"), json!({ "team_id": ege }))
        .await
        .expect(422);
    assert!(refused.json()["errors"]["owner_id"].is_array());
});
