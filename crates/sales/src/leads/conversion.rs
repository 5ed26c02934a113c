//! Conversion: a lead becomes a customer (made, or one that is there already), its person the company's contact, its interest an
//! opportunity. The lead stays, with whom it became; its history, notes and consents follow. One operation, undone as one.

pub mod http;

use std::collections::BTreeMap;

use customers::custom_fields;
use customers::customer::{self, Customer};
use customers::permissions as customer_permissions;
use customers::relations::{self, Relation, RelationRole};
use kernel::actor::Permission;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result, invalid};
use kernel::events::{self, Event, NewEvent};
use kernel::ids::CustomerId;
use kernel::say;
use records::change::{self, Changed};
use records::record::Record;
use records::{choices, custom, read};
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{CONVERTING, Key, LEAD, Source, Status, consents, status};
use crate::opportunities::OPPORTUNITY;
use crate::permissions::{LEAD_CONVERT, OPPORTUNITY_WRITE};

/// The kind of the event that tells what a conversion made.
const CONVERTED: &str = "lead.converted";

choices! {
    /// What a lead becomes.
    Becoming {
        Person: "person", "Birey", "Person";
        Company: "company", "Firma", "Company";
    }
}

/// How a lead is to be converted.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LeadConversion {
    /// The customer it is; one is made when there is none.
    pub customer_id: Option<i64>,
    /// What to make: `company` or `person`; a company when the lead names one.
    #[schema(value_type = Option<Becoming>)]
    pub create: Option<String>,
    /// What the customer that is made has beyond, or instead of, what the lead says.
    #[schema(value_type = Object)]
    pub customer: Map<String, Value>,
    /// Whether the person of the lead becomes a contact of the company; yes when the lead names one.
    pub contact: Option<bool>,
    /// The contact person, when they are there already.
    pub contact_id: Option<i64>,
    /// What the contact that is made has beyond, or instead of, what the lead says.
    #[schema(value_type = Object)]
    pub contact_fields: Map<String, Value>,
    /// The fields of an opportunity to make with it; none is made without.
    #[schema(value_type = Option<Object>)]
    pub opportunity: Option<Map<String, Value>>,
    /// Whose all that is made will be; as the lead when nobody is named.
    pub owner: Option<i64>,
}

/// What a lead became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Conversion {
    pub lead_id: i64,
    pub customer_id: i64,
    pub contact_id: Option<i64>,
    pub opportunity_id: Option<i64>,
    /// Which of them were made by it: `customer`, `contact`, `opportunity`. The others were there and are linked.
    pub made: Vec<String>,
    pub operation_id: i64,
}

/// What a conversion would make, field by field.
#[derive(Clone, Debug)]
pub struct Plan {
    pub becoming: Becoming,
    pub customer: Map<String, Value>,
    /// None when the customer itself is the person, or the lead names nobody.
    pub contact: Option<Map<String, Value>>,
    pub opportunity: Option<Map<String, Value>>,
}

/// Fields of a lead that a customer has too.
const SHARED: [Key; 6] = [Key::Email, Key::Phone, Key::Website, Key::City, Key::Country, Key::Industry];
/// Of these, what belongs to the person and not to the company they speak for.
const OF_PERSON: [Key; 2] = [Key::Email, Key::Phone];

/// What the customer's field of the same meaning is called.
fn customers_name(key: Key) -> &'static str {
    match key {
        Key::Email => "primary_email",
        Key::Phone => "primary_phone",
        key => key.name(),
    }
}

/// What would be made of a lead.
pub async fn plan(ctx: &Ctx, lead: &Record, wanted: &LeadConversion) -> Result<Plan> {
    let becoming = match &wanted.create {
        Some(word) => Becoming::parse(word).map_err(|problem| invalid("create", problem))?,
        None if lead[Key::Company].is_missing() => Becoming::Person,
        None => Becoming::Company,
    };
    let (owner, team) = owner(ctx, lead, wanted.owner).await?;
    let mut common = Map::new();
    common.insert("owner_id".into(), owner);
    common.insert("team_id".into(), team);
    let source = Source::CHOICES.iter().find(|choice| choice.value == lead[Key::Source].text());
    let source = source.map_or("", |choice| ctx.org.lang.pick(&choice.label.tr, &choice.label.en));
    common.insert("lead_source".into(), source.into());
    let is_named = !lead[Key::FirstName].is_missing() || !lead[Key::LastName].is_missing();
    let with_contact = becoming == Becoming::Company && wanted.contact_id.is_none() && wanted.contact.unwrap_or(is_named);
    let filled = |keys: &[Key], into: &mut Map<String, Value>| {
        for key in keys.iter().filter(|key| !lead[**key].is_missing()) {
            into.insert(customers_name(*key).into(), key.spec().show(&lead[*key]));
        }
    };
    let mut customer = common.clone();
    customer.extend(custom_values(ctx, lead).await?);
    let person = [Key::FirstName, Key::LastName];
    match becoming {
        Becoming::Person => {
            customer.insert("customer_type".into(), "individual".into());
            filled(&person, &mut customer);
            filled(&SHARED, &mut customer);
        }
        Becoming::Company => {
            customer.insert("customer_type".into(), "company".into());
            customer.insert("company_name".into(), lead[Key::Company].text().into());
            filled(&SHARED[OF_PERSON.len()..], &mut customer);
            filled(&[Key::CompanySize], &mut customer);
            if !with_contact {
                filled(&OF_PERSON, &mut customer);
            }
        }
    }
    customer.extend(wanted.customer.clone());
    let contact = with_contact.then(|| {
        let mut contact = common.clone();
        contact.insert("customer_type".into(), "individual".into());
        filled(&person, &mut contact);
        filled(&OF_PERSON, &mut contact);
        filled(&[Key::City, Key::Country], &mut contact);
        contact.extend(wanted.contact_fields.clone());
        contact
    });
    let opportunity = wanted.opportunity.as_ref().map(|input| {
        let mut opportunity = Map::new();
        let name = match lead[Key::Company].text() {
            "" => lead.name(),
            company => company,
        };
        opportunity.insert("name".into(), name.into());
        if !lead[Key::Budget].is_missing() {
            opportunity.insert("amount".into(), Key::Budget.spec().show(&lead[Key::Budget]));
            opportunity.insert("currency".into(), lead[Key::Currency].text().into());
        }
        opportunity.insert("source".into(), source.into());
        opportunity.insert("description".into(), lead[Key::Need].text().into());
        opportunity.insert("sales_rep".into(), common["owner_id"].clone());
        opportunity.insert("team_id".into(), common["team_id"].clone());
        opportunity.extend(input.clone());
        opportunity
    });
    Ok(Plan {
        becoming,
        customer,
        contact,
        opportunity,
    })
}

/// Whose what is made will be: who is named, with their team, or as the lead.
async fn owner(ctx: &Ctx, lead: &Record, named: Option<i64>) -> Result<(Value, Value)> {
    let Some(id) = named else {
        return Ok((json!(lead[Key::AssignedTo].int()), json!(lead[Key::Team].int())));
    };
    let team = Query::select()
        .column("team_id")
        .from(Alias::new("users"))
        .and_where(Expr::col("id").eq(id))
        .and_where(Expr::col("is_active").eq(true))
        .to_owned();
    let (team,): (Option<i64>,) = ctx
        .db
        .opt(&team)
        .await?
        .ok_or_else(|| invalid("owner", say!("Böyle etkin bir kullanıcı yok.", "There is no such active user.")))?;
    Ok((json!(id), json!(team)))
}

/// Custom fields of the lead that customers have too: the same key and the same kind.
async fn custom_values(ctx: &Ctx, lead: &Record) -> Result<Map<String, Value>> {
    let (of_leads, of_customers) = (custom::definitions(ctx, LEAD.name).await?, custom_fields::definitions(ctx).await?);
    let mut values = Map::new();
    for key in lead.custom.keys() {
        let same = of_leads.kind(key).zip(of_customers.kind(key)).filter(|(one, other)| one == other);
        if same.is_some() {
            let name = format!("custom.{key}");
            values.insert(name.clone(), lead.field_json(&name, &of_leads));
        }
    }
    Ok(values)
}

/// Converts a lead that the caller may convert. One that is converted already is answered for as it was.
pub async fn convert(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, id: i64, wanted: &LeadConversion) -> Result<(Conversion, bool)> {
    let lead = read::one_for_change(tx, ctx, &LEAD, LEAD_CONVERT, id).await?;
    if status(&lead) == Status::Converted {
        let event = tx.opt(&telling(&lead)).await?;
        return Ok((told(&lead, event), false));
    }
    check(&lead)?;
    let plan = plan(ctx, &lead, wanted).await?;
    let mut made = Vec::new();
    let customer_id = match wanted.customer_id {
        Some(id) => {
            // Whoever ties a contact to a customer writes it.
            let needed = match plan.contact.is_some() || wanted.contact_id.is_some() {
                true => customer_permissions::WRITE,
                false => customer_permissions::READ,
            };
            known(tx, ctx, needed, id, "customer_id").await?.0
        }
        None => {
            made.push("customer".to_owned());
            make(tx, ctx, stamp, &plan.customer, "customer").await?
        }
    };
    let contact_id = match (wanted.contact_id, &plan.contact) {
        (Some(id), _) => Some(known(tx, ctx, customer_permissions::READ, id, "contact_id").await?.0),
        (None, Some(contact)) => {
            made.push("contact".to_owned());
            Some(make(tx, ctx, stamp, contact, "contact_fields").await?)
        }
        (None, None) => None,
    };
    if let Some(contact_id) = contact_id {
        tie(tx, stamp, &lead, customer_id, contact_id, wanted.customer_id.is_none()).await?;
    }
    let opportunity_id = match plan.opportunity {
        Some(input) => {
            made.push("opportunity".to_owned());
            Some(make_opportunity(tx, ctx, stamp, &lead, customer_id, input).await?)
        }
        None => None,
    };
    let conversion = Conversion {
        lead_id: lead.id,
        customer_id,
        contact_id,
        opportunity_id,
        made,
        operation_id: stamp.operation_id.map_or(0, |id| id.0),
    };
    consents::hand_over(tx, ctx, lead.id, contact_id.unwrap_or(customer_id)).await?;
    mark(tx, ctx, stamp, lead, &conversion).await?;
    Ok((conversion, true))
}

/// What must be true of a lead to be converted.
fn check(lead: &Record) -> Result<()> {
    if status(lead) == Status::Disqualified {
        return Err(invalid(
            Key::Status.name(),
            say!(
                "Elenmiş bir aday dönüştürülemez; önce durumunu değiştirin.",
                "A disqualified lead cannot be converted; change its status first."
            ),
        ));
    }
    Ok(())
}

/// A customer that is there, held so that nobody deletes or merges it meanwhile; with its kind.
async fn known(tx: &mut Tx, ctx: &Ctx, permission: Permission, id: i64, field: &str) -> Result<(i64, String)> {
    let mut query = customer::read::visible(ctx, permission).await?;
    query
        .columns([("customers", "id"), ("customers", "customer_type")])
        .and_where(Expr::col(("customers", "id")).eq(id));
    tx.dialect().for_update(&mut query);
    tx.opt(&query).await?.ok_or_else(|| {
        invalid(
            field,
            say!(
                "Böyle bir müşteri yok ya da yetkinizin dışında.",
                "There is no such customer, or it is outside your reach."
            ),
        )
    })
}

async fn make(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, input: &Map<String, Value>, place: &str) -> Result<i64> {
    ctx.scope(customer_permissions::WRITE)?;
    let definitions = custom_fields::definitions(ctx).await?;
    let within = |error| placed(error, place);
    let draft: Customer = customer::change::draft(ctx, &definitions, input).map_err(within)?;
    Ok(customer::change::create(tx, ctx, stamp, draft).await.map_err(within)?.id)
}

/// Errors of the parts are told by their place in the request; who owns them was said once for all.
fn placed(error: Error, place: &str) -> Error {
    let Error::Invalid(errors) = error else { return error };
    let named = |name: String| match name.as_str() {
        "owner_id" | "team_id" | "sales_rep" => "owner".to_owned(),
        _ => format!("{place}.{name}"),
    };
    let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (name, problems) in errors.0 {
        all.entry(named(name)).or_default().extend(problems);
    }
    Error::Invalid(FieldErrors(all.into_iter().collect()))
}

/// The contact of a company; what the person does there is the lead's job title.
async fn tie(tx: &mut Tx, stamp: &Stamp, lead: &Record, customer_id: i64, contact_id: i64, is_primary: bool) -> Result<()> {
    if customer_id == contact_id {
        return Err(invalid(
            "contact_id",
            say!(
                "Bir müşteri kendi ilgili kişisi olamaz.",
                "A customer cannot be a contact of itself."
            ),
        ));
    }
    let relation = Relation {
        id: 0,
        customer_id,
        other_id: contact_id,
        role: RelationRole::Contact,
        title: lead[Key::Title].text().to_owned(),
        is_primary,
    };
    relations::create_all(tx, stamp, vec![relation]).await?;
    Ok(())
}

async fn make_opportunity(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: &Stamp,
    lead: &Record,
    customer_id: i64,
    mut input: Map<String, Value>,
) -> Result<i64> {
    ctx.scope(OPPORTUNITY_WRITE)?;
    input.insert("customer".into(), customer_id.into());
    input.insert("lead".into(), lead.id.into());
    let definitions = custom::definitions(ctx, OPPORTUNITY.name).await?;
    let mut errors = FieldErrors::default();
    let draft = change::drafted(&OPPORTUNITY, &definitions, &input, &mut errors);
    let within = |error| placed(error, "opportunity");
    errors.check().map_err(within)?;
    Ok(change::create(tx, ctx, stamp, draft).await.map_err(within)?.id)
}

/// Sets what the lead became, and tells it.
async fn mark(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, lead: Record, conversion: &Conversion) -> Result<()> {
    let today = ctx.today().format("%Y-%m-%d").to_string();
    let become_it = |lead: &mut Record| {
        lead.carried.insert(CONVERTING.into(), true.into());
        lead.set(Key::Status, Status::Converted.word());
        lead.set(Key::ConversionDate, today.as_str());
        lead.set(Key::ConvertedCustomer, conversion.customer_id);
        lead.set(Key::ConvertedContact, conversion.contact_id);
        lead.set(Key::ConvertedOpportunity, conversion.opportunity_id);
        Ok(())
    };
    // Who may convert a lead may mark it as converted, whether or not they may write it otherwise.
    let (mut changed, refused) = change::change_all(tx, &ctx.as_system(), stamp, vec![lead], become_it).await?;
    if let Some(refused) = refused.into_iter().next() {
        return Err(Error::Invalid(refused.errors));
    }
    let lead = changed.pop().ok_or(Error::internal("a lead was not marked as converted"))?.after;
    let mut payload = json!(conversion);
    payload["version"] = lead.version.into();
    let told = NewEvent::new(CONVERTED, LEAD.name, lead.id)
        .record(LEAD.name, lead.id)
        .customer(CustomerId(conversion.customer_id))
        .payload(payload);
    tx.emit(stamp, told).await
}

/// The event that told what a lead became.
fn telling(lead: &Record) -> SelectStatement {
    events::select()
        .and_where(Expr::col("record_type").eq(LEAD.name))
        .and_where(Expr::col("record_id").eq(lead.id))
        .and_where(Expr::col("kind").eq(CONVERTED))
        .order_by("id", Order::Desc)
        .limit(1)
        .to_owned()
}

/// What a converted lead became, as it was told then. Customers may have been merged since: the lead has the last word on whom.
fn told(lead: &Record, event: Option<Event>) -> Conversion {
    let told = event.map(|event| event.payload.0).unwrap_or_default();
    Conversion {
        lead_id: lead.id,
        customer_id: lead[Key::ConvertedCustomer].int().unwrap_or_default(),
        contact_id: lead[Key::ConvertedContact].int(),
        opportunity_id: lead[Key::ConvertedOpportunity].int(),
        made: serde_json::from_value(told["made"].clone()).unwrap_or_default(),
        operation_id: told["operation_id"].as_i64().unwrap_or_default(),
    }
}

/// The history of leads stands in the timeline of the customer they became, for as long as they are it. See [`records::Entity::after`].
pub async fn follow(tx: &mut Tx, changed: &[Changed]) -> Result<()> {
    let mut by_customer: BTreeMap<Option<i64>, Vec<i64>> = BTreeMap::new();
    for change in changed
        .iter()
        .filter(|change| !change.is_new() && change.touches(Key::ConvertedCustomer.name()))
    {
        let customer_id = change.after[Key::ConvertedCustomer].int();
        by_customer.entry(customer_id).or_default().push(change.after.id);
    }
    for (customer_id, leads) in by_customer {
        let give = Query::update()
            .table("events")
            .value("customer_id", customer_id)
            .and_where(Expr::col("record_type").eq(LEAD.name))
            .and_where(Expr::col("record_id").is_in(leads))
            .to_owned();
        tx.exec(&give).await?;
    }
    Ok(())
}
