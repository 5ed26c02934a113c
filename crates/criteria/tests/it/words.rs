//! What a criteria sounds like.

use criteria::{Criteria, Voice};
use kernel::error::Lang;
use serde_json::{Value as Json, json};

use crate::things::schema;

fn say(json: &Json, lang: Lang) -> String {
    let names = |entity: &str, id: i64| (entity == "user" && id == 3).then(|| "Ayşe Çelik".to_owned());
    let voice = Voice {
        lang,
        zone: chrono_tz::Europe::Istanbul,
        names: &names,
    };
    Criteria::parse(json, &schema())
        .unwrap_or_else(|error| panic!("{json}: {error}"))
        .say(&voice)
}

#[test]
#[rustfmt::skip]
fn sentences_in_turkish_and_english() {
    let leaf = |field: &str, op: &str, value: Json| json!({"field": field, "op": op, "value": value});
    for (json, tr, en) in [
        (json!({"all": []}), "tüm kayıtlar", "all records"),
        (json!({"all": [leaf("name", "in", json!(["İstanbul", "Ankara"])), leaf("age", "between", json!([25, 45]))]}),
            "ad İstanbul veya Ankara ve yaş 25 ile 45 arasında", "name is İstanbul or Ankara, and age is between 25 and 45"),
        (json!({"any": [{"all": [leaf("size", "eq", json!("s")), leaf("size", "ne", json!("m"))]}, {"not": leaf("size", "in", json!(["s", "m", "l"]))}]}),
            "(boy Küçük ve boy Orta değil) ya da (boy Küçük, Orta veya Büyük) koşulu sağlanmıyor", "(size is Small, and size is not Medium), or not (size is Small, Medium or Large)"),
        (leaf("revenue", "gte", json!("1234567.5")), "ciro en az ₺1.234.567,50", "revenue is at least ₺1,234,567.50"),
        (leaf("revenue", "lt", json!(-1000)), "ciro -₺1.000 değerinden küçük", "revenue is less than -₺1,000"),
        (leaf("ratio", "gt", json!(0.5)), "oran 0,50 değerinden büyük", "ratio is more than 0.50"),
        (leaf("born", "before", json!("1990-05-19")), "doğum tarihi 19 Mayıs 1990 tarihinden önce", "birth date is before 19 May 1990"),
        (leaf("born", "gt", json!("today")), "doğum tarihi bugünden sonra", "birth date is after today"),
        (leaf("born", "lt", json!({"ago": "30d"})), "doğum tarihi 30 gün öncesinden önce", "birth date is before 30 days ago"),
        (leaf("born", "gt", json!({"in": "2w"})), "doğum tarihi 2 hafta sonrasından sonra", "birth date is after 2 weeks from now"),
        (leaf("born", "lte", json!("2026-01-01")), "doğum tarihi en geç 1 Ocak 2026", "birth date is 1 January 2026 or earlier"),
        (leaf("born", "anniversary_in", json!({"next": "7d"})), "doğum tarihi yıl dönümü önümüzdeki 7 gün içinde", "birth date has its anniversary in the next 7 days"),
        (leaf("seen", "in_last", json!("1y")), "son görülme son 1 yıl içinde", "last seen is in the last 1 year"),
        (leaf("seen", "within", json!({"calendar": "last_month"})), "son görülme geçen ay içinde", "last seen is last month"),
        (leaf("seen", "gte", json!("2026-03-05T11:30:00Z")), "son görülme en erken 5 Mart 2026 14:30", "last seen is 5 March 2026 14:30 or later"),
        (leaf("site", "contains", json!("örnek")), "internet sitesi “örnek” içeriyor", "website contains “örnek”"),
        (leaf("tags", "has_all", json!(["VIP", "Altın"])), "etiketler VIP ve Altın içeriyor", "tags: all of VIP and Altın"),
        (leaf("tags", "has_none", json!(["VIP", "Altın"])), "etiketler VIP veya Altın içermiyor", "tags: none of VIP or Altın"),
        (leaf("active", "ne", json!(true)), "aktif: hayır", "active: no"),
        (leaf("owner", "in", json!([3, 4, "me"])), "sorumlu Ayşe Çelik, #4 veya ben", "owner is Ayşe Çelik, #4 or me"),
        (leaf("score", "in", json!((1..=1000).collect::<Vec<_>>())), "puan 1, 2, 3, 4, 5, 6 veya 994 değer daha", "score is 1, 2, 3, 4, 5, 6 or 994 more"),
        (json!({"field": "name", "op": "is_empty"}), "ad boş", "name is empty"),
    ] {
        assert_eq!(say(&json, Lang::Tr), tr);
        assert_eq!(say(&json, Lang::En), en);
    }
}
