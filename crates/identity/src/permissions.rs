//! The permissions of this context, and the register of all permissions there are, against which roles and tokens are checked.

use std::collections::BTreeMap;

use kernel::actor::{Actor, Grants, Permission, Scope, Via};
use kernel::error::{FieldErrors, Result, Say};
use kernel::say;
use kernel::text::nearest;
use serde::Serialize;

pub const USER_MANAGE: Permission = Permission::global("user", "manage");
pub const TEAM_MANAGE: Permission = Permission::global("team", "manage");
pub const ROLE_MANAGE: Permission = Permission::global("role", "manage");
pub const ORGANISATION_MANAGE: Permission = Permission::global("organisation", "manage");
/// Other people's API tokens; one's own need none.
pub const TOKEN_MANAGE: Permission = Permission::global("token", "manage");
/// Undoing what others did.
pub const OPERATION_UNDO_OTHERS: Permission = Permission::global("operation", "undo_others");
/// Looking at the product as another user, without changing anything.
pub const VIEW_AS: Permission = Permission::global("user", "view_as");
/// Asking why somebody can or cannot see a record.
pub const ACCESS_EXPLAIN: Permission = Permission::global("access", "explain");
/// The System page.
pub const SYSTEM_READ: Permission = Permission::global("system", "read");

/// The audit: who did and read what.
pub const AUDIT_READ: Permission = Permission::global("audit", "read");
/// Everything that happens, for other systems: of every customer there is.
pub const EVENT_READ: Permission = Permission::global("event", "read");

/// What this context declares.
pub const PERMISSIONS: &[Permission] = &[
    USER_MANAGE,
    TEAM_MANAGE,
    ROLE_MANAGE,
    ORGANISATION_MANAGE,
    TOKEN_MANAGE,
    OPERATION_UNDO_OTHERS,
    VIEW_AS,
    ACCESS_EXPLAIN,
    SYSTEM_READ,
    AUDIT_READ,
    EVENT_READ,
];

/// In a role or a token: every permission there is, also those to come.
pub const EVERYTHING: &str = "*";

/// Permissions of a role by name, each with its scope.
pub type RoleGrants = BTreeMap<String, Scope>;

/// All permissions there are.
pub struct Registry {
    /// By name, in order.
    known: BTreeMap<String, Permission>,
}

/// A permission as the form for roles shows it.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct PermissionInfo {
    /// `customer.read`
    pub name: String,
    pub entity: String,
    pub action: String,
    /// Whether it can be held for one's own or one's team's records only; if not, its scope is always `all`.
    pub is_scoped: bool,
    pub label_tr: String,
    pub label_en: String,
}

impl Registry {
    pub fn new(permissions: impl IntoIterator<Item = Permission>) -> Registry {
        // Two modules may name the same permission; it is one.
        Registry {
            known: permissions
                .into_iter()
                .chain(PERMISSIONS.iter().copied())
                .map(|permission| (permission.name(), permission))
                .collect(),
        }
    }

    pub fn list(&self) -> Vec<PermissionInfo> {
        let listed = |(name, permission): (&String, &Permission)| {
            let label = label(permission);
            PermissionInfo {
                name: name.clone(),
                entity: permission.entity.into(),
                action: permission.action.into(),
                is_scoped: permission.scoped,
                label_tr: label.tr.into_owned(),
                label_en: label.en.into_owned(),
            }
        };
        self.known.iter().map(listed).collect()
    }

    /// Refuses grants that name what does not exist, or narrow what cannot be narrowed. `before` is what the role already had: names of
    /// another version of the product stay as they are.
    pub fn check(&self, grants: &RoleGrants, before: &RoleGrants) -> Result<()> {
        let mut errors = FieldErrors::default();
        for (name, scope) in grants.iter().filter(|(name, scope)| before.get(*name) != Some(*scope)) {
            let narrows = *scope != Scope::All && self.known.get(name).is_none_or(|permission| !permission.scoped);
            match self.unknown(name) {
                Some(problem) => errors.add(format!("grants.{name}"), problem),
                None if narrows => errors.add(format!("grants.{name}"), not_scoped(name)),
                None => {}
            }
        }
        errors.check()
    }

    /// Refuses scopes of a token that name what does not exist.
    pub fn check_scopes(&self, scopes: &[String]) -> Result<()> {
        let mut errors = FieldErrors::default();
        if scopes.is_empty() {
            errors.add(
                "scopes",
                say!(
                    "En az bir yetki verin; hepsi için “*”.",
                    "Give at least one permission; “*” for all."
                ),
            );
        }
        for text in scopes {
            let (name, scope) = split(text);
            if let Some(problem) = self.unknown(name) {
                errors.add("scopes", problem);
            } else if scope == Some(None) {
                errors.add(
                    "scopes",
                    say!(
                        "“{}”: kapsam own, team, below veya all olmalı.",
                        "“{}”: the scope must be own, team, below or all.",
                        text
                    ),
                );
            } else if scope.is_some_and(|scope| scope != Some(Scope::All))
                && self.known.get(name).is_some_and(|permission| !permission.scoped)
            {
                errors.add("scopes", not_scoped(name));
            }
        }
        errors.check()
    }

    fn unknown(&self, name: &str) -> Option<Say> {
        if name == EVERYTHING || self.known.contains_key(name) {
            return None;
        }
        Some(match nearest(name, self.known.keys().map(String::as_str)) {
            Some(near) => say!(
                "“{}” diye bir yetki yok; “{}” mi demek istediniz?",
                "There is no permission “{}”; did you mean “{}”?",
                name,
                near
            ),
            None => say!("“{}” diye bir yetki yok.", "There is no permission “{}”.", name),
        })
    }

    /// What several roles allow together: the widest scope wins, unknown names count for nothing.
    pub fn union<'a>(&self, roles: impl IntoIterator<Item = &'a RoleGrants>) -> Grants {
        let mut union = Grants::new();
        let mut widen = |name: &str, scope: Scope| {
            let held = union.entry(name.to_owned()).or_insert(scope);
            *held = scope.max(*held);
        };
        for (name, scope) in roles.into_iter().flatten() {
            if name == EVERYTHING {
                self.known
                    .iter()
                    .for_each(|(name, permission)| widen(name, reach(permission, *scope)));
            } else if let Some(permission) = self.known.get(name) {
                widen(name, reach(permission, *scope));
            }
        }
        union
    }

    /// What is left of someone's grants for a token with these scopes.
    pub fn intersection(&self, owner: &Grants, scopes: &[String]) -> Grants {
        let asked: RoleGrants = scopes
            .iter()
            .map(|text| split(text))
            .map(|(name, scope)| (name.to_owned(), scope.flatten().unwrap_or(Scope::All)))
            .fold(RoleGrants::new(), |mut asked, (name, scope)| {
                let widest = asked.entry(name).or_insert(scope);
                *widest = scope.max(*widest);
                asked
            });
        let asked = self.union([&asked]);
        owner
            .iter()
            .filter_map(|(name, scope)| Some((name.clone(), *asked.get(name)?.min(scope))))
            .collect()
    }

    /// Whether the actor may hand these grants to somebody: nobody gives more than they have.
    pub fn may_give(&self, actor: &Actor, grants: &Grants) -> bool {
        // Rules cannot be weighed against each other as scopes can: whoever is narrowed by one gives no permissions on records.
        let is_narrowed = !actor.limits.roles.is_empty() || !actor.limits.fields.is_empty();
        let on_records = |name: &String| self.known.get(name).is_some_and(|permission| permission.scoped);
        if is_narrowed && actor.via != Via::System && grants.keys().any(on_records) {
            return false;
        }
        actor.via == Via::System
            || grants
                .iter()
                .all(|(name, scope)| actor.grants.get(name).is_some_and(|own| own >= scope))
    }
}

/// A permission that knows no scope is held for everything or not at all.
fn reach(permission: &Permission, scope: Scope) -> Scope {
    if permission.scoped { scope } else { Scope::All }
}

/// `customer.read:own` → the name, and the scope if one is named (`None` inside when it is no scope).
fn split(text: &str) -> (&str, Option<Option<Scope>>) {
    match text.split_once(':') {
        None => (text, None),
        Some((name, "own")) => (name, Some(Some(Scope::Own))),
        Some((name, "team")) => (name, Some(Some(Scope::Team))),
        Some((name, "below")) => (name, Some(Some(Scope::Below))),
        Some((name, "all")) => (name, Some(Some(Scope::All))),
        Some((name, _)) => (name, Some(None)),
    }
}

fn not_scoped(name: &str) -> Say {
    say!(
        "“{}” kayıtlara göre daraltılamaz; kapsamı all olmalı.",
        "“{}” cannot be narrowed to some records; its scope must be all.",
        name
    )
}

fn label(permission: &Permission) -> Say {
    let (tr, en) = match (permission.entity, permission.action) {
        ("user", "manage") => ("Kullanıcıları yönetmek", "Manage users"),
        ("team", "manage") => ("Ekipleri yönetmek", "Manage teams"),
        ("role", "manage") => ("Rolleri yönetmek", "Manage roles"),
        ("organisation", "manage") => ("Kuruluş ayarlarını değiştirmek", "Change the organisation's settings"),
        ("token", "manage") => (
            "Başkalarının API anahtarlarını görmek ve silmek",
            "See and delete other people's API tokens",
        ),
        ("operation", "undo_others") => ("Başkalarının işlemlerini geri almak", "Undo what others did"),
        ("user", "view_as") => (
            "Ürüne başka bir kullanıcının gözünden bakmak",
            "Look at the product as another user",
        ),
        ("access", "explain") => (
            "Kimin neyi neden görüp görmediğini sormak",
            "Ask why somebody can or cannot see a record",
        ),
        ("audit", "read") => ("Denetim kaydını görmek", "See the audit"),
        ("event", "read") => ("Bütün olayları başka sistemlere aktarmak", "Hand all events to other systems"),
        ("system", "read") => ("Sistem sayfasını görmek", "See the System page"),
        ("customer", "read") => ("Müşterileri görmek", "See customers"),
        ("customer", "write") => ("Müşterileri eklemek ve değiştirmek", "Add and change customers"),
        ("customer", "delete") => ("Müşterileri silmek", "Delete customers"),
        ("customer", "merge") => ("Müşterileri birleştirmek", "Merge customers"),
        ("customer", "export") => ("Müşterileri dışa aktarmak", "Export customers"),
        ("customer", "import") => ("Müşterileri içe aktarmak", "Import customers"),
        ("customer", "share") => ("Tek tek müşterileri paylaşmak", "Share single customers"),
        ("customer", "export_personal_data") => (
            "Bir kişinin bütün verilerini dışarı vermek",
            "Give out everything kept about somebody",
        ),
        ("customer", "erase") => ("Müşterileri kalıcı olarak anonimleştirmek", "Make customers anonymous for good"),
        ("retention", "manage") => ("Saklama kurallarını yönetmek", "Manage rules of retention"),
        ("customer", "see_identity") => ("Kimlik numaralarını açık görmek", "See identity numbers unmasked"),
        ("consent", "write") => ("İzin kaydetmek", "Record consents"),
        ("tag", "manage") => ("Etiketleri yönetmek", "Manage tags"),
        ("view", "share") => ("Görünümleri paylaşmak", "Share views"),
        ("custom_field", "manage") => ("Özel alanları yönetmek", "Manage custom fields"),
        ("lead", "read") => ("Adayları görmek", "See leads"),
        ("lead", "write") => ("Adayları eklemek ve değiştirmek", "Add and change leads"),
        ("lead", "delete") => ("Adayları silmek", "Delete leads"),
        ("lead", "export") => ("Adayları dışa aktarmak", "Export leads"),
        ("lead", "import") => ("Adayları içe aktarmak", "Import leads"),
        ("lead", "convert") => ("Adayları müşteriye dönüştürmek", "Convert leads to customers"),
        ("scoring", "manage") => ("Aday puanlamasını yönetmek", "Manage the scoring of leads"),
        ("assignment", "manage") => ("Atama kurallarını yönetmek", "Manage rules of assignment"),
        ("form", "manage") => ("Web formlarını yönetmek", "Manage web forms"),
        ("opportunity", "read") => ("Fırsatları görmek", "See opportunities"),
        ("opportunity", "write") => ("Fırsatları eklemek ve değiştirmek", "Add and change opportunities"),
        ("opportunity", "delete") => ("Fırsatları silmek", "Delete opportunities"),
        ("opportunity", "export") => ("Fırsatları dışa aktarmak", "Export opportunities"),
        ("opportunity", "import") => ("Fırsatları içe aktarmak", "Import opportunities"),
        ("activity", "read") => ("Aktiviteleri görmek", "See activities"),
        ("activity", "write") => ("Aktiviteleri eklemek ve değiştirmek", "Add and change activities"),
        ("activity", "delete") => ("Aktiviteleri silmek", "Delete activities"),
        ("activity", "export") => ("Aktiviteleri dışa aktarmak", "Export activities"),
        ("activity", "import") => ("Aktiviteleri içe aktarmak", "Import activities"),
        ("communication", "read") => ("İletişim kayıtlarını görmek", "See communications"),
        ("communication", "write") => ("İletişim kaydetmek ve değiştirmek", "Log and change communications"),
        ("communication", "delete") => ("İletişim kayıtlarını silmek", "Delete communications"),
        ("communication", "export") => ("İletişim kayıtlarını dışa aktarmak", "Export communications"),
        ("communication", "import") => ("İletişim kayıtlarını içe aktarmak", "Import communications"),
        ("activity", "manage") => (
            "Aktivite türlerini ve tatilleri yönetmek",
            "Manage types of activities and holidays",
        ),
        ("pipeline", "manage") => ("Satış süreçlerini yönetmek", "Manage pipelines"),
        ("product", "manage") => ("Ürünleri ve kurları yönetmek", "Manage products and rates"),
        ("forecast", "manage") => (
            "Kotaları ve tahmin düzeltmelerini yönetmek",
            "Manage quotas and adjustments of the forecast",
        ),
        ("messaging", "manage") => ("Gönderim hatlarını yönetmek", "Manage lanes of messages"),
        ("messaging", "read") => ("Gönderilen iletileri görmek", "See messages that were sent"),
        (entity, action) => return say!("{}: {}", "{}: {}", entity, action),
    };
    Say::new(tr, en)
}

#[cfg(test)]
mod tests {
    use kernel::error::{Error, Lang};

    use super::*;

    fn registry() -> Registry {
        Registry::new([
            Permission::scoped("customer", "read"),
            Permission::scoped("customer", "write"),
            Permission::global("tag", "manage"),
        ])
    }

    fn grants(pairs: &[(&str, Scope)]) -> RoleGrants {
        pairs.iter().map(|(name, scope)| ((*name).to_owned(), *scope)).collect()
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn the_widest_scope_of_several_roles_wins_and_unknown_names_count_for_nothing() {
        let union = registry().union([
            &grants(&[("customer.read", Scope::Own), ("no.such", Scope::All)]),
            &grants(&[
                ("customer.read", Scope::Team),
                ("customer.write", Scope::Own),
                ("tag.manage", Scope::Own),
            ]),
        ]);
        assert_eq!(union.get("customer.read"), Some(&Scope::Team));
        assert_eq!(union.get("customer.write"), Some(&Scope::Own));
        assert_eq!(
            union.get("tag.manage"),
            Some(&Scope::All),
            "a permission without scope is held whole"
        );
        assert_eq!(union.len(), 3);
    }

    #[test]
    fn everything_is_every_permission_there_is() {
        let union = registry().union([&grants(&[(EVERYTHING, Scope::All)])]);
        assert_eq!(union.len(), 3 + PERMISSIONS.len());
        assert!(union.values().all(|scope| *scope == Scope::All));
    }

    #[test]
    fn a_token_never_has_more_than_its_owner_nor_than_its_scopes() {
        let owner = registry().union([&grants(&[("customer.read", Scope::Team), ("customer.write", Scope::Own)])]);
        let left = registry().intersection(&owner, &texts(&["customer.read", "tag.manage"]));
        assert_eq!(left, Grants::from([("customer.read".to_owned(), Scope::Team)]));
        let left = registry().intersection(&owner, &texts(&["customer.read:own", "customer.write:all"]));
        assert_eq!(
            left,
            Grants::from([("customer.read".to_owned(), Scope::Own), ("customer.write".to_owned(), Scope::Own)])
        );
        assert_eq!(registry().intersection(&owner, &texts(&["*"])), owner);
        assert!(registry().intersection(&owner, &[]).is_empty());
    }

    #[test]
    fn an_unknown_permission_is_refused_with_a_suggestion() {
        let Err(Error::Invalid(errors)) = registry().check(&grants(&[("custmer.read", Scope::All)]), &RoleGrants::new()) else {
            panic!()
        };
        assert_eq!(
            errors.in_language(Lang::En)["grants.custmer.read"],
            ["There is no permission “custmer.read”; did you mean “customer.read”?"]
        );
        assert!(
            registry()
                .check(&grants(&[("old.name", Scope::Own)]), &grants(&[("old.name", Scope::Own)]))
                .is_ok(),
            "what was there may stay"
        );
        assert!(
            registry()
                .check(&grants(&[("tag.manage", Scope::Team)]), &RoleGrants::new())
                .is_err(),
            "not scoped"
        );
        assert!(registry().check_scopes(&texts(&["customer.read:mine"])).is_err());
        assert!(registry().check_scopes(&texts(&["customer.reed"])).is_err());
        assert!(registry().check_scopes(&[]).is_err());
        assert!(registry().check_scopes(&texts(&["customer.read:own", "*"])).is_ok());
    }

    #[test]
    fn nobody_gives_more_than_they_have() {
        let held = registry().union([&grants(&[("customer.read", Scope::Team), ("user.manage", Scope::All)])]);
        let actor = Actor {
            grants: held,
            via: Via::Session { id: 1 },
            ..Actor::system()
        };
        let asks = |name, scope| registry().union([&grants(&[(name, scope)])]);
        assert!(registry().may_give(&actor, &asks("customer.read", Scope::Own)));
        assert!(!registry().may_give(&actor, &asks("customer.read", Scope::All)));
        assert!(!registry().may_give(&actor, &asks(EVERYTHING, Scope::All)));
        assert!(registry().may_give(&Actor::system(), &asks(EVERYTHING, Scope::All)));
    }
}
