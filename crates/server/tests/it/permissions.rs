//! Who may do what, on which records and fields: the tree of teams, rules of roles, single records shared, and why.

mod chance;
mod every_entity;
mod rules;
mod shares;
mod teams;
mod view_as;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::{Client, company};

fn company_in(name: &str, city: &str) -> Value {
    let mut input = company(name);
    input["city"] = city.into();
    input
}

async fn names(client: &Client, query: &str) -> BTreeSet<String> {
    let list = client.get(&format!("customers/?page_size=200{query}")).await.expect(200).json();
    assert_eq!(
        list["count"].as_i64(),
        Some(list["results"].as_array().expect("results").len() as i64)
    );
    let rows = list["results"].as_array().expect("results").iter();
    rows.map(|row| row["name"].as_str().expect("a name").to_owned()).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

async fn team(admin: &Client, name: &str, parent: Option<i64>, manager: Option<i64>) -> i64 {
    let input = json!({ "name": name, "parent_id": parent, "manager_id": manager });
    admin.post("teams/", input).await.expect(201).id()
}
