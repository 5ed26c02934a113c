use proptest::prelude::*;

use super::*;

/// A Tuesday, ten in the morning in İstanbul.
fn now() -> DateTime<Utc> {
    "2027-03-16T07:00:00Z".parse().unwrap()
}

const ISTANBUL: Tz = chrono_tz::Europe::Istanbul;

fn shown(text: &str) -> String {
    match find(text, now(), ISTANBUL) {
        None => "-".to_owned(),
        Some(found) => match found.time {
            None => found.day.format("%Y-%m-%d").to_string(),
            Some(time) => format!("{} {}", found.day.format("%Y-%m-%d"), time.format("%H:%M")),
        },
    }
}

/// A line is `words = month-day [time]`, of 2027 when no year is given; `-` is nothing.
fn check(table: &str) {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in table.lines().filter(|line| !line.trim().is_empty()) {
        let (text, expected) = line.rsplit_once('=').unwrap();
        let expected = match expected.trim() {
            "-" => "-".to_owned(),
            date if date.as_bytes()[4] == b'-' => date.to_owned(),
            date => format!("2027-{date}"),
        };
        let found = shown(text.trim());
        if found != expected {
            wrong.push(format!("{}: {found}, not {expected}", text.trim()));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 120, "{count}");
}

#[test]
fn turkish() {
    check(
        "
bugün = 03-16
BUGÜN = 03-16
bugun = 03-16
yarın = 03-17
YARIN = 03-17
yarin = 03-17
yarına = 03-17
yarın 14:00 = 03-17 14:00
yarın 14.30 = 03-17 14:30
yarın 14'te = 03-17 14:00
yarın saat 9'da = 03-17 09:00
yarın 9 = 03-17 09:00
14:00 yarın = 03-17 14:00
yarın sabah = 03-17 09:00
yarın öğlen = 03-17 12:00
yarın öğleden sonra = 03-17 14:00
yarın akşam = 03-17 20:00
yarın akşam 8 = 03-17 20:00
yarın akşam 8'de = 03-17 20:00
yarın akşam 20:00 = 03-17 20:00
yarın sabah 8:30 = 03-17 08:30
yarın öğleden sonra 3 = 03-17 15:00
yarın öğleden sonra saat 3 = 03-17 15:00
yarın öğleden sonra 3 buçukta = 03-17 15:30
yarın 9 buçukta = 03-17 09:30
yarın dokuzda = 03-17 09:00
yarın saat dokuz = 03-17 09:00
bugün 15:00 = 03-16 15:00
bugün 17'de = 03-16 17:00
bugün 9'da = -
bugün akşam = 03-16 20:00
bu akşam = 03-16 20:00
bu gece = 03-16 20:00
öbür gün = 03-18
obur gun 11:00 = 03-18 11:00
yarından sonra = 03-18
ertesi gün = 03-18
salı = 03-16
salı 9'da = 03-23 09:00
salı 15:00 = 03-16 15:00
çarşamba = 03-17
ÇARŞAMBA = 03-17
carsamba = 03-17
perşembe 10:30 = 03-18 10:30
perşembeye = 03-18
cuma = 03-19
cuma öğleden sonra = 03-19 14:00
cumaya = 03-19
cuma günü = 03-19
cuma günü 16:00 = 03-19 16:00
cumaya kadar = 03-19
cumartesi = 03-20
cumartesi sabah = 03-20 09:00
pazar = 03-21
pazar günü öğlen = 03-21 12:00
pazartesi = 03-22
pazartesiye = 03-22
PAZARTESİ 09:00 = 03-22 09:00
pazartesi 9 = 03-22 09:00
salıya = 03-16
salı'ya = 03-16
bu cuma = 03-19
bu salı = 03-16
gelecek salı = 03-23
gelecek cuma = 03-19
önümüzdeki pazartesi = 03-22
haftaya = 03-23
haftaya bugün = 03-23
haftaya salı = 03-23
haftaya salı 9'da = 03-23 09:00
haftaya pazartesi = 03-22
haftaya cuma öğleden sonra = 03-26 14:00
haftaya perşembe öğleden sonra saat 3 buçukta = 03-25 15:30
gelecek hafta = 03-23
gelecek hafta çarşamba = 03-24
önümüzdeki hafta cuma 11:00 = 03-26 11:00
hafta sonu = 03-20
bu hafta sonu = 03-20
gelecek ay = 04-16
seneye = 2028-03-16
gelecek yıl = 2028-03-16
ay sonu = 03-31
ay sonunda = 03-31
gelecek ay sonu = 04-30
ay başı = 04-01
yıl sonu = 12-31
ay sonu 17:00 = 03-31 17:00
3 gün sonra = 03-19
3 gün sonra 15:00 = 03-19 15:00
üç gün sonra = 03-19
bir gün sonra = 03-17
10 gün içinde = 03-26
1 hafta sonra = 03-23
iki hafta sonra = 03-30
2 hafta sonra pazartesi = 03-29
2 hafta sonra pazartesi 10:00 = 03-29 10:00
1 ay sonra = 04-16
6 ay sonra = 09-16
1 yıl sonra = 2028-03-16
yarım saat sonra = 03-16 10:30
bir saat sonra = 03-16 11:00
2 saat sonra = 03-16 12:00
iki buçuk saat sonra = 03-16 12:30
45 dakika sonra = 03-16 10:45
15 dk sonra = 03-16 10:15
20 saat sonra = 03-17 06:00
15 Mart = 2028-03-15
15 Mart'ta = 2028-03-15
15 mart 2027 = 03-15
17 Mart = 03-17
17 Mart 10:30 = 03-17 10:30
17 Mart Çarşamba = 03-17
17 Mart Perşembe = -
29 Ekim = 10-29
29 Ekim'de saat 10'da = 10-29 10:00
1 Nisan = 04-01
1 nisanda = 04-01
5 Ocak = 2028-01-05
31 Şubat = -
29 Şubat = 2028-02-29
29 Şubat 2028 = 2028-02-29
31 Nisan = -
30 Ağustos 2027 09:00 = 08-30 09:00
15.03.2027 = 03-15
15.03.2027 14:30 = 03-15 14:30
15.3.2027 = 03-15
01.04.27 = 04-01
31.02.2027 = -
2027-04-05 = 04-05
05/04/2027 = -
25/04/2027 = 04-25
14:30 = 03-16 14:30
09:30 = 03-17 09:30
saat 15 = 03-16 15:00
öğlen = 03-16 12:00
akşam 8 = 03-16 20:00
sabah 8 = 03-17 08:00
gece 10 = 03-16 22:00
Ayşe'yi ara yarın 14:00 = 03-17 14:00
yarın 14:00 Ayşe'yi ara = 03-17 14:00
Teklifi gönder cuma = 03-19
toplantı 3 gün sonra = 03-19
Ali Bey'i ara = -
3 adet sipariş = -
oda 14 = -
pazarlama toplantısı = -
salıncak al = -
9 = -
10.03 = -
Fiyat 14.50 = -
25:00 = -
14:75 = -
        ",
    );
}

#[test]
fn english() {
    check(
        "
today = 03-16
TODAY = 03-16
today 3pm = 03-16 15:00
today at 9 = -
tonight = 03-16 20:00
tomorrow = 03-17
Tomorrow = 03-17
tomorrow 2pm = 03-17 14:00
tomorrow at 2pm = 03-17 14:00
tomorrow 2 pm = 03-17 14:00
tomorrow 2:30pm = 03-17 14:30
tomorrow 2:30 pm = 03-17 14:30
tomorrow 14:00 = 03-17 14:00
tomorrow at 9 = 03-17 09:00
tomorrow 9am = 03-17 09:00
tomorrow 12am = 03-17 00:00
tomorrow 12pm = 03-17 12:00
tomorrow noon = 03-17 12:00
tomorrow at noon = 03-17 12:00
tomorrow morning = 03-17 09:00
tomorrow afternoon = 03-17 14:00
tomorrow evening = 03-17 20:00
tomorrow in the morning = 03-17 09:00
tomorrow at 3 in the afternoon = 03-17 15:00
tomorrow 8 in the evening = 03-17 20:00
tomorrow half past 9 = 03-17 09:30
tomorrow quarter past 9 = 03-17 09:15
2pm tomorrow = 03-17 14:00
at 2pm tomorrow = 03-17 14:00
9:30 tomorrow = 03-17 09:30
noon tomorrow = 03-17 12:00
by tomorrow = 03-17
day after tomorrow = 03-18
the day after tomorrow = 03-18
the day after tomorrow at 11 = 03-18 11:00
Monday = 03-22
monday 9am = 03-22 09:00
on Monday = 03-22
on Monday at 10:30 = 03-22 10:30
mon = 03-22
Tuesday = 03-16
Tuesday 9am = 03-23 09:00
Tuesday 3pm = 03-16 15:00
tue = 03-16
tues = 03-16
Wednesday = 03-17
wed 4pm = 03-17 16:00
Thursday = 03-18
thu = 03-18
thurs noon = 03-18 12:00
Friday = 03-19
fri = 03-19
Friday afternoon = 03-19 14:00
by Friday = 03-19
by Friday 5pm = 03-19 17:00
this Friday = 03-19
Friday eod = 03-19 18:00
Saturday = 03-20
sat 10am = 03-20 10:00
Sunday = 03-21
sunday evening = 03-21 20:00
next Monday = 03-22
next Tuesday = 03-23
next Tuesday at 9 = 03-23 09:00
next Friday = 03-26
next Friday 2pm = 03-26 14:00
next week = 03-23
next week Thursday = 03-25
Thursday next week = 03-25
next month = 04-16
next year = 2028-03-16
this weekend = 03-20
weekend = 03-20
end of month = 03-31
end of the month = 03-31
end of next month = 04-30
beginning of next month = 04-01
end of year = 12-31
eom = 03-31
in 3 days = 03-19
in 3 days at 9 = 03-19 09:00
in three days = 03-19
in a day = 03-17
in a week = 03-23
in 2 weeks = 03-30
in two weeks at 10am = 03-30 10:00
in a month = 04-16
in 6 months = 09-16
in a year = 2028-03-16
3 days later = 03-19
3 days from now = 03-19
2 weeks from today = 03-30
a week from today = 03-23
in 2 hours = 03-16 12:00
in an hour = 03-16 11:00
in half an hour = 03-16 10:30
in 45 minutes = 03-16 10:45
in 15 min = 03-16 10:15
2 hours from now = 03-16 12:00
in 20 hours = 03-17 06:00
in 0 days = -
Mar 15 = 2028-03-15
March 17 = 03-17
17 March = 03-17
17th of March = 03-17
March 17th = 03-17
Mar 17 2027 = 03-17
March 17, 2027 = 03-17
17 Mar 2027 = 03-17
Mar 17 10:30 = 03-17 10:30
March 17 at 2pm = 03-17 14:00
Wednesday, March 17 = 03-17
Thursday, March 17 = -
on April 1st = 04-01
April 31 = -
Feb 29 = 2028-02-29
February 29 2028 = 2028-02-29
Feb 30 = -
Sept 1 = 09-01
Dec 24 5pm = 12-24 17:00
Jan 5 = 2028-01-05
Jul 4, 2030 = 2030-07-04
2027-04-05 = 04-05
2027-04-05 16:00 = 04-05 16:00
04/05/2027 = -
04/25/2027 = 04-25
04/04/2027 = 04-04
2pm = 03-16 14:00
9am = 03-17 09:00
14:30 = 03-16 14:30
noon = 03-16 12:00
at 3pm = 03-16 15:00
at 15 = 03-16 15:00
13pm = -
call Ali tomorrow 2pm = 03-17 14:00
tomorrow 2pm call Ali = 03-17 14:00
Send the offer by Friday = 03-19
Meeting in 3 days at 9 = 03-19 09:00
call Ali = -
room 14 = -
pay 300 = -
maybe = -
second = -
version 2.14 = -
        ",
    );
}

#[test]
fn the_rest_of_the_line_is_given_back() {
    let found = |text: &str| {
        find(text, now(), ISTANBUL)
            .map(|found| (text[found.range].to_owned(), found.rest))
            .unwrap()
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(found("Ayşe'yi ara, yarın 14:00"), pair("yarın 14:00", "Ayşe'yi ara"));
    assert_eq!(found("YARIN saat 9'da Ayşe'yi ara"), pair("YARIN saat 9'da", "Ayşe'yi ara"));
    assert_eq!(found("İSTANBUL ofisi (15 Nisan'da)"), pair("15 Nisan'da", "İSTANBUL ofisi"));
    assert_eq!(found("tomorrow: call back"), pair("tomorrow", "call back"));
    assert_eq!(found("yarın"), pair("yarın", ""));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,80}") {
        if let Some(found) = find(&text, now(), ISTANBUL) {
            prop_assert!(text.get(found.range).is_some());
        }
    }

    #[test]
    fn relative_words_are_never_before_the_moment(
        seconds in 0i64..3_000_000_000,
        zone in prop::sample::select(vec![ISTANBUL, chrono_tz::America::New_York, Tz::UTC, chrono_tz::Pacific::Apia]),
        day in prop::sample::select(vec![
            "", "bugün", "yarın", "tonight", "salı", "cuma günü", "haftaya pazar", "gelecek pazartesi", "next Sunday", "ay sonu", "3 gün sonra",
            "in 2 hours", "yarım saat sonra", "hafta sonu", "2 hafta sonra pazartesi", "0 gün sonra", "999 hafta sonra", "this weekend",
        ]),
        time in prop::sample::select(vec!["", "9'da", "14:00", "00:00", "23:59", "akşam 8", "noon", "sabah", "12am", "at 3"]),
    ) {
        let moment = DateTime::from_timestamp(seconds, 0).unwrap();
        let now = zoned::local(moment, zone);
        if let Some(found) = find(&format!("Ali {day} {time}"), moment, zone) {
            match found.time {
                Some(_) => prop_assert!(found.local() >= now.with_second(0).unwrap(), "{} at {now}", found.local()),
                None => prop_assert!(found.day >= now.date()),
            }
        }
    }

    #[test]
    fn mixed_words_do_not_panic(words in prop::collection::vec(prop::sample::select(vec![
        "yarın", "in", "999", "31", "şubat", "sonra", "hafta", "ay", "yıl", "gün", "next", "Tuesday", "2pm", "14'te", "'", "İ", "29.02.2027", "9999-12-31",
        "0000-01-01", "saat", "buçuk", "at", "'da", "--", "(", "on", "of", "ı\u{307}", "12am", ":", "1:", ":1", "é:30",
    ]), 0..9)) {
        let text = words.join(" ");
        if let Some(found) = find(&text, now(), ISTANBUL) {
            prop_assert!(text.get(found.range).is_some());
        }
    }
}
