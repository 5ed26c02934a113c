//! What may be allowed around activities and communications.

use kernel::actor::Permission;

pub const ACTIVITY_READ: Permission = Permission::scoped("activity", "read");
pub const ACTIVITY_WRITE: Permission = Permission::scoped("activity", "write");
pub const ACTIVITY_DELETE: Permission = Permission::scoped("activity", "delete");
pub const ACTIVITY_EXPORT: Permission = Permission::scoped("activity", "export");
pub const ACTIVITY_IMPORT: Permission = Permission::scoped("activity", "import");
/// The types of activities, and the organisation's own holidays.
pub const ACTIVITY_MANAGE: Permission = Permission::global("activity", "manage");

pub const COMMUNICATION_READ: Permission = Permission::scoped("communication", "read");
pub const COMMUNICATION_WRITE: Permission = Permission::scoped("communication", "write");
pub const COMMUNICATION_DELETE: Permission = Permission::scoped("communication", "delete");
pub const COMMUNICATION_EXPORT: Permission = Permission::scoped("communication", "export");
pub const COMMUNICATION_IMPORT: Permission = Permission::scoped("communication", "import");

pub const ALL: &[Permission] = &[
    ACTIVITY_READ,
    ACTIVITY_WRITE,
    ACTIVITY_DELETE,
    ACTIVITY_EXPORT,
    ACTIVITY_IMPORT,
    ACTIVITY_MANAGE,
    COMMUNICATION_READ,
    COMMUNICATION_WRITE,
    COMMUNICATION_DELETE,
    COMMUNICATION_EXPORT,
    COMMUNICATION_IMPORT,
];
