//! A criteria as a sentence. The Turkish phrases are built so that no suffix ever has to follow a value or a label, both of which may be
//! anything: "şehir İstanbul veya Ankara ve yaş 25 ile 45 arasında".

use chrono::{Datelike, NaiveDate, Timelike};
use chrono_tz::Tz;
use kernel::error::Lang;
use kernel::{clock, money};

use crate::criteria::{Criteria, FieldTest, Leaf, Literal, Operand};
use crate::op::Op;
use crate::schema::{Field, Kind};
use crate::time::{Calendar, Period, Unit, When, Window};

/// Values of a list that are said; the rest are counted.
const SAID: usize = 6;

/// How to say it.
pub struct Voice<'a> {
    pub lang: Lang,
    /// The zone in which times of day are told.
    pub zone: Tz,
    /// The name of a record, by its entity (`user`, `team`, …) and id.
    pub names: &'a dyn Fn(&str, i64) -> Option<String>,
}

impl Criteria {
    /// The criteria in words, without a full stop: "city is İstanbul or Ankara, and age is between 25 and 45".
    pub fn say(&self, voice: &Voice) -> String {
        match self {
            Criteria::All(nodes) if nodes.is_empty() => voice.pick("tüm kayıtlar", "all records").to_owned(),
            Criteria::Any(nodes) if nodes.is_empty() => voice.pick("hiçbir kayıt", "no record").to_owned(),
            Criteria::All(nodes) => voice.group(nodes, voice.pick(" ve ", ", and ")),
            Criteria::Any(nodes) => voice.group(nodes, voice.pick(" ya da ", ", or ")),
            Criteria::Not(node) => {
                let inner = node.say(voice);
                voice.lang.pick(format!("({inner}) koşulu sağlanmıyor"), format!("not ({inner})"))
            }
            Criteria::Leaf(Leaf::Field(test)) => {
                let label = lower_first(test.field.label.get(voice.lang), voice.lang);
                voice
                    .lang
                    .pick(format!("{label}{}", voice.turkish(test)), format!("{label}{}", voice.english(test)))
            }
        }
    }
}

impl Voice<'_> {
    fn pick<'a>(&self, tr: &'a str, en: &'a str) -> &'a str {
        self.lang.pick(tr, en)
    }

    fn group(&self, nodes: &[Criteria], joint: &str) -> String {
        let part = |node: &Criteria| match node {
            Criteria::All(inner) | Criteria::Any(inner) if inner.len() > 1 && nodes.len() > 1 => format!("({})", node.say(self)),
            _ => node.say(self),
        };
        nodes.iter().map(part).collect::<Vec<_>>().join(joint)
    }

    fn turkish(&self, test: &FieldTest) -> String {
        let field = &*test.field;
        let dates = matches!(field.kind, Kind::Date | Kind::DateTime);
        let one = || self.one(test);
        let from = || match &test.operand {
            Operand::One(Literal::When(when)) => self.since(*when),
            _ => format!("{} değerinden", one()),
        };
        match test.op {
            Op::Eq | Op::Ne if field.kind == Kind::Bool => format!(": {}", if self.is_yes(test) { "evet" } else { "hayır" }),
            Op::Eq | Op::In => format!(" {}", self.list(test, "veya")),
            Op::Ne | Op::NotIn => format!(" {} değil", self.list(test, "veya")),
            Op::Lt | Op::Before if dates => format!(" {} önce", from()),
            Op::Gt | Op::After if dates => format!(" {} sonra", from()),
            Op::Lt | Op::Before => format!(" {} küçük", from()),
            Op::Gt | Op::After => format!(" {} büyük", from()),
            Op::Lte => format!(" {} {}", if dates { "en geç" } else { "en çok" }, one()),
            Op::Gte => format!(" {} {}", if dates { "en erken" } else { "en az" }, one()),
            Op::Between => {
                let (from, to) = self.both(test);
                format!(" {from} ile {to} arasında")
            }
            Op::Contains => format!(" “{}” içeriyor", one()),
            Op::StartsWith => format!(" “{}” ile başlıyor", one()),
            Op::EndsWith => format!(" “{}” ile bitiyor", one()),
            Op::HasAny => format!(" {} içeriyor", self.list(test, "veya")),
            Op::HasAll => format!(" {} içeriyor", self.list(test, "ve")),
            Op::HasNone => format!(" {} içermiyor", self.list(test, "veya")),
            Op::InLast | Op::InNext | Op::Within => format!(" {}", self.window(test)),
            Op::AnniversaryIn => format!(" yıl dönümü {}", self.window(test)),
            Op::IsSet => " dolu".to_owned(),
            Op::IsEmpty => " boş".to_owned(),
        }
    }

    fn english(&self, test: &FieldTest) -> String {
        let field = &*test.field;
        let dates = matches!(field.kind, Kind::Date | Kind::DateTime);
        let one = || self.one(test);
        match test.op {
            Op::Eq | Op::Ne if field.kind == Kind::Bool => format!(": {}", if self.is_yes(test) { "yes" } else { "no" }),
            Op::Eq | Op::In => format!(" is {}", self.list(test, "or")),
            Op::Ne | Op::NotIn => format!(" is not {}", self.list(test, "or")),
            Op::Lt | Op::Before => format!(" is {} {}", if dates { "before" } else { "less than" }, one()),
            Op::Gt | Op::After => format!(" is {} {}", if dates { "after" } else { "more than" }, one()),
            Op::Lte if dates => format!(" is {} or earlier", one()),
            Op::Gte if dates => format!(" is {} or later", one()),
            Op::Lte => format!(" is at most {}", one()),
            Op::Gte => format!(" is at least {}", one()),
            Op::Between => {
                let (from, to) = self.both(test);
                format!(" is between {from} and {to}")
            }
            Op::Contains => format!(" contains “{}”", one()),
            Op::StartsWith => format!(" starts with “{}”", one()),
            Op::EndsWith => format!(" ends with “{}”", one()),
            Op::HasAny => format!(": any of {}", self.list(test, "or")),
            Op::HasAll => format!(": all of {}", self.list(test, "and")),
            Op::HasNone => format!(": none of {}", self.list(test, "or")),
            Op::InLast | Op::InNext | Op::Within => format!(" is {}", self.window(test)),
            Op::AnniversaryIn => format!(" has its anniversary {}", self.window(test)),
            Op::IsSet => " is filled in".to_owned(),
            Op::IsEmpty => " is empty".to_owned(),
        }
    }

    /// "A, B or C".
    fn list(&self, test: &FieldTest, joint: &str) -> String {
        let Operand::Many(literals) = &test.operand else {
            return self.one(test);
        };
        let mut said: Vec<String> = literals
            .iter()
            .take(SAID)
            .map(|literal| self.literal(&test.field, literal))
            .collect();
        if let Some(more) = literals.len().checked_sub(SAID).filter(|more| *more > 0) {
            said.push(self.lang.pick(format!("{more} değer daha"), format!("{more} more")));
        }
        match said.pop() {
            Some(last) if said.is_empty() => last,
            Some(last) => format!("{} {joint} {last}", said.join(", ")),
            None => String::new(),
        }
    }

    fn one(&self, test: &FieldTest) -> String {
        match &test.operand {
            Operand::One(literal) => self.literal(&test.field, literal),
            _ => String::new(),
        }
    }

    fn both(&self, test: &FieldTest) -> (String, String) {
        match &test.operand {
            Operand::Range(from, to) => (self.literal(&test.field, from), self.literal(&test.field, to)),
            _ => (String::new(), String::new()),
        }
    }

    fn is_yes(&self, test: &FieldTest) -> bool {
        (test.operand == Operand::One(Literal::Bool(true))) == (test.op == Op::Eq)
    }

    fn literal(&self, field: &Field, literal: &Literal) -> String {
        match (literal, &field.kind) {
            (Literal::Int(number), Kind::Money) => match self.number(*number, 2).strip_prefix('-') {
                Some(amount) => format!("-₺{amount}"),
                None => format!("₺{}", self.number(*number, 2)),
            },
            (Literal::Int(number), Kind::Number { decimals }) => self.number(*number, *decimals),
            (Literal::Int(id), Kind::Reference(entity)) => (self.names)(entity, *id).unwrap_or_else(|| format!("#{id}")),
            (Literal::Int(number), _) => number.to_string(),
            (Literal::Text(text), _) => {
                let choice = field.choices().iter().find(|choice| choice.value == *text);
                choice.map_or_else(|| text.clone(), |choice| choice.label.get(self.lang).to_owned())
            }
            (Literal::Bool(yes), _) => self
                .lang
                .pick(if *yes { "evet" } else { "hayır" }, if *yes { "yes" } else { "no" })
                .to_owned(),
            (Literal::When(when), _) => self.when(*when),
            (Literal::Me, _) => self.pick("ben", "me").to_owned(),
        }
    }

    /// "1.234,50" or "1,234.50", without decimals that are all zero.
    fn number(&self, value: i64, decimals: u8) -> String {
        let plain = money::to_scaled(value, decimals);
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
        let (thousands, point) = self.lang.pick(('.', ','), (',', '.'));
        let mut out = sign.to_owned();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i) % 3 == 0 {
                out.push(thousands);
            }
            out.push(digit);
        }
        if fraction.bytes().any(|digit| digit != b'0') {
            out.push(point);
            out.push_str(fraction);
        }
        out
    }

    fn day(&self, day: NaiveDate) -> String {
        const TR: [&str; 12] = [
            "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık",
        ];
        const EN: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let month = self.lang.pick(TR, EN)[day.month0() as usize];
        format!("{} {month} {}", day.day(), day.year())
    }

    fn when(&self, when: When) -> String {
        match when {
            When::Day(day) => self.day(day),
            When::Instant(at_us) => {
                let local = clock::utc(at_us).with_timezone(&self.zone);
                format!("{} {:02}:{:02}", self.day(local.date_naive()), local.hour(), local.minute())
            }
            When::Today => self.pick("bugün", "today").to_owned(),
            When::Ago(period) => self
                .lang
                .pick(format!("{} öncesi", self.period(period)), format!("{} ago", self.period(period))),
            When::In(period) => self.lang.pick(
                format!("{} sonrası", self.period(period)),
                format!("{} from now", self.period(period)),
            ),
        }
    }

    /// The Turkish ablative of a point of time: "5 Mart 2026 tarihinden".
    fn since(&self, when: When) -> String {
        let plain = self.when(when);
        match when {
            When::Day(_) => format!("{plain} tarihinden"),
            When::Instant(_) => format!("{plain} anından"),
            When::Today => format!("{plain}den"),
            When::Ago(_) => format!("{plain}nden"),
            When::In(_) => format!("{plain}ndan"),
        }
    }

    fn period(&self, period: Period) -> String {
        let (tr, en) = match period.unit() {
            Unit::Hour => ("saat", "hour"),
            Unit::Day => ("gün", "day"),
            Unit::Week => ("hafta", "week"),
            Unit::Month => ("ay", "month"),
            Unit::Year => ("yıl", "year"),
        };
        let count = period.count();
        self.lang.pick(
            format!("{count} {tr}"),
            format!("{count} {en}{}", if count == 1 { "" } else { "s" }),
        )
    }

    fn window(&self, test: &FieldTest) -> String {
        let Operand::Window(window) = &test.operand else {
            return String::new();
        };
        match window {
            Window::Last(period) => self.lang.pick(
                format!("son {} içinde", self.period(*period)),
                format!("in the last {}", self.period(*period)),
            ),
            Window::Next(period) => self.lang.pick(
                format!("önümüzdeki {} içinde", self.period(*period)),
                format!("in the next {}", self.period(*period)),
            ),
            Window::Calendar(calendar) => {
                let (tr, en) = match calendar {
                    Calendar::Today => ("bugün", "today"),
                    Calendar::ThisWeek => ("bu hafta içinde", "this week"),
                    Calendar::ThisMonth => ("bu ay içinde", "this month"),
                    Calendar::LastMonth => ("geçen ay içinde", "last month"),
                    Calendar::ThisQuarter => ("bu çeyrek içinde", "this quarter"),
                    Calendar::YearToDate => ("bu yıl bugüne kadar", "this year to date"),
                    Calendar::LastYear => ("geçen yıl içinde", "last year"),
                };
                self.pick(tr, en).to_owned()
            }
        }
    }
}

/// A label in the middle of a sentence: its first letter small, unless it is an abbreviation.
fn lower_first(label: &str, lang: Lang) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(_), Some(second)) if second.is_uppercase() => label.to_owned(),
        (Some(first), _) => {
            let rest = &label[first.len_utf8()..];
            match (first, lang) {
                ('I', Lang::Tr) => format!("ı{rest}"),
                ('İ', _) => format!("i{rest}"),
                _ => format!("{}{rest}", first.to_lowercase()),
            }
        }
        (None, _) => String::new(),
    }
}
