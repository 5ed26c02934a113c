//! Dense 64-bit ids, one type per noun. Only those that several contexts name stand here; the others stand with their noun.

/// Makes a newtype over `i64` that the database, JSON, paths and OpenAPI all know.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            ::serde::Serialize, ::serde::Deserialize, ::sqlx::Type, ::utoipa::ToSchema,
        )]
        #[serde(transparent)]
        #[sqlx(transparent)]
        #[schema(value_type = i64)]
        pub struct $name(pub i64);

        impl From<$name> for ::sea_query::Value {
            fn from(id: $name) -> Self {
                id.0.into()
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// A customer: a person or a company.
    CustomerId
);
id!(
    /// Someone who signs in.
    UserId
);
id!(TeamId);
id!(EventId);
id!(OperationId);
