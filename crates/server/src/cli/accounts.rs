//! `crm user` and `crm token`

use std::io::BufRead as _;

use anyhow::Context;
use clap::Subcommand;
use identity::tokens::NewToken;
use identity::users::NewUser;
use identity::{password, password_reset, roles, tokens, two_factor, users};
use kernel::clock::DAY_US;
use kernel::ctx::Ctx;
use kernel::ids::UserId;
use sea_query::{Alias, Expr, ExprTrait, Order, Query};

#[derive(Subcommand)]
pub enum User {
    /// Make a user; the password is read from standard input
    Create {
        email: String,
        #[arg(long)]
        name: String,
        /// Codes of roles, such as administrator or sales_rep
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
    },
    /// Give a user another password, read from standard input
    Password { email: String },
    /// Print a link by which a user chooses a new password: good for an hour, once
    ResetLink { email: String },
    /// Turn off the second factor of a user who lost it
    TwoFactorOff { email: String },
    /// List the users
    List,
}

#[derive(Subcommand)]
pub enum Token {
    /// Make an API token for a user and print its secret, once
    Create {
        /// Whose token it is
        email: String,
        #[arg(long)]
        name: String,
        /// What it may do, such as customer.read; everything its user may when not given
        #[arg(long = "scope")]
        scopes: Vec<String>,
        #[arg(long)]
        expires_in_days: Option<i64>,
    },
}

impl User {
    pub async fn run(self, ctx: &Ctx, public_url: &str) -> anyhow::Result<()> {
        match self {
            User::Create { email, name, roles: codes } => {
                let hash = password::hash(&read_password()?, &email).await.map_err(told)?;
                let id = ctx
                    .db
                    .write(async |tx| {
                        let mut role_ids = Vec::new();
                        for code in &codes {
                            role_ids.push(roles::by_code(tx, code).await?);
                        }
                        users::create(
                            tx,
                            ctx,
                            NewUser {
                                email,
                                name,
                                password: Some(hash),
                                role_ids,
                                ..NewUser::default()
                            },
                        )
                        .await
                    })
                    .await
                    .map_err(told)?;
                println!("user {id}");
            }
            User::Password { email } => {
                let id = user_id(ctx, &email).await?;
                let hash = password::hash(&read_password()?, &email).await.map_err(told)?;
                let change = users::UserChange {
                    password: Some(hash),
                    ..Default::default()
                };
                ctx.db
                    .write(async |tx| users::update(tx, ctx, id, change).await)
                    .await
                    .map_err(told)?;
                println!("The password of {email} is changed.");
            }
            User::ResetLink { email } => {
                let id = user_id(ctx, &email).await?;
                let link = ctx
                    .db
                    .write(async |tx| password_reset::create(tx, ctx, public_url, id).await)
                    .await
                    .map_err(told)?;
                println!("{}", link.link);
            }
            User::TwoFactorOff { email } => {
                let id = user_id(ctx, &email).await?;
                ctx.db.write(async |tx| two_factor::reset(tx, ctx, id).await).await.map_err(told)?;
                println!("The second factor of {email} is off.");
            }
            User::List => {
                let query = Query::select()
                    .columns(["id", "email", "name", "is_active"])
                    .from(Alias::new("users"))
                    .order_by("id", Order::Asc)
                    .to_owned();
                for (id, email, name, is_active) in ctx.db.all::<(i64, String, String, bool)>(&query).await? {
                    println!("{id:>6}  {email:<40}  {name}{}", if is_active { "" } else { "  (inactive)" });
                }
            }
        }
        Ok(())
    }
}

impl Token {
    pub async fn run(self, ctx: &Ctx) -> anyhow::Result<()> {
        let Token::Create {
            email,
            name,
            scopes,
            expires_in_days,
        } = self;
        let user_id = user_id(ctx, &email).await?;
        let scopes = if scopes.is_empty() { vec!["*".to_owned()] } else { scopes };
        let expires_at_us = expires_in_days.map(|days| ctx.now_us() + days * DAY_US);
        let token = ctx
            .db
            .write(async |tx| {
                tokens::create(
                    tx,
                    ctx,
                    NewToken {
                        user_id,
                        name,
                        scopes,
                        expires_at_us,
                    },
                )
                .await
            })
            .await
            .map_err(told)?;
        println!("{}", token.secret);
        Ok(())
    }
}

async fn user_id(ctx: &Ctx, email: &str) -> anyhow::Result<UserId> {
    let query = Query::select()
        .column("id")
        .from(Alias::new("users"))
        .and_where(Expr::col("email").eq(email.trim().to_ascii_lowercase()))
        .to_owned();
    let found = ctx.db.opt::<(i64,)>(&query).await?;
    found.map(|(id,)| UserId(id)).with_context(|| format!("there is no user {email}"))
}

fn read_password() -> anyhow::Result<String> {
    use std::io::IsTerminal as _;
    if std::io::stdin().is_terminal() {
        eprint!("Password: ");
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

/// An error of ours in the words of its fields.
pub fn told(error: kernel::error::Error) -> anyhow::Error {
    use kernel::error::{Error, Lang};
    match &error {
        Error::Invalid(fields) => {
            let fields = fields
                .in_language(Lang::En)
                .into_iter()
                .map(|(field, problems)| format!("{field}: {}", problems.join(" ")));
            anyhow::anyhow!(fields.collect::<Vec<_>>().join("\n"))
        }
        Error::Internal(_) | Error::Database(_) | Error::Json(_) | Error::Io(_) => anyhow::Error::new(error),
        error => anyhow::anyhow!(error.detail(Lang::En)),
    }
}
