//! What may be allowed around customers.

use kernel::actor::Permission;

pub const READ: Permission = Permission::scoped("customer", "read");
pub const WRITE: Permission = Permission::scoped("customer", "write");
pub const DELETE: Permission = Permission::scoped("customer", "delete");
/// Make several customers one; needs writing to each of them as well.
pub const MERGE: Permission = Permission::scoped("customer", "merge");
pub const EXPORT: Permission = Permission::scoped("customer", "export");
pub const IMPORT: Permission = Permission::scoped("customer", "import");
/// Share single customers with others.
pub const SHARE: Permission = Permission::scoped("customer", "share");
/// Give out everything that is kept about somebody.
pub const EXPORT_PERSONAL_DATA: Permission = Permission::scoped("customer", "export_personal_data");
/// Make somebody anonymous for good.
pub const ERASE: Permission = Permission::scoped("customer", "erase");
/// See identity numbers unmasked.
pub const SEE_IDENTITY: Permission = Permission::global("customer", "see_identity");
pub const CONSENT_WRITE: Permission = Permission::scoped("consent", "write");
pub const TAG_MANAGE: Permission = Permission::global("tag", "manage");
pub const RETENTION_MANAGE: Permission = Permission::global("retention", "manage");
pub const CUSTOM_FIELD_MANAGE: Permission = Permission::global("custom_field", "manage");

pub const ALL: &[Permission] = &[
    READ,
    WRITE,
    DELETE,
    MERGE,
    EXPORT,
    IMPORT,
    SHARE,
    EXPORT_PERSONAL_DATA,
    ERASE,
    SEE_IDENTITY,
    CONSENT_WRITE,
    TAG_MANAGE,
    RETENTION_MANAGE,
    CUSTOM_FIELD_MANAGE,
];
