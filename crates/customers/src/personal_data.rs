//! What the law asks for around a person's data: everything about them in one archive ([`archive`]), the proof of their consents
//! ([`consents`]), erasure ([`erasure`]), and rules by which customers are erased or deleted in time ([`retention`]).

pub mod archive;
pub mod consents;
pub mod erasure;
pub mod http;
pub mod retention;
