//! What stands around a sheet: which files the archive holds, which sheets there are, and the day dates are counted from.

use std::path::Path;

use super::xml::{Xml, attribute};
use crate::Problem;
use crate::inflate::Archive;
use crate::options::Limits;
use crate::serial::Epoch;

pub(crate) struct Workbook {
    archive: Archive,
    sheets: Vec<Sheet>,
    relations: Vec<Relation>,
    pub epoch: Epoch,
}

struct Sheet {
    name: String,
    relation: String,
    hidden: bool,
}

/// One file that another refers to.
struct Relation {
    id: String,
    /// The last part of the address that names the kind tells; its beginning differs between editions of the standard.
    kind: String,
    path: String,
}

/// More sheets than this nobody has.
const MAX_SHEETS: usize = 1_000;

impl Workbook {
    pub fn open(path: &Path, limits: &Limits) -> Result<Workbook, Problem> {
        let archive = Archive::open(path, limits)?;
        let main = relations(&archive, "", limits)?
            .into_iter()
            .find(|relation| relation.kind.ends_with("/officeDocument"));
        let main = main.map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.path);
        let Some(file) = archive
            .file(&main, limits)?
            .filter(|_| main.ends_with(".xml") && !archive.has("word/document.xml"))
        else {
            return Err(Problem::NotATable {
                found: other_kind(&archive),
            });
        };
        let relations = relations(&archive, &main, limits)?;
        let mut epoch = Epoch::Y1900;
        let mut sheets = Vec::new();
        Xml::new(file, &main, limits).for_each_start(|start| {
            match start.local_name().as_ref() {
                "workbookPr" if attribute(start, "date1904").is_some_and(|value| value == "1" || value == "true") => epoch = Epoch::Y1904,
                "sheet" => {
                    if let (Some(name), Some(relation)) = (attribute(start, "name"), attribute(start, "id")) {
                        let hidden = attribute(start, "state").is_some_and(|state| state != "visible");
                        sheets.push(Sheet {
                            name: name.into_owned(),
                            relation: relation.into_owned(),
                            hidden,
                        });
                    }
                }
                _ => {}
            }
            if sheets.len() > MAX_SHEETS {
                Err(Problem::damaged(main.clone()))
            } else {
                Ok(())
            }
        })?;
        if sheets.is_empty() {
            return Err(Problem::damaged(main));
        }
        Ok(Workbook {
            archive,
            sheets,
            relations,
            epoch,
        })
    }

    pub fn sheet_names(&self) -> Vec<String> {
        self.sheets
            .iter()
            .filter(|sheet| !sheet.hidden)
            .map(|sheet| sheet.name.clone())
            .collect()
    }

    /// The sheet of this name, or the first that is not hidden.
    pub fn sheet(&self, wanted: Option<&str>) -> Result<String, Problem> {
        let found = match wanted {
            Some(name) => self.sheets.iter().find(|sheet| sheet.name == name),
            None => self.sheets.iter().find(|sheet| !sheet.hidden).or(self.sheets.first()),
        };
        found.map(|sheet| sheet.name.clone()).ok_or_else(|| Problem::NoSuchSheet {
            name: wanted.unwrap_or_default().to_owned(),
            sheets: self.sheet_names(),
        })
    }

    pub fn open_sheet(&self, name: &str, limits: &Limits) -> Result<Xml, Problem> {
        let damaged = || Problem::damaged(name);
        let sheet = self.sheets.iter().find(|sheet| sheet.name == name).ok_or_else(damaged)?;
        let relation = self
            .relations
            .iter()
            .find(|relation| relation.id == sheet.relation)
            .ok_or_else(damaged)?;
        let file = self.archive.file(&relation.path, limits)?.ok_or_else(damaged)?;
        Ok(Xml::new(file, &relation.path, limits))
    }

    /// The file of this kind, if the workbook has one.
    pub fn open_part(&self, kind: &str, limits: &Limits) -> Result<Option<Xml>, Problem> {
        let Some(relation) = self.relations.iter().find(|relation| relation.kind.ends_with(kind)) else {
            return Ok(None);
        };
        Ok(self
            .archive
            .file(&relation.path, limits)?
            .map(|file| Xml::new(file, &relation.path, limits)))
    }
}

/// The files that the file at `path` refers to.
fn relations(archive: &Archive, path: &str, limits: &Limits) -> Result<Vec<Relation>, Problem> {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let list = join(folder, &format!("_rels/{name}.rels"));
    let mut relations = Vec::new();
    let Some(file) = archive.file(&list, limits)? else {
        return Ok(relations);
    };
    Xml::new(file, &list, limits).for_each_start(|start| {
        if let (Some(id), Some(kind), Some(target)) = (attribute(start, "Id"), attribute(start, "Type"), attribute(start, "Target")) {
            relations.push(Relation {
                id: id.into_owned(),
                kind: kind.into_owned(),
                path: join(folder, &target),
            });
        }
        if relations.len() > limits.max_entries {
            Err(Problem::damaged(list.clone()))
        } else {
            Ok(())
        }
    })?;
    Ok(relations)
}

/// `../x` and `/x` as seen from a folder of the archive.
fn join(folder: &str, target: &str) -> String {
    let start = if target.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in start.split('/').chain(target.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// What people call an archive that is no workbook.
fn other_kind(archive: &Archive) -> &'static str {
    const KINDS: [(&str, &str); 5] = [
        ("xl/workbook.bin", "XLSB"),
        ("word/document.xml", "Word"),
        ("ppt/presentation.xml", "PowerPoint"),
        ("content.xml", "OpenDocument (ODS)"),
        ("index/document.iwa", "Numbers"),
    ];
    KINDS.iter().find(|(name, _)| archive.has(name)).map_or("ZIP", |(_, kind)| kind)
}
