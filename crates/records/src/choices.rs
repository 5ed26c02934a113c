//! Short closed lists of words: how they stand in the database and the API, and what they are called in Turkish and English.

use kernel::error::Say;
use kernel::say;

/// Makes an enum of such words: `choices! { Channel { Email: "email", "E-posta", "E-mail"; } }`.
#[macro_export]
macro_rules! choices {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[$note:meta])* $variant:ident: $word:literal, $tr:literal, $en:literal;)+ }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$note])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// All of them.
            pub const ALL: &[$name] = &[$($name::$variant),+];
            /// The same with their labels.
            pub const CHOICES: &[criteria::Choice] = &[$(criteria::Choice::new($word, $tr, $en)),+];

            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// Reads what a caller wrote, or says what it may be.
            pub fn parse(word: &str) -> Result<$name, kernel::error::Say> {
                match word.trim() {
                    $($word => Ok($name::$variant),)+
                    _ => Err($crate::choices::not_one_of(word, $name::CHOICES)),
                }
            }
        }

        // By hand: the derive does not see through `$word` and would tell the names of the variants.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                let words = utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some([$($doc),*].concat().trim()))
                    .enum_values(Some($name::ALL.iter().map(|choice| choice.word())));
                utoipa::openapi::RefOr::T(words.into())
            }
        }

        impl utoipa::ToSchema for $name {}

        impl TryFrom<String> for $name {
            type Error = kernel::error::Error;

            fn try_from(word: String) -> kernel::error::Result<$name> {
                $name::parse(&word).map_err(|_| kernel::error::Error::internal(format!("a stored {} is unknown: {word}", stringify!($name))))
            }
        }
    };
}

/// What is wrong with a word that is none of these.
pub fn not_one_of(word: &str, choices: &[criteria::Choice]) -> Say {
    let known = choices.iter().map(|choice| choice.value.as_ref()).collect::<Vec<_>>().join(", ");
    match word.trim() {
        "" => say!(
            "Bu alan gerekli; şunlardan biri olmalı: {}.",
            "This field is required; it must be one of: {}.",
            known
        ),
        _ => say!("Şunlardan biri olmalı: {}.", "Must be one of: {}.", known),
    }
}
