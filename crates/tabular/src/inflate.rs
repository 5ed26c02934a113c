//! The files inside a workbook, unpacked as they are read and no further than allowed. What the archive says about their sizes is not
//! believed.

use std::fs::File;
use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::read::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

use crate::Problem;
use crate::options::Limits;

/// The table of contents of an archive.
pub(crate) struct Archive {
    path: PathBuf,
    entries: Vec<Entry>,
}

#[derive(Clone)]
struct Entry {
    name: String,
    start: u64,
    packed_bytes: u64,
    unpacked_bytes: u64,
    method: CompressionMethod,
    encrypted: bool,
}

impl Archive {
    pub fn open(path: &Path, limits: &Limits) -> Result<Archive, Problem> {
        let damaged = |_| Problem::damaged("zip");
        let mut zip = ZipArchive::new(io::BufReader::new(File::open(path)?)).map_err(damaged)?;
        if zip.len() > limits.max_entries {
            return Err(Problem::Bomb { limit: "max_entries" });
        }
        let mut entries = Vec::with_capacity(zip.len());
        for index in 0..zip.len() {
            let file = zip.by_index_raw(index).map_err(damaged)?;
            entries.push(Entry {
                name: file.name().map_err(damaged)?.replace('\\', "/"),
                start: file.data_start().ok_or_else(|| Problem::damaged("zip"))?,
                packed_bytes: file.compressed_size(),
                unpacked_bytes: file.size(),
                method: file.compression(),
                encrypted: file.encrypted(),
            });
        }
        Ok(Archive {
            path: path.to_owned(),
            entries,
        })
    }

    /// Opens one file of the archive; None when there is none of that name. Some programs write names in another case.
    pub fn file(&self, name: &str, limits: &Limits) -> Result<Option<Unpacked>, Problem> {
        let Some(entry) = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name)) else {
            return Ok(None);
        };
        if entry.encrypted {
            return Err(Problem::OldExcel);
        }
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(entry.start))?;
        let packed = Counted {
            inner: file.take(entry.packed_bytes),
            bytes: 0,
        };
        let unpacking = match entry.method {
            CompressionMethod::Stored => Unpacking::Stored(packed),
            CompressionMethod::Deflated => Unpacking::Deflated(Box::new(DeflateDecoder::new(packed))),
            _ => return Err(Problem::damaged(name)),
        };
        Ok(Some(Unpacked {
            unpacking,
            max_bytes: limits.max_unpacked_bytes,
            max_ratio: limits.max_ratio,
            chunk: vec![0; 64 << 10].into(),
            at: 0,
            end: 0,
            bytes: 0,
            expected_bytes: entry.unpacked_bytes,
            since_mark: 0,
            max_since_mark: usize::MAX,
        }))
    }

    pub fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name))
    }
}

struct Counted {
    inner: io::Take<File>,
    bytes: u64,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.bytes += length as u64;
        Ok(length)
    }
}

enum Unpacking {
    Stored(Counted),
    Deflated(Box<DeflateDecoder<Counted>>),
}

/// One file of the archive, as it is unpacked.
pub(crate) struct Unpacked {
    unpacking: Unpacking,
    max_bytes: u64,
    max_ratio: u64,
    chunk: Box<[u8]>,
    at: usize,
    end: usize,
    bytes: u64,
    expected_bytes: u64,
    since_mark: usize,
    max_since_mark: usize,
}

impl Unpacked {
    /// Files this small may be packed as tightly as they like.
    const RATIO_FREE_BYTES: u64 = 16 << 20;

    /// From here on no more than `max` bytes may be read until the next mark: one piece of XML is held in memory whole.
    pub fn mark(&mut self, max: usize) {
        self.since_mark = 0;
        self.max_since_mark = max;
    }

    /// Bytes read, and bytes there are if the archive tells the truth.
    pub fn progress(&self) -> (u64, u64) {
        let read = self.bytes - (self.end - self.at) as u64;
        (read, self.expected_bytes.max(read))
    }

    fn unpack(&mut self) -> io::Result<()> {
        let length = match &mut self.unpacking {
            Unpacking::Stored(packed) => packed.read(&mut self.chunk),
            Unpacking::Deflated(decoder) => decoder.read(&mut self.chunk),
        };
        (self.at, self.end) = (0, length.map_err(|error| Problem::damaged(error.to_string()))?);
        self.bytes += self.end as u64;
        let packed_bytes = match &self.unpacking {
            Unpacking::Stored(packed) => packed.bytes,
            Unpacking::Deflated(decoder) => decoder.get_ref().bytes,
        };
        if self.bytes > self.max_bytes {
            return Err(Problem::Bomb {
                limit: "max_unpacked_bytes",
            }
            .into());
        }
        if self.bytes > Self::RATIO_FREE_BYTES && self.bytes / packed_bytes.max(1) > self.max_ratio {
            return Err(Problem::Bomb { limit: "max_ratio" }.into());
        }
        Ok(())
    }
}

impl BufRead for Unpacked {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since_mark > self.max_since_mark {
            return Err(Problem::Bomb { limit: "max_cell_chars" }.into());
        }
        if self.at == self.end {
            self.unpack()?;
        }
        Ok(&self.chunk[self.at..self.end])
    }

    fn consume(&mut self, count: usize) {
        self.at = (self.at + count).min(self.end);
        self.since_mark = self.since_mark.saturating_add(count);
    }
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(buffer.len());
        buffer[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}
