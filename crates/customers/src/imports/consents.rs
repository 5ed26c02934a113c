//! Consents that rows tell of: entries in the ledger with the import as their source, where they say something new.

use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::say;

use super::chunk::About;
use super::row::{Draft, Plan};
use crate::consents::{self, Channel, NewConsent, Purpose, Source, Status};

/// Records the consents of a chunk. `about` says whom a row is about.
pub async fn keep(tx: &mut Tx, ctx: &Ctx, plan: &Plan, drafts: &[Draft], about: impl Fn(usize) -> Option<About>) -> Result<()> {
    let told = drafts
        .iter()
        .enumerate()
        .filter(|(_, draft)| !draft.consents.is_empty())
        .filter_map(|(index, draft)| Some((about(index)?, draft)));
    let entries = told.flat_map(|(about, draft)| {
        draft.consents.iter().filter_map(move |(channel, yes)| {
            let column = plan.column(&format!("consent_{channel}")).unwrap_or_default();
            let evidence = say!(
                "İçe aktarılan dosya, {}. satır, “{}” sütunu",
                "Imported file, row {}, column “{}”",
                draft.number,
                column
            );
            let consent = NewConsent {
                channel: self::channel(channel)?,
                purpose: Purpose::Marketing,
                status: if *yes { Status::Granted } else { Status::Denied },
                source: Source::Import,
                at_us: ctx.now_us(),
                evidence: evidence.get(ctx.org.lang).to_owned(),
                notice_text: String::new(),
            };
            Some((about.id, consent))
        })
    });
    consents::record_all(tx, ctx, entries.collect()).await
}

fn channel(name: &str) -> Option<Channel> {
    Some(match name {
        "email" => Channel::Email,
        "sms" => Channel::Sms,
        "phone" => Channel::Call,
        _ => return None,
    })
}
