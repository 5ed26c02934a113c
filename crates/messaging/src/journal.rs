//! The wire journal: what was on the wire when a process died. Before the last byte of a message leaves, its delivery is noted here; when the
//! other side has answered, the answer is. The file needs no flush against the death of the process: the system keeps what was written. Each
//! process has a file of its own, held by a lock that ends with it, so that the next one to start knows whose owner is dead.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

const RECORD_BYTES: usize = 16;
const EXTENSION: &str = "wire";
/// Where it is written anew, with only what is not settled: at a record in memory each, small enough to read in no time.
const RECORDS_AT_MOST: usize = 65_536;

/// How far a message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Its last bytes may have left.
    Begun,
    /// It was accepted.
    Accepted,
    /// It was not, for now or for good.
    Refused,
}

/// Which attempt of which delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Attempt {
    pub delivery_id: i64,
    pub attempt: u32,
}

/// What a dead process left.
pub struct Left {
    /// As `claimed_by` says it.
    pub name: String,
    pub marks: HashMap<Attempt, Mark>,
}

/// The journal of this process.
pub struct Journal {
    name: String,
    path: PathBuf,
    /// Held, not read: the lock is what says that the owner lives.
    _lock: File,
    open: Mutex<Open>,
}

struct Open {
    file: File,
    records: usize,
    unsettled: HashMap<Attempt, Mark>,
}

impl Journal {
    /// Opens a journal of this process's own.
    pub fn open(dir: &Path) -> io::Result<Journal> {
        std::fs::create_dir_all(dir)?;
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        let name = format!("{:016x}", u64::from_le_bytes(bytes));
        // The lock first: a journal without one is a dead process's.
        let lock = File::create(lock_path(dir, &name))?;
        lock.lock()?;
        let path = dir.join(format!("{name}.{EXTENSION}"));
        let file = OpenOptions::new().create_new(true).append(true).open(&path)?;
        Ok(Journal {
            name,
            path,
            _lock: lock,
            open: Mutex::new(Open {
                file,
                records: 0,
                unsettled: HashMap::new(),
            }),
        })
    }

    /// By what claims name it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Notes how far a message came. Where this fails nothing may leave.
    pub fn note(&self, attempt: Attempt, mark: Mark) -> io::Result<()> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.file.write_all(&record(attempt, mark))?;
        open.records += 1;
        open.unsettled.insert(attempt, mark);
        Ok(())
    }

    /// Forgets what the database knows by now.
    pub fn settled(&self, attempts: impl IntoIterator<Item = Attempt>) -> io::Result<()> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for attempt in attempts {
            open.unsettled.remove(&attempt);
        }
        if open.records < RECORDS_AT_MOST {
            return Ok(());
        }
        // Written beside and put in its place whole, so that no moment is without one.
        let beside = self.path.with_extension("new");
        let mut file = File::create(&beside)?;
        let text: Vec<u8> = open.unsettled.iter().flat_map(|(attempt, mark)| record(*attempt, *mark)).collect();
        file.write_all(&text)?;
        drop(file);
        std::fs::rename(&beside, &self.path)?;
        open.file = OpenOptions::new().append(true).open(&self.path)?;
        open.records = open.unsettled.len();
        Ok(())
    }
}

/// What processes that are dead left in the directory. A journal that cannot be read is an error: guessing would double messages.
pub fn left(dir: &Path) -> io::Result<Vec<Left>> {
    let entries = match std::fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut left = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let Some(name) = path.file_stem().and_then(|name| name.to_str()) else {
            continue;
        };
        if path.extension().is_none_or(|extension| extension != EXTENSION) || !is_free(&lock_path(dir, name))? {
            continue;
        }
        let mut bytes = Vec::new();
        File::open(&path)?.read_to_end(&mut bytes)?;
        left.push(Left {
            name: name.to_owned(),
            marks: read(&bytes),
        });
    }
    Ok(left)
}

/// Removes a dead process's journal, once what it told is in the database.
pub fn forget(dir: &Path, name: &str) -> io::Result<()> {
    std::fs::remove_file(dir.join(format!("{name}.{EXTENSION}")))?;
    std::fs::remove_file(lock_path(dir, name))
}

fn lock_path(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}.lock"))
}

fn is_free(lock: &Path) -> io::Result<bool> {
    let file = match File::open(lock) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        file => file?,
    };
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn record(attempt: Attempt, mark: Mark) -> [u8; RECORD_BYTES] {
    let mut record = [0; RECORD_BYTES];
    record[..8].copy_from_slice(&attempt.delivery_id.to_le_bytes());
    record[8..12].copy_from_slice(&attempt.attempt.to_le_bytes());
    record[12] = match mark {
        Mark::Begun => 1,
        Mark::Accepted => 2,
        Mark::Refused => 3,
    };
    record
}

/// The last mark of each attempt. A record cut short at the end is one whose message had not left: the note comes first.
fn read(bytes: &[u8]) -> HashMap<Attempt, Mark> {
    let (records, _) = bytes.as_chunks::<RECORD_BYTES>();
    let read = records.iter().filter_map(|record| {
        let (id, rest) = record.split_first_chunk::<8>()?;
        let (attempt, rest) = rest.split_first_chunk::<4>()?;
        let mark = match rest.first()? {
            1 => Mark::Begun,
            2 => Mark::Accepted,
            3 => Mark::Refused,
            _ => return None,
        };
        let attempt = Attempt {
            delivery_id: i64::from_le_bytes(*id),
            attempt: u32::from_le_bytes(*attempt),
        };
        Some((attempt, mark))
    });
    read.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(delivery_id: i64) -> Attempt {
        Attempt { delivery_id, attempt: 1 }
    }

    #[test]
    fn a_living_process_is_left_alone_and_a_dead_one_is_read() {
        let dir = tempfile::tempdir().expect("a directory");
        assert!(left(&dir.path().join("none")).expect("nothing").is_empty());
        let journal = Journal::open(dir.path()).expect("a journal");
        journal.note(attempt(1), Mark::Begun).expect("noted");
        journal.note(attempt(2), Mark::Begun).expect("noted");
        journal.note(attempt(1), Mark::Accepted).expect("noted");
        assert!(left(dir.path()).expect("read").is_empty(), "its owner lives");
        let name = journal.name().to_owned();
        drop(journal);
        let found = left(dir.path()).expect("read");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].name, name);
        assert_eq!(
            found[0].marks,
            HashMap::from([(attempt(1), Mark::Accepted), (attempt(2), Mark::Begun)])
        );
        forget(dir.path(), &name).expect("forgotten");
        assert_eq!(std::fs::read_dir(dir.path()).expect("a directory").count(), 0);
    }

    #[test]
    fn it_does_not_grow_and_keeps_what_is_not_settled() {
        let dir = tempfile::tempdir().expect("a directory");
        let journal = Journal::open(dir.path()).expect("a journal");
        journal.note(attempt(-7), Mark::Begun).expect("noted");
        for id in 0..RECORDS_AT_MOST as i64 {
            journal.note(attempt(id), Mark::Begun).expect("noted");
            journal.settled([attempt(id)]).expect("settled");
        }
        let bytes = std::fs::metadata(&journal.path).expect("a file").len();
        assert!(bytes < 1024, "{bytes}");
        journal.note(attempt(-8), Mark::Begun).expect("noted");
        drop(journal);
        let found = left(dir.path()).expect("read");
        let marks = &found[0].marks;
        assert_eq!(marks.get(&attempt(-7)), Some(&Mark::Begun));
        assert_eq!(marks.get(&attempt(-8)), Some(&Mark::Begun));
    }

    #[test]
    fn a_record_cut_short_is_left_out() {
        let mut bytes = record(attempt(1), Mark::Begun).to_vec();
        bytes.extend(&record(attempt(2), Mark::Begun)[..9]);
        assert_eq!(read(&bytes), HashMap::from([(attempt(1), Mark::Begun)]));
    }
}
