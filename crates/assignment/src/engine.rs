//! The decision itself, without a database: rules in order, people as they are at the moment, and what was given to whom so far. The same
//! state and the same record give the same answer, so that a dry run says what would have been.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use criteria::{Criteria, Moment};
use kernel::clock::local_date;
use kernel::error::Say;
use kernel::say;
use kernel::text::{fold, words};
use records::Record;

use crate::rules::AssignmentStrategy;
use crate::source::Source;
use crate::trace::{AssignmentConsidered, AssignmentOutcome, AssignmentStep, AssignmentTrace, AssignmentWords};
use crate::working_time::{Absence, Time, Week};

/// Somebody who may be given records.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: i64,
    pub name: String,
    pub team_id: Option<i64>,
    pub week: Week,
    pub absences: Vec<Absence>,
    pub daily_cap: Option<i64>,
    pub skills: Vec<String>,
    /// Folded.
    pub cities: BTreeSet<String>,
    /// Folded.
    pub countries: BTreeSet<String>,
}

/// A rule, ready to be asked.
#[derive(Clone, Debug)]
pub struct Rule {
    pub id: i64,
    pub name: String,
    /// None when it cannot be read any more (a custom field is gone, say): such a rule meets nothing.
    pub criteria: Option<Criteria>,
    /// Active users in the order of their ids.
    pub pool: Vec<i64>,
    /// Names nobody: a sticky owner may be anybody then.
    pub is_for_anybody: bool,
    pub strategy: AssignmentStrategy,
    pub skill_fields: Vec<String>,
    pub only_at_work: bool,
    pub sla_minutes: Option<i64>,
    pub fallback_user_id: Option<i64>,
}

/// What somebody was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Grows with every decision: who has the smallest waits longest.
    pub turn: i64,
    pub day: String,
    pub day_count: i64,
}

/// All that a decision depends on beside the record.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub rules: Vec<Rule>,
    pub people: BTreeMap<i64, Person>,
    /// Rule → who was given its last record.
    pub cursors: BTreeMap<i64, i64>,
    pub tallies: BTreeMap<i64, Tally>,
    /// Open records of each.
    pub load: BTreeMap<i64, i64>,
}

/// A record to be given to somebody, at a moment.
pub struct Case<'a> {
    pub record: &'a Record,
    pub source: &'a Source,
    pub at_us: i64,
    pub zone: Tz,
    /// Whoever looks after the company already.
    pub known_owner: Option<i64>,
    /// Who must not get it: they had it.
    pub except: &'a [i64],
    /// Whether it will count among the open ones of whoever gets it.
    pub counts: bool,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    pub rule_id: Option<i64>,
    pub user_id: Option<i64>,
    pub team_id: Option<i64>,
    pub sla_due_at: Option<i64>,
    pub trace: AssignmentTrace,
}

/// How well somebody fits, and why nobody else does better.
struct Pick {
    user_id: i64,
    why: Say,
}

impl State {
    /// Gives a record to somebody, and remembers that they were given it.
    pub fn decide(&mut self, case: &Case) -> Decision {
        let moment = Moment {
            now_us: case.at_us,
            zone: case.zone,
            me: None,
        };
        let mut steps = Vec::new();
        let mut chosen = None;
        for rule in &self.rules {
            let is_met = rule.criteria.as_ref().map(|criteria| criteria.matches(case.record, &moment));
            if is_met != Some(true) {
                steps.push(rule.step(AssignmentOutcome::NotMet, not_met(is_met), Vec::new()));
                continue;
            }
            let (free, considered) = self.free(rule, case);
            match self.pick(rule, &free, case) {
                Ok(pick) => {
                    steps.push(rule.step(AssignmentOutcome::Chosen, pick.why, considered));
                    chosen = Some((rule, pick.user_id));
                    break;
                }
                Err(why) => steps.push(rule.step(AssignmentOutcome::NobodyFree, why, considered)),
            }
        }
        let Some((rule, user_id)) = chosen else {
            return Decision {
                rule_id: None,
                user_id: None,
                team_id: None,
                sla_due_at: None,
                trace: AssignmentTrace { steps },
            };
        };
        let person = self.people.get(&user_id);
        let decision = Decision {
            rule_id: Some(rule.id),
            user_id: Some(user_id),
            team_id: person.and_then(|person| person.team_id),
            sla_due_at: rule
                .sla_minutes
                .and_then(|minutes| person?.time(case.zone).after(case.at_us, minutes)),
            trace: AssignmentTrace { steps },
        };
        self.cursors.insert(rule.id, user_id);
        self.gave(user_id, case);
        decision
    }

    fn gave(&mut self, user_id: i64, case: &Case) {
        let turn = self.tallies.values().map(|tally| tally.turn).max().unwrap_or(0) + 1;
        let today = local_date(case.at_us, case.zone).to_string();
        let tally = self.tallies.entry(user_id).or_default();
        let day_count = if tally.day == today { tally.day_count + 1 } else { 1 };
        *tally = Tally {
            turn,
            day: today,
            day_count,
        };
        if case.counts {
            *self.load.entry(user_id).or_default() += 1;
        }
    }

    /// Who of the pool can be given it now, and what is to be said of each.
    fn free<'a>(&'a self, rule: &Rule, case: &Case) -> (Vec<&'a Person>, Vec<AssignmentConsidered>) {
        let today = local_date(case.at_us, case.zone);
        let day = today.to_string();
        let (mut free, mut considered) = (Vec::new(), Vec::new());
        let pool: Vec<i64> = match (rule.is_for_anybody, rule.strategy) {
            (true, AssignmentStrategy::StickyOwner) => case.known_owner.into_iter().collect(),
            _ => rule.pool.clone(),
        };
        for person in pool.iter().filter_map(|id| self.people.get(id)) {
            let time = person.time(case.zone);
            let given = self
                .tallies
                .get(&person.id)
                .filter(|tally| tally.day == day)
                .map_or(0, |tally| tally.day_count);
            let open = self.load.get(&person.id).copied().unwrap_or(0);
            let obstacle = if case.except.contains(&person.id) {
                Some(say!("bu kayıt ona zaten verilmişti", "had it already"))
            } else if let Some(absence) = time.absence(today) {
                Some(say!("{} gününe kadar yok", "away until {}", absence.to))
            } else if person.daily_cap.is_some_and(|cap| given >= cap) {
                Some(say!(
                    "bugünkü sınırına ulaştı ({given})",
                    "has reached the limit of the day ({given})"
                ))
            } else if rule.only_at_work && !time.is_at_work(case.at_us) {
                Some(say!("şu an çalışmıyor", "is not at work now"))
            } else {
                None
            };
            let is_free = obstacle.is_none();
            let said = obstacle.unwrap_or_else(|| match rule.strategy {
                AssignmentStrategy::LeastLoad => say!("uygun; {open} açık kaydı var", "free, with {open} open"),
                AssignmentStrategy::Skills => say!(
                    "uygun; {} becerisi tutuyor",
                    "free, with {} fitting skills",
                    person.fitting_skills(rule, case.record)
                ),
                _ => say!("uygun", "free"),
            });
            considered.push(AssignmentConsidered {
                user_id: person.id,
                name: person.name.clone(),
                is_free,
                said: AssignmentWords::from(said),
            });
            if is_free {
                free.push(person);
            }
        }
        (free, considered)
    }

    /// One of those who are free, by the rule's strategy; or why none.
    fn pick(&self, rule: &Rule, free: &[&Person], case: &Case) -> Result<Pick, Say> {
        if free.is_empty() {
            return Err(say!("havuzda uygun kimse yok", "nobody of the pool is free"));
        }
        let turn = |person: &Person| self.tallies.get(&person.id).map_or(0, |tally| tally.turn);
        // Of those who fit alike, the one who waits longest.
        let longest = |people: Vec<&Person>| {
            people
                .into_iter()
                .min_by_key(|person| (turn(person), person.id))
                .map(|person| person.id)
        };
        let best_of = |fit: &dyn Fn(&Person) -> i64| {
            let best = free.iter().map(|person| fit(person)).max().unwrap_or(0);
            let people: Vec<&Person> = free.iter().copied().filter(|person| best > 0 && fit(person) == best).collect();
            Some((longest(people)?, best))
        };
        let pick = |user_id: i64, why: Say| Pick { user_id, why };
        match rule.strategy {
            AssignmentStrategy::RoundRobin => {
                let last = self.cursors.get(&rule.id).copied().unwrap_or(0);
                let next = free.iter().find(|person| person.id > last).unwrap_or(&free[0]);
                Ok(pick(next.id, say!("sıra {} kişisinde", "it is the turn of {}", next.name)))
            }
            AssignmentStrategy::LeastLoad => {
                let load = |person: &Person| self.load.get(&person.id).copied().unwrap_or(0);
                let least = free.iter().map(|person| load(person)).min().unwrap_or(0);
                let user_id = longest(free.iter().copied().filter(|person| load(person) == least).collect());
                let why = say!("en az açık kayıt: {least}", "the fewest open: {least}");
                user_id.map(|user_id| pick(user_id, why)).ok_or_else(nobody_fits)
            }
            AssignmentStrategy::Skills => {
                let (user_id, best) = best_of(&|person| person.fitting_skills(rule, case.record)).ok_or_else(nobody_fits)?;
                Ok(pick(
                    user_id,
                    say!("en çok tutan beceri: {best}", "the most fitting skills: {best}"),
                ))
            }
            AssignmentStrategy::Territory => {
                let (user_id, best) = best_of(&|person| person.closeness(case)).ok_or_else(nobody_fits)?;
                let why = match best {
                    2 => say!("ilin sorumlusu", "looks after the city"),
                    _ => say!("ülkenin sorumlusu", "looks after the country"),
                };
                Ok(pick(user_id, why))
            }
            AssignmentStrategy::StickyOwner => match case.known_owner {
                Some(owner) if free.iter().any(|person| person.id == owner) => Ok(pick(
                    owner,
                    say!("bilinen müşterinin sorumlusu", "looks after this customer already"),
                )),
                Some(_) => Err(say!("müşterinin sorumlusu uygun değil", "who looks after the customer is not free")),
                None => Err(say!("bilinen bir müşteri değil", "is no known customer")),
            },
        }
    }
}

fn nobody_fits() -> Say {
    say!("uygun olanlardan hiçbiri tutmuyor", "none of those who are free fits")
}

fn not_met(is_met: Option<bool>) -> Say {
    match is_met {
        Some(_) => say!("ölçüt tutmuyor", "the criteria is not met"),
        None => say!("ölçüt artık okunamıyor", "the criteria cannot be read any more"),
    }
}

impl Rule {
    fn step(&self, outcome: AssignmentOutcome, said: Say, considered: Vec<AssignmentConsidered>) -> AssignmentStep {
        AssignmentStep::new(Some(self.id), self.name.clone(), outcome, said, considered)
    }
}

impl Person {
    /// Their time.
    pub fn time(&self, zone: Tz) -> Time<'_> {
        Time {
            week: &self.week,
            absences: &self.absences,
            zone,
        }
    }

    /// How many of their skills the rule's fields speak of: those of which every word is there.
    fn fitting_skills(&self, rule: &Rule, record: &Record) -> i64 {
        let spoken: BTreeSet<String> = rule
            .skill_fields
            .iter()
            .flat_map(|field| words(record.cell(field).text()))
            .collect();
        let fits = |skill: &&String| {
            let skill = words(skill);
            !skill.is_empty() && skill.iter().all(|word| spoken.contains(word))
        };
        self.skills.iter().filter(fits).count() as i64
    }

    /// 2 for the city, 1 for the country.
    fn closeness(&self, case: &Case) -> i64 {
        let of = |field: Option<&str>| field.map(|field| fold(case.record.cell(field).text())).unwrap_or_default();
        let (city, country) = (of(case.source.city), of(case.source.country));
        match (self.cities.contains(&city), self.countries.contains(&country)) {
            (true, _) if !city.is_empty() => 2,
            (_, true) if !country.is_empty() => 1,
            _ => 0,
        }
    }
}
