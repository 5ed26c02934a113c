//! What may be allowed around messages.

use kernel::actor::Permission;

/// Lanes, suppressions, and what is in doubt.
pub const MESSAGING_MANAGE: Permission = Permission::global("messaging", "manage");
/// See what was sent, to whom, and what became of it.
pub const MESSAGING_READ: Permission = Permission::global("messaging", "read");

pub const ALL: &[Permission] = &[MESSAGING_MANAGE, MESSAGING_READ];
