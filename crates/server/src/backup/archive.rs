//! The file of a backup: a ZIP with its contents and, last, `manifest.json` with the SHA-256 of each.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const MANIFEST: &str = "manifest.json";
const FORMAT: u32 = 1;
/// Bytes read at once.
const PART: usize = 1 << 20;

/// What a backup holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    pub program: String,
    /// `sqlite` or `postgres`.
    pub database: String,
    pub at: String,
    pub migrations: Vec<String>,
    /// Rows by table.
    pub tables: BTreeMap<String, i64>,
    /// PostgreSQL: the last number that each sequence has given.
    #[serde(default)]
    pub sequences: BTreeMap<String, i64>,
    pub files: BTreeMap<String, Kept>,
}

/// A file of the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub bytes: u64,
    pub sha256: String,
}

impl Manifest {
    pub fn new(at: &str) -> Manifest {
        Manifest {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").into(),
            database: String::new(),
            at: at.to_owned(),
            migrations: Vec::new(),
            tables: BTreeMap::new(),
            sequences: BTreeMap::new(),
            files: BTreeMap::new(),
        }
    }
}

/// Counts and hashes what goes through.
#[derive(Default)]
struct Meter {
    bytes: u64,
    hash: Sha256,
}

impl Meter {
    fn pass(&mut self, part: &[u8]) {
        self.bytes += part.len() as u64;
        self.hash.update(part);
    }

    fn kept(self) -> Kept {
        Kept {
            bytes: self.bytes,
            sha256: format!("{:x}", self.hash.finalize()),
        }
    }
}

/// A backup that is being written.
pub struct Packing {
    zip: ZipWriter<BufWriter<File>>,
    files: BTreeMap<String, Kept>,
}

impl Packing {
    pub fn new(path: &Path) -> anyhow::Result<Packing> {
        let file = File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(Packing {
            zip: ZipWriter::new(BufWriter::new(file)),
            files: BTreeMap::new(),
        })
    }

    fn begin(&mut self, name: &str) -> anyhow::Result<()> {
        // A fast one: the disk should be what is waited for.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(1))
            .large_file(true);
        Ok(self.zip.start_file(name, options)?)
    }

    /// Packs a file; one that is gone meanwhile is left out.
    pub fn file(&mut self, name: &str, path: &Path) -> anyhow::Result<()> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
        };
        self.begin(name)?;
        let mut meter = Meter::default();
        let mut part = vec![0; PART];
        loop {
            let read = file.read(&mut part)?;
            if read == 0 {
                break;
            }
            meter.pass(&part[..read]);
            self.zip.write_all(&part[..read])?;
        }
        self.files.insert(name.to_owned(), meter.kept());
        Ok(())
    }

    /// Packs what is handed over part by part.
    pub fn stream(&mut self, name: &str) -> anyhow::Result<Stream<'_>> {
        self.begin(name)?;
        Ok(Stream {
            packing: self,
            name: name.to_owned(),
            meter: Meter::default(),
        })
    }

    /// Writes the manifest and brings everything to the disk; says what was packed.
    pub fn finish(mut self, manifest: &Manifest) -> anyhow::Result<BTreeMap<String, Kept>> {
        let manifest = Manifest {
            files: self.files.clone(),
            ..manifest.clone()
        };
        self.begin(MANIFEST)?;
        self.zip.write_all(serde_json::to_string_pretty(&manifest)?.as_bytes())?;
        let file = self.zip.finish()?.into_inner().map_err(|error| error.into_error())?;
        file.sync_all()?;
        Ok(self.files)
    }
}

/// A file of the archive that is being written.
pub struct Stream<'a> {
    packing: &'a mut Packing,
    name: String,
    meter: Meter,
}

impl Stream<'_> {
    pub fn write(&mut self, part: &[u8]) -> std::io::Result<()> {
        self.meter.pass(part);
        self.packing.zip.write_all(part)
    }

    pub fn finish(self) {
        self.packing.files.insert(self.name, self.meter.kept());
    }
}

/// A backup that is being read.
pub struct Unpacking {
    zip: ZipArchive<File>,
    pub manifest: Manifest,
}

impl Unpacking {
    pub fn open(path: &Path) -> anyhow::Result<Unpacking> {
        let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let mut zip = ZipArchive::new(file).with_context(|| format!("{} is no backup", path.display()))?;
        let manifest = zip.by_name(MANIFEST).context("the backup has no manifest: it was not finished")?;
        let manifest: Manifest = serde_json::from_reader(manifest).context("the manifest of the backup cannot be read")?;
        ensure!(
            manifest.format == FORMAT,
            "the backup has the format {} of another version",
            manifest.format
        );
        Ok(Unpacking { zip, manifest })
    }

    /// The files of the archive whose names begin so.
    pub fn names(&self, beginning: &str) -> Vec<String> {
        self.manifest
            .files
            .keys()
            .filter(|name| name.starts_with(beginning))
            .cloned()
            .collect()
    }

    /// Reads everything and compares it with the manifest.
    pub fn check(&mut self) -> anyhow::Result<()> {
        for (name, kept) in self.manifest.files.clone() {
            let found = self.each_part(&name, |_| Ok(()))?;
            ensure!(found == kept, "{name} in the backup is not what the manifest says");
        }
        Ok(())
    }

    /// Writes a file of the archive to the disk.
    pub fn extract(&mut self, name: &str, to: &Path) -> anyhow::Result<()> {
        let mut file = File::create(to).with_context(|| format!("{} cannot be written", to.display()))?;
        self.each_part(name, |part| Ok(file.write_all(part)?))?;
        Ok(file.sync_all()?)
    }

    /// Hands a file of the archive on, part by part.
    pub fn each_part(&mut self, name: &str, mut take: impl FnMut(&[u8]) -> anyhow::Result<()>) -> anyhow::Result<Kept> {
        let mut entry = self.zip.by_name(name).with_context(|| format!("the backup has no {name}"))?;
        let mut meter = Meter::default();
        let mut part = vec![0; PART];
        loop {
            let read = entry.read(&mut part).with_context(|| format!("{name} in the backup is broken"))?;
            if read == 0 {
                return Ok(meter.kept());
            }
            meter.pass(&part[..read]);
            take(&part[..read])?;
        }
    }

    /// Reads a file of the archive from its beginning.
    pub fn reader(&mut self, name: &str) -> anyhow::Result<impl Read + '_> {
        self.zip.by_name(name).with_context(|| format!("the backup has no {name}"))
    }
}
