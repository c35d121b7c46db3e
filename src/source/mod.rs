//! The tables of a folder, as other programs leave them there: found ([`scan`]), named for the server ([`names`]), watched
//! for changes ([`observe`]), and read while nobody writes to them ([`stable_read`]). Used by exports, `convert`, previews
//! and the doctor.

pub mod names;
pub mod observe;
pub mod report;
pub mod scan;
pub mod shadow_copies;
pub mod stable_read;
