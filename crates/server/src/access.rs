//! The access matrix: what each role of the product's own allows, and what each route asks for; written from the code into docs/access.md.

use std::fmt::Write;

use identity::roles;
use kernel::actor::Scope;
use kernel::http::Access;

use crate::app::Product;

const HEAD: &str = "# Who may do what

Written by `crm access` from the roles and the route table in the code; a test fails when it is stale. How scopes, rules for rows and
fields, and shares work together is told in [permissions.md](permissions.md).

`own` is the records one owns, `team` adds those of one's team and of the teams one leads, `below` those of every team below these, `all` is
all; ✓ is a permission that knows no scope. These are the roles as they are made; an organisation may change each of them and make others.

";

/// The whole document.
pub fn document(product: &Product) -> String {
    let mut text = HEAD.to_owned();
    // Writing to a string never fails.
    let _ = permissions(&mut text, product);
    let _ = routes(&mut text, product);
    text
}

fn permissions(text: &mut String, product: &Product) -> std::fmt::Result {
    let built_in = roles::built_in();
    let names: Vec<&str> = built_in.iter().map(|role| role.name).collect();
    writeln!(text, "## Roles\n\n| permission | what | {} |", names.join(" | "))?;
    writeln!(text, "|---|---|{}", "---|".repeat(names.len()))?;
    for permission in product.identity.permissions() {
        let cells: Vec<&str> = built_in
            .iter()
            .map(|role| cell(role.scope(&permission.name), permission.is_scoped))
            .collect();
        writeln!(text, "| `{}` | {} | {} |", permission.name, permission.label_en, cells.join(" | "))?;
    }
    Ok(())
}

fn cell(scope: Option<Scope>, is_scoped: bool) -> &'static str {
    match scope {
        None => "",
        Some(_) if !is_scoped => "✓",
        Some(Scope::Own) => "own",
        Some(Scope::Team) => "team",
        Some(Scope::Below) => "below",
        Some(Scope::All) => "all",
    }
}

fn routes(text: &mut String, product: &Product) -> std::fmt::Result {
    writeln!(
        text,
        "\n## Routes\n\nBelow `{}`.\n\n| route | asks for |\n|---|---|",
        crate::app::PREFIX
    )?;
    let mut lines: Vec<String> = product
        .table
        .iter()
        .map(|route| {
            let asks = match route.access {
                Access::Public => "nothing".to_owned(),
                Access::SignedIn => "being signed in".to_owned(),
                Access::Unready => "being signed in, even before a second factor that is due".to_owned(),
                Access::Needs(permission) => format!("`{}`", permission.name()),
            };
            let path = route.path.strip_prefix(crate::app::PREFIX).unwrap_or(&route.path);
            format!("| `{path}` {} | {asks} |", route.method)
        })
        .collect();
    lines.sort();
    lines.iter().try_for_each(|line| writeln!(text, "{line}"))
}
