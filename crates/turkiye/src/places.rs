//! The 81 provinces and 973 districts of Türkiye.

use std::collections::HashMap;
use std::sync::LazyLock;

use kernel::text::fold;

/// A province (il) with its districts (ilçe).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Province {
    /// The number on car plates, 1 to 81; also the first two digits of its postal codes.
    pub code: u8,
    pub name: &'static str,
    /// Telephone area codes; only İstanbul has two.
    pub area_codes: Vec<u16>,
    /// One of the seven geographical regions.
    pub region: &'static str,
    /// Residents at the end of 2023, rounded.
    pub population_thousands: u32,
    /// In alphabetical order, the district named Merkez first where there is one.
    pub districts: Vec<&'static str>,
}

impl Province {
    /// The district that is meant, in any case, with or without Turkish letters: `"kadikoy"` is Kadıköy.
    pub fn find_district(&self, text: &str) -> Option<&'static str> {
        let wanted = key(text);
        let wanted = match (self.code, wanted.as_str()) {
            (6, "kazan") => "kahramankazan",
            (34, "eyup") => "eyupsultan",
            (55, "19mayis") => "ondokuzmayis",
            (_, same) => same,
        };
        let keys = PLACES.district_keys.get(usize::from(self.code) - 1)?;
        self.districts.get(keys.iter().position(|key| key == wanted)?).copied()
    }
}

/// All provinces, in the order of their plate codes.
pub fn provinces() -> &'static [Province] {
    &PLACES.provinces
}

/// The province with this plate code.
pub fn province(code: u8) -> Option<&'static Province> {
    PLACES.provinces.get(usize::from(code).checked_sub(1)?)
}

/// The province that is meant: by its name in any spelling, by a name in daily or former use ("K.Maraş", "Afyon", "İçel"), or by its plate code.
pub fn find_province(text: &str) -> Option<&'static Province> {
    province(*PLACES.codes_by_name.get(&key(text))?)
}

/// The province with this telephone area code.
pub fn province_of_area_code(area_code: u16) -> Option<&'static Province> {
    provinces().iter().find(|province| province.area_codes.contains(&area_code))
}

/// Other names of provinces, in the spelling of [`key`].
const OTHER_NAMES: &[(&str, u8)] = &[
    ("afyon", 3),
    ("antep", 27),
    ("gantep", 27),
    ("antakya", 31),
    ("icel", 33),
    ("istanbulavrupa", 34),
    ("istanbulanadolu", 34),
    ("istanbulasya", 34),
    ("izmit", 41),
    ("maras", 46),
    ("kmaras", 46),
    ("adapazari", 54),
    ("urfa", 63),
    ("surfa", 63),
];

struct Places {
    provinces: Vec<Province>,
    /// The [`key`] of each district of each province, in the same order.
    district_keys: Vec<Vec<String>>,
    codes_by_name: HashMap<String, u8>,
}

static PLACES: LazyLock<Places> = LazyLock::new(|| {
    let mut provinces: Vec<Province> = rows(include_str!("provinces.csv")).filter_map(read_province).collect();
    for line in rows(include_str!("districts.csv")) {
        if let Some((code, name)) = line.split_once(',')
            && let Some(province) = provinces.iter_mut().find(|province| code.parse() == Ok(province.code))
        {
            province.districts.push(name);
        }
    }
    let codes_by_name = provinces
        .iter()
        .flat_map(|province| {
            [
                (key(province.name), province.code),
                (province.code.to_string(), province.code),
                (format!("{:02}", province.code), province.code),
            ]
        })
        .chain(OTHER_NAMES.iter().map(|(name, code)| (name.to_string(), *code)))
        .collect();
    let district_keys = provinces
        .iter()
        .map(|province| province.districts.iter().map(|name| key(name)).collect())
        .collect();
    Places {
        provinces,
        district_keys,
        codes_by_name,
    }
});

/// The lines of a file of ours below its heading. A line that can not be read is left out; the tests count them all.
fn rows(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().skip(1)
}

fn read_province(line: &'static str) -> Option<Province> {
    let mut cells = line.split(',');
    Some(Province {
        code: cells.next()?.parse().ok()?,
        name: cells.next()?,
        area_codes: cells.next()?.split(' ').map(str::parse).collect::<Result<_, _>>().ok()?,
        region: cells.next()?,
        population_thousands: cells.next()?.parse().ok()?,
        districts: Vec::new(),
    })
}

/// What two spellings of a place share: folded letters and digits only, so that "K. Maraş" and "k.maras" are one.
fn key(name: &str) -> String {
    let mut key = fold(name);
    key.retain(char::is_alphanumeric);
    key
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use kernel::text::sort_key;

    use super::*;

    #[test]
    fn every_province_and_district_is_there() {
        assert_eq!(provinces().len(), 81);
        assert!(
            provinces()
                .iter()
                .enumerate()
                .all(|(i, province)| usize::from(province.code) == i + 1)
        );
        assert_eq!(provinces().iter().map(|province| province.districts.len()).sum::<usize>(), 973);
        assert_eq!(provinces().iter().filter(|province| province.districts[0] == "Merkez").count(), 51);
        assert_eq!(provinces().iter().map(|province| province.region).collect::<HashSet<_>>().len(), 7);
        let area_codes: Vec<u16> = provinces().iter().flat_map(|province| province.area_codes.clone()).collect();
        assert_eq!((area_codes.len(), area_codes.iter().collect::<HashSet<_>>().len()), (82, 82));
    }

    #[test]
    fn the_districts_of_each_province_are_as_many_as_the_law_made() {
        #[rustfmt::skip]
        let expected = [
            15, 9, 18, 8, 7, 25, 19, 9, 17, 20, 8, 8, 7, 9, 11, 17, 12, 12, 14, 19, 17, 9, 11, 9, 20, 14, 9, 16, 6, 5, 15, 13, 13, 39, 30, 8, 20, 16, 8, 7,
            12, 31, 13, 13, 17, 11, 10, 13, 6, 8, 6, 19, 12, 16, 17, 7, 9, 17, 11, 12, 18, 8, 13, 6, 13, 14, 8, 8, 3, 6, 9, 6, 7, 4, 6, 4, 6, 6, 4, 7, 8,
        ];
        assert_eq!(
            provinces().iter().map(|province| province.districts.len()).collect::<Vec<_>>(),
            expected
        );
    }

    #[test]
    fn districts_are_sorted_and_distinct() {
        for province in provinces() {
            let keys: Vec<_> = province.districts.iter().map(|name| (*name != "Merkez", sort_key(name))).collect();
            assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "{}", province.name);
        }
    }

    #[test]
    fn a_province_is_found_in_any_spelling() {
        let spellings = [
            ("İSTANBUL", 34),
            ("istanbul", 34),
            ("ıstanbul", 34),
            (" Istanbul (Avrupa) ", 34),
            ("K.Maraş", 46),
            ("KAHRAMANMARAS", 46),
            ("Kahraman Maraş", 46),
            ("Afyon", 3),
            ("Urfa", 63),
            ("Ş.Urfa", 63),
            ("Antep", 27),
            ("İçel", 33),
            ("Icel", 33),
            ("Hakkari", 30),
            ("06", 6),
            ("6", 6),
            ("ığdır", 76),
        ];
        for (spelling, code) in spellings {
            assert_eq!(find_province(spelling).map(|province| province.code), Some(code), "{spelling}");
        }
        for nonsense in ["", "Atlantis", "82", "0", "00"] {
            assert_eq!(find_province(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_district_is_found_in_its_province_only() {
        let istanbul = province(34).unwrap();
        assert_eq!(istanbul.find_district("KADIKOY"), Some("Kadıköy"));
        assert_eq!(istanbul.find_district("kağıthane"), Some("Kâğıthane"));
        assert_eq!(istanbul.find_district("Eyüp"), Some("Eyüpsultan"));
        assert_eq!(istanbul.find_district("Çankaya"), None);
        assert_eq!(province(55).unwrap().find_district("19 Mayıs"), Some("Ondokuzmayıs"));
        assert_eq!(province_of_area_code(216), Some(istanbul));
        assert_eq!((province(0), province(82)), (None, None));
    }
}
