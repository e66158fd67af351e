//! Sections of the configuration file that know their keys: name, documentation and default in one place.
//!
//! [`section!`] makes a struct whose fields can be read by serde (every key optional, unknown keys refused)
//! and listed at run time, documentation included; `config.example.yaml` is rendered from that list.

/// A key, what it is for, and its default.
pub(super) struct Line {
    pub(super) key: &'static str,
    pub(super) documentation: &'static [&'static str],
    pub(super) shape: Shape,
}

/// The default of a key.
pub(super) enum Shape {
    /// A value as YAML writes it.
    Scalar(String),
    /// Further keys.
    Section(Vec<Line>),
    /// No elements; an element would have these keys.
    Rows(Vec<Line>),
}

/// A struct made by [`section!`].
pub(super) trait Section: Default {
    /// Its keys in order, with the values of this one as defaults.
    fn lines(&self) -> Vec<Line>;
}

/// A value that can stand in the file.
pub(super) trait Sample {
    /// Itself, as a default.
    fn shape(&self) -> Shape;
}

impl<T: Section> Sample for T {
    fn shape(&self) -> Shape {
        Shape::Section(self.lines())
    }
}

impl<T: Section> Sample for Vec<T> {
    fn shape(&self) -> Shape {
        Shape::Rows(T::default().lines())
    }
}

macro_rules! scalar {
    ($($type:ty: $value:ident => $text:expr;)+) => {$(
        impl Sample for $type {
            fn shape(&self) -> Shape {
                let $value = self;
                Shape::Scalar($text)
            }
        }
    )+};
}

scalar! {
    bool: value => value.to_string();
    u32: value => value.to_string();
    u64: value => value.to_string();
    f64: value => value.to_string();
    String: value => format!("{value:?}");
    Vec<String>: value => format!("{value:?}");
    std::collections::BTreeMap<String, String>: value => format!("{value:?}");
    Option<String>: value => value.as_ref().map_or_else(|| "null".to_owned(), |value| format!("{value:?}"));
    Option<u64>: value => value.map_or_else(|| "null".to_owned(), |value| value.to_string());
}

/// An enum of lower-case words.
macro_rules! words {
    ($(#[$about:meta])+ pub enum $name:ident { $($(#[$doc:meta])+ $word:ident,)+ }) => {
        $(#[$about])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, serde::Serialize)]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($(#[$doc])+ $word,)+ }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self { $(Self::$word => f.write_str(&stringify!($word).to_lowercase()),)+ }
            }
        }

        impl $crate::config::documented::Sample for $name {
            fn shape(&self) -> $crate::config::documented::Shape {
                $crate::config::documented::Shape::Scalar(self.to_string())
            }
        }
    };
}

/// A struct of keys; `as "name"` where the key cannot be a field's name.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        pub struct $name:ident {
            $($(#[doc = $doc:literal])+ $field:ident $(as $key:literal)?: $type:ty = $default:expr,)+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq, serde::Deserialize, serde::Serialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $($(#[doc = $doc])+ $(#[serde(rename = $key)])? pub $field: $type,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        impl $crate::config::documented::Section for $name {
            fn lines(&self) -> Vec<$crate::config::documented::Line> {
                vec![$($crate::config::documented::Line {
                    key: [$($key,)? stringify!($field)][0],
                    documentation: &[$($doc,)+],
                    shape: $crate::config::documented::Sample::shape(&self.$field),
                },)+]
            }
        }
    };
}

pub(super) use {section, words};
