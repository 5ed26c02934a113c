//! Everything about one customer in a ZIP archive, one JSON file for each kind of data: what a person may ask for by law.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::sync::{PoisonError, RwLock};

use futures::future::BoxFuture;
use kernel::ctx::Ctx;
use kernel::error::{Error, Result};
use kernel::events::NewEvent;
use kernel::ids::CustomerId;
use kernel::page::ListRequest;
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::consents;
use crate::addresses::Address;
use crate::contact_points::ContactPoint;
use crate::customer::read;
use crate::permissions::EXPORT_PERSONAL_DATA;
use crate::{children, notes, relations, timeline};

/// Entries of the timeline read at once.
const TIMELINE_PAGE: u64 = 1_000;
/// Relations read at once.
const RELATIONS_PAGE: u64 = 200;

/// What another context keeps about a customer: a file of the archive and who reads what goes into it. Contexts above are not called; they
/// say at start what they hold.
#[derive(Clone, Copy)]
pub struct Holding {
    /// `leads.json`
    pub file: &'static str,
    /// What it holds, for the README, in Turkish and in English.
    pub about: (&'static str, &'static str),
    pub read: for<'a> fn(&'a Ctx, i64) -> BoxFuture<'a, Result<Value>>,
}

static HOLDINGS: RwLock<BTreeMap<&'static str, Holding>> = RwLock::new(BTreeMap::new());

/// Makes known what another context keeps about customers. Called by the modules at start.
pub fn holds(holding: Holding) {
    HOLDINGS
        .write()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(holding.file, holding);
}

/// The archive of a customer whose personal data the caller may give out. That it was made is told as an event first, so that nobody gets
/// away with it unseen.
pub async fn make(ctx: &Ctx, id: i64) -> Result<Vec<u8>> {
    read::require(ctx, EXPORT_PERSONAL_DATA, id).await?;
    let told = NewEvent::new("customer.personal_data_exported", "personal_data", id).customer(CustomerId(id));
    ctx.db.write(async |tx| tx.emit(&ctx.stamp(), told).await).await?;

    let (profile, _) = read::get(ctx, id).await?;
    let points: Vec<ContactPoint> = children::of(ctx, id).await?;
    let places: Vec<Address> = children::of(ctx, id).await?;
    let ties = ties(ctx, id).await?;

    let mut archive = Archive::new();
    archive.json("customer.json", &serde_json::from_str::<Value>(&profile)?)?;
    archive.json(
        "contact_points.json",
        &json!(points.iter().map(ContactPoint::without_id).collect::<Vec<_>>()),
    )?;
    archive.json("addresses.json", &json!(places.iter().map(Address::without_id).collect::<Vec<_>>()))?;
    archive.json("relations.json", &json!(ties))?;
    archive.json("notes.json", &json!(notes::http::all(ctx, id).await?))?;
    archive.json("consents.json", &serde_json::to_value(consents::dossier(ctx, id).await?)?)?;
    let holdings: Vec<Holding> = HOLDINGS.read().unwrap_or_else(PoisonError::into_inner).values().copied().collect();
    for holding in &holdings {
        archive.json(holding.file, &(holding.read)(ctx, id).await?)?;
    }
    archive.begin("timeline.json")?;
    let (mut before, mut is_first) = (None, true);
    archive.text("[")?;
    loop {
        let asked = timeline::Asked {
            before,
            ..timeline::Asked::default()
        };
        let page = timeline::page(ctx, id, &asked, TIMELINE_PAGE).await?;
        for entry in &page.entries {
            archive.text(if std::mem::take(&mut is_first) { "\n" } else { ",\n" })?;
            archive.text(&serde_json::to_string(entry)?)?;
        }
        before = page.cursor;
        if before.is_none() {
            break;
        }
    }
    archive.text("\n]\n")?;
    archive.begin("README.txt")?;
    archive.text(ctx.lang.pick(README_TR, README_EN))?;
    for holding in &holdings {
        archive.text(&format!(
            "{:<21}{}\n",
            holding.file,
            ctx.lang.pick(holding.about.0, holding.about.1)
        ))?;
    }
    archive.finish()
}

/// Every relation, page by page.
async fn ties(ctx: &Ctx, id: i64) -> Result<Vec<Value>> {
    let mut ties = Vec::new();
    let mut cursor = None;
    loop {
        let request = ListRequest {
            page_size: Some(RELATIONS_PAGE),
            cursor,
            ..ListRequest::default()
        };
        let page = relations::http::list(ctx, id, &request).await?.page;
        for row in &page.rows {
            ties.push(serde_json::from_str(row)?);
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(ties);
        }
    }
}

const README_TR: &str = "Bu arşivde bir kişi ya da firma hakkında tutulan bütün veriler vardır.

customer.json        kimlik, iletişim, sınıflama
contact_points.json  e-posta adresleri, telefonlar ve benzerleri
addresses.json       adresler
relations.json       başka kayıtlarla ilişkiler
notes.json           hakkında yazılan notlar
consents.json        verilen ve geri alınan izinler, kanıtları ve gösterilen metinlerle
timeline.json        yapılan her değişiklik, en yenisi başta
";

const README_EN: &str = "This archive holds everything that is kept about a person or a company.

customer.json        identity, contact, classification
contact_points.json  e-mail addresses, phones and the like
addresses.json       addresses
relations.json       relations to other records
notes.json           notes written about them
consents.json        consents given and withdrawn, with their evidence and the texts that were shown
timeline.json        every change that was made, newest first
";

/// A ZIP archive being written in memory: what is kept about one person is small.
struct Archive(ZipWriter<Cursor<Vec<u8>>>);

impl Archive {
    fn new() -> Archive {
        Archive(ZipWriter::new(Cursor::new(Vec::new())))
    }

    fn begin(&mut self, name: &str) -> Result<()> {
        self.0.start_file(name, SimpleFileOptions::default()).map_err(broken)
    }

    fn text(&mut self, text: &str) -> Result<()> {
        Ok(self.0.write_all(text.as_bytes())?)
    }

    fn json(&mut self, name: &str, value: &Value) -> Result<()> {
        self.begin(name)?;
        self.text(&serde_json::to_string_pretty(value)?)?;
        self.text("\n")
    }

    fn finish(self) -> Result<Vec<u8>> {
        Ok(self.0.finish().map_err(broken)?.into_inner())
    }
}

fn broken(error: zip::result::ZipError) -> Error {
    Error::internal(error.to_string())
}
